//! What of a delegation is pledged, what is free, and the limits on pledging more (DESIGN §5).

use super::{AllocationRow, Delegation};
use crate::{
    constants::BPS,
    error::RestakingError,
    math::{mul_div_floor, to_u64, Checked},
    state::{Params, PoolRow, StakePool},
};
use anchor_lang::prelude::*;

/// What a delegation's allocations add up to. After a slash an allocation counts for no more than the stake that is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exposure {
    /// The largest.
    pub largest: u64,
    /// Their sum: several times the stake at a leverage above one.
    pub sum: u128,
}

impl Exposure {
    fn of(rows: &[AllocationRow], active: u64, amount: impl Fn(&AllocationRow) -> u64) -> Self {
        let mut exposure = Self::default();
        for row in rows {
            let counted = amount(row).min(active);
            exposure.largest = exposure.largest.max(counted);
            // Sixteen times 64 bits can not wrap; saturating costs 13 units a row.
            exposure.sum = exposure.sum.wrapping_add(u128::from(counted));
        }
        exposure
    }

    /// Stake that it pledges: `max(largest, ceil(sum / κ))`, κ = `leverage_bps / 10 000`.
    ///
    /// # Errors
    /// `MathOverflow` when something is pledged at a leverage of 0: none of it is free.
    pub fn pledged_ceil(&self, leverage_bps: u16) -> Result<u64> {
        let leverage = u128::from(leverage_bps);
        if leverage == u128::from(BPS) {
            return to_u64(self.sum); // the largest is no more than the sum
        }
        let scaled = self.sum.saturating_mul(u128::from(BPS));
        if scaled <= u128::from(self.largest).saturating_mul(leverage) {
            return Ok(self.largest);
        }
        if leverage == 0 {
            return err!(RestakingError::MathOverflow);
        }
        to_u64(scaled.div_ceil(leverage))
    }
}

impl Delegation {
    /// All that AVSs count on, coolings included.
    pub fn exposure(&self) -> Exposure {
        Exposure::of(&self.allocations, self.active, AllocationRow::all)
    }

    /// Stake that may go back to idle now: `active − max(largest, ceil(sum / κ), disputed)`, at least 0. Total: what would
    /// leave the bounds frees nothing.
    pub fn free(&self, leverage_bps: u16) -> u64 {
        self.unpledged(self.exposure(), leverage_bps)
    }

    /// Scales what an allocation keeps in a round to the stake, where more is pledged than there is: both as they were
    /// when the round first called this delegation, so that no order of calls matters.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn kept_in_round_floor(&mut self, round: u64, kept: u64, leverage_bps: u16) -> Result<u64> {
        if self.round != round {
            let exposure = Exposure::of(&self.allocations, self.active, |row| row.total);
            self.round = round;
            self.round_active = self.active;
            self.round_pledged = exposure.pledged_ceil(leverage_bps).unwrap_or(u64::MAX);
        }
        if self.round_pledged <= self.round_active {
            return Ok(kept);
        }
        mul_div_floor(
            kept,
            u128::from(self.round_active),
            u128::from(self.round_pledged),
        )
    }

    /// Stake that will be free once all coolings are over.
    pub fn freeing_now(&self, leverage_bps: u16) -> u64 {
        let exposure = Exposure::of(&self.allocations, self.active, |row| row.total);
        self.unpledged(exposure, leverage_bps)
    }

    fn unpledged(&self, exposure: Exposure, leverage_bps: u16) -> u64 {
        let pledged = exposure.pledged_ceil(leverage_bps).unwrap_or(u64::MAX);
        self.active.saturating_sub(pledged.max(self.disputed))
    }

    /// What open proposals could take from holders: `min(max(0, disputed − bond), active)`.
    pub fn uncovered_now(&self) -> u64 {
        self.disputed.saturating_sub(self.bond).min(self.active)
    }

    /// Books what is uncovered into the pool's row.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn book_uncovered(&mut self, row: &mut PoolRow) -> Result<()> {
        let uncovered = self.uncovered_now();
        row.uncovered = row.uncovered.minus(self.uncovered)?.plus(uncovered)?;
        self.uncovered = uncovered;
        Ok(())
    }

    /// Books what is freeing into the pool's sum.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn book_freeing(&mut self, pool: &mut StakePool, leverage_bps: u16) -> Result<()> {
        let freeing = self.freeing_now(leverage_bps);
        pool.freeing = pool.freeing.minus(self.freeing)?.plus(freeing)?;
        self.freeing = freeing;
        Ok(())
    }

    /// Whether stake given to it now would not be lost to the past: fall into a dispute about more than it has, or count for
    /// an allocation that another AVS's slash has left larger than the stake, without a warm-up and beyond any cap.
    ///
    /// # Errors
    /// `StakeDisputed`; `StakePledgedBeyond`.
    pub fn require_fit_for_more(&self) -> Result<()> {
        require!(
            self.disputed.saturating_sub(self.bond) <= self.active,
            RestakingError::StakeDisputed
        );
        require!(
            self.allocations.iter().all(|row| row.all() <= self.active),
            RestakingError::StakePledgedBeyond
        );
        Ok(())
    }

    /// Whether the bond carries the stake: `active ≤ (bond − cooling bond) · multiple`; a multiple of 0 asks for none.
    ///
    /// # Errors
    /// `BondTooSmall`; the log says by how much stake.
    pub fn require_bonded(&self, bond_multiple: u16) -> Result<()> {
        if bond_multiple == 0 {
            return Ok(());
        }
        let lasting = self.bond.saturating_sub(self.bond_cooling);
        let carried = lasting.saturating_mul(u64::from(bond_multiple));
        require_at_most(self.active, carried, RestakingError::BondTooSmall)
    }

    /// Whether the allocation at `place`, just raised, stays within the operator's stake, and all of them within the leverage.
    ///
    /// # Errors
    /// `AllocationExceedsStake`; `LeverageExceeded`; the log says by how much.
    pub fn require_within(&mut self, place: u8, params: &Params) -> Result<()> {
        let raised = self.row_mut(place)?.all();
        require_at_most(raised, self.active, RestakingError::AllocationExceedsStake)?;
        // A sum and a product in 128 bits: sixteen allocations of 64 bits, times a leverage, are far below.
        let limit = u128::from(self.active).saturating_mul(u128::from(params.leverage_bps));
        let limit = limit.checked_div(u128::from(BPS)).unwrap_or(0);
        let over = self.exposure().sum.saturating_sub(limit);
        require_at_most(to_u64(over)?, 0, RestakingError::LeverageExceeded)
    }
}

