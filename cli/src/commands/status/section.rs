//! A part of the status: the same content for people and as JSON.

use crate::scenario::{right_align, table};
use comfy_table::{presets::UTF8_FULL_CONDENSED, Table};
use serde_json::{Map, Value};

/// One part.
#[derive(Debug)]
pub struct Section {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its heading.
    pub title: String,
    /// For people.
    pub body: String,
    /// For programs.
    pub json: Value,
    /// For programs too, under a name beside it: what people read in the heading.
    pub more: Option<(&'static str, Value)>,
}

impl Section {
    /// Adds what stands beside it in JSON.
    pub fn beside(mut self, key: &'static str, json: Value) -> Self {
        self.more = Some((key, json));
        self
    }

    /// Adds a field for programs to a part of names and values.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        if let Value::Object(fields) = &mut self.json {
            fields.insert(name.to_owned(), value.into());
        }
        self
    }
}

/// A part of names and values.
pub fn pairs(key: &'static str, title: &str, rows: Vec<(&str, String)>) -> Section {
    let mut body = Table::new();
    body.load_preset(UTF8_FULL_CONDENSED);
    let mut json = Map::new();
    for (name, value) in rows {
        body.add_row([name, &value]);
        json.insert(name.replace(' ', "_"), Value::String(value));
    }
    Section {
        key,
        title: title.to_owned(),
        body: body.to_string(),
        json: Value::Object(json),
        more: None,
    }
}

/// A row of a [`grid`].
#[derive(Debug)]
pub struct Row {
    cells: Vec<String>,
    fields: Vec<(&'static str, Value)>,
}

impl From<Vec<String>> for Row {
    fn from(cells: Vec<String>) -> Self {
        let fields = Vec::new();
        Self { cells, fields }
    }
}

impl Row {
    /// Adds a field for programs, or puts it in the place of a cell that is worded for people.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((name, value.into()));
        self
    }
}

/// A part of rows, the columns from `numbers` on aligned to the right. In JSON a column's name ends at a comma.
pub fn grid<R: Into<Row>>(
    key: &'static str,
    title: &str,
    header: &[&str],
    numbers: usize,
    rows: Vec<R>,
) -> Section {
    let mut body = table(header);
    let names: Vec<String> = header.iter().map(|name| field(name)).collect();
    let mut json = Vec::new();
    for row in rows {
        let Row { cells, fields } = row.into();
        let told = cells.iter().cloned().map(Value::String);
        let mut object: Map<_, _> = names.iter().cloned().zip(told).collect();
        let more = fields.into_iter();
        object.extend(more.map(|(name, value)| (name.to_owned(), value)));
        json.push(Value::Object(object));
        body.add_row(cells);
    }
    right_align(&mut body, numbers);
    let body = match json.is_empty() {
        true => "none".to_owned(),
        false => body.to_string(),
    };
    Section {
        key,
        title: title.to_owned(),
        body,
        json: Value::Array(json),
        more: None,
    }
}

/// A column's name in JSON.
fn field(name: &str) -> String {
    let (name, _) = name.split_once(',').unwrap_or((name, ""));
    name.replace(' ', "_")
}

/// Basis points as people write them.
pub fn percent(bps: u64) -> String {
    let text = crate::cluster::tokens(bps, 2);
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_and_programs_read_the_same() {
        let row = Row::from(vec!["A (retired)".to_owned(), "5".to_owned()]);
        let row = row.with("operator", "A").with("retired", true);
        let header = ["operator, its AVSs", "in slot"];
        let section = grid("k", "Title", &header, 1, vec![row]);
        assert!(section.body.contains("A (retired)"));
        assert!(section.body.contains("operator, its AVSs"));
        let row = json!({ "operator": "A", "in_slot": "5", "retired": true });
        assert_eq!(section.json, json!([row]));
    }
}
