//! Amounts and slots at the edges.

use crate::model::Ledger;
use num_traits::Zero;

/// All, nothing, one unit, one more than there is, or anything in between: the edges as often as the rest.
pub fn part_of(whole: u64, a: u64) -> u64 {
    match a % 12 {
        0 => whole,
        1 => whole.saturating_add(1),
        2 => 1,
        3 => whole / 2,
        4 => a % 1_000,
        5 if a.is_multiple_of(5) => 0,
        _ => a / 12 % whole.saturating_add(1),
    }
}

/// Slots until `slot`, or one less: the last before it. Most often no proposal's execution window is passed by.
pub fn until(ledger: &Ledger, slot: u64, a: u64) -> u64 {
    let windows = executable_from(ledger).filter(|from| *from > ledger.slot);
    let slot = match windows.min() {
        Some(from) if !a.is_multiple_of(4) => slot.min(from),
        _ => slot,
    };
    let slots = slot.saturating_sub(ledger.slot);
    slots.saturating_sub(u64::from(a.is_multiple_of(5)))
}

/// Slots in which something begins or ends.
pub fn edges(ledger: &Ledger) -> Vec<u64> {
    let mut slots = vec![
        (ledger.epoch() + 1) * ledger.setup.fixed.epoch_length,
        ledger.drip_end,
        ledger.round.end,
    ];
    for batch in ledger.batches.values().filter(|batch| !batch.left_queue) {
        slots.extend([batch.due, batch.due + ledger.setup.params.grace_slots]);
    }
    slots.extend(ledger.operators.values().map(|operator| operator.bond_slot));
    for ((_, avs), allocation) in &ledger.allocations {
        slots.push(allocation.warm_slot);
        slots.extend(allocation.coolings.keys());
        let terms = &ledger.avss[avs];
        let (executable, open) = (
            allocation.proposed + terms.veto,
            terms.veto + terms.execution,
        );
        slots.extend([
            executable,
            allocation.proposed + open,
            allocation.proposed + 2 * open,
        ]);
    }
    slots.retain(|slot| *slot > ledger.slot);
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The slots from which open proposals may be executed.
pub fn executable_from(ledger: &Ledger) -> impl Iterator<Item = u64> + '_ {
    let open = ledger.allocations.iter();
    let open = open.filter(|(_, allocation)| !allocation.disputed.is_zero());
    open.map(|((_, avs), allocation)| allocation.proposed + ledger.avss[avs].veto)
}
