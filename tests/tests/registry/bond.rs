//! `post_bond` and `withdraw_bond`.

use crate::with_account;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, registry, Instruction, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{Operator, World, ONE};
use solana_signer::Signer;

/// Slots that a bond cools in these tests.
const COOLDOWN: u64 = 443;
/// Position of the token account among the accounts.
const COLLATERAL: usize = 5;

/// A world with a holder of ten tokens, and an operator with a bond.
async fn bonded(bond: u64) -> (World, Operator) {
    let mut world = World::new().await;
    let operator = world.operator().await;
    world.holder(10 * ONE).await;
    world.post_bond(&operator, bond).await;
    (world, operator)
}

fn post(world: &World, operator: &Operator, amount: u64) -> Instruction {
    let by = operator.authority.pubkey();
    world.keys.post_bond(&operator.key, &by, amount)
}

fn withdraw(world: &World, operator: &Operator, amount: u64) -> Instruction {
    let by = operator.authority.pubkey();
    world.keys.withdraw_bond(&operator.key, &by, amount)
}

/// Sends a withdrawal that must succeed.
async fn withdraws(world: &mut World, operator: &Operator, amount: u64) {
    let withdraw = withdraw(world, operator, amount);
    world.send(&[withdraw], &[&operator.authority]).await;
}

/// Bond, what of it cools, and its release slot.
async fn bond(world: &mut World, operator: &Operator) -> (u64, u64, u64) {
    let delegation = world.delegation(operator).await;
    (
        delegation.bond,
        delegation.bond_cooling,
        delegation.bond_release_slot,
    )
}

#[tokio::test]
async fn what_is_posted_is_in_the_vault_and_no_holders() {
    let (mut world, operator) = bonded(5 * ONE).await;
    let before = world.lrt().await;
    world.post_bond(&operator, 1).await;
    assert_eq!(bond(&mut world, &operator).await, (5 * ONE + 1, 0, 0));
    let (pool, vault) = (world.pool().await, world.keys.vault);
    assert_eq!((pool.bonds, pool.idle), (5 * ONE + 1, 10 * ONE));
    assert_eq!(world.balance(&vault).await, 15 * ONE + 1);
    let (collateral, _) = world.holds(&operator.authority).await;
    assert_eq!(collateral, 995 * ONE - 1);
    let after = world.lrt().await;
    assert_eq!(after.pools[0].assets, before.pools[0].assets);
    assert_eq!(after.supply, before.supply);
    world.check_invariants().await;
}

#[tokio::test]
async fn a_bond_cools_to_the_slot_and_is_then_paid() {
    let (mut world, operator) = bonded(5 * ONE).await;
    let by = &operator.authority;
    withdraws(&mut world, &operator, 3 * ONE).await;
    let release = world.slot().await + COOLDOWN;
    assert_eq!(
        bond(&mut world, &operator).await,
        (5 * ONE, 3 * ONE, release)
    );
    assert_eq!(world.holds(by).await.0, 995 * ONE);
    let pay = withdraw(&world, &operator, 0);
    world.warp(COOLDOWN - 1).await;
    world.refuse(pay.clone(), &[by], "NothingToDo").await;
    world.warp(1).await;
    world.send(std::slice::from_ref(&pay), &[by]).await;
    assert_eq!(world.holds(by).await.0, 998 * ONE);
    assert_eq!(bond(&mut world, &operator).await, (2 * ONE, 0, release));
    assert_eq!(world.pool().await.bonds, 2 * ONE);
    world.refuse(pay, &[by], "NothingToDo").await;
    world.check_invariants().await;
}

#[tokio::test]
async fn a_new_amount_restarts_all_that_cools_and_first_pays_what_has_cooled() {
    let (mut world, operator) = bonded(5 * ONE).await;
    let by = &operator.authority;
    withdraws(&mut world, &operator, 3 * ONE).await;
    world.warp(COOLDOWN - 1).await;
    withdraws(&mut world, &operator, ONE).await;
    let release = world.slot().await + COOLDOWN;
    assert_eq!(
        bond(&mut world, &operator).await,
        (5 * ONE, 4 * ONE, release)
    );
    let pay = withdraw(&world, &operator, 0);
    for slots in [1, COOLDOWN - 2] {
        world.warp(slots).await;
        world.refuse(pay.clone(), &[by], "NothingToDo").await;
    }
    world.warp(1).await;
    withdraws(&mut world, &operator, ONE / 2).await;
    let release = world.slot().await + COOLDOWN;
    assert_eq!(world.holds(by).await.0, 999 * ONE);
    assert_eq!(bond(&mut world, &operator).await, (ONE, ONE / 2, release));
    // What is posted while it cools does not cool, and does not prolong.
    world.post_bond(&operator, ONE).await;
    assert_eq!(
        bond(&mut world, &operator).await,
        (2 * ONE, ONE / 2, release)
    );
    world.warp(COOLDOWN).await;
    world.send(&[pay], &[by]).await;
    assert_eq!(world.holds(by).await.0, 998 * ONE + ONE / 2);
    assert_eq!(world.pool().await.bonds, ONE + ONE / 2);
}

