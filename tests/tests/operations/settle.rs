use liquid_restaking_sdk::{address, anchor_lang::prelude::Pubkey, program::state::WithdrawBatch};
use liquid_restaking_tests::{World, EPOCH, ONE, START};
use solana_signer::Signer;

/// First slot in which a batch of the first epoch may be settled.
const DUE: u64 = START + 3 * EPOCH;

#[tokio::test]
async fn a_batch_is_settled_in_its_due_slot_and_not_in_the_one_before() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE, 1).await;
    let settle = world.keys.settle(ticket.batch_epoch);
    world.refuse(settle.clone(), &[], "BatchNotDue").await;
    world
        .context
        .warp_to_slot(DUE - 1)
        .expect("the clock moves");
    world.refuse(settle.clone(), &[], "BatchNotDue").await;
    world.warp(1).await;
    world.send(&[settle], &[]).await;

    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!(lrt.supply, 2 * ONE);
    assert_eq!((pool.idle, pool.claimable), (2 * ONE, ONE));
    assert_eq!((pool.queued, pool.queue_length), (0, 0));
    let batch = world.batch(ticket.batch_epoch).await.expect("it is open");
    assert_eq!((batch.shares_settled, batch.assets_settled), (ONE, ONE));
    assert_eq!(batch.left_queue, 1);
    // No token has moved.
    assert_eq!(world.holds(&alice).await, (0, 2 * ONE));
    world.check_invariants().await;
}

#[tokio::test]
async fn a_settled_batch_is_not_settled_twice() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    let again = world.keys.settle(ticket.batch_epoch);
    world.refuse(again, &[], "NotHeadBatch").await;
}

#[tokio::test]
async fn only_the_head_of_the_queue_is_settled() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let first = world.request(&alice, ONE, 1).await;
    world.warp(EPOCH).await;
    let second = world.request(&alice, ONE, 2).await;
    world.warp_to_epoch(1_010).await;
    let (first, second) = (
        world.keys.settle(first.batch_epoch),
        world.keys.settle(second.batch_epoch),
    );
    world.refuse(second.clone(), &[], "NotHeadBatch").await;
    world.send(&[first, second], &[]).await;
    assert_eq!(world.pool().await.queue_length, 0);
}

#[tokio::test]
async fn short_idle_settles_a_part_and_the_rest_when_there_is_more() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(3 * ONE).await, world.holder(ONE).await);
    let (his, hers) = (
        world.request(&bob, ONE, 1).await,
        world.request(&alice, 3 * ONE, 1).await,
    );
    let settle = world.keys.settle(his.batch_epoch);
    world.leave_idle(ONE).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    let (pool, lrt) = (world.pool().await, world.lrt().await);
    assert_eq!((pool.idle, pool.claimable, pool.queued), (0, ONE, 3 * ONE));
    assert_eq!((pool.queue_length, lrt.supply), (1, 3 * ONE));
    world.refuse(settle, &[], "NothingToDo").await;
    world.check_invariants().await;

    // Every ticket has got a quarter of what it asked for.
    world.claim(&his, &bob).await;
    world.claim(&hers, &alice).await;
    assert_eq!(world.holds(&bob).await.0, ONE / 4);
    assert_eq!(world.holds(&alice).await.0, 3 * ONE / 4);
    let again = world.keys.claim(&his, &bob.pubkey());
    world.refuse(again, &[&bob], "NothingToDo").await;

    world.leave_idle(3 * ONE).await;
    world.settle().await;
    world.claim(&his, &bob).await;
    world.claim(&hers, &alice).await;
    assert_eq!(world.holds(&bob).await, (ONE, 0));
    assert_eq!(world.holds(&alice).await, (3 * ONE, 0));
    assert_eq!(world.lrt().await.supply, 0);
}

