//! The limits on `allocate`, each at its edge: a refusal logs by how much.

use crate::stage::Stage;
use liquid_restaking_tests::{terms, EPOCH, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn an_allocation_is_no_more_than_the_operators_stake_with_what_cools() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage
        .refuse_saying(
            stage.allocate(0, 8 * ONE + 1),
            "AllocationExceedsStake",
            "Over by 1",
        )
        .await;
    stage.stake(0, ONE, &[9 * ONE]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 3 * ONE)).await;
    let more = stage.allocate(0, 5);
    stage
        .refuse_saying(more.clone(), "AllocationExceedsStake", "Over by 5")
        .await;
    stage.warp_to(slot).await;
    stage.send(more).await; // releases what has cooled first
    assert_eq!(stage.parts(0, 0).await, (6 * ONE, 5, 0));
    let huge = stage.allocate(0, u64::MAX);
    stage
        .world
        .refuse(huge, &[&stage.manager], "MathOverflow")
        .await;
}

#[tokio::test]
async fn at_leverage_one_the_same_stake_is_never_pledged_twice() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    stage
        .refuse_saying(
            stage.allocate(1, 3 * ONE + 9),
            "LeverageExceeded",
            "Over by 9",
        )
        .await;
    stage.send(stage.allocate(1, 3 * ONE)).await;
    stage
        .refuse_saying(stage.allocate(0, 1), "LeverageExceeded", "Over by 1")
        .await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 0));
}

#[tokio::test]
async fn the_leverage_limit_is_rounded_down() {
    let mut stage = Stage::of(1, &[terms(); 2], |params| params.leverage_bps = 15_000).await;
    stage.send(stage.delegate(7)).await; // 10.5
    stage.send(stage.allocate(0, 7)).await;
    stage
        .refuse_saying(stage.allocate(1, 4), "LeverageExceeded", "Over by 1")
        .await;
    stage.send(stage.allocate(1, 3)).await;
    stage
        .refuse_saying(stage.allocate(1, 1), "LeverageExceeded", "Over by 1")
        .await;
    // The stake is the first limit: each allocation is within it.
    stage
        .refuse_saying(stage.allocate(0, 2), "AllocationExceedsStake", "Over by 2")
        .await;
}

#[tokio::test]
async fn without_leverage_nothing_is_allocated() {
    let mut stage = Stage::with(|params| params.leverage_bps = 0).await;
    stage.send(stage.delegate(7)).await;
    let one = stage.allocate(0, 1);
    stage
        .refuse_saying(one, "LeverageExceeded", "Over by 1")
        .await;
}

#[tokio::test]
async fn all_operators_allocations_to_an_avs_share_its_cap() {
    let mut stage = Stage::of(2, &[terms()], |_| {}).await;
    let admin = stage.world.admin.insecure_clone();
    let lower = stage
        .world
        .keys
        .lower_avs_cap(&admin.pubkey(), &stage.avss[0].key, 2_501);
    stage.world.send(&[lower], &[&admin]).await;
    // 25.01 % of 10 tokens.
    stage.stake(1, 4 * ONE, &[ONE]).await;
    stage.send(stage.delegate(4 * ONE)).await;
    stage
        .refuse_saying(
            stage.allocate(0, 1_501_000_001),
            "AvsCapExceeded",
            "Over by 1",
        )
        .await;
    stage.send(stage.allocate(0, 1_501_000_000)).await;
    // What cools is counted until it is released.
    stage.world.warp(10).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 1_000)).await;
    let again = stage.allocate(0, 1_000);
    stage
        .refuse_saying(again.clone(), "AvsCapExceeded", "Over by 1000")
        .await;
    stage.warp_to(slot).await;
    stage.send(again).await;
    stage
        .refuse_saying(stage.allocate(0, 1), "AvsCapExceeded", "Over by 1")
        .await;
}

#[tokio::test]
async fn a_lowered_cap_takes_nothing_away() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let admin = stage.world.admin.insecure_clone();
    let lower = stage
        .world
        .keys
        .lower_avs_cap(&admin.pubkey(), &stage.avss[0].key, 4_000);
    stage.world.send(&[lower], &[&admin]).await;
    stage
        .refuse_saying(stage.allocate(0, 1), "AvsCapExceeded", "Over by 1000000001")
        .await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 0, 0));
}

/// Half of the assets may go to the AVS; so much of `base` fits and no unit more.
async fn assert_cap_base(stage: &mut Stage, base: u64) {
    let over = stage.allocate(0, base / 2 + 1);
    stage
        .refuse_saying(over, "AvsCapExceeded", "Over by 1")
        .await;
    let fits = stage.allocate(0, base / 2);
    let fits = stage.world.simulate(&fits, &[&stage.manager]).await;
    fits.expect("the cap is not used up");
}

