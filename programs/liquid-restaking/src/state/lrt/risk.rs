//! What a holder bears, from counters that the instructions keep (DESIGN §5). Upper bounds, rounded up.

use super::{Lrt, StakePool};
use crate::{
    constants::{BPS, MAX_AVSS},
    math::{mul_div_ceil, Checked},
    state::{AvsRow, Delegation},
};
use anchor_lang::prelude::*;

/// The risk of an LRT's stake pool. Shares are basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct RiskReport {
    /// Value behind the LRT, in its unit.
    pub nav: u64,
    /// Stake with operators, in collateral units.
    pub delegated: u64,
    /// Σ of what AVSs may count on, coolings included, in collateral units.
    pub allocated: u64,
    /// `allocated / delegated`: how often the same stake is pledged.
    pub leverage_bps: u32,
    /// Share of nav lost if every AVS slashed to its cap in one window, bonds not counted. A window may see twice that:
    /// what refills while it runs.
    pub all_loss_bps: u32,
    /// Each AVS's part of `allocated`, as a share of nav, by its place in the pool's table.
    pub avs_bps: [u32; MAX_AVSS],
    /// Share of nav lost if that AVS alone slashed to its cap in one window, bonds not counted.
    pub avs_loss_bps: [u32; MAX_AVSS],
    /// One delegation's, if one was asked about.
    pub delegation: Option<DelegationRisk>,
}

/// The risk of one delegation, in collateral units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct DelegationRisk {
    /// Stake.
    pub active: u64,
    /// Σ of what AVSs may count on, coolings included.
    pub allocated: u64,
    /// `allocated / active`, in basis points.
    pub leverage_bps: u32,
    /// Slashed before the stake.
    pub bond: u64,
    /// Stake that may go back to idle now.
    pub free: u64,
    /// Stake that will be free once all coolings are over.
    pub freeing: u64,
}

impl Lrt {
    /// Reads the risk of `pool`, and of one of its delegations. Accrued before.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn risk_report(
        &self,
        pool: &StakePool,
        delegation: Option<&Delegation>,
    ) -> Result<RiskReport> {
        let nav = self.nav()?;
        let mut report = RiskReport {
            nav,
            delegated: pool.delegated,
            allocated: 0,
            leverage_bps: 0,
            all_loss_bps: 0,
            avs_bps: [0; MAX_AVSS],
            avs_loss_bps: [0; MAX_AVSS],
            delegation: None,
        };
        let mut all_loss = 0u64;
        let shares = report.avs_bps.iter_mut().zip(&mut report.avs_loss_bps);
        for (row, (share, loss_share)) in pool.avss.iter().zip(shares) {
            if row.allocated == 0 {
                continue;
            }
            let loss = worst_loss_ceil(row)?.min(pool.delegated);
            report.allocated = report.allocated.plus(row.allocated)?;
            all_loss = all_loss.plus(loss)?;
            *share = share_bps_ceil(row.allocated, nav)?;
            *loss_share = share_bps_ceil(loss, nav)?;
        }
        report.leverage_bps = share_bps_ceil(report.allocated, pool.delegated)?;
        report.all_loss_bps = share_bps_ceil(all_loss.min(pool.delegated), nav)?;
        report.delegation = match delegation {
            Some(delegation) => Some(delegation.risk(self.params.leverage_bps)?),
            None => None,
        };
        Ok(report)
    }
}

impl Delegation {
    fn risk(&self, leverage_bps: u16) -> Result<DelegationRisk> {
        let rows = self.allocations.iter();
        let allocated = rows
            .into_iter()
            .try_fold(0u64, |sum, row| sum.plus(row.all()))?;
        Ok(DelegationRisk {
            active: self.active,
            allocated,
            leverage_bps: share_bps_ceil(allocated, self.active)?,
            bond: self.bond,
            free: self.free(leverage_bps),
            freeing: self.freeing_now(leverage_bps),
        })
    }
}

/// Most that an AVS takes before its room refills.
fn worst_loss_ceil(row: &AvsRow) -> Result<u64> {
    if row.allocated <= FITS {
        return Ok(row
            .allocated
            .wrapping_mul(u64::from(row.slash_cap_bps).min(BPS))
            .div_ceil(BPS));
    }
    mul_div_ceil(
        row.allocated,
        u128::from(row.slash_cap_bps),
        u128::from(BPS),
    )
}

/// Up to here a product with basis points fits 64 bits, where it costs a few units and not a hundred.
const FITS: u64 = u64::MAX / BPS;

/// `ceil(10 000 · part / whole)`; of nothing, a part is all there can be.
fn share_bps_ceil(part: u64, whole: u64) -> Result<u32> {
    if part == 0 {
        return Ok(0);
    }
    let share = if whole == 0 {
        u64::MAX
    } else if part <= FITS {
        part.wrapping_mul(BPS).div_ceil(whole)
    } else {
        mul_div_ceil(part, u128::from(BPS), u128::from(whole)).unwrap_or(u64::MAX)
    };
    Ok(u32::try_from(share).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::state::fixtures::*;

    #[test]
    fn risk_is_read_from_the_counters() {
        let mut world = Restaking::new(1_000);
        world.lrt.params.leverage_bps = 20_000;
        world.delegate(800).unwrap();
        world.allocate(600).unwrap();
        world.pool.avss[0].slash_cap_bps = 1_000;
        world.pool.avss[2].allocated = 400;
        world.pool.avss[2].slash_cap_bps = 5_000;
        world.delegation.bond = 9;
        let (lrt, pool) = (&world.lrt, &world.pool);
        let report = lrt.risk_report(pool, Some(&world.delegation)).unwrap();
        assert_eq!(
            (report.nav, report.delegated, report.allocated),
            (1_000, 800, 1_000)
        );
        assert_eq!((report.leverage_bps, report.all_loss_bps), (12_500, 2_600));
        assert_eq!(report.avs_bps[..3], [6_000, 0, 4_000]);
        assert_eq!(report.avs_loss_bps[..3], [600, 0, 2_000]);
        let delegation = report.delegation.unwrap();
        assert_eq!(
            (delegation.leverage_bps, delegation.free, delegation.bond),
            (7_500, 200, 9)
        );
        assert_eq!(lrt.risk_report(pool, None).unwrap().delegation, None);
    }

    #[test]
    fn losses_are_no_more_than_what_is_delegated_and_nothing_divides_by_zero() {
        let mut world = Restaking::new(1_000);
        world.delegate(100).unwrap();
        world.pool.avss[0].allocated = 5_000;
        world.pool.avss[0].slash_cap_bps = 5_000;
        let report = world.lrt.risk_report(&world.pool, None).unwrap();
        assert_eq!(
            (report.avs_loss_bps[0], report.all_loss_bps),
            (1_000, 1_000)
        );
        world.pool.delegated = 0;
        let report = world.lrt.risk_report(&world.pool, None).unwrap();
        assert_eq!(report.leverage_bps, u32::MAX);
    }
}
