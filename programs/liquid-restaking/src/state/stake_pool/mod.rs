//! A stake pool: one collateral, its vault, and the ledger of every token in it (DESIGN §3).

mod avs_table;
mod collateral;
mod round;

pub use avs_table::AvsRow;
pub use collateral::{check_collateral, CollateralMint};
pub use round::Round;

use super::{Cap, WithdrawBatch};
use crate::{
    constants::MAX_AVSS,
    error::RestakingError,
    math::{Checked, Count},
    state::PoolRow,
};
use anchor_lang::prelude::*;

/// One collateral of an LRT. All amounts are collateral units unless said otherwise.
///
/// Invariants:
/// - the vault's balance ≥ [`StakePool::ledger`]; never an equality, for anyone can send tokens to a vault
/// - `queued` = Σ over the queue's batches of shares − settled shares
/// - `claimable` = Σ over open batches of assets settled − assets claimed
#[account(zero_copy)]
#[derive(Debug)]
pub struct StakePool {
    /// The LRT it belongs to.
    pub lrt: Pubkey,
    /// The collateral's mint.
    pub collateral_mint: Pubkey,
    /// The token account that holds all of it; owned by this account.
    pub vault: Pubkey,
    /// The token program of the collateral.
    pub token_program: Pubkey,
    /// Paid for this account and the vault, and gets their rent back.
    pub rent_payer: Pubkey,

    /// Free collateral.
    pub idle: u64,
    /// Σ of the delegations' active stake.
    pub delegated: u64,
    /// Settled and not yet claimed.
    pub claimable: u64,
    /// Operators' bonds, cooling ones included.
    pub bonds: u64,
    /// Reward fees not yet collected.
    pub fees_owed: u64,
    /// Operators' commissions not yet collected.
    pub operators_owed: u64,

    /// Shares in the queue and not yet settled.
    pub queued: u64,
    /// Σ over delegations of stake that needs only time to be free (DESIGN §5).
    pub freeing: u64,
    /// Epoch of the batch at the queue's head, if the queue has one.
    pub head_epoch: u64,
    /// Epoch of the batch at the queue's tail, if the queue has one.
    pub tail_epoch: u64,
    /// Due slot of that batch: it keeps it when the cooldown changes.
    pub tail_due_slot: u64,
    /// Batches in the queue.
    pub queue_length: u32,
    /// Batches that exist, in the queue or not.
    pub open_batches: u32,

    /// No deposit may raise the assets above it.
    pub deposit_cap: Cap,

    /// Epoch of the last write.
    pub epoch: u64,
    /// Assets at the ends of the last two epochs, newest first; 0: never seen.
    pub assets_at_end: [u64; 2],

    /// Row in the LRT's pool table.
    pub row: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Bump of the vault's address.
    pub vault_bump: u8,
    /// 1 when the collateral's mint had a freeze authority that the admin accepted explicitly.
    pub freezable: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 3],
    /// The AVSs it has accepted; a place is fixed until its [`crate::state::PoolAvs`] is closed.
    pub avss: [AvsRow; MAX_AVSS],
    /// The forced round, the last one opened.
    pub round: Round,
    /// Delegation accounts of this pool.
    pub delegations: u32,
    /// Places of `avss` that are taken.
    pub avs_count: u32,
    /// Operators' commissions so far, collected or not.
    pub commissions: u64,
    /// Reward fees so far, collected or not.
    pub reward_fees: u64,
    /// Due slot of the batch at the queue's head, if the queue has one.
    pub head_due_slot: u64,
    /// Room to grow.
    pub reserved: [u64; 55],
}

const _: () = {
    assert!(core::mem::size_of::<StakePool>() == 1_592);
    assert!(core::mem::offset_of!(StakePool, lrt) == 0);
    assert!(core::mem::offset_of!(StakePool, idle) == 160);
    assert!(core::mem::offset_of!(StakePool, queued) == 208);
};

impl StakePool {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Everything that the vault must hold, the drip in `row` included (invariant 1).
    ///
    /// # Errors
    /// `MathOverflow` when the sum does not fit.
    pub fn ledger(&self, row: &PoolRow) -> Result<u64> {
        [
            self.delegated,
            self.claimable,
            self.bonds,
            self.fees_owed,
            self.operators_owed,
            row.drip.rest,
            row.released,
        ]
        .into_iter()
        .try_fold(self.idle, |sum, part| sum.plus(part))
    }

    /// Tokens in the vault that no ledger entry speaks of.
    ///
    /// # Errors
    /// `VaultShort` when there are fewer than the ledger says.
    pub fn surplus(&self, row: &PoolRow, vault_balance: u64) -> Result<u64> {
        vault_balance
            .checked_sub(self.ledger(row)?)
            .ok_or_else(|| error!(RestakingError::VaultShort))
    }

    /// Notes the assets at the end of the epochs that have passed since the last write.
    pub fn roll_epoch(&mut self, epoch: u64, assets: u64) {
        if epoch == self.epoch {
            return;
        }
        let only_one_passed = self.epoch.checked_add(1) == Some(epoch);
        self.assets_at_end = [
            assets,
            if only_one_passed {
                self.assets_at_end[0]
            } else {
                assets
            },
        ];
        self.epoch = epoch;
    }

