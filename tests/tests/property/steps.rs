//! From random numbers to steps that mean something in the state they meet.

use crate::wealth::Wealth;
use liquid_restaking_sdk::{
    address,
    program::state::{Lrt, StakePool, WithdrawBatch, WithdrawTicket},
};
use lrt_cli::scenario::{Op, Paused, Runner, Step};
use proptest::prelude::*;
use proptest_derive::Arbitrary;
use std::collections::BTreeMap;

/// Steps of a sequence.
pub const STEPS: usize = 30;
const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// A step before it has met a state.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct Raw {
    /// Which operation.
    pub kind: u8,
    /// How much.
    pub a: u64,
    /// Who, or which.
    pub b: u8,
}

/// Kinds of steps that users make.
pub const USERS_KINDS: u8 = 29;
/// These, edits of the ledger, and the closing of batches.
pub const ALL_KINDS: u8 = 33;
const CLOSE_KIND: u8 = 32;

/// Steps of the first so many kinds.
pub fn raw(kinds: u8) -> impl Strategy<Value = Raw> {
    any::<Raw>().prop_map(move |raw| Raw {
        kind: raw.kind % kinds,
        ..raw
    })
}

/// How often each operation was accepted: a property of steps that are all refused says nothing.
pub type Accepted = BTreeMap<&'static str, u32>;

/// Runs a sequence; `done` gets the steps as they were made.
pub fn run(
    runner: &mut Runner,
    raw: &[Raw],
    done: &mut Vec<Step>,
    accepted: &mut Accepted,
) -> Result<(), String> {
    let mut before = Wealth::of(runner);
    for raw in raw {
        let name = format!("t{}", done.len());
        let Some(op) = concrete(runner, raw, name) else {
            if raw.kind == CLOSE_KIND {
                close_batches(runner)?;
                let after = Wealth::of(runner);
                before.compare(&after, &Op::Settle, true)?;
                before = after;
            } else {
                set_ledger(runner, raw.a);
                runner.forget_rate().map_err(|error| error.to_string())?;
                before = Wealth::of(runner);
            }
            continue;
        };
        let step = Step {
            op,
            signed_as: None,
        };
        done.push(step.clone());
        let line = runner.step(&step).map_err(|error| error.to_string())?;
        *accepted.entry(step.op.name()).or_default() += u32::from(line.ok);
        let after = Wealth::of(runner);
        before.compare(&after, &step.op, line.ok)?;
        let summary = runner.summary();
        if !summary.held() {
            return Err(format!("after {}: {}", step.to_json(), summary.invariants));
        }
        before = after;
    }
    Ok(())
}

/// `None`: not a user's step; see [`set_ledger`]. The ledger is set directly until delegation and slashing exist; a
/// scenario file can not say it.
fn concrete(runner: &Runner, raw: &Raw, new_ticket: String) -> Option<Op> {
    let open = open_ticket(runner, raw);
    let user = USERS[usize::from(raw.b) % USERS.len()].to_owned();
    let key = runner.users().iter().find(|(name, _)| *name == user)?.1;
    let own = runner.keys().of(&key);
    let collateral = runner.vm().token_balance(&own.collateral);
    let lrt = runner.vm().token_balance(&own.lrt);
    Some(match (raw.kind, open) {
        (0..=4, _) => Op::Deposit {
            user,
            amount: part_of(collateral, raw.a),
            min_shares: 0,
        },
        (5..=9, _) | (14..=20, None) => Op::RequestWithdraw {
            user,
            shares: part_of(lrt, raw.a),
            ticket: new_ticket,
        },
        (10..=13, _) => match slots_until_due(runner) {
            slots if slots > 0 && !raw.a.is_multiple_of(8) => Op::Warp { slots },
            _ => Op::Settle,
        },
        (14..=17, Some(ticket)) => Op::Claim { ticket },
        (18..=19, Some(ticket)) => Op::Cancel { ticket },
        (20, Some(ticket)) => Op::TransferTicket { ticket, to: user },
        (21, _) => Op::RedeemInstant {
            user,
            shares: part_of(lrt, raw.a),
            min_assets: 0,
        },
        (22, _) => Op::Donate {
            amount: raw.a % 1_000_000_000,
        },
        (23, _) => Op::BurnLrt {
            user,
            shares: part_of(lrt, raw.a) / 3,
        },
        (24, _) => Op::Sweep,
        (25, _) => Op::Accrue,
        (26, _) => Op::Collect,
        (27, _) if raw.a.is_multiple_of(4) => Op::Pause {
            what: vec![Paused::Deposit, Paused::Instant],
            slots: 1 + raw.a % 50,
        },
        (USERS_KINDS..ALL_KINDS, _) => return None,
        _ => Op::Warp { slots: raw.a % 160 },
    })
}

