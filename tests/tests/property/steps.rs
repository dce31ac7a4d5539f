//! From random numbers to steps that mean something in the state they meet.

use crate::wealth::Wealth;
use liquid_restaking_sdk::{
    address,
    program::state::{StakePool, WithdrawBatch, WithdrawTicket},
};
use lrt_cli::scenario::{Op, Paused, Runner, Step};
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
            shift_to_delegated(runner, raw.a);
            before = Wealth::of(runner);
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

/// `None`: not a user's step, but idle collateral that becomes delegated, so that settlements are partial. The ledger is
/// set directly until delegation exists; a scenario file can not say it.
fn concrete(runner: &Runner, raw: &Raw, new_ticket: String) -> Option<Op> {
    let open = open_ticket(runner, raw);
    let user = USERS[usize::from(raw.b) % USERS.len()].to_owned();
    let key = runner.users().iter().find(|(name, _)| *name == user)?.1;
    let own = runner.keys().of(&key);
    let collateral = runner.vm().token_balance(&own.collateral);
    let lrt = runner.vm().token_balance(&own.lrt);
    Some(match (raw.kind % 32, open) {
        (0..=5, _) => Op::Deposit {
            user,
            amount: part_of(collateral, raw.a),
            min_shares: 0,
        },
        (6..=10, _) | (15..=20, None) => Op::RequestWithdraw {
            user,
            shares: part_of(lrt, raw.a),
            ticket: new_ticket,
        },
        (11..=14, _) => match slots_until_due(runner) {
            slots if slots > 0 && raw.a % 8 != 0 => Op::Warp { slots },
            _ => Op::Settle,
        },
        (15..=17, Some(ticket)) => Op::Claim { ticket },
        (18..=19, Some(ticket)) => Op::Cancel { ticket },
        (20, Some(ticket)) => Op::TransferTicket { ticket, to: user },
        (21..=22, _) => Op::RedeemInstant {
            user,
            shares: part_of(lrt, raw.a),
            min_assets: 0,
        },
        (23, _) => Op::Donate {
            amount: raw.a % 1_000_000_000,
        },
        (24, _) => Op::BurnLrt {
            user,
            shares: part_of(lrt, raw.a) / 3,
        },
        (25, _) => Op::Sweep,
        (26, _) => Op::Accrue,
        (27, _) => Op::Collect,
        (28, _) if raw.a % 4 == 0 => Op::Pause {
            what: vec![Paused::Deposit, Paused::Instant],
            slots: 1 + raw.a % 50,
        },
        (31, _) => return None,
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

fn open_ticket(runner: &Runner, raw: &Raw) -> Option<String> {
    let open: Vec<_> = runner
        .tickets()
        .iter()
        .filter(|(_, keys)| runner.vm().state::<WithdrawTicket>(&keys.ticket).is_some())
        .collect();
    let index = usize::try_from(raw.a).ok()?.checked_rem(open.len())?;
    Some(open[index].0.clone())
}

fn shift_to_delegated(runner: &mut Runner, a: u64) {
    let key = runner.keys().stake_pool;
    let mut pool: StakePool = runner.vm().state(&key).expect("a pool");
    if a % 3 == 0 {
        pool.idle += pool.delegated;
        pool.delegated = 0;
    } else {
        let part = part_of(pool.idle, a).min(pool.idle);
        pool.idle -= part;
        pool.delegated += part;
    }
    runner.vm_mut().set_state(&key, &pool).expect("a pool");
}
