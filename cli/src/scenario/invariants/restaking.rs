//! Operators and AVSs: every counter equals the sum it stands for (invariant 3), and nothing is pledged beyond the limits.

use super::{Before, Books};
use crate::scenario::restaking::{Delegated, Restaking};
use liquid_restaking_sdk::program::{
    state::{Allocation, AvsTerms, Delegation, StakePool},
    BPS, COOLING_GRID,
};

/// A counter and what it should be.
type Claim<'a> = (&'a str, u64, u128);

/// Adds what broke to `found`.
pub fn check(books: &Books, before: &Before, found: &mut Vec<String>) {
    let (lrt, pool, restaking) = (&books.now.lrt, &books.now.pool, books.restaking);
    let by_hand = u128::from(before.delegated_by_hand);
    let active = sum(restaking, |d| d.active);
    claims(
        "the pool",
        &[
            ("delegated", pool.delegated, active.saturating_add(by_hand)),
            ("bonds", pool.bonds, sum(restaking, |d| d.bond)),
            (
                "operators_owed",
                pool.operators_owed,
                sum(restaking, |d| d.owed),
            ),
            ("freeing", pool.freeing, sum(restaking, |d| d.freeing)),
            (
                "delegations",
                pool.delegations.into(),
                count(restaking.operators.len()),
            ),
            (
                "avs_count",
                pool.avs_count.into(),
                count(restaking.avss.len()),
            ),
        ],
        found,
    );
    if let Ok(row) = books.now.row() {
        let uncovered = sum(restaking, |d| {
            d.disputed.saturating_sub(d.bond).min(d.active)
        });
        claims(
            "the pool's row",
            &[("uncovered", row.uncovered, uncovered)],
            found,
        );
    }
    check_avss(pool, restaking, found);
    for one in &restaking.operators {
        check_delegation(one, found);
        // What was booked with another leverage is booked anew only when the delegation is written.
        if lrt.params.leverage_bps == before.leverage_bps {
            check_limits(one, before.leverage_bps, found);
        }
        for (avs, allocation) in &one.allocations {
            let terms = restaking
                .avss
                .get(*avs)
                .map(|avs| avs.pool_avs.accepted.terms);
            let who = format!("{}/{}", one.name, restaking.avs_name(*avs));
            check_allocation(&who, allocation, terms, found);
        }
    }
}

/// The pool's table of AVSs: a row for each acceptance, with the sum of its allocations, cooling included.
fn check_avss(pool: &StakePool, restaking: &Restaking, found: &mut Vec<String>) {
    for avs in &restaking.avss {
        let accepted = &avs.pool_avs;
        let own = || restaking.allocations().filter(|a| a.avs == accepted.avs);
        let allocated = own().map(all).sum();
        let row = pool.avss.get(usize::from(accepted.place));
        let Some(row) = row.filter(|row| row.avs == accepted.avs) else {
            found.push(format!("invariant 3: {} is not at its place", avs.name));
            continue;
        };
        claims(
            &avs.name,
            &[
                ("allocated", row.allocated, allocated),
                (
                    "allocations",
                    accepted.allocations.into(),
                    count(own().count()),
                ),
            ],
            found,
        );
    }
}

/// A delegation's own counters, and its table of allocations.
fn check_delegation(one: &Delegated, found: &mut Vec<String>) {
    let Delegated {
        name,
        operator,
        delegation,
        allocations,
    } = one;
    let disputed = allocations
        .iter()
        .map(|(_, a)| u128::from(a.disputed))
        .sum();
    claims(
        name,
        &[
            (
                "allocation_count",
                delegation.allocation_count.into(),
                count(allocations.len()),
            ),
            ("disputed", delegation.disputed, disputed),
            ("delegations", operator.delegations.into(), 1),
        ],
        found,
    );
    if delegation.bond_cooling > delegation.bond {
        found.push(format!(
            "invariant 3: more of {name}'s bond cools than there is"
        ));
    }
    for (place, row) in delegation.allocations.iter().enumerate() {
        let allocation = allocations.iter().map(|(_, allocation)| allocation);
        let booked = allocation
            .into_iter()
            .find(|a| usize::from(a.place) == place);
        let should_be = booked.map_or((0, 0), |a| (total(a), cooling(a)));
        if (u128::from(row.total), u128::from(row.cooling)) != should_be {
            found.push(format!(
                "invariant 3: {name}'s row {place} says {row:?}, the allocation {should_be:?}"
            ));
        }
    }
}

