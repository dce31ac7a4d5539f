//! `propose_avs`, `apply_avs` and `lower_avs_cap`: the cap, the timelock, the accounts.

use crate::{funded, with_account, TIMELOCK};
use liquid_restaking_sdk::{
    anchor_lang::prelude::{Pubkey, Rent},
    program::state::{AvsRow, PoolAvs, Timelock},
    Instruction,
};
use liquid_restaking_tests::{terms, Avs, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts of `propose_avs`.
const PAYER: usize = 5;

/// A world with one holder, and an AVS accepted with a cap of a half.
async fn accepted() -> (World, Keypair, Avs) {
    let mut world = World::new().await;
    let avs = world.avs(terms(), 5_000).await;
    world.holder(10 * ONE).await;
    let admin = world.admin.insecure_clone();
    (world, admin, avs)
}

fn propose(world: &World, avs: &Avs, cap_bps: u16) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.propose_avs(&admin, &avs.key, cap_bps)
}

fn lower(world: &World, avs: &Avs, cap_bps: u16) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.lower_avs_cap(&admin, &avs.key, cap_bps)
}

async fn cap(world: &mut World, avs: &Avs) -> u16 {
    let place = world.pool_avs(avs).await.place;
    world.pool().await.avss[usize::from(place)].cap_bps
}

#[tokio::test]
async fn the_first_proposal_creates_the_acceptance_and_takes_a_place_in_the_pools_table() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    let (admin, payer, avs) = (
        world.admin.insecure_clone(),
        funded(&mut world),
        world.register_avs(terms()).await,
    );
    let propose = with_account(propose(&world, &avs, 5_000), PAYER, &payer.pubkey());
    world.send(&[propose], &[&admin, &payer]).await;
    let (slot, accepted) = (world.slot().await, world.pool_avs(&avs).await);
    assert_eq!(accepted.stake_pool, world.keys.stake_pool);
    assert_eq!(
        (accepted.avs, accepted.rent_payer),
        (avs.key, payer.pubkey())
    );
    assert_eq!((accepted.place, accepted.allocations), (0, 0));
    assert_eq!(accepted.pending.terms, terms());
    assert_eq!(accepted.pending.slasher, avs.slasher.pubkey());
    assert_eq!(accepted.pending.resolver, avs.resolver.pubkey());
    assert_eq!((accepted.pending_cap_bps, accepted.version), (5_000, 1));
    assert_eq!(
        accepted.timelock,
        Timelock {
            ripe_slot: slot + TIMELOCK,
            lapse_slot: slot + 2 * TIMELOCK
        }
    );
    // A place, but nothing is accepted yet.
    let pool = world.pool().await;
    let row = AvsRow {
        avs: avs.key,
        ..AvsRow::default()
    };
    assert_eq!((pool.avs_count, pool.avss[0]), (1, row));
    let rent = Rent::default().minimum_balance(PoolAvs::SPACE);
    let key = world.keys.pool_avs(&avs.key);
    assert_eq!(world.lamports(&key).await, rent);
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - rent);
}

#[tokio::test]
async fn an_acceptance_waits_the_timelock_to_the_slot_and_then_anyone_applies_it() {
    let mut world = World::new().await;
    world.holder(10 * ONE).await;
    let (admin, keys) = (world.admin.insecure_clone(), world.keys);
    let (operator, avs) = (world.operator().await, world.register_avs(terms()).await);
    world.opt_in(&operator, &avs).await;
    world.delegate(&operator, 10 * ONE).await;
    let propose = propose(&world, &avs, 5_000);
    world.send(&[propose], &[&admin]).await;
    world.warp(TIMELOCK - 1).await;
    let apply = keys.apply_avs(&avs.key);
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    let manager = world.funded_manager();
    let allocate = |amount| keys.allocate(&manager.pubkey(), &operator.key, &avs.key, amount);
    world
        .refuse(allocate(1), &[&manager], "AvsNotAccepted")
        .await;
    world.warp(1).await;
    world.send(std::slice::from_ref(&apply), &[]).await;
    let accepted = world.pool_avs(&avs).await;
    assert_eq!(accepted.accepted.terms, terms());
    assert_eq!(accepted.pending, Default::default());
    assert_eq!(accepted.timelock, Timelock::default());
    let row = world.pool().await.avss[0];
    assert_eq!((row.cap_bps, row.slash_cap_bps), (5_000, 1_000));
    world.refuse(apply, &[], "NothingProposed").await;
    let over = allocate(5 * ONE + 1);
    world.refuse(over, &[&manager], "AvsCapExceeded").await;
    world.send(&[allocate(5 * ONE)], &[&manager]).await;
}

