//! What the reader is quoted by a call is what the program answers, to the unit, in every state of the LRT.

use crate::{answers, books, by_quote, quote, workers, world, SHARES};
use liquid_restaking_tests::{World, EPOCH, ONE};

/// Compares the two answers, and both with the price of the books.
async fn assert_exact(world: &mut World) {
    let (quoted, _) = answers(world, SHARES).await;
    let expected = quote(world, SHARES).await;
    assert_eq!(quoted, (expected.assets_now, expected.due_slot));
    assert_eq!(expected.net_shares + expected.fee_shares, SHARES);
    let (_, now) = books(world).await;
    let price = now.lrt.exit_price().expect("a price");
    assert_eq!(price.value_of_floor(expected.net_shares).unwrap(), quoted.0);
}

#[tokio::test]
async fn fresh() {
    let mut world = world().await;
    let keys = world.keys;
    // Nobody has deposited: no share can leave.
    let refused = world.ask::<(u64, u64)>(by_quote(&keys, SHARES)).await;
    assert_eq!(refused, Err("SharesExceedSupply".to_owned()));
    world.holder(10 * ONE).await;
    assert_exact(&mut world).await;
}

#[tokio::test]
async fn while_a_reward_drips() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    world.start_drip(777_777_777).await;
    for _ in 0..4 {
        world.warp(29).await; // no account says yet what has dripped since
        assert_exact(&mut world).await;
    }
}

#[tokio::test]
async fn while_a_slash_is_undecided_and_after_it() {
    let mut world = world().await;
    let (operator, avs) = workers(&mut world).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 8 * ONE).await;
    world.stake(&operator, &avs, 8 * ONE).await;
    world.start_drip(777_777_777).await;
    world.warp(13).await;
    let before = quote(&mut world, SHARES).await.assets_now;

    let on = world.propose_slash(&operator, &avs, 700_000_000).await;
    assert_exact(&mut world).await;
    let during = quote(&mut world, SHARES).await.assets_now;
    assert!(during < before, "{during} {before}");

    let proposal = world.proposal(&on).await;
    world
        .warp(proposal.execution_slot - proposal.proposed_slot)
        .await;
    world.execute_slash(&on).await;
    assert_exact(&mut world).await;
}

#[tokio::test]
async fn while_the_queue_waits_and_after_it_is_settled() {
    let mut world = world().await;
    let holder = world.holder(10 * ONE).await;
    world.request(&holder, 6 * ONE, 0).await;
    world.start_drip(777_777_777).await;
    world.warp(7).await;
    // The same batch still: the reader is told its due slot.
    assert_exact(&mut world).await;
    let epoch = world.epoch().await;
    let batch = world.batch(epoch).await;
    let batch = batch.expect("the batch");
    let ((_, due_slot), _) = answers(&mut world, SHARES).await;
    assert_eq!(due_slot, batch.due_slot);
    world.warp(4 * EPOCH).await;
    world.settle().await;
    assert_exact(&mut world).await;
}

#[tokio::test]
async fn below_par() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    world.start_drip(777_777_777).await;
    world.lose(3_131_313_131).await;
    world.warp(7).await;
    assert_exact(&mut world).await;
}
