//! The room of an AVS on chain: whatever it does, it never takes more than twice its cap in a window.

use crate::court::Court;
use liquid_restaking_sdk::{Instruction, ProposalKeys};
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

impl Court {
    /// What the AVS may propose now.
    async fn room(&mut self) -> u64 {
        let (slot, terms) = (self.world.slot().await, terms());
        let mut allocation = self.allocation().await;
        allocation.ripen(slot).expect("a sum");
        let slashable = allocation.slashable(self.delegation().await.active);
        let bucket = &mut allocation.bucket;
        let updated = bucket.update(
            slashable.expect("a sum"),
            terms.slash_cap_bps,
            terms.slash_window,
            slot,
        );
        updated.expect("it fits");
        bucket.room()
    }

    /// One more than the room is refused, the log says how much there is; the room itself is not.
    async fn expect_room(&mut self, room: u64) {
        let line = format!("Room {room}");
        self.refuse_proposal_saying(room + 1, "SlashExceedsRoom", &line)
            .await;
        if room > 0 {
            let (propose, _) = self.instruction(room).await;
            let slasher = &self.avs.slasher;
            assert_eq!(self.world.simulate(&propose, &[slasher]).await, Ok(()));
        }
    }

    /// Proposes now and executes in the first slot in which it may.
    async fn slash(&mut self, amount: u64) -> ProposalKeys {
        self.world.slash(&self.operator, &self.avs, amount).await
    }

    fn close_allocation(&self) -> Instruction {
        let (keys, payer) = (self.world.keys, self.world.manager.pubkey());
        keys.close_allocation(&self.operator.key, &self.avs.key, &payer)
    }

    /// Ten more tokens are delegated, and allocated when they are wanted.
    async fn more_stake(&mut self) {
        self.world.holder(10 * ONE).await;
        self.world.delegate(&self.operator, 10 * ONE).await;
    }
}

#[tokio::test]
async fn room_is_used_when_it_is_proposed_and_refills_over_the_window() {
    let mut court = Court::new().await;
    let start = court.start;
    court.expect_room(ONE).await;
    court.slash(ONE / 2).await;
    // 9.5 are left, so a cap of 0.95; of 0.5 a hundredth of the cap of 1 has leaked in each slot.
    court.warp_to(start + 20).await;
    court.expect_room(95 * ONE / 100 - 30 * ONE / 100).await;
    court.propose(65 * ONE / 100).await;
    // Full; it leaks 0.0095 in a slot now. A second is executed, a third proposed.
    court.warp_to(start + 30).await;
    let on = ProposalKeys {
        operator: court.operator.key,
        avs: court.avs.key,
        index: 1,
    };
    court.world.execute_slash(&on).await;
    let level = 95 * ONE / 100 - 95 * ONE / 1_000;
    assert_eq!(court.allocation().await.bucket.level, level);
    // 8.85 are left. Ten slots more at the cap of 0.95 that was noted.
    court.warp_to(start + 40).await;
    let level = level - 95 * ONE / 1_000;
    court.expect_room(885 * ONE / 1_000 - level).await;
    // A window after it was full nothing of it is left, a slot before a hundredth.
    court.warp_to(start + 119).await;
    let rest = 95 * ONE / 10_000;
    court.expect_room(885 * ONE / 1_000 - rest).await;
    court.warp_to(start + 120).await;
    court.expect_room(885 * ONE / 1_000).await;
    court.warp_to(start + 10_000).await;
    court.expect_room(885 * ONE / 1_000).await; // it saves nothing up
}

#[tokio::test]
async fn stake_that_is_added_brings_its_room_along_but_does_not_empty_the_bucket() {
    let mut court = Court::new().await;
    let start = court.start;
    court.more_stake().await;
    court.slash(ONE).await;
    court
        .world
        .allocate(&court.operator, &court.avs, 10 * ONE)
        .await;
    // 0.2 of it have leaked; 9 and what has warmed count: 19.
    court.warp_to(start + 20).await;
    court.expect_room(19 * ONE / 10 - 8 * ONE / 10).await;
    court.propose(11 * ONE / 10).await;
    court.world.check_invariants().await;
}