#[tokio::test]
async fn a_higher_cap_waits_and_lapses_one_timelock_after_it_ripened() {
    let (mut world, admin, avs) = accepted().await;
    let (raise, apply) = (
        propose(&world, &avs, 10_000),
        world.keys.apply_avs(&avs.key),
    );
    world.send(std::slice::from_ref(&raise), &[&admin]).await;
    assert_eq!(cap(&mut world, &avs).await, 5_000);
    world.warp(2 * TIMELOCK).await;
    world.refuse(apply.clone(), &[], "ProposalLapsed").await;
    world.send(&[raise], &[&admin]).await;
    world.warp(2 * TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &avs).await, 10_000);
}

#[tokio::test]
async fn a_second_proposal_takes_the_place_of_the_first_and_starts_the_clock_anew() {
    let (mut world, admin, avs) = accepted().await;
    let apply = world.keys.apply_avs(&avs.key);
    let (first, second) = (propose(&world, &avs, 6_000), propose(&world, &avs, 7_000));
    world.send(&[first], &[&admin]).await;
    world.warp(TIMELOCK - 1).await;
    world.send(&[second], &[&admin]).await;
    world.warp(1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    world.warp(TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &avs).await, 7_000);
}

#[tokio::test]
async fn a_proposed_lower_cap_waits_like_any_other_change() {
    let (mut world, admin, avs) = accepted().await;
    let (less, apply) = (propose(&world, &avs, 1), world.keys.apply_avs(&avs.key));
    world.send(&[less], &[&admin]).await;
    assert_eq!(cap(&mut world, &avs).await, 5_000);
    world.warp(TIMELOCK).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &avs).await, 1);
}

#[tokio::test]
async fn a_cap_is_lowered_at_once_and_takes_a_proposal_back() {
    let (mut world, admin, avs) = accepted().await;
    let apply = world.keys.apply_avs(&avs.key);
    // The one in force, then lower ones, and out.
    for wanted in [5_000, 4_999, 0] {
        let (raise, lower) = (propose(&world, &avs, 6_000), lower(&world, &avs, wanted));
        world.send(&[raise, lower.clone()], &[&admin]).await;
        assert_eq!(cap(&mut world, &avs).await, wanted);
        let accepted = world.pool_avs(&avs).await;
        assert_eq!(accepted.pending, Default::default());
        assert_eq!(accepted.pending_cap_bps, 0);
        world.refuse(apply.clone(), &[], "NothingProposed").await;
        world.refuse(lower, &[&admin], "NothingToDo").await;
    }
    let up = lower(&world, &avs, 1);
    world.refuse(up, &[&admin], "CapNotLower").await;
}

#[tokio::test]
async fn nothing_is_raised_by_lowering() {
    let (mut world, admin, avs) = accepted().await;
    for wanted in [5_001, 10_000, 10_001, u16::MAX] {
        let up = lower(&world, &avs, wanted);
        world.refuse(up, &[&admin], "CapNotLower").await;
    }
    let same = lower(&world, &avs, 5_000);
    world.refuse(same, &[&admin], "NothingToDo").await;
    // Not even a cap that is proposed.
    let raise = propose(&world, &avs, 9_000);
    world.send(&[raise], &[&admin]).await;
    let up = lower(&world, &avs, 5_001);
    world.refuse(up, &[&admin], "CapNotLower").await;
}

#[tokio::test]
async fn a_cap_is_more_than_nothing_and_at_most_the_whole() {
    for with_a_holder in [false, true] {
        let mut world = World::new().await;
        if with_a_holder {
            world.holder(ONE).await;
        }
        let (admin, avs) = (
            world.admin.insecure_clone(),
            world.register_avs(terms()).await,
        );
        for wanted in [0, 10_001, u16::MAX] {
            let bad = propose(&world, &avs, wanted);
            world.refuse(bad, &[&admin], "AvsCapOutOfBounds").await;
        }
        for wanted in [1, 10_000] {
            let good = propose(&world, &avs, wanted);
            world.send(&[good], &[&admin]).await;
            let expected = if with_a_holder { 0 } else { wanted };
            assert_eq!(cap(&mut world, &avs).await, expected);
        }
    }
}

