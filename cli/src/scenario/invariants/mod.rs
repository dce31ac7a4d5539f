//! DESIGN §9, recomputed from the accounts after every step.

mod rates;
mod restaking;
mod slashing;
mod streams;

use super::{restaking::Restaking, runner::Before, streams::Streams};
use liquid_restaking_sdk::{
    program::{
        error::RestakingError,
        state::{WithdrawBatch, WithdrawTicket},
    },
    Observed,
};

/// Everything the checks look at.
pub struct Books<'a> {
    /// LRT and pool, accrued.
    pub now: &'a Observed,
    /// Tokens in the vault.
    pub vault_balance: u64,
    /// Supply of the LRT's mint.
    pub mint_supply: u64,
    /// Batches that exist.
    pub batches: &'a [WithdrawBatch],
    /// Tickets that exist.
    pub tickets: &'a [WithdrawTicket],
    /// Operators, AVSs and proposals.
    pub restaking: &'a Restaking,
    /// The reward book, if there is one.
    pub streams: Option<&'a Streams>,
    /// LRT in the wallets of users and fee wallet.
    pub wallets: u128,
    /// The slot.
    pub slot: u64,
    /// What was done.
    pub op: &'a str,
}

/// What broke, one text each; empty when all held.
pub fn broken(books: &Books, before: &Before) -> Vec<String> {
    let mut found = Vec::new();
    let Books { now, .. } = books;
    if let Err(error) = now
        .lrt
        .check_invariants(&now.pool, books.vault_balance, books.mint_supply)
    {
        found.push(name(&error));
    }
    for batch in books.batches {
        check_batch(batch, books.tickets, &mut found);
    }
    let queued = sum(books.batches, |b| b.shares.saturating_sub(b.shares_settled));
    if queued != u128::from(now.pool.queued) {
        found.push(format!(
            "invariant 3: queued is {}, the batches say {queued}",
            now.pool.queued
        ));
    }
    let claimable = sum(books.batches, |b| {
        b.assets_settled.saturating_sub(b.assets_claimed)
    });
    if claimable != u128::from(now.pool.claimable) {
        found.push(format!(
            "invariant 3: claimable is {}, the batches say {claimable}",
            now.pool.claimable
        ));
    }
    restaking::check(books, before, &mut found);
    slashing::check(books, before, &mut found);
    streams::check(books, &mut found);
    rates::check(books, before, &mut found);
    found
}

fn check_batch(batch: &WithdrawBatch, tickets: &[WithdrawTicket], found: &mut Vec<String>) {
    let epoch = batch.epoch;
    let own = || tickets.iter().filter(|t| t.batch_epoch == epoch);
    let open: u128 = own().map(|t| u128::from(t.shares)).sum();
    if open != u128::from(batch.shares.saturating_sub(batch.shares_closed)) {
        found.push(format!(
            "invariant 2: open tickets of batch {epoch} hold {open} shares"
        ));
    }
    if batch.shares_settled > batch.shares || batch.assets_claimed > batch.assets_settled {
        found.push(format!("invariant 8: batch {epoch} gave more than it had"));
    }
    let unclaimed = batch.assets_settled.saturating_sub(batch.assets_claimed);
    let entitled: u128 = own()
        .map(|t| {
            let all = t.entitled_floor(batch).unwrap_or(0);
            u128::from(all.saturating_sub(t.claimed))
        })
        .sum();
    if entitled > u128::from(unclaimed) {
        found.push(format!("invariant 8: tickets of batch {epoch} are entitled to {entitled}, it holds {unclaimed}"));
    }
}

fn sum(batches: &[WithdrawBatch], part: impl Fn(&WithdrawBatch) -> u64) -> u128 {
    batches.iter().map(|batch| u128::from(part(batch))).sum()
}

fn name(error: &liquid_restaking_sdk::anchor_lang::error::Error) -> String {
    for (known, text) in [
        (
            RestakingError::VaultShort,
            "invariant 1: the vault is short",
        ),
        (
            RestakingError::SupplyShort,
            "invariant 2: more shares are held than the supply counts",
        ),
        (
            RestakingError::TableMismatch,
            "invariant 3: pool table and ledger differ",
        ),
    ] {
        if *error == known.into() {
            return text.to_owned();
        }
    }
    error.to_string()
}
