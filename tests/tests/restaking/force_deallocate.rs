//! `force_deallocate`: the open round's share of an allocation, once, or all that a retired operator has.

use crate::stage::{Stage, ROUND};
use liquid_restaking_sdk::registry;
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn an_allocation_keeps_its_share_rounded_down_and_is_called_once() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE + 1, 3 * ONE - 1]).await;
    let (first, second) = (stage.force_deallocate(0, 0), stage.force_deallocate(0, 1));
    stage.world.refuse(first.clone(), &[], "RoundNotOpen").await;
    let head = stage.overdue(5 * ONE).await;
    stage.world.refuse(first.clone(), &[], "RoundNotOpen").await;
    stage.open_round(head).await; // 3 of 8
    let slot = stage.release_slot(0).await;
    stage.send(first.clone()).await;
    // floor(5/8 · 5,000,000,001) = 3,125,000,000
    assert_eq!(stage.parts(0, 0).await, (3_125_000_000, 0, 1_875_000_001));
    stage.world.refuse(first, &[], "RoundServed").await;
    stage.send(second).await;
    // floor(5/8 · 2,999,999,999) = 1,874,999,999
    assert_eq!(stage.parts(0, 1).await, (1_874_999_999, 0, 1_125_000_000));
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 3 * ONE + 1));
    let allocation = stage
        .world
        .allocation(&stage.operators[0], &stage.avss[0])
        .await;
    assert_eq!(allocation.coolings[0].release_slot, slot);
    assert_eq!(allocation.round, 1);
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn a_round_is_over_in_its_end_slot() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    stage.world.warp(ROUND - 1).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    stage.world.warp(1).await;
    let (served, late) = (stage.force_deallocate(0, 0), stage.force_deallocate(0, 1));
    stage.world.refuse(served, &[], "RoundNotOpen").await;
    stage.world.refuse(late.clone(), &[], "RoundNotOpen").await;
    // The next round draws on both, by one share of what the first has left.
    stage.open_round(head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (1_125_000_000, 6_125_000_000));
    stage.send(late).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    // 5 / 6.125 of each
    assert_eq!(stage.parts(0, 0).await.0, 2_551_020_408);
    assert_eq!(stage.parts(0, 1).await.0, 2_448_979_591);
}

#[tokio::test]
async fn what_warms_goes_first_and_is_free_at_once() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.world.holder(4 * ONE).await;
    stage.send(stage.delegate(ONE)).await;
    stage.send(stage.allocate(0, ONE)).await;
    stage.request(4 * ONE, 1).await;
    stage.open_round(head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (4 * ONE, 9 * ONE));
    stage.send(stage.force_deallocate(0, 0)).await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 0, 3 * ONE));
    let free = stage.force_undelegate(0, Some(head));
    stage.send(free).await;
    assert_eq!(stage.pool().await, (6 * ONE, 8 * ONE, 3 * ONE));
}

#[tokio::test]
async fn an_allocation_with_nothing_in_it_has_nothing_to_give() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[ONE, 7 * ONE]).await;
    stage.send(stage.deallocate(0, ONE)).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    let force = stage.force_deallocate(0, 0);
    stage.world.refuse(force, &[], "NothingToDo").await;
}

#[tokio::test]
async fn what_comes_later_to_a_called_allocation_is_not_drawn_on_in_that_round() {
    let mut stage = Stage::of(1, &[terms(); 3], |_| {}).await;
    stage.stake(0, 8 * ONE, &[4 * ONE, 4 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    stage.send(stage.force_deallocate(0, 1)).await;
    stage.world.holder(4 * ONE).await;
    stage.stake(0, ONE, &[ONE / 2]).await;
    let again = stage.force_deallocate(0, 0);
    stage.world.refuse(again, &[], "RoundServed").await;
    // A new allocation has not been called: its share can be taken, once.
    stage.send(stage.allocate(2, ONE / 2)).await;
    stage.send(stage.force_deallocate(0, 2)).await;
    assert_eq!(stage.parts(0, 2).await, (0, 312_500_000, 0));
    let again = stage.force_deallocate(0, 2);
    stage.world.refuse(again, &[], "RoundServed").await;
}

#[tokio::test]
async fn all_of_a_retired_operators_allocation_goes_round_or_not() {
    let mut stage = Stage::of(2, &[terms()], |_| {}).await;
    stage.stake(0, 4 * ONE, &[4 * ONE]).await;
    stage.stake(1, 4 * ONE, &[4 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    assert_eq!(stage.parts(0, 0).await, (2_500_000_000, 0, 1_500_000_000));
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let force = stage.force_deallocate(0, 0);
    stage.send(force.clone()).await;
    assert_eq!(stage.parts(0, 0).await, (0, 0, 4 * ONE));
    stage.world.refuse(force, &[], "NothingToDo").await;
    // Its neighbour gives its share and no more.
    stage.send(stage.force_deallocate(1, 0)).await;
    assert_eq!(stage.parts(1, 0).await, (2_500_000_000, 0, 1_500_000_000));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut stage = Stage::of(2, &[terms(); 2], |_| {}).await;
    let other = stage.strangers().await;
    stage.stake(0, 4 * ONE, &[2 * ONE, ONE]).await;
    stage.stake(1, 4 * ONE, &[2 * ONE, ONE]).await;
    let operator = &stage.operators[1];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    let force = stage.force_deallocate(0, 0);
    stage.world.refuse_unprivileged(&force, &[]).await;
    let keys = stage.world.keys;
    let [first, second] = [0, 1].map(|index| stage.operators[index].key);
    let [avs, avs_two] = [0, 1].map(|index| stage.avss[index].key);
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
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                // The one that has retired is not this one.
                (3, second, "WrongOperator"),
                (3, avs, "AccountDiscriminatorMismatch"),
                (3, other.nobody, "AccountOwnedByWrongProgram"),
                (4, keys.allocation(&second, &avs), "WrongDelegation"),
                (4, keys.allocation(&first, &avs_two), "WrongAvs"),
                (4, other.nobody, "AccountOwnedByWrongProgram"),
                (5, other.pool_avs, "WrongStakePool"),
                (5, keys.pool_avs(&avs_two), "WrongAvs"),
                (5, other.nobody, "AccountOwnedByWrongProgram"),
                (6, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(force).await;
}
