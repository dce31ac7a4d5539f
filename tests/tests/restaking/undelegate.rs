//! `undelegate`: free stake back to idle.

use crate::stage::Stage;
use liquid_restaking_sdk::registry;
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn free_stake_goes_back_to_the_unit_and_pledged_stake_stays() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage
        .world
        .refuse(stage.undelegate(0), &[&stage.manager], "ZeroAmount")
        .await;
    stage
        .refuse_saying(
            stage.undelegate(3 * ONE + 1),
            "StakeNotFree",
            "Free 3000000000",
        )
        .await;
    stage.send(stage.undelegate(3 * ONE)).await;
    assert_eq!(stage.pool().await, (5 * ONE, 5 * ONE, 0));
    stage
        .refuse_saying(stage.undelegate(1), "StakeNotFree", "Free 0")
        .await;
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn what_warms_is_pledged_too() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    stage
        .refuse_saying(stage.undelegate(8 * ONE), "StakeNotFree", "Free 3000000000")
        .await;
    stage.send(stage.deallocate(0, 5 * ONE)).await; // warmed nothing: free at once
    stage.send(stage.undelegate(8 * ONE)).await;
    assert_eq!(stage.pool().await, (10 * ONE, 0, 0));
}

#[tokio::test]
async fn what_cools_is_free_once_it_is_released_and_not_before() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 2 * ONE)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 2 * ONE));
    let undelegate = stage.undelegate(2 * ONE);
    stage
        .refuse_saying(undelegate.clone(), "StakeNotFree", "Free 0")
        .await;
    stage.warp_to(slot).await;
    // Nobody has booked it yet.
    stage
        .world
        .refuse(undelegate.clone(), &[&stage.manager], "StakeNotFree")
        .await;
    stage.send(stage.release(0, 0)).await;
    stage.send(undelegate).await;
    assert_eq!(stage.pool().await, (4 * ONE, 6 * ONE, 0));
}

#[tokio::test]
async fn above_leverage_one_the_largest_or_the_rounded_up_mean_is_pledged() {
    // (leverage, allocations, free) of a stake of 10 units.
    let cases: [(u16, [u64; 3], u64); 6] = [
        (10_000, [3, 3, 3], 1),
        (20_000, [3, 3, 3], 5),    // ceil(9 / 2) = 5
        (20_000, [6, 2, 1], 4),    // the largest: 6 > 5
        (15_000, [4, 3, 3], 3),    // ceil(10 / 1.5) = 7
        (30_000, [10, 10, 10], 0), // all of it, three times
        (50_000, [1, 1, 0], 9),    // ceil(2 / 5) = 1, as the largest
    ];
    for (leverage, allocated, free) in cases {
        let change = |params: &mut liquid_restaking_sdk::program::state::Params| {
            params.leverage_bps = leverage;
        };
        let mut stage = Stage::of(1, &[terms(); 3], change).await;
        let used = allocated.iter().filter(|amount| **amount > 0).count();
        stage.stake(0, 10, &allocated[..used]).await;
        assert_eq!(stage.pool().await.2, free);
        let (more, all) = (stage.undelegate(free + 1), format!("Free {free}"));
        stage.refuse_saying(more, "StakeNotFree", &all).await;
        if free > 0 {
            stage.send(stage.undelegate(free)).await;
        }
        assert_eq!(stage.pool().await, (10 * ONE - 10 + free, 10 - free, 0));
    }
}

#[tokio::test]
async fn what_is_disputed_stays() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    // As after proposals of AVSs that took their stake back since.
    let key = stage.world.keys.delegation(&stage.operators[0].key);
    let mut delegation = stage.world.delegation(&stage.operators[0]).await;
    delegation.disputed = 6 * ONE;
    stage.world.set_state(&key, &delegation).await;
    stage
        .refuse_saying(
            stage.undelegate(2 * ONE + 1),
            "StakeNotFree",
            "Free 2000000000",
        )
        .await;
    stage.send(stage.undelegate(2 * ONE)).await;
    assert_eq!(stage.pool().await, (4 * ONE, 6 * ONE, 0));
}

#[tokio::test]
async fn the_manager_takes_stake_back_from_an_operator_that_is_removed_or_has_retired() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let admin = stage.world.admin.insecure_clone();
    let operator = &stage.operators[0];
    let remove = stage
        .world
        .keys
        .set_operator_cap(&admin.pubkey(), &operator.key, 0);
    stage.world.send(&[remove], &[&admin]).await;
    stage.send(stage.undelegate(3 * ONE)).await;
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    stage.send(stage.undelegate(5 * ONE)).await;
    assert_eq!(stage.pool().await, (10 * ONE, 0, 0));
}

#[tokio::test]
async fn only_the_manager_undelegates_and_every_account_is_checked() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let undelegate = stage.undelegate(ONE);
    stage
        .world
        .refuse_other_signer(&undelegate, 1, &[], "NotManager")
        .await;
    stage
        .world
        .refuse_unprivileged(&undelegate, &[&stage.manager])
        .await;
    let other = stage.strangers().await;
    let keys = stage.world.keys;
    stage
        .world
        .refuse_substitutes(
            &undelegate,
            &[&stage.manager],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, other.stake_pool, "WrongLrt"),
                (2, other.nobody, "AccountOwnedByWrongProgram"),
                (3, other.delegation, "WrongStakePool"),
                (3, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (3, other.nobody, "AccountOwnedByWrongProgram"),
                (4, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(undelegate).await;
}
