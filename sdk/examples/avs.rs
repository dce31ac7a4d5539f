//! An AVS: registers, pays rewards, reads its part of the yield, proposes a slash and sees it executed.
//!
//! `cargo run --package liquid-restaking-sdk --example avs`

mod common;

use anyhow::{ensure, Context, Result};
use common::{params, terms, tokens, Stage, ONE};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{ProposeSlashArgs, RegisterAvsArgs},
        state::{AvsOffer, PoolAvs, Side, SlashProposal, SlashState, YieldReport},
        SLOTS_PER_DAY,
    },
    registry,
    yields::YieldBreakdown,
    ProposalKeys,
};
use lrt_cli::vm::keypair;
use solana_signer::Signer;

/// What happened, in base units; yields in percent of a year.
pub struct Outcome {
    pub rewards: u64,
    pub its_annual_percent: f64,
    pub rate_change: i128,
    pub parts: i128,
    pub slashed: u64,
    pub nav_before: u64,
    pub nav_after: u64,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    let keys = stage.keys;

    // What the AVS offers. An LRT that accepts it takes a copy: later changes do not bind it.
    let (base, authority) = (keypair("base"), stage.rich("authority", 10 * ONE));
    let slasher = stage.wallet("slasher");
    let by = authority.pubkey();
    let args = RegisterAvsArgs {
        offer: AvsOffer {
            slasher: slasher.pubkey(),
            resolver: keypair("resolver").pubkey(),
            destination: Pubkey::default(), // slashed tokens are burned
            terms: terms(),
        },
        uri: "https://avs.example/about.json".to_owned(),
    };
    let register = registry::register_avs(&base.pubkey(), &by, &by, args);
    stage.send(&[register], &[&base, &authority])?;
    let avs = address::avs(&base.pubkey());

    let operator = stage.register_operator()?;
    let opt_in = registry::opt_in(&operator.key, &avs, &by, Side::Avs);
    stage.send(&[opt_in], &[&authority])?;
    stage.opt_in(&operator.key, &avs, &operator.authority, Side::Operator)?;
    stage.accept(&operator.key, &avs)?;
    stage.wait(params(stage.fee_wallet).warmup_slots);
    stage.holder("holder", 100 * ONE)?;
    stage.stake(&operator.key, &avs, 50 * ONE)?;

    // Rewards: signed by the authority, so they count as this AVS's. They drip into the rate.
    let first: YieldReport = stage.ask(&keys.yield_report(&[avs]))?;
    let pay = keys.pay_rewards(&by, &operator.key, &avs, 2 * ONE);
    stage.send(&[pay], &[&authority])?;
    stage.wait(30 * SLOTS_PER_DAY);
    let second: YieldReport = stage.ask(&keys.yield_report(&[avs]))?;
    let parts = YieldBreakdown::between(&first, &second)?;
    let mine = *parts.avss.first().context("its own part")?;
    let rewards = second.avss.first().context("its own row")?.rewards;
    println!(
        "paid 2, of which {} reached the holders: {:.1} % a year, were it paid every month",
        tokens(rewards),
        parts.annual_percent(mine.rewards)
    );

    // A slash: public at once, vetoable for a while, then executed by anyone. Exits count it as lost from now on.
    let accepted: PoolAvs = stage.read(&keys.pool_avs(&avs))?;
    let on = ProposalKeys {
        operator: operator.key,
        avs,
        index: accepted.proposals,
    };
    let args = ProposeSlashArgs {
        amount: 3 * ONE,
        evidence: [7; 32],
        uri: "https://avs.example/evidence/1".to_owned(),
    };
    let propose = keys.propose_slash(&slasher.pubkey(), &on, args);
    stage.send(&[propose], &[&slasher])?;
    let nav_before = stage.observed()?.lrt.nav()?;
    let open: SlashProposal = stage.read(&keys.proposal(&on))?;
    println!(
        "proposed to take 3: may be vetoed until slot {}",
        open.execution_slot
    );
    stage.vm.set_slot(open.execution_slot);
    let destination = accepted.accepted.destination;
    stage.send(&[keys.execute_slash(&on, &destination)], &[])?;
    let done: SlashProposal = stage.read(&keys.proposal(&on))?;
    ensure!(done.state == SlashState::Executed as u8, "executed");
    let slashed = done
        .from_bond
        .checked_add(done.from_stake)
        .context("a sum")?;
    let nav_after = stage.observed()?.lrt.nav()?;
    println!(
        "took {}: the LRT's value fell from {} to {}",
        tokens(slashed),
        tokens(nav_before),
        tokens(nav_after)
    );
    stage.send(&[keys.close_proposal(&on, &done.rent_payer)], &[])?;

    let rows = [
        mine.rewards,
        mine.losses,
        parts.unattributed,
        parts.dripping,
        parts.timing,
    ];
    Ok(Outcome {
        rewards,
        its_annual_percent: parts.annual_percent(mine.rewards),
        rate_change: parts.rate,
        parts: rows.iter().sum(),
        slashed,
        nav_before,
        nav_after,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
