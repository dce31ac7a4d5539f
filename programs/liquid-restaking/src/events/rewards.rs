//! Rewards, in collateral and in other tokens.

use crate::state::RewardSplit;
use anchor_lang::prelude::*;

/// A reward was paid.
#[event]
pub struct RewardsPaid {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub payer: Pubkey,
    /// Whether it counts as the AVS's yield.
    pub is_signed: bool,
    pub split: RewardSplit,
    pub drip_rest: u64,
    pub drip_end: u64,
}

/// An operator was paid its commission.
#[event]
pub struct CommissionCollected {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub destination: Pubkey,
    pub assets: u64,
}

/// A reward book was created.
#[event]
pub struct RewardBookCreated {
    pub lrt: Pubkey,
    pub book: Pubkey,
}

/// A reward book was closed.
#[event]
pub struct RewardBookClosed {
    pub lrt: Pubkey,
    pub book: Pubkey,
}

/// A stream was added.
#[event]
pub struct StreamAdded {
    pub book: Pubkey,
    pub place: u8,
    pub mint: Pubkey,
    pub slots: u64,
}

/// A stream was closed, and its place is free.
#[event]
pub struct StreamClosed {
    pub book: Pubkey,
    pub place: u8,
    pub mint: Pubkey,
}

/// A stream was funded.
#[event]
pub struct StreamFunded {
    pub book: Pubkey,
    pub place: u8,
    pub funder: Pubkey,
    pub amount: u64,
    /// Still to be shared out afterwards, and until when.
    pub rest: u64,
    pub end: u64,
}

/// LRT was staked in a position, or taken out of it.
#[event]
pub struct PositionChanged {
    pub book: Pubkey,
    pub owner: Pubkey,
    pub old: u64,
    pub new: u64,
    /// Over all positions, afterwards.
    pub staked: u64,
}

/// A position was paid what it had earned in a stream.
#[event]
pub struct StreamClaimed {
    pub book: Pubkey,
    pub owner: Pubkey,
    pub place: u8,
    pub destination: Pubkey,
    pub amount: u64,
}

/// A position was closed.
#[event]
pub struct PositionClosed {
    pub book: Pubkey,
    pub owner: Pubkey,
}
