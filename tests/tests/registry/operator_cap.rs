//! `set_operator_cap` and `apply_operator_cap`.

use crate::{funded, operator_at, with_account, TIMELOCK};
use liquid_restaking_sdk::{
    anchor_lang::prelude::{Pubkey, Rent},
    program::state::{Cap, Delegation},
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts.
const PAYER: usize = 5;

/// A world with one holder, and an operator accepted with a cap of two tokens.
async fn capped() -> (World, Keypair, Operator) {
    let mut world = World::new().await;
    let (admin, operator) = (
        world.admin.insecure_clone(),
        world.register_operator().await,
    );
    let cap = set(&world, &operator, 2 * ONE);
    world.send(&[cap], &[&admin]).await;
    world.holder(10 * ONE).await;
    (world, admin, operator)
}

fn set(world: &World, operator: &Operator, cap: u64) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.set_operator_cap(&admin, &operator.key, cap)
}

async fn cap(world: &mut World, operator: &Operator) -> Cap {
    world.delegation(operator).await.cap
}

#[tokio::test]
async fn the_first_call_creates_the_delegation_and_its_payer_pays_for_it() {
    let mut world = World::new().await;
    let (admin, payer) = (world.admin.insecure_clone(), funded(&mut world));
    let operator = world.register_operator().await;
    // Removing what is not there creates nothing.
    let remove = set(&world, &operator, 0);
    world.refuse(remove, &[&admin], "NothingToDo").await;
    let accept = with_account(set(&world, &operator, 7), PAYER, &payer.pubkey());
    world.send(&[accept], &[&admin, &payer]).await;
    let delegation = world.delegation(&operator).await;
    let (stake_pool, key) = (world.keys.stake_pool, world.keys.delegation(&operator.key));
    assert_eq!(delegation.stake_pool, stake_pool);
    assert_eq!(delegation.operator, operator.key);
    assert_eq!(delegation.rent_payer, payer.pubkey());
    assert_eq!((delegation.cap, delegation.version), (Cap::of(7), 1));
    let rent = Rent::default().minimum_balance(Delegation::SPACE);
    assert_eq!(world.lamports(&key).await, rent);
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - rent);
    let counted = operator_at(&mut world, &operator.key).await.delegations;
    assert_eq!((world.pool().await.delegations, counted), (1, 1));
}

#[tokio::test]
async fn while_there_is_no_share_any_cap_holds_at_once() {
    let mut world = World::new().await;
    let (admin, operator) = (
        world.admin.insecure_clone(),
        world.register_operator().await,
    );
    for wanted in [5, u64::MAX, 1, 0] {
        let change = set(&world, &operator, wanted);
        world.send(std::slice::from_ref(&change), &[&admin]).await;
        assert_eq!(cap(&mut world, &operator).await, Cap::of(wanted));
        world.refuse(change, &[&admin], "NothingToDo").await;
    }
}

#[tokio::test]
async fn one_share_is_enough_for_the_timelock_to_run() {
    let mut world = World::new().await;
    world.holder(1).await;
    let (admin, operator) = (
        world.admin.insecure_clone(),
        world.register_operator().await,
    );
    let accept = set(&world, &operator, ONE);
    world.send(&[accept], &[&admin]).await;
    let waits = cap(&mut world, &operator).await;
    assert_eq!((waits.now, waits.pending), (0, ONE));
    // Until then the pool has not accepted it.
    let manager = world.funded_manager();
    let delegate = world.keys.delegate(&manager.pubkey(), &operator.key, 1);
    world
        .refuse(delegate, &[&manager], "OperatorNotAccepted")
        .await;
}

#[tokio::test]
async fn a_higher_cap_waits_the_timelock_to_the_slot_and_then_anyone_applies_it() {
    let (mut world, admin, operator) = capped().await;
    let (raise, apply) = (
        set(&world, &operator, u64::MAX),
        world.keys.apply_operator_cap(&operator.key),
    );
    world.refuse(apply.clone(), &[], "NothingProposed").await;
    world.send(&[raise], &[&admin]).await;
    let (slot, waits) = (world.slot().await, cap(&mut world, &operator).await);
    assert_eq!((waits.now, waits.pending), (2 * ONE, u64::MAX));
    assert_eq!(waits.timelock.ripe_slot, slot + TIMELOCK);
    assert_eq!(waits.timelock.lapse_slot, slot + 2 * TIMELOCK);
    world.warp(TIMELOCK - 1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    let manager = world.funded_manager();
    let too_much = world
        .keys
        .delegate(&manager.pubkey(), &operator.key, 2 * ONE + 1);
    world
        .refuse(too_much.clone(), &[&manager], "OperatorCapExceeded")
        .await;
    world.warp(1).await;
    world.send(std::slice::from_ref(&apply), &[]).await;
    assert_eq!(cap(&mut world, &operator).await, Cap::of(u64::MAX));
    world.refuse(apply, &[], "NothingProposed").await;
    world.send(&[too_much], &[&manager]).await;
}

#[tokio::test]
async fn a_higher_cap_lapses_one_timelock_after_it_ripened() {
    let (mut world, admin, operator) = capped().await;
    let (raise, apply) = (
        set(&world, &operator, 3 * ONE),
        world.keys.apply_operator_cap(&operator.key),
    );
    world.send(std::slice::from_ref(&raise), &[&admin]).await;
    world.warp(2 * TIMELOCK).await;
    world.refuse(apply.clone(), &[], "ProposalLapsed").await;
    world.send(&[raise], &[&admin]).await;
    world.warp(2 * TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &operator).await.now, 3 * ONE);
}

