//! Slash proposals: what they lock, when they end, and what they take (invariant 7, DESIGN §6).

use super::{Before, Books};
use crate::scenario::restaking::{Proposed, Restaking};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        state::{Allocation, SlashState},
        BPS,
    },
};

/// Adds what broke to `found`.
pub fn check(books: &Books, before: &Before, found: &mut Vec<String>) {
    let restaking = books.restaking;
    for proposed in &restaking.proposals {
        check_state(proposed, books.slot, found);
    }
    for one in &restaking.operators {
        for (place, allocation) in &one.allocations {
            let who = format!("{}/{}", one.name, restaking.avs_name(*place));
            check_lock(&who, allocation, restaking, one.delegation.operator, found);
        }
    }
    let is_new = restaking.proposals_made() > before.proposals;
    if let (true, Some(newest)) = (is_new, restaking.proposals.last()) {
        check_new(newest, books, found);
    }
    check_losses(restaking, found);
}

/// Each ending has its window, and takes no more than was proposed, or nothing at all.
fn check_state(proposed: &Proposed, slot: u64, found: &mut Vec<String>) {
    let it = &proposed.proposal;
    let taken = it.from_bond.saturating_add(it.from_stake);
    let ended = it.ended_slot;
    let (in_its_window, most) = match it.state() {
        SlashState::Open => (ended == 0 && it.proposed_slot <= slot, 0),
        SlashState::Vetoed => ((it.proposed_slot..it.execution_slot).contains(&ended), 0),
        SlashState::Executed => (
            (it.execution_slot..it.expiry_slot).contains(&ended),
            it.amount,
        ),
        SlashState::Expired => (ended >= it.expiry_slot, 0),
    };
    if !in_its_window {
        found.push(format!(
            "DESIGN 6: proposal {} is {:?} in slot {ended}, its window is {}, {}, {}",
            it.index,
            it.state(),
            it.proposed_slot,
            it.execution_slot,
            it.expiry_slot
        ));
    }
    if taken > most {
        found.push(format!(
            "invariant 7: proposal {} took {taken} of {most}",
            it.index
        ));
    }
}

/// What an allocation locks is its open proposal, of which it has one at most.
fn check_lock(
    who: &str,
    allocation: &Allocation,
    restaking: &Restaking,
    operator: Pubkey,
    found: &mut Vec<String>,
) {
    let own = restaking
        .proposals
        .iter()
        .filter(|p| (p.operator, p.avs) == (operator, allocation.avs));
    let open: Vec<u64> = own
        .filter(|p| p.proposal.state() == SlashState::Open)
        .map(|p| p.proposal.amount)
        .collect();
    let locked: u128 = open.iter().map(|amount| u128::from(*amount)).sum();
    if open.len() > 1 || locked != u128::from(allocation.disputed) {
        found.push(format!(
            "invariant 3: {who} locks {}, its open proposals are {open:?}",
            allocation.disputed
        ));
    }
}

/// A proposal is at most what the AVS can count on and its cap, and what it has used of its room since is no more.
fn check_new(proposed: &Proposed, books: &Books, found: &mut Vec<String>) {
    let (it, restaking) = (&proposed.proposal, books.restaking);
    let owner = restaking
        .operators
        .iter()
        .find(|one| one.delegation.operator == proposed.operator);
    let allocation = owner.and_then(|one| {
        let mut own = one.allocations.iter();
        let (_, allocation) = own.find(|(_, a)| a.avs == proposed.avs)?;
        Some((allocation, one.delegation.active))
    });
    let accepted = restaking
        .avss
        .iter()
        .find(|avs| avs.pool_avs.avs == proposed.avs);
    let (Some((allocation, active)), Some(avs)) = (allocation, accepted) else {
        found.push(format!(
            "invariant 7: proposal {} is about nothing",
            it.index
        ));
        return;
    };
    let slashable = allocation.slashable(active).unwrap_or(0);
    let cap = u128::from(slashable)
        .saturating_mul(avs.pool_avs.accepted.terms.slash_cap_bps.into())
        .checked_div(BPS.into())
        .unwrap_or(0);
    let level = allocation.bucket.level;
    if u128::from(it.amount) > cap || level < it.amount || u128::from(level) > cap {
        found.push(format!(
            "invariant 7: proposal {} of {} on {slashable}, a cap of {cap}, {level} of it used",
            it.index, it.amount
        ));
    }
    if books.now.lrt.proposal_slot != books.slot || it.proposed_slot != books.slot {
        found.push(format!(
            "DESIGN 6: proposal {} is not of its slot",
            it.index
        ));
    }
}

/// While every proposal ever made can be read, what operators and AVSs have lost is what they took.
fn check_losses(restaking: &Restaking, found: &mut Vec<String>) {
    let mut claim = |who: &str, what: &str, counter: u64, should_be: u128| {
        if u128::from(counter) != should_be {
            found.push(format!(
                "invariant 3: {what} of {who} is {counter}, the proposals say {should_be}"
            ));
        }
    };
    for avs in &restaking.avss {
        let own = || {
            let all = restaking.proposals.iter();
            all.filter(|p| p.avs == avs.pool_avs.avs)
        };
        let count = u64::try_from(own().count()).unwrap_or(u64::MAX);
        let open = u64::from(avs.pool_avs.open_proposals);
        claim(&avs.name, "open_proposals", open, count.into());
        if count == avs.pool_avs.proposals {
            let taken = own().map(Proposed::taken).sum();
            claim(&avs.name, "losses", avs.pool_avs.losses, taken);
        }
    }
    let count = u128::try_from(restaking.proposals.len()).unwrap_or(0);
    if count == u128::from(restaking.proposals_made()) {
        for one in &restaking.operators {
            let all = restaking.proposals.iter();
            let own = all.filter(|p| p.operator == one.delegation.operator);
            let taken = own.map(Proposed::taken).sum();
            claim(&one.name, "losses", one.delegation.losses, taken);
        }
    }
}
