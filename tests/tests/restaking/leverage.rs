//! The same stake pledged once, and three times.

use crate::stage::Stage;
use liquid_restaking_tests::{terms, ONE};

#[tokio::test]
async fn at_leverage_one_what_an_avs_gives_back_is_free_for_another() {
    let mut stage = Stage::of(1, &[terms(); 3], |_| {}).await;
    stage.stake(0, 8 * ONE, &[4 * ONE, 3 * ONE, ONE]).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 0));
    stage
        .refuse_saying(stage.allocate(2, 1), "LeverageExceeded", "Over by 1")
        .await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, ONE + 7)).await;
    // Until it has cooled it is the first one's.
    stage
        .refuse_saying(stage.allocate(2, 1), "LeverageExceeded", "Over by 1")
        .await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    stage
        .refuse_saying(stage.allocate(2, ONE + 8), "LeverageExceeded", "Over by 1")
        .await;
    stage.send(stage.allocate(2, ONE + 7)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 0));
}

#[tokio::test]
async fn at_leverage_three_the_same_stake_is_pledged_three_times_and_no_more() {
    let change = |params: &mut liquid_restaking_sdk::program::state::Params| {
        params.leverage_bps = 30_000;
    };
    let mut stage = Stage::of(1, &[terms(); 4], change).await;
    stage.stake(0, 8 * ONE, &[8 * ONE; 3]).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 0));
    stage
        .refuse_saying(stage.allocate(3, 1), "LeverageExceeded", "Over by 1")
        .await;
    stage
        .refuse_saying(stage.allocate(0, 1), "AllocationExceedsStake", "Over by 1")
        .await;

    // One AVS that gives all back frees nothing, two neither: the third counts on all of it.
    stage.send(stage.deallocate(0, 8 * ONE)).await;
    stage.send(stage.deallocate(1, 8 * ONE)).await;
    assert_eq!(stage.pool().await.2, 0);
    let slot = stage.release_slot(2).await;
    stage.send(stage.deallocate(2, 2 * ONE)).await;
    assert_eq!(stage.pool().await.2, 2 * ONE);
    stage.warp_to(slot).await;
    for (avs, free) in [(0, 0), (1, 0), (2, 2 * ONE)] {
        stage.send(stage.release(0, avs)).await;
        let delegation = stage.world.delegation(&stage.operators[0]).await;
        assert_eq!(delegation.free(30_000), free);
    }
    stage.send(stage.undelegate(2 * ONE)).await;
    // Six are left, six of them pledged once: twelve may be pledged again.
    stage.send(stage.allocate(0, 6 * ONE)).await;
    stage.send(stage.allocate(1, 5 * ONE)).await;
    stage
        .refuse_saying(stage.allocate(3, ONE + 3), "LeverageExceeded", "Over by 3")
        .await;
    stage.send(stage.allocate(3, ONE)).await;
    let pool = stage.world.pool().await;
    let allocated = pool.avss[..4].iter().map(|row| row.allocated);
    assert_eq!(
        allocated.collect::<Vec<_>>(),
        [6 * ONE, 5 * ONE, 6 * ONE, ONE]
    );
    stage.world.check_invariants().await;
}
