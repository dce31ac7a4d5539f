//! `propose_avs` and `apply_avs`: the copy of the terms, the exit delay, the sixteen places.

use crate::TIMELOCK;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{instructions::UpdateAvsArgs, state::AvsTerms},
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn propose(world: &World, avs: &Avs, cap_bps: u16) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.propose_avs(&admin, &avs.key, cap_bps)
}

/// What the AVS offers from now on.
async fn offer(world: &mut World, avs: &Avs, terms: AvsTerms) {
    let args = UpdateAvsArgs {
        terms: Some(terms),
        ..UpdateAvsArgs::default()
    };
    let update = registry::update_avs(&avs.key, &avs.authority.pubkey(), args);
    world.send(&[update], &[&avs.authority]).await;
}

/// A higher slash cap, and an exit delay of 200 slots if `longer`.
fn crueller(longer: bool) -> AvsTerms {
    let delay = if longer { 200 } else { 100 };
    AvsTerms {
        exit_delay: delay,
        slash_window: delay,
        slash_cap_bps: 5_000,
        ..terms()
    }
}

/// Two of ten tokens are staked.
async fn staked() -> (World, Keypair, Operator, Avs) {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 5_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    world.stake(&operator, &avs, 2 * ONE).await;
    let admin = world.admin.insecure_clone();
    (world, admin, operator, avs)
}

#[tokio::test]
async fn the_terms_are_those_of_the_proposal_whatever_the_avs_offers_while_it_waits() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    let (admin, avs) = (
        world.admin.insecure_clone(),
        world.register_avs(terms()).await,
    );
    let propose = propose(&world, &avs, 5_000);
    world.send(&[propose], &[&admin]).await;
    let proposed = world.pool_avs(&avs).await.pending;
    let args = UpdateAvsArgs {
        slasher: Some(Pubkey::new_unique()),
        resolver: Some(Pubkey::new_unique()),
        terms: Some(crueller(true)),
        ..UpdateAvsArgs::default()
    };
    let update = registry::update_avs(&avs.key, &avs.authority.pubkey(), args);
    let close = registry::close_avs(&avs.key, &avs.authority.pubkey(), &avs.authority.pubkey());
    // Not even its end changes what was proposed.
    world.send(&[update, close], &[&avs.authority]).await;
    world.warp(TIMELOCK).await;
    let apply = world.keys.apply_avs(&avs.key);
    world.send(&[apply], &[]).await;
    let accepted = world.pool_avs(&avs).await.accepted;
    assert_eq!(accepted, proposed);
    assert_eq!(
        (accepted.terms, accepted.slasher),
        (terms(), avs.slasher.pubkey())
    );
    assert_eq!(world.pool().await.avss[0].slash_cap_bps, 1_000);
}

#[tokio::test]
async fn new_terms_wait_the_timelock_even_with_the_same_cap() {
    let (mut world, admin, _, avs) = staked().await;
    offer(&mut world, &avs, crueller(false)).await;
    let propose = propose(&world, &avs, 5_000);
    world.send(&[propose], &[&admin]).await;
    assert_eq!(world.pool_avs(&avs).await.accepted.terms, terms());
    world.warp(TIMELOCK).await;
    let apply = world.keys.apply_avs(&avs.key);
    world.send(&[apply], &[]).await;
    // The exit delay is the same, so that it holds for what is allocated, too.
    assert_eq!(world.pool_avs(&avs).await.accepted.terms, crueller(false));
    let row = world.pool().await.avss[0];
    assert_eq!((row.cap_bps, row.slash_cap_bps), (5_000, 5_000));
    assert_eq!(row.allocated, 2 * ONE);
}

#[tokio::test]
async fn the_exit_delay_changes_only_when_no_allocation_is_left() {
    let (mut world, admin, operator, avs) = staked().await;
    offer(&mut world, &avs, crueller(true)).await;
    let propose = propose(&world, &avs, 5_000);
    world.send(&[propose], &[&admin]).await;
    world.warp(TIMELOCK).await;
    let (keys, apply) = (world.keys, world.keys.apply_avs(&avs.key));
    world.refuse(apply.clone(), &[], "ExitDelayFixed").await;
    world.deallocate(&operator, &avs, 2 * ONE).await;
    world.refuse(apply.clone(), &[], "ExitDelayFixed").await;
    world.warp(120).await;
    let release = keys.release(&operator.key, &avs.key);
    world.send(&[release], &[]).await;
    world.refuse(apply.clone(), &[], "ExitDelayFixed").await;
    let close = keys.close_allocation(&operator.key, &avs.key, &world.manager.pubkey());
    world.send(&[close, apply], &[]).await;
    assert_eq!(world.pool_avs(&avs).await.accepted.terms, crueller(true));
}

