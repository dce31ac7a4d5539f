//! Holders, the queue, and what admin and guardian do.

use crate::state::{
    FixedParams, InstantExit, Minted, Params, Pausable, Pause, Requested, RoleKind, Timelock,
    Totals,
};
use anchor_lang::prelude::*;

/// An LRT was created.
#[event]
pub struct LrtCreated {
    pub lrt: Pubkey,
    pub mint: Pubkey,
    pub admin: Pubkey,
    pub manager: Pubkey,
    pub guardian: Pubkey,
    pub fixed: FixedParams,
    pub params: Params,
}

/// A stake pool was added to an LRT.
#[event]
pub struct StakePoolAdded {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub collateral_mint: Pubkey,
    pub vault: Pubkey,
    pub deposit_cap: u64,
    /// Whether the collateral has a freeze authority, which the admin accepted explicitly.
    pub freezable: bool,
}

/// Parameters were proposed; without a timelock they are in force at once.
#[event]
pub struct ParamsProposed {
    pub lrt: Pubkey,
    pub old: Params,
    pub new: Params,
    pub timelock: Option<Timelock>,
}

/// Proposed parameters came into force.
#[event]
pub struct ParamsApplied {
    pub lrt: Pubkey,
    pub old: Params,
    pub new: Params,
}

/// Proposed parameters were taken back.
#[event]
pub struct ParamsWithdrawn {
    pub lrt: Pubkey,
    pub withdrawn: Params,
}

/// A deposit cap was lowered, or a higher one proposed: without a timelock it is in force at once.
#[event]
pub struct DepositCapSet {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub old: u64,
    pub new: u64,
    pub timelock: Option<Timelock>,
}

/// A higher deposit cap came into force.
#[event]
pub struct DepositCapApplied {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub old: u64,
    pub new: u64,
}

/// A role's holder named a successor; the default key takes the name back.
#[event]
pub struct RoleProposed {
    pub lrt: Pubkey,
    pub role: RoleKind,
    pub holder: Pubkey,
    pub old_pending: Pubkey,
    pub pending: Pubkey,
}

/// A successor accepted a role.
#[event]
pub struct RoleAccepted {
    pub lrt: Pubkey,
    pub role: RoleKind,
    pub old: Pubkey,
    pub new: Pubkey,
}

/// A pause began, or was ended early: `until` says which.
#[event]
pub struct PauseChanged {
    pub lrt: Pubkey,
    pub what: Pausable,
    /// First and last slot before the change.
    pub old_from: u64,
    pub old_until: u64,
    pub from: u64,
    pub until: u64,
}

/// Collateral was deposited.
#[event]
pub struct Deposited {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub depositor: Pubkey,
    pub amount: u64,
    pub minted: Minted,
    pub before: Totals,
    pub after: Totals,
}

/// Shares were burned in a wallet and live on in a ticket.
#[event]
pub struct WithdrawalRequested {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub ticket: Pubkey,
    pub owner: Pubkey,
    pub batch_epoch: u64,
    pub due_slot: u64,
    pub requested: Requested,
    /// Whether this request opened the batch.
    pub opened_batch: bool,
    /// Shares in the queue afterwards.
    pub queued: u64,
}

/// A ticket has a new owner.
#[event]
pub struct TicketTransferred {
    pub stake_pool: Pubkey,
    pub ticket: Pubkey,
    pub old: Pubkey,
    pub new: Pubkey,
}

/// A ticket left its batch: what was settled is paid, the rest given back.
#[event]
pub struct WithdrawalCancelled {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub ticket: Pubkey,
    pub owner: Pubkey,
    pub batch_epoch: u64,
    pub assets: u64,
    pub returned: Requested,
    /// Shares in the queue afterwards.
    pub queued: u64,
}

/// The head batch was settled, wholly or in part.
#[event]
pub struct BatchSettled {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub batch_epoch: u64,
    pub shares: u64,
    pub assets: u64,
    pub left_queue: bool,
    pub before: Totals,
    pub after: Totals,
}

/// A ticket was paid.
#[event]
pub struct Claimed {
    pub stake_pool: Pubkey,
    pub ticket: Pubkey,
    pub owner: Pubkey,
    pub destination: Pubkey,
    pub batch_epoch: u64,
    pub assets: u64,
    pub closed: bool,
}

/// A batch was closed and its dust returned to idle.
#[event]
pub struct BatchClosed {
    pub stake_pool: Pubkey,
    pub batch_epoch: u64,
    pub dust: u64,
}

/// Shares were burned and paid at once.
#[event]
pub struct RedeemedInstantly {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub holder: Pubkey,
    pub shares: u64,
    pub exit: InstantExit,
    pub before: Totals,
    pub after: Totals,
}

/// Fees were paid to the fee wallet.
#[event]
pub struct FeesCollected {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub fee_wallet: Pubkey,
    pub shares: u64,
    pub assets: u64,
}

/// Tokens that were sent straight to the vault began to drip.
#[event]
pub struct SurplusSwept {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub amount: u64,
    pub drip_rest: u64,
    pub drip_end: u64,
}

/// A drip was released into nav.
#[event]
pub struct Accrued {
    pub lrt: Pubkey,
    pub released: u64,
    pub before: Totals,
    pub after: Totals,
}

/// A stake pool was closed.
#[event]
pub struct StakePoolClosed {
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    /// What its vault still held, paid to the fee wallet.
    pub rest: u64,
}

/// An LRT was closed.
#[event]
pub struct LrtClosed {
    pub lrt: Pubkey,
    pub mint: Pubkey,
}

impl PauseChanged {
    /// The change of one pause.
    pub fn new(lrt: Pubkey, what: Pausable, old: Pause, new: Pause) -> Self {
        Self {
            lrt,
            what,
            old_from: old.from,
            old_until: old.until,
            from: new.from,
            until: new.until,
        }
    }
}
