use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction};
use liquid_restaking_tests::{World, ONE, START};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Slots of the timelock in these tests.
const TIMELOCK: u64 = 1_043;

/// A world with one holder and a cap of two tokens.
async fn capped() -> (World, Keypair) {
    let mut world = World::new().await;
    let admin = world.admin.insecure_clone();
    let cap = set(&world, 2 * ONE);
    world.send(&[cap], &[&admin]).await;
    world.holder(ONE).await;
    (world, admin)
}

fn set(world: &World, cap: u64) -> Instruction {
    world.keys.set_deposit_cap(&world.admin.pubkey(), cap)
}

#[tokio::test]
async fn a_lower_cap_holds_at_once_and_sends_nobody_away() {
    let (mut world, admin) = capped().await;
    for cap in [ONE, 0] {
        let lower = set(&world, cap);
        world.send(&[lower], &[&admin]).await;
        assert_eq!(world.pool().await.deposit_cap.now, cap);
        let bob = world.user(1);
        let deposit = world.keys.deposit(&bob.pubkey(), 1, 0);
        world.refuse(deposit, &[&bob], "DepositCapExceeded").await;
    }
    assert_eq!(world.pool().await.idle, ONE);
}

#[tokio::test]
async fn a_higher_cap_waits_the_timelock_to_the_slot_and_then_anyone_applies_it() {
    let (mut world, admin) = capped().await;
    let (raise, apply) = (set(&world, u64::MAX), world.keys.apply_deposit_cap());
    world.refuse(apply.clone(), &[], "NothingProposed").await;
    world.send(&[raise], &[&admin]).await;
    let pool = world.pool().await;
    assert_eq!(
        (pool.deposit_cap.now, pool.deposit_cap.pending),
        (2 * ONE, u64::MAX)
    );
    assert_eq!(pool.deposit_cap.timelock.ripe_slot, START + TIMELOCK);
    world.warp(TIMELOCK - 1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    world.warp(1).await;
    world.send(std::slice::from_ref(&apply), &[]).await;
    let pool = world.pool().await;
    assert_eq!(
        (pool.deposit_cap.now, pool.deposit_cap.pending),
        (u64::MAX, 0)
    );
    world.refuse(apply, &[], "NothingProposed").await;
}

#[tokio::test]
async fn a_higher_cap_lapses_one_timelock_after_it_ripened() {
    let (mut world, admin) = capped().await;
    let (raise, apply) = (set(&world, 3 * ONE), world.keys.apply_deposit_cap());
    world.send(std::slice::from_ref(&raise), &[&admin]).await;
    world.warp(2 * TIMELOCK).await;
    world.refuse(apply.clone(), &[], "ProposalLapsed").await;
    world.send(&[raise], &[&admin]).await;
    world.warp(2 * TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(world.pool().await.deposit_cap.now, 3 * ONE);
}

#[tokio::test]
async fn lowering_takes_a_pending_rise_back() {
    let (mut world, admin) = capped().await;
    let (raise, lower) = (set(&world, 3 * ONE), set(&world, 2 * ONE - 1));
    world.send(&[raise, lower], &[&admin]).await;
    world.warp(TIMELOCK).await;
    let apply = world.keys.apply_deposit_cap();
    world.refuse(apply, &[], "NothingProposed").await;
    assert_eq!(world.pool().await.deposit_cap.now, 2 * ONE - 1);
}

#[tokio::test]
async fn while_there_is_no_share_any_cap_holds_at_once() {
    let mut world = World::new().await;
    let admin = world.admin.insecure_clone();
    for cap in [0, 1, u64::MAX] {
        let change = set(&world, cap);
        world.send(std::slice::from_ref(&change), &[&admin]).await;
        assert_eq!(world.pool().await.deposit_cap.now, cap);
        world.refuse(change, &[&admin], "NothingToDo").await;
    }
}

#[tokio::test]
async fn what_drips_in_above_the_cap_is_no_deposit() {
    let (mut world, _) = capped().await;
    world.start_drip(5 * ONE).await;
    let accrue = world.keys.accrue();
    world.warp(100).await;
    world.send(&[accrue], &[]).await;
    assert_eq!(world.pool().await.idle, 6 * ONE);
    let bob = world.user(ONE);
    let deposit = world.keys.deposit(&bob.pubkey(), 1, 0);
    world.refuse(deposit, &[&bob], "DepositCapExceeded").await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin) = capped().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let (raise, apply) = (set(&world, 3 * ONE), keys.apply_deposit_cap());
    let tied = [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, other.stake_pool, "WrongLrt"),
        (1, keys.lrt, "AccountDiscriminatorMismatch"),
        (1, nobody, "AccountOwnedByWrongProgram"),
    ];
    world.refuse_substitutes(&raise, &[&admin], &tied).await;
    world
        .refuse_substitutes(&raise, &[&admin], &[(3, nobody, "ConstraintAddress")])
        .await;
    world.refuse_other_signer(&raise, 2, &[], "NotAdmin").await;
    world.send(&[raise], &[&admin]).await;
    world.warp(TIMELOCK).await;
    world.refuse_substitutes(&apply, &[], &tied).await;
    world
        .refuse_substitutes(&apply, &[], &[(2, nobody, "ConstraintAddress")])
        .await;
    world.send(&[apply], &[]).await;
}
