//! The yield taken apart: counters per share, so that any two readings say who paid and who took (DESIGN §7).

use super::{Lrt, StakePool};
use crate::{
    math::{to_u128, Checked},
    state::PoolAvs,
};
use anchor_lang::prelude::*;

/// One reading. Indices are collateral units per share, in parts of 2^64; 0 while there are hardly any shares.
#[derive(Debug, Clone, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct YieldReport {
    /// When it was read.
    pub slot: u64,
    /// Value behind a share: nav · 2^64 / supply.
    pub rate_index: u128,
    /// What drips and is not yet in the rate: rest · 2^64 / supply.
    pub dripping_index: u128,
    /// Σ of income that no AVS signed for: strangers' rewards, swept surplus, fees of instant exits.
    pub unattributed_index: u128,
    /// Commissions of all operators so far, in collateral units.
    pub commissions: u64,
    /// Reward fees so far, in collateral units.
    pub reward_fees: u64,
    /// The AVSs asked about.
    pub avss: Vec<AvsYield>,
}

/// What one AVS has paid and taken so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct AvsYield {
    /// Its place in the pool's table.
    pub place: u8,
    /// Net rewards that it signed for, in collateral units.
    pub rewards: u64,
    /// What it slashed, bonds included, in collateral units.
    pub losses: u64,
    /// Rewards per share.
    pub reward_index: u128,
    /// Stake slashed per share.
    pub loss_index: u128,
}

impl Lrt {
    /// Reads the counters. Accrued before.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn yield_report(
        &self,
        pool: &StakePool,
        avss: Vec<AvsYield>,
        slot: u64,
    ) -> Result<YieldReport> {
        let dripping = self
            .rows()
            .try_fold(0u64, |sum, row| sum.plus(row.drip.rest))?;
        let per_share = |amount: u64| {
            (u128::from(amount) << 64)
                .checked_div(u128::from(self.indexed_supply()))
                .unwrap_or(0)
        };
        Ok(YieldReport {
            slot,
            rate_index: per_share(self.nav()?),
            dripping_index: per_share(dripping),
            unattributed_index: to_u128(self.unattributed_index),
            commissions: pool.commissions,
            reward_fees: pool.reward_fees,
            avss,
        })
    }
}

impl PoolAvs {
    /// What the AVS has paid and taken so far.
    pub fn yields(&self) -> AvsYield {
        AvsYield {
            place: self.place,
            rewards: self.rewards,
            losses: self.losses,
            reward_index: to_u128(self.reward_index),
            loss_index: to_u128(self.loss_index),
        }
    }
}
