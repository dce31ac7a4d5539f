//! Nobody is held back: by a busy manager, after a slash, or when the leverage was lowered.

use crate::stage::Stage;
use liquid_restaking_sdk::program::state::Params;
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

async fn lower_leverage(stage: &mut Stage, to: u16) {
    // Applied parameters are just written: propose_params + timelock + apply_params do the same.
    let admin = stage.world.admin.insecure_clone();
    let mut wanted = stage.world.lrt().await.params;
    wanted.leverage_bps = to;
    let propose = stage.world.keys.propose_params(&admin.pubkey(), wanted);
    stage.world.send(&[propose], &[&admin]).await;
    stage.world.wait_timelock().await;
    let apply = stage.world.keys.apply_params();
    stage.world.send(&[apply], &[]).await;
}

/// What a delegation pledges can be more than its stake, after a slash at a leverage above one: the round frees the whole
/// shortage all the same.
#[tokio::test]
async fn after_a_slash_at_leverage_two_one_round_is_enough() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 4], change).await;
    stage.stake(0, 8 * ONE, &[4 * ONE; 4]).await;
    crate::after_a_slash::slash(&mut stage, 2 * ONE).await;
    let head = stage.overdue(5 * ONE).await; // owed 4, idle 2
    crate::after_a_slash::whole_round(&mut stage, head).await;
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await.0, 4 * ONE);
}

/// The same once the leverage was lowered.
#[tokio::test]
async fn after_the_leverage_was_lowered_one_round_is_enough() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 2], change).await;
    stage.stake(0, 8 * ONE, &[8 * ONE; 2]).await;
    lower_leverage(&mut stage, 10_000).await;
    let head = stage.overdue(4 * ONE).await;
    crate::after_a_slash::whole_round(&mut stage, head).await;
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await.0, 4 * ONE);
}

/// Freeing is booked at the leverage of the last write: once that was lowered, anyone can book it anew.
#[tokio::test]
async fn freeing_that_was_booked_at_a_higher_leverage_stops_no_round() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 2], change).await;
    stage.stake(0, 8 * ONE, &[4 * ONE; 2]).await;
    lower_leverage(&mut stage, 10_000).await;
    let head = stage.overdue(4 * ONE).await;
    let mut outcomes = Vec::new();
    let open = stage.world.keys.open_round(head);
    for instruction in [
        stage.release(0, 0),
        stage.force_undelegate(0, Some(head)),
        open,
    ] {
        outcomes.push(stage.world.try_send(&[instruction], &[]).await.err());
    }
    assert!(
        outcomes.iter().any(Option::is_none),
        "nobody can do anything: {outcomes:?}"
    );
}

/// And then the manager can not allocate what the queue waits for.
#[tokio::test]
async fn freeing_that_was_booked_at_a_higher_leverage_covers_no_queue() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(2, &[terms(); 2], change).await;
    stage.stake(1, 4 * ONE, &[2 * ONE; 2]).await; // pledges 2, later 4
    stage.stake(0, 4 * ONE, &[]).await;
    lower_leverage(&mut stage, 10_000).await;
    stage.request(6 * ONE, 0).await; // idle 2; really freeing 4; booked 6
    let rebook = stage.release(1, 0); // anyone
    let _ = stage.world.try_send(&[rebook], &[]).await;
    let over = stage.allocate(0, 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
}

/// Below leverage one a pledge is a rounded-up quotient too.
#[tokio::test]
async fn below_leverage_one_a_round_frees_the_whole_shortage() {
    let mut stage = Stage::of(2, &[terms()], |params| params.leverage_bps = 7_000).await;
    stage.stake(0, 10, &[7]).await;
    stage.stake(1, 10, &[7]).await;
    let head = stage.overdue(10 * ONE - 15).await;
    stage.open_round(head).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    stage.send(stage.force_deallocate(1, 0)).await;
    let (idle, _, freeing) = stage.pool().await;
    assert!(idle + freeing >= 10 * ONE - 15);
}

/// A manager who allocates anew in each release slot what has just become free, while as much begins to cool, would always
/// seem to cover the queue: once the head is past its grace only idle counts.
#[tokio::test]
async fn a_busy_manager_cannot_hold_the_queue_back_for_ever() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let head = stage.overdue(4 * ONE).await; // idle 2, lacks 2
    let mut slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 2 * ONE)).await;
    let mut refused = None;
    for _ in 0..10 {
        stage.warp_to(slot).await;
        slot = stage.release_slot(0).await;
        let churn = [stage.deallocate(0, 2 * ONE), stage.allocate(0, 2 * ONE)];
        let outcome = stage.world.try_send(&churn, &[&stage.manager]).await;
        refused = outcome.err();
        if refused.is_some() {
            break;
        }
        stage
            .world
            .refuse(stage.force_undelegate(0, Some(head)), &[], "NothingToDo")
            .await;
        let open = stage.world.keys.open_round(head);
        stage.world.refuse(open, &[], "NothingToDo").await;
    }
    // Else it lacks two tokens 1,050 slots past its grace.
    assert_eq!(refused.as_deref(), Some("QueueNotCovered"));
}

/// A batch keeps its due slot when the cooldown is raised, and the manager may count on nothing else.
#[tokio::test]
async fn a_longer_cooldown_gives_the_manager_no_more_time() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage.overdue(4 * ONE).await; // idle 2, lacks 2, and 3 are free
    stage
        .world
        .change_lrt(|lrt| lrt.params.cooldown_epochs = 30)
        .await;
    let (allocate, manager) = (stage.allocate(0, 1), stage.manager.insecure_clone());
    stage
        .world
        .refuse(allocate, &[&manager], "QueueNotCovered")
        .await;
}
