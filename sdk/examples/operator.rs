//! An operator: registers, opts in to an AVS, posts a bond, collects its commission, and leaves.
//!
//! `cargo run --package liquid-restaking-sdk --example operator`

mod common;

use anyhow::{ensure, Context, Result};
use common::{params, tokens, Stage, ONE};
use liquid_restaking_sdk::{
    address,
    program::{
        instructions::{RegisterOperatorArgs, UpdateOperatorArgs},
        state::{Delegation, Operator, RiskReport, Side},
    },
    registry,
};
use lrt_cli::vm::keypair;
use solana_signer::Signer;

/// What happened, in base units.
pub struct Outcome {
    pub stake: u64,
    pub bond: u64,
    pub commission: u64,
    pub bond_paid_back: u64,
    pub stake_left: u64,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    let keys = stage.keys;

    // The address is that of a base key, which signs this once; the authority acts for the operator from then on.
    let (base, authority) = (keypair("base"), stage.rich("authority", 5 * ONE));
    let by = authority.pubkey();
    let args = RegisterOperatorArgs {
        commission_bps: 500,
        uri: "https://operator.example/about.json".to_owned(),
    };
    let register = registry::register_operator(&base.pubkey(), &by, &by, args);
    stage.send(&[register], &[&base, &authority])?;
    let operator = address::operator(&base.pubkey());

    // Both sides opt in, each for itself, and an LRT's admin accepts both.
    let avs = stage.register_avs()?;
    let opt_in = registry::opt_in(&operator, &avs.key, &by, Side::Operator);
    stage.send(&[opt_in], &[&authority])?;
    stage.opt_in(&operator, &avs.key, &avs.authority, Side::Avs)?;
    stage.accept(&operator, &avs.key)?;
    stage.wait(params(stage.fee_wallet).warmup_slots);

    // The bond is slashed before the holders' stake: what an operator has to lose itself.
    let bond = keys.post_bond(&operator, &by, 4 * ONE);
    stage.send(&[bond], &[&authority])?;
    stage.holder("holder", 100 * ONE)?;
    stage.stake(&operator, &avs.key, 50 * ONE)?;
    let risk: RiskReport = stage.ask(&keys.risk_report(Some(&operator)))?;
    let mine = risk.delegation.context("its delegation")?;
    println!(
        "has {} of stake behind a bond of {}",
        tokens(mine.active),
        tokens(mine.bond)
    );

    // An AVS pays a reward for the stake; the commission waits until somebody collects it.
    let pay = keys.pay_rewards(&avs.authority.pubkey(), &operator, &avs.key, ONE);
    stage.send(&[pay], &[&avs.authority])?;
    let delegation: Delegation = stage.read(&keys.delegation(&operator))?;
    let collect = keys.collect_commission(&operator, &by, &by);
    stage.send(&[collect], &[&authority])?;
    println!(
        "earned a commission of {} on a reward of 1",
        tokens(delegation.owed)
    );

    // A lower commission is in force at once, a higher one after seven days.
    let cheaper = UpdateOperatorArgs {
        commission_bps: Some(300),
        uri: None,
        successor: None,
    };
    stage.send(
        &[registry::update_operator(&operator, &by, cheaper)],
        &[&authority],
    )?;
    let state: Operator = stage.read(&operator)?;
    ensure!(state.commission_bps == 300, "in force at once");

    // Leaving: once it has retired anyone may take the stake back, and the bond is free after its cooldown.
    stage.send(&[registry::retire_operator(&operator, &by)], &[&authority])?;
    stage.send(&[keys.force_deallocate(&operator, &avs.key)], &[])?;
    stage.wait(params(stage.fee_wallet).bond_cooldown_slots);
    let release = keys.release(&operator, &avs.key);
    stage.send(&[release, keys.force_undelegate(&operator, None)], &[])?;
    let before = stage.holds(&by).0;
    stage.send(
        &[keys.withdraw_bond(&operator, &by, 4 * ONE)],
        &[&authority],
    )?; // begins to cool
    stage.wait(params(stage.fee_wallet).bond_cooldown_slots);
    stage.send(&[keys.withdraw_bond(&operator, &by, 0)], &[&authority])?; // pays
    let bond_paid_back = stage.holds(&by).0.saturating_sub(before);
    let left: Delegation = stage.read(&keys.delegation(&operator))?;
    println!(
        "retired: {} of stake left, its bond of {} paid back",
        tokens(left.active),
        tokens(bond_paid_back)
    );

    Ok(Outcome {
        stake: mine.active,
        bond: mine.bond,
        commission: delegation.owed,
        bond_paid_back,
        stake_left: left.active,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
