//! A stake pool's acceptance of an AVS. What the AVS offered when the acceptance was proposed is copied here, and rules.

mod blocks;

use super::{AvsOffer, StakePool, Timelock};
use crate::{constants::BPS, error::RestakingError};
use anchor_lang::prelude::*;

/// One AVS of one stake pool. The cap in force is in the pool's table, at `place`.
///
/// Invariants:
/// - `allocations` = allocation accounts of the pool's delegations to the AVS
/// - while there is one, `accepted.terms.exit_delay` stays: coolings are kept on its grid
#[account(zero_copy)]
#[derive(Debug)]
pub struct PoolAvs {
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// The AVS.
    pub avs: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// What rules.
    pub accepted: AvsOffer,
    /// What will rule once the timelock is over.
    pub pending: AvsOffer,
    /// When it may be applied.
    pub timelock: Timelock,
    /// The slot in which the guardian ended it; 0: it has not.
    pub ended_slot: u64,
    /// Proposals so far: the next one's index.
    pub proposals: u64,
    /// Until this slot it may propose nothing on this pool.
    pub blocked_until: u64,
    /// The slot of the last veto or expiry.
    pub failed_slot: u64,
    /// What it has taken so far, bonds included.
    pub losses: u64,
    /// Σ of stake taken · 2^64 / supply: what a share has lost by it.
    pub loss_index: [u64; 2],
    /// Net rewards that it has signed for so far.
    pub rewards: u64,
    /// Σ of these · 2^64 / supply: what a share has earned by it.
    pub reward_index: [u64; 2],
    /// Allocations to the AVS.
    pub allocations: u32,
    /// Proposal accounts that exist.
    pub open_proposals: u32,
    /// Vetoes and expiries of late: each doubles the next block, one lapses per slash window.
    pub failures: u32,
    /// Cap that will be in force with `pending`.
    pub pending_cap_bps: u16,
    /// Place in the pool's table.
    pub place: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 7],
    /// Room to grow.
    pub reserved: [u64; 21],
}

const _: () = assert!(core::mem::size_of::<PoolAvs>() == 656);

impl PoolAvs {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Proposes to accept `offer` with a cap: at once while `no_shares`, else after the timelock. A second proposal takes
    /// the first one's place. Returns when it may be applied, if it waits.
    ///
    /// # Errors
    /// `AvsCapOutOfBounds` when the cap is 0 or more than the whole; what the terms' bounds refuse; `NothingToDo` when
    /// all of it is in force; `AvsEnded`; `ExitDelayFixed` as [`PoolAvs::apply`], where it is in force at once.
    pub fn propose(
        &mut self,
        pool: &mut StakePool,
        offer: AvsOffer,
        cap_bps: u16,
        no_shares: bool,
        slot: u64,
        timelock_slots: u64,
    ) -> Result<Option<Timelock>> {
        require!(
            cap_bps > 0 && u64::from(cap_bps) <= BPS,
            RestakingError::AvsCapOutOfBounds
        );
        self.require_not_ended()?;
        require!(
            offer != self.accepted || cap_bps != pool.avs_mut(self.place)?.cap_bps,
            RestakingError::NothingToDo
        );
        self.pending = offer;
        self.pending_cap_bps = cap_bps;
        if no_shares {
            self.take_over(pool)?;
            return Ok(None);
        }
        self.timelock = Timelock::start(slot, timelock_slots)?;
        Ok(Some(self.timelock))
    }

    /// # Errors
    /// `AvsEnded`.
    pub fn require_not_ended(&self) -> Result<()> {
        require!(self.ended_slot == 0, RestakingError::AvsEnded);
        Ok(())
    }

    /// Ends the AVS here, for good: nothing more is allocated to it, its room refills no more, and anyone may take stake
    /// back from it.
    ///
    /// # Errors
    /// `NothingToDo` when it has ended.
    pub fn end(&mut self, slot: u64) -> Result<()> {
        require!(self.ended_slot == 0, RestakingError::NothingToDo);
        self.ended_slot = slot;
        Ok(())
    }

    /// The slot up to which room refills and from which exits are counted: `slot`, or the one in which it ended.
    pub fn clock(&self, slot: u64) -> u64 {
        match self.ended_slot {
            0 => slot,
            ended => slot.min(ended),
        }
    }

