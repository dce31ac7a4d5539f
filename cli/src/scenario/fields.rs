//! Reading one JSON object field by field: whatever is wrong becomes one line that names the place and the field.

use super::check::Malformed;
use serde_json::{Map, Value};

/// The fields of one object, taken one after the other.
pub struct Fields<'a> {
    place: String,
    left: Map<String, Value>,
    names: &'a Names,
}

/// Names that earlier parts of the file introduce.
#[derive(Debug, Default)]
pub struct Names {
    /// Users.
    pub users: Vec<String>,
    /// Tickets, from `request_withdraw`.
    pub tickets: Vec<String>,
    /// Operators, from `operator`.
    pub operators: Vec<String>,
    /// AVSs, from `avs`.
    pub avss: Vec<String>,
    /// Streams, from `stream`.
    pub streams: Vec<String>,
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be an object.
    pub fn new(place: &str, value: &Value, names: &'a Names) -> Result<Self, Malformed> {
        let Value::Object(map) = value else {
            return Err(Malformed::new(place, "must be an object"));
        };
        Ok(Self {
            place: place.to_owned(),
            left: map.clone(),
            names,
        })
    }

    fn refuse(&self, field: &str, what: &str) -> Malformed {
        Malformed::new(&self.place, &format!("field \"{field}\" {what}"))
    }

    fn required(&mut self, field: &str) -> Result<Value, Malformed> {
        self.left
            .shift_remove(field)
            .ok_or_else(|| self.refuse(field, "is missing"))
    }

    /// A whole number, or `None` when it is not there.
    pub fn optional_number(&mut self, field: &str) -> Result<Option<u64>, Malformed> {
        let Some(value) = self.left.shift_remove(field) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(self.refuse(
                field,
                "must be a whole number from 0 to 18446744073709551615",
            )),
        }
    }

    /// A whole number.
    pub fn number(&mut self, field: &str) -> Result<u64, Malformed> {
        match self.optional_number(field)? {
            Some(number) => Ok(number),
            None => Err(self.refuse(field, "is missing")),
        }
    }

    /// A whole number that fits 16 bits, such as basis points.
    pub fn small_number(&mut self, field: &str, default: u16) -> Result<u16, Malformed> {
        let number = self.optional_number(field)?.unwrap_or(default.into());
        u16::try_from(number).map_err(|_| self.refuse(field, "must be at most 65535"))
    }

    /// A whole number that fits 16 bits and must be there.
    pub fn required_small_number(&mut self, field: &str) -> Result<u16, Malformed> {
        let number = self.number(field)?;
        u16::try_from(number).map_err(|_| self.refuse(field, "must be at most 65535"))
    }

    /// A whole number that fits 8 bits and must be there, such as decimals.
    pub fn tiny_number(&mut self, field: &str) -> Result<u8, Malformed> {
        let number = self.number(field)?;
        u8::try_from(number).map_err(|_| self.refuse(field, "must be at most 255"))
    }

    /// A text, or `None` when it is not there.
    pub fn optional_text(&mut self, field: &str) -> Result<Option<String>, Malformed> {
        match self.left.shift_remove(field) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.refuse(field, "must be a text that is not empty")),
        }
    }

    fn text(&mut self, field: &str) -> Result<String, Malformed> {
        match self.optional_text(field)? {
            Some(text) => Ok(text),
            None => Err(self.refuse(field, "is missing")),
        }
    }

    /// A user of this file.
    pub fn user(&mut self, field: &str) -> Result<String, Malformed> {
        let name = self.text(field)?;
        if !self.names.users.contains(&name) {
            return Err(self.refuse(field, &format!("names no user of this file: \"{name}\"")));
        }
        Ok(name)
    }

    /// A user of this file; `None` when it is not there or says `other`.
    pub fn user_unless(&mut self, field: &str, other: &str) -> Result<Option<String>, Malformed> {
        match self.left.get(field) {
            None => Ok(None),
            Some(value) if value == other => {
                self.left.shift_remove(field);
                Ok(None)
            }
            Some(_) => self.user(field).map(Some),
        }
    }

    /// A ticket that an earlier step introduces.
    pub fn ticket(&mut self, field: &str) -> Result<String, Malformed> {
        self.known(field, &self.names.tickets, "ticket")
    }

    /// A ticket that no earlier step introduces.
    pub fn new_ticket(&mut self, field: &str) -> Result<String, Malformed> {
        self.unknown(field, &self.names.tickets, "a ticket")
    }

    /// An operator that an earlier step introduces.
    pub fn operator(&mut self, field: &str) -> Result<String, Malformed> {
        self.known(field, &self.names.operators, "operator")
    }

    /// An operator that no earlier step introduces.
    pub fn new_operator(&mut self, field: &str) -> Result<String, Malformed> {
        self.unknown(field, &self.names.operators, "an operator")
    }

    /// An AVS that an earlier step introduces.
    pub fn avs(&mut self, field: &str) -> Result<String, Malformed> {
        self.known(field, &self.names.avss, "AVS")
    }

    /// An AVS that no earlier step introduces.
    pub fn new_avs(&mut self, field: &str) -> Result<String, Malformed> {
        self.unknown(field, &self.names.avss, "an AVS")
    }

    /// A stream that an earlier step introduces.
    pub fn stream(&mut self, field: &str) -> Result<String, Malformed> {
        self.known(field, &self.names.streams, "stream")
    }

    /// A stream that no earlier step introduces.
    pub fn new_stream(&mut self, field: &str) -> Result<String, Malformed> {
        self.unknown(field, &self.names.streams, "a stream")
    }

    fn known(&mut self, field: &str, known: &[String], kind: &str) -> Result<String, Malformed> {
        let name = self.text(field)?;
        if !known.contains(&name) {
            let what = format!("names no {kind} that an earlier step introduces: \"{name}\"");
            return Err(self.refuse(field, &what));
        }
        Ok(name)
    }

    fn unknown(&mut self, field: &str, known: &[String], kind: &str) -> Result<String, Malformed> {
        let name = self.text(field)?;
        if known.contains(&name) {
            let what = format!("names {kind} that an earlier step introduces already: \"{name}\"");
            return Err(self.refuse(field, &what));
        }
        Ok(name)
    }

    /// A list of texts.
    pub fn texts(&mut self, field: &str) -> Result<Vec<String>, Malformed> {
        let value = self.required(field)?;
        let list = value
            .as_array()
            .filter(|list| !list.is_empty())
            .ok_or_else(|| self.refuse(field, "must be a list that is not empty"))?;
        list.iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| self.refuse(field, "must be a list of texts"))
    }

    /// An object inside this one; empty when it is not there.
    pub fn object(&mut self, field: &str) -> Result<Fields<'a>, Malformed> {
        let value = self
            .left
            .shift_remove(field)
            .unwrap_or_else(|| Value::Object(Map::new()));
        Fields::new(&format!("{}.{field}", self.place), &value, self.names)
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), Malformed> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(field) => Err(self.refuse(field, "is unknown here")),
        }
    }

    /// A refusal of this object's field.
    pub fn wrong(&self, field: &str, what: &str) -> Malformed {
        self.refuse(field, what)
    }
}