#[tokio::test]
async fn an_allocation_that_shrank_has_room_below_its_new_cap_only() {
    let slow = liquid_restaking_sdk::program::state::AvsTerms {
        slash_window: 1_000,
        ..terms()
    };
    let mut court = Court::of(slow).await;
    let start = court.start;
    court.slash(ONE).await;
    // 9 are left, 6 of them cool: slashable until they are released.
    let release = court.deallocate(6 * ONE).await;
    court.warp_to(release - 1).await;
    let level = |slot: u64| ONE - (slot - start) * ONE / 1_000;
    let cap = 9 * ONE / 10;
    court.expect_room(cap - level(release - 1)).await;
    court.warp_to(release).await;
    court
        .refuse_proposal_saying(1, "SlashExceedsRoom", "Room 0")
        .await;
    // 0.7 have to leak before there is any: refusals noted nothing.
    court.warp_to(start + 700).await;
    court.expect_room(0).await;
    court.warp_to(start + 701).await;
    court.expect_room(ONE / 1_000).await;
    court.propose(ONE / 1_000).await;
}

#[tokio::test]
async fn after_an_execution_an_allocation_closes_one_window_later_and_opens_with_its_room() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    court.slash(ONE).await;
    let ended = court.world.slot().await;
    assert_eq!(court.parts().await, (0, 0));
    let close = court.close_allocation();
    for slot in [ended, ended + 99] {
        court.warp_to(slot).await;
        let world = &mut court.world;
        world.refuse(close.clone(), &[], "AllocationInUse").await;
    }
    court.warp_to(ended + 100).await;
    court.world.send(&[close], &[]).await;
    assert_eq!(court.pool_avs().await.allocations, 0);
    court
        .world
        .stake(&court.operator, &court.avs, 9 * ONE)
        .await;
    court.expect_room(9 * ONE / 10).await;
    let on = court.propose(9 * ONE / 10).await;
    assert_eq!(on.index, 1);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn an_allocation_that_is_emptied_and_filled_again_has_no_more_room_than_before() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    let start = court.world.slot().await;
    court.slash(ONE).await;
    let close = court.close_allocation();
    court.world.refuse(close, &[], "AllocationInUse").await;
    court
        .world
        .stake(&court.operator, &court.avs, 9 * ONE)
        .await;
    // 20 slots have passed, at the cap of 1 of the last update for ten, and at nothing's for none.
    assert_eq!(court.world.slot().await, start + 20);
    let bucket = court.allocation().await.bucket;
    let level = bucket.level - bucket.capacity / 100 * (start + 20 - bucket.clock);
    court.expect_room(9 * ONE / 10 - level).await;
    assert!(level >= 8 * ONE / 10);
}

#[tokio::test]
async fn after_an_expiry_the_block_holds_the_allocation_open_even_longer() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    let on = court.propose(ONE).await;
    court.warp_to(release + 29).await;
    let expire = court.world.keys.expire_slash(&on);
    court.world.send(&[expire], &[]).await;
    assert_eq!(court.parts().await, (0, 0));
    let close = court.close_allocation();
    for slot in [100, 119] {
        court.warp_to(release + 29 + slot).await;
        let world = &mut court.world;
        world.refuse(close.clone(), &[], "AllocationInUse").await;
    }
    court.warp_to(release + 29 + 120).await;
    court.world.send(&[close], &[]).await;
}

#[tokio::test]
async fn an_open_proposal_holds_the_allocation() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    court.propose(ONE).await;
    court.warp_to(release + 1_000).await;
    let (free, close) = (court.release(), court.close_allocation());
    court.world.send(&[free], &[]).await;
    court.world.refuse(close, &[], "AllocationInUse").await;
}

#[tokio::test]
async fn a_greedy_slasher_takes_at_most_twice_the_cap_in_any_window() {
    for open in [10, 29] {
        let mut court = Court::new().await;
        let (start, mut taken) = (court.start, Vec::new());
        while court.world.slot().await < start + 300 {
            let (slot, room) = (court.world.slot().await, court.room().await);
            if room == 0 {
                court.world.warp(1).await;
                continue;
            }
            court.refuse_proposal(room + 1, "SlashExceedsRoom").await;
            let on = court.propose(room).await;
            taken.push((slot, room));
            court.warp_to(slot + open).await;
            court.world.execute_slash(&on).await;
            court.warp_to(slot + 2 * open).await; // blocked until then
        }
        assert!(taken.len() >= 300 / (2 * open as usize));
        for (first, _) in &taken {
            let window = taken
                .iter()
                .filter(|(at, _)| (*first..first + 100).contains(at));
            let sum: u64 = window.map(|(_, amount)| amount).sum();
            assert!(sum <= 2 * ONE, "{sum} from {first}");
        }
        let all: u64 = taken.iter().map(|(_, amount)| amount).sum();
        assert!(all > 2 * ONE, "greedy enough: {all}");
        assert_eq!(court.vault().await, 10 * ONE - all);
        assert_eq!(court.pool_avs().await.losses, all);
        court.world.check_invariants().await;
    }
}
