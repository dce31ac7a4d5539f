//! Idle collateral to operators, operators' stake to AVSs, and back (DESIGN §5). The manager's rules.

use super::{Lrt, StakePool};
use crate::{
    error::RestakingError,
    math::{bps_floor, Checked},
    state::{
        require_at_most, Allocation, BondWithdrawal, Deallocated, Delegation, PoolAvs, Ripened,
    },
};
use anchor_lang::prelude::*;

impl Lrt {
    /// Books what a delegation is now: what is freeing, and what is uncovered. Whatever changes its stake, an
    /// allocation or a dispute ends with it; what changes its bond books only what is uncovered.
    pub(super) fn book(&mut self, pool: &mut StakePool, delegation: &mut Delegation) -> Result<()> {
        delegation.book_freeing(pool, self.params.leverage_bps)?;
        delegation.book_uncovered(self.row_mut(pool)?)
    }

    /// Adds to an operator's bond. Accrued before.
    ///
    /// # Errors
    /// As [`Delegation::post_bond`]; `OperatorNotAccepted` when the operator is removed and has no stake: a bond would
    /// only keep the pool from closing.
    pub fn post_bond(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        amount: u64,
        slot: u64,
    ) -> Result<()> {
        require!(
            delegation.active > 0 || !delegation.cap.is_shut(slot),
            RestakingError::OperatorNotAccepted
        );
        delegation.post_bond(pool, amount)?;
        delegation.book_uncovered(self.row_mut(pool)?)
    }

    /// Pays what has cooled of an operator's bond, then starts to cool `amount`. Accrued before.
    ///
    /// # Errors
    /// As [`Delegation::withdraw_bond`].
    pub fn withdraw_bond(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        amount: u64,
        slot: u64,
    ) -> Result<BondWithdrawal> {
        let withdrawal = delegation.withdraw_bond(pool, amount, &self.params, slot)?;
        delegation.book_uncovered(self.row_mut(pool)?)?;
        Ok(withdrawal)
    }

