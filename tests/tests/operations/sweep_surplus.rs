use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use liquid_restaking_tests::{World, ONE};

#[tokio::test]
async fn a_donation_changes_no_price_until_it_is_swept_and_drips() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.donate(ONE).await;
    world.warp(500).await;
    let (accrue, sweep) = (world.keys.accrue(), world.keys.sweep_surplus());
    world.send(std::slice::from_ref(&accrue), &[]).await;
    assert_eq!(world.lrt().await.pools[0].assets, ONE);
    assert_eq!(world.check_invariants().await.surplus, ONE);

    world.send(std::slice::from_ref(&sweep), &[]).await;
    let row = world.lrt().await.pools[0];
    assert_eq!((row.assets, row.drip.rest), (ONE, ONE));
    assert_eq!(world.check_invariants().await.surplus, 0);
    world.refuse(sweep, &[], "NothingToDo").await;
    // A hundred slots of drip: half of it after fifty.
    for (slots, assets) in [(50, ONE + ONE / 2), (50, 2 * ONE), (50, 2 * ONE)] {
        world.warp(slots).await;
        world.send(std::slice::from_ref(&accrue), &[]).await;
        assert_eq!(world.lrt().await.pools[0].assets, assets);
        assert_eq!(world.pool().await.idle, assets);
    }
    assert_eq!(world.check_invariants().await.surplus, 0);
    // Alice owns all shares; the virtual ones keep their part.
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp(300).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    let got = world.holds(&alice).await.0;
    assert_eq!(got, 2 * ONE - ONE / 1_001 - 1);
}

#[tokio::test]
async fn a_swept_donation_waits_for_holders() {
    let mut world = World::new().await;
    world.start_drip(ONE).await;
    world.warp(1_000).await;
    world.holder(ONE).await;
    let row = world.lrt().await.pools[0];
    assert_eq!((row.assets, row.drip.rest), (ONE, ONE));
    world.warp(100).await;
    let accrue = world.keys.accrue();
    world.send(&[accrue], &[]).await;
    assert_eq!(world.lrt().await.pools[0].assets, 2 * ONE);
}

#[tokio::test]
async fn the_largest_donation_there_can_be_keeps_nobody_in() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.start_drip(u64::MAX - ONE).await;
    world.warp(100).await;
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp_to_epoch(1_004).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    assert!(world.holds(&alice).await.0 > u64::MAX / 1_001 * 1_000);
    world.check_invariants().await;
}

#[tokio::test]
async fn a_vault_short_of_the_ledger_has_no_surplus() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    let (vault, sweep) = (world.keys.vault, world.keys.sweep_surplus());
    world.refuse(sweep.clone(), &[], "NothingToDo").await;
    world.patch(&vault, 64, &(ONE - 1).to_le_bytes()).await;
    world.refuse(sweep, &[], "VaultShort").await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    world.donate(1).await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let sweep = keys.sweep_surplus();
    // An account with a balance that is no vault at all.
    let richer = Pubkey::new_unique();
    world.create_token_account(&richer, &keys.collateral_mint, &keys.stake_pool, u64::MAX);
    world
        .refuse_substitutes(
            &sweep,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, other.vault, "WrongVault"),
                (2, richer, "WrongVault"),
                (3, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.send(&[sweep], &[]).await;
}
