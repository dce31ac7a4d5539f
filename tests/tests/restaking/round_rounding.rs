//! Rounds over stakes of a few units, where every rounding shows: the whole shortage is freed, and little more.

use crate::stage::Stage;
use liquid_restaking_sdk::program::state::Params;
use liquid_restaking_tests::{terms, ONE};

/// Three operators' stakes and what they allocate to three AVSs, within any leverage from 1.5 on.
const STAKES: [(u64, [u64; 3]); 3] = [(7, [5, 4, 1]), (11, [7, 5, 4]), (13, [13, 5, 1])];
/// All of it.
const STAKED: u64 = 31;

/// A round for what is lacking when everybody but `staying` units leaves. Returns what was freed beyond it.
async fn freed_beyond(leverage: u16, staying: u64) -> u64 {
    let change = |params: &mut Params| params.leverage_bps = leverage;
    let mut stage = Stage::of(3, &[terms(); 3], change).await;
    for (operator, (stake, allocated)) in STAKES.iter().enumerate() {
        stage.stake(operator, *stake, allocated).await;
    }
    let owed = 10 * ONE - staying;
    let head = stage.overdue(owed).await;
    let (idle, _, freeing) = stage.pool().await;
    assert!(idle + freeing < owed, "a shortage");
    stage.open_round(head).await;
    let slot = stage.release_slot(0).await;
    for operator in 0..3 {
        for avs in 0..3 {
            stage.send(stage.force_deallocate(operator, avs)).await;
        }
    }
    let (idle, _, freeing) = stage.pool().await;
    assert!(
        idle + freeing >= owed,
        "{} of {STAKED} short at {leverage}",
        owed - idle - freeing
    );
    stage.warp_to(slot).await;
    for operator in 0..3 {
        for avs in 0..3 {
            stage.send(stage.release(operator, avs)).await;
        }
        let force = stage.force_undelegate(operator, Some(head));
        if let Err(refused) = stage.world.try_send(&[force], &[]).await {
            // What the others gave is enough, or nothing of it is free.
            assert!(["QueueNotOverdue", "NothingToDo"].contains(&refused.as_str()));
        }
    }
    assert_eq!(stage.pool().await.0, owed);
    stage.world.settle().await;
    assert_eq!(stage.world.pool().await.queue_length, 0);
    stage.world.check_invariants().await;
    idle + freeing - owed
}

#[tokio::test]
async fn at_leverage_one_and_a_half() {
    for staying in [1, 2, 5, 9, 14, 20] {
        assert!(freed_beyond(15_000, staying).await <= 9);
    }
}

#[tokio::test]
async fn at_a_leverage_that_divides_nothing() {
    for staying in [1, 3, 7, 11, 17, 19] {
        assert!(freed_beyond(17_777, staying).await <= 9);
    }
}

#[tokio::test]
async fn at_leverage_five() {
    for staying in [1, 4, 8, 12, 16, 18] {
        assert!(freed_beyond(50_000, staying).await <= 9);
    }
}
