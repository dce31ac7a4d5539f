//! An operator's bond: its own collateral, slashed before the stake (DESIGN §5, §6).

use super::Delegation;
use crate::{
    error::RestakingError,
    math::Checked,
    state::{Params, StakePool},
};
use anchor_lang::prelude::*;

/// What a withdrawal of a bond does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BondWithdrawal {
    /// Had cooled and is paid.
    pub paid: u64,
    /// Cools from now on, all together.
    pub cooling: u64,
    /// First slot in which that may be paid.
    pub release_slot: u64,
}

impl Delegation {
    /// Adds to the bond.
    ///
    /// # Errors
    /// `ZeroAmount`; `MathOverflow`.
    pub fn post_bond(&mut self, pool: &mut StakePool, amount: u64) -> Result<()> {
        require!(amount > 0, RestakingError::ZeroAmount);
        self.bond = self.bond.plus(amount)?;
        pool.bonds = pool.bonds.plus(amount)?;
        Ok(())
    }

    /// Pays what has cooled, as far as it is not needed, then starts to cool `amount` more (0: only pays). What was
    /// still cooling starts anew with it.
    ///
    /// # Errors
    /// `NothingToDo` when nothing is paid and `amount` is 0; `BondLocked` when what would be left does not cover
    /// stake and disputes.
    pub fn withdraw_bond(
        &mut self,
        pool: &mut StakePool,
        amount: u64,
        params: &Params,
        slot: u64,
    ) -> Result<BondWithdrawal> {
        let spare = self
            .bond
            .saturating_sub(self.least_bond(params.bond_multiple));
        let paid = if slot >= self.bond_release_slot {
            self.bond_cooling.min(spare)
        } else {
            0
        };
        require!(paid > 0 || amount > 0, RestakingError::NothingToDo);
        self.bond = self.bond.minus(paid)?;
        self.bond_cooling = self.bond_cooling.minus(paid)?;
        pool.bonds = pool.bonds.minus(paid)?;
        if amount > 0 {
            let cooling = self.bond_cooling.plus(amount)?;
            require!(cooling <= spare.minus(paid)?, RestakingError::BondLocked);
            self.bond_cooling = cooling;
            self.bond_release_slot = slot.plus(params.bond_cooldown_slots)?;
        }
        Ok(BondWithdrawal {
            paid,
            cooling: self.bond_cooling,
            release_slot: self.bond_release_slot,
        })
    }

    /// What a bond may not be withdrawn below: `ceil(active / multiple)` where the LRT asks for one, and what is disputed.
    fn least_bond(&self, bond_multiple: u16) -> u64 {
        let for_stake = match u64::from(bond_multiple) {
            0 => 0,
            multiple => self.active.div_ceil(multiple),
        };
        for_stake.max(self.disputed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use bytemuck::Zeroable;

    fn bonded(bond: u64) -> (StakePool, Delegation, Params) {
        let (_, mut pool) = world();
        let mut delegation = Delegation::zeroed();
        delegation.post_bond(&mut pool, bond).unwrap();
        (pool, delegation, params())
    }

    #[test]
    fn a_bond_cools_then_is_paid() {
        let (mut pool, mut delegation, params) = bonded(100);
        let started = delegation
            .withdraw_bond(&mut pool, 60, &params, 1_000)
            .unwrap();
        assert_eq!(
            started,
            BondWithdrawal {
                paid: 0,
                cooling: 60,
                release_slot: 1_443
            }
        );
        assert_eq!(
            delegation.withdraw_bond(&mut pool, 0, &params, 1_442),
            Err(RestakingError::NothingToDo.into())
        );
        let paid = delegation
            .withdraw_bond(&mut pool, 0, &params, 1_443)
            .unwrap();
        assert_eq!((paid.paid, paid.cooling), (60, 0));
        assert_eq!((delegation.bond, pool.bonds), (40, 40));
        assert!(delegation
            .withdraw_bond(&mut pool, 0, &params, 9_000)
            .is_err());
        assert!(delegation.post_bond(&mut pool, 0).is_err());
    }

    #[test]
    fn a_new_amount_restarts_all_that_cools() {
        let (mut pool, mut delegation, params) = bonded(100);
        delegation
            .withdraw_bond(&mut pool, 60, &params, 1_000)
            .unwrap();
        let second = delegation
            .withdraw_bond(&mut pool, 10, &params, 1_400)
            .unwrap();
        assert_eq!(
            (second.paid, second.cooling, second.release_slot),
            (0, 70, 1_843)
        );
        let third = delegation
            .withdraw_bond(&mut pool, 30, &params, 1_843)
            .unwrap();
        assert_eq!(
            (third.paid, third.cooling, third.release_slot),
            (70, 30, 2_286)
        );
        assert_eq!(
            delegation.withdraw_bond(&mut pool, 1, &params, 1_843),
            Err(RestakingError::BondLocked.into())
        );
    }

    #[test]
    fn a_bond_covers_stake_and_disputes() {
        let (mut pool, mut delegation, mut params) = bonded(100);
        params.bond_multiple = 10;
        delegation.active = 501;
        assert_eq!(
            delegation.withdraw_bond(&mut pool, 50, &params, 0),
            Err(RestakingError::BondLocked.into())
        );
        delegation.withdraw_bond(&mut pool, 49, &params, 0).unwrap();
        delegation.disputed = 80;
        let paid = delegation
            .withdraw_bond(&mut pool, 0, &params, 9_000)
            .unwrap();
        assert_eq!((paid.paid, paid.cooling, delegation.bond), (20, 29, 80));
        delegation.disputed = 0;
        delegation.active = 0;
        let rest = delegation
            .withdraw_bond(&mut pool, 51, &params, 9_000)
            .unwrap();
        assert_eq!((rest.paid, rest.cooling), (29, 51));
        delegation
            .withdraw_bond(&mut pool, 0, &params, 10_000)
            .unwrap();
        assert_eq!((delegation.bond, pool.bonds), (0, 0));
    }
}
