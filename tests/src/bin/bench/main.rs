//! Compute units, accounts and bytes of every instruction, on the built program; fails when one exceeds its ceiling.
//!
//! `bench` prints the table; `bench --write` also puts it into BENCHMARKS.md.

mod floor;
mod world;

use anyhow::{bail, Context, Result};
use comfy_table::{presets::ASCII_MARKDOWN, CellAlignment, Table};
use serde_json::{Map, Value};
use std::{fs, path::Path};
use world::{Bench, Row};

const CEILINGS: &str = "benches/ceilings.json";
const DOCUMENT: &str = "BENCHMARKS.md";
const BEGIN: &str = "<!-- table: written by `cargo xtask bench` -->";
const END: &str = "<!-- end of table -->";

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace has a root")?;
    let ceilings: Map<String, Value> =
        serde_json::from_str(&fs::read_to_string(root.join(CEILINGS))?)
            .with_context(|| format!("{CEILINGS} is no JSON object"))?;
    let rows = Bench::run()?;
    let table = table(&rows, &ceilings);
    println!("{table}");
    if std::env::args().any(|argument| argument == "--write") {
        write(&root.join(DOCUMENT), &table.to_string())?;
    }
    check(&rows, &ceilings)
}

fn table(rows: &[Row], ceilings: &Map<String, Value>) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "instruction",
        "compute units",
        "ceiling",
        "floor",
        "above it",
        "accounts",
        "written",
        "bytes",
    ]);
    for row in rows {
        let ceiling = ceilings.get(&row.name).and_then(Value::as_u64);
        let floor = floor::of(&row.name);
        let text = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
        let above = floor.and_then(|floor| row.units.checked_sub(floor));
        table.add_row([
            row.name.clone(),
            row.units.to_string(),
            text(ceiling),
            text(floor),
            text(above),
            row.accounts.to_string(),
            row.written.to_string(),
            row.bytes.to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn write(document: &Path, table: &str) -> Result<()> {
    let text = fs::read_to_string(document)?;
    let (head, rest) = text
        .split_once(BEGIN)
        .context("BENCHMARKS.md has a place for the table")?;
    let (_, tail) = rest
        .split_once(END)
        .context("BENCHMARKS.md has an end of the table")?;
    fs::write(document, format!("{head}{BEGIN}\n\n{table}\n\n{END}{tail}"))?;
    println!("written into {DOCUMENT}");
    Ok(())
}

fn check(rows: &[Row], ceilings: &Map<String, Value>) -> Result<()> {
    for (name, ceiling) in ceilings {
        let ceiling = ceiling
            .as_u64()
            .with_context(|| format!("the ceiling of {name} is a number"))?;
        let row = rows.iter().find(|row| row.name == *name);
        let units = row
            .with_context(|| format!("{CEILINGS} names {name}, which is not measured"))?
            .units;
        if units > ceiling {
            bail!("{name} takes {units} compute units, its ceiling is {ceiling}");
        }
    }
    println!("{} ceilings kept", ceilings.len());
    Ok(())
}
