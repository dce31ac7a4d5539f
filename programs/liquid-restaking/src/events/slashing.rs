//! Slashes: proposed, vetoed, expired, executed.

use crate::state::{Dispute, Lrt, SlashState, Slashed, Totals};
use anchor_lang::prelude::*;

/// A slash was proposed.
#[event]
pub struct SlashProposed {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub proposal: Pubkey,
    pub index: u64,
    pub amount: u64,
    /// First slot in which it may be executed, and no longer vetoed.
    pub execution_slot: u64,
    /// First slot in which it may no longer be executed.
    pub expiry_slot: u64,
    /// What exits count as lost afterwards, over all proposals.
    pub uncovered: u64,
    pub evidence: [u8; 32],
    pub uri: String,
}

/// A proposal was vetoed, or expired.
#[event]
pub struct SlashFailed {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub proposal: Pubkey,
    pub amount: u64,
    pub state: SlashState,
    /// Until this slot the AVS may propose nothing on the allocation.
    pub allocation_blocked_until: u64,
    /// Until this slot it may propose nothing on the pool.
    pub pool_blocked_until: u64,
    /// What exits count as lost afterwards, over all proposals.
    pub uncovered: u64,
}

impl SlashFailed {
    /// What has just happened to `proposal`.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn new(proposal: Pubkey, lrt: &Lrt, on: &Dispute) -> Result<Self> {
        Ok(Self {
            stake_pool: on.delegation.stake_pool,
            operator: on.delegation.operator,
            avs: on.pool_avs.avs,
            proposal,
            amount: on.proposal.amount,
            state: on.proposal.state(),
            allocation_blocked_until: on.allocation.blocked_until,
            pool_blocked_until: on.pool_avs.blocked_until,
            uncovered: lrt.uncovered()?,
        })
    }
}

/// A slash was executed.
#[event]
pub struct SlashExecuted {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub proposal: Pubkey,
    /// Who paid, and what was no longer there.
    pub slashed: Slashed,
    /// Where the tokens went; the default key: they were burned.
    pub destination: Pubkey,
    pub before: Totals,
    pub after: Totals,
}

/// The guardian ended an AVS.
#[event]
pub struct AvsEnded {
    pub stake_pool: Pubkey,
    pub avs: Pubkey,
    pub slot: u64,
}

/// A proposal that had ended was closed.
#[event]
pub struct SlashProposalClosed {
    pub pool_avs: Pubkey,
    pub proposal: Pubkey,
}
