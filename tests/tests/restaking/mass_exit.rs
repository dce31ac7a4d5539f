//! Everybody leaves while everything is allocated.

use crate::stage::{terms_of, Stage};
use liquid_restaking_tests::ONE;

#[tokio::test]
async fn a_manager_who_acts_pays_everybody_on_the_due_slot() {
    for leverage in [10_000, 30_000] {
        let terms = [terms_of(100), terms_of(50), terms_of(7)];
        let change = |params: &mut liquid_restaking_sdk::program::state::Params| {
            params.leverage_bps = leverage;
        };
        let mut stage = Stage::of(2, &terms, change).await;
        let bob = stage.world.holder(3 * ONE + 1).await;
        let allocated = if leverage == 10_000 {
            [3 * ONE, 2 * ONE, ONE + 1]
        } else {
            [6 * ONE + 1; 3]
        };
        stage.stake(0, 6 * ONE + 1, &allocated).await;
        stage.stake(1, 7 * ONE, &[3 * ONE, 3 * ONE, ONE]).await;
        assert_eq!(stage.pool().await.0, 0);
        let his = stage.world.request(&bob, 3 * ONE + 1, 0).await;
        let hers = stage.world.request(&stage.holder, 10 * ONE, 0).await;

        for (avs, amount) in allocated.into_iter().enumerate() {
            stage.send(stage.deallocate(avs, amount)).await;
        }
        for (avs, amount) in [3 * ONE, 3 * ONE, ONE].into_iter().enumerate() {
            let (operator, avs) = (&stage.operators[1], &stage.avss[avs]);
            stage.world.deallocate(operator, avs, amount).await;
        }
        let last = stage.release_slot(0).await;
        // All of it will be free: nothing is left for a round to do.
        assert_eq!(stage.pool().await, (0, 13 * ONE + 1, 13 * ONE + 1));
        stage.world.warp_to_due(&hers).await;
        assert!(stage.world.slot().await > last);
        for operator in 0..2 {
            for avs in 0..3 {
                stage.send(stage.release(operator, avs)).await;
            }
        }
        stage
            .world
            .undelegate(&stage.operators[0], 6 * ONE + 1)
            .await;
        stage.world.undelegate(&stage.operators[1], 7 * ONE).await;
        stage.world.settle().await;
        stage.world.claim(&his, &bob).await;
        stage.world.claim(&hers, &stage.holder).await;
        assert_eq!(stage.world.holds(&bob).await, (3 * ONE + 1, 0));
        assert_eq!(stage.world.holds(&stage.holder).await, (10 * ONE, 0));
        assert_eq!(stage.world.lrt().await.supply, 0);
        assert_eq!(stage.pool().await, (0, 0, 0));
        stage.world.check_invariants().await;
    }
}

#[tokio::test]
async fn without_a_manager_everybody_is_paid_one_exit_delay_after_the_grace() {
    let mut stage = Stage::of(2, &[terms_of(100), terms_of(50)], |_| {}).await;
    stage.stake(0, 6 * ONE, &[4 * ONE, 2 * ONE]).await;
    stage.stake(1, 4 * ONE, &[ONE, 3 * ONE]).await;
    let ticket = stage.world.request(&stage.holder, 10 * ONE, 0).await;
    let head = ticket.batch_epoch;
    stage.warp_past_grace(head).await;
    stage.open_round(head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (10 * ONE, 10 * ONE));
    let slot = stage.release_slot(0).await;
    for (operator, avs) in [(1, 1), (0, 0), (1, 0), (0, 1)] {
        stage.send(stage.force_deallocate(operator, avs)).await;
        assert_eq!(stage.parts(operator, avs).await.0, 0);
    }
    stage.warp_to(slot).await;
    for (operator, avs) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        stage.send(stage.release(operator, avs)).await;
    }
    for operator in 0..2 {
        stage
            .send(stage.force_undelegate(operator, Some(head)))
            .await;
    }
    stage.world.settle().await;
    stage.world.claim(&ticket, &stage.holder).await;
    assert_eq!(stage.world.holds(&stage.holder).await, (10 * ONE, 0));
    assert_eq!(stage.pool().await, (0, 0, 0));
    stage.world.check_invariants().await;
}
