//! Steps in words.

use crate::scenario::{Line, Op, Paused, RewardPayer, Step};
use liquid_restaking_sdk::program::state::Price;

const DECIMALS: u32 = 9;
const VIRTUAL_UNITS: u64 = 1_000_000;

/// What a step did, or why it was refused.
pub fn sentence(step: &Step, before: &Line, after: &Line) -> String {
    if let Op::Warp { slots } = &step.op {
        let (passed, rate) = (duration(*slots), rate(after));
        return format!("… {passed} pass; one LRT is worth {rate}");
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
        Op::Collect => "a keeper pays fees and commissions to their owners".to_owned(),
        Op::Pause { what, .. } => {
            let names: Vec<_> = what.iter().map(Paused::name).collect();
            format!("the guardian pauses: {}", names.join(", "))
        }
        Op::Warp { slots } => format!("{} pass", duration(*slots)),
        Op::Operator {
            name,
            commission_bps,
        } => {
            let commission = percent(u64::from(*commission_bps));
            format!("{name} registers as an operator for {commission} of its rewards")
        }
        Op::Avs { name, terms, .. } => format!(
            "{name} registers as an AVS: may slash {} in {}, lets stake go after {}",
            percent(u64::from(terms.slash_cap_bps)),
            duration(terms.slash_window),
            duration(terms.exit_delay)
        ),
        Op::OptIn { operator, avs } => format!("{operator} and {avs} agree to work together"),
        Op::OptOut { operator, avs } => format!("{operator} takes its consent to {avs} back"),
        Op::Bond { operator, amount } => format!("{operator} posts a bond of {}", tokens(*amount)),
        Op::WithdrawBond { operator, amount } => {
            format!("{operator} withdraws {} of its bond", tokens(*amount))
        }
        Op::Delegate { operator, amount } => {
            format!("the manager delegates {} to {operator}", tokens(*amount))
        }
        Op::Undelegate { operator, amount } => {
            format!(
                "the manager takes {} of {operator}'s stake back",
                tokens(*amount)
            )
        }
        Op::Allocate {
            operator,
            avs,
            amount,
        } => {
            let amount = tokens(*amount);
            format!("the manager allocates {amount} of {operator}'s stake to {avs}")
        }
        Op::Deallocate {
            operator,
            avs,
            amount,
        } => {
            let amount = tokens(*amount);
            format!("the manager deallocates {amount} of {operator}'s stake from {avs}")
        }
        Op::Release { operator, avs } => {
            format!("a keeper releases what {operator} no longer owes {avs}")
        }
        Op::Retire { operator } => format!("{operator} retires"),
        Op::ForceExit { operator } => {
            format!("a keeper does what anyone may about {operator}'s stake")
        }
        Op::Rewards {
            operator,
            avs,
            amount,
            payer,
        } => {
            let amount = tokens(*amount);
            let who = match payer {
                RewardPayer::Avs => avs,
                RewardPayer::Stranger => "a stranger",
            };
            format!("{who} pays {amount} for {operator}'s work for {avs}")
        }
        Op::Stream {
            name,
            amount,
            slots,
            ..
        } => format!("the admin opens a stream of {name}: {amount} units in {slots} slots"),
        Op::StakePosition { user, shares } => {
            format!("{user} stakes {} LRT for streams", tokens(*shares))
        }
        Op::UnstakePosition { user, shares } => {
            format!("{user} takes {} LRT back from streams", tokens(*shares))
        }
        Op::ClaimStream { user, stream } => format!("{user} claims {stream}"),
        Op::ProposeSlash {
            operator,
            avs,
            amount,
        } => {
            let amount = tokens(*amount);
            format!("{avs} proposes to slash {amount} of {operator}'s stake")
        }
        Op::VetoSlash { operator, avs } => {
            format!("{avs}'s resolver vetoes the slash of {operator}")
        }
        Op::ExecuteSlash { operator, avs } => {
            format!("a keeper executes {avs}'s slash of {operator}")
        }
        Op::ExpireSlash { operator, avs } => {
            format!("a keeper lets {avs}'s slash of {operator} expire")
        }
        Op::EndAvs { avs } => format!("the guardian ends {avs}"),
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
        Op::Operator { .. } | Op::Avs { .. } => {
            let slots = after.slot.saturating_sub(before.slot);
            format!(", and is accepted {} later", duration(slots))
        }
        Op::Allocate { operator, avs, .. } => {
            format!(
                ": {} of it warm up",
                allocated(operator, avs, "warming", after)
            )
        }
        Op::Deallocate { operator, avs, .. } => {
            format!(
                ": {} of it cool",
                allocated(operator, avs, "cooling", after)
            )
        }
        Op::Rewards { .. } => {
            let drip = after.pool.drip.saturating_sub(before.pool.drip);
            format!(": {} begin to drip to the holders", tokens(drip))
        }
        Op::ProposeSlash { .. } => {
            let uncovered = tokens(after.lrt.disputed);
            format!(": {uncovered} are in dispute and covered by no bond")
        }
        Op::VetoSlash { .. } => ": nobody loses anything".to_owned(),
        Op::ExecuteSlash { .. } => {
            let bond = before.pool.bonds.saturating_sub(after.pool.bonds);
            let stake = before.pool.delegated.saturating_sub(after.pool.delegated);
            let (bond, stake) = (tokens(bond), tokens(stake));
            format!(": the bond pays {bond}, the holders {stake}")
        }
        Op::ForceExit { .. } => {
            let freed = after.pool.idle.saturating_sub(before.pool.idle);
            format!(": {} become idle", tokens(freed))
        }
        _ => String::new(),
    }
}

