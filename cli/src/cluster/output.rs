//! What goes to standard output, and what shows that something is under way.

use super::{Outcome, Trouble};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::{
    io::{stdout, Write},
    time::Duration,
};

/// A name and a value, told beside a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// What it says.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(name: &'static str, value: impl ToString) -> Self {
        Self {
            name,
            value: value.to_string(),
        }
    }
}

/// Prints a line. Not `println!`: a reader that closes the pipe must not make us panic.
///
/// # Errors
/// When standard output is closed.
pub fn print_line(line: &str) -> Outcome<()> {
    writeln!(stdout().lock(), "{line}")
        .map_err(|_| Trouble::Input("standard output was closed".to_owned()))
}

/// Prints one JSON value on a line of its own.
///
/// # Errors
/// When standard output is closed.
pub fn print_json(value: &Value) -> Outcome<()> {
    print_line(&value.to_string())
}

/// Shows on a terminal's standard error that something is under way.
pub fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
