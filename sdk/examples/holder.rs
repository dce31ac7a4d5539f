//! A holder: deposits against a quote, leaves a little at once, the rest through the queue, and takes one request back.
//!
//! `cargo run --package liquid-restaking-sdk --example holder`

mod common;

use anyhow::{ensure, Context, Result};
use common::{tokens, Stage, ONE};
use liquid_restaking_sdk::{
    address, create_associated,
    program::{
        instructions::WithdrawQuote,
        state::{InstantExit, Lrt, Minted, StakePool, WithdrawBatch, WithdrawTicket},
    },
    TOKEN_PROGRAM_ID,
};
use solana_signer::Signer;

/// What happened, in base units.
pub struct Outcome {
    pub minted: u64,
    pub paid_at_once: u64,
    pub quoted_by_queue: u64,
    pub paid_by_queue: u64,
    pub taken_back: u64,
    pub shares_left: u64,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    stage.holder("somebody else", 100 * ONE)?;
    let holder = stage.rich("holder", 10 * ONE);
    let (key, keys) = (holder.pubkey(), stage.keys);

    // The rate may move between quote and deposit: accept a thousandth less, refuse more.
    let quote: Minted = stage.ask(&keys.quote_deposit(10 * ONE))?;
    let tolerance = quote.net_shares.div_ceil(1_000);
    let min_shares = quote.net_shares.saturating_sub(tolerance);
    let open = create_associated(&key, &key, &keys.lrt_mint, &TOKEN_PROGRAM_ID);
    let deposit = keys.deposit(&key, 10 * ONE, min_shares);
    stage.send(&[open, deposit], &[&holder])?;
    let minted = stage.holds(&key).1;
    println!("deposited 10, got {} LRT", tokens(minted));

    // Income drips: nobody has to claim it, the LRT is worth more every slot.
    stage.earn(11 * ONE)?;
    stage.wait(150);

    // At once, against a fee that goes to those who stay.
    let exit: InstantExit = stage.ask(&keys.quote_instant(ONE))?;
    let redeem = keys.redeem_instant(&key, ONE, exit.net_assets);
    stage.send(&[redeem], &[&holder])?;
    let paid_at_once = stage.holds(&key).0;
    println!(
        "1 LRT paid {} at once, after a fee of {}",
        tokens(paid_at_once),
        tokens(exit.fee_assets)
    );

    // Through the queue: a ticket in this epoch's batch. A ticket bears rewards and losses until it is settled.
    let quote: WithdrawQuote = stage.ask(&keys.quote_withdraw(4 * ONE))?;
    let (lrt, pool): (Lrt, StakePool) = (stage.read(&keys.lrt)?, stage.read(&keys.stake_pool)?);
    let epoch = lrt.epoch_of(stage.vm.slot());
    let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
    let requests = [(4 * ONE, 0), (ONE, 1)]
        .map(|(shares, nonce)| keys.request_withdraw(&key, shares, nonce, epoch, tail));
    stage.send(&requests, &[&holder])?;
    let (ticket, second) = (keys.ticket(&key, 0, epoch), keys.ticket(&key, 1, epoch));
    println!(
        "4 LRT would be paid {} now, and are due in slot {}",
        tokens(quote.assets_now),
        quote.due_slot
    );

    // A request may be taken back at any time.
    let before = stage.holds(&key).1;
    stage.send(&[keys.cancel_withdraw(&second)], &[&holder])?;
    let taken_back = stage.holds(&key).1.saturating_sub(before);
    println!("took the second request back: {} LRT", tokens(taken_back));

    // Anyone may settle, from the due slot on; the ticket's owner claims.
    let batch: WithdrawBatch = stage.read(&address::batch(&keys.stake_pool, epoch))?;
    ensure!(
        batch.due_slot == quote.due_slot,
        "the due slot was as quoted"
    );
    stage.vm.set_slot(batch.due_slot);
    let before = stage.holds(&key).0;
    stage.send(&[keys.settle(epoch), keys.claim(&ticket, &key)], &[&holder])?;
    let paid_by_queue = stage
        .holds(&key)
        .0
        .checked_sub(before)
        .context("a payment")?;
    let ticket = stage.read::<WithdrawTicket>(&ticket.ticket);
    ensure!(ticket.is_err(), "the last claim closes the ticket");
    println!(
        "the queue paid {}: what dripped until then is in it",
        tokens(paid_by_queue)
    );

    Ok(Outcome {
        minted,
        paid_at_once,
        quoted_by_queue: quote.assets_now,
        paid_by_queue,
        taken_back,
        shares_left: stage.holds(&key).1,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
