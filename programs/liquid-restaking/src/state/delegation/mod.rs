//! A delegation: an operator's place in a stake pool. A ledger entry; every token stays in the pool's vault.

mod bond;
mod exposure;

pub use bond::BondWithdrawal;
pub use exposure::{require_at_most, Exposure};

use super::Cap;
use crate::{constants::MAX_AVSS, error::RestakingError};
use anchor_lang::prelude::*;

/// What a stake pool has delegated to one operator. All amounts are collateral units.
///
/// Invariants:
/// - `allocations[place]` says what the allocation to the AVS at that place of the pool's table says
/// - `bond_cooling` ≤ `bond`; `freeing` is part of the pool's `freeing`
#[account(zero_copy)]
#[derive(Debug)]
pub struct Delegation {
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// The operator.
    pub operator: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// Most that `active` may be raised to; 0: the pool has not accepted the operator, or has removed it.
    pub cap: Cap,
    /// Stake of the pool with this operator.
    pub active: u64,
    /// The operator's own collateral, the first to be slashed; what cools is part of it.
    pub bond: u64,
    /// Of it, what the operator withdraws.
    pub bond_cooling: u64,
    /// First slot in which that may be paid.
    pub bond_release_slot: u64,
    /// Commission not yet collected.
    pub owed: u64,
    /// What will be free once all coolings are over, as last booked into the pool.
    pub freeing: u64,
    /// Σ over its allocations of what open slash proposals lock.
    pub disputed: u64,
    /// Of it, what the bond does not cover, as last booked into the pool's row.
    pub uncovered: u64,
    /// Net rewards that its stake has earned so far.
    pub rewards: u64,
    /// Stake and bond that it has lost so far.
    pub losses: u64,
    /// Its allocations, by the AVS's place in the pool's table.
    pub allocations: [AllocationRow; MAX_AVSS],
    /// Allocation accounts that exist.
    pub allocation_count: u32,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 2],
    /// The last forced round that called one of its allocations.
    pub round: u64,
    /// Stake when it did so first.
    pub round_active: u64,
    /// What its allocations pledged then: more than the stake after a slash, or once the leverage was lowered.
    pub round_pledged: u64,
    /// Room to grow.
    pub reserved: [u64; 12],
}

const _: () = assert!(core::mem::size_of::<Delegation>() == 592);

/// What a delegation needs to know of one of its allocations.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AllocationRow {
    /// Stake and what warms.
    pub total: u64,
    /// Deallocated and still slashable.
    pub cooling: u64,
}

impl AllocationRow {
    /// All that the AVS may still count on or will.
    pub fn all(&self) -> u64 {
        self.total.saturating_add(self.cooling)
    }
}

impl Delegation {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The row of the AVS at `place`.
    ///
    /// # Errors
    /// `TableMismatch`, which a sound table can not reach.
    pub fn row_mut(&mut self, place: u8) -> Result<&mut AllocationRow> {
        self.allocations
            .get_mut(usize::from(place))
            .ok_or_else(|| error!(RestakingError::TableMismatch))
    }

    /// Whether nothing is left of it, and the operator is removed or has retired.
    ///
    /// # Errors
    /// `DelegationInUse`.
    pub fn require_closable(&self, operator_retired: bool, slot: u64) -> Result<()> {
        let in_use = [
            self.active,
            self.bond,
            self.owed,
            self.disputed,
            u64::from(self.allocation_count),
        ];
        let is_over = operator_retired || self.cap.is_shut(slot);
        require!(
            is_over && in_use.iter().all(|part| *part == 0),
            RestakingError::DelegationInUse
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn a_delegation_closes_when_empty_and_over() {
        let mut delegation = Delegation::zeroed();
        delegation.require_closable(false, 5).unwrap();
        delegation.cap = Cap::of(1);
        assert!(delegation.require_closable(false, 5).is_err());
        delegation.require_closable(true, 5).unwrap();
        let fields: [fn(&mut Delegation); 5] = [
            |d| d.active = 1,
            |d| d.bond = 1,
            |d| d.owed = 1,
            |d| d.disputed = 1,
            |d| d.allocation_count = 1,
        ];
        for set in fields {
            let mut used = delegation;
            set(&mut used);
            assert_eq!(
                used.require_closable(true, 5),
                Err(RestakingError::DelegationInUse.into())
            );
        }
    }
}