#[tokio::test]
async fn a_second_rise_takes_the_place_of_the_first_and_starts_the_clock_anew() {
    let (mut world, admin, operator) = capped().await;
    let apply = world.keys.apply_operator_cap(&operator.key);
    let first = set(&world, &operator, 3 * ONE);
    world.send(&[first], &[&admin]).await;
    world.warp(TIMELOCK - 1).await;
    let second = set(&world, &operator, 4 * ONE);
    world.send(&[second], &[&admin]).await;
    world.warp(1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    world.warp(TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &operator).await, Cap::of(4 * ONE));
}

#[tokio::test]
async fn a_lower_cap_or_the_one_in_force_takes_a_pending_rise_back_at_once() {
    let (mut world, admin, operator) = capped().await;
    let apply = world.keys.apply_operator_cap(&operator.key);
    for wanted in [2 * ONE, ONE, 0] {
        let (raise, lower) = (
            set(&world, &operator, 3 * ONE),
            set(&world, &operator, wanted),
        );
        world.send(&[raise, lower.clone()], &[&admin]).await;
        assert_eq!(cap(&mut world, &operator).await, Cap::of(wanted));
        world.refuse(lower, &[&admin], "NothingToDo").await;
        world.refuse(apply.clone(), &[], "NothingProposed").await;
    }
}

#[tokio::test]
async fn a_lower_cap_sends_no_stake_away_and_lets_none_come() {
    let (mut world, admin, operator) = capped().await;
    world.delegate(&operator, 2 * ONE).await;
    let manager = world.funded_manager();
    let more = world.keys.delegate(&manager.pubkey(), &operator.key, 1);
    for (wanted, error) in [(ONE, "OperatorCapExceeded"), (0, "OperatorNotAccepted")] {
        let lower = set(&world, &operator, wanted);
        world.send(&[lower], &[&admin]).await;
        assert_eq!(world.delegation(&operator).await.active, 2 * ONE);
        world.refuse(more.clone(), &[&manager], error).await;
    }
    world.undelegate(&operator, 2 * ONE).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin, operator) = capped().await;
    let (other, _) = world.neighbour().await;
    let (second, avs) = (
        world.register_operator().await,
        world.register_avs(terms()).await,
    );
    let also = [
        other.set_operator_cap(&admin.pubkey(), &operator.key, ONE),
        set(&world, &second, ONE),
    ];
    world.send(&also, &[&admin]).await;
    let (keys, nobody, payer) = (world.keys, Pubkey::new_unique(), funded(&mut world));
    let raise = with_account(set(&world, &operator, 3 * ONE), PAYER, &payer.pubkey());
    let substitutes = [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (2, other.stake_pool, "WrongLrt"),
        (2, keys.lrt, "AccountDiscriminatorMismatch"),
        (2, nobody, "AccountOwnedByWrongProgram"),
        (3, second.key, "WrongOperator"),
        (3, avs.key, "AccountDiscriminatorMismatch"),
        (3, nobody, "AccountOwnedByWrongProgram"),
        (4, keys.delegation(&second.key), "WrongOperator"),
        (4, other.delegation(&operator.key), "WrongStakePool"),
        (4, other.lrt, "WrongDelegation"),
        (4, keys.lrt, "AccountBorrowFailed"), // twice the same
        (4, nobody, "WrongAddress"),
        (6, nobody, "InvalidProgramId"),
        (7, nobody, "ConstraintAddress"),
    ];
    let signers = [&admin, &payer];
    world
        .refuse_substitutes(&raise, &signers, &substitutes)
        .await;
    world
        .refuse_other_signer(&raise, 1, &[&payer], "NotAdmin")
        .await;
    world.refuse_unprivileged(&raise, &signers).await;
    // A delegation that does not exist yet is created at its own address only.
    let third = world.register_operator().await;
    let create = set(&world, &third, ONE);
    let substitutes = [
        (2, other.stake_pool, "WrongLrt"),
        (3, operator.key, "WrongAddress"),
        (4, nobody, "WrongAddress"),
    ];
    world
        .refuse_substitutes(&create, &[&admin], &substitutes)
        .await;

    world.send(&[raise], &signers).await;
    world.warp(TIMELOCK).await;
    let apply = keys.apply_operator_cap(&operator.key);
    let substitutes = [
        (0, operator.key, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, nobody, "ConstraintAddress"),
    ];
    world.refuse_substitutes(&apply, &[], &substitutes).await;
    world.refuse_unprivileged(&apply, &[]).await;
    world.send(&[apply], &[]).await;
    assert_eq!(cap(&mut world, &operator).await, Cap::of(3 * ONE));
    assert_eq!(cap(&mut world, &second).await.now, 0); // as ripe, and nobody has applied it
}

#[tokio::test]
async fn neither_manager_nor_guardian_nor_operator_decides_about_a_cap() {
    let (mut world, _, operator) = capped().await;
    let others = [
        world.manager.insecure_clone(),
        world.guardian.insecure_clone(),
        operator.authority.insecure_clone(),
    ];
    for by in others {
        world.fund(&by.pubkey());
        for cap in [ONE, 3 * ONE] {
            let set = world
                .keys
                .set_operator_cap(&by.pubkey(), &operator.key, cap);
            world.refuse(set, &[&by], "NotAdmin").await;
        }
    }
}

#[tokio::test]
async fn a_retired_operators_pending_rise_lets_no_stake_come() {
    let (mut world, admin, operator) = capped().await;
    let raise = set(&world, &operator, 3 * ONE);
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    world
        .send(&[raise, retire], &[&admin, &operator.authority])
        .await;
    world.warp(TIMELOCK).await;
    let apply = world.keys.apply_operator_cap(&operator.key);
    world.send(&[apply], &[]).await;
    let manager = world.funded_manager();
    let delegate = world.keys.delegate(&manager.pubkey(), &operator.key, 1);
    world.refuse(delegate, &[&manager], "OperatorRetired").await;
}
