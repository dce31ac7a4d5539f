//! A story on the embedded VM, told to a person: who did what, what it cost, what everyone holds.

mod risk;
mod words;
mod yields;

use crate::scenario::{
    allocations, holdings, parse, right_align, table, Line, Op, Runner, Scenario,
};
use anyhow::Result;
use comfy_table::Table;
use words::{duration, sentence, tokens};

const STORY: &str = include_str!("../../story.json");

/// Tells the story. Returns whether every invariant held.
///
/// # Errors
/// When the VM does not take the program.
pub fn tell(program_elf: &[u8]) -> Result<bool> {
    let Scenario {
        setup,
        users,
        steps,
    } = parse(STORY)?;
    println!(
        "Liquid restaking on an embedded Solana VM: the built program, the real token program."
    );
    println!(
        "One LRT, one stake pool; an epoch is {}, the queue waits {} epochs, rewards drip over {}.",
        duration(setup.fixed.epoch_length),
        setup.params.cooldown_epochs,
        duration(setup.params.drip_slots)
    );
    if let Some(note) = setup.note() {
        eprintln!("lrt: note: {note}");
    }
    for (name, amount) in &users {
        println!("{name} has {} tokens of collateral.", tokens(*amount));
    }
    println!();

    let mut runner = Runner::new(program_elf, &setup, &users)?;
    let mut last = runner.observe()?;
    let mut first_reading = None;
    for step in &steps {
        if first_reading.is_none() && matches!(step.op, Op::Rewards { .. }) {
            first_reading = Some(runner.yield_report()?);
        }
        let line = runner.step(step)?;
        println!("{}", sentence(step, &last, &line));
        last = line;
    }
    println!("\nThe pool at the end, in tokens:\n{}", ledger(&last));
    println!("Operators and AVSs, in base units:\n{}", allocations(&last));
    println!("What a holder risks:\n{}", risk::risk(&runner)?);
    if let Some(first) = first_reading {
        println!("{}", yields::apart(&runner, &first)?);
    }
    println!("What everyone holds, in base units:\n{}", holdings(&last));
    let summary = runner.summary();
    let held = summary.held();
    println!(
        "{} steps, {} refused as they should be. Invariants: {}",
        summary.steps,
        summary.failed,
        if held {
            "held".to_owned()
        } else {
            summary.invariants.to_string()
        }
    );
    Ok(held)
}

fn ledger(line: &Line) -> Table {
    let pool = &line.pool;
    let mut rows = table(&["ledger entry", "tokens"]);
    for (name, amount) in [
        ("idle", pool.idle),
        ("delegated", pool.delegated),
        ("still dripping", pool.drip),
        ("claimable", pool.claimable),
        ("bonds", pool.bonds),
        ("fees owed", pool.fees_owed),
        ("operators owed", pool.operators_owed),
        ("in the vault", pool.vault_balance),
    ] {
        rows.add_row([name.to_owned(), tokens(amount)]);
    }
    right_align(&mut rows, 1);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_a_sound_scenario() {
        assert!(parse(STORY).is_ok());
    }
}
