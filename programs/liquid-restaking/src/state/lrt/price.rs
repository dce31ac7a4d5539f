//! What a share costs and what it is worth (DESIGN §4). Deposits price at `nav`, exits at the lower `n`.

use super::{Lrt, StakePool};
use crate::{
    constants::MIN_SHARE_VALUE_DIVISOR,
    error::RestakingError,
    math::{bps_ceil, mul_div_ceil, mul_div_floor, product, Checked},
};
use anchor_lang::prelude::*;

/// A value over a supply, with the virtual shares and units that make the first deposits safe (attack 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    value: u64,
    supply: u64,
    virtual_units: u64,
}

impl Price {
    /// A price of `supply` shares that are worth `value` together.
    pub fn new(value: u64, supply: u64, virtual_units: u64) -> Self {
        Self {
            value,
            supply,
            virtual_units,
        }
    }

    fn virtual_value(&self) -> u128 {
        u128::from(self.value).saturating_add(u128::from(self.virtual_units))
    }

    fn virtual_supply(&self) -> u128 {
        u128::from(self.supply).saturating_add(u128::from(self.virtual_units))
    }

    /// At par or above it redemptions use the virtual units; below par these would overpay whoever leaves first.
    fn is_below_par(&self) -> bool {
        self.value < self.supply
    }

    /// Shares for a deposit: `floor(value · (supply + V) / (nav + V))`.
    ///
    /// # Errors
    /// `MathOverflow` when the shares do not fit.
    pub fn shares_for_floor(&self, value: u64) -> Result<u64> {
        mul_div_floor(value, self.virtual_supply(), self.virtual_value())
    }

    /// What shares are paid: `floor(shares · (n + V) / (supply + V))`, below par `floor(shares · n / supply)`.
    ///
    /// # Errors
    /// `MathOverflow` when there are shares and no supply.
    pub fn value_of_floor(&self, shares: u64) -> Result<u64> {
        let (numerator, denominator) = self.redemption();
        mul_div_floor(shares, numerator, denominator)
    }

    /// What shares are owed: the same, rounded up.
    ///
    /// # Errors
    /// `MathOverflow` when there are shares and no supply.
    pub fn value_of_ceil(&self, shares: u64) -> Result<u64> {
        let (numerator, denominator) = self.redemption();
        mul_div_ceil(shares, numerator, denominator)
    }

    /// Value over supply for whoever leaves.
    fn redemption(&self) -> (u128, u128) {
        if self.is_below_par() {
            (u128::from(self.value), u128::from(self.supply))
        } else {
            (self.virtual_value(), self.virtual_supply())
        }
    }

    /// Whether `value` pays for what `shares` are owed, rounded up, without a division.
    ///
    /// # Errors
    /// `MathOverflow` when a product leaves 128 bits.
    pub fn is_worth_at_most(&self, shares: u64, value: u64) -> Result<bool> {
        let (numerator, denominator) = self.redemption();
        Ok(product(shares, numerator)? <= product(value, denominator)?)
    }

    /// The most of `shares` that `value` can pay: `min(shares, floor(value · (supply + V) / (n + V)))`, below par
    /// `floor(value · supply / n)`; when a share is worth nothing, all of them.
    ///
    /// # Errors
    /// None that a sound ledger can reach.
    pub fn payable_floor(&self, shares: u64, value: u64) -> Result<u64> {
        if self.is_worth_at_most(shares, value)? {
            return Ok(shares);
        }
        let payable = if self.is_below_par() {
            mul_div_floor(value, u128::from(self.supply), u128::from(self.value))?
        } else {
            mul_div_floor(value, self.virtual_supply(), self.virtual_value())?
        };
        Ok(payable.min(shares))
    }
}

/// What a deposit creates: `gross_shares = net_shares + fee_shares`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Minted {
    /// Shares that the supply grows by.
    pub gross_shares: u64,
    /// Of these, owed to the fee wallet.
    pub fee_shares: u64,
    /// Of these, minted to the depositor.
    pub net_shares: u64,
}

/// The two numbers every price is made of; events carry them before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Totals {
    /// Shares in being.
    pub supply: u64,
    /// Value behind them, in the LRT's unit.
    pub nav: u64,
}