/// Slots until the head batch is due; 0 when it is, or when there is none.
fn slots_until_due(runner: &Runner) -> u64 {
    let key = runner.keys().stake_pool;
    let pool: StakePool = runner.vm().state(&key).expect("a pool");
    let head = address::batch(&key, pool.head_epoch);
    let batch = runner.vm().state::<WithdrawBatch>(&head);
    let due = batch
        .filter(|_| pool.queue_length > 0)
        .map_or(0, |batch| batch.due_slot);
    due.saturating_sub(runner.vm().slot())
}

/// All, nothing, one unit, one more than there is, or anything in between: the edges as often as the rest.
fn part_of(whole: u64, a: u64) -> u64 {
    match a % 10 {
        0 => whole,
        1 => whole.saturating_add(1),
        2 => 1,
        3 => whole / 2,
        4 => a % 1_000,
        _ => a % whole.saturating_add(1),
    }
}

/// An open ticket; half of the time one of a batch that is settled in part, if there is one.
fn open_ticket(runner: &Runner, raw: &Raw) -> Option<String> {
    let stake_pool = runner.keys().stake_pool;
    let mut open = Vec::new();
    let mut partly_settled = Vec::new();
    for (name, keys) in runner.tickets() {
        if runner.vm().state::<WithdrawTicket>(&keys.ticket).is_none() {
            continue;
        }
        let batch = address::batch(&stake_pool, keys.batch_epoch);
        let batch: WithdrawBatch = runner.vm().state(&batch).expect("a ticket has a batch");
        if batch.shares_settled > 0 && batch.shares_settled < batch.shares {
            partly_settled.push(name.clone());
        }
        open.push(name.clone());
    }
    let from = match raw.b & 128 {
        0 if !partly_settled.is_empty() => partly_settled,
        _ => open,
    };
    let index = usize::try_from(raw.a).ok()?.checked_rem(from.len())?;
    from.get(index).cloned()
}

/// A keeper closes every batch that can be closed: its dust returns to idle, for which scenarios have no operation.
fn close_batches(runner: &mut Runner) -> Result<(), String> {
    let keys = runner.keys();
    let mut epochs: Vec<u64> = runner
        .tickets()
        .iter()
        .map(|(_, t)| t.batch_epoch)
        .collect();
    epochs.dedup();
    for epoch in epochs {
        let address = address::batch(&keys.stake_pool, epoch);
        let Some(batch) = runner.vm().state::<WithdrawBatch>(&address) else {
            continue;
        };
        if batch.closable_dust().is_ok() {
            let close = keys.close_batch(epoch, &batch.rent_payer);
            let closed = runner.vm_mut().send(&[close], &[]);
            closed.map_err(|refused| format!("close_batch is refused: {}", refused.name))?;
        }
    }
    Ok(())
}

/// What no user can do, and delegation and slashing will: most of idle is delegated, or all of it comes back, or a part is
/// lost, so that settlements are partial and prices fall below par.
fn set_ledger(runner: &mut Runner, a: u64) {
    let keys = runner.keys();
    let mut pool: StakePool = runner.vm().state(&keys.stake_pool).expect("a pool");
    match a % 8 {
        0..=1 => {
            pool.idle += pool.delegated;
            pool.delegated = 0;
        }
        2 => {
            let part = part_of(pool.idle, a / 8).min(pool.idle);
            lose(runner, &mut pool, part);
        }
        _ => {
            let part = part_of(pool.idle, a / 8).min(pool.idle);
            pool.idle -= part;
            pool.delegated += part;
        }
    }
    runner
        .vm_mut()
        .set_state(&keys.stake_pool, &pool)
        .expect("a pool");
}

/// Takes `part` of idle out of pool, table and vault.
fn lose(runner: &mut Runner, pool: &mut StakePool, part: u64) {
    let keys = runner.keys();
    let mut lrt: Lrt = runner.vm().state(&keys.lrt).expect("an LRT");
    let balance = runner.vm().token_balance(&keys.vault);
    pool.idle -= part;
    lrt.pools[0].assets -= part;
    let vm = runner.vm_mut();
    vm.set_state(&keys.lrt, &lrt).expect("an LRT");
    vm.create_token_account(
        &keys.vault,
        &keys.collateral_mint,
        &keys.stake_pool,
        balance - part,
    );
}
