//! Compute units, accounts and bytes of every instruction, on the built program; fails when one exceeds its ceiling.
//!
//! `bench` prints the tables; `bench --write` also puts them into BENCHMARKS.md and draws `benches/operators.svg`.

mod floor;
mod scale;
mod world;

use anyhow::{bail, Context, Result};
use comfy_table::{presets::ASCII_MARKDOWN, CellAlignment, Table};
use serde_json::{Map, Value};
use std::{fs, path::Path};
use world::{Bench, Row};

const CEILINGS: &str = "benches/ceilings.json";
const DOCUMENT: &str = "BENCHMARKS.md";
const PICTURE: &str = "benches/operators.svg";
/// Where the two tables are.
const INSTRUCTIONS: [&str; 2] = [
    "<!-- table: written by `cargo xtask bench` -->",
    "<!-- end of table -->",
];
const OPERATORS: [&str; 2] = [
    "<!-- operators: written by `cargo xtask bench` -->",
    "<!-- end of operators -->",
];
/// Bytes of a transaction that needs no address lookup table, less a compute budget and a token account to create.
const MOST_BYTES: usize = 1_232 - 52 - 100;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace has a root")?;
    let ceilings: Map<String, Value> =
        serde_json::from_str(&fs::read_to_string(root.join(CEILINGS))?)
            .with_context(|| format!("{CEILINGS} is no JSON object"))?;
    let measured = Bench::run()?;
    let table = table(&measured.rows, &ceilings);
    let operators = scale::table(&measured.scales);
    println!("{table}\n\n{operators}");
    if std::env::args().any(|argument| argument == "--write") {
        let document = root.join(DOCUMENT);
        write(&document, INSTRUCTIONS, &table.to_string())?;
        write(&document, OPERATORS, &operators.to_string())?;
        fs::write(root.join(PICTURE), scale::plot(&measured.scales)?)?;
        println!("written into {DOCUMENT}, drawn as {PICTURE}");
    }
    scale::check(&measured.scales)?;
    check(&measured.rows, &ceilings)
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

fn write(document: &Path, [begin, end]: [&str; 2], table: &str) -> Result<()> {
    let text = fs::read_to_string(document)?;
    let (head, rest) = text
        .split_once(begin)
        .with_context(|| format!("{DOCUMENT} has no {begin}"))?;
    let (_, tail) = rest
        .split_once(end)
        .with_context(|| format!("{DOCUMENT} has no {end}"))?;
    fs::write(document, format!("{head}{begin}\n\n{table}\n\n{end}{tail}"))?;
    Ok(())
}

fn check(rows: &[Row], ceilings: &Map<String, Value>) -> Result<()> {
    let mut broken = Vec::new();
    for (name, ceiling) in ceilings {
        let ceiling = ceiling
            .as_u64()
            .with_context(|| format!("the ceiling of {name} is a number"))?;
        let row = rows.iter().find(|row| row.name == *name);
        let units = row
            .with_context(|| format!("{CEILINGS} names {name}, which is not measured"))?
            .units;
        if units > ceiling {
            broken.push(format!(
                "{name} takes {units} compute units, its ceiling is {ceiling}"
            ));
        }
    }
    let largest = rows.iter().max_by_key(|row| row.bytes);
    let largest = largest.context("nothing was measured")?;
    if largest.bytes > MOST_BYTES {
        broken.push(format!(
            "{} takes {} bytes, a transaction that needs no address lookup table {MOST_BYTES}",
            largest.name, largest.bytes
        ));
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    println!(
        "{} ceilings kept; the longest transaction, {}, takes {} of {MOST_BYTES} bytes",
        ceilings.len(),
        largest.name,
        largest.bytes
    );
    Ok(())
}
