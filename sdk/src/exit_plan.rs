//! When idle is short the queue waits: what is on its way to it, what would still have to be deallocated, and when that
//! would be free. Computed from accounts with the program's own rules; nothing is sent.

use crate::read::ReadError;
use anchor_lang::prelude::Pubkey;
use liquid_restaking::{
    state::{Allocation, AvsTerms, Delegation, Lrt, Round, StakePool},
    BPS,
};

/// One delegation, as stored, with its allocations and the terms that rule them: those of the pool's `PoolAvs`.
#[derive(Debug, Clone)]
pub struct Pledged {
    /// The delegation.
    pub delegation: Delegation,
    /// Its allocations.
    pub allocations: Vec<(Allocation, AvsTerms)>,
}

/// How the queue of a stake pool will be paid. All amounts are collateral units. `idle`, `free`, what is `freeing` and
/// the `shortage` cover what is `owed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitPlan {
    /// What the queue is owed, at the price of now.
    pub owed: u64,
    /// Free collateral of the pool.
    pub idle: u64,
    /// Stake that may go back to idle now, once somebody has called `release` where coolings are over.
    pub free: u64,
    /// Stake that needs only time, by release slot, the soonest first.
    pub freeing: Vec<Freeing>,
    /// What would still have to be deallocated; 0: the queue only has to wait.
    pub shortage: u64,
    /// The allocations that would cover the shortage, pro rata: what a forced round would take of each.
    pub by_allocation: Vec<Deallocation>,
}

/// Stake that becomes free in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freeing {
    /// The release slot.
    pub slot: u64,
    /// What becomes free in it. At a leverage above one this is less than what has cooled: another pledge may hold it.
    pub amount: u64,
    /// All that will have become free by then, without what is free now.
    pub by_then: u64,
}

/// A deallocation that would pay its part of the shortage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deallocation {
    /// The operator.
    pub operator: Pubkey,
    /// The AVS.
    pub avs: Pubkey,
    /// How much of the allocation.
    pub amount: u64,
    /// Of it, what is still warming: free at once.
    pub at_once: u64,
    /// When the rest would be free, if it were deallocated now.
    pub release_slot: u64,
}

impl ExitPlan {
    /// Reads the plan in `slot`. `lrt` and `pool` are as an `accrue` would leave them ([`crate::Observed`]), `pledged` is
    /// every delegation of the pool. Open disputes are taken to stay open: what they hold is not counted on.
    ///
    /// # Errors
    /// `Unsound` when the accounts do not belong together.
    pub fn read(
        lrt: &Lrt,
        pool: &StakePool,
        slot: u64,
        pledged: &[Pledged],
    ) -> Result<Self, ReadError> {
        let leverage_bps = lrt.params.leverage_bps;
        let now = at(pledged, slot)?;
        let free = free(&now, leverage_bps);
        let mut freeing = Vec::new();
        let mut by_then = 0u64;
        for release_slot in release_slots(&now) {
            let then = free_by(&now, release_slot, leverage_bps)?.saturating_sub(free);
            if then > by_then {
                freeing.push(Freeing {
                    slot: release_slot,
                    amount: then.saturating_sub(by_then),
                    by_then: then,
                });
                by_then = then;
            }
        }
        let owed = lrt.queue_owed_ceil(pool).map_err(unsound)?;
        let covered = [pool.idle, free, by_then];
        let shortage = covered.into_iter().fold(owed, u64::saturating_sub);
        Ok(Self {
            owed,
            idle: pool.idle,
            free,
            freeing,
            shortage,
            by_allocation: deallocations(&now, shortage, leverage_bps, slot)?,
        })
    }
}

/// The accounts as a `release` of every allocation in `slot` would leave them.
fn at(pledged: &[Pledged], slot: u64) -> Result<Vec<Pledged>, ReadError> {
    let mut then = pledged.to_vec();
    for Pledged {
        delegation,
        allocations,
    } in &mut then
    {
        for (allocation, _) in allocations {
            allocation.ripen(slot).map_err(unsound)?;
            let row = delegation.row_mut(allocation.place).map_err(unsound)?;
            row.total = allocation.total().map_err(unsound)?;
            row.cooling = allocation.cooling().map_err(unsound)?;
        }
    }
    Ok(then)
}

fn free(pledged: &[Pledged], leverage_bps: u16) -> u64 {
    let free = pledged.iter().map(|one| one.delegation.free(leverage_bps));
    free.fold(0, u64::saturating_add)
}

