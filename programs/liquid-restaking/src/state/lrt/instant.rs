//! Leaving at once, against a fee that drips to those who stay (DESIGN §8).

use super::{Lrt, StakePool};
use crate::{
    error::RestakingError,
    math::{bps_ceil, bps_floor, Checked},
};
use anchor_lang::prelude::*;

/// What one epoch's instant exits may use, measured against nav before the epoch's first write.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct InstantWindow {
    /// The epoch.
    pub epoch: u64,
    /// Nav before the epoch's first write; 0 means nav now.
    pub base: u64,
    /// Value of the epoch's instant exits so far, fees included.
    pub used: u64,
}

impl InstantWindow {
    /// A new epoch's window.
    pub fn opened(epoch: u64, nav: u64) -> Self {
        Self {
            epoch,
            base: nav,
            used: 0,
        }
    }
}

/// What an instant exit does: `gross_assets = net_assets + fee_assets`, all in collateral units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct InstantExit {
    /// Shares that the fee is charged in.
    pub fee_shares: u64,
    /// Value of all shares, which leaves nav.
    pub gross_assets: u64,
    /// Of it, what drips back to those who stay.
    pub fee_assets: u64,
    /// Of it, what is paid.
    pub net_assets: u64,
}

impl Lrt {
    /// Burns `shares` and pays their value less the fee at once, from idle beyond what the queue is owed. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `InstantExitsPaused`; `ProposalInThisSlot`; `NothingLeft` when nothing would be paid; `InsufficientIdle`; `InstantLimitExceeded`;
    /// `SharesExceedSupply`; `MathOverflow`.
    pub fn redeem_instant(
        &mut self,
        pool: &mut StakePool,
        shares: u64,
        slot: u64,
    ) -> Result<InstantExit> {
        require!(shares > 0, RestakingError::ZeroAmount);
        require!(
            !self.instant_pause.is_active(slot),
            RestakingError::InstantExitsPaused
        );
        self.require_no_new_proposal(slot)?;
        let price = self.exit_price()?;
        let fee_shares = bps_ceil(shares, self.params.instant_fee_bps)?;
        let supply = self.supply_without(shares)?;
        let gross_assets = price.value_of_floor(shares)?;
        let net_assets = price.value_of_floor(shares.minus(fee_shares)?)?;
        let fee_assets = gross_assets.minus(net_assets)?;
        require!(net_assets > 0, RestakingError::NothingLeft);

        let idle = pool.idle.checked_sub(gross_assets);
        let idle = idle.ok_or_else(|| error!(RestakingError::InsufficientIdle))?;
        require!(
            self.queue_is_covered_by(pool, idle)?,
            RestakingError::InsufficientIdle
        );
        let base = match self.instant_window.base {
            0 => self.nav()?,
            base => base,
        };
        let used = self.instant_window.used.plus(gross_assets)?;
        require!(
            used <= bps_floor(base, self.params.instant_limit_bps)?,
            RestakingError::InstantLimitExceeded
        );

        self.supply = supply;
        self.instant_window.used = used;
        pool.idle = idle;
        let drip_slots = self.params.drip_slots;
        self.row_mut(pool)?
            .drip
            .join(fee_assets, slot, drip_slots)?;
        self.note_unattributed(fee_assets);
        self.write_row(pool)?;
        Ok(InstantExit {
            fee_shares,
            gross_assets,
            fee_assets,
            net_assets,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    #[test]
    fn an_instant_exit_leaves_the_queue_its_due_and_drips_its_fee() {
        let (mut lrt, mut pool) = world();
        let (mut batch, _) = queue(&lrt, &mut pool);
        lrt.params.instant_fee_bps = 500;
        lrt.deposit(&mut pool, 10_000, SLOT).unwrap();
        lrt.request_withdraw(&mut pool, &mut batch, 8_000).unwrap();
        assert_eq!(
            lrt.redeem_instant(&mut pool, 2_001, SLOT),
            Err(RestakingError::InsufficientIdle.into())
        );
        let exit = lrt.redeem_instant(&mut pool, 1_001, SLOT).unwrap();
        assert_eq!(
            (exit.gross_assets, exit.fee_assets, exit.net_assets),
            (1_001, 51, 950)
        );
        assert_eq!(
            (lrt.supply, pool.idle, lrt.pools[0].drip.rest),
            (8_999, 8_999, 51)
        );
        assert!(lrt.redeem_instant(&mut pool, 0, SLOT).is_err());
        assert!(lrt.redeem_instant(&mut pool, 1, SLOT).is_err()); // the fee takes all
        assert!(lrt.redeem_instant(&mut pool, u64::MAX, SLOT).is_err());
    }

    #[test]
    fn the_instant_limit_is_measured_before_the_epochs_first_write() {
        let (mut lrt, mut pool) = world();
        lrt.params.instant_limit_bps = 1_000;
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap(); // base 0: nav now
        assert!(lrt.redeem_instant(&mut pool, 101, SLOT).is_err());
        lrt.accrue(&mut pool, SLOT + EPOCH).unwrap();
        lrt.deposit(&mut pool, 100_000, SLOT).unwrap(); // does not raise this epoch's limit (attack 13)
        assert_eq!(
            lrt.redeem_instant(&mut pool, 101, SLOT + EPOCH),
            Err(RestakingError::InstantLimitExceeded.into())
        );
        lrt.redeem_instant(&mut pool, 60, SLOT + EPOCH).unwrap();
        assert!(lrt.redeem_instant(&mut pool, 41, SLOT + EPOCH).is_err());
        lrt.redeem_instant(&mut pool, 40, SLOT + EPOCH).unwrap();
        lrt.accrue(&mut pool, SLOT + 2 * EPOCH).unwrap();
        lrt.redeem_instant(&mut pool, 10_090, SLOT + 2 * EPOCH)
            .unwrap();
    }
}
