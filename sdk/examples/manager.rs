//! A manager: delegates and allocates what the queue does not need, reads the risk, and takes back what the queue lacks.
//!
//! `cargo run --package liquid-restaking-sdk --example manager`

mod common;

use anyhow::{Context, Result};
use common::{tokens, Stage, ONE};
use liquid_restaking_sdk::{
    exit_plan::{ExitPlan, Pledged},
    program::state::{Allocation, Delegation, PoolAvs, RiskReport, StakePool},
};
use solana_signer::Signer;

/// What happened, in base units and basis points.
pub struct Outcome {
    pub free: u64,
    pub worst_loss_bps: u32,
    pub shortage: u64,
    pub release_slot: u64,
    pub settled: u64,
    pub delegated: u64,
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    let (operator, avs) = stage.workers()?;
    let holder = stage.holder("holder", 100 * ONE)?;
    let (keys, manager) = (stage.keys, stage.manager.insecure_clone());
    let by = manager.pubkey();

    // What the queue is owed has to stay idle; the rest may work.
    let now = stage.observed()?;
    let owed = now.lrt.queue_owed_ceil(&now.pool)?;
    let free = now.pool.idle.saturating_sub(owed);
    println!(
        "{} of {} idle may be delegated",
        tokens(free),
        tokens(now.pool.idle)
    );
    let delegate = keys.delegate(&by, &operator.key, 80 * ONE);
    let allocate = keys.allocate(&by, &operator.key, &avs.key, 60 * ONE);
    stage.send(&[delegate, allocate], &[&manager])?;
    // It warms up before it counts for the AVS; anyone may book that it has.
    stage.wait(now.lrt.params.warmup_slots);
    stage.send(&[keys.release(&operator.key, &avs.key)], &[])?;

    let risk: RiskReport = stage.ask(&keys.risk_report(Some(&operator.key)))?;
    let of_operator = risk.delegation.context("its delegation")?;
    println!(
        "60 of {} with the operator are pledged; the worst slash window takes {} bps of the LRT",
        tokens(of_operator.active),
        risk.all_loss_bps
    );

    // Somebody asks for more than is idle. The plan says what to deallocate, and when that will be free.
    let epoch = now.lrt.epoch_of(stage.vm.slot());
    let request = keys.request_withdraw(&holder.pubkey(), 70 * ONE, 0, epoch, None);
    stage.send(&[request], &[&holder])?;
    let plan = {
        let now = stage.observed()?;
        let delegation: Delegation = stage.read(&keys.delegation(&operator.key))?;
        let allocation: Allocation = stage.read(&keys.allocation(&operator.key, &avs.key))?;
        let accepted: PoolAvs = stage.read(&keys.pool_avs(&avs.key))?;
        let pledged = Pledged {
            delegation,
            allocations: vec![(allocation, accepted.accepted.terms)],
        };
        ExitPlan::read(&now.lrt, &now.pool, stage.vm.slot(), &[pledged])?
    };
    println!(
        "the queue is owed {}: {} are idle, {} free with the operator, {} short",
        tokens(plan.owed),
        tokens(plan.idle),
        tokens(plan.free),
        tokens(plan.shortage)
    );
    let part = plan.by_allocation.first().context("what to deallocate")?;
    let deallocate = keys.deallocate(&by, &part.operator, &part.avs, part.amount);
    stage.send(&[deallocate], &[&manager])?;

    // It cools for the AVS's exit delay, and is slashable all that while. Then it is free.
    stage.vm.set_slot(part.release_slot);
    let release = keys.release(&operator.key, &avs.key);
    let freed = plan.free.checked_add(part.amount).context("a sum")?;
    let undelegate = keys.undelegate(&by, &operator.key, freed);
    stage.send(&[release, undelegate], &[&manager])?;

    let pool: StakePool = stage.read(&keys.stake_pool)?;
    stage.vm.set_slot(pool.head_due_slot.max(stage.vm.slot()));
    stage.send(&[keys.settle(pool.head_epoch)], &[])?;
    let pool: StakePool = stage.read(&keys.stake_pool)?;
    println!("the queue was settled with {}", tokens(pool.claimable));

    Ok(Outcome {
        free,
        worst_loss_bps: risk.all_loss_bps,
        shortage: plan.shortage,
        release_slot: part.release_slot,
        settled: pool.claimable,
        delegated: pool.delegated,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
