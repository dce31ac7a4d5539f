//! Fees, surplus, and the invariants that one account set can show (DESIGN §9).

use super::{Lrt, StakePool};
use crate::{error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// What the fee wallet is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// Shares to mint.
    pub shares: u64,
    /// Collateral units to pay.
    pub assets: u64,
}

/// The numbers behind invariants 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct InvariantReport {
    /// Tokens in the vault.
    pub vault_balance: u64,
    /// What the ledger says must be there, the drip included.
    pub ledger: u64,
    /// Tokens that nobody has booked: sent straight to the vault.
    pub surplus: u64,
    /// Shares in wallets, by the mint.
    pub mint_supply: u64,
    /// Shares owed to the fee wallet.
    pub fee_shares: u64,
    /// Shares in the queue.
    pub queued: u64,
    /// Shares in being, by the program's counter.
    pub supply: u64,
}

impl Lrt {
    /// Takes what the fee wallet is owed out of the books; collateral only `with_assets`. Accrued before.
    ///
    /// # Errors
    /// `NothingToDo`.
    pub fn collect_fees(&mut self, pool: &mut StakePool, with_assets: bool) -> Result<Fees> {
        let fees = Fees {
            shares: self.fee_shares,
            assets: if with_assets { pool.fees_owed } else { 0 },
        };
        require!(
            fees.shares > 0 || fees.assets > 0,
            RestakingError::NothingToDo
        );
        self.fee_shares = 0;
        pool.fees_owed = pool.fees_owed.minus(fees.assets)?;
        Ok(fees)
    }

    /// Puts tokens that no ledger entry speaks of into the drip. Accrued before.
    ///
    /// # Errors
    /// `NothingToDo` when there are none; `VaultShort` when there are fewer than the ledger says.
    pub fn sweep_surplus(
        &mut self,
        pool: &StakePool,
        vault_balance: u64,
        slot: u64,
    ) -> Result<u64> {
        let drip_slots = self.params.drip_slots;
        let row = self.row_mut(pool)?;
        let surplus = pool.surplus(row, vault_balance)?;
        require!(surplus > 0, RestakingError::NothingToDo);
        row.drip.join(surplus, slot, drip_slots)?;
        self.note_unattributed(surplus);
        Ok(surplus)
    }

    /// Invariants 1 and 2, and that the table says what the pool's ledger says.
    ///
    /// # Errors
    /// `VaultShort`, `SupplyShort`, `TableMismatch`.
    pub fn check_invariants(
        &self,
        pool: &StakePool,
        vault_balance: u64,
        mint_supply: u64,
    ) -> Result<InvariantReport> {
        let row = self
            .rows()
            .nth(usize::from(pool.row))
            .ok_or_else(|| error!(RestakingError::TableMismatch))?;
        let assets = pool.idle.plus(pool.delegated)?.plus(row.released)?;
        require!(row.assets == assets, RestakingError::TableMismatch);

        let surplus = pool.surplus(row, vault_balance)?;
        let held = mint_supply.plus(self.fee_shares)?.plus(pool.queued)?;
        require!(held <= self.supply, RestakingError::SupplyShort);
        Ok(InvariantReport {
            vault_balance,
            ledger: vault_balance.minus(surplus)?,
            surplus,
            mint_supply,
            fee_shares: self.fee_shares,
            queued: pool.queued,
            supply: self.supply,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    #[test]
    fn fees_are_collected_once() {
        let (mut lrt, mut pool) = world();
        lrt.fee_shares = 7;
        pool.fees_owed = 9;
        assert_eq!(
            lrt.collect_fees(&mut pool, false).unwrap(),
            Fees {
                shares: 7,
                assets: 0
            }
        );
        assert_eq!(
            lrt.collect_fees(&mut pool, false),
            Err(RestakingError::NothingToDo.into())
        );
        assert_eq!(
            lrt.collect_fees(&mut pool, true).unwrap(),
            Fees {
                shares: 0,
                assets: 9
            }
        );
        assert_eq!((lrt.fee_shares, pool.fees_owed), (0, 0));
    }

    #[test]
    fn a_donation_moves_no_price_and_drips_once_swept() {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, 1_000_000, SLOT).unwrap();
        let nav = lrt.nav().unwrap();
        assert!(lrt.sweep_surplus(&pool, 1_000_000, SLOT).is_err());
        assert_eq!(lrt.sweep_surplus(&pool, 1_000_500, SLOT).unwrap(), 500);
        assert_eq!(lrt.nav().unwrap(), nav);
        assert!(lrt.sweep_surplus(&pool, 1_000_500, SLOT).is_err());
        lrt.accrue(&mut pool, SLOT + 100).unwrap();
        assert_eq!(lrt.nav().unwrap(), nav + 500);
    }

    #[test]
    fn each_broken_invariant_has_its_name() {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        let report = lrt.check_invariants(&pool, 1_001, 1_000).unwrap();
        assert_eq!((report.ledger, report.surplus), (1_000, 1));
        assert_eq!(
            lrt.check_invariants(&pool, 999, 1_000),
            Err(RestakingError::VaultShort.into())
        );
        assert_eq!(
            lrt.check_invariants(&pool, 1_000, 1_001),
            Err(RestakingError::SupplyShort.into())
        );
        pool.idle += 1;
        assert_eq!(
            lrt.check_invariants(&pool, 1_001, 1_000),
            Err(RestakingError::TableMismatch.into())
        );
    }
}
