//! A manager who goes on delegating and allocating leaves the queue its due.

use crate::stage::{Stage, ROUND};
use liquid_restaking_tests::{terms, EPOCH, ONE};

#[tokio::test]
async fn what_the_queue_is_owed_is_neither_delegated_nor_allocated() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(4 * ONE)).await;
    let head = stage.request(5 * ONE, 0).await;
    // Six are idle: one may go, and all that is with the operator may be pledged.
    let over = stage.delegate(ONE + 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "InsufficientIdle")
        .await;
    stage.send(stage.delegate(ONE)).await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    // More ask to leave: what is idle is theirs, and what is freed later too.
    stage.request(2 * ONE, 1).await;
    let slot = stage.release_slot(0).await;
    stage.world.warp(10).await;
    let slot = slot.max(stage.release_slot(0).await);
    stage.send(stage.deallocate(0, 3 * ONE)).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    let over = stage.allocate(0, ONE + 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
    stage.send(stage.allocate(0, ONE)).await;
    stage.send(stage.undelegate(2 * ONE)).await;
    let again = stage.delegate(1);
    stage
        .world
        .refuse(again, &[&stage.manager], "InsufficientIdle")
        .await;
    stage.warp_to((head + 3) * EPOCH).await;
    stage.world.settle().await;
    assert_eq!(stage.world.pool().await.claimable, 5 * ONE + 2 * ONE);
}

#[tokio::test]
async fn while_a_round_runs_nothing_that_the_queue_waits_for_is_pledged_again() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    let head = stage.overdue(6 * ONE).await;
    stage.open_round(head).await; // lacks 4 of 8
    let end = stage.world.slot().await + ROUND;
    stage.send(stage.force_deallocate(0, 0)).await;
    for (refused, error) in [
        (stage.allocate(1, 1), "LeverageExceeded"), // what cools is still pledged
        (stage.delegate(1), "InsufficientIdle"),
    ] {
        stage.world.refuse(refused, &[&stage.manager], error).await;
    }
    let slot = stage.release_slot(0).await;
    stage.send(stage.force_deallocate(0, 1)).await;
    stage.warp_to(slot).await;
    for avs in 0..2 {
        stage.send(stage.release(0, avs)).await;
    }
    // Four are free, all of them are the queue's.
    for avs in 0..2 {
        let allocate = stage.allocate(avs, 1);
        stage
            .world
            .refuse(allocate, &[&stage.manager], "QueueNotCovered")
            .await;
    }
    // A deposit lets as much be pledged again; the queue keeps its six.
    stage.world.holder(ONE).await;
    let over = stage.allocate(0, ONE + 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
    stage.send(stage.force_undelegate(0, Some(head))).await;
    stage.send(stage.allocate(0, ONE)).await;
    stage.world.settle().await;
    assert!(stage.world.slot().await < end);
    let pool = stage.world.pool().await;
    assert_eq!((pool.queue_length, pool.claimable), (0, 6 * ONE));
    assert_eq!((pool.idle, pool.delegated), (0, 5 * ONE));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn a_manager_who_acts_in_a_round_leaves_strangers_their_share_and_no_more() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    let head = stage.overdue(6 * ONE).await;
    stage.open_round(head).await; // lacks 4 of 8: a half
    stage.send(stage.deallocate(0, 4 * ONE)).await;
    // Of what he has left, and not of what there was when the round began.
    stage.send(stage.force_deallocate(0, 0)).await;
    assert_eq!(stage.parts(0, 0).await.0, ONE / 2);
    stage.send(stage.force_deallocate(0, 1)).await;
    assert_eq!(stage.parts(0, 1).await.0, 3 * ONE / 2);
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 6 * ONE));
}
