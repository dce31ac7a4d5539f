//! `expire_slash`.

use crate::court::{event_of, Court};
use liquid_restaking_sdk::program::{events::SlashFailed, state::SlashState};
use liquid_restaking_tests::ONE;

#[tokio::test]
async fn anyone_lets_a_proposal_expire_from_the_end_of_the_execution_window_on() {
    for late in [0, 1_000] {
        let mut court = Court::new().await;
        let (start, on) = (court.start, court.propose(ONE).await);
        let expire = court.world.keys.expire_slash(&on);
        for slot in [start, start + 9, start + 10, start + 29] {
            court.warp_to(slot).await;
            let world = &mut court.world;
            world
                .refuse(expire.clone(), &[], "ExecutionWindowRunning")
                .await;
        }
        court.warp_to(start + 30 + late).await;
        court.world.send(std::slice::from_ref(&expire), &[]).await;
        let proposal = court.proposal(&on).await;
        assert_eq!(proposal.state(), SlashState::Expired);
        assert_eq!(proposal.ended_slot, start + 30 + late);
        court.world.refuse(expire, &[], "ProposalEnded").await;
    }
}

#[tokio::test]
async fn it_is_as_a_veto() {
    let mut court = Court::new().await;
    let (start, keys) = (court.start, court.world.keys);
    let on = court.propose(ONE).await;
    court.warp_to(start + 30).await;
    let expire = keys.expire_slash(&on);
    let event: SlashFailed = event_of(&mut court.world, expire, &[]).await;
    let allocation = court.allocation().await;
    assert_eq!((allocation.disputed, allocation.stake), (0, 10 * ONE));
    assert_eq!(allocation.proposal_ended_slot, start + 30);
    assert_eq!(allocation.blocked_until, start + 30 + 4 * 30);
    assert_eq!(
        (allocation.bucket.level, allocation.bucket.clock),
        (0, start + 30)
    );
    let (delegation, pool_avs) = (court.delegation().await, court.pool_avs().await);
    assert_eq!((delegation.disputed, delegation.uncovered), (0, 0));
    assert_eq!((court.uncovered().await, delegation.losses), (0, 0));
    assert_eq!((pool_avs.failures, pool_avs.failed_slot), (1, start + 30));
    assert_eq!((pool_avs.blocked_until, pool_avs.losses), (0, 0));
    assert_eq!(court.vault().await, 10 * ONE);

    assert_eq!(event.proposal, keys.proposal(&on));
    assert_eq!((event.operator, event.avs), (on.operator, on.avs));
    assert_eq!((event.amount, event.state), (ONE, SlashState::Expired));
    assert_eq!(event.allocation_blocked_until, start + 150);
    assert_eq!((event.pool_blocked_until, event.uncovered), (0, 0));

    // One slash window and a little later one of the failures has lapsed: the next is the first again.
    court.warp_to(start + 149).await;
    court.refuse_proposal(1, "ProposalBlocked").await;
    court.warp_to(start + 150).await;
    court.refuse_proposal(ONE + 1, "SlashExceedsRoom").await;
    let on = court.propose(ONE).await;
    court.warp_to(start + 180).await;
    court.world.send(&[keys.expire_slash(&on)], &[]).await;
    let pool_avs = court.pool_avs().await;
    assert_eq!((pool_avs.failures, pool_avs.blocked_until), (1, 0));
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_proposal_that_nobody_ends_blocks_for_four_times_as_long_as_it_stood() {
    let mut court = Court::new().await;
    let (start, on) = (court.start, court.propose(ONE).await);
    court.warp_to(start + 500).await;
    let expire = court.world.keys.expire_slash(&on);
    court.world.send(&[expire], &[]).await;
    assert_eq!(court.allocation().await.blocked_until, start + 2_500);
}

#[tokio::test]
async fn what_has_ended_does_not_expire() {
    for vetoed in [true, false] {
        let mut court = Court::new().await;
        let on = court.propose(ONE).await;
        if vetoed {
            court.veto(&on).await;
        } else {
            court.world.warp(10).await;
            court.world.execute_slash(&on).await;
        }
        court.world.warp(100).await;
        let expire = court.world.keys.expire_slash(&on);
        court.world.refuse(expire, &[], "ProposalEnded").await;
    }
}
