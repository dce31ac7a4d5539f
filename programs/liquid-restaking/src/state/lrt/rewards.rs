//! Rewards: split, attributed, dripped (DESIGN §7).

use super::{Lrt, StakePool};
use crate::{
    error::RestakingError,
    math::{bps_ceil, grow_index, Checked},
    state::{Delegation, PoolAvs},
};
use anchor_lang::prelude::*;

/// Who gets what of a reward: `amount = commission + fee + net`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct RewardSplit {
    /// The operator's: `ceil(amount · commission)`.
    pub commission: u64,
    /// The fee wallet's: `ceil(rest · reward fee)`.
    pub fee: u64,
    /// The holders', which drips.
    pub net: u64,
}

impl RewardSplit {
    /// Splits a reward.
    ///
    /// # Errors
    /// None while both are at most the whole.
    pub fn of(amount: u64, commission_bps: u16, fee_bps: u16) -> Result<Self> {
        let commission = bps_ceil(amount, commission_bps)?;
        let rest = amount.minus(commission)?;
        let fee = bps_ceil(rest, fee_bps)?;
        Ok(Self {
            commission,
            fee,
            net: rest.minus(fee)?,
        })
    }
}

impl Lrt {
    /// Takes a reward for an operator's allocation to an AVS. What the AVS itself signed counts as its yield, anything
    /// else as unattributed: nobody can dress up another's figures. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `RewardTooSmall`; `MathOverflow`.
    #[allow(clippy::too_many_arguments)]
    pub fn pay_rewards(
        &mut self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
        pool_avs: &mut PoolAvs,
        amount: u64,
        commission_bps: u16,
        is_signed: bool,
        slot: u64,
    ) -> Result<RewardSplit> {
        require!(amount > 0, RestakingError::ZeroAmount);
        require!(
            amount >= self.params.min_reward,
            RestakingError::RewardTooSmall
        );
        let split = RewardSplit::of(amount, commission_bps, self.params.reward_fee_bps)?;
        delegation.owed = delegation.owed.plus(split.commission)?;
        pool.operators_owed = pool.operators_owed.plus(split.commission)?;
        pool.fees_owed = pool.fees_owed.plus(split.fee)?;
        let drip_slots = self.params.drip_slots;
        self.row_mut(pool)?.drip.join(split.net, slot, drip_slots)?;

        pool.commissions = pool.commissions.saturating_add(split.commission);
        pool.reward_fees = pool.reward_fees.saturating_add(split.fee);
        delegation.rewards = delegation.rewards.saturating_add(split.net);
        if is_signed {
            pool_avs.rewards = pool_avs.rewards.saturating_add(split.net);
            grow_index(&mut pool_avs.reward_index, split.net, self.indexed_supply());
        } else {
            self.note_unattributed(split.net);
        }
        Ok(split)
    }

    /// Income that no AVS signed for.
    pub(super) fn note_unattributed(&mut self, amount: u64) {
        let supply = self.indexed_supply();
        grow_index(&mut self.unattributed_index, amount, supply);
    }

    /// The shares that indices are counted on; 0 while there are hardly any: then indices stand still.
    pub fn indexed_supply(&self) -> u64 {
        if self.supply < self.virtual_units() {
            return 0;
        }
        self.supply
    }

    /// Takes what an operator is owed out of the books.
    ///
    /// # Errors
    /// `NothingToDo`.
    pub fn collect_commission(
        &self,
        pool: &mut StakePool,
        delegation: &mut Delegation,
    ) -> Result<u64> {
        let owed = delegation.owed;
        require!(owed > 0, RestakingError::NothingToDo);
        delegation.owed = 0;
        pool.operators_owed = pool.operators_owed.minus(owed)?;
        Ok(owed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{math::to_u128, state::fixtures::*};

    #[test]
    fn every_unit_of_a_reward_is_somebodys() {
        for (amount, commission_bps, fee_bps, split) in [
            (1, 2_000, 2_000, (1, 0, 0)),
            (2, 1, 1, (1, 1, 0)),
            (9_999, 1_000, 1_000, (1_000, 900, 8_099)),
            (9_999, 0, 1, (0, 1, 9_998)),
            (
                1 << 63,
                2_000,
                2_000,
                (
                    1_844_674_407_370_955_162,
                    1_475_739_525_896_764_130,
                    5_902_958_103_587_056_516,
                ),
            ),
        ] {
            let got = RewardSplit::of(amount, commission_bps, fee_bps).unwrap();
            assert_eq!((got.commission, got.fee, got.net), split);
            assert_eq!(got.commission + got.fee + got.net, amount);
        }
    }

    #[test]
    fn a_reward_drips_and_counts_for_the_avs_that_signed_it() {
        let mut world = Restaking::new(1_000_000_000);
        world.lrt.params.reward_fee_bps = 1_000;
        world.lrt.params.min_reward = 10;
        let mut pay = |amount, is_signed| {
            let Restaking {
                lrt,
                pool,
                delegation,
                pool_avs,
                ..
            } = &mut world;
            lrt.pay_rewards(pool, delegation, pool_avs, amount, 500, is_signed, SLOT)
        };
        assert_eq!(pay(9, true), Err(RestakingError::RewardTooSmall.into()));
        assert_eq!(pay(0, true), Err(RestakingError::ZeroAmount.into()));
        let split = pay(1_000, true).unwrap();
        assert_eq!((split.commission, split.fee, split.net), (50, 95, 855));
        pay(100, false).unwrap(); // 5, 10, 85
        let Restaking {
            lrt,
            pool,
            delegation,
            pool_avs,
            ..
        } = &mut world;
        assert_eq!(
            (pool.operators_owed, pool.fees_owed, delegation.owed),
            (55, 105, 55)
        );
        assert_eq!(
            (lrt.pools[0].drip.rest, lrt.nav().unwrap()),
            (940, 1_000_000_000)
        );
        assert_eq!((pool_avs.rewards, delegation.rewards), (855, 940));
        assert_eq!(to_u128(pool_avs.reward_index), (855 << 64) / 1_000_000_000);
        assert_eq!(to_u128(lrt.unattributed_index), (85 << 64) / 1_000_000_000);
        assert_eq!(lrt.collect_commission(pool, delegation).unwrap(), 55);
        assert_eq!(pool.operators_owed, 0);
        assert!(lrt.collect_commission(pool, delegation).is_err());
    }

    #[test]
    fn indices_stand_still_while_there_are_hardly_any_shares() {
        let mut world = Restaking::new(1_000);
        let Restaking {
            lrt,
            pool,
            delegation,
            pool_avs,
            ..
        } = &mut world;
        lrt.pay_rewards(pool, delegation, pool_avs, 100, 0, true, SLOT)
            .unwrap();
        assert_eq!((pool_avs.rewards, pool_avs.reward_index), (100, [0, 0]));
    }
}
