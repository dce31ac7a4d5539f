//! `propose_slash`: who may, how much, and when.

use crate::court::Court;
use liquid_restaking_sdk::{
    program::{
        instructions::{ProposeSlashArgs, UpdateAvsArgs},
        state::AvsTerms,
    },
    registry,
};
use liquid_restaking_tests::{terms, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn args(amount: u64) -> ProposeSlashArgs {
    ProposeSlashArgs {
        amount,
        evidence: [7; 32],
        uri: String::new(),
    }
}

#[tokio::test]
async fn nothing_is_no_slash_and_less_than_the_smallest_neither() {
    let mut court = Court::with(|params| params.min_slash = 1_000).await;
    court.refuse_proposal(0, "ZeroAmount").await;
    court.refuse_proposal(1, "SlashTooSmall").await;
    court.refuse_proposal(999, "SlashTooSmall").await;
    court.propose(1_000).await;
}

#[tokio::test]
async fn only_the_slasher_of_the_avs_proposes() {
    let (mut court, others) = Court::shared(terms(), 1).await;
    let (instruction, on) = court.instruction(1).await;
    let world = &mut court.world;
    let mallory = Keypair::new();
    let strangers = [
        &mallory,
        &others[0].slasher,
        &court.avs.resolver,
        &court.avs.authority,
        &court.operator.authority,
        &world.admin.insecure_clone(),
        &world.manager.insecure_clone(),
        &world.guardian.insecure_clone(),
    ];
    for stranger in strangers {
        let key = stranger.pubkey();
        world.fund(&key);
        let propose = world.keys.propose_slash(&key, &on, args(1));
        world.refuse(propose, &[stranger], "NotSlasher").await;
    }
    let slasher = &court.avs.slasher;
    world.send(&[instruction], &[slasher]).await;
}

#[tokio::test]
async fn the_slasher_is_the_one_that_the_pool_has_accepted() {
    let mut court = Court::new().await;
    let (old, new) = (court.avs.slasher.insecure_clone(), Keypair::new());
    court.world.fund(&new.pubkey());
    let change = UpdateAvsArgs {
        slasher: Some(new.pubkey()),
        ..UpdateAvsArgs::default()
    };
    let by = court.avs.authority.insecure_clone();
    let update = registry::update_avs(&court.avs.key, &by.pubkey(), change);
    court.world.send(&[update], &[&by]).await;
    court.avs.slasher = new.insecure_clone();
    court.refuse_proposal(ONE, "NotSlasher").await;
    court.avs.slasher = old.insecure_clone();
    let first = court.propose(ONE).await;
    court.veto(&first).await;

    // Accepted anew, after the timelock: the other way round.
    let (keys, admin) = (court.world.keys, court.world.admin.insecure_clone());
    let accept = keys.propose_avs(&admin.pubkey(), &court.avs.key, 10_000);
    court.world.send(&[accept], &[&admin]).await;
    court.world.wait_timelock().await;
    let apply = keys.apply_avs(&court.avs.key);
    court.world.send(&[apply], &[]).await;
    court.refuse_proposal(ONE, "NotSlasher").await;
    court.avs.slasher = new;
    court.propose(ONE).await;
}

#[tokio::test]
async fn an_open_proposal_keeps_its_windows_whatever_is_accepted_meanwhile() {
    let mut court = Court::new().await;
    let longer = AvsTerms {
        veto_window: 30,
        execution_window: 33,
        slash_window: 200,
        slash_cap_bps: 5_000,
        ..terms()
    };
    let change = UpdateAvsArgs {
        terms: Some(longer),
        ..UpdateAvsArgs::default()
    };
    let (keys, admin) = (court.world.keys, court.world.admin.insecure_clone());
    let by = court.avs.authority.insecure_clone();
    let update = registry::update_avs(&court.avs.key, &by.pubkey(), change);
    let accept = keys.propose_avs(&admin.pubkey(), &court.avs.key, 10_000);
    court.world.send(&[update, accept], &[&by, &admin]).await;
    court.world.wait_timelock().await;
    court.refuse_proposal(ONE + 1, "SlashExceedsRoom").await;
    let (slot, on) = (court.world.slot().await, court.propose(ONE).await);
    court
        .world
        .send(&[keys.apply_avs(&court.avs.key)], &[])
        .await;
    court.warp_to(slot + 10).await;
    let resolver = court.avs.resolver.insecure_clone();
    let veto = keys.veto_slash(&resolver.pubkey(), &on);
    court
        .world
        .refuse(veto, &[&resolver], "VetoWindowOver")
        .await;
    court.world.execute_slash(&on).await;
    // The next one is under the new terms: of the cap of 4.5, 1 has been used, and leaked by the old cap for a while.
    court.warp_to(slot + 20).await;
    let bucket = court.allocation().await.bucket;
    assert_eq!((bucket.capacity, bucket.window), (5 * ONE, 200));
    let level = ONE - 10 * ONE / 100;
    assert_eq!(bucket.level, level);
    let room = 45 * ONE / 10 - (level - 10 * 5 * ONE / 200);
    court.refuse_proposal(room + 1, "SlashExceedsRoom").await;
    let on = court.propose(room).await;
    let proposal = court.proposal(&on).await;
    let slots = (proposal.execution_slot, proposal.expiry_slot);
    assert_eq!(slots, (slot + 50, slot + 83));
}

#[tokio::test]
async fn no_more_than_the_avs_counts_on_and_no_more_than_it_has_room_for() {
    let mut court = Court::new().await;
    for (amount, error, line) in [
        (u64::MAX, "SlashExceedsStake", "Slashable 10000000000"),
        (10 * ONE + 1, "SlashExceedsStake", "Slashable 10000000000"),
        (10 * ONE, "SlashExceedsRoom", "Room 1000000000"),
        (ONE + 1, "SlashExceedsRoom", "Room 1000000000"),
    ] {
        court.refuse_proposal_saying(amount, error, line).await;
    }
    court.propose(ONE).await;
}

#[tokio::test]
async fn what_another_avs_has_taken_is_not_there_any_more() {
    let (mut court, others) = Court::shared(terms(), 1).await;
    court.world.slash(&court.operator, &court.avs, ONE).await;
    court.avs = others.into_iter().next().expect("another");
    assert_eq!(court.allocation().await.stake, 10 * ONE);
    for (amount, error, line) in [
        (9 * ONE + 1, "SlashExceedsStake", "Slashable 9000000000"),
        (9 * ONE, "SlashExceedsRoom", "Room 900000000"),
        (ONE / 10 * 9 + 1, "SlashExceedsRoom", "Room 900000000"),
    ] {
        court.refuse_proposal_saying(amount, error, line).await;
    }
    court.propose(ONE / 10 * 9).await;
}

#[tokio::test]
async fn stake_that_warms_is_not_slashable_until_it_counts() {
    let mut court = Court::new().await;
    let slot = court.start;
    court.world.holder(10 * ONE).await;
    court.world.delegate(&court.operator, 10 * ONE).await;
    let (operator, avs) = (&court.operator, &court.avs);
    court.world.allocate(operator, avs, 10 * ONE).await;
    for at in [slot, slot + 9] {
        court.warp_to(at).await;
        court
            .refuse_proposal_saying(10 * ONE + 1, "SlashExceedsStake", "Slashable 10000000000")
            .await;
        court
            .refuse_proposal_saying(ONE + 1, "SlashExceedsRoom", "Room 1000000000")
            .await;
    }
    // In its slot it counts, whether anybody has said so or not.
    court.warp_to(slot + 10).await;
    court
        .refuse_proposal_saying(20 * ONE + 1, "SlashExceedsStake", "Slashable 20000000000")
        .await;
    court
        .refuse_proposal_saying(2 * ONE + 1, "SlashExceedsRoom", "Room 2000000000")
        .await;
    court.propose(2 * ONE).await;
    assert_eq!(court.parts().await, (20 * ONE, 0));
}

#[tokio::test]
async fn what_has_cooled_is_open_to_no_new_proposal() {
    let mut court = Court::new().await;
    let release = court.deallocate(4 * ONE).await;
    court.warp_to(release - 1).await;
    court
        .refuse_proposal_saying(ONE + 1, "SlashExceedsRoom", "Room 1000000000")
        .await;
    court.warp_to(release).await;
    for (amount, error, line) in [
        (6 * ONE + 1, "SlashExceedsStake", "Slashable 6000000000"),
        (ONE / 10 * 6 + 1, "SlashExceedsRoom", "Room 600000000"),
    ] {
        court.refuse_proposal_saying(amount, error, line).await;
    }
    let release = court.deallocate(6 * ONE).await;
    court.warp_to(release - 1).await;
    let (last, _) = court.instruction(ONE / 10 * 6).await;
    let slasher = &court.avs.slasher;
    assert_eq!(court.world.simulate(&last, &[slasher]).await, Ok(()));
    court.warp_to(release).await;
    court
        .refuse_proposal_saying(1, "SlashExceedsStake", "Slashable 0")
        .await;
}

#[tokio::test]
async fn one_proposal_is_open_on_an_allocation_and_each_allocation_has_its_own() {
    let mut court = Court::new().await;
    let second = court.second_operator().await;
    let first = court.propose(1).await;
    court.refuse_proposal(1, "ProposalOpen").await;
    let other = court.world.propose_slash(&second, &court.avs, ONE).await;
    assert_eq!((first.index, other.index), (0, 1));
    let last = court.start + 29;
    court.warp_to(last).await;
    court.refuse_proposal(1, "ProposalOpen").await;
    // Nobody has executed it: it stays open until somebody lets it expire.
    court.warp_to(last + 1_000).await;
    court.refuse_proposal(1, "ProposalOpen").await;
    assert_eq!(court.pool_avs().await.open_proposals, 2);
    assert_eq!(court.uncovered().await, ONE + 1);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn the_block_of_an_execution_lasts_as_long_as_the_proposal_was_open() {
    for open in [10, 29] {
        let mut court = Court::new().await;
        let (start, on) = (court.start, court.propose(ONE / 2).await);
        court.warp_to(start + open).await;
        court.world.execute_slash(&on).await;
        court.refuse_proposal(1, "ProposalBlocked").await;
        court.warp_to(start + 2 * open - 1).await;
        court.refuse_proposal(1, "ProposalBlocked").await;
        court.warp_to(start + 2 * open).await;
        court.propose(1).await;
    }
}

#[tokio::test]
async fn the_evidence_is_at_a_uri_of_at_most_128_bytes() {
    let mut court = Court::new().await;
    let (_, on) = court.instruction(1).await;
    let (keys, slasher) = (court.world.keys, court.avs.slasher.insecure_clone());
    let propose = |uri: String| {
        let args = ProposeSlashArgs { uri, ..args(1) };
        keys.propose_slash(&slasher.pubkey(), &on, args)
    };
    for uri in ["x".repeat(129), "ipfs\0".to_owned()] {
        let world = &mut court.world;
        world
            .refuse(propose(uri), &[&slasher], "UriMalformed")
            .await;
    }
    let longest = propose("x".repeat(128));
    court.world.send(&[longest], &[&slasher]).await;
    assert_eq!(court.proposal(&on).await.uri, [b'x'; 128]);
}
