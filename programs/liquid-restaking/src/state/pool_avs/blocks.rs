//! An AVS whose proposals come to nothing has to wait: it can not hold exits up for long (DESIGN §6).

use super::PoolAvs;
use crate::{
    constants::VETO_BLOCK_FACTOR,
    error::RestakingError,
    state::{Allocation, SlashProposal},
};
use anchor_lang::prelude::*;

/// Doublings beyond which a block is longer than any chain.
const MAX_DOUBLINGS: u32 = 40;

impl PoolAvs {
    /// Whether the AVS may propose on `allocation`.
    ///
    /// # Errors
    /// `ProposalBlocked`.
    pub fn require_unblocked(&self, allocation: &Allocation, slot: u64) -> Result<()> {
        let until = self.blocked_until.max(allocation.blocked_until);
        require!(slot >= until, RestakingError::ProposalBlocked);
        Ok(())
    }

    /// Blocks the AVS after an execution: the allocation, for once as long as the proposal was open.
    pub fn block_after_execution(
        &self,
        allocation: &mut Allocation,
        proposal: &SlashProposal,
        slot: u64,
    ) {
        let until = slot.saturating_add(proposal.open_for(slot));
        allocation.blocked_until = allocation.blocked_until.max(until);
    }

    /// Blocks the AVS after a veto or an expiry: the allocation, for 4 times as long as the proposal was open (a whole
    /// veto window at least), twice as long for each one before, of which one lapses per slash window that passes without a
    /// proposal; and from the second on the whole pool.
    pub fn block_after_failure(
        &mut self,
        allocation: &mut Allocation,
        proposal: &SlashProposal,
        slot: u64,
    ) {
        let terms = &self.accepted.terms;
        // Good conduct is the time between a failure and the next proposal: while one lies open, nothing is forgiven.
        let passed = proposal.proposed_slot.saturating_sub(self.failed_slot);
        let lapsed = passed.checked_div(terms.slash_window).unwrap_or(0);
        let lapsed = u32::try_from(lapsed).unwrap_or(u32::MAX);
        let before = self.failures.saturating_sub(lapsed).min(MAX_DOUBLINGS);

        let open = proposal.open_for(slot).max(terms.veto_window);
        let doublings = 2u64.saturating_pow(before);
        let length = open
            .saturating_mul(VETO_BLOCK_FACTOR)
            .saturating_mul(doublings);
        let until = slot.saturating_add(length);
        allocation.blocked_until = allocation.blocked_until.max(until);
        if before > 0 {
            self.blocked_until = self.blocked_until.max(until);
        }
        self.failures = before.saturating_add(1);
        self.failed_slot = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use bytemuck::Zeroable;

    fn fail(pool_avs: &mut PoolAvs, allocation: &mut Allocation, proposed: u64, slot: u64) {
        let mut proposal = SlashProposal::zeroed();
        proposal.open(1, &terms(), proposed).unwrap();
        pool_avs.block_after_failure(allocation, &proposal, slot);
    }

    #[test]
    fn a_failure_blocks_the_allocation_and_the_second_the_pool() {
        let mut pool_avs = PoolAvs::zeroed();
        pool_avs.accepted = offer(); // veto window 10, slash window 100
        let (mut one, mut two) = (Allocation::zeroed(), Allocation::zeroed());
        fail(&mut pool_avs, &mut one, 1_000, 1_000); // vetoed in its slot: a whole veto window counts
        assert_eq!((one.blocked_until, pool_avs.blocked_until), (1_040, 0));
        assert!(pool_avs.require_unblocked(&one, 1_039).is_err());
        pool_avs.require_unblocked(&one, 1_040).unwrap();
        pool_avs.require_unblocked(&two, 1_000).unwrap();

        fail(&mut pool_avs, &mut two, 1_000, 1_030); // 30 · 4 · 2
        assert_eq!((two.blocked_until, pool_avs.blocked_until), (1_270, 1_270));
        assert!(pool_avs.require_unblocked(&one, 1_269).is_err());
    }

    #[test]
    fn one_doubling_lapses_per_slash_window() {
        let mut pool_avs = PoolAvs::zeroed();
        pool_avs.accepted = offer();
        let mut allocation = Allocation::zeroed();
        for slot in [1_000, 1_001, 1_002] {
            fail(&mut pool_avs, &mut allocation, slot, slot);
        }
        assert_eq!((pool_avs.failures, allocation.blocked_until), (3, 1_162));
        fail(&mut pool_avs, &mut allocation, 1_202, 1_202); // two windows: 3 − 2 = 1 before
        assert_eq!((pool_avs.failures, allocation.blocked_until), (2, 1_282));
        fail(&mut pool_avs, &mut allocation, 1_301, 1_500); // open for 198: one window short of a second lapse
        assert_eq!(
            (pool_avs.failures, pool_avs.blocked_until),
            (3, 1_500 + 4 * 199 * 4)
        );
        fail(&mut pool_avs, &mut allocation, 9_000, 9_000); // all lapsed: the allocation alone
        assert_eq!((pool_avs.failures, allocation.blocked_until), (1, 9_040));
        assert_eq!(pool_avs.blocked_until, 4_684);
    }

    #[test]
    fn an_execution_blocks_once_as_long() {
        let (pool_avs, mut allocation) = (PoolAvs::zeroed(), Allocation::zeroed());
        let mut proposal = SlashProposal::zeroed();
        proposal.open(1, &terms(), 100).unwrap();
        pool_avs.block_after_execution(&mut allocation, &proposal, 115);
        assert_eq!(allocation.blocked_until, 130);
    }
}
