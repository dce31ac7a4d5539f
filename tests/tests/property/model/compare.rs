//! Every number of two ledgers, side by side.

use super::{q, Ledger, Q};
use num_traits::{One, Signed};
use std::collections::BTreeMap;

/// Amounts, which may differ by a rounding, and everything else, which may not.
#[derive(Default)]
struct Numbers {
    amounts: BTreeMap<String, Q>,
    facts: BTreeMap<String, String>,
}

/// Whether what the program did is what the model says, to within one unit a number.
pub fn agree(model: &Ledger, real: &Ledger) -> Result<(), String> {
    compare(model, real, &Q::one())
}

/// Whether a refused step left everything as it was.
pub fn unchanged(before: &Ledger, after: &Ledger) -> Result<(), String> {
    compare(before, after, &q(0))
}

fn compare(model: &Ledger, real: &Ledger, tolerance: &Q) -> Result<(), String> {
    // Where a drip stands still it may lose the slots in which less than a unit was due: its end, in units of the drip.
    let late = q(model.drip_end.abs_diff(real.drip_end)) * &real.drip;
    if late > tolerance * q(real.drip_end.saturating_sub(real.slot)) {
        let (model, real) = (model.drip_end, real.drip_end);
        return Err(format!(
            "the drip ends in {model} by the model, in {real} by the program"
        ));
    }
    let (should_be, is) = (numbers(model), numbers(real));
    differ("facts", &should_be.facts, &is.facts)?;
    let named = |amounts: &BTreeMap<String, Q>| {
        let names = amounts
            .keys()
            .map(|name| (name.clone(), "there".to_owned()));
        names.collect()
    };
    differ("amounts", &named(&should_be.amounts), &named(&is.amounts))?;
    for (name, model) in &should_be.amounts {
        let real = &is.amounts[name];
        if (model - real).abs() > *tolerance {
            return Err(format!(
                "{name}: the model says {model}, the program {real}"
            ));
        }
    }
    Ok(())
}

/// An error that names only what differs.
fn differ(
    what: &str,
    model: &BTreeMap<String, String>,
    real: &BTreeMap<String, String>,
) -> Result<(), String> {
    let only = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| {
        let others = these
            .iter()
            .filter(|(name, fact)| those.get(*name) != Some(*fact));
        let others: Vec<String> = others
            .map(|(name, fact)| format!("{name}: {fact}"))
            .collect();
        others.join("; ")
    };
    if model == real {
        return Ok(());
    }
    let (model, real) = (only(model, real), only(real, model));
    Err(format!(
        "{what}: the model says {model}, the program {real}"
    ))
}

fn numbers(l: &Ledger) -> Numbers {
    let mut n = Numbers::default();
    let mut add = |name: String, amount: &Q| n.amounts.insert(name, amount.clone());
    let pool = [
        ("supply", &l.supply),
        ("fee_shares", &l.fee_shares),
        ("idle", &l.idle),
        ("drip", &l.drip),
        ("claimable", &l.claimable),
        ("fees_owed", &l.fees_owed),
        ("vault", &l.vault),
        ("nav", &l.nav()),
        ("uncovered", &l.uncovered()),
        ("queued", &l.queued()),
    ];
    for (name, amount) in pool {
        add(name.to_owned(), amount);
    }
    for (name, wallet) in &l.wallets {
        add(format!("{name}.collateral"), &wallet.collateral);
        add(format!("{name}.lrt"), &wallet.lrt);
        add(format!("{name}.staked"), &wallet.staked);
    }
    for (name, ticket) in &l.tickets {
        add(format!("ticket {name}.shares"), &ticket.shares);
        add(format!("ticket {name}.claimed"), &ticket.claimed);
    }
    for (epoch, batch) in &l.batches {
        add(format!("batch {epoch}.shares"), &batch.shares);
        add(format!("batch {epoch}.settled"), &batch.settled);
        add(format!("batch {epoch}.assets"), &batch.assets);
        add(format!("batch {epoch}.claimed"), &batch.claimed);
    }
    for (name, operator) in &l.operators {
        add(format!("{name}.active"), &operator.active);
        add(format!("{name}.bond"), &operator.bond);
        add(format!("{name}.bond_cooling"), &operator.bond_cooling);
        add(format!("{name}.owed"), &operator.owed);
        add(format!("{name}.free"), &l.free(name, false));
    }
    for ((operator, avs), allocation) in &l.allocations {
        let name = format!("{operator}/{avs}");
        add(format!("{name}.stake"), &allocation.stake);
        add(format!("{name}.warming"), &allocation.warming);
        add(format!("{name}.held"), &allocation.held);
        add(format!("{name}.disputed"), &allocation.disputed);
        for (slot, amount) in &allocation.coolings {
            add(format!("{name}.cooling until {slot}"), amount);
        }
    }
    n.facts = facts(l);
    n
}

/// Slots, owners, states: exact.
fn facts(l: &Ledger) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut add = |name: String, fact: String| facts.insert(name, fact);
    add("slot".to_owned(), l.slot.to_string());
    add("round".to_owned(), format!("{:?}", l.round));
    for (name, ticket) in &l.tickets {
        add(
            format!("ticket {name}"),
            format!("{} in {}", ticket.owner, ticket.batch),
        );
    }
    for (epoch, batch) in &l.batches {
        add(
            format!("batch {epoch}"),
            format!("{} {}", batch.due, batch.left_queue),
        );
    }
    for (name, operator) in &l.operators {
        let commission = operator.commission_bps;
        let fact = format!("{} {commission} {}", operator.bond_slot, operator.retired);
        add(format!("operator {name}"), fact);
    }
    for (name, avs) in &l.avss {
        add(format!("AVS {name}"), format!("{avs:?}"));
    }
    for ((operator, avs), allocation) in &l.allocations {
        let fact = format!("{} {}", allocation.warm_slot, allocation.round);
        add(format!("{operator}/{avs}"), fact);
    }
    facts
}
