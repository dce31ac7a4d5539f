//! A batch: everyone who asked to leave in one epoch of one stake pool, settled alike (DESIGN §8).

use crate::{error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// The withdrawals requested in one epoch. Shares are LRT base units, assets collateral base units.
///
/// Invariants:
/// - `shares_settled` ≤ `shares`, `assets_claimed` ≤ `assets_settled`
/// - open tickets' shares = `shares` − `shares_closed`
#[account(zero_copy)]
#[derive(Debug)]
pub struct WithdrawBatch {
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// Opened the batch, paid for it, and gets the rent back.
    pub rent_payer: Pubkey,
    /// The epoch its requests were made in.
    pub epoch: u64,
    /// First slot in which it may be settled; fixed when it is opened.
    pub due_slot: u64,
    /// Shares of its tickets, closed ones included, cancelled ones not.
    pub shares: u64,
    /// Of these, settled.
    pub shares_settled: u64,
    /// What the settled shares were worth.
    pub assets_settled: u64,
    /// Of it, what tickets have claimed.
    pub assets_claimed: u64,
    /// Shares of the tickets that have claimed all and are closed.
    pub shares_closed: u64,
    /// Epoch of the next batch in the queue, once there is one.
    pub next_epoch: u64,
    /// Due slot of that batch.
    pub next_due_slot: u64,
    /// 1 once it has left the queue.
    pub left_queue: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 5],
    /// Room to grow.
    pub reserved: [u64; 3],
}

const _: () = assert!(core::mem::size_of::<WithdrawBatch>() == 168);

/// What a request does: the shares taken = `net_shares + fee_shares`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Requested {
    /// Shares of the fee wallet.
    pub fee_shares: u64,
    /// Shares of the ticket, or given back by a cancel.
    pub net_shares: u64,
}

/// What a settlement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Shares that left the supply.
    pub shares: u64,
    /// What they were worth.
    pub assets: u64,
    /// Whether the batch left the queue with it.
    pub left_queue: bool,
}

impl WithdrawBatch {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Shares that still wait.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound batch can not reach.
    pub fn unsettled(&self) -> Result<u64> {
        self.shares.minus(self.shares_settled)
    }

    /// What rounding left over, once the batch has left the queue and all its tickets are closed.
    ///
    /// # Errors
    /// `BatchInQueue`; `BatchHasTickets`.
    pub fn closable_dust(&self) -> Result<u64> {
        require!(self.left_queue == 1, RestakingError::BatchInQueue);
        require!(
            self.shares == self.shares_closed,
            RestakingError::BatchHasTickets
        );
        self.assets_settled.minus(self.assets_claimed)
    }
}