/// What is freeing, and, while nothing was slashed, that no pledge exceeds stake and leverage.
fn check_limits(one: &Delegated, leverage_bps: u16, found: &mut Vec<String>) {
    let Delegated {
        name, delegation, ..
    } = one;
    let freeing = delegation.freeing_now(leverage_bps);
    claims(
        name,
        &[("freeing", delegation.freeing, freeing.into())],
        found,
    );
    let pledged = delegation
        .allocations
        .iter()
        .map(|row| u128::from(row.all()));
    let sum: u128 = pledged.clone().sum();
    let largest = pledged.max().unwrap_or(0);
    let active = u128::from(delegation.active);
    let is_beyond_leverage =
        sum.saturating_mul(BPS.into()) > active.saturating_mul(leverage_bps.into());
    if delegation.losses == 0 && (largest > active || is_beyond_leverage) {
        found.push(format!(
            "DESIGN 5: {name} has {active}, its largest allocation is {largest}, all together {sum}"
        ));
    }
}

/// A dispute is covered, and coolings are few: one a release slot, each on the grid.
fn check_allocation(
    who: &str,
    allocation: &Allocation,
    terms: Option<AvsTerms>,
    found: &mut Vec<String>,
) {
    let stake_and_cooling = cooling(allocation).saturating_add(allocation.stake.into());
    if u128::from(allocation.disputed) > stake_and_cooling {
        found.push(format!(
            "invariant 3: {who} has {stake_and_cooling}, {} are disputed",
            allocation.disputed
        ));
    }
    let pending = || allocation.coolings.iter().filter(|entry| entry.amount > 0);
    let mut slots: Vec<u64> = pending().map(|entry| entry.release_slot).collect();
    slots.sort_unstable();
    slots.dedup();
    let grid = terms.map_or(1, |terms| terms.exit_delay.div_ceil(COOLING_GRID).max(1));
    let is_on_grid = slots.iter().all(|slot| slot.is_multiple_of(grid));
    if slots.len() != pending().count() || !is_on_grid {
        found.push(format!(
            "DESIGN 5: {who} cools until {slots:?}, on a grid of {grid}"
        ));
    }
}

fn claims(who: &str, claims: &[Claim], found: &mut Vec<String>) {
    for (what, counter, should_be) in claims {
        if u128::from(*counter) != *should_be {
            found.push(format!(
                "invariant 3: {what} of {who} is {counter}, the accounts say {should_be}"
            ));
        }
    }
}

fn sum(restaking: &Restaking, part: impl Fn(&Delegation) -> u64) -> u128 {
    restaking.delegations().map(|d| u128::from(part(d))).sum()
}

fn count(length: usize) -> u128 {
    u128::try_from(length).unwrap_or(u128::MAX)
}

fn total(allocation: &Allocation) -> u128 {
    u128::from(allocation.stake).saturating_add(allocation.warming.into())
}

fn cooling(allocation: &Allocation) -> u128 {
    let entries = allocation.coolings.iter().map(|e| u128::from(e.amount));
    entries.sum::<u128>().saturating_add(allocation.held.into())
}

