//! `deallocate`: what warms is free at once, stake cools.

use crate::stage::Stage;
use liquid_restaking_sdk::{program::state::Side, registry};
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn what_warms_is_taken_first_and_stake_cools_until_the_rounded_slot() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage.send(stage.allocate(0, 2 * ONE)).await;
    stage.send(stage.deallocate(0, 2 * ONE - 1)).await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 1, 0));
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 3 * ONE - 1));

    stage.send(stage.deallocate(0, 2 * ONE + 1)).await;
    assert_eq!(stage.parts(0, 0).await, (3 * ONE, 0, 2 * ONE));
    let slot = stage.world.slot().await;
    let allocation = stage
        .world
        .allocation(&stage.operators[0], &stage.avss[0])
        .await;
    let release = allocation.coolings[0].release_slot;
    assert_eq!(release, (slot + 100).div_ceil(15) * 15);
    // It will be free, and is not yet; the AVS may count on it until then.
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    assert_eq!(
        (delegation.freeing, delegation.free(10_000)),
        (5 * ONE, 3 * ONE)
    );
    let row = delegation.allocations[0];
    assert_eq!((row.total, row.cooling), (3 * ONE, 2 * ONE));
    let pool = stage.world.pool().await;
    assert_eq!((pool.avss[0].allocated, pool.freeing), (5 * ONE, 5 * ONE));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn what_has_warmed_unnoticed_is_stake() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    stage.world.warp(10).await;
    stage.send(stage.deallocate(0, ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (4 * ONE, 0, ONE));
}

#[tokio::test]
async fn nothing_or_more_than_there_is_is_not_deallocated() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage.send(stage.allocate(0, ONE)).await;
    stage
        .world
        .refuse(stage.deallocate(0, 0), &[&stage.manager], "ZeroAmount")
        .await;
    let over = stage.deallocate(0, 6 * ONE + 1);
    stage
        .refuse_saying(over, "AllocationTooSmall", "Allocated 6000000000")
        .await;
    stage.send(stage.deallocate(0, 6 * ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (0, 0, 5 * ONE));
    // What cools is not deallocated again.
    stage
        .refuse_saying(stage.deallocate(0, 1), "AllocationTooSmall", "Allocated 0")
        .await;
}

#[tokio::test]
async fn neither_operator_nor_avs_nor_admin_can_refuse_it() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let (operator, avs) = (&stage.operators[0], &stage.avss[0]);
    for (side, by) in [
        (Side::Operator, &operator.authority),
        (Side::Avs, &avs.authority),
    ] {
        let out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), side);
        stage.world.send(&[out], &[by]).await;
    }
    let close = registry::close_opt_in(&operator.key, &avs.key, &operator.authority.pubkey());
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    let close_avs = registry::close_avs(&avs.key, &avs.authority.pubkey(), &avs.authority.pubkey());
    stage
        .world
        .send(
            &[close, retire, close_avs],
            &[&operator.authority, &avs.authority],
        )
        .await;
    let admin = stage.world.admin.insecure_clone();
    let keys = stage.world.keys;
    let removals = [
        keys.lower_avs_cap(&admin.pubkey(), &stage.avss[0].key, 0),
        keys.set_operator_cap(&admin.pubkey(), &stage.operators[0].key, 0),
    ];
    stage.world.send(&removals, &[&admin]).await;
    stage.world.pause_all().await;
    stage.send(stage.deallocate(0, 5 * ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (0, 0, 5 * ONE));
}

#[tokio::test]
async fn only_the_manager_deallocates_and_every_account_is_checked() {
    let mut stage = Stage::of(2, &[terms(); 2], |_| {}).await;
    let other = stage.strangers().await;
    stage.stake(0, 4 * ONE, &[2 * ONE, ONE]).await;
    stage.stake(1, 4 * ONE, &[2 * ONE, ONE]).await;
    let deallocate = stage.deallocate(0, ONE);
    stage
        .world
        .refuse_other_signer(&deallocate, 1, &[], "NotManager")
        .await;
    stage
        .world
        .refuse_unprivileged(&deallocate, &[&stage.manager])
        .await;
    let keys = stage.world.keys;
    let [first, second] = [0, 1].map(|index| stage.operators[index].key);
    let [avs, avs_two] = [0, 1].map(|index| stage.avss[index].key);
    stage
        .world
        .refuse_substitutes(
            &deallocate,
            &[&stage.manager],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, other.stake_pool, "WrongLrt"),
                (2, other.nobody, "AccountOwnedByWrongProgram"),
                (3, other.delegation, "WrongStakePool"),
                (3, keys.delegation(&second), "WrongDelegation"),
                (3, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (4, keys.allocation(&second, &avs), "WrongDelegation"),
                (4, keys.allocation(&first, &avs_two), "WrongAvs"),
                (4, keys.delegation(&first), "AccountDiscriminatorMismatch"),
                (4, other.nobody, "AccountOwnedByWrongProgram"),
                (5, other.pool_avs, "WrongStakePool"),
                (5, keys.pool_avs(&avs_two), "WrongAvs"),
                (5, avs, "AccountDiscriminatorMismatch"),
                (5, other.nobody, "AccountOwnedByWrongProgram"),
                (6, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(deallocate).await;
}