/// Refuses an amount above a limit, and logs by how much: a manager corrects its call without a second reading.
///
/// # Errors
/// `error`.
pub fn require_at_most(amount: u64, limit: u64, error: RestakingError) -> Result<()> {
    let over = amount.saturating_sub(limit);
    if over == 0 {
        return Ok(());
    }
    msg!("Over by {}", over);
    Err(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use bytemuck::Zeroable;

    fn delegation(active: u64, rows: &[(u64, u64)]) -> Delegation {
        let mut delegation = Delegation::zeroed();
        delegation.active = active;
        for (row, (total, cooling)) in delegation.allocations.iter_mut().zip(rows) {
            (row.total, row.cooling) = (*total, *cooling);
        }
        delegation
    }

    #[test]
    fn at_leverage_one_every_allocation_pledges_stake_of_its_own() {
        let delegation = delegation(100, &[(20, 10), (30, 0)]);
        assert_eq!(
            (delegation.free(10_000), delegation.freeing_now(10_000)),
            (40, 50)
        );
    }

    #[test]
    fn at_a_higher_leverage_the_largest_or_the_mean_pledges() {
        let delegation = delegation(100, &[(60, 0), (20, 10), (10, 0)]);
        assert_eq!(delegation.free(20_000), 40); // the largest: 60 > 50
        assert_eq!(delegation.free(15_000), 33); // ceil(100 / 1.5) = 67
        assert_eq!(delegation.freeing_now(15_000), 40);
    }

    #[test]
    fn what_is_disputed_or_lost_is_not_free() {
        let mut delegation = delegation(100, &[(20, 0)]);
        delegation.disputed = 70;
        assert_eq!(delegation.free(10_000), 30);
        delegation.active = 10; // slashed below its allocation
        assert_eq!(delegation.free(50_000), 0);
        delegation.disputed = 0;
        assert_eq!(
            delegation.exposure(),
            Exposure {
                largest: 10,
                sum: 10
            }
        );
    }

    #[test]
    fn no_leverage_pledges_everything_as_soon_as_something_is_allocated() {
        assert_eq!(delegation(100, &[]).free(0), 100);
        assert_eq!(delegation(100, &[(1, 0)]).free(0), 0);
    }

    #[test]
    fn freeing_is_booked_as_a_difference() {
        let (_, mut pool) = world();
        pool.freeing = 7;
        let mut delegation = delegation(100, &[(20, 10)]);
        delegation.book_freeing(&mut pool, 10_000).unwrap();
        assert_eq!((pool.freeing, delegation.freeing), (87, 80));
        delegation.active = 50;
        delegation.book_freeing(&mut pool, 10_000).unwrap();
        assert_eq!(pool.freeing, 37);
    }

    #[test]
    fn the_bond_covers_a_dispute_once_and_no_more_than_the_stake_is_uncovered() {
        let mut row = PoolRow::new(Pubkey::default());
        row.uncovered = 5;
        let mut delegation = delegation(100, &[]);
        delegation.bond = 30;
        for (disputed, uncovered) in [(30, 0), (31, 1), (200, 100), (0, 0)] {
            delegation.disputed = disputed;
            delegation.book_uncovered(&mut row).unwrap();
            assert_eq!(
                (delegation.uncovered, row.uncovered),
                (uncovered, 5 + uncovered)
            );
        }
    }

    #[test]
    fn every_limit_has_its_error() {
        let mut params = params();
        let mut one = delegation(100, &[(60, 41)]);
        assert_eq!(
            one.require_within(0, &params),
            Err(RestakingError::AllocationExceedsStake.into())
        );
        let mut two = delegation(100, &[(60, 0), (30, 11)]);
        assert_eq!(
            two.require_within(0, &params),
            Err(RestakingError::LeverageExceeded.into())
        );
        params.leverage_bps = 10_100;
        two.require_within(0, &params).unwrap();

        two.bond = 12;
        two.bond_cooling = 2;
        two.require_bonded(0).unwrap();
        two.require_bonded(10).unwrap();
        assert_eq!(
            two.require_bonded(9),
            Err(RestakingError::BondTooSmall.into())
        );
    }
}