impl Lrt {
    /// Σ of the rows' value, in the LRT's unit.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn nav(&self) -> Result<u64> {
        self.rows().try_fold(0u64, |nav, row| nav.plus(row.value()))
    }

    /// Σ of what is disputed and no bond covers, in the LRT's unit.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn uncovered(&self) -> Result<u64> {
        self.rows()
            .try_fold(0u64, |sum, row| sum.plus(row.uncovered_value()))
    }

    /// The supply that a burn of `shares` would leave.
    ///
    /// # Errors
    /// `SharesExceedSupply`: nobody can hold so many.
    pub fn supply_without(&self, shares: u64) -> Result<u64> {
        self.supply
            .checked_sub(shares)
            .ok_or_else(|| error!(RestakingError::SharesExceedSupply))
    }

    /// Supply and nav.
    ///
    /// # Errors
    /// `MathOverflow` when nav does not fit.
    pub fn totals(&self) -> Result<Totals> {
        Ok(Totals {
            supply: self.supply,
            nav: self.nav()?,
        })
    }

    /// The price of deposits, and of what the queue is owed: at `nav`.
    ///
    /// # Errors
    /// `MathOverflow` when nav does not fit.
    pub fn deposit_price(&self) -> Result<Price> {
        Ok(Price::new(self.nav()?, self.supply, self.virtual_units()))
    }

    /// The price of exits: at `n = nav − uncovered`.
    ///
    /// # Errors
    /// `MathOverflow` when nav does not fit.
    pub fn exit_price(&self) -> Result<Price> {
        // A row's uncovered stake is delegated, so part of its assets: row by row is the same, in one pass.
        let n = self
            .rows()
            .try_fold(0u64, |n, row| n.plus(row.exit_value()))?;
        Ok(Price::new(n, self.supply, self.virtual_units()))
    }

    /// Takes `amount` of collateral into `pool` for new shares. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `DepositsPaused`; `DepositCapExceeded`; `LrtWorthless` once `supply ≥ V` and `nav · 10 000 < supply` (attack 16);
    /// `NothingLeft` when the net shares are 0; `MathOverflow`.
    pub fn deposit(&mut self, pool: &mut StakePool, amount: u64, slot: u64) -> Result<Minted> {
        require!(amount > 0, RestakingError::ZeroAmount);
        require!(
            !self.deposit_pause.is_active(slot),
            RestakingError::DepositsPaused
        );
        let nav = self.nav()?;
        require!(
            self.supply < self.virtual_units()
                || u128::from(nav).saturating_mul(MIN_SHARE_VALUE_DIVISOR)
                    >= u128::from(self.supply),
            RestakingError::LrtWorthless
        );
        let assets = self.row_mut(pool)?.assets.plus(amount)?;
        require!(
            assets <= pool.deposit_cap.now,
            RestakingError::DepositCapExceeded
        );

        let virtual_units = self.virtual_units();
        let price = Price::new(nav, self.supply, virtual_units);
        let gross_shares = price.shares_for_floor(amount)?;
        let fee_shares = bps_ceil(gross_shares, self.params.deposit_fee_bps)?;
        let net_shares = gross_shares.minus(fee_shares)?;
        require!(net_shares > 0, RestakingError::NothingLeft);

        self.supply = self.supply.plus(gross_shares)?;
        self.fee_shares = self.fee_shares.plus(fee_shares)?;
        pool.idle = pool.idle.plus(amount)?;
        self.write_row(pool)?;
        // Both sums of a price stay inside 64 bits, so that no later product leaves 128: what came in can leave.
        self.supply.plus(virtual_units)?;
        nav.plus(amount)?.plus(virtual_units)?;
        Ok(Minted {
            gross_shares,
            fee_shares,
            net_shares,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{math::mul_div_ceil, state::fixtures::*};
    use proptest::prelude::*;

    const V: u64 = 1_000_000;

    /// What shares are owed, rounded up: what `is_worth_at_most` is to agree with.
    fn owed_ceil(price: &Price, shares: u64) -> u64 {
        if price.is_below_par() {
            mul_div_ceil(shares, u128::from(price.value), u128::from(price.supply)).unwrap()
        } else {
            mul_div_ceil(shares, price.virtual_value(), price.virtual_supply()).unwrap()
        }
    }

    #[test]
    fn the_first_deposit_gets_a_share_per_unit() {
        let (mut lrt, mut pool) = world();
        let minted = lrt.deposit(&mut pool, 5_000, SLOT).unwrap();
        assert_eq!(minted.net_shares, 5_000);
        assert_eq!(
            (lrt.supply, lrt.nav().unwrap(), pool.idle),
            (5_000, 5_000, 5_000)
        );
    }

    #[test]
    fn the_deposit_fee_rounds_against_the_depositor_and_is_part_of_the_supply() {
        let (mut lrt, mut pool) = world();
        lrt.params.deposit_fee_bps = 100;
        let minted = lrt.deposit(&mut pool, 9_999, SLOT).unwrap();
        assert_eq!(
            (minted.gross_shares, minted.fee_shares, minted.net_shares),
            (9_999, 100, 9_899)
        );
        assert_eq!((lrt.supply, lrt.fee_shares), (9_999, 100));
        assert_eq!(
            lrt.deposit(&mut pool, 1, SLOT),
            Err(RestakingError::NothingLeft.into())
        );
    }

    #[test]
    fn deposits_are_refused_when_zero_above_the_cap_or_into_a_worthless_lrt() {
        let (mut lrt, mut pool) = world();
        assert_eq!(
            lrt.deposit(&mut pool, 0, SLOT),
            Err(RestakingError::ZeroAmount.into())
        );
        pool.deposit_cap.now = 10;
        assert_eq!(
            lrt.deposit(&mut pool, 11, SLOT),
            Err(RestakingError::DepositCapExceeded.into())
        );
        lrt.deposit(&mut pool, 10, SLOT).unwrap();
        pool.deposit_cap.now = u64::MAX;
        lrt.supply = V; // worth 10 / 1 000 000 of a unit: 10 · 10 000 < 1 000 000
        assert_eq!(
            lrt.deposit(&mut pool, 10, SLOT),
            Err(RestakingError::LrtWorthless.into())
        );
        lrt.supply = 100_000; // below V nobody holds enough to matter
        assert!(lrt.deposit(&mut pool, 10_000_000, SLOT).is_ok());
        assert!(lrt.deposit(&mut pool, u64::MAX, SLOT).is_err());
        let (mut lrt, mut pool) = world();
        let most = u64::MAX - V;
        assert!(lrt.deposit(&mut pool, most + 1, SLOT).is_err());
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, most, SLOT).unwrap();
        assert_eq!(
            lrt.exit_price().unwrap().value_of_floor(most).unwrap(),
            most
        );
    }

    #[test]
    fn below_par_redemptions_leave_the_virtual_units_out() {
        let price = Price::new(500_000, 1_000_000, V);
        assert_eq!(price.value_of_floor(1_000_000).unwrap(), 500_000);
        assert_eq!(price.value_of_floor(3).unwrap(), 1);
        assert_eq!(owed_ceil(&price, 3), 2);
        assert_eq!(price.payable_floor(1_000_000, 250_000).unwrap(), 500_000);
        // With them, the first to leave would get 2 · 1.5 / 2 = 750 000 for all shares.
        assert_eq!(
            Price::new(1_000_000, 500_000, V)
                .value_of_floor(500_000)
                .unwrap(),
            666_666
        );
    }

    #[test]
    fn worthless_shares_settle_for_nothing() {
        let price = Price::new(0, 10, V);
        assert_eq!(price.value_of_floor(10).unwrap(), 0);
        assert_eq!(price.payable_floor(10, 0).unwrap(), 10);
        assert_eq!(Price::new(0, 0, V).payable_floor(0, 0).unwrap(), 0);
    }

    proptest! {
        #[test]
        fn in_and_out_never_gains(nav in 0u64..1 << 60, supply in 0u64..1 << 60, amount in 1u64..1 << 60) {
            prop_assume!(supply > 0 || nav == 0);
            let before = Price::new(nav, supply, V);
            let Ok(shares) = before.shares_for_floor(amount) else { return Ok(()) };
            prop_assume!(supply.checked_add(shares).is_some());
            let (value, supply) = (nav + amount, supply + shares);
            let after = Price::new(value, supply, V);
            prop_assert!(after.value_of_floor(shares).unwrap() <= amount);
        }

        #[test]
        fn a_payment_never_exceeds_the_idle_it_was_computed_for(nav in 0u64..1 << 62, supply in 1u64..1 << 62, shares: u64, idle: u64) {
            let price = Price::new(nav, supply, V);
            let shares = shares % supply + 1;
            let idle = idle % (nav + 1);
            let k = price.payable_floor(shares, idle).unwrap();
            prop_assert_eq!(price.is_worth_at_most(shares, idle).unwrap(), owed_ceil(&price, shares) <= idle);
            prop_assert!(k <= shares);
            prop_assert!(price.value_of_floor(k).unwrap() <= idle);
            // And it is the most: one more share would not be covered, rounded up.
            if k < shares {
                prop_assert!(owed_ceil(&price, k + 1) > idle);
            }
        }

        #[test]
        fn a_redemption_lowers_no_price_for_those_who_stay(nav in 1u64..1 << 62, supply in 2u64..1 << 62, shares: u64) {
            let shares = shares % (supply - 1) + 1;
            let before = Price::new(nav, supply, V);
            let paid = before.value_of_floor(shares).unwrap();
            let after = Price::new(nav - paid, supply - shares, V);
            let kept = supply - shares;
            prop_assert!(after.value_of_floor(kept).unwrap() + 1 >= before.value_of_floor(kept).unwrap());
        }
    }
}
