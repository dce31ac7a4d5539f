//! What anyone may do when a queue is past its grace, or an operator retires: a silent manager can not hold holders back
//! (DESIGN §5).

use super::{Lrt, StakePool};
use crate::{
    constants::BPS,
    error::RestakingError,
    math::Checked,
    state::{Allocation, Deallocated, Delegation, PoolAvs, WithdrawBatch},
};
use anchor_lang::prelude::*;

impl Lrt {
    /// What the queue of `pool` lacks: its owed value less idle. More than 0 and the head past its grace, or an error.
    ///
    /// # Errors
    /// `NotHeadBatch`; `QueueNotOverdue` when idle suffices, the head is within its grace, or nobody waits in it.
    pub fn overdue_shortage(
        &self,
        pool: &StakePool,
        head: &WithdrawBatch,
        slot: u64,
    ) -> Result<u64> {
        require!(
            pool.queue_length > 0 && pool.head_epoch == head.epoch && head.left_queue == 0,
            RestakingError::NotHeadBatch
        );
        let is_past_grace = self.is_head_past_grace(pool, slot)?;
        let lacks = self.queue_owed_ceil(pool)?.saturating_sub(pool.idle);
        require!(
            // An emptied batch would let a stranger hurry those behind it: it only has to be settled.
            is_past_grace && head.unsettled()? > 0 && lacks > 0,
            RestakingError::QueueNotOverdue
        );
        Ok(lacks)
    }

    /// Opens a round: freezes which share of every allocation may be deallocated so that the queue can be paid. Accrued before.
    ///
    /// # Errors
    /// As [`Lrt::overdue_shortage`]; `RoundRunning`; `NothingToDo` when what is freeing suffices.
    pub fn open_round(&self, pool: &mut StakePool, head: &WithdrawBatch, slot: u64) -> Result<()> {
        let lacks = self.overdue_shortage(pool, head, slot)?;
        let mut shortage = lacks.saturating_sub(pool.freeing);
        if shortage > 0 && u64::from(self.params.leverage_bps) != BPS {
            // At another leverage than one a delegation's pledge is a rounded-up quotient: each may free one unit less than
            // its share.
            shortage = shortage.plus(u64::from(pool.delegations.saturating_sub(1)))?;
        }
        let used = pool.delegated.minus(pool.freeing)?;
        let length = self.fixed.longest_release()?;
        pool.round.open(shortage, used, slot, length)
    }

