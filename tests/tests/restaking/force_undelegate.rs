//! `force_undelegate`: free stake to idle, as much as an overdue queue lacks, or all that a retired operator has.

use crate::stage::Stage;
use liquid_restaking_sdk::{address, registry};
use liquid_restaking_tests::{terms, EPOCH, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn it_moves_what_the_queue_lacks_once_the_grace_is_over() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[2 * ONE]).await;
    let head = stage.request(5 * ONE, 0).await;
    let force = stage.force_undelegate(0, Some(head));
    stage.warp_to(head * EPOCH + 499).await;
    stage
        .world
        .refuse(force.clone(), &[], "QueueNotOverdue")
        .await;
    stage.world.warp(1).await;
    stage.send(force.clone()).await;
    // Of six that are free the queue lacks three.
    assert_eq!(stage.pool().await, (5 * ONE, 5 * ONE, 3 * ONE));
    stage
        .world
        .refuse(force.clone(), &[], "QueueNotOverdue")
        .await;
    // As often as needed: more want to leave.
    stage.request(ONE, 1).await;
    stage.send(force).await;
    assert_eq!(stage.pool().await, (6 * ONE, 4 * ONE, 2 * ONE));
    stage.world.settle().await;
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn several_operators_give_what_they_have_free() {
    let mut stage = Stage::of(3, &[terms()], |_| {}).await;
    stage.stake(0, 3 * ONE, &[2 * ONE]).await;
    stage.stake(1, 3 * ONE, &[2 * ONE]).await;
    stage.stake(2, 3 * ONE, &[3 * ONE]).await;
    let head = stage.overdue(2 * ONE + 7).await; // idle is one
    let [first, second, third] = [0, 1, 2].map(|o| stage.force_undelegate(o, Some(head)));
    stage.send(first.clone()).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, ONE));
    stage.world.refuse(first, &[], "NothingToDo").await;
    stage.world.refuse(third, &[], "NothingToDo").await;
    stage.send(second).await;
    assert_eq!(stage.pool().await, (2 * ONE + 7, 8 * ONE - 7, ONE - 7));
}

#[tokio::test]
async fn without_a_head_that_waits_nothing_moves() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[2 * ONE]).await;
    let none = stage.force_undelegate(0, None);
    stage
        .world
        .refuse(none.clone(), &[], "HeadBatchMissing")
        .await;
    let first = stage.request(ONE, 0).await;
    stage.world.warp(EPOCH).await;
    let second = stage.request(5 * ONE, 1).await;
    stage.warp_past_grace(second).await;
    stage.world.refuse(none, &[], "HeadBatchMissing").await;
    let by_second = stage.force_undelegate(0, Some(second));
    stage
        .world
        .refuse(by_second.clone(), &[], "NotHeadBatch")
        .await;
    stage.world.settle().await;
    let by_first = stage.force_undelegate(0, Some(first));
    stage.world.refuse(by_first, &[], "NotHeadBatch").await;
    stage.send(by_second).await;
    assert_eq!(stage.pool().await.0, 5 * ONE);
}

#[tokio::test]
async fn whoever_cancels_leaves_nothing_to_take() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let ticket = stage.world.request(&stage.holder, 5 * ONE, 0).await;
    let head = ticket.batch_epoch;
    stage.warp_past_grace(head).await;
    stage.open_round(head).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    let cancel = stage.world.keys.cancel_withdraw(&ticket);
    stage.world.send(&[cancel], &[&stage.holder]).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    let force = stage.force_undelegate(0, Some(head));
    stage.world.refuse(force, &[], "QueueNotOverdue").await;
    // The manager pledges it again: nobody waits.
    stage.send(stage.allocate(0, 3 * ONE)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 0));
}

#[tokio::test]
async fn a_head_that_is_settled_in_part_is_owed_the_rest() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[4 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.world.settle().await; // two of five
    assert_eq!(stage.pool().await, (0, 8 * ONE, 4 * ONE));
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await, (3 * ONE, 5 * ONE, ONE));
    stage.world.settle().await;
    let pool = stage.world.pool().await;
    assert_eq!((pool.queue_length, pool.claimable), (0, 5 * ONE));
}

#[tokio::test]
async fn all_that_a_retired_operator_has_free_goes_without_a_queue() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[2 * ONE]).await;
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let force = stage.force_undelegate(0, None);
    stage.send(force.clone()).await;
    assert_eq!(stage.pool().await, (8 * ONE, 2 * ONE, 0));
    stage.world.refuse(force, &[], "NothingToDo").await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut stage = Stage::of(2, &[terms()], |_| {}).await;
    let other = stage.strangers().await;
    stage.stake(0, 4 * ONE, &[ONE]).await;
    stage.stake(1, 4 * ONE, &[ONE]).await;
    let operator = &stage.operators[1];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let ticket = stage.world.request(&stage.holder, 5 * ONE, 0).await;
    stage.warp_past_grace(ticket.batch_epoch).await;
    let force = stage.force_undelegate(0, Some(ticket.batch_epoch));
    stage.world.refuse_unprivileged(&force, &[]).await;
    let (keys, second) = (stage.world.keys, stage.operators[1].key);
    let theirs = address::batch(&other.stake_pool, other.epoch);
    stage
        .world
        .refuse_substitutes(
            &force,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, other.nobody, "AccountOwnedByWrongProgram"),
                (2, other.delegation, "WrongStakePool"),
                (2, keys.delegation(&second), "WrongOperator"),
                (2, other.nobody, "AccountOwnedByWrongProgram"),
                // The one that has retired is not this one.
                (3, second, "WrongOperator"),
                (3, keys.lrt, "AccountDiscriminatorMismatch"),
                (4, theirs, "WrongStakePool"),
                (4, ticket.ticket, "AccountDiscriminatorMismatch"),
                (4, stage.holder.pubkey(), "AccountOwnedByWrongProgram"),
                (5, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(force).await;
}
