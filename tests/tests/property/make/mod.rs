//! From random numbers to steps that mean something in the ledger they meet: amounts at the edges, clocks at the ends of
//! windows, and now and then somebody who may not.

mod amounts;
mod holders;
mod restaking;
mod slashing;

use crate::model::Ledger;
use amounts::{executable_from, part_of};
use lrt_cli::scenario::{Op, Step};
use num_traits::Zero;
use proptest::prelude::*;
use proptest_derive::Arbitrary;
pub use restaking::terms;

pub const USERS: [&str; 3] = ["alice", "bob", "carol"];
pub const OPERATORS: [&str; 4] = ["o0", "o1", "o2", "o3"];
pub const AVSS: [&str; 4] = ["a0", "a1", "a2", "a3"];

/// A step before it has met a ledger.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct Raw {
    /// Which operation.
    pub kind: u16,
    /// How much.
    pub a: u64,
    /// Who, or which.
    pub b: u8,
    /// Who signs.
    pub c: u8,
}

/// An operation to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Deposit,
    Request,
    Settle,
    Claim,
    Cancel,
    Transfer,
    Redeem,
    Donate,
    Burn,
    Sweep,
    Accrue,
    Collect,
    Pause,
    Warp,
    WarpTo,
    Operator,
    Avs,
    OptIn,
    OptOut,
    Bond,
    WithdrawBond,
    Delegate,
    Undelegate,
    Allocate,
    Deallocate,
    Release,
    Retire,
    ForceExit,
    Propose,
    Veto,
    Execute,
    Expire,
    EndAvs,
    Rewards,
    Stream,
    Stake,
    Unstake,
    ClaimStream,
}

/// Operations and how often.
pub type Kinds = &'static [(Kind, u16)];

/// What holders do.
pub const HOLDERS: Kinds = &[
    (Kind::Deposit, 5),
    (Kind::Request, 5),
    (Kind::Settle, 5),
    (Kind::Claim, 3),
    (Kind::Cancel, 2),
    (Kind::Transfer, 1),
    (Kind::Redeem, 2),
    (Kind::Donate, 1),
    (Kind::Burn, 1),
    (Kind::Sweep, 1),
    (Kind::Accrue, 1),
    (Kind::Collect, 1),
    (Kind::Pause, 1),
    (Kind::Warp, 2),
];

/// What anybody does, slashes and rewards left out.
pub const QUIET: Kinds = &[
    (Kind::Deposit, 4),
    (Kind::Request, 5),
    (Kind::Settle, 5),
    (Kind::Claim, 3),
    (Kind::Cancel, 2),
    (Kind::Transfer, 1),
    (Kind::Redeem, 3),
    (Kind::Burn, 1),
    (Kind::Collect, 1),
    (Kind::WarpTo, 3),
    (Kind::Bond, 2),
    (Kind::WithdrawBond, 2),
    (Kind::Delegate, 5),
    (Kind::Undelegate, 3),
    (Kind::Allocate, 4),
    (Kind::Deallocate, 4),
    (Kind::Release, 3),
    (Kind::Retire, 1),
    (Kind::ForceExit, 4),
    (Kind::OptIn, 1),
];

/// Everything.
pub const EVERYTHING: Kinds = &[
    (Kind::Deposit, 5),
    (Kind::Request, 6),
    (Kind::Settle, 6),
    (Kind::Claim, 4),
    (Kind::Cancel, 3),
    (Kind::Transfer, 1),
    (Kind::Redeem, 4),
    (Kind::Donate, 1),
    (Kind::Burn, 1),
    (Kind::Sweep, 2),
    (Kind::Accrue, 1),
    (Kind::Collect, 2),
    (Kind::Pause, 1),
    (Kind::Warp, 1),
    (Kind::WarpTo, 5),
    (Kind::Operator, 1),
    (Kind::Avs, 1),
    (Kind::OptIn, 1),
    (Kind::OptOut, 1),
    (Kind::Bond, 2),
    (Kind::WithdrawBond, 3),
    (Kind::Delegate, 4),
    (Kind::Undelegate, 3),
    (Kind::Allocate, 5),
    (Kind::Deallocate, 4),
    (Kind::Release, 3),
    (Kind::Retire, 1),
    (Kind::ForceExit, 4),
    (Kind::Propose, 7),
    (Kind::Veto, 2),
    (Kind::Execute, 7),
    (Kind::Expire, 3),
    (Kind::EndAvs, 1),
    (Kind::Rewards, 4),
    (Kind::Stream, 1),
    (Kind::Stake, 2),
    (Kind::Unstake, 2),
    (Kind::ClaimStream, 2),
];

/// Steps of these kinds.
pub fn raw(kinds: Kinds) -> impl Strategy<Value = Raw> {
    let all: u16 = kinds.iter().map(|(_, weight)| weight).sum();
    any::<Raw>().prop_map(move |raw| Raw {
        kind: raw.kind % all,
        ..raw
    })
}

/// The step that `raw` is in `ledger`; `number` makes new names new.
pub fn step(ledger: &Ledger, raw: &Raw, kinds: Kinds, number: usize) -> Step {
    let mut left = raw.kind;
    let kind = kinds.iter().find(|(_, weight)| {
        let found = left < *weight;
        left = left.saturating_sub(*weight);
        found
    });
    let mut kind = kind.map_or(Kind::Accrue, |(kind, _)| *kind);
    let is_executable = || executable_from(ledger).any(|from| from <= ledger.slot);
    if raw.c % 3 == 1 && is_executable() {
        kind = Kind::Execute; // windows are short
    }
    let nothing_open = || {
        ledger
            .allocations
            .values()
            .all(|one| one.disputed.is_zero())
    };
    kind = match kind {
        Kind::Claim | Kind::Cancel | Kind::Transfer if ledger.tickets.is_empty() => Kind::Request,
        Kind::Veto | Kind::Execute | Kind::Expire if nothing_open() => Kind::Propose,
        Kind::Stake | Kind::Unstake | Kind::ClaimStream if ledger.streams.is_empty() => {
            Kind::Stream
        }
        kind => kind,
    };
    let made = holders::make(ledger, kind, raw, number)
        .or_else(|| restaking::make(ledger, kind, raw))
        .or_else(|| slashing::make(ledger, kind, raw));
    Step {
        op: made.unwrap_or(Op::Accrue), // there is nobody to do it
        signed_as: raw.c.is_multiple_of(24).then(|| "mallory".to_owned()),
    }
}

/// One of several.
fn pick<T>(from: impl IntoIterator<Item = T>, n: u64) -> Option<T> {
    let mut from: Vec<T> = from.into_iter().collect();
    let index = usize::try_from(n).ok()?.checked_rem(from.len())?;
    Some(from.swap_remove(index))
}
