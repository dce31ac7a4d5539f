//! A stake pool: one collateral, its vault, and the ledger of every token in it (DESIGN §3).

mod collateral;

pub use collateral::{check_collateral, CollateralMint};

use super::{Timelock, WithdrawBatch};
use crate::{error::RestakingError, math::Checked, state::PoolRow};
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
    pub deposit_cap: u64,
    /// A higher cap that waits out the timelock.
    pub pending_deposit_cap: u64,
    /// When the higher cap may be applied.
    pub cap_timelock: Timelock,

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
    /// Room to grow: the AVS table, the forced round.
    pub reserved: [u64; 159],
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
        } else {
            let tail = tail.ok_or_else(|| error!(RestakingError::TailBatchMissing))?;
            require!(
                tail.epoch == self.tail_epoch,
                RestakingError::TailBatchMissing
            );
            tail.next_epoch = epoch;
        }
        self.tail_epoch = epoch;
        self.tail_due_slot = due_slot;
        self.queue_length = add_one(self.queue_length)?;
        self.open_batches = add_one(self.open_batches)?;
        Ok(())
    }

    /// Takes the head out of the queue.
    ///
    /// # Errors
    /// `MathOverflow` when the queue is empty.
    pub fn unlink_head(&mut self, head: &mut WithdrawBatch) -> Result<()> {
        self.queue_length = self
            .queue_length
            .checked_sub(1)
            .ok_or_else(|| error!(RestakingError::MathOverflow))?;
        self.head_epoch = head.next_epoch;
        head.left_queue = 1;
        Ok(())
    }

    /// Sets the deposit cap: a lower one at once, a higher one after the timelock (at once while `no_shares`). Setting the
    /// cap in force takes a pending rise back.
    /// Returns when it may be applied, if it waits.
    ///
    /// # Errors
    /// `NothingToDo` when it is the cap already and no rise is pending.
    pub fn set_deposit_cap(
        &mut self,
        cap: u64,
        no_shares: bool,
        slot: u64,
        timelock_slots: u64,
    ) -> Result<Option<Timelock>> {
        require!(
            cap != self.deposit_cap || self.cap_timelock.is_pending(),
            RestakingError::NothingToDo
        );
        if cap <= self.deposit_cap || no_shares {
            self.deposit_cap = cap;
            self.clear_pending_cap();
            return Ok(None);
        }
        let timelock = Timelock::start(slot, timelock_slots)?;
        self.pending_deposit_cap = cap;
        self.cap_timelock = timelock;
        Ok(Some(timelock))
    }

    /// Puts the higher cap in force. Returns the old one.
    ///
    /// # Errors
    /// `NothingProposed`, `TimelockRunning`, `ProposalLapsed`.
    pub fn apply_deposit_cap(&mut self, slot: u64) -> Result<u64> {
        self.cap_timelock.require_ripe(slot)?;
        let old = self.deposit_cap;
        self.deposit_cap = self.pending_deposit_cap;
        self.clear_pending_cap();
        Ok(old)
    }

    fn clear_pending_cap(&mut self) {
        self.pending_deposit_cap = 0;
        self.cap_timelock = Timelock::default();
    }

    /// Whether anything but surplus and idle depends on this account.
    ///
    /// # Errors
    /// `StakePoolInUse` when a batch, delegated stake, a bond or a debt is left.
    pub fn require_closable(&self) -> Result<()> {
        let in_use = [
            u64::from(self.open_batches),
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

fn add_one(count: u32) -> Result<u32> {
    count
        .checked_add(1)
        .ok_or_else(|| error!(RestakingError::MathOverflow))
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
        pool.link_tail(epoch + 3, DUE, Some(&mut first)).unwrap();
        assert_eq!(
            (pool.head_epoch, pool.tail_epoch, pool.queue_length),
            (epoch, epoch + 3, 2)
        );
        pool.unlink_head(&mut first).unwrap();
        assert_eq!(
            (pool.head_epoch, pool.queue_length, pool.open_batches),
            (epoch + 3, 1, 2)
        );
    }

    #[test]
    fn a_cap_falls_at_once_and_rises_after_the_timelock() {
        let (_, mut pool) = world();
        pool.deposit_cap = 100;
        assert_eq!(pool.set_deposit_cap(50, false, 1_000, 10).unwrap(), None);
        assert!(pool.set_deposit_cap(50, false, 1_000, 10).is_err());
        let lock = pool
            .set_deposit_cap(200, false, 1_000, 10)
            .unwrap()
            .unwrap();
        assert_eq!((pool.deposit_cap, lock.ripe_slot), (50, 1_010));
        assert!(pool.apply_deposit_cap(1_009).is_err());
        assert_eq!(pool.apply_deposit_cap(1_010).unwrap(), 50);
        assert_eq!(pool.deposit_cap, 200);
        pool.set_deposit_cap(300, false, 2_000, 10).unwrap();
        assert_eq!(pool.set_deposit_cap(200, false, 2_000, 10).unwrap(), None); // takes the rise back
        assert!(pool.set_deposit_cap(200, false, 2_000, 10).is_err());
        pool.set_deposit_cap(300, false, 2_000, 10).unwrap();
        pool.set_deposit_cap(10, false, 2_001, 10).unwrap(); // lowering takes a pending rise back
        assert!(pool.apply_deposit_cap(2_010).is_err());
        assert_eq!(pool.set_deposit_cap(400, true, 2_000, 10).unwrap(), None);
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
