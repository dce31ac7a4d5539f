//! `pay_rewards`.

use liquid_restaking_tests::{terms, World, ONE};

#[tokio::test]
async fn a_reward_drips_and_raises_the_rate() {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let avs = world.avs(terms(), 10_000).await;
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 10 * ONE).await;
    world.stake(&operator, &avs, 10 * ONE).await;
    let authority = avs.authority.insecure_clone();
    world.pay_rewards(&authority, &operator, &avs, ONE).await;
    let report = world.yield_report(&[&avs]).await;
    assert_eq!(report.avss[0].reward_index, (1u128 << 64) / 10);
    let drip = world.lrt().await.params.drip_slots;
    world.warp(drip).await;
    let report = world.yield_report(&[&avs]).await;
    assert_eq!(report.rate_index, (11u128 << 64) / 10);
    world.check_invariants().await;
}