#[tokio::test]
async fn a_part_worth_less_than_the_smallest_settlement_waits_unless_it_is_the_rest() {
    let mut world = World::with(|params| params.min_settle = ONE).await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE + ONE / 2, 1).await;
    let settle = world.keys.settle(ticket.batch_epoch);
    world.warp_to_epoch(1_003).await;
    world.leave_idle(ONE - 1).await;
    world.refuse(settle.clone(), &[], "NothingToDo").await;
    world.leave_idle(ONE).await;
    world.send(std::slice::from_ref(&settle), &[]).await;
    world.leave_idle(ONE / 2 - 1).await;
    world.refuse(settle.clone(), &[], "NothingToDo").await;
    world.leave_idle(ONE / 2).await;
    world.send(&[settle], &[]).await;
    assert_eq!(world.pool().await.queue_length, 0);
}

#[tokio::test]
async fn a_batch_emptied_by_cancels_passes_with_nothing_to_pay() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let first = world.request(&alice, ONE, 1).await;
    world.warp(EPOCH).await;
    let second = world.request(&alice, ONE, 2).await;
    let cancel = world.keys.cancel_withdraw(&first);
    world.send(&[cancel], &[&alice]).await;
    world.leave_idle(0).await;
    world.warp_to_epoch(1_004).await;
    world.settle().await;
    let pool = world.pool().await;
    assert_eq!(
        (pool.queue_length, pool.head_epoch),
        (1, second.batch_epoch)
    );
    assert_eq!((pool.claimable, world.lrt().await.supply), (0, 3 * ONE));
    let close = world.keys.close_batch(first.batch_epoch, &alice.pubkey());
    world.send(&[close], &[]).await;
    assert!(world.batch(first.batch_epoch).await.is_none());
}

#[tokio::test]
async fn worthless_shares_settle_for_nothing() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, 3 * ONE, 1).await;
    // As after a slash of everything.
    world.change_pool(|pool| pool.idle = 0).await;
    world.change_lrt(|lrt| lrt.pools[0].assets = 0).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    assert_eq!(
        (world.lrt().await.supply, world.pool().await.claimable),
        (0, 0)
    );
    world.claim(&ticket, &alice).await;
    assert!(world.ticket(&ticket).await.is_none());
}

#[tokio::test]
async fn what_is_disputed_and_not_covered_is_not_paid_and_above_the_tolerance_nothing_is() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE + ONE / 2, 1).await;
    world.warp_to_epoch(1_003).await;
    let tolerated = 3 * ONE / 200; // 50 bps of nav
    world
        .change_lrt(|lrt| lrt.pools[0].uncovered = tolerated + 1)
        .await;
    let settle = world.keys.settle(ticket.batch_epoch);
    world.refuse(settle, &[], "DisputeAboveTolerance").await;
    world
        .change_lrt(|lrt| lrt.pools[0].uncovered = tolerated)
        .await;
    world.settle().await;
    // Half of the shares, at the lower price: 2.985 of the 3 tokens.
    assert_eq!(world.pool().await.claimable, (3 * ONE - tolerated) / 2);
    assert_eq!(world.lrt().await.supply, ONE + ONE / 2);
}

#[tokio::test]
async fn no_pause_stops_a_settlement() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    world.request(&alice, ONE, 1).await;
    world.pause_all().await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    assert_eq!(world.pool().await.claimable, ONE);
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE, 1).await;
    let (other, _) = world.neighbour().await;
    world.warp_to_epoch(1_003).await;
    let keys = world.keys;
    let settle = keys.settle(ticket.batch_epoch);
    let nobody = Pubkey::new_unique();
    // A batch of the same fields that another program owns.
    let forged = Pubkey::new_unique();
    let batch = world
        .account(&address::batch(&keys.stake_pool, ticket.batch_epoch))
        .await
        .expect("it is open");
    world.set_raw(&forged, nobody, batch.data, ONE);
    world
        .refuse_substitutes(
            &settle,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (
                    2,
                    address::batch(&other.stake_pool, ticket.batch_epoch),
                    "WrongStakePool",
                ),
                (2, ticket.ticket, "AccountDiscriminatorMismatch"),
                (2, forged, "AccountOwnedByWrongProgram"),
                (3, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    let batch: WithdrawBatch = world.batch(ticket.batch_epoch).await.expect("it is open");
    assert_eq!(batch.shares_settled, 0);
    world.send(&[settle], &[]).await;
}
