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
    }
}

/// A part of rows, the columns from `numbers` on aligned to the right.
pub fn grid(
    key: &'static str,
    title: &str,
    header: &[&str],
    numbers: usize,
    rows: Vec<Vec<String>>,
) -> Section {
    let mut body = table(header);
    let names: Vec<String> = header.iter().map(|name| name.replace(' ', "_")).collect();
    let mut json = Vec::new();
    for row in rows {
        let fields = names
            .iter()
            .cloned()
            .zip(row.iter().cloned().map(Value::String));
        json.push(Value::Object(fields.collect()));
        body.add_row(row);
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
    }
}

/// Basis points as people write them.
pub fn percent(bps: u64) -> String {
    let text = crate::cluster::tokens(bps, 2);
    format!("{text} %")
}
