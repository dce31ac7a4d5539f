//! An AVS whose proposals come to nothing waits.

use crate::court::Court;
use liquid_restaking_sdk::ProposalKeys;
use liquid_restaking_tests::{Operator, ONE};

/// A court with two operators of ten tokens each.
struct Two {
    court: Court,
    second: Operator,
}

impl Two {
    async fn new() -> Self {
        let mut court = Court::new().await;
        let second = court.second_operator().await;
        Self { court, second }
    }

    async fn propose_second(&mut self) -> ProposalKeys {
        let (world, avs) = (&mut self.court.world, &self.court.avs);
        world.propose_slash(&self.second, avs, ONE).await
    }

    /// A proposal on the second operator's allocation must be refused.
    async fn refuse_second(&mut self, error: &str) {
        let (world, avs) = (&mut self.court.world, &self.court.avs);
        let (propose, _) = world.proposal_instruction(&self.second, avs, ONE).await;
        world.refuse(propose, &[&avs.slasher], error).await;
    }
}

#[tokio::test]
async fn the_first_failure_blocks_the_allocation_the_second_the_whole_pool() {
    let mut two = Two::new().await;
    let start = two.court.start;
    let on = two.court.propose(ONE).await;
    two.court.veto(&on).await; // in its slot: a whole veto window counts
    let until = start + 40;
    assert_eq!(two.court.allocation().await.blocked_until, until);
    assert_eq!(two.court.pool_avs().await.blocked_until, 0);
    two.court.refuse_proposal(1, "ProposalBlocked").await;

    // The other allocation is free, until the second failure: twice as long, on both.
    let on = two.propose_second().await;
    two.court.warp_to(start + 9).await;
    two.court.veto(&on).await;
    let longer = start + 9 + 80;
    let pool_avs = two.court.pool_avs().await;
    assert_eq!((pool_avs.blocked_until, pool_avs.failures), (longer, 2));
    assert_eq!(two.court.allocation().await.blocked_until, until);
    for slot in [until, longer - 1] {
        two.court.warp_to(slot).await;
        two.court.refuse_proposal(1, "ProposalBlocked").await;
        two.refuse_second("ProposalBlocked").await;
    }
    two.court.warp_to(longer).await;
    two.court.propose(1).await;
    two.propose_second().await;
}

#[tokio::test]
async fn the_block_of_an_allocation_ends_in_its_slot() {
    let mut court = Court::new().await;
    let (start, on) = (court.start, court.propose(ONE).await);
    court.veto(&on).await;
    court.warp_to(start + 39).await;
    court.refuse_proposal(ONE, "ProposalBlocked").await;
    court.warp_to(start + 40).await;
    court.propose(ONE).await;
}

#[tokio::test]
async fn every_failure_doubles_the_block_and_one_doubling_lapses_in_a_slash_window() {
    let mut court = Court::new().await;
    let mut at = court.start;
    // As soon as it may each time: the third block is longer than a window, of which one doubling lapses.
    for (failures, block) in [(1, 40), (2, 80), (3, 160), (3, 160)] {
        let on = court.propose(1).await;
        court.veto(&on).await;
        let pool_avs = court.pool_avs().await;
        assert_eq!((pool_avs.failures, pool_avs.failed_slot), (failures, at));
        let pool = if failures > 1 { at + block } else { 0 };
        assert_eq!(pool_avs.blocked_until, pool);
        let allocation = court.allocation().await;
        assert_eq!(allocation.blocked_until, at + block);
        at += block;
        court.warp_to(at - 1).await;
        court.refuse_proposal(1, "ProposalBlocked").await;
        court.warp_to(at).await;
    }
    // A slot before the second window is over one has lapsed, in that slot two, a window later three.
    for (wait, failures, block) in [(39, 3, 160), (200, 2, 80), (200, 1, 40), (1_000, 1, 40)] {
        at += wait;
        court.warp_to(at).await;
        let on = court.propose(1).await;
        court.veto(&on).await;
        assert_eq!(court.pool_avs().await.failures, failures);
        assert_eq!(court.allocation().await.blocked_until, at + block);
    }
    // The last two blocked the allocation alone.
    let pool_avs = court.pool_avs().await;
    assert!(pool_avs.blocked_until < at - 1_000);
}

#[tokio::test]
async fn an_execution_forgives_nothing_and_counts_as_no_failure() {
    let mut court = Court::new().await;
    let (start, on) = (court.start, court.propose(1).await);
    court.veto(&on).await;
    court.warp_to(start + 40).await;
    court.world.slash(&court.operator, &court.avs, 1).await;
    let pool_avs = court.pool_avs().await;
    assert_eq!((pool_avs.failures, pool_avs.blocked_until), (1, 0));
    court.warp_to(start + 60).await;
    let on = court.propose(1).await;
    court.veto(&on).await;
    let pool_avs = court.pool_avs().await;
    assert_eq!(
        (pool_avs.failures, pool_avs.blocked_until),
        (2, start + 140)
    );
}
