//! What the two ways cost a program, the reader's own work and the call included.

use crate::{by_offsets, by_quote, workers, world, SHARES};
use liquid_restaking_tests::{World, ONE};

/// What every transaction of these tests spends before.
const COMPUTE_BUDGET: u64 = 150;
/// Ceilings, with room for the official toolchain. docs/guides/integrator.md says what was measured.
const BY_QUOTE: u64 = 8_000;
const BY_OFFSETS: u64 = 3_000;

async fn measure(world: &mut World, state: &str) {
    let keys = world.keys;
    let quote = world.send(&[by_quote(&keys, SHARES)], &[]).await - COMPUTE_BUDGET;
    let offsets = world.send(&[by_offsets(&keys, SHARES)], &[]).await - COMPUTE_BUDGET;
    println!("{state}: by quote {quote}, by offsets {offsets}");
    assert!(quote <= BY_QUOTE, "{state}: by quote {quote}");
    assert!(offsets <= BY_OFFSETS, "{state}: by offsets {offsets}");
    assert!(offsets < quote, "{state}: why read, otherwise");
}

#[tokio::test]
async fn both_ways_keep_their_ceilings() {
    let mut world = world().await;
    let (operator, avs) = workers(&mut world).await;
    let holder = world.holder(10 * ONE).await;
    measure(&mut world, "fresh").await;
    world.delegate(&operator, 4 * ONE).await;
    world.stake(&operator, &avs, 4 * ONE).await;
    world.start_drip(777_777_777).await;
    world.warp(31).await;
    measure(&mut world, "dripping").await;
    world.request(&holder, 2 * ONE, 0).await;
    measure(&mut world, "with a queue").await;
    world.propose_slash(&operator, &avs, 300_000_000).await;
    world.warp(1).await;
    measure(&mut world, "disputed").await;
    world.lose(3 * ONE).await;
    measure(&mut world, "below par").await;
}
