use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use liquid_restaking_tests::{World, EPOCH, ONE};

#[tokio::test]
async fn accruing_releases_what_has_dripped_and_twice_in_a_slot_no_more() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    world.start_drip(1_000).await;
    let accrue = world.keys.accrue();
    world.warp(7).await;
    world.send(&[accrue.clone(), accrue], &[]).await;
    let (row, pool) = (world.lrt().await.pools[0], world.pool().await);
    assert_eq!((row.drip.rest, row.released), (930, 0));
    assert_eq!((row.assets, pool.idle), (ONE + 70, ONE + 70));
    world.check_invariants().await;
}

#[tokio::test]
async fn calls_in_every_slot_hold_a_drip_up_by_little_and_lose_nothing_of_it() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    // Less than a unit a slot: most calls find nothing to release and leave the clock where it is; each that releases
    // leaves a fraction of a unit for later.
    world.start_drip(37).await;
    let accrue = world.keys.accrue();
    for _ in 0..50 {
        world.warp(1).await;
        world.send(std::slice::from_ref(&accrue), &[]).await;
    }
    let half = world.pool().await.idle - ONE;
    assert!((15..=18).contains(&half), "{half}");
    world.warp(50).await;
    world.send(&[accrue], &[]).await;
    assert_eq!(world.pool().await.idle, ONE + 37);
}

#[tokio::test]
async fn with_nothing_to_release_it_succeeds_and_moves_no_price() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    world.warp(2 * EPOCH).await;
    let before = world.lrt().await;
    let accrue = world.keys.accrue();
    world.send(&[accrue], &[]).await;
    let (after, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((before.supply, before.pools), (after.supply, after.pools));
    // The ends of the epochs that have passed are noted all the same.
    assert_eq!((pool.epoch, pool.assets_at_end), (1_002, [ONE, ONE]));
    assert_eq!(after.instant_window.base, ONE);
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let accrue = keys.accrue();
    world
        .refuse_substitutes(
            &accrue,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (1, keys.vault, "AccountOwnedByWrongProgram"),
                (2, nobody, "ConstraintAddress"),
            ],
        )
        .await;
}