#[tokio::test]
async fn a_cooling_bond_keeps_its_end_when_the_cooldown_changes() {
    let (mut world, operator) = bonded(2).await;
    withdraws(&mut world, &operator, 1).await;
    world
        .change_lrt(|lrt| lrt.params.bond_cooldown_slots = 1_000)
        .await;
    world.warp(COOLDOWN).await;
    withdraws(&mut world, &operator, 1).await;
    let release = world.slot().await + 1_000;
    assert_eq!(bond(&mut world, &operator).await, (1, 1, release));
}

#[tokio::test]
async fn no_more_than_the_bond_is_withdrawn() {
    let (mut world, operator) = bonded(5).await;
    let by = &operator.authority;
    for amount in [6, u64::MAX] {
        let too_much = withdraw(&world, &operator, amount);
        world.refuse(too_much, &[by], "BondLocked").await;
    }
    withdraws(&mut world, &operator, 5).await;
    for (amount, error) in [(1, "BondLocked"), (u64::MAX, "MathOverflow")] {
        let too_much = withdraw(&world, &operator, amount);
        world.refuse(too_much, &[by], error).await;
    }
    world.warp(COOLDOWN).await;
    let too_much = withdraw(&world, &operator, 1); // would be paid five, and has nothing left
    world.refuse(too_much, &[by], "BondLocked").await;
    withdraws(&mut world, &operator, 0).await;
    assert_eq!(bond(&mut world, &operator).await.0, 0);
    let nothing = withdraw(&world, &operator, 0);
    world.refuse(nothing, &[by], "NothingToDo").await;
}

#[tokio::test]
async fn where_a_bond_is_asked_for_it_covers_the_stake_rounded_up() {
    let mut world = World::with(|params| params.bond_multiple = 10).await;
    let operator = world.operator().await;
    let (by, keys) = (&operator.authority, world.keys);
    world.holder(20 * ONE).await;
    let manager = world.funded_manager();
    let delegate = |amount| keys.delegate(&manager.pubkey(), &operator.key, amount);
    world.refuse(delegate(1), &[&manager], "BondTooSmall").await;
    world.post_bond(&operator, ONE).await;
    let over = delegate(10 * ONE + 1);
    world.refuse(over, &[&manager], "BondTooSmall").await;
    world.send(&[delegate(5 * ONE + 1)], &[&manager]).await;
    // ceil(5.000000001 / 10) stays.
    let over = withdraw(&world, &operator, ONE / 2);
    world.refuse(over, &[by], "BondLocked").await;
    withdraws(&mut world, &operator, ONE / 2 - 1).await;
    let over = withdraw(&world, &operator, 1);
    world.refuse(over, &[by], "BondLocked").await;
    // What cools carries nothing new.
    world.send(&[delegate(9)], &[&manager]).await;
    world.refuse(delegate(1), &[&manager], "BondTooSmall").await;
    world.warp(COOLDOWN).await;
    withdraws(&mut world, &operator, 0).await;
    assert_eq!(bond(&mut world, &operator).await.0, ONE / 2 + 1);
    // To nothing only without stake.
    world.undelegate(&operator, 5 * ONE + 9).await;
    let over = withdraw(&world, &operator, ONE / 2 + 1);
    world.refuse(over, &[by], "BondLocked").await;
    withdraws(&mut world, &operator, ONE / 2).await;
    world.undelegate(&operator, 1).await;
    withdraws(&mut world, &operator, 1).await;
    world.warp(COOLDOWN).await;
    withdraws(&mut world, &operator, 0).await;
    assert_eq!(bond(&mut world, &operator).await.0, 0);
    assert_eq!(world.holds(by).await.0, 1_000 * ONE);
}

#[tokio::test]
async fn what_is_disputed_stays_although_it_has_cooled() {
    let (mut world, operator) = bonded(5 * ONE).await;
    withdraws(&mut world, &operator, 4 * ONE).await;
    let (key, mut delegation) = (
        world.keys.delegation(&operator.key),
        world.delegation(&operator).await,
    );
    delegation.disputed = 3 * ONE;
    world.set_state(&key, &delegation).await;
    world.warp(COOLDOWN).await;
    withdraws(&mut world, &operator, 0).await;
    let (left, cooling, _) = bond(&mut world, &operator).await;
    assert_eq!((left, cooling), (3 * ONE, 2 * ONE));
    for (amount, error) in [(0, "NothingToDo"), (1, "BondLocked")] {
        let more = withdraw(&world, &operator, amount);
        world.refuse(more, &[&operator.authority], error).await;
    }
}

