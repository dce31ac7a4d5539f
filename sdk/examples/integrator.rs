//! An integrator: values an LRT off chain, from two accounts; compares with the program's own quote; sees what a dispute
//! does to either side of the price; reads the events. See docs/guides/integrator.md.
//!
//! `cargo run --package liquid-restaking-sdk --example integrator`

mod common;

use anyhow::{Context, Result};
use common::{params, tokens, Stage, ONE};
use liquid_restaking_sdk::{
    decode_event,
    program::{
        events::SlashProposed,
        instructions::{ProposeSlashArgs, WithdrawQuote},
        state::{Lrt, StakePool},
    },
    read_account, Observed, ProposalKeys,
};
use solana_signer::Signer;

/// What some shares are worth, in collateral units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// What the queue would pay for them, its fee taken off: the value of collateral.
    pub exit: u64,
    /// What a deposit that mints them would cost, its fee included: the value of a debt.
    pub mint: u64,
}

/// Values `shares` in `slot`, from the data of the LRT and of its stake pool.
#[allow(clippy::arithmetic_side_effects)] // the program keeps nav + V and supply + V within 64 bits, fees within 1 %
pub fn worth(lrt: &[u8], stake_pool: &[u8], slot: u64, shares: u64) -> Result<Worth> {
    let lrt: Lrt = read_account(lrt)?; // refuses another type, and another layout
    let pool: StakePool = read_account(stake_pool)?;
    let now = Observed::at(lrt, pool, slot)?.lrt; // with what has dripped since the last write
    let net = now.split_request(shares)?.net_shares;
    let exit = now.exit_price()?.value_of_floor(net)?;

    // Deposits count what is disputed as not lost, and always use the virtual units.
    let (totals, v) = (now.totals()?, u128::from(now.virtual_units()));
    let (nav, supply) = (u128::from(totals.nav) + v, u128::from(totals.supply) + v);
    let kept = 10_000 - u128::from(now.params.deposit_fee_bps);
    let gross = (u128::from(shares) * 10_000).div_ceil(kept);
    let mint = u64::try_from((gross * nav).div_ceil(supply))?;
    Ok(Worth { exit, mint })
}

/// What happened, in base units.
pub struct Outcome {
    pub before: Worth,
    pub quoted: u64,
    pub during: Worth,
    pub disputed: u64,
    pub after: Worth,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    let (operator, avs) = stage.workers()?;
    stage.holder("holder", 100 * ONE)?;
    let keys = stage.keys;
    stage.stake(&operator.key, &avs.key, 50 * ONE)?;
    stage.earn(10 * ONE)?;
    stage.wait(150); // half of it has dripped, and no account says so yet

    let look = |stage: &Stage| {
        let (lrt, pool) = (stage.data(&keys.lrt)?, stage.data(&keys.stake_pool)?);
        worth(&lrt, &pool, stage.vm.slot(), 10 * ONE)
    };
    let before = look(&stage)?;
    let quote: WithdrawQuote = stage.ask(&keys.quote_withdraw(10 * ONE))?;
    println!(
        "10 LRT are worth {}; the program quotes {}",
        tokens(before.exit),
        tokens(quote.assets_now)
    );

    // An AVS proposes to slash. Exits count it as lost at once, deposits do not: two prices.
    let on = ProposalKeys {
        operator: operator.key,
        avs: avs.key,
        index: 0,
    };
    let args = ProposeSlashArgs {
        amount: 5 * ONE,
        evidence: [7; 32],
        uri: String::new(),
    };
    let propose = keys.propose_slash(&avs.slasher.pubkey(), &on, args);
    let inner = stage.send_and_watch(&[propose], &[&avs.slasher])?;
    let mut events = inner.iter().map(|data| decode_event::<SlashProposed>(data));
    let event = events.find_map(Result::transpose).context("an event")??;
    let during = look(&stage)?;
    println!(
        "{} are disputed: collateral of 10 LRT counts {}, a debt of 10 LRT {}",
        tokens(event.amount),
        tokens(during.exit),
        tokens(during.mint)
    );

    // The resolver vetoes: what was disputed belongs to those who stayed.
    let veto = keys.veto_slash(&avs.resolver.pubkey(), &on);
    stage.send(&[veto], &[&avs.resolver])?;
    stage.wait(params(stage.fee_wallet).drip_slots);
    let after = look(&stage)?;
    println!(
        "vetoed, and all has dripped: 10 LRT are worth {}",
        tokens(after.exit)
    );

    Ok(Outcome {
        before,
        quoted: quote.assets_now,
        during,
        disputed: event.uncovered,
        after,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
