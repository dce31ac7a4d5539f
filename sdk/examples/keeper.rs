//! A keeper: finds in the accounts what is due, and does it. It needs no role; `lrt keeper` is the complete one.
//!
//! `cargo run --package liquid-restaking-sdk --example keeper`

mod common;

use anyhow::Result;
use common::{tokens, Avs, Operator, Stage, ONE};
use liquid_restaking_sdk::{
    program::{
        instructions::ProposeSlashArgs,
        state::{Allocation, InvariantReport, PoolAvs, SlashProposal, SlashState},
    },
    Instruction, ProposalKeys,
};
use solana_signer::Signer;

/// What happened.
pub struct Outcome {
    pub done: Vec<(&'static str, u64)>,
    pub claimable: u64,
    pub queued: u64,
    pub vault_over_ledger: u64,
}

/// The first thing that is due in this slot, if any. Every rule is the program's own; a job that somebody else has done
/// in the meantime is refused, and costs a fee.
fn due(
    stage: &Stage,
    operator: &Operator,
    avs: &Avs,
) -> Result<Option<(&'static str, Instruction)>> {
    let (keys, slot) = (&stage.keys, stage.vm.slot());
    let now = stage.observed()?;

    // Slashes first: while too much is disputed nothing is settled.
    let accepted: PoolAvs = stage.read(&keys.pool_avs(&avs.key))?;
    for index in 0..accepted.proposals {
        let on = ProposalKeys {
            operator: operator.key,
            avs: avs.key,
            index,
        };
        let Ok(proposal) = stage.read::<SlashProposal>(&keys.proposal(&on)) else {
            continue; // closed
        };
        if proposal.state != SlashState::Open as u8 {
            return Ok(Some((
                "close_proposal",
                keys.close_proposal(&on, &proposal.rent_payer),
            )));
        }
        if slot >= proposal.expiry_slot {
            return Ok(Some(("expire_slash", keys.expire_slash(&on))));
        }
        if slot >= proposal.execution_slot {
            let wallet = accepted.accepted.destination;
            return Ok(Some(("execute_slash", keys.execute_slash(&on, &wallet))));
        }
    }

    let allocation: Allocation = stage.read(&keys.allocation(&operator.key, &avs.key))?;
    let warm = allocation.warming > 0 && slot >= allocation.warm_slot;
    let mut coolings = allocation.coolings.iter();
    let cool = coolings.any(|cooling| cooling.amount > 0 && slot >= cooling.release_slot);
    if warm || cool {
        return Ok(Some(("release", keys.release(&operator.key, &avs.key))));
    }

    // The queue's head, as far as idle goes.
    if now.pool.queue_length > 0 && slot >= now.pool.head_due_slot && now.pool.idle > 0 {
        return Ok(Some(("settle", keys.settle(now.pool.head_epoch))));
    }
    Ok(None)
}

pub fn run() -> Result<Outcome> {
    let mut stage = Stage::new()?;
    let (operator, avs) = stage.workers()?;
    let holder = stage.holder("holder", 100 * ONE)?;
    let (keys, manager) = (stage.keys, stage.manager.insecure_clone());
    stage.stake(&operator.key, &avs.key, 50 * ONE)?;

    // Work for a keeper: a request, a deallocation, a slash.
    let epoch = stage.observed()?.lrt.epoch_of(stage.vm.slot());
    let request = keys.request_withdraw(&holder.pubkey(), 30 * ONE, 0, epoch, None);
    let deallocate = keys.deallocate(&manager.pubkey(), &operator.key, &avs.key, 10 * ONE);
    let on = ProposalKeys {
        operator: operator.key,
        avs: avs.key,
        index: 0,
    };
    let args = ProposeSlashArgs {
        amount: 2 * ONE,
        evidence: [7; 32],
        uri: String::new(),
    };
    let slash = keys.propose_slash(&avs.slasher.pubkey(), &on, args);
    stage.send(
        &[request, deallocate, slash],
        &[&holder, &manager, &avs.slasher],
    )?;

    let mut done = Vec::new();
    for _ in 0..40 {
        while let Some((name, instruction)) = due(&stage, &operator, &avs)? {
            stage.send(&[instruction], &[])?;
            println!("slot {}: {name}", stage.vm.slot());
            done.push((name, stage.vm.slot()));
        }
        stage.wait(10);
    }

    // The program recomputes its own books, in one call that anyone may simulate.
    let books: InvariantReport = stage.ask(&keys.check_invariants())?;
    let pool = stage.observed()?.pool;
    println!(
        "the queue has {} to claim; the vault holds {} more than the ledger says",
        tokens(pool.claimable),
        tokens(books.surplus)
    );
    Ok(Outcome {
        done,
        claimable: pool.claimable,
        queued: pool.queued,
        vault_over_ledger: books.surplus,
    })
}

fn main() -> Result<()> {
    run().map(|_| ())
}