#[tokio::test]
async fn nothing_is_posted_that_is_not_there() {
    let (mut world, operator) = bonded(ONE).await;
    let by = &operator.authority;
    let amounts = [
        (0, "ZeroAmount"),
        (999 * ONE + 1, "InsufficientFunds"),
        (u64::MAX, "MathOverflow"),
    ];
    for (amount, error) in amounts {
        let post = post(&world, &operator, amount);
        world.refuse(post, &[by], error).await;
    }
    let all = post(&world, &operator, 999 * ONE);
    world.send(&[all], &[by]).await;
}

#[tokio::test]
async fn a_removed_operator_posts_no_bond_unless_it_has_stake() {
    let (mut world, operator) = bonded(ONE).await;
    let (by, admin) = (&operator.authority, world.admin.insecure_clone());
    world.delegate(&operator, 2 * ONE).await;
    let remove = world
        .keys
        .set_operator_cap(&admin.pubkey(), &operator.key, 0);
    let post = post(&world, &operator, 1);
    world.send(&[remove, post.clone()], &[&admin, by]).await;
    world.undelegate(&operator, 2 * ONE).await;
    world.refuse(post, &[by], "OperatorNotAccepted").await;
    assert_eq!(bond(&mut world, &operator).await.0, ONE + 1);
}

#[tokio::test]
async fn a_bond_is_paid_wherever_its_operator_says_and_after_it_has_retired_too() {
    let (mut world, operator) = bonded(ONE).await;
    let friend = world.user(0);
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    world.send(&[retire], &[&operator.authority]).await;
    withdraws(&mut world, &operator, ONE).await;
    world.warp(COOLDOWN).await;
    let to = world.keys.of(&friend.pubkey()).collateral;
    let pay = with_account(withdraw(&world, &operator, 0), COLLATERAL, &to);
    world.send(&[pay], &[&operator.authority]).await;
    assert_eq!(world.holds(&friend).await.0, ONE);
    world.check_invariants().await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, operator) = bonded(2 * ONE).await;
    let (keys, by, nobody) = (world.keys, &operator.authority, Pubkey::new_unique());
    let second = world.operator().await;
    world.post_bond(&second, ONE).await;
    let stranger = world.user(ONE);
    let (other, _) = world.neighbour().await;
    let admin = world.admin.insecure_clone();
    let abroad = other.set_operator_cap(&admin.pubkey(), &operator.key, ONE);
    world.send(&[abroad], &[&admin]).await;
    withdraws(&mut world, &operator, ONE).await;
    world.warp(COOLDOWN).await;
    let foreign = world.keys.of(&stranger.pubkey()).collateral;
    let (post, pay) = (post(&world, &operator, 1), withdraw(&world, &operator, 0));
    for instruction in [&post, &pay] {
        let substitutes = [
            (0, other.lrt, "WrongLrt"),
            (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
            (0, nobody, "AccountOwnedByWrongProgram"),
            (1, other.stake_pool, "WrongLrt"),
            (1, keys.lrt, "AccountDiscriminatorMismatch"),
            (1, nobody, "AccountOwnedByWrongProgram"),
            (2, keys.delegation(&second.key), "WrongOperator"),
            (2, other.delegation(&operator.key), "WrongStakePool"),
            (2, keys.lrt, "AccountDiscriminatorMismatch"),
            (2, nobody, "AccountOwnedByWrongProgram"),
            (3, second.key, "WrongOperator"),
            (3, keys.lrt, "AccountDiscriminatorMismatch"),
            (3, nobody, "AccountOwnedByWrongProgram"),
            (COLLATERAL, keys.vault, "VaultNotAllowed"),
            (6, other.vault, "WrongVault"),
            (6, foreign, "WrongVault"),
            (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
            (7, nobody, "WrongTokenProgram"),
            (8, nobody, "ConstraintAddress"),
        ];
        world
            .refuse_substitutes(instruction, &[by], &substitutes)
            .await;
        world
            .refuse_other_signer(instruction, 4, &[], "NotOperatorAuthority")
            .await;
        world.refuse_unprivileged(instruction, &[by]).await;
    }
    // Nobody's tokens but one's own, and no other mint's.
    let mint_differs = other.of(&stranger.pubkey());
    world.open_accounts(&other, &stranger.pubkey(), 0);
    let own_abroad = [
        (COLLATERAL, foreign, "OwnerMismatch"),
        (COLLATERAL, mint_differs.collateral, "MintMismatch"),
    ];
    world
        .refuse_substitutes(&post, &[by], &own_abroad[..1])
        .await;
    world
        .refuse_substitutes(&pay, &[by], &own_abroad[1..])
        .await;
    // One operator's authority for another's bond.
    let theft = keys.withdraw_bond(&second.key, &by.pubkey(), 1);
    world.refuse(theft, &[by], "NotOperatorAuthority").await;
    world.send(&[post, pay], &[by]).await;
}