fn gained(user: &str, token: &str, before: &Line, after: &Line) -> String {
    let amount = |line: &Line| line.users[user][token].as_u64().unwrap_or(0);
    tokens(amount(after).saturating_sub(amount(before)))
}

fn allocated(operator: &str, avs: &str, part: &str, line: &Line) -> String {
    let allocation = &line.allocations[&format!("{operator}/{avs}")];
    tokens(allocation[part].as_u64().unwrap_or(0))
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

/// An amount of nine decimals, without trailing zeros.
pub fn tokens(amount: u64) -> String {
    let unit = 10u64.pow(DECIMALS);
    let whole = amount.checked_div(unit).unwrap_or(0);
    let rest = amount.checked_rem(unit).unwrap_or(0);
    let text = format!("{whole}.{rest:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Slots, and how long they take at 400 ms each.
pub fn duration(slots: u64) -> String {
    let minutes = slots.checked_div(150).unwrap_or(0);
    let (unit, length) = match minutes {
        0..120 => ("minutes", 1u64),
        120..2_880 => ("hours", 60),
        _ => ("days", 1_440),
    };
    let tenths = minutes.saturating_mul(10).checked_div(length).unwrap_or(0);
    let whole = tenths.checked_div(10).unwrap_or(0);
    let rest = tenths.checked_rem(10).unwrap_or(0);
    let text = format!("{whole}.{rest}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{slots} slots ({text} {unit})")
}

/// Basis points as people write them.
pub fn percent(bps: u64) -> String {
    let whole = bps.checked_div(100).unwrap_or(0);
    let rest = bps.checked_rem(100).unwrap_or(0);
    let text = format!("{whole}.{rest:02}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_write_them() {
        assert_eq!(tokens(0), "0");
        assert_eq!(tokens(1_500_000_000), "1.5");
        assert_eq!(tokens(1), "0.000000001");
        assert_eq!(duration(15_000), "15000 slots (100 minutes)");
        assert_eq!(duration(54_000), "54000 slots (6 hours)");
        assert_eq!(duration(756_000), "756000 slots (3.5 days)");
        assert_eq!(duration(0), "0 slots (0 minutes)");
        assert_eq!(percent(10_000), "100 %");
        assert_eq!(percent(205), "2.05 %");
    }
}
