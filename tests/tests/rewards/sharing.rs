//! How a stream is shared: by time and by amount, to the unit.

use crate::with_stream;
use liquid_restaking_sdk::{address, StreamKeys};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What each holder claims.
async fn claims<const N: usize>(
    world: &mut World,
    stream: &StreamKeys,
    holders: [&Keypair; N],
) -> [u64; N] {
    let mut claimed = [0; N];
    for (claimed, holder) in claimed.iter_mut().zip(holders) {
        *claimed = world.claim_stream(holder, stream).await;
    }
    claimed
}

#[tokio::test]
async fn three_holders_who_come_and_go_share_by_time_and_amount() {
    let (mut world, stream, [alice, bob, carol]) = with_stream().await;
    world.stake_position(&alice, 100).await;
    world.fund_stream(&stream, 9_000).await; // 90 a slot
    world.warp(10).await; // 900 for Alice
    world.stake_position(&bob, 200).await;
    world.warp(30).await; // 900 and 1,800
    world.stake_position(&carol, 300).await;
    world.warp(20).await; // 300, 600 and 900
    world.unstake_position(&bob, 200).await;
    world.warp(20).await; // 450 and 1,350
    world.unstake_position(&alice, 50).await;
    world.stake_position(&carol, 50).await;
    world.warp(10).await; // an eighth and seven: 112.5 and 787.5
    world.stake_position(&alice, 350).await;
    world.warp(10).await; // 480 and 420
    let expected = [3_142, 2_400, 3_457];
    let claimed = claims(&mut world, &stream, [&alice, &bob, &carol]).await;
    // Two halves of a unit stay.
    assert_eq!(claimed, [expected[0], expected[1], expected[2]]);
    let shared = world.stream(&stream).await;
    assert_eq!((shared.drip.rest, shared.owed), (0, 1));
}

#[tokio::test]
async fn it_makes_no_difference_how_often_anybody_claims() {
    let (mut world, stream, [often, once]) = with_stream().await;
    world.stake_position(&often, 3).await;
    world.stake_position(&once, 4).await;
    world.fund_stream(&stream, 1_000).await;
    let mut claimed = 0;
    for _ in 0..20 {
        world.warp(5).await;
        claimed += world.claim_stream(&often, &stream).await;
    }
    assert_eq!(claimed, 428); // of 428.57
    assert_eq!(world.claim_stream(&once, &stream).await, 571); // of 571.43
    assert_eq!(world.stream(&stream).await.owed, 1);
}

#[tokio::test]
async fn a_stream_that_runs_dry_stops_and_goes_on_when_it_is_funded() {
    let (mut world, stream, [alice, late]) = with_stream().await;
    world.stake_position(&alice, 10).await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(1_000).await;
    world.stake_position(&late, 30).await; // nothing is left for him
    let index = world.stream(&stream).await.index;
    world.warp(1_000).await;
    world.unstake_position(&late, 10).await;
    assert_eq!(world.stream(&stream).await.index, index);
    world.fund_stream(&stream, 300).await;
    world.warp(50).await;
    let claimed = claims(&mut world, &stream, [&alice, &late]).await;
    assert_eq!(claimed, [1_050, 100]);
    world.warp(50).await;
    let claimed = claims(&mut world, &stream, [&alice, &late]).await;
    assert_eq!(claimed, [50, 100]);
    assert_eq!(world.stream(&stream).await.owed, 0);
}

#[tokio::test]
async fn a_stream_in_which_nobody_has_a_share_stands_still() {
    let (mut world, stream, [alice, bob]) = with_stream().await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(5_000).await;
    world.stake_position(&alice, 1).await;
    world.warp(30).await;
    world.unstake_position(&alice, 1).await;
    // A second pause, and a second funding in it: 700 over 70 slots, 300 over 100.
    world.warp(5_000).await;
    world.fund_stream(&stream, 300).await;
    let drip = world.stream(&stream).await.drip;
    assert_eq!((drip.rest, drip.end - world.slot().await), (1_000, 79));
    world.warp(5_000).await;
    world.stake_position(&bob, 7).await;
    world.warp(79).await;
    let claimed = claims(&mut world, &stream, [&alice, &bob]).await;
    assert_eq!(claimed, [300, 999]); // a seventh of a unit is not quite one
    let left = world.stream(&stream).await;
    assert_eq!((left.drip.rest, left.owed), (0, 1));
}

#[tokio::test]
async fn a_stake_of_a_moment_earns_nothing() {
    let (mut world, stream, [alice, mallory]) = with_stream().await;
    world.stake_position(&alice, 1).await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(50).await;
    // Just before the last funding is shared out, and just after.
    world.stake_position(&mallory, ONE).await;
    world.fund_stream(&stream, 1_000).await;
    world.unstake_position(&mallory, ONE).await;
    let claim = world
        .keys
        .claim_stream(&mallory.pubkey(), &mallory.pubkey(), &stream);
    world.open_reward_account(&stream, &mallory.pubkey(), 0);
    world.refuse(claim, &[&mallory], "NothingToDo").await;
    world.warp(100).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 2_000);
}

#[tokio::test]
async fn eight_streams_are_shared_side_by_side_each_by_its_own_clock() {
    let (mut world, first, [alice, bob]) = with_stream().await;
    let mut streams = vec![first];
    for place in 1..8 {
        let slots = 100 * (u64::from(place) + 1);
        streams.push(world.add_stream(place, slots).await);
    }
    for stream in &streams {
        world.fund_stream(stream, 8_000).await;
    }
    world.stake_position(&alice, 1).await;
    world.warp(100).await;
    world.stake_position(&bob, 3).await;
    world.warp(100).await;
    for (stream, slots) in streams.iter().zip((100..).step_by(100)) {
        // Alone for a hundred slots, and with three times as much beside her for a hundred.
        let alone = 8_000 * 100 / slots;
        let after = if slots > 100 { alone } else { 0 };
        let due = [alone + after / 4, after - after / 4];
        let got = world.claim_stream(&alice, stream).await;
        assert!(got.abs_diff(due[0]) <= 1, "{slots}: {got}");
        if after > 0 {
            let got = world.claim_stream(&bob, stream).await;
            assert!(got.abs_diff(due[1]) <= 1, "{slots}: {got}");
        }
    }
}

#[tokio::test]
async fn the_largest_amounts_there_can_be_are_shared_to_the_unit() {
    let (mut world, stream, [alice, bob]) = with_stream().await;
    world.stake_position(&alice, 1).await;
    world.stake_position(&bob, 1).await;
    world.fund_stream(&stream, u64::MAX - 1).await;
    world.warp(100).await;
    let claimed = claims(&mut world, &stream, [&alice, &bob]).await;
    assert_eq!(claimed, [u64::MAX / 2; 2]);
    // All of a stream for one share, and hardly anything for many.
    world.unstake_position(&bob, 1).await;
    world.fund_stream(&stream, u64::MAX).await;
    world.warp(100).await;
    let vault = address::stream_vault(&world.keys.book(), 0);
    let own = stream.of(&alice.pubkey());
    world.patch(&own, 64, &[0; 8]).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, u64::MAX);
    assert_eq!(world.balance(&vault).await, 0);
    world.stake_position(&bob, ONE).await;
    world.fund_stream(&stream, ONE).await;
    world.warp(100).await;
    assert_eq!(world.claim_stream(&bob, &stream).await, ONE - 1);
}