#[tokio::test]
async fn a_cap_is_a_share_of_the_least_assets_now_and_at_the_ends_of_the_last_two_epochs() {
    let mut stage = Stage::new().await;
    let admin = stage.world.admin.insecure_clone();
    let lower = stage
        .world
        .keys
        .lower_avs_cap(&admin.pubkey(), &stage.avss[0].key, 5_000);
    stage.world.send(&[lower], &[&admin]).await;
    stage.send(stage.delegate(9 * ONE)).await;
    // Ends never seen count as now.
    assert_eq!(stage.world.pool().await.assets_at_end, [0, 0]);
    assert_cap_base(&mut stage, 10 * ONE).await;
    let whale = stage.world.holder(6 * ONE).await;
    assert_cap_base(&mut stage, 16 * ONE).await;

    // The next epochs: what comes in raises no cap until two ends have seen it.
    stage.world.warp(EPOCH).await;
    stage.world.holder(24 * ONE).await;
    assert_eq!(stage.world.pool().await.assets_at_end, [16 * ONE, 0]);
    stage.send(stage.delegate(20 * ONE)).await;
    assert_cap_base(&mut stage, 16 * ONE).await;
    stage.world.warp(EPOCH).await;
    assert_cap_base(&mut stage, 16 * ONE).await;
    stage.send(stage.world.keys.accrue()).await;
    assert_eq!(stage.world.pool().await.assets_at_end, [40 * ONE, 16 * ONE]);
    stage.world.warp(EPOCH).await;
    assert_cap_base(&mut stage, 40 * ONE).await;

    // What goes out lowers it at once.
    let exit = stage.world.keys.redeem_instant(&whale.pubkey(), 6 * ONE, 0);
    stage.world.send(&[exit], &[&whale]).await;
    assert_cap_base(&mut stage, 34 * ONE).await;
}

#[tokio::test]
async fn a_deposit_of_a_moment_raises_no_cap() {
    let mut stage = Stage::new().await;
    let admin = stage.world.admin.insecure_clone();
    let lower = stage
        .world
        .keys
        .lower_avs_cap(&admin.pubkey(), &stage.avss[0].key, 5_000);
    stage.world.send(&[lower], &[&admin]).await;
    stage.send(stage.delegate(9 * ONE)).await;
    stage.world.warp(EPOCH).await;
    let flash = stage.world.user(90 * ONE);
    let deposit = stage.world.keys.deposit(&flash.pubkey(), 90 * ONE, 0);
    let (allocate, exit) = (
        stage.allocate(0, 5 * ONE + 1),
        stage
            .world
            .keys
            .redeem_instant(&flash.pubkey(), 90 * ONE, 0),
    );
    let all = [deposit, allocate, exit];
    let outcome = stage.world.try_send(&all, &[&flash, &stage.manager]).await;
    assert_eq!(outcome.err().as_deref(), Some("AvsCapExceeded"));
}

#[tokio::test]
async fn a_bond_that_a_slash_has_made_too_small_carries_no_new_allocation() {
    let mut stage = Stage::with(|params| params.bond_multiple = 10).await;
    stage.world.post_bond(&stage.operators[0], ONE).await;
    stage.send(stage.delegate(10 * ONE)).await;
    stage.send(stage.allocate(0, ONE)).await;
    let key = stage.world.keys.delegation(&stage.operators[0].key);
    let mut delegation = stage.world.delegation(&stage.operators[0]).await;
    delegation.bond -= 1;
    stage.world.set_state(&key, &delegation).await;
    stage.world.change_pool(|pool| pool.bonds -= 1).await;
    stage
        .refuse_saying(stage.allocate(0, 1), "BondTooSmall", "Over by 10")
        .await;
    stage.world.post_bond(&stage.operators[0], 1).await;
    stage.send(stage.allocate(0, 1)).await;
}

#[tokio::test]
async fn idle_and_what_is_freeing_cover_the_queue_to_the_unit() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage.request(5 * ONE, 0).await;
    let over = stage.allocate(0, 5 * ONE + 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
    stage.send(stage.allocate(0, 5 * ONE)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 3 * ONE));
    let over = stage.allocate(0, 1);
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
}

#[tokio::test]
async fn what_cools_covers_the_queue() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    stage.request(4 * ONE, 0).await; // idle is 2
    stage.send(stage.deallocate(0, 3 * ONE)).await;
    let slot = stage.release_slot(0).await;
    stage.warp_to(slot).await;
    // Of the three that were released, two are the queue's.
    let over = stage.allocate(1, ONE + 1);
    stage.send(stage.release(0, 0)).await;
    stage
        .world
        .refuse(over, &[&stage.manager], "QueueNotCovered")
        .await;
    stage.send(stage.allocate(1, ONE)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 2 * ONE));
}
