//! A story on the embedded VM, told to a person: who did what, what it cost, what everyone holds.

use crate::scenario::{holdings, parse, right_align, table, Line, Op, Runner, Scenario, Step};
use anyhow::Result;
use comfy_table::Table;

const STORY: &str = include_str!("../story.json");
const DECIMALS: u32 = 9;

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
    let what = match &step.op {
        Op::Deposit { user, amount, .. } => {
            format!(
                "{user} deposits {} and gets {} LRT",
                tokens(*amount),
                gained(user, "lrt", before, after)
            )
        }
        Op::RequestWithdraw {
            user,
            shares,
            ticket,
        } => {
            format!(
                "{user} asks to leave with {} LRT, by ticket \"{ticket}\"",
                tokens(*shares)
            )
        }
        Op::Settle => format!(
            "a keeper settles the head batch: {} become claimable",
            tokens(after.pool.claimable.saturating_sub(before.pool.claimable))
        ),
        Op::Claim { ticket } => format!("ticket \"{ticket}\" is claimed: {}", paid(before, after)),
        Op::Cancel { ticket } => format!("ticket \"{ticket}\" is taken back"),
        Op::TransferTicket { ticket, to } => format!("ticket \"{ticket}\" is sold to {to}"),
        Op::RedeemInstant { user, shares, .. } => format!(
            "{user} leaves at once with {} LRT: gets {}, the fee begins to drip",
            tokens(*shares),
            gained(user, "collateral", before, after)
        ),
        Op::Donate { amount } => {
            format!("a stranger sends {} straight to the vault", tokens(*amount))
        }
        Op::BurnLrt { user, shares } => {
            format!("{user} burns {} LRT in the wallet", tokens(*shares))
        }
        Op::Sweep => "a keeper sweeps the surplus: it begins to drip".to_owned(),
        Op::Accrue => "a keeper accrues the drip".to_owned(),
        Op::Collect => "a keeper pays the fee wallet its shares".to_owned(),
        Op::Pause { what, .. } => format!("the guardian pauses {what:?}"),
        Op::Warp { slots } => {
            return format!("… {slots} slots pass; one LRT is worth {}", rate(after))
        }
    };
    match &after.error {
        None => format!(
            "{what} [{} units; one LRT is worth {}]",
            after.compute_units,
            rate(after)
        ),
        Some(error) => format!("refused: {what}: {error}"),
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

/// Value of one LRT by nav and supply, to nine digits.
fn rate(line: &Line) -> String {
    let unit = 10u128.pow(DECIMALS);
    let value = u128::from(line.lrt.nav).saturating_mul(unit);
    let rate = value
        .checked_div(u128::from(line.lrt.supply))
        .unwrap_or(unit);
    tokens(u64::try_from(rate).unwrap_or(u64::MAX))
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
