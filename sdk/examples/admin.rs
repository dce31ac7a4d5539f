//! An admin and a guardian: an LRT is created, changed under its timelock, paused, and a role handed over.
//!
//! `cargo run --package liquid-restaking-sdk --example admin`

mod common;

use anyhow::{ensure, Context, Result};
use common::{fixed, params, tokens, Stage, ONE};
use liquid_restaking_sdk::program::{
    instructions::CreateLrtArgs,
    state::{Lrt, Params, Pausable, RoleKind, StakePool},
};
use lrt_cli::vm::keypair;
use solana_signer::Signer;

/// What happened.
pub struct Outcome {
    pub refused_early: String,
    pub waited: u64,
    pub fee_before: u16,
    pub fee_after: u16,
    pub cap: u64,
    pub refused_while_paused: String,
    pub manager_is_new: bool,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::bare()?;
    let (keys, admin) = (stage.keys, stage.admin.insecure_clone());
    let by = admin.pubkey();

    // The LRT with its roles, then its pool: 1,000 tokens of collateral at most, and no mint that can be frozen.
    let args = CreateLrtArgs {
        manager: stage.manager.pubkey(),
        guardian: stage.guardian.pubkey(),
        fixed: fixed(),
        params: params(stage.fee_wallet),
    };
    let create = keys.create_lrt(&by, &by, args);
    let add = keys.add_stake_pool(&by, &by, 1_000 * ONE, false);
    stage.send(&[create, add], &[&admin, &keypair("LRT mint")])?;

    // Operators and AVSs are accepted at once while nobody holds LRT; afterwards they wait too.
    let (operator, avs) = (stage.register_operator()?, stage.register_avs()?);
    let operator = keys.set_operator_cap(&by, &operator.key, 500 * ONE);
    let avs = keys.propose_avs(&by, &avs.key, 5_000);
    stage.send(&[operator, avs], &[&admin])?;
    let holder = stage.holder("holder", 100 * ONE)?;

    // A change waits longer than it takes to leave; anyone applies it.
    let lrt: Lrt = stage.read(&keys.lrt)?;
    let wanted = Params {
        reward_fee_bps: 500,
        ..lrt.params
    };
    stage.send(&[keys.propose_params(&by, wanted)], &[&admin])?;
    let early = stage.send(&[keys.apply_params()], &[]);
    let refused_early = early.err().context("too early")?.to_string();
    stage.wait(lrt.params.timelock_slots);
    stage.send(&[keys.apply_params()], &[])?;
    let changed: Lrt = stage.read(&keys.lrt)?;
    println!(
        "the reward fee fell from {} to {} bps after {} slots ({refused_early} before)",
        lrt.params.reward_fee_bps, changed.params.reward_fee_bps, lrt.params.timelock_slots
    );

    // A cap falls at once and rises under the timelock.
    let lower = keys.set_deposit_cap(&by, 200 * ONE);
    let higher = keys.set_deposit_cap(&by, 2_000 * ONE);
    stage.send(&[lower, higher], &[&admin])?;
    let pool: StakePool = stage.read(&keys.stake_pool)?;
    ensure!(pool.deposit_cap.now == 200 * ONE, "the rise waits");
    stage.wait(lrt.params.timelock_slots);
    stage.send(&[keys.apply_deposit_cap()], &[])?;
    let pool: StakePool = stage.read(&keys.stake_pool)?;
    println!("the deposit cap is {}", tokens(pool.deposit_cap.now));

    // The guardian pauses deposits for a while, and ends the pause early. Nobody can pause requests, settlements or claims.
    let guardian = stage.guardian.insecure_clone();
    let pause = keys.set_pause(&guardian.pubkey(), Pausable::Deposits, Some(1_000));
    stage.send(&[pause], &[&guardian])?;
    let deposit = keys.deposit(&holder.pubkey(), ONE, 0);
    let paused = stage.send(&[deposit], &[&holder]);
    let refused_while_paused = paused.err().context("paused")?.to_string();
    stage.wait(1);
    let end = keys.set_pause(&guardian.pubkey(), Pausable::Deposits, None);
    stage.send(&[end], &[&guardian])?;
    println!("while paused a deposit was {refused_while_paused}");

    // A role is handed over by its own holder, and accepted by the successor.
    let (manager, successor) = (stage.manager.insecure_clone(), stage.wallet("new manager"));
    let propose = keys.propose_role(&manager.pubkey(), RoleKind::Manager, successor.pubkey());
    let accept = keys.accept_role(&successor.pubkey(), RoleKind::Manager);
    stage.send(&[propose, accept], &[&manager, &successor])?;
    let handed: Lrt = stage.read(&keys.lrt)?;
    println!("the manager is {}", handed.manager.holder);

    Ok(Outcome {
        refused_early,
        waited: lrt.params.timelock_slots,
        fee_before: lrt.params.reward_fee_bps,
        fee_after: changed.params.reward_fee_bps,
        cap: pool.deposit_cap.now,
        refused_while_paused,
        manager_is_new: handed.manager.holder == successor.pubkey(),
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
