//! `release`: what time has done to an allocation is booked, by anyone, in its slot and not before.

use crate::stage::Stage;
use liquid_restaking_sdk::program::state::Allocation;
use liquid_restaking_tests::{terms, ONE};

#[tokio::test]
async fn stake_that_has_warmed_counts_from_its_slot_on() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    let release = stage.release(0, 0);
    stage.world.warp(9).await;
    stage
        .world
        .refuse(release.clone(), &[], "NothingToDo")
        .await;
    stage.world.warp(1).await;
    stage.send(release.clone()).await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 0, 0));
    stage.world.refuse(release, &[], "NothingToDo").await;
}

#[tokio::test]
async fn what_has_cooled_is_released_from_its_slot_on() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 2 * ONE)).await;
    let release = stage.release(0, 0);
    stage.warp_to(slot - 1).await;
    stage
        .world
        .refuse(release.clone(), &[], "NothingToDo")
        .await;
    stage.world.warp(1).await;
    stage.send(release.clone()).await;
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    assert_eq!(delegation.free(10_000), 5 * ONE);
    assert_eq!(stage.world.pool().await.avss[0].allocated, 3 * ONE);
    stage.world.refuse(release, &[], "NothingToDo").await;
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn entries_of_several_slots_are_released_together_when_all_have_come() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage.send(stage.deallocate(0, ONE)).await;
    stage.world.warp(20).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, ONE)).await;
    stage.send(stage.allocate(0, ONE)).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    assert_eq!(stage.parts(0, 0).await, (4 * ONE, 0, 0));
}

/// Locks so much of the allocation, as an open proposal would.
async fn dispute(stage: &mut Stage, amount: u64) {
    let (operator, avs) = (&stage.operators[0], &stage.avss[0]);
    let key = stage.world.keys.allocation(&operator.key, &avs.key);
    let mut allocation: Allocation = stage.world.allocation(operator, avs).await;
    allocation.disputed = amount;
    stage.world.set_state(&key, &allocation).await;
    let key = stage.world.keys.delegation(&operator.key);
    let mut delegation = stage.world.delegation(operator).await;
    delegation.disputed = amount;
    stage.world.set_state(&key, &delegation).await;
}

#[tokio::test]
async fn a_dispute_holds_back_what_it_needs_and_no_more() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 4 * ONE)).await;
    dispute(&mut stage, 3 * ONE).await;
    stage.warp_to(slot).await;
    let release = stage.release(0, 0);
    stage.send(release.clone()).await;
    // One is stake, two of the four are held.
    assert_eq!(stage.parts(0, 0).await, (ONE, 0, 2 * ONE));
    stage
        .world
        .refuse(release.clone(), &[], "NothingToDo")
        .await;
    stage
        .refuse_saying(stage.undelegate(6 * ONE), "StakeNotFree", "Free 5000000000")
        .await;
    dispute(&mut stage, 2 * ONE).await;
    stage.send(release.clone()).await;
    assert_eq!(stage.parts(0, 0).await, (ONE, 0, ONE));
    dispute(&mut stage, 0).await;
    stage.send(release).await;
    assert_eq!(stage.parts(0, 0).await, (ONE, 0, 0));
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 7 * ONE));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut stage = Stage::of(2, &[terms(); 2], |_| {}).await;
    let other = stage.strangers().await;
    stage.stake(1, 4 * ONE, &[2 * ONE, ONE]).await;
    stage.send(stage.delegate(4 * ONE)).await;
    stage.send(stage.allocate(0, ONE)).await;
    stage.world.warp(10).await;
    let (keys, second) = (stage.world.keys, stage.operators[1].key);
    let release = stage.release(0, 0);
    stage.world.refuse_unprivileged(&release, &[]).await;
    stage
        .world
        .refuse_substitutes(
            &release,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, other.nobody, "AccountOwnedByWrongProgram"),
                (2, other.delegation, "WrongStakePool"),
                (2, keys.delegation(&second), "WrongDelegation"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (
                    3,
                    keys.allocation(&second, &stage.avss[0].key),
                    "WrongDelegation",
                ),
                (3, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (3, other.nobody, "AccountOwnedByWrongProgram"),
                (4, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(release).await;
}
