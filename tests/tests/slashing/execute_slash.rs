//! `execute_slash`.

use liquid_restaking_tests::{terms, World, ONE};

#[tokio::test]
async fn a_slash_is_burned_out_of_the_vault_and_lowers_the_rate() {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let avs = world.avs(terms(), 10_000).await;
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 10 * ONE).await;
    world.stake(&operator, &avs, 10 * ONE).await;
    let vault = world.keys.vault;
    world.slash(&operator, &avs, ONE).await;
    assert_eq!(world.balance(&vault).await, 9 * ONE);
    assert_eq!(world.pool().await.delegated, 9 * ONE);
    world.check_invariants().await;
}