fn all(allocation: &Allocation) -> u128 {
    total(allocation).saturating_add(cooling(allocation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::restaking::Accepted;
    use liquid_restaking_sdk::{
        anchor_lang::prelude::Pubkey,
        program::state::{Lrt, Operator, PoolAvs, PoolRow},
        Observed, ProgramAccount,
    };

    const LEVERAGE: u16 = 10_000;

    /// 100 with an operator, a bond of 10, of which 4 cool; 60 allocated, of which 15 cool and 5 are disputed.
    fn world() -> (Observed, Restaking) {
        let (mut lrt, mut pool) = (zeroed::<Lrt>(), zeroed::<StakePool>());
        lrt.params.leverage_bps = LEVERAGE;
        lrt.pool_count = 1;
        lrt.pools[0] = PoolRow::new(Pubkey::default());
        let mut operator = zeroed::<Operator>();
        operator.delegations = 1;
        let mut delegation = zeroed::<Delegation>();
        (delegation.active, delegation.freeing) = (100, 55);
        (delegation.bond, delegation.bond_cooling, delegation.owed) = (10, 4, 3);
        (delegation.disputed, delegation.allocation_count) = (5, 1);
        (
            delegation.allocations[2].total,
            delegation.allocations[2].cooling,
        ) = (45, 15);
        let mut pool_avs = zeroed::<PoolAvs>();
        (pool_avs.avs, pool_avs.place, pool_avs.allocations) = (Pubkey::new_unique(), 2, 1);
        pool_avs.accepted.terms.exit_delay = 100;
        let mut allocation = zeroed::<Allocation>();
        (allocation.avs, allocation.place) = (pool_avs.avs, 2);
        (allocation.stake, allocation.warming, allocation.disputed) = (40, 5, 5);
        (
            allocation.coolings[0].amount,
            allocation.coolings[0].release_slot,
        ) = (14, 105);
        allocation.held = 1;
        (
            pool.delegated,
            pool.bonds,
            pool.operators_owed,
            pool.freeing,
        ) = (100, 10, 3, 55);
        (pool.delegations, pool.avs_count) = (1, 1);
        (pool.avss[2].avs, pool.avss[2].allocated) = (pool_avs.avs, 60);
        let operators = vec![Delegated {
            name: "o".to_owned(),
            operator,
            delegation,
            allocations: vec![(0, allocation)],
        }];
        let name = "a".to_owned();
        let avss = vec![Accepted { name, pool_avs }];
        let restaking = Restaking {
            operators,
            avss,
            proposals: Vec::new(),
        };
        (Observed { lrt, pool }, restaking)
    }

    fn zeroed<T: ProgramAccount>() -> T {
        bytemuck::Zeroable::zeroed()
    }

    fn found(now: &Observed, restaking: &Restaking) -> Vec<String> {
        let books = Books {
            now,
            vault_balance: 0,
            mint_supply: 0,
            batches: &[],
            tickets: &[],
            restaking,
            streams: None,
            wallets: 0,
            slot: 0,
            op: "observe",
        };
        let before = Before {
            leverage_bps: LEVERAGE,
            ..Before::default()
        };
        let mut found = Vec::new();
        check(&books, &before, &mut found);
        found
    }

    #[test]
    fn a_sound_world_has_nothing_to_be_found() {
        let (now, restaking) = world();
        assert_eq!(found(&now, &restaking), Vec::<String>::new());
    }

    type Edit = fn(&mut Observed, &mut Delegated, &mut Accepted);

    #[test]
    fn every_counter_that_is_off_by_one_is_found() {
        let edits: [Edit; 22] = [
            |now, _, _| now.pool.delegated += 1,
            |now, _, _| now.pool.bonds += 1,
            |now, _, _| now.pool.operators_owed += 1,
            |now, _, _| now.pool.freeing += 1,
            |now, _, _| now.pool.delegations += 1,
            |now, _, _| now.pool.avs_count += 1,
            |now, _, _| now.pool.avss[2].allocated += 1,
            |now, _, _| now.pool.avss[2].avs = Pubkey::new_unique(),
            |now, _, _| now.lrt.pools[0].uncovered += 1,
            |_, one, _| one.operator.delegations += 1,
            |_, one, _| one.delegation.allocation_count += 1,
            |_, one, _| one.delegation.disputed += 1,
            |_, one, _| one.delegation.bond_cooling = 11,
            |_, one, _| one.delegation.bond = 4, // one more is disputed than it covers
            |_, one, _| one.delegation.allocations[2].total += 1,
            |_, one, _| one.delegation.allocations[2].cooling += 1,
            |_, one, _| one.delegation.allocations[1].total += 1,
            |_, one, _| one.allocations[0].1.held += 1,
            |_, one, _| one.allocations[0].1.disputed = 56,
            |_, one, _| one.allocations[0].1.coolings[0].release_slot = 106,
            |_, _, avs| avs.pool_avs.allocations += 1,
            |_, _, avs| avs.pool_avs.place = 3,
        ];
        for (number, edit) in edits.iter().enumerate() {
            let (mut now, mut restaking) = world();
            edit(
                &mut now,
                &mut restaking.operators[0],
                &mut restaking.avss[0],
            );
            assert_ne!(found(&now, &restaking), Vec::<String>::new(), "{number}");
        }
    }

    #[test]
    fn a_pledge_beyond_the_stake_is_found_unless_a_slash_brought_it_about() {
        let (mut now, mut restaking) = world();
        let delegation = &mut restaking.operators[0].delegation;
        (delegation.active, delegation.freeing) = (50, 5);
        (now.pool.delegated, now.pool.freeing) = (50, 5);
        let text = "DESIGN 5: o has 50, its largest allocation is 60, all together 60";
        assert_eq!(found(&now, &restaking), [text]);
        restaking.operators[0].delegation.losses = 50;
        assert_eq!(found(&now, &restaking), Vec::<String>::new());
    }
}
