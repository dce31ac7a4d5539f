//! A story on the embedded VM, told to a person: who did what, what it cost, what everyone holds.

use crate::scenario::{
    holdings, parse, right_align, table, Line, Op, Paused, Runner, Scenario, Step,
};
use anyhow::Result;
use comfy_table::Table;
use liquid_restaking_sdk::program::state::Price;

const STORY: &str = include_str!("../story.json");
const DECIMALS: u32 = 9;
const VIRTUAL_UNITS: u64 = 1_000_000;

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
        "One LRT, one stake pool; an epoch is {} slots, the queue waits {} epochs.",
        setup.fixed.epoch_length, setup.params.cooldown_epochs
    );
    for (name, amount) in &users {
        println!("{name} has {} tokens of collateral.", tokens(*amount));
    }
    println!();

    let mut runner = Runner::new(program_elf, &setup, &users)?;
    let mut last = runner.observe()?;
    for step in &steps {
        let line = runner.step(step)?;
        println!("{}", sentence(step, &last, &line));
        last = line;
    }
    println!("\nThe pool at the end, in tokens:\n{}", ledger(&last));
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

fn sentence(step: &Step, before: &Line, after: &Line) -> String {
    if let Op::Warp { slots } = &step.op {
        return format!("… {slots} slots pass; one LRT is worth {}", rate(after));
    }
    let attempt = attempt(&step.op);
    if let Some(error) = &after.error {
        let who = match &step.signed_as {
            Some(name) => format!(", signed by {name}"),
            None => String::new(),
        };
        return format!("{attempt}{who}: refused, {error}");
    }
    let result = result(&step.op, before, after);
    let units = after.compute_units;
    format!(
        "{attempt}{result} [{units} units; one LRT is worth {}]",
        rate(after)
    )
}

/// What somebody sets out to do.
fn attempt(op: &Op) -> String {
    match op {
        Op::Deposit { user, amount, .. } => format!("{user} deposits {}", tokens(*amount)),
        Op::RequestWithdraw {
            user,
            shares,
            ticket,
        } => {
            let shares = tokens(*shares);
            format!("{user} asks to leave with {shares} LRT, by ticket \"{ticket}\"")
        }
        Op::Settle => "a keeper settles the head batch".to_owned(),
        Op::Claim { ticket } => format!("ticket \"{ticket}\" is claimed"),
        Op::Cancel { ticket } => format!("ticket \"{ticket}\" is taken back"),
        Op::TransferTicket { ticket, to } => format!("ticket \"{ticket}\" is sold to {to}"),
        Op::RedeemInstant { user, shares, .. } => {
            format!("{user} leaves at once with {} LRT", tokens(*shares))
        }
        Op::Donate { amount } => {
            format!("a stranger sends {} straight to the vault", tokens(*amount))
        }
        Op::BurnLrt { user, shares } => {
            format!("{user} burns {} LRT in the wallet", tokens(*shares))
        }
        Op::Sweep => "a keeper sweeps the surplus".to_owned(),
        Op::Accrue => "a keeper accrues the drip".to_owned(),
        Op::Collect => "a keeper pays the fee wallet its shares".to_owned(),
        Op::Pause { what, .. } => {
            let names: Vec<_> = what.iter().map(Paused::name).collect();
            format!("the guardian pauses: {}", names.join(", "))
        }
        Op::Warp { slots } => format!("{slots} slots pass"),
    }
}

/// What came of it, where the attempt does not say it.
fn result(op: &Op, before: &Line, after: &Line) -> String {
    match op {
        Op::Deposit { user, .. } => format!(" and gets {} LRT", gained(user, "lrt", before, after)),
        Op::Settle => {
            let settled = after.pool.claimable.saturating_sub(before.pool.claimable);
            format!(": {} become claimable", tokens(settled))
        }
        Op::Claim { .. } => format!(": {}", paid(before, after)),
        Op::RedeemInstant { user, .. } => {
            let paid = gained(user, "collateral", before, after);
            format!(": gets {paid}, the fee begins to drip")
        }
        Op::Sweep => ": it begins to drip".to_owned(),
        _ => String::new(),
    }
}

fn gained(user: &str, token: &str, before: &Line, after: &Line) -> String {
    let amount = |line: &Line| line.users[user][token].as_u64().unwrap_or(0);
    tokens(amount(after).saturating_sub(amount(before)))
}

fn paid(before: &Line, after: &Line) -> String {
    let names = after.users.keys();
    let gains = names.map(|name| (name, gained(name, "collateral", before, after)));
    let winners = gains.filter(|(_, gain)| gain != &tokens(0));
    winners
        .map(|(name, gain)| format!("{name} gets {gain}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What one LRT is worth to whoever leaves, virtual units included, to nine digits.
fn rate(line: &Line) -> String {
    let price = Price::new(line.lrt.nav, line.lrt.supply, VIRTUAL_UNITS);
    tokens(price.value_of_floor(10u64.pow(DECIMALS)).unwrap_or(0))
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

/// An amount of nine decimals, without trailing zeros.
fn tokens(amount: u64) -> String {
    let unit = 10u64.pow(DECIMALS);
    let whole = amount.checked_div(unit).unwrap_or(0);
    let rest = amount.checked_rem(unit).unwrap_or(0);
    let text = format!("{whole}.{rest:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_write_them() {
        assert_eq!(tokens(0), "0");
        assert_eq!(tokens(1_500_000_000), "1.5");
        assert_eq!(tokens(1), "0.000000001");
    }

    #[test]
    fn the_story_is_a_sound_scenario() {
        assert!(parse(STORY).is_ok());
    }
}