    /// Deallocates what anyone may: all of it when the operator has retired or the AVS has ended, else the open round's share, once. Accrued before.
    ///
    /// # Errors
    /// `RoundNotOpen`; `RoundServed`; `NothingToDo` when nothing is allocated.
    pub fn force_deallocate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        allocation: &mut Allocation,
        pool_avs: &PoolAvs,
        operator_retired: bool,
        slot: u64,
    ) -> Result<Deallocated> {
        allocation.ripen(slot)?;
        let total = allocation.total()?;
        let kept = if operator_retired || pool_avs.ended_slot != 0 {
            0
        } else {
            let kept = pool.round.keeps_floor(total.min(delegation.active), slot)?;
            require!(
                allocation.round != pool.round.number,
                RestakingError::RoundServed
            );
            allocation.round = pool.round.number;
            delegation.kept_in_round_floor(pool.round.number, kept, self.params.leverage_bps)?
        };
        let amount = total.minus(kept)?;
        require!(amount > 0, RestakingError::NothingToDo);
        self.deallocate(pool, delegation, allocation, pool_avs, amount, slot)
    }

    /// Moves free stake to idle: all of it when the operator has retired, else as much as the queue lacks, whose head is
    /// past its grace. Returns how much. Accrued before.
    ///
    /// # Errors
    /// As [`Lrt::overdue_shortage`]; `HeadBatchMissing`; `NothingToDo` when nothing is free.
    pub fn force_undelegate(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        head: Option<&WithdrawBatch>,
        operator_retired: bool,
        slot: u64,
    ) -> Result<u64> {
        let wanted = if operator_retired {
            u64::MAX
        } else {
            let head = head.ok_or_else(|| error!(RestakingError::HeadBatchMissing))?;
            self.overdue_shortage(pool, head, slot)?
        };
        let amount = wanted.min(delegation.free(self.params.leverage_bps));
        require!(amount > 0, RestakingError::NothingToDo);
        self.undelegate(pool, delegation, amount)?;
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    const GRACE_OVER: u64 = DUE + 200;

    /// 1,000 delegated and allocated, 300 of them in the queue.
    fn overdue() -> (Restaking, WithdrawBatch) {
        let mut world = Restaking::new(1_000);
        world.delegate(1_000).unwrap();
        world.allocate(1_000).unwrap();
        let (mut batch, _) = queue(&world.lrt, &mut world.pool);
        world
            .lrt
            .request_withdraw(&mut world.pool, &mut batch, 300)
            .unwrap();
        (world, batch)
    }

    #[test]
    fn a_round_is_opened_past_the_grace_and_frees_the_whole_shortage_once() {
        let (mut world, batch) = overdue();
        let open =
            |world: &mut Restaking, slot| world.lrt.open_round(&mut world.pool, &batch, slot);
        assert_eq!(
            open(&mut world, GRACE_OVER - 1),
            Err(RestakingError::QueueNotOverdue.into())
        );
        assert_eq!(
            world.force_deallocate(GRACE_OVER),
            Err(RestakingError::RoundNotOpen.into())
        );
        open(&mut world, GRACE_OVER).unwrap();
        assert_eq!(
            open(&mut world, GRACE_OVER + 342),
            Err(RestakingError::RoundRunning.into())
        );

        let taken = world.force_deallocate(GRACE_OVER).unwrap();
        assert_eq!(taken.cooling, 300);
        assert_eq!(
            world.force_deallocate(GRACE_OVER),
            Err(RestakingError::RoundServed.into())
        );
        assert_eq!(world.pool.freeing, 300);
        // What is freeing suffices: there is nothing for another round.
        assert_eq!(
            open(&mut world, GRACE_OVER + 343),
            Err(RestakingError::NothingToDo.into())
        );

        let undelegate = |world: &mut Restaking, slot| {
            world.lrt.force_undelegate(
                &mut world.pool,
                &mut world.delegation,
                Some(&batch),
                false,
                slot,
            )
        };
        assert_eq!(
            undelegate(&mut world, GRACE_OVER),
            Err(RestakingError::NothingToDo.into())
        );
        world.release(taken.release_slot).unwrap();
        assert_eq!(undelegate(&mut world, taken.release_slot).unwrap(), 300);
        assert_eq!(
            undelegate(&mut world, taken.release_slot),
            Err(RestakingError::QueueNotOverdue.into())
        );
    }

    #[test]
    fn only_what_the_queue_lacks_is_undelegated() {
        let mut world = Restaking::new(1_000);
        world.delegate(900).unwrap();
        let (mut batch, _) = queue(&world.lrt, &mut world.pool);
        world
            .lrt
            .request_withdraw(&mut world.pool, &mut batch, 300)
            .unwrap();
        let (lrt, pool, delegation) = (&mut world.lrt, &mut world.pool, &mut world.delegation);
        assert_eq!(
            lrt.force_undelegate(pool, delegation, None, false, GRACE_OVER),
            Err(RestakingError::HeadBatchMissing.into())
        );
        assert_eq!(
            lrt.force_undelegate(pool, delegation, Some(&batch), false, GRACE_OVER)
                .unwrap(),
            200
        );
        assert_eq!(
            lrt.force_undelegate(pool, delegation, None, true, GRACE_OVER)
                .unwrap(),
            700
        );
    }

    #[test]
    fn an_emptied_head_hurries_nobody() {
        let (mut world, mut batch) = overdue();
        batch.shares = 0;
        assert_eq!(
            world.lrt.open_round(&mut world.pool, &batch, GRACE_OVER),
            Err(RestakingError::QueueNotOverdue.into())
        );
        batch.epoch += 1;
        assert_eq!(
            world.lrt.open_round(&mut world.pool, &batch, GRACE_OVER),
            Err(RestakingError::NotHeadBatch.into())
        );
    }

    #[test]
    fn all_of_a_retired_operators_stake_is_taken_back() {
        let (mut world, _) = overdue();
        let pool_avs = world.pool_avs;
        let (lrt, pool) = (&mut world.lrt, &mut world.pool);
        let taken = lrt
            .force_deallocate(
                pool,
                &mut world.delegation,
                &mut world.allocation,
                &pool_avs,
                true,
                SLOT,
            )
            .unwrap();
        assert_eq!((taken.from_warming, taken.cooling), (1_000, 0));
        assert_eq!(
            lrt.force_undelegate(pool, &mut world.delegation, None, true, SLOT)
                .unwrap(),
            1_000
        );
    }

    #[test]
    fn an_allocation_larger_than_what_a_slash_left_counts_for_no_more_than_that() {
        let (mut world, batch) = overdue();
        world.delegation.active = 700; // 300 were slashed
        world.pool.delegated = 700;
        world.lrt.write_row(&world.pool).unwrap();
        world
            .lrt
            .open_round(&mut world.pool, &batch, GRACE_OVER)
            .unwrap();
        let round = world.pool.round;
        assert_eq!((round.shortage, round.used), (210, 700));
        world.force_deallocate(GRACE_OVER).unwrap();
        assert_eq!((world.allocation.stake, world.pool.freeing), (490, 210));
    }
}
