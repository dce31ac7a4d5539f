//! `veto_slash`.

use crate::court::{event_of, Court};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    bytes_of,
    program::{
        events::SlashFailed,
        instructions::UpdateAvsArgs,
        state::{SlashBucket, SlashState},
    },
    registry,
};
use liquid_restaking_tests::{terms, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn only_the_resolver_vetoes_and_the_guardian_once_the_avs_has_ended() {
    let (mut court, others) = Court::shared(terms(), 1).await;
    let on = court.propose(ONE).await;
    let keys = court.world.keys;
    let (mallory, guardian) = (court.world.user(0), court.world.guardian.insecure_clone());
    let strangers = [
        &mallory,
        &court.avs.slasher.insecure_clone(),
        &court.avs.authority.insecure_clone(),
        &others[0].resolver,
        &court.operator.authority.insecure_clone(),
        &court.world.admin.insecure_clone(),
        &court.world.manager.insecure_clone(),
    ];
    let by_guardian = keys.veto_slash(&guardian.pubkey(), &on);
    for has_ended in [false, true] {
        for stranger in strangers {
            let veto = keys.veto_slash(&stranger.pubkey(), &on);
            court.world.refuse(veto, &[stranger], "NotResolver").await;
        }
        let by_resolver = keys.veto_slash(&court.avs.resolver.pubkey(), &on);
        let world = &mut court.world;
        let allowed = world.simulate(&by_resolver, &[&court.avs.resolver]).await;
        assert_eq!(allowed, Ok(()));
        if !has_ended {
            let veto = by_guardian.clone();
            world.refuse(veto, &[&guardian], "NotResolver").await;
            court.end().await;
        }
    }
    court.world.send(&[by_guardian], &[&guardian]).await;
    assert_eq!(court.proposal(&on).await.state(), SlashState::Vetoed);
}

#[tokio::test]
async fn the_guardian_vetoes_only_what_the_avs_that_ended_has_proposed() {
    let (mut court, mut others) = Court::shared(terms(), 1).await;
    let (guardian, ended) = (court.world.guardian.insecure_clone(), court.avs);
    court.avs = others.remove(0);
    let on = court.propose(ONE).await;
    let end = court.world.keys.end_avs(&guardian.pubkey(), &ended.key);
    court.world.send(&[end], &[&guardian]).await;
    let veto = court.world.keys.veto_slash(&guardian.pubkey(), &on);
    court.world.refuse(veto, &[&guardian], "NotResolver").await;
}

#[tokio::test]
async fn the_resolver_is_the_one_that_the_pool_has_accepted() {
    let mut court = Court::new().await;
    let (on, new) = (court.propose(ONE).await, court.world.user(0));
    let change = UpdateAvsArgs {
        resolver: Some(new.pubkey()),
        ..UpdateAvsArgs::default()
    };
    let by = court.avs.authority.insecure_clone();
    let update = registry::update_avs(&court.avs.key, &by.pubkey(), change);
    court.world.send(&[update], &[&by]).await;
    let veto = court.world.keys.veto_slash(&new.pubkey(), &on);
    court.world.refuse(veto, &[&new], "NotResolver").await;
    court.veto(&on).await;
}

#[tokio::test]
async fn an_avs_without_a_resolver_has_nobody_who_vetoes() {
    let mut court = Court::new().await;
    let key = court.world.keys.pool_avs(&court.avs.key);
    let mut pool_avs = court.pool_avs().await;
    pool_avs.accepted.resolver = Pubkey::default();
    court.world.set_state(&key, &pool_avs).await;
    let on = court.propose(ONE).await;
    let mut veto = court.world.keys.veto_slash(&Pubkey::default(), &on);
    veto.accounts[6].is_signer = false;
    court.world.refuse(veto, &[], "AccountNotSigner").await;
}

#[tokio::test]
async fn the_veto_window_ends_in_its_slot() {
    let mut court = Court::new().await;
    let (on, resolver) = (
        court.propose(ONE).await,
        court.avs.resolver.insecure_clone(),
    );
    let veto = court.world.keys.veto_slash(&resolver.pubkey(), &on);
    for slot in [court.start, court.start + 9] {
        court.warp_to(slot).await;
        let allowed = court.world.simulate(&veto, &[&resolver]).await;
        assert_eq!(allowed, Ok(()));
    }
    for slot in [court.start + 10, court.start + 29, court.start + 30] {
        court.warp_to(slot).await;
        let world = &mut court.world;
        world
            .refuse(veto.clone(), &[&resolver], "VetoWindowOver")
            .await;
    }
}

#[tokio::test]
async fn what_has_ended_is_not_vetoed() {
    for end in [
        SlashState::Vetoed,
        SlashState::Executed,
        SlashState::Expired,
    ] {
        let mut court = Court::new().await;
        let (on, keys) = (court.propose(ONE).await, court.world.keys);
        let resolver = court.avs.resolver.insecure_clone();
        match end {
            SlashState::Vetoed => court.veto(&on).await,
            SlashState::Executed => {
                court.warp_to(court.start + 10).await;
                court.world.execute_slash(&on).await;
            }
            _ => {
                court.warp_to(court.start + 30).await;
                court.world.send(&[keys.expire_slash(&on)], &[]).await;
            }
        }
        let veto = keys.veto_slash(&resolver.pubkey(), &on);
        let world = &mut court.world;
        world.refuse(veto, &[&resolver], "ProposalEnded").await;
    }
}

#[tokio::test]
async fn a_veto_takes_every_trace_back_but_the_block() {
    let mut court = Court::new().await;
    court.world.post_bond(&court.operator, ONE / 4).await;
    let (start, keys) = (court.start, court.world.keys);
    let (pool, lrt) = (court.world.pool().await, court.world.lrt().await);
    let (mut allocation, delegation) = (court.allocation().await, court.delegation().await);
    let mut pool_avs = court.pool_avs().await;
    let on = court.propose(ONE).await;
    assert_eq!(court.uncovered().await, ONE / 4 * 3);
    court.warp_to(start + 5).await;
    let resolver = court.avs.resolver.insecure_clone();
    let veto = keys.veto_slash(&resolver.pubkey(), &on);
    let event: SlashFailed = event_of(&mut court.world, veto, &[&resolver]).await;

    allocation.proposal_ended_slot = start + 5;
    allocation.blocked_until = start + 5 + 4 * 10;
    allocation.bucket = SlashBucket {
        level: 0,
        capacity: ONE,
        window: 100,
        clock: start + 5,
        remainder: 0,
    };
    let after = court.allocation().await;
    assert!(bytes_of(&after) == bytes_of(&allocation), "{after:?}");
    let after = court.delegation().await;
    assert!(bytes_of(&after) == bytes_of(&delegation), "{after:?}");
    (pool_avs.proposals, pool_avs.open_proposals) = (1, 1); // its account is still there
    (pool_avs.failures, pool_avs.failed_slot) = (1, start + 5);
    let after = court.pool_avs().await;
    assert!(bytes_of(&after) == bytes_of(&pool_avs), "{after:?}");
    let mut expected = lrt;
    expected.proposal_slot = start;
    let after = court.world.lrt().await;
    assert!(bytes_of(&after) == bytes_of(&expected), "{after:?}");
    let after = court.world.pool().await;
    assert!(bytes_of(&after) == bytes_of(&pool), "{after:?}");
    let proposal = court.proposal(&on).await;
    assert_eq!(proposal.state(), SlashState::Vetoed);
    assert_eq!((proposal.ended_slot, proposal.from_stake), (start + 5, 0));

    assert_eq!(event.stake_pool, keys.stake_pool);
    assert_eq!((event.operator, event.avs), (on.operator, on.avs));
    assert_eq!(event.proposal, keys.proposal(&on));
    assert_eq!((event.amount, event.state), (ONE, SlashState::Vetoed));
    assert_eq!(event.allocation_blocked_until, start + 45);
    assert_eq!((event.pool_blocked_until, event.uncovered), (0, 0));
    // All the room is back as soon as the block is over.
    court.warp_to(start + 45).await;
    court.refuse_proposal(ONE + 1, "SlashExceedsRoom").await;
    court.propose(ONE).await;
}

#[tokio::test]
async fn what_only_the_dispute_held_back_is_free_in_the_same_call() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    let on = court.propose(ONE).await;
    court.warp_to(release).await;
    let free = court.release();
    court.world.send(&[free], &[]).await;
    let allocation = court.allocation().await;
    assert_eq!((allocation.held, allocation.stake), (ONE, 0));
    let manager = court.world.funded_manager();
    let (keys, by) = (court.world.keys, manager.pubkey());
    let all = keys.undelegate(&by, &court.operator.key, 10 * ONE);
    court
        .world
        .refuse(all.clone(), &[&manager], "StakeNotFree")
        .await;
    court.veto(&on).await;
    assert_eq!(court.parts().await, (0, 0));
    court.world.send(&[all], &[&manager]).await;
    assert_eq!(court.world.pool().await.idle, 10 * ONE);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_veto_of_one_leaves_the_disputes_of_others() {
    let (mut court, others) = Court::shared(terms(), 1).await;
    let first = court.propose(ONE).await;
    let second = court
        .world
        .propose_slash(&court.operator, &others[0], ONE / 2)
        .await;
    assert_eq!(court.uncovered().await, ONE / 2 * 3);
    court.veto(&first).await;
    assert_eq!(court.delegation().await.disputed, ONE / 2);
    assert_eq!(court.uncovered().await, ONE / 2);
    let nobody = Keypair::new();
    court.world.fund(&nobody.pubkey());
    court.world.veto_slash(&second, &others[0]).await;
    assert_eq!(court.uncovered().await, 0);
}
