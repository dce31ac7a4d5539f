//! The same lines for people.

use super::report::{Line, Summary};
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, Table};

/// Prints a run as tables: what happened, and what everybody holds at the end.
pub fn print_table(lines: &[Line], summary: &Summary) {
    let mut steps = table(&[
        "step",
        "op",
        "result",
        "units",
        "slot",
        "supply",
        "nav",
        "disputed",
        "idle",
        "delegated",
        "drip",
        "claimable",
        "vault",
    ]);
    for line in lines {
        let result = line.error.as_deref().unwrap_or("ok");
        steps.add_row([
            line.step.to_string(),
            line.op.to_owned(),
            result.to_owned(),
            line.compute_units.to_string(),
            line.slot.to_string(),
            line.lrt.supply.to_string(),
            line.lrt.nav.to_string(),
            line.lrt.disputed.to_string(),
            line.pool.idle.to_string(),
            line.pool.delegated.to_string(),
            line.pool.drip.to_string(),
            line.pool.claimable.to_string(),
            line.pool.vault_balance.to_string(),
        ]);
    }
    right_align(&mut steps, 3);
    println!("{steps}");
    if let Some(last) = lines.last() {
        println!("{}", holdings(last));
        if !last.operators.is_empty() {
            println!("{}", allocations(last));
        }
    }
    let invariants = match summary.invariants.as_str() {
        Some(held) => held.to_owned(),
        None => summary.invariants.to_string(),
    };
    println!(
        "{} steps, {} refused; invariants: {invariants}",
        summary.steps, summary.failed
    );
}

/// What everybody holds, tickets included.
pub fn holdings(line: &Line) -> Table {
    let mut users = table(&["holder", "collateral", "LRT", "tickets (shares, claimed)"]);
    for (name, user) in &line.users {
        let tickets: Vec<String> = line
            .tickets
            .iter()
            .filter(|(_, ticket)| ticket["owner"] == name.as_str())
            .map(|(ticket, t)| format!("{ticket}: {}, {}", t["shares"], t["claimed"]))
            .collect();
        users.add_row([
            name.clone(),
            user["collateral"].to_string(),
            user["lrt"].to_string(),
            tickets.join("; "),
        ]);
    }
    right_align(&mut users, 1);
    users
}

/// What every operator has, and what it has allocated.
pub fn allocations(line: &Line) -> Table {
    let mut rows = table(&[
        "operator / AVS",
        "active, or stake",
        "warming",
        "cooling",
        "disputed",
        "bond",
        "owed",
    ]);
    for (name, operator) in &line.operators {
        let [active, bond, owed] =
            ["active", "bond", "owed"].map(|part| operator[part].to_string());
        let none = String::new;
        rows.add_row([name.clone(), active, none(), none(), none(), bond, owed]);
        let own = line.allocations.iter().filter_map(|(pair, allocation)| {
            let avs = pair.strip_prefix(name.as_str())?.strip_prefix('/')?;
            Some((avs, allocation))
        });
        for (avs, allocation) in own {
            let parts = ["stake", "warming", "cooling", "disputed"];
            let parts = parts.map(|part| allocation[part].to_string());
            rows.add_row([format!("  {avs}")].into_iter().chain(parts));
        }
    }
    right_align(&mut rows, 1);
    rows
}

/// An empty table with these columns.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header);
    table
}

/// Aligns the columns from `first` on to the right: they are numbers.
pub fn right_align(table: &mut Table, first: usize) {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}