fn free_by(pledged: &[Pledged], slot: u64, leverage_bps: u16) -> Result<u64, ReadError> {
    Ok(free(&at(pledged, slot)?, leverage_bps))
}

fn release_slots(pledged: &[Pledged]) -> Vec<u64> {
    let allocations = pledged.iter().flat_map(|one| &one.allocations);
    let entries = allocations.flat_map(|(allocation, _)| &allocation.coolings);
    let pending = entries.filter(|entry| entry.amount > 0);
    let mut slots: Vec<u64> = pending.map(|entry| entry.release_slot).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// What a round that lacks `shortage` would take of each allocation: the program's own share.
fn deallocations(
    pledged: &[Pledged],
    shortage: u64,
    leverage_bps: u16,
    slot: u64,
) -> Result<Vec<Deallocation>, ReadError> {
    let used = pledged.iter().map(|one| {
        let delegation = &one.delegation;
        let freeing = delegation.freeing_now(leverage_bps);
        delegation.active.saturating_sub(freeing)
    });
    let used = used.fold(0, u64::saturating_add);
    if shortage == 0 || used == 0 {
        return Ok(Vec::new());
    }
    // As `Lrt::open_round`: above leverage one each delegation may free one unit less than its share.
    let others = u64::try_from(pledged.len()).unwrap_or(u64::MAX);
    let rounding = match u64::from(leverage_bps) > BPS {
        true => others.saturating_sub(1),
        false => 0,
    };
    let mut round = Round::default();
    round
        .open(shortage.saturating_add(rounding), used, slot, 1)
        .map_err(unsound)?;

    let mut found = Vec::new();
    for Pledged {
        delegation,
        allocations,
    } in pledged
    {
        for (allocation, terms) in allocations {
            let total = allocation.total().map_err(unsound)?;
            let counted = total.min(delegation.active);
            let kept = round.keeps_floor(counted, slot).map_err(unsound)?;
            let amount = total.saturating_sub(kept);
            if amount > 0 {
                found.push(Deallocation {
                    operator: delegation.operator,
                    avs: allocation.avs,
                    amount,
                    at_once: amount.min(allocation.warming),
                    release_slot: terms.release_slot(slot).map_err(unsound)?,
                });
            }
        }
    }
    Ok(found)
}

fn unsound(_: anchor_lang::error::Error) -> ReadError {
    ReadError::Unsound
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;
    use bytemuck::Zeroable;
    use liquid_restaking::state::{Cooling, PoolRow};

    const SLOT: u64 = 1_000;

    /// An LRT worth 10,000,000 at par, of which `queued` wait and `idle` is there.
    fn world(leverage_bps: u16, idle: u64, queued: u64) -> (Lrt, StakePool) {
        let (mut lrt, mut pool) = (Lrt::zeroed(), StakePool::zeroed());
        lrt.fixed.decimals = 6;
        lrt.params.leverage_bps = leverage_bps;
        lrt.supply = 10_000_000;
        lrt.pool_count = 1;
        lrt.pools[0] = PoolRow::new(Pubkey::default());
        lrt.pools[0].assets = 10_000_000;
        (pool.idle, pool.queued) = (idle, queued);
        (lrt, pool)
    }

    /// A delegation with allocations of `(stake, coolings)`, at an exit delay of 100 (a grid of 15).
    fn pledged(active: u64, allocations: &[(u64, &[(u64, u64)])]) -> Pledged {
        let mut delegation = Delegation::zeroed();
        delegation.active = active;
        delegation.operator = Pubkey::new_unique();
        let rows = (0u8..).zip(allocations).map(|(place, (stake, coolings))| {
            let mut allocation = Allocation::zeroed();
            (allocation.place, allocation.stake) = (place, *stake);
            allocation.avs = Pubkey::new_unique();
            for (entry, (amount, release_slot)) in allocation.coolings.iter_mut().zip(*coolings) {
                *entry = Cooling {
                    amount: *amount,
                    release_slot: *release_slot,
                };
            }
            let terms = AvsTerms {
                exit_delay: 100,
                ..AvsTerms::default()
            };
            (allocation, terms)
        });
        Pledged {
            allocations: rows.collect(),
            delegation,
        }
    }

    #[test]
    fn without_a_queue_nothing_is_owed_and_nothing_to_be_done() {
        let (lrt, pool) = world(10_000, 4_000_000, 0);
        let plan = ExitPlan::read(&lrt, &pool, SLOT, &[pledged(6_000_000, &[])]).unwrap();
        assert_eq!((plan.owed, plan.idle, plan.free), (0, 4_000_000, 6_000_000));
        assert_eq!((plan.shortage, plan.freeing.len()), (0, 0));
    }

    #[test]
    fn what_cools_comes_soonest_first_and_over_all_operators() {
        let (lrt, pool) = world(10_000, 1_000_000, 5_000_000);
        let one = pledged(
            5_000_000,
            &[(2_000_000, &[(500_000, 1_095), (700_000, 1_080)])],
        );
        let two = pledged(
            4_000_000,
            &[(3_000_000, &[(300_000, 1_080), (200_000, SLOT)])],
        );
        let plan = ExitPlan::read(&lrt, &pool, SLOT, &[one, two]).unwrap();
        // Free: 1,800,000 of the first; 700,000 of the second, with what has cooled already.
        assert_eq!(plan.free, 2_500_000);
        let first = Freeing {
            slot: 1_080,
            amount: 1_000_000,
            by_then: 1_000_000,
        };
        let second = Freeing {
            slot: 1_095,
            amount: 500_000,
            by_then: 1_500_000,
        };
        assert_eq!(plan.freeing, [first, second]);
        assert_eq!((plan.owed, plan.shortage), (5_000_000, 0));
        assert_eq!(plan.by_allocation, []);
    }

    #[test]
    fn a_shortage_is_shared_pro_rata_and_free_on_the_grid() {
        let (lrt, pool) = world(10_000, 1_000_000, 4_000_000);
        let mut one = pledged(6_000_000, &[(4_000_000, &[]), (2_000_000, &[])]);
        one.allocations[1].0.stake = 1_500_000;
        one.allocations[1].0.warming = 500_000;
        one.allocations[1].0.warm_slot = SLOT + 1;
        let two = pledged(3_000_000, &[(3_000_000, &[])]);
        let plan = ExitPlan::read(&lrt, &pool, SLOT, &[one.clone(), two.clone()]).unwrap();
        assert_eq!((plan.free, plan.shortage), (0, 3_000_000));
        let amounts: Vec<_> = plan.by_allocation.iter().map(|d| d.amount).collect();
        assert_eq!(amounts, [1_333_334, 666_667, 1_000_000]);
        assert_eq!(plan.by_allocation[1].at_once, 500_000);
        assert!(plan.by_allocation.iter().all(|d| d.release_slot == 1_110)); // 1,100 rounded up
        assert_eq!(plan.by_allocation[2].operator, two.delegation.operator);
        assert_eq!(plan.by_allocation[0].avs, one.allocations[0].0.avs);
    }

    #[test]
    fn at_a_leverage_of_two_the_last_pledge_decides() {
        let (lrt, pool) = world(20_000, 0, 2_000_000);
        // Twice the stake is pledged; the first cooling frees nothing while the largest pledge stays.
        let one = pledged(
            5_000_000,
            &[
                (4_000_000, &[(1_000_000, 1_095)]),
                (4_000_000, &[(1_000_000, 1_080)]),
            ],
        );
        let plan = ExitPlan::read(&lrt, &pool, SLOT, &[one]).unwrap();
        let only = Freeing {
            slot: 1_095,
            amount: 1_000_000,
            by_then: 1_000_000,
        };
        assert_eq!(plan.freeing, [only]);
        assert_eq!(plan.shortage, 1_000_000);
        let amounts: Vec<_> = plan.by_allocation.iter().map(|d| d.amount).collect();
        assert_eq!(amounts, [1_000_000, 1_000_000]);
    }

    #[test]
    fn what_a_dispute_holds_is_not_counted_on() {
        let (lrt, pool) = world(10_000, 0, 3_000_000);
        let mut one = pledged(3_000_000, &[(0, &[(3_000_000, 1_080)])]);
        one.delegation.disputed = 1_200_000;
        one.allocations[0].0.disputed = 1_200_000;
        let plan = ExitPlan::read(&lrt, &pool, SLOT, &[one]).unwrap();
        assert_eq!(plan.freeing[0].amount, 1_800_000);
        assert_eq!(plan.shortage, 1_200_000);
    }

    #[test]
    fn contradictions_are_no_plan() {
        let (lrt, pool) = world(10_000, 0, 1);
        let mut one = pledged(1, &[(1, &[])]);
        one.allocations[0].0.place = 16;
        assert_eq!(
            ExitPlan::read(&lrt, &pool, SLOT, &[one]),
            Err(ReadError::Unsound)
        );
    }
}
