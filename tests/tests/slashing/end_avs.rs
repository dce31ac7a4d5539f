//! `end_avs`, and what follows from it.

use crate::court::{event_of, Court};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, bytes_of, program::events::AvsEnded};
use liquid_restaking_tests::{params, terms, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn the_guardian_alone_ends_an_avs_once_and_writes_the_slot_only() {
    let mut court = Court::new().await;
    let (keys, slot) = (court.world.keys, court.start);
    let guardian = court.world.guardian.insecure_clone();
    let end = keys.end_avs(&guardian.pubkey(), &court.avs.key);
    let strangers = [
        court.world.admin.insecure_clone(),
        court.world.manager.insecure_clone(),
        court.avs.authority.insecure_clone(),
        court.avs.resolver.insecure_clone(),
        Keypair::new(),
    ];
    for stranger in &strangers {
        let by = keys.end_avs(&stranger.pubkey(), &court.avs.key);
        court.world.refuse(by, &[stranger], "NotGuardian").await;
    }
    let other = court.world.create_lrt(params()).await;
    let admin = &strangers[0];
    let abroad = other.propose_avs(&admin.pubkey(), &court.avs.key, 10_000);
    court.world.send(&[abroad], &[admin]).await;
    let nobody = Pubkey::new_unique();
    let substitutes = [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (2, other.stake_pool, "WrongLrt"),
        (2, nobody, "AccountOwnedByWrongProgram"),
        (3, other.pool_avs(&court.avs.key), "WrongStakePool"),
        (3, keys.lrt, "AccountDiscriminatorMismatch"),
        (3, nobody, "AccountOwnedByWrongProgram"),
        (4, nobody, "ConstraintAddress"),
    ];
    let world = &mut court.world;
    world
        .refuse_substitutes(&end, &[&guardian], &substitutes)
        .await;
    world.refuse_unprivileged(&end, &[&guardian]).await;

    let (lrt, pool) = (world.lrt().await, world.pool().await);
    let (mut expected, allocation) = (court.pool_avs().await, court.allocation().await);
    let event: AvsEnded = event_of(&mut court.world, end.clone(), &[&guardian]).await;
    assert_eq!(
        (event.stake_pool, event.avs),
        (keys.stake_pool, court.avs.key)
    );
    assert_eq!(event.slot, slot);
    expected.ended_slot = slot;
    let after = court.pool_avs().await;
    assert!(bytes_of(&after) == bytes_of(&expected), "{after:?}");
    let after = court.allocation().await;
    assert!(bytes_of(&after) == bytes_of(&allocation), "{after:?}");
    assert!(bytes_of(&court.world.lrt().await) == bytes_of(&lrt));
    assert!(bytes_of(&court.world.pool().await) == bytes_of(&pool));
    court
        .world
        .refuse(end.clone(), &[&guardian], "NothingToDo")
        .await;
    court.world.warp(1).await;
    court.world.refuse(end, &[&guardian], "NothingToDo").await;
}

#[tokio::test]
async fn nothing_more_is_allocated_and_it_is_never_accepted_again() {
    let mut court = Court::new().await;
    let (keys, admin) = (court.world.keys, court.world.admin.insecure_clone());
    let manager = court.world.funded_manager();
    // A lower cap that waits when the end comes, and may not be applied any more.
    let propose = |cap| keys.propose_avs(&admin.pubkey(), &court.avs.key, cap);
    court.world.send(&[propose(9_000)], &[&admin]).await;
    let again = propose(10_000);
    let other = propose(9_000);
    court.world.holder(ONE).await;
    court.world.delegate(&court.operator, ONE).await;
    court.end().await;
    let more = keys.allocate(&manager.pubkey(), &court.operator.key, &court.avs.key, 1);
    court
        .world
        .refuse(more.clone(), &[&manager], "AvsEnded")
        .await;
    court.world.wait_timelock().await;
    court.world.refuse(more, &[&manager], "AvsEnded").await;
    let apply = keys.apply_avs(&court.avs.key);
    court.world.refuse(apply, &[], "AvsEnded").await;
    for accept in [again, other] {
        court.world.refuse(accept, &[&admin], "AvsEnded").await;
    }
}

#[tokio::test]
async fn anyone_takes_all_of_it_back_with_the_exit_delay_counted_from_the_end() {
    let mut court = Court::new().await;
    let keys = court.world.keys;
    let force = keys.force_deallocate(&court.operator.key, &court.avs.key);
    court.world.refuse(force.clone(), &[], "RoundNotOpen").await;
    let ended = court.end().await;
    let release = terms().release_slot(ended).expect("a slot");
    court.warp_to(ended + 40).await;
    court.world.send(std::slice::from_ref(&force), &[]).await;
    let cooling = court.allocation().await.coolings[0];
    assert_eq!((cooling.amount, cooling.release_slot), (10 * ONE, release));
    court.world.refuse(force, &[], "NothingToDo").await;
    court.warp_to(release - 1).await;
    let free = court.release();
    court.world.refuse(free.clone(), &[], "NothingToDo").await;
    court.warp_to(release).await;
    court.world.send(&[free], &[]).await;
    court.world.undelegate(&court.operator, 10 * ONE).await;
    court.world.check_invariants().await;
}

#[tokio::test]
async fn the_manager_too_is_released_from_the_slot_of_the_end() {
    let mut court = Court::new().await;
    let ended = court.end().await;
    let release = terms().release_slot(ended).expect("a slot");
    court.warp_to(ended + 40).await;
    court.deallocate(4 * ONE).await;
    let cooling = court.allocation().await.coolings[0];
    assert_eq!((cooling.amount, cooling.release_slot), (4 * ONE, release));
    court.warp_to(release).await;
    court.deallocate(ONE).await;
    assert_eq!(court.parts().await, (5 * ONE, 0));
}

#[tokio::test]
async fn once_the_delay_is_over_it_is_released_at_once() {
    let mut court = Court::new().await;
    let keys = court.world.keys;
    let force = keys.force_deallocate(&court.operator.key, &court.avs.key);
    let ended = court.end().await;
    let release = terms().release_slot(ended).expect("a slot");
    court.warp_to(release).await;
    court.world.send(&[force], &[]).await;
    assert_eq!(court.parts().await, (0, 0));
    court.world.undelegate(&court.operator, 10 * ONE).await;
    assert_eq!(court.world.pool().await.idle, 10 * ONE);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn what_it_could_count_on_stays_slashable_for_the_delay_and_no_longer() {
    let mut court = Court::new().await;
    let keys = court.world.keys;
    let ended = court.end().await;
    let release = terms().release_slot(ended).expect("a slot");
    court.warp_to(release - 1).await;
    let (last, _) = court.instruction(ONE).await;
    let slasher = court.avs.slasher.insecure_clone();
    let allowed = court.world.simulate(&last, &[&slasher]).await;
    assert_eq!(allowed, Ok(()));
    for slot in [release, release + 1_000] {
        court.warp_to(slot).await;
        court.refuse_proposal(1, "AvsEnded").await;
    }
    let force = keys.force_deallocate(&court.operator.key, &court.avs.key);
    court.world.send(&[force], &[]).await;
    court.refuse_proposal(1, "AvsEnded").await;
}

#[tokio::test]
async fn a_proposal_of_the_last_slot_is_executed_and_the_rest_is_released() {
    let mut court = Court::new().await;
    let keys = court.world.keys;
    let ended = court.end().await;
    let release = terms().release_slot(ended).expect("a slot");
    court.warp_to(release - 1).await;
    let on = court.propose(ONE).await;
    court.warp_to(release).await;
    let force = keys.force_deallocate(&court.operator.key, &court.avs.key);
    court.world.send(&[force], &[]).await;
    assert_eq!(court.parts().await, (0, ONE)); // held for the proposal
    court.warp_to(release + 9).await;
    court.world.execute_slash(&on).await;
    assert_eq!(court.parts().await, (0, 0));
    court.world.undelegate(&court.operator, 9 * ONE).await;
    court.world.check_invariants().await;
}

#[tokio::test]
async fn its_room_refills_no_more_from_the_slot_of_the_end() {
    let mut court = Court::new().await;
    let start = court.start;
    court.world.slash(&court.operator, &court.avs, ONE).await;
    court.warp_to(start + 20).await;
    court.end().await;
    let release = terms().release_slot(start + 20).expect("a slot");
    // 20 of 100 slots have passed: 0.8 of 0.9 are used, and stay so.
    for slot in [start + 20, start + 50, release - 1] {
        court.warp_to(slot).await;
        court
            .refuse_proposal_saying(ONE / 10 + 1, "SlashExceedsRoom", "Room 100000000")
            .await;
    }
    let on = court.propose(ONE / 10).await;
    let guardian = court.world.guardian.insecure_clone();
    let veto = court.world.keys.veto_slash(&guardian.pubkey(), &on);
    court.world.send(&[veto], &[&guardian]).await;
    let bucket = court.allocation().await.bucket;
    assert_eq!((bucket.level, bucket.clock), (ONE / 10 * 8, start + 20));
}

#[tokio::test]
async fn an_avs_that_ended_leaves_when_nothing_of_it_is_left() {
    let mut court = Court::new().await;
    let (keys, admin) = (court.world.keys, court.world.admin.insecure_clone());
    let manager = court.world.funded_manager();
    court.end().await;
    court.world.warp(120).await;
    let leave = keys.close_pool_avs(&court.avs.key, &admin.pubkey());
    court.world.refuse(leave.clone(), &[], "PoolAvsInUse").await;
    let (operator, avs) = (court.operator.key, court.avs.key);
    let all = [
        keys.force_deallocate(&operator, &avs),
        keys.close_allocation(&operator, &avs, &manager.pubkey()),
        leave,
    ];
    court.world.send(&all, &[]).await;
    assert_eq!(court.world.pool().await.avs_count, 0);
    court.world.check_invariants().await;
}