    /// Moves idle collateral to an operator, leaving the queue its due. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `OperatorNotAccepted`; `StakeDisputed`; `StakePledgedBeyond`; `OperatorCapExceeded`; `BondTooSmall`; `InsufficientIdle`.
    pub fn delegate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        amount: u64,
    ) -> Result<()> {
        require!(amount > 0, RestakingError::ZeroAmount);
        require!(delegation.cap.now > 0, RestakingError::OperatorNotAccepted);
        let active = delegation.active.plus(amount)?;
        delegation.require_fit_for_more()?;
        delegation.active = active;
        require_at_most(
            delegation.active,
            delegation.cap.now,
            RestakingError::OperatorCapExceeded,
        )?;
        delegation.require_bonded(self.params.bond_multiple)?;

        let idle = pool.idle.checked_sub(amount);
        pool.idle = idle.ok_or_else(|| error!(RestakingError::InsufficientIdle))?;
        require!(
            self.queue_is_covered_by(pool, pool.idle)?,
            RestakingError::InsufficientIdle
        );
        pool.delegated = pool.delegated.plus(amount)?;
        self.book(pool, delegation)
    }

    /// Moves free stake back to idle. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `StakeNotFree`; the log says how much is.
    pub fn undelegate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        amount: u64,
    ) -> Result<()> {
        require!(amount > 0, RestakingError::ZeroAmount);
        let free = delegation.free(self.params.leverage_bps);
        if amount > free {
            msg!("Free {}", free);
            return err!(RestakingError::StakeNotFree);
        }
        delegation.active = delegation.active.minus(amount)?;
        pool.delegated = pool.delegated.minus(amount)?;
        pool.idle = pool.idle.plus(amount)?;
        self.book(pool, delegation)
    }

    /// Allocates stake of an operator to an AVS, where it warms. Both are accepted and opted in. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `AvsNotAccepted`; `OperatorNotAccepted`; `AllocationExceedsStake`; `LeverageExceeded`; `BondTooSmall`; `AvsCapExceeded`;
    /// `QueueNotCovered` when idle and what is freeing (once the head is past its grace: idle alone) would be less than the
    /// queue is owed.
    pub fn allocate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        allocation: &mut Allocation,
        amount: u64,
        slot: u64,
    ) -> Result<Ripened> {
        require!(amount > 0, RestakingError::ZeroAmount);
        let assets = self.row_mut(pool)?.assets;
        let cap_bps = pool.avs_mut(allocation.place)?.cap_bps;
        require!(cap_bps > 0, RestakingError::AvsNotAccepted);
        require!(delegation.cap.now > 0, RestakingError::OperatorNotAccepted);

        let ripened = allocation.ripen(slot)?;
        allocation.warm_up(amount, slot, self.params.warmup_slots)?;
        allocation.book(delegation, pool)?;
        self.book(pool, delegation)?;

        delegation.require_within(allocation.place, &self.params)?;
        delegation.require_bonded(self.params.bond_multiple)?;
        require_at_most(
            pool.avs_mut(allocation.place)?.allocated,
            bps_floor(pool.cap_base(assets), cap_bps)?,
            RestakingError::AvsCapExceeded,
        )?;
        let covers = if self.is_head_past_grace(pool, slot)? {
            // Else a manager could pledge anew, for ever, what has just been released, while as much begins to cool.
            pool.idle
        } else {
            pool.idle.plus(pool.freeing)?
        };
        require!(
            self.queue_is_covered_by(pool, covers)?,
            RestakingError::QueueNotCovered
        );
        Ok(ripened)
    }

    /// Whether the queue's head has been due for longer than the grace.
    pub(super) fn is_head_past_grace(&self, pool: &StakePool, slot: u64) -> Result<bool> {
        let past = pool.head_due_slot.plus(self.params.grace_slots)?;
        Ok(pool.queue_length > 0 && slot >= past)
    }

    /// Takes stake of an AVS back: it cools for the exit delay the AVS was promised. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `AllocationTooSmall`.
    pub fn deallocate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        allocation: &mut Allocation,
        pool_avs: &PoolAvs,
        amount: u64,
        slot: u64,
    ) -> Result<Deallocated> {
        let before = allocation.ripen(slot)?.released;
        let mut taken = allocation.deallocate(amount, pool_avs.release_slot(slot)?)?;
        // An AVS that ended long ago counts on nothing: what is taken back from it is free at once.
        taken.released = allocation.ripen(slot)?.released.plus(before)?;
        allocation.book(delegation, pool)?;
        self.book(pool, delegation)?;
        Ok(taken)
    }

    /// Books what time has done to an allocation: stake that warmed, coolings that are over. Accrued before.
    ///
    /// # Errors
    /// `NothingToDo`.
    pub fn release(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        allocation: &mut Allocation,
        slot: u64,
    ) -> Result<Ripened> {
        let ripened = allocation.ripen(slot)?;
        // Booked at a leverage that is no longer in force: anyone may book it anew.
        let is_stale = delegation.freeing != delegation.freeing_now(self.params.leverage_bps);
        require!(
            is_stale || ripened != Ripened::default(),
            RestakingError::NothingToDo
        );
        allocation.book(delegation, pool)?;
        self.book(pool, delegation)?;
        Ok(ripened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    const LIMIT: u64 = 1_000;

    #[test]
    fn delegating_leaves_the_queue_its_due_and_moves_no_price() {
        let mut world = Restaking::new(1_000);
        let (mut batch, _) = queue(&world.lrt, &mut world.pool);
        world
            .lrt
            .request_withdraw(&mut world.pool, &mut batch, 400)
            .unwrap();
        assert_eq!(
            world.delegate(601),
            Err(RestakingError::InsufficientIdle.into())
        );
        let nav = world.lrt.nav().unwrap();
        world.delegate(600).unwrap();
        assert_eq!(
            (world.pool.idle, world.pool.delegated, world.pool.freeing),
            (400, 600, 600)
        );
        world.lrt.write_row(&world.pool).unwrap();
        assert_eq!(world.lrt.nav().unwrap(), nav);
        assert_eq!(
            world.delegate(u64::MAX),
            Err(RestakingError::MathOverflow.into())
        );
        assert_eq!(
            world.undelegate(601),
            Err(RestakingError::StakeNotFree.into())
        );
        assert_eq!(world.undelegate(0), Err(RestakingError::ZeroAmount.into()));
        world.undelegate(600).unwrap();
        assert_eq!(
            (world.pool.idle, world.pool.delegated, world.pool.freeing),
            (1_000, 0, 0)
        );
    }

    #[test]
    fn an_operator_takes_no_more_than_its_cap_and_its_bond_carries() {
        let mut world = Restaking::new(1_000);
        world.delegation.cap.now = 500;
        assert_eq!(
            world.delegate(501),
            Err(RestakingError::OperatorCapExceeded.into())
        );
        world.lrt.params.bond_multiple = 10;
        world.delegation.bond = 20;
        assert_eq!(
            world.delegate(201),
            Err(RestakingError::BondTooSmall.into())
        );
        world.delegate(200).unwrap();
        world.delegation.disputed = 221; // 201 more than the bond
        assert_eq!(world.delegate(1), Err(RestakingError::StakeDisputed.into()));
        world.delegation.disputed = 0;
        world.delegation.allocations[0].total = 201; // one more than is left
        assert_eq!(
            world.delegate(1),
            Err(RestakingError::StakePledgedBeyond.into())
        );
        world.delegation.allocations[0].total = 0;
        world.delegation.cap.now = 0;
        assert_eq!(
            world.delegate(1),
            Err(RestakingError::OperatorNotAccepted.into())
        );
    }

    #[test]
    fn an_allocation_stays_within_stake_leverage_cap_and_what_the_queue_is_owed() {
        let mut world = Restaking::new(1_000);
        world.delegate(800).unwrap();
        world.pool.avss[0].cap_bps = 5_000;
        assert_eq!(
            world.allocate(801),
            Err(RestakingError::AllocationExceedsStake.into())
        );
        assert_eq!(
            world.allocate(501),
            Err(RestakingError::AvsCapExceeded.into())
        );
        world.pool.assets_at_end = [900, 0];
        assert_eq!(
            world.allocate(451),
            Err(RestakingError::AvsCapExceeded.into())
        );
        assert_eq!(world.allocate(0), Err(RestakingError::ZeroAmount.into()));
        world.allocate(450).unwrap();
        world.pool.avss[0].cap_bps = 0;
        assert_eq!(
            world.allocate(1),
            Err(RestakingError::AvsNotAccepted.into())
        );
        world.pool.avss[0].cap_bps = 10_000;
        world.delegation.allocations[1].total = 400;
        assert_eq!(
            world.allocate(1),
            Err(RestakingError::LeverageExceeded.into())
        );
        world.delegation.allocations[1].total = 0;

        let (mut batch, _) = queue(&world.lrt, &mut world.pool);
        world
            .lrt
            .request_withdraw(&mut world.pool, &mut batch, 500)
            .unwrap();
        // idle 200, freeing 350: 500 are owed
        assert_eq!(
            world.allocate(51),
            Err(RestakingError::QueueNotCovered.into())
        );
        world.allocate(50).unwrap();
    }

    #[test]
    fn cooling_counts_for_the_caps_and_is_freed_on_its_release_slot() {
        let mut world = Restaking::new(LIMIT);
        world.delegate(LIMIT).unwrap();
        world.allocate(LIMIT).unwrap();
        let warm = SLOT + world.lrt.params.warmup_slots;
        assert_eq!(
            world.release(warm - 1),
            Err(RestakingError::NothingToDo.into())
        );
        assert_eq!(world.release(warm).unwrap().warmed, LIMIT);
        let taken = world.deallocate(300, warm).unwrap();
        assert_eq!(
            (taken.cooling, taken.release_slot),
            (300, terms().release_slot(warm).unwrap())
        );
        assert_eq!(
            (world.pool.avss[0].allocated, world.pool.freeing),
            (LIMIT, 300)
        );
        assert_eq!(
            world.allocate(1),
            Err(RestakingError::AllocationExceedsStake.into())
        );
        assert_eq!(
            world.undelegate(1),
            Err(RestakingError::StakeNotFree.into())
        );
        assert_eq!(
            world.release(taken.release_slot - 1),
            Err(RestakingError::NothingToDo.into())
        );
        assert_eq!(world.release(taken.release_slot).unwrap().released, 300);
        world.undelegate(300).unwrap();
        assert_eq!(
            (world.pool.idle, world.pool.avss[0].allocated),
            (300, LIMIT - 300)
        );
    }
}
