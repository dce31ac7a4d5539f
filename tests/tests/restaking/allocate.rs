//! `allocate` and `deallocate`.

use liquid_restaking_tests::{terms, World, ONE};

#[tokio::test]
async fn stake_goes_to_an_operator_and_an_avs_and_back() {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let avs = world.avs(terms(), 10_000).await;
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 8 * ONE).await;
    world.stake(&operator, &avs, 5 * ONE).await;
    assert_eq!(world.allocation(&operator, &avs).await.stake, 5 * ONE);

    let slot = world.slot().await;
    world.deallocate(&operator, &avs, 2 * ONE).await;
    let cooling = world.allocation(&operator, &avs).await.coolings[0];
    assert_eq!(cooling.amount, 2 * ONE);
    world.undelegate(&operator, 3 * ONE).await;
    world.warp(cooling.release_slot - slot).await;
    let release = world.keys.release(&operator.key, &avs.key);
    world.send(&[release], &[]).await;
    world.undelegate(&operator, 2 * ONE).await;
    let pool = world.pool().await;
    assert_eq!((pool.idle, pool.delegated, pool.freeing), (7 * ONE, 3 * ONE, 0));
    world.check_invariants().await;
}
