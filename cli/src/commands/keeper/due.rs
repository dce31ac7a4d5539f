//! What is due: found by running the program's own rules on copies of the accounts. Nothing is remembered.

use crate::{cluster::AllBooks, commands::find};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{SlashProposal, SlashState},
    Instruction, Observed, ProposalKeys,
};

/// One call that anyone may make now.
#[derive(Debug, Clone)]
pub struct Job {
    /// What it is, for metrics.
    pub kind: &'static str,
    /// What it is about.
    pub about: String,
    /// The call.
    pub instruction: Instruction,
    /// Whose account for the collateral it pays into, which may have to be made first.
    pub receiver: Option<Pubkey>,
}

/// What tells a call from others, whatever the slot: its kind and what it is about.
pub type Key = (&'static str, String);

impl Job {
    /// What tells it from others.
    pub fn key(&self) -> Key {
        (self.kind, self.about.clone())
    }
}

/// What a keeper does beside what holders wait for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras {
    /// Put ripe proposals of the admin in force.
    pub apply: bool,
    /// Close what is over.
    pub close: bool,
    /// Least surplus to sweep, in base units.
    pub min_sweep: u64,
}

/// All that is due, in the order in which to do it: what frees collateral comes before what pays with it.
pub fn due(books: &AllBooks, now: &Observed, extras: &Extras) -> Vec<Job> {
    let mut jobs = Vec::new();
    slashes(books, &mut jobs);
    releases(books, &mut jobs);
    forced(books, now, &mut jobs);
    settlement(books, now, &mut jobs);
    upkeep(books, now, extras, &mut jobs);
    if extras.apply {
        applications(books, &mut jobs);
    }
    if extras.close {
        closings(books, &mut jobs);
    }
    jobs
}

fn job(kind: &'static str, about: impl ToString, instruction: Instruction) -> Job {
    Job {
        kind,
        about: about.to_string(),
        instruction,
        receiver: None,
    }
}

/// Open proposals whose execution window has come, or is over.
fn slashes(books: &AllBooks, jobs: &mut Vec<Job>) {
    let (keys, slot) = (&books.view.keys, books.view.slot);
    for (key, proposal) in &books.proposals {
        let Some((on, wallet)) = proposal_keys(books, proposal) else {
            continue;
        };
        if proposal.state() != SlashState::Open || slot < proposal.execution_slot {
            continue;
        }
        jobs.push(match slot < proposal.expiry_slot {
            true => Job {
                receiver: Some(wallet),
                ..job("execute_slash", key, keys.execute_slash(&on, &wallet))
            },
            false => job("expire_slash", key, keys.expire_slash(&on)),
        });
    }
}

/// The addresses of a proposal, and the wallet that its AVS takes slashed collateral to.
fn proposal_keys(books: &AllBooks, proposal: &SlashProposal) -> Option<(ProposalKeys, Pubkey)> {
    let (_, accepted) = books
        .avss
        .iter()
        .find(|(key, _)| *key == proposal.pool_avs)?;
    let on = ProposalKeys {
        // Without a delegation the proposal has ended: to close it takes no operator.
        operator: find::operator_of(books, proposal).unwrap_or_default(),
        avs: accepted.avs,
        index: proposal.index,
    };
    Some((on, accepted.accepted.destination))
}

/// Stake that has warmed, and coolings that are over.
fn releases(books: &AllBooks, jobs: &mut Vec<Job>) {
    for pledge in &books.pledges {
        let operator = pledge.delegation.operator;
        for (_, allocation) in &pledge.allocations {
            let ripened = { *allocation }.ripen(books.view.slot).unwrap_or_default();
            if ripened.warmed > 0 || ripened.released > 0 {
                let about = format!("{operator}/{}", allocation.avs);
                let release = books.view.keys.release(&operator, &allocation.avs);
                jobs.push(job("release", about, release));
            }
        }
    }
}