#[tokio::test]
async fn the_exit_delay_stays_even_without_a_share_while_an_allocation_is_left() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    let alice = world.holder(ONE).await;
    world.delegate(&operator, ONE).await;
    world.allocate(&operator, &avs, ONE).await;
    world.deallocate(&operator, &avs, ONE).await;
    world.undelegate(&operator, ONE).await;
    let ticket = world.request(&alice, ONE, 0).await;
    world.warp_to_due(&ticket).await;
    world.settle().await;
    assert_eq!(world.lrt().await.supply, 0);
    offer(&mut world, &avs, crueller(true)).await;
    let (admin, propose) = (world.admin.insecure_clone(), propose(&world, &avs, 1));
    world
        .refuse(propose.clone(), &[&admin], "ExitDelayFixed")
        .await;
    let manager = world.manager.pubkey();
    let close = world
        .keys
        .close_allocation(&operator.key, &avs.key, &manager);
    world.send(&[close, propose], &[&admin]).await;
    assert_eq!(world.pool_avs(&avs).await.accepted.terms, crueller(true));
}

#[tokio::test]
async fn an_exit_delay_is_at_most_the_lrts_longest() {
    for with_a_holder in [false, true] {
        let mut world = World::new().await;
        if with_a_holder {
            world.holder(ONE).await;
        }
        let admin = world.admin.insecure_clone();
        let of = |exit_delay| AvsTerms {
            veto_window: 20,
            exit_delay,
            slash_window: exit_delay,
            ..terms()
        };
        let (long, too_long) = (
            world.register_avs(of(300)).await,
            world.register_avs(of(301)).await,
        );
        let good = propose(&world, &long, 1);
        world.send(&[good], &[&admin]).await;
        let bad = propose(&world, &too_long, 1);
        world.refuse(bad, &[&admin], "ExitDelayOutOfBounds").await;
        // Nor can one that is accepted be prolonged beyond it.
        offer(&mut world, &long, of(301)).await;
        let bad = propose(&world, &long, 1);
        world.refuse(bad, &[&admin], "ExitDelayOutOfBounds").await;
    }
}

#[tokio::test]
async fn a_pool_takes_sixteen_avss_and_a_place_that_is_given_back_goes_to_the_next() {
    let mut world = World::new().await;
    let mut avss = Vec::new();
    for _ in 0..16 {
        avss.push(world.avs(terms(), 1_000).await);
    }
    let (admin, keys) = (world.admin.insecure_clone(), world.keys);
    let one_more = world.register_avs(terms()).await;
    let propose = propose(&world, &one_more, 1_000);
    world
        .refuse(propose.clone(), &[&admin], "TooManyAvss")
        .await;
    world.holder(ONE).await;
    world
        .refuse(propose.clone(), &[&admin], "TooManyAvss")
        .await;
    let table = world.pool().await.avss;
    for (place, avs) in avss.iter().enumerate() {
        assert_eq!(table[place].avs, avs.key);
        assert_eq!(usize::from(world.pool_avs(avs).await.place), place);
    }
    let remove = [
        keys.lower_avs_cap(&admin.pubkey(), &avss[7].key, 0),
        keys.close_pool_avs(&avss[7].key, &admin.pubkey()),
        propose,
    ];
    world.send(&remove, &[&admin]).await;
    assert_eq!(world.pool_avs(&one_more).await.place, 7);
    let pool = world.pool().await;
    assert_eq!((pool.avs_count, pool.avss[7].avs), (16, one_more.key));
    assert_eq!(pool.avss[7].slash_cap_bps, 0);
}

#[tokio::test]
async fn offers_that_differ_in_nothing_but_padding_are_the_same_offer() {
    let mut world = World::new().await;
    let padded = AvsTerms {
        padding: [9; 6],
        ..terms()
    };
    let (plain, odd) = (
        world.avs(terms(), 5_000).await,
        world.avs(padded, 5_000).await,
    );
    world.holder(ONE).await;
    assert_eq!(
        world.pool_avs(&odd).await.accepted.terms,
        world.pool_avs(&plain).await.accepted.terms
    );
    let admin = world.admin.insecure_clone();
    // With other terms the padding goes as well, and what was proposed stays what is in force.
    offer(&mut world, &odd, crueller(false)).await;
    offer(&mut world, &odd, padded).await;
    for avs in [&plain, &odd] {
        let again = world.keys.propose_avs(&admin.pubkey(), &avs.key, 5_000);
        world.refuse(again, &[&admin], "NothingToDo").await;
    }
}
