//! The LRT: roles, parameters, supply, and the pool table from which every price is computed (DESIGN §3, §4).

mod books;
mod delegating;
mod drip;
mod forcing;
mod instant;
mod params;
mod pause;
mod pool_row;
mod price;
mod queue;
mod rewards;
mod risk;
mod roles;
mod slashing;
mod yields;

pub use books::{Fees, InvariantReport};
pub use drip::Drip;
pub use instant::{InstantExit, InstantWindow};
pub use params::{FixedParams, Params, PendingParams};
pub use pause::{Pausable, Pause};
pub use pool_row::PoolRow;
pub use price::{Minted, Price, Totals};
pub use rewards::RewardSplit;
pub use risk::{DelegationRisk, RiskReport};
pub use roles::{Role, RoleKind};
pub use slashing::{Dispute, Slashed};
pub use yields::{AvsYield, YieldReport};

use super::StakePool;
use crate::{constants::MAX_POOLS, error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// Up to the virtual units of the most decimals: cheaper to look up than to compute in every call.
const POWERS_OF_TEN: [u64; 16] = {
    let mut powers = [1; 16];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// One liquid restaking token.
///
/// Invariants:
/// - `supply` ≥ the mint's supply + `fee_shares` + the queued shares of every pool (burning in a wallet only widens it)
/// - a row's `assets` = its pool's `idle` + `delegated` + what is released and not yet booked
#[account(zero_copy)]
#[derive(Debug)]
pub struct Lrt {
    /// The LRT's mint; its authority is this account.
    pub mint: Pubkey,
    /// Proposes parameters and pools, raises caps.
    pub admin: Role,
    /// Delegates and allocates.
    pub manager: Role,
    /// Pauses, and ends what must end at once.
    pub guardian: Role,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// Parameters in force.
    pub params: Params,
    /// The one set of parameters that waits out the timelock.
    pub pending_params: PendingParams,
    /// Fixed at creation.
    pub fixed: FixedParams,
    /// Shares in being: in wallets, in tickets not yet settled, and owed to the fee wallet. The program's own counter.
    pub supply: u64,
    /// Shares owed to the fee wallet and not yet minted; part of `supply`.
    pub fee_shares: u64,
    /// What the current epoch's instant exits may use.
    pub instant_window: InstantWindow,
    /// Pause of deposits.
    pub deposit_pause: Pause,
    /// Pause of instant exits.
    pub instant_pause: Pause,
    /// Rows of the pool table in use, counted from the first.
    pub pool_count: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// 1 while it has a [`crate::state::RewardBook`].
    pub has_reward_book: u8,
    /// Explicit padding.
    pub padding: [u8; 4],
    /// The pool table.
    pub pools: [PoolRow; MAX_POOLS],
    /// The slot of the last slash proposal: nothing is settled or redeemed in it.
    pub proposal_slot: u64,
    /// Σ of income that no AVS signed for · 2^64 / supply.
    pub unattributed_index: [u64; 2],
    /// Room to grow.
    pub reserved: [u64; 29],
}

const _: () = {
    assert!(core::mem::size_of::<Lrt>() == 2_472);
    // Integrators read these at fixed offsets (docs): a change here is a breaking change.
    assert!(core::mem::offset_of!(Lrt, mint) == 0);
    assert!(core::mem::offset_of!(Lrt, supply) == 536);
    assert!(core::mem::offset_of!(Lrt, pools) == 616);
};

impl Lrt {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The epoch that `slot` belongs to.
    pub fn epoch_of(&self, slot: u64) -> u64 {
        slot.checked_div(self.fixed.epoch_length).unwrap_or(0)
    }

    /// The first slot of `epoch`.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn first_slot_of(&self, epoch: u64) -> Result<u64> {
        epoch.times(self.fixed.epoch_length)
    }

    /// The due slot of a batch opened in `epoch`: the first slot of epoch `epoch + cooldown + 1`.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn due_slot_of(&self, epoch: u64) -> Result<u64> {
        self.first_slot_of(epoch.plus(self.params.cooldown_epochs)?.plus(1)?)
    }

    /// The due slot of a request made in `slot`: that of the epoch's batch, opened or still to be opened.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn next_due_slot(&self, pool: &StakePool, slot: u64) -> Result<u64> {
        let epoch = self.epoch_of(slot);
        if pool.queue_length > 0 && pool.tail_epoch == epoch {
            return Ok(pool.tail_due_slot);
        }
        self.due_slot_of(epoch)
    }

    /// `V`, the virtual shares and virtual units: `10^(decimals − 3)`.
    pub fn virtual_units(&self) -> u64 {
        let place = usize::from(self.fixed.decimals.saturating_sub(3));
        POWERS_OF_TEN.get(place).copied().unwrap_or(u64::MAX)
    }

    /// The rows in use.
    pub fn rows(&self) -> impl Iterator<Item = &PoolRow> {
        self.pools.iter().take(usize::from(self.pool_count))
    }

    /// The row of `pool`.
    ///
    /// # Errors
    /// `TableMismatch` when the pool names a row that is not in use.
    pub fn row_mut(&mut self, pool: &StakePool) -> Result<&mut PoolRow> {
        let row = usize::from(pool.row);
        require!(
            row < usize::from(self.pool_count),
            RestakingError::TableMismatch
        );
        self.pools
            .get_mut(row)
            .ok_or_else(|| error!(RestakingError::TableMismatch))
    }

    /// Releases what has dripped since the last write, for every row, and books this pool's part (DESIGN §4).
    /// Every instruction that writes a stake pool calls this first. Returns the collateral released, over all rows.
    ///
    /// Before the supply reaches `V`, nobody holds shares worth mentioning: drips stand still, their ends move on.
    ///
    /// # Errors
    /// `MathOverflow` and `TableMismatch`, neither of which a sound ledger can reach.
    pub fn accrue(&mut self, pool: &mut StakePool, slot: u64) -> Result<u64> {
        let released = self.release_drips(slot)?;
        let row = self.row_mut(pool)?;
        pool.idle = pool.idle.plus(row.released)?;
        row.released = 0;
        let assets = row.assets;

        let epoch = self.epoch_of(slot);
        pool.roll_epoch(epoch, assets);
        if self.instant_window.epoch != epoch {
            self.instant_window = InstantWindow::opened(epoch, self.nav()?);
        }
        Ok(released)
    }

    /// Releases every row's drip into its assets, without booking a pool's part. Returns the collateral released.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn release_drips(&mut self, slot: u64) -> Result<u64> {
        let stands_still = self.supply < self.virtual_units();
        let mut total = 0u64;
        for row in self.pools.iter_mut().take(usize::from(self.pool_count)) {
            if row.drip.rest == 0 {
                continue;
            }
            if stands_still {
                row.drip.hold(slot)?;
                continue;
            }
            let released = row.drip.release(slot)?;
            row.assets = row.assets.plus(released)?;
            row.released = row.released.plus(released)?;
            total = total.plus(released)?;
        }
        Ok(total)
    }

    /// Writes the pool's ledger into its row: the table is what prices are computed from.
    ///
    /// # Errors
    /// `MathOverflow` and `TableMismatch`, neither of which a sound ledger can reach.
    pub fn write_row(&mut self, pool: &StakePool) -> Result<()> {
        let assets = pool.idle.plus(pool.delegated)?;
        let row = self.row_mut(pool)?;
        row.assets = assets.plus(row.released)?;
        Ok(())
    }

    /// Takes a new pool into the table.
    ///
    /// # Errors
    /// `TooManyPools`: as long as no row has a rate of its own, an LRT has one pool.
    pub fn add_row(&mut self, stake_pool: Pubkey) -> Result<u8> {
        require!(self.pool_count == 0, RestakingError::TooManyPools);
        self.pools[0] = PoolRow::new(stake_pool);
        self.pool_count = 1;
        Ok(0)
    }

    /// Frees the last pool's row. Shares burned in wallets are held by nobody: they end here.
    ///
    /// # Errors
    /// `SharesOutstanding` while anyone holds a share, be it in a wallet (`mint_supply`), in the queue or as a fee.
    pub fn remove_row(&mut self, pool: &StakePool, mint_supply: u64) -> Result<()> {
        let held = mint_supply.plus(self.fee_shares)?.plus(pool.queued)?;
        require!(held == 0, RestakingError::SharesOutstanding);
        *self.row_mut(pool)? = PoolRow::new(Pubkey::default());
        self.pool_count = 0;
        self.supply = 0;
        self.instant_window = InstantWindow::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    #[test]
    fn a_drip_is_released_into_idle_and_raises_nav() {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, 1_000_000_000, SLOT).unwrap();
        lrt.row_mut(&pool).unwrap().drip = Drip::running(100, SLOT, SLOT + 100);
        assert_eq!(lrt.accrue(&mut pool, SLOT + 50).unwrap(), 50);
        assert_eq!(pool.idle, 1_000_000_050);
        assert_eq!(lrt.nav().unwrap(), 1_000_000_050);
        assert_eq!(lrt.accrue(&mut pool, SLOT + 50).unwrap(), 0);
        assert_eq!(lrt.accrue(&mut pool, SLOT + 1_000).unwrap(), 50);
    }

    #[test]
    fn a_drip_stands_still_while_nobody_holds_shares() {
        let (mut lrt, mut pool) = world();
        lrt.row_mut(&pool).unwrap().drip = Drip::running(100, SLOT, SLOT + 100);
        assert_eq!(lrt.accrue(&mut pool, SLOT + 70).unwrap(), 0);
        let drip = lrt.pools[0].drip;
        assert_eq!(
            (drip.rest, drip.last, drip.end),
            (100, SLOT + 70, SLOT + 170)
        );
    }

    #[test]
    fn virtual_units_are_a_thousandth_of_a_token() {
        let (mut lrt, _) = world();
        for decimals in crate::MIN_DECIMALS..=crate::MAX_DECIMALS {
            lrt.fixed.decimals = decimals;
            assert_eq!(lrt.virtual_units(), 10u64.pow(u32::from(decimals) - 3));
        }
    }

    #[test]
    fn epochs_are_counted_in_slots() {
        let (lrt, _) = world();
        assert_eq!(lrt.epoch_of(0), 0);
        assert_eq!(lrt.epoch_of(EPOCH - 1), 0);
        assert_eq!(lrt.epoch_of(EPOCH), 1);
        assert_eq!(lrt.first_slot_of(3).unwrap(), 3 * EPOCH);
        assert!(lrt.first_slot_of(u64::MAX).is_err());
    }

    #[test]
    fn a_batch_keeps_its_due_slot_when_the_cooldown_changes() {
        let (mut lrt, mut pool) = world();
        lrt.params.cooldown_epochs = 5;
        assert_eq!(lrt.next_due_slot(&pool, SLOT).unwrap(), SLOT + 6 * EPOCH);
        queue(&lrt, &mut pool);
        assert_eq!(lrt.next_due_slot(&pool, SLOT).unwrap(), DUE);
        let next = SLOT + EPOCH;
        assert_eq!(lrt.next_due_slot(&pool, next).unwrap(), next + 6 * EPOCH);
    }

    #[test]
    fn a_pool_leaves_the_table_only_when_nobody_holds_a_share() {
        let (mut lrt, pool) = world();
        lrt.supply = 5;
        assert!(lrt.remove_row(&pool, 1).is_err());
        lrt.fee_shares = 1;
        assert!(lrt.remove_row(&pool, 0).is_err());
        lrt.fee_shares = 0;
        lrt.remove_row(&pool, 0).unwrap();
        assert_eq!((lrt.supply, lrt.pool_count), (0, 0));
        assert_eq!(lrt.add_row(Pubkey::new_unique()).unwrap(), 0);
        assert!(lrt.add_row(Pubkey::new_unique()).is_err());
    }
}
