//! A deallocation in every slot for two exit delays: at most eight entries, each released in its slot, none prolonged.

use crate::stage::{terms_of, Stage};
use liquid_restaking_tests::ONE;
use std::collections::BTreeMap;

async fn deallocate_in_every_slot(exit_delay: u64, most_entries: usize) {
    let mut stage = Stage::of(1, &[terms_of(exit_delay)], |_| {}).await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let grid = exit_delay.div_ceil(7);
    let mut due = BTreeMap::<u64, u64>::new();
    let (mut most, mut left) = (0, 8 * ONE);
    let end = stage.world.slot().await + 2 * exit_delay;
    while stage.world.slot().await < end {
        let slot = stage.world.slot().await;
        // Released in its slot, and nothing in any other.
        let release = stage.release(0, 0);
        let outcome = stage.world.try_send(&[release], &[]).await;
        match due.remove(&slot) {
            Some(amount) => {
                outcome.expect("its slot has come");
                left -= amount;
            }
            None => assert_eq!(outcome.err().as_deref(), Some("NothingToDo")),
        }
        let free = 8 * ONE - left;
        let delegation = stage.world.delegation(&stage.operators[0]).await;
        assert_eq!(delegation.free(10_000), free);

        // A different amount in every slot: a merged entry shows whose it is.
        let amount = slot % 97 + 1;
        stage.send(stage.deallocate(0, amount)).await;
        let release_slot = (slot + exit_delay).div_ceil(grid) * grid;
        assert!(release_slot >= slot + exit_delay);
        *due.entry(release_slot).or_default() += amount;

        let (operator, avs) = (&stage.operators[0], &stage.avss[0]);
        let allocation = stage.world.allocation(operator, avs).await;
        let entries: BTreeMap<_, _> = allocation
            .coolings
            .iter()
            .filter(|entry| entry.amount > 0)
            .map(|entry| (entry.release_slot, entry.amount))
            .collect();
        assert_eq!(entries, due);
        most = most.max(entries.len());
        stage.world.warp(1).await;
    }
    assert_eq!(most, most_entries);
    // The rest, each in its slot.
    while let Some((slot, amount)) = due.pop_first() {
        let release = stage.release(0, 0);
        while stage.world.slot().await < slot {
            stage
                .world
                .refuse(release.clone(), &[], "NothingToDo")
                .await;
            stage.world.warp(1).await;
        }
        stage.send(release).await;
        left -= amount;
        assert_eq!(stage.pool().await.2, 8 * ONE - stage.parts(0, 0).await.0);
    }
    assert_eq!(stage.parts(0, 0).await, (left, 0, 0));
    stage.send(stage.undelegate(8 * ONE - left)).await;
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn at_the_smallest_exit_delay_every_slot_has_its_entry() {
    deallocate_in_every_slot(7, 7).await;
}

#[tokio::test]
async fn at_eight_slots_two_share_an_entry() {
    deallocate_in_every_slot(8, 5).await;
}

#[tokio::test]
async fn at_thirteen_slots() {
    deallocate_in_every_slot(13, 7).await;
}

#[tokio::test]
async fn at_fifty_slots() {
    deallocate_in_every_slot(50, 8).await;
}

#[tokio::test]
async fn at_a_hundred_slots() {
    deallocate_in_every_slot(100, 8).await;
}

#[tokio::test]
async fn at_a_multiple_of_the_grid() {
    deallocate_in_every_slot(105, 8).await;
}
