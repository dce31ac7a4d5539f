//! What a stake pool accepts, delegates and allocates.

use crate::state::{AvsOffer, Deallocated, Ripened, Timelock};
use anchor_lang::prelude::*;

/// An operator's cap was lowered, or a higher one proposed: without a timelock it is in force at once.
#[event]
pub struct OperatorCapSet {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub old: u64,
    pub new: u64,
    pub timelock: Option<Timelock>,
}

/// A higher cap of an operator came into force.
#[event]
pub struct OperatorCapApplied {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub old: u64,
    pub new: u64,
}

/// A stake pool proposed to accept an AVS: without a timelock it is in force at once.
#[event]
pub struct AvsProposed {
    pub stake_pool: Pubkey,
    pub avs: Pubkey,
    pub offer: AvsOffer,
    pub cap_bps: u16,
    pub timelock: Option<Timelock>,
}

/// An acceptance of an AVS came into force.
#[event]
pub struct AvsApplied {
    pub stake_pool: Pubkey,
    pub avs: Pubkey,
    pub old: AvsOffer,
    pub old_cap_bps: u16,
    pub new: AvsOffer,
    pub new_cap_bps: u16,
}

/// An AVS's cap was lowered, or a proposal taken back.
#[event]
pub struct AvsCapLowered {
    pub stake_pool: Pubkey,
    pub avs: Pubkey,
    pub old_bps: u16,
    pub new_bps: u16,
}

/// The acceptance of an AVS was closed.
#[event]
pub struct PoolAvsClosed {
    pub stake_pool: Pubkey,
    pub avs: Pubkey,
}

/// An operator added to its bond.
#[event]
pub struct BondPosted {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub amount: u64,
    /// Afterwards.
    pub bond: u64,
}

/// An operator was paid of its bond, or began to withdraw it.
#[event]
pub struct BondWithdrawn {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub paid: u64,
    /// Cools now, until `release_slot`.
    pub cooling: u64,
    pub release_slot: u64,
    /// Afterwards.
    pub bond: u64,
}

/// Idle collateral went to an operator.
#[event]
pub struct Delegated {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub amount: u64,
    /// Afterwards.
    pub active: u64,
    pub idle: u64,
}

/// Free stake came back to idle.
#[event]
pub struct Undelegated {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub amount: u64,
    /// Whether anyone did what the manager did not.
    pub forced: bool,
    /// Afterwards.
    pub active: u64,
    pub idle: u64,
}

/// Stake was allocated to an AVS, where it warms.
#[event]
pub struct Allocated {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub amount: u64,
    /// What time had done to the allocation before.
    pub ripened: Ripened,
    /// Afterwards.
    pub stake: u64,
    pub warming: u64,
    pub warm_slot: u64,
}

/// Stake was taken back from an AVS.
#[event]
pub struct StakeDeallocated {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub taken: Deallocated,
    /// Whether anyone did what the manager did not.
    pub forced: bool,
    /// Afterwards.
    pub stake: u64,
    pub warming: u64,
}

/// Stake warmed, or a cooling was over.
#[event]
pub struct StakeReleased {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub ripened: Ripened,
}

/// A forced round was opened.
#[event]
pub struct RoundOpened {
    pub stake_pool: Pubkey,
    pub number: u64,
    pub shortage: u64,
    pub used: u64,
    pub end_slot: u64,
}

/// An empty allocation was closed.
#[event]
pub struct AllocationClosed {
    pub delegation: Pubkey,
    pub avs: Pubkey,
}

/// An empty delegation was closed.
#[event]
pub struct DelegationClosed {
    pub stake_pool: Pubkey,
    pub operator: Pubkey,
}