    /// The slot in which stake deallocated in `slot` is released.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn release_slot(&self, slot: u64) -> Result<u64> {
        self.accepted.terms.release_slot(self.clock(slot))
    }

    /// Puts the proposal in force. Returns the offer and the cap that ruled before.
    ///
    /// # Errors
    /// `NothingProposed`, `TimelockRunning`, `ProposalLapsed`; `AvsEnded`; `ExitDelayFixed` when the exit delay would change while
    /// something is allocated.
    pub fn apply(&mut self, pool: &mut StakePool, slot: u64) -> Result<(AvsOffer, u16)> {
        self.timelock.require_ripe(slot)?;
        self.require_not_ended()?;
        let old = (self.accepted, pool.avs_mut(self.place)?.cap_bps);
        self.take_over(pool)?;
        Ok(old)
    }

    fn take_over(&mut self, pool: &mut StakePool) -> Result<()> {
        require!(
            self.allocations == 0
                || self.pending.terms.exit_delay == self.accepted.terms.exit_delay,
            RestakingError::ExitDelayFixed
        );
        self.accepted = self.pending;
        let row = pool.avs_mut(self.place)?;
        row.cap_bps = self.pending_cap_bps;
        row.slash_cap_bps = self.accepted.terms.slash_cap_bps;
        self.clear_pending();
        Ok(())
    }

    /// Lowers the cap at once (0 removes the AVS: nothing more is allocated to it) and takes a proposal back.
    /// Returns the old cap.
    ///
    /// # Errors
    /// `CapNotLower`; `NothingToDo` when it is in force and nothing is proposed.
    pub fn lower_cap(&mut self, pool: &mut StakePool, cap_bps: u16) -> Result<u16> {
        let row = pool.avs_mut(self.place)?;
        let old = row.cap_bps;
        require!(cap_bps <= old, RestakingError::CapNotLower);
        require!(
            cap_bps < old || self.timelock.is_pending(),
            RestakingError::NothingToDo
        );
        row.cap_bps = cap_bps;
        self.clear_pending();
        Ok(old)
    }

    fn clear_pending(&mut self) {
        self.pending = AvsOffer::default();
        self.pending_cap_bps = 0;
        self.timelock = Timelock::default();
    }

    /// Gives the place back when nothing depends on the acceptance any more: an AVS removed or ended, or a proposal that lapsed.
    ///
    /// # Errors
    /// `PoolAvsInUse`.
    pub fn leave(&self, pool: &mut StakePool, slot: u64) -> Result<()> {
        let row = pool.avs_mut(self.place)?;
        let may_apply = self.timelock.is_pending() && slot < self.timelock.lapse_slot;
        let is_over = self.ended_slot != 0 || (row.cap_bps == 0 && !may_apply);
        require!(
            is_over && self.allocations == 0 && self.open_proposals == 0,
            RestakingError::PoolAvsInUse
        );
        pool.free_avs_place(self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use bytemuck::Zeroable;

    fn accepted() -> (StakePool, PoolAvs) {
        let (_, mut pool) = world();
        let mut pool_avs = PoolAvs::zeroed();
        pool_avs.place = pool.take_avs_place(Pubkey::new_unique()).unwrap();
        let lock = pool_avs
            .propose(&mut pool, offer(), 5_000, false, SLOT, 50)
            .unwrap();
        assert_eq!(lock.unwrap().ripe_slot, SLOT + 50);
        (pool, pool_avs)
    }

    #[test]
    fn an_acceptance_waits_then_rules_with_the_copy_of_the_terms() {
        let (mut pool, mut pool_avs) = accepted();
        assert_eq!(pool.avss[0].cap_bps, 0);
        assert!(pool_avs.apply(&mut pool, SLOT + 49).is_err());
        let old = pool_avs.apply(&mut pool, SLOT + 50).unwrap();
        assert_eq!(old, (AvsOffer::default(), 0));
        assert_eq!(
            (pool.avss[0].cap_bps, pool.avss[0].slash_cap_bps),
            (5_000, 1_000)
        );
        assert_eq!(pool_avs.accepted, offer());
        assert_eq!(
            pool_avs.propose(&mut pool, offer(), 5_000, false, SLOT, 50),
            Err(RestakingError::NothingToDo.into())
        );
        for cap in [0, 10_001] {
            assert_eq!(
                pool_avs.propose(&mut pool, offer(), cap, false, SLOT, 50),
                Err(RestakingError::AvsCapOutOfBounds.into())
            );
        }
    }

    #[test]
    fn a_cap_falls_at_once_and_takes_a_proposal_back() {
        let (mut pool, mut pool_avs) = accepted();
        pool_avs.apply(&mut pool, SLOT + 50).unwrap();
        pool_avs
            .propose(&mut pool, offer(), 6_000, false, SLOT, 50)
            .unwrap();
        assert_eq!(
            pool_avs.lower_cap(&mut pool, 5_001),
            Err(RestakingError::CapNotLower.into())
        );
        assert_eq!(pool_avs.lower_cap(&mut pool, 5_000).unwrap(), 5_000);
        assert!(pool_avs.apply(&mut pool, SLOT + 50).is_err());
        assert!(pool_avs.lower_cap(&mut pool, 5_000).is_err());
        pool_avs.lower_cap(&mut pool, 0).unwrap();
        assert_eq!(pool.avss[0].cap_bps, 0);
        pool_avs.leave(&mut pool, SLOT).unwrap();
        assert_eq!(pool.avs_count, 0);
    }

    #[test]
    fn the_exit_delay_stays_while_something_is_allocated() {
        let (mut pool, mut pool_avs) = accepted();
        pool_avs.apply(&mut pool, SLOT + 50).unwrap();
        pool_avs.allocations = 1;
        let mut longer = offer();
        longer.terms.exit_delay += 1;
        pool_avs
            .propose(&mut pool, longer, 5_000, false, SLOT, 50)
            .unwrap();
        assert_eq!(
            pool_avs.apply(&mut pool, SLOT + 50),
            Err(RestakingError::ExitDelayFixed.into())
        );
        pool_avs.allocations = 0;
        pool_avs.apply(&mut pool, SLOT + 50).unwrap();
        assert_eq!(pool_avs.accepted, longer);
    }

    #[test]
    fn an_acceptance_closes_when_nothing_can_come_of_it() {
        let (mut pool, mut pool_avs) = accepted();
        assert!(pool_avs.leave(&mut pool, SLOT + 99).is_err()); // still may be applied
        pool_avs.leave(&mut pool, SLOT + 100).unwrap(); // lapsed
        pool_avs.place = pool.take_avs_place(Pubkey::new_unique()).unwrap();
        assert_eq!(
            pool_avs
                .propose(&mut pool, offer(), 1, true, SLOT, 50)
                .unwrap(),
            None
        );
        pool_avs.allocations = 1;
        pool_avs.lower_cap(&mut pool, 0).unwrap();
        assert!(pool_avs.leave(&mut pool, SLOT).is_err());
    }
}
