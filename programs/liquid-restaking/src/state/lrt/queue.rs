//! Leaving through the queue: request, settle, cancel, close (DESIGN §8).

use super::{Lrt, StakePool};
use crate::{
    error::RestakingError,
    math::{bps_ceil, Checked, Count},
    state::{Requested, Settled, WithdrawBatch},
};
use anchor_lang::prelude::*;

impl Lrt {
    /// Whether `idle` is enough for what the queue of `pool` is owed: the redemption of its queued shares at nav, rounded up.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn queue_is_covered_by(&self, pool: &StakePool, idle: u64) -> Result<bool> {
        Ok(pool.queued == 0 || self.deposit_price()?.is_worth_at_most(pool.queued, idle)?)
    }

    /// What the queue of `pool` is owed: the redemption of its queued shares at nav, rounded up.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn queue_owed_ceil(&self, pool: &StakePool) -> Result<u64> {
        if pool.queued == 0 {
            return Ok(0);
        }
        self.deposit_price()?.value_of_ceil(pool.queued)
    }

    /// Moves `shares`, burned from a wallet, into the queue; the withdrawal fee goes to the fee wallet. The supply
    /// stays: queued shares bear rewards and losses until they are settled. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `NothingLeft` when the fee takes all; `MathOverflow`.
    pub fn request_withdraw(
        &mut self,
        pool: &mut StakePool,
        batch: &mut WithdrawBatch,
        shares: u64,
    ) -> Result<Requested> {
        let requested = self.split_request(shares)?;
        self.fee_shares = self.fee_shares.plus(requested.fee_shares)?;
        pool.queued = pool.queued.plus(requested.net_shares)?;
        batch.shares = batch.shares.plus(requested.net_shares)?;
        Ok(requested)
    }

    /// What a request of `shares` would queue, and the fee on it.
    ///
    /// # Errors
    /// `ZeroAmount`; `NothingLeft` when the fee takes all.
    pub fn split_request(&self, shares: u64) -> Result<Requested> {
        require!(shares > 0, RestakingError::ZeroAmount);
        let fee_shares = bps_ceil(shares, self.params.withdrawal_fee_bps)?;
        let net_shares = shares.minus(fee_shares)?;
        require!(net_shares > 0, RestakingError::NothingLeft);
        Ok(Requested {
            fee_shares,
            net_shares,
        })
    }

    /// Settles the head batch as far as idle collateral goes, at `n`: shares leave the supply and their value becomes
    /// claimable in one step (attack 11). A batch leaves the queue only here, once nothing of it is unsettled.
    /// Accrued before.
    ///
    /// # Errors
    /// `NotHeadBatch`; `BatchNotDue`; `ProposalInThisSlot`; `DisputeAboveTolerance`; `NothingToDo` when idle pays for less
    /// than `min_settle`.
    pub fn settle(
        &mut self,
        pool: &mut StakePool,
        batch: &mut WithdrawBatch,
        slot: u64,
    ) -> Result<Settled> {
        require!(
            pool.queue_length > 0 && pool.head_epoch == batch.epoch,
            RestakingError::NotHeadBatch
        );
        require!(slot >= batch.due_slot, RestakingError::BatchNotDue);

        let rest = batch.unsettled()?;
        if rest > 0 {
            self.require_settling(slot)?;
        }
        let price = self.exit_price()?;
        let shares = price.payable_floor(rest, pool.idle)?;
        let assets = price.value_of_floor(shares)?;
        require!(
            shares == rest || (shares > 0 && assets >= self.params.min_settle),
            RestakingError::NothingToDo
        );

        self.supply = self.supply.minus(shares)?;
        pool.queued = pool.queued.minus(shares)?;
        pool.idle = pool.idle.minus(assets)?;
        pool.claimable = pool.claimable.plus(assets)?;
        batch.shares_settled = batch.shares_settled.plus(shares)?;
        batch.assets_settled = batch.assets_settled.plus(assets)?;
        let left_queue = shares == rest;
        if left_queue {
            pool.unlink_head(batch)?;
        }
        self.write_row(pool)?;
        Ok(Settled {
            shares,
            assets,
            left_queue,
        })
    }

    /// Takes a ticket's unsettled shares out of the queue and gives them back, less the withdrawal fee once the
    /// batch's own epoch is over. What was entitled and not claimed is paid by [`crate::state::WithdrawTicket::leave`], called before.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn requeue_to_wallet(
        &mut self,
        pool: &mut StakePool,
        back: u64,
        batch_epoch: u64,
        slot: u64,
    ) -> Result<Requested> {
        pool.queued = pool.queued.minus(back)?;
        let fee_shares = if self.epoch_of(slot) > batch_epoch {
            bps_ceil(back, self.params.withdrawal_fee_bps)?
        } else {
            0
        };
        self.fee_shares = self.fee_shares.plus(fee_shares)?;
        Ok(Requested {
            fee_shares,
            net_shares: back.minus(fee_shares)?,
        })
    }

    /// Closes the books of a batch that has left the queue: its dust returns to idle. Accrued before.
    ///
    /// # Errors
    /// `BatchInQueue`; `BatchHasTickets`.
    pub fn close_batch(&mut self, pool: &mut StakePool, batch: &WithdrawBatch) -> Result<u64> {
        let dust = batch.closable_dust()?;
        pool.claimable = pool.claimable.minus(dust)?;
        pool.idle = pool.idle.plus(dust)?;
        pool.open_batches = pool.open_batches.down()?;
        self.write_row(pool)?;
        Ok(dust)
    }

    /// Pays out of what is settled; the ticket's and the batch's books are [`crate::state::WithdrawTicket`]'s.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn pay_claim(&mut self, pool: &mut StakePool, assets: u64) -> Result<()> {
        pool.claimable = pool.claimable.minus(assets)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    const FIVE: u64 = 5_000_000_000;

    #[test]
    fn a_request_keeps_the_supply_and_a_settlement_takes_shares_and_assets_together() {
        let (mut lrt, mut pool) = world();
        let (mut batch, mut ticket) = queue(&lrt, &mut pool);
        lrt.params.withdrawal_fee_bps = 100;
        lrt.deposit(&mut pool, FIVE, SLOT).unwrap();
        let requested = lrt.request_withdraw(&mut pool, &mut batch, 1_000).unwrap();
        assert_eq!((requested.fee_shares, requested.net_shares), (10, 990));
        ticket.shares = 990;
        assert_eq!((lrt.supply, lrt.fee_shares, pool.queued), (FIVE, 10, 990));

        assert_eq!(
            lrt.settle(&mut pool, &mut batch, DUE - 1),
            Err(RestakingError::BatchNotDue.into())
        );
        let settled = lrt.settle(&mut pool, &mut batch, DUE).unwrap();
        assert_eq!(
            settled,
            Settled {
                shares: 990,
                assets: 990,
                left_queue: true
            }
        );
        assert_eq!(
            (lrt.supply, lrt.nav().unwrap(), pool.claimable),
            (FIVE - 990, FIVE - 990, 990)
        );
        assert_eq!(
            lrt.settle(&mut pool, &mut batch, DUE),
            Err(RestakingError::NotHeadBatch.into())
        );
        assert!(batch.closable_dust().is_err());
        let paid = ticket.claim(&mut batch).unwrap();
        assert_eq!((paid.assets, paid.closes), (990, true));
    }

    #[test]
    fn a_short_idle_settles_in_part_and_every_ticket_alike() {
        let (mut lrt, mut pool) = world();
        let (mut batch, mut first) = queue(&lrt, &mut pool);
        let mut second = first;
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        for (ticket, shares) in [(&mut first, 300), (&mut second, 600)] {
            ticket.shares = lrt
                .request_withdraw(&mut pool, &mut batch, shares)
                .unwrap()
                .net_shares;
        }
        pool.idle = 100;
        pool.delegated = 900;
        let settled = lrt.settle(&mut pool, &mut batch, DUE).unwrap();
        assert_eq!(
            settled,
            Settled {
                shares: 100,
                assets: 100,
                left_queue: false
            }
        );
        assert_eq!(
            lrt.settle(&mut pool, &mut batch, DUE),
            Err(RestakingError::NothingToDo.into())
        );
        assert_eq!(first.claim(&mut batch).unwrap().assets, 33);
        assert_eq!(second.claim(&mut batch).unwrap().assets, 66);
        assert_eq!(
            second.claim(&mut batch),
            Err(RestakingError::NothingToDo.into())
        );
    }

    #[test]
    fn min_settle_holds_back_dust_but_never_the_rest() {
        let (mut lrt, mut pool) = world();
        let (mut batch, _) = queue(&lrt, &mut pool);
        lrt.params.min_settle = 50;
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        lrt.request_withdraw(&mut pool, &mut batch, 60).unwrap();
        pool.idle = 49;
        pool.delegated = 951;
        assert!(lrt.settle(&mut pool, &mut batch, DUE).is_err());
        pool.idle = 50;
        pool.delegated = 950;
        assert_eq!(lrt.settle(&mut pool, &mut batch, DUE).unwrap().shares, 50);
        pool.idle = 10;
        assert!(lrt.settle(&mut pool, &mut batch, DUE).unwrap().left_queue);
    }

    #[test]
    fn a_batch_emptied_by_cancels_passes_with_nothing_to_pay() {
        let (mut lrt, mut pool) = world();
        let (mut batch, mut ticket) = queue(&lrt, &mut pool);
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        ticket.shares = lrt
            .request_withdraw(&mut pool, &mut batch, 60)
            .unwrap()
            .net_shares;
        let left = ticket.leave(&mut batch).unwrap();
        assert_eq!((left.back, left.assets), (60, 0));
        lrt.requeue_to_wallet(&mut pool, left.back, batch.epoch, SLOT)
            .unwrap();
        assert_eq!((batch.shares, pool.queued), (0, 0));
        assert_eq!(
            lrt.settle(&mut pool, &mut batch, DUE).unwrap(),
            Settled {
                shares: 0,
                assets: 0,
                left_queue: true
            }
        );
        assert_eq!(lrt.close_batch(&mut pool, &batch).unwrap(), 0);
        assert_eq!(pool.open_batches, 0);
    }

    #[test]
    fn a_cancel_after_the_batchs_epoch_pays_the_fee_again() {
        let (mut lrt, mut pool) = world();
        lrt.params.withdrawal_fee_bps = 100;
        lrt.deposit(&mut pool, 10_000, SLOT).unwrap();
        pool.queued = 2_000;
        let same = lrt
            .requeue_to_wallet(&mut pool, 1_000, lrt.epoch_of(SLOT), SLOT)
            .unwrap();
        assert_eq!((same.fee_shares, same.net_shares), (0, 1_000));
        let later = lrt
            .requeue_to_wallet(&mut pool, 1_000, lrt.epoch_of(SLOT), SLOT + EPOCH)
            .unwrap();
        assert_eq!((later.fee_shares, later.net_shares), (10, 990));
        assert_eq!((lrt.fee_shares, pool.queued, lrt.supply), (10, 0, 10_000));
    }
}