    /// What caps are a share of: the least of the assets now and at the ends of the last two epochs, so that a deposit
    /// of a moment raises no cap. An end never seen counts as now.
    pub fn cap_base(&self, assets: u64) -> u64 {
        let ends = self.assets_at_end.iter().filter(|end| **end > 0);
        ends.fold(assets, |least, end| least.min(*end))
    }

    /// Appends a new batch, due in `due_slot`, to the queue. `tail` is the batch that was its tail, if the queue is not empty.
    ///
    /// # Errors
    /// `TailBatchMissing` when the queue has a tail and `tail` is not it.
    pub fn link_tail(
        &mut self,
        epoch: u64,
        due_slot: u64,
        tail: Option<&mut WithdrawBatch>,
    ) -> Result<()> {
        if self.queue_length == 0 {
            self.head_epoch = epoch;
            self.head_due_slot = due_slot;
        } else {
            let tail = tail.ok_or_else(|| error!(RestakingError::TailBatchMissing))?;
            require!(
                tail.epoch == self.tail_epoch,
                RestakingError::TailBatchMissing
            );
            tail.next_epoch = epoch;
            tail.next_due_slot = due_slot;
        }
        self.tail_epoch = epoch;
        self.tail_due_slot = due_slot;
        self.queue_length = self.queue_length.up()?;
        self.open_batches = self.open_batches.up()?;
        Ok(())
    }

    /// Takes the head out of the queue.
    ///
    /// # Errors
    /// `MathOverflow` when the queue is empty.
    pub fn unlink_head(&mut self, head: &mut WithdrawBatch) -> Result<()> {
        self.queue_length = self.queue_length.down()?;
        self.head_epoch = head.next_epoch;
        self.head_due_slot = head.next_due_slot;
        head.left_queue = 1;
        Ok(())
    }

    /// Whether anything but surplus and idle depends on this account.
    ///
    /// # Errors
    /// `StakePoolInUse` when a batch, a delegation, an accepted AVS, a bond or a debt is left.
    pub fn require_closable(&self) -> Result<()> {
        let in_use = [
            u64::from(self.open_batches),
            u64::from(self.delegations),
            u64::from(self.avs_count),
            self.queued,
            self.delegated,
            self.claimable,
            self.bonds,
            self.fees_owed,
            self.operators_owed,
        ];
        require!(
            in_use.iter().all(|part| *part == 0),
            RestakingError::StakePoolInUse
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    #[test]
    fn the_ends_of_the_last_two_epochs_are_kept() {
        let (_, mut pool) = world();
        let epoch = pool.epoch;
        pool.roll_epoch(epoch, 5);
        assert_eq!(pool.assets_at_end, [0, 0]);
        pool.roll_epoch(epoch + 1, 5);
        assert_eq!(pool.assets_at_end, [5, 0]);
        pool.roll_epoch(epoch + 2, 7);
        assert_eq!(pool.assets_at_end, [7, 5]);
        pool.roll_epoch(epoch + 9, 8);
        assert_eq!(pool.assets_at_end, [8, 8]);
        assert_eq!((pool.cap_base(9), pool.cap_base(7)), (8, 7));
        pool.assets_at_end = [0, 3]; // an end never seen
        assert_eq!((pool.cap_base(9), pool.cap_base(2)), (3, 2));
    }

    #[test]
    fn batches_are_linked_in_order() {
        let (lrt, mut pool) = world();
        let (mut first, _) = queue(&lrt, &mut pool);
        let epoch = first.epoch;
        assert_eq!(
            pool.link_tail(epoch + 3, DUE, None),
            Err(RestakingError::TailBatchMissing.into())
        );
        let mut stranger = first;
        stranger.epoch = epoch + 1;
        assert!(pool.link_tail(epoch + 3, DUE, Some(&mut stranger)).is_err());
        pool.link_tail(epoch + 3, DUE + 7, Some(&mut first))
            .unwrap();
        assert_eq!(
            (pool.head_epoch, pool.tail_epoch, pool.queue_length),
            (epoch, epoch + 3, 2)
        );
        pool.unlink_head(&mut first).unwrap();
        assert_eq!(
            (pool.head_epoch, pool.queue_length, pool.open_batches),
            (epoch + 3, 1, 2)
        );
        assert_eq!(pool.head_due_slot, DUE + 7);
    }

    #[test]
    fn the_surplus_is_what_the_ledger_does_not_speak_of() {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, 100, SLOT).unwrap();
        (
            pool.claimable,
            pool.bonds,
            pool.fees_owed,
            pool.operators_owed,
        ) = (1, 2, 3, 4);
        lrt.pools[0].drip.rest = 5;
        lrt.pools[0].released = 6;
        assert_eq!(pool.ledger(&lrt.pools[0]).unwrap(), 121);
        assert_eq!(pool.surplus(&lrt.pools[0], 130).unwrap(), 9);
        assert_eq!(
            pool.surplus(&lrt.pools[0], 120),
            Err(RestakingError::VaultShort.into())
        );
        assert!(pool.require_closable().is_err());
    }
}