/// What an overdue queue, a retired operator or an ended AVS lets anyone do.
fn forced(books: &AllBooks, now: &Observed, jobs: &mut Vec<Job>) {
    let (view, slot) = (&books.view, books.view.slot);
    let head = books.head();
    let is_overdue =
        head.is_some_and(|head| now.lrt.overdue_shortage(&now.pool, head, slot).is_ok());
    if let Some(head) = head {
        let opens = now.lrt.open_round(&mut { now.pool }, head, slot);
        if opens.is_ok() {
            jobs.push(job(
                "open_round",
                head.epoch,
                view.keys.open_round(head.epoch),
            ));
        }
    }
    for pledge in &books.pledges {
        let operator = pledge.delegation.operator;
        let is_retired = pledge.operator.is_retired();
        for (_, allocation) in &pledge.allocations {
            let Some(accepted) = books.accepted(&allocation.avs) else {
                continue;
            };
            if !(is_overdue || is_retired || accepted.ended_slot != 0) {
                continue;
            }
            let (mut lrt, mut pool) = (now.lrt, now.pool);
            let (mut delegation, mut copy) = (pledge.delegation, *allocation);
            let forces = lrt.force_deallocate(
                &mut pool,
                &mut delegation,
                &mut copy,
                accepted,
                is_retired,
                slot,
            );
            if forces.is_ok() {
                let about = format!("{operator}/{}", allocation.avs);
                let force = view.keys.force_deallocate(&operator, &allocation.avs);
                jobs.push(job("force_deallocate", about, force));
            }
        }
        let (mut lrt, mut pool) = (now.lrt, now.pool);
        let mut delegation = pledge.delegation;
        let forces = lrt.force_undelegate(&mut pool, &mut delegation, head, is_retired, slot);
        if forces.is_ok() {
            let force = view.keys.force_undelegate(&operator, view.head());
            jobs.push(job("force_undelegate", operator, force));
        }
    }
}

/// The head batch, if it is due and can be paid.
fn settlement(books: &AllBooks, now: &Observed, jobs: &mut Vec<Job>) {
    let Some(head) = books.head() else { return };
    let (mut lrt, mut pool, mut batch) = (now.lrt, now.pool, *head);
    if lrt.settle(&mut pool, &mut batch, books.view.slot).is_ok() {
        jobs.push(job(
            "settle",
            head.epoch,
            books.view.keys.settle(head.epoch),
        ));
    }
}

/// Surplus, and the first write of an epoch, which notes what caps and limits are measured against.
fn upkeep(books: &AllBooks, now: &Observed, extras: &Extras, jobs: &mut Vec<Job>) {
    let view = &books.view;
    let surplus = now
        .row()
        .ok()
        .and_then(|row| now.pool.surplus(&row, view.vault_balance).ok())
        .unwrap_or(0);
    if surplus > 0 && surplus >= extras.min_sweep {
        jobs.push(job("sweep", surplus, view.keys.sweep_surplus()));
    }
    let epoch = view.lrt.epoch_of(view.slot);
    if view.pool.epoch < epoch && view.lrt.supply > 0 {
        jobs.push(job("accrue", epoch, view.keys.accrue()));
    }
}

/// Proposals of the admin whose timelock is over.
fn applications(books: &AllBooks, jobs: &mut Vec<Job>) {
    let (view, slot) = (&books.view, books.view.slot);
    if view.lrt.pending_params.timelock.require_ripe(slot).is_ok() {
        jobs.push(job("apply_params", "", view.keys.apply_params()));
    }
    if view.pool.deposit_cap.timelock.require_ripe(slot).is_ok() {
        jobs.push(job("apply_deposit_cap", "", view.keys.apply_deposit_cap()));
    }
    for pledge in &books.pledges {
        let operator = pledge.delegation.operator;
        if pledge.delegation.cap.timelock.require_ripe(slot).is_ok() {
            let apply = view.keys.apply_operator_cap(&operator);
            jobs.push(job("apply_operator_cap", operator, apply));
        }
    }
    for (_, accepted) in &books.avss {
        let (mut pool, mut copy) = (view.pool, *accepted);
        if copy.apply(&mut pool, slot).is_ok() {
            jobs.push(job(
                "apply_avs",
                accepted.avs,
                view.keys.apply_avs(&accepted.avs),
            ));
        }
    }
}

/// Batches and proposals that are over; their rent goes to who paid it.
fn closings(books: &AllBooks, jobs: &mut Vec<Job>) {
    let keys = &books.view.keys;
    for batch in &books.batches {
        if batch.closable_dust().is_ok() {
            let close = keys.close_batch(batch.epoch, &batch.rent_payer);
            jobs.push(job("close_batch", batch.epoch, close));
        }
    }
    for (key, proposal) in &books.proposals {
        let Some((on, _)) = proposal_keys(books, proposal) else {
            continue;
        };
        if proposal.require_closable().is_ok() {
            let close = keys.close_proposal(&on, &proposal.rent_payer);
            jobs.push(job("close_proposal", key, close));
        }
    }
}
