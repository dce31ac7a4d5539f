//! `open_round`: when, and what it freezes.

use crate::stage::{Stage, ROUND};
use liquid_restaking_sdk::address;
use liquid_restaking_tests::{terms, EPOCH, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn a_round_opens_when_the_heads_grace_is_over_and_not_one_slot_before() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let head = stage.request(5 * ONE, 0).await;
    let open = stage.world.keys.open_round(head);
    stage
        .world
        .refuse(open.clone(), &[], "QueueNotOverdue")
        .await;
    // Epoch 1,000, a cooldown of two, a grace of 200.
    stage.warp_to(head * EPOCH + 499).await;
    stage
        .world
        .refuse(open.clone(), &[], "QueueNotOverdue")
        .await;
    stage.world.warp(1).await;
    stage.send(open).await;
    let round = stage.world.pool().await.round;
    assert_eq!(
        (round.number, round.end_slot),
        (1, head * EPOCH + 500 + ROUND)
    );
    assert_eq!((round.shortage, round.used), (3 * ONE, 8 * ONE));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn idle_that_suffices_for_the_whole_queue_leaves_nothing_to_open() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let head = stage.overdue(2 * ONE).await;
    let open = stage.world.keys.open_round(head);
    stage
        .world
        .refuse(open.clone(), &[], "QueueNotOverdue")
        .await;
    // Those behind the head count: together they are to wait one exit delay.
    stage.request(1, 1).await;
    stage.send(open).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (1, 8 * ONE));
}

#[tokio::test]
async fn what_is_freeing_is_not_asked_for_again() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    stage.send(stage.deallocate(0, ONE)).await; // idle 2, free 3, cooling 1
    let head = stage.overdue(6 * ONE).await;
    let open = stage.world.keys.open_round(head);
    stage.world.refuse(open.clone(), &[], "NothingToDo").await;
    stage.request(1, 1).await;
    stage.send(open).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (1, 4 * ONE));
}

#[tokio::test]
async fn only_the_queues_head_opens_it() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let first = stage.request(2 * ONE, 0).await;
    stage.world.warp(EPOCH).await;
    let second = stage.request(ONE, 1).await;
    stage.warp_past_grace(second).await;
    let (by_first, by_second) = (
        stage.world.keys.open_round(first),
        stage.world.keys.open_round(second),
    );
    stage
        .world
        .refuse(by_second.clone(), &[], "NotHeadBatch")
        .await;
    stage.world.settle().await; // the first, from idle
    stage.world.refuse(by_first, &[], "NotHeadBatch").await;
    stage.send(by_second).await;
    assert_eq!(stage.world.pool().await.round.shortage, ONE);
    // And nobody waits any more.
    stage.world.leave_idle(2 * ONE).await;
    stage.world.settle().await;
    stage.world.warp(ROUND).await;
    let again = stage.world.keys.open_round(second);
    stage.world.refuse(again, &[], "NotHeadBatch").await;
}

#[tokio::test]
async fn an_emptied_head_hurries_nobody() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[7 * ONE]).await;
    let ticket = stage.world.request(&stage.holder, 2 * ONE, 0).await;
    stage.world.warp(EPOCH).await;
    let behind = stage.request(5 * ONE, 1).await;
    let cancel = stage.world.keys.cancel_withdraw(&ticket);
    stage.world.send(&[cancel], &[&stage.holder]).await;
    stage.warp_past_grace(ticket.batch_epoch).await;
    let open = stage.world.keys.open_round(ticket.batch_epoch);
    stage.world.refuse(open, &[], "QueueNotOverdue").await;
    let free = stage.force_undelegate(0, Some(ticket.batch_epoch));
    stage.world.refuse(free, &[], "QueueNotOverdue").await;
    // It passes with nothing to pay; whoever is behind it waits out his own grace.
    stage.world.settle().await;
    let open = stage.world.keys.open_round(behind);
    stage
        .world
        .refuse(open.clone(), &[], "QueueNotOverdue")
        .await;
    stage.world.warp(EPOCH - 1).await;
    stage
        .world
        .refuse(open.clone(), &[], "QueueNotOverdue")
        .await;
    stage.world.warp(1).await;
    stage.send(open).await;
    assert_eq!(stage.world.pool().await.round.shortage, 2 * ONE);
}

#[tokio::test]
async fn the_next_round_opens_in_the_slot_in_which_the_last_one_ends() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let head = stage.overdue(5 * ONE).await;
    stage.open_round(head).await;
    let open = stage.world.keys.open_round(head);
    stage.world.refuse(open.clone(), &[], "RoundRunning").await;
    stage.send(stage.force_deallocate(0, 0)).await;
    // More want to leave, and the manager is still silent.
    stage.request(2 * ONE, 1).await;
    stage.world.warp(ROUND - 1).await;
    stage.world.refuse(open.clone(), &[], "RoundRunning").await;
    stage.world.warp(1).await;
    stage.send(open).await;
    let round = stage.world.pool().await.round;
    assert_eq!(
        (round.number, round.shortage, round.used),
        (2, 2 * ONE, 5 * ONE)
    );
    stage.send(stage.force_deallocate(0, 0)).await;
    // What the first round cooled is released on the way.
    assert_eq!(stage.parts(0, 0).await, (3 * ONE, 0, 2 * ONE));
}

#[tokio::test]
async fn above_leverage_one_it_asks_for_a_unit_more_for_every_other_operator() {
    let leverage = |params: &mut liquid_restaking_sdk::program::state::Params| {
        params.leverage_bps = 20_000;
    };
    for (wanted, shortage) in [(5 * ONE, 3 * ONE + 2), (10 * ONE - 1, 8 * ONE)] {
        let mut stage = Stage::of(3, &[terms()], leverage).await;
        for (operator, stake) in [(0, 4 * ONE), (1, 3 * ONE), (2, ONE)] {
            stage.stake(operator, stake, &[stake]).await;
        }
        let head = stage.overdue(wanted).await;
        stage.open_round(head).await;
        let round = stage.world.pool().await.round;
        assert_eq!((round.shortage, round.used), (shortage, 8 * ONE));
    }
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let other = stage.strangers().await;
    let ticket = stage.world.request(&stage.holder, 5 * ONE, 0).await;
    stage.warp_past_grace(ticket.batch_epoch).await;
    let keys = stage.world.keys;
    let open = keys.open_round(ticket.batch_epoch);
    stage.world.refuse_unprivileged(&open, &[]).await;
    let theirs = address::batch(&other.stake_pool, other.epoch);
    stage
        .world
        .refuse_substitutes(
            &open,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, theirs, "WrongStakePool"),
                (2, ticket.ticket, "AccountDiscriminatorMismatch"),
                (2, stage.holder.pubkey(), "AccountOwnedByWrongProgram"),
                (3, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(open).await;
}
