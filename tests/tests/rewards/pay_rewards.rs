//! `pay_rewards`: accounts, arguments, errors.

use crate::{with_account, Work};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, TOKEN_2022_PROGRAM_ID};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer's collateral among the accounts.
const COLLATERAL: usize = 8;

#[tokio::test]
async fn a_reward_drips_and_raises_the_rate() {
    let mut work = Work::new().await;
    work.earn(ONE).await;
    let report = work.world.yield_report(&[&work.avs]).await;
    assert_eq!(report.avss[0].reward_index, (1u128 << 64) / 10);
    assert_eq!(report.rate_index, 1 << 64);
    assert_eq!(report.dripping_index, (1 << 64) / 10);
    let drip = work.world.lrt().await.params.drip_slots;
    work.world.warp(drip).await;
    let report = work.world.yield_report(&[&work.avs]).await;
    assert_eq!(report.rate_index, (11u128 << 64) / 10);
    assert_eq!(report.dripping_index, 0);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn a_reward_is_more_than_nothing_and_at_least_the_lrts_smallest() {
    let mut world = World::with(|params| params.min_reward = 1_000).await;
    let operator = world.operator().await;
    let avs = world.avs(terms(), 10_000).await;
    world.opt_in(&operator, &avs).await;
    world.holder(ONE).await;
    world.delegate(&operator, ONE).await;
    world.stake(&operator, &avs, ONE).await;
    let payer = world.user(5_000);
    let (keys, by) = (world.keys, payer.pubkey());
    let pay = |amount| keys.pay_rewards(&by, &operator.key, &avs.key, amount);
    for (amount, error) in [
        (0, "ZeroAmount"),
        (1, "RewardTooSmall"),
        (999, "RewardTooSmall"),
        (5_001, "InsufficientFunds"),
        (u64::MAX, "InsufficientFunds"),
    ] {
        world.refuse(pay(amount), &[&payer], error).await;
    }
    world.send(&[pay(1_000)], &[&payer]).await;
    // With what drips already it is more than there can be.
    world.refuse(pay(u64::MAX), &[&payer], "MathOverflow").await;
    world.send(&[pay(4_000)], &[&payer]).await;
    assert_eq!(world.drip_rest().await, 5_000);
    assert_eq!(world.holds(&payer).await.0, 0);
    world.check_invariants().await;
}

#[tokio::test]
async fn without_stake_and_without_a_role_left_a_reward_is_still_taken() {
    let mut work = Work::new().await;
    let (guardian, keys) = (work.world.guardian.insecure_clone(), work.world.keys);
    work.world
        .deallocate(&work.operator, &work.avs, 10 * ONE)
        .await;
    let end = keys.end_avs(&guardian.pubkey(), &work.avs.key);
    let by = &work.operator.authority;
    let retire = liquid_restaking_sdk::registry::retire_operator(&work.operator.key, &by.pubkey());
    work.world.send(&[end, retire], &[&guardian, by]).await;
    work.world.pause_all().await;
    work.earn(ONE).await;
    let acceptance = work.world.pool_avs(&work.avs).await;
    assert_eq!(acceptance.rewards, ONE);
    work.world.warp(100).await;
    assert_eq!(work.nav().await, 11 * ONE);
}

#[tokio::test]
async fn a_delegate_pays_out_of_anothers_tokens_what_he_may() {
    let mut work = Work::new().await;
    let (friend, rich) = (Keypair::new(), work.world.user(ONE));
    let keys = work.world.keys;
    let from = keys.of(&rich.pubkey()).collateral;
    work.world
        .approve(&from, &rich, &friend.pubkey(), 300)
        .await;
    let pay = |amount| {
        let (operator, avs) = (&work.operator.key, &work.avs.key);
        let pay = keys.pay_rewards(&friend.pubkey(), operator, avs, amount);
        with_account(pay, COLLATERAL, &from)
    };
    let (more, all) = (pay(301), pay(300));
    work.world
        .refuse(more, &[&friend], "InsufficientFunds")
        .await;
    work.world.send(&[all], &[&friend]).await;
    assert_eq!(work.world.holds(&rich).await.0, ONE - 300);
}

#[tokio::test]
async fn every_account_is_checked() {
    let Work {
        mut world,
        operator,
        avs,
        ..
    } = Work::new().await;
    let second = world.operator().await;
    let another = world.avs(terms(), 10_000).await;
    for (with, of) in [(&operator, &another), (&second, &avs)] {
        world.opt_in(with, of).await;
    }
    world.holder(3 * ONE).await;
    world.warp(300).await; // until caps count it
    world.delegate(&operator, ONE).await;
    world.delegate(&second, ONE).await;
    world.allocate(&operator, &another, ONE).await;
    world.allocate(&second, &avs, ONE).await;
    // Known abroad, too.
    let (other, _) = world.neighbour().await;
    let admin = world.admin.insecure_clone();
    let abroad = [
        other.set_operator_cap(&admin.pubkey(), &operator.key, ONE),
        other.propose_avs(&admin.pubkey(), &avs.key, 1),
    ];
    world.send(&abroad, &[&admin]).await;

    let (payer, stranger) = (world.user(ONE), world.user(ONE));
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let pay = keys.pay_rewards(&payer.pubkey(), &operator.key, &avs.key, ONE);
    let own = keys.of(&payer.pubkey());
    let foreign = keys.of(&stranger.pubkey()).collateral;
    world.create_token_account(&own.lrt, &keys.lrt_mint, &payer.pubkey(), ONE);
    world
        .refuse_substitutes(
            &pay,
            &[&payer],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, keys.delegation(&second.key), "WrongOperator"),
                (2, other.delegation(&operator.key), "WrongStakePool"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, second.key, "WrongOperator"),
                (3, avs.key, "AccountDiscriminatorMismatch"),
                (3, nobody, "AccountOwnedByWrongProgram"),
                (4, keys.allocation(&second.key, &avs.key), "WrongDelegation"),
                (4, keys.allocation(&operator.key, &another.key), "WrongAvs"),
                (4, keys.lrt, "AccountDiscriminatorMismatch"),
                (5, keys.pool_avs(&another.key), "WrongAvs"),
                (5, other.pool_avs(&avs.key), "WrongStakePool"),
                (5, keys.lrt, "AccountDiscriminatorMismatch"),
                (6, another.key, "WrongAvs"),
                (6, nobody, "WrongAvs"),
                (COLLATERAL, foreign, "OwnerMismatch"),
                (COLLATERAL, own.lrt, "MintMismatch"),
                (COLLATERAL, keys.vault, "OwnerMismatch"),
                (9, other.vault, "WrongVault"),
                (9, foreign, "WrongVault"),
                (10, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (10, nobody, "WrongTokenProgram"),
                (11, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&pay, &[&payer]).await;
    world
        .refuse_other_signer(&pay, 7, &[], "OwnerMismatch")
        .await;
    world.send(&[pay], &[&payer]).await;
}