#[tokio::test]
async fn while_there_is_no_share_an_acceptance_is_in_force_at_once() {
    let mut world = World::new().await;
    let (admin, avs) = (
        world.admin.insecure_clone(),
        world.register_avs(terms()).await,
    );
    for wanted in [3, 10_000, 1] {
        let change = propose(&world, &avs, wanted);
        world.send(std::slice::from_ref(&change), &[&admin]).await;
        assert_eq!(cap(&mut world, &avs).await, wanted);
        let accepted = world.pool_avs(&avs).await;
        assert_eq!(accepted.accepted.terms, terms());
        assert!(!accepted.timelock.is_pending());
        world.refuse(change, &[&admin], "NothingToDo").await;
    }
    let apply = world.keys.apply_avs(&avs.key);
    world.refuse(apply, &[], "NothingProposed").await;
}

#[tokio::test]
async fn what_is_in_force_is_not_proposed_again_and_a_removed_avs_may_come_back() {
    let (mut world, admin, avs) = accepted().await;
    let same = propose(&world, &avs, 5_000);
    world.refuse(same.clone(), &[&admin], "NothingToDo").await;
    let remove = lower(&world, &avs, 0);
    world.send(&[remove, same], &[&admin]).await;
    world.warp(TIMELOCK).await;
    let apply = world.keys.apply_avs(&avs.key);
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &avs).await, 5_000);
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin, avs) = accepted().await;
    let (other, _) = world.neighbour().await;
    let (second, operator) = (
        world.register_avs(terms()).await,
        world.register_operator().await,
    );
    let also = [
        other.propose_avs(&admin.pubkey(), &avs.key, 1),
        propose(&world, &second, 1),
    ];
    world.send(&also, &[&admin]).await;
    let (keys, nobody, payer) = (world.keys, Pubkey::new_unique(), funded(&mut world));
    let lrt_and_pool = |pool: usize| {
        [
            (0, other.lrt, "WrongLrt"),
            (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
            (0, nobody, "AccountOwnedByWrongProgram"),
            (pool, other.stake_pool, "WrongLrt"),
            (pool, keys.lrt, "AccountDiscriminatorMismatch"),
            (pool, nobody, "AccountOwnedByWrongProgram"),
        ]
    };
    let acceptance = |place: usize| {
        [
            (place, other.pool_avs(&avs.key), "WrongStakePool"),
            (place, keys.lrt, "AccountDiscriminatorMismatch"),
            (place, nobody, "AccountOwnedByWrongProgram"),
            (place + 1, nobody, "ConstraintAddress"),
        ]
    };
    let raise = with_account(propose(&world, &avs, 9_000), PAYER, &payer.pubkey());
    let substitutes = [
        (3, second.key, "WrongAvs"),
        (3, operator.key, "AccountDiscriminatorMismatch"),
        (3, nobody, "AccountOwnedByWrongProgram"),
        (4, keys.pool_avs(&second.key), "WrongAvs"),
        (4, other.pool_avs(&avs.key), "WrongStakePool"),
        (4, other.lrt, "WrongAvs"),
        (4, keys.lrt, "AccountBorrowFailed"), // twice the same
        (4, nobody, "WrongAddress"),
        (6, nobody, "InvalidProgramId"),
        (7, nobody, "ConstraintAddress"),
    ];
    let (both, all) = (
        [&admin, &payer],
        [&lrt_and_pool(2)[..], &substitutes].concat(),
    );
    world.refuse_substitutes(&raise, &both, &all).await;
    world
        .refuse_other_signer(&raise, 1, &[&payer], "NotAdmin")
        .await;
    world.refuse_unprivileged(&raise, &both).await;
    world.send(&[raise], &both).await;

    let less = lower(&world, &avs, 1);
    let all = [&lrt_and_pool(2)[..], &acceptance(3)].concat();
    world.refuse_substitutes(&less, &[&admin], &all).await;
    world.refuse_other_signer(&less, 1, &[], "NotAdmin").await;
    world.refuse_unprivileged(&less, &[&admin]).await;

    world.warp(TIMELOCK).await;
    let apply = keys.apply_avs(&avs.key);
    let all = [&lrt_and_pool(1)[..], &acceptance(2)].concat();
    world.refuse_substitutes(&apply, &[], &all).await;
    world.refuse_unprivileged(&apply, &[]).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &second).await, 0); // as ripe, and nobody has applied it
}
