//! `stake_position`, `unstake_position` and `close_position`.

use crate::{with_account, with_stream, Work, DRIP, EXACT};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{Pubkey, Rent},
    program::state::RewardPosition,
    TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

/// Positions of the LRT's source or destination, and of the payer, among the accounts.
const USER_LRT: usize = 3;
const PAYER: usize = 5;

/// LRT in the book by its own counter and in its vault, positions now and ever.
async fn counted(world: &mut World) -> (u64, u64, u64, u64) {
    let (book, vault) = (
        world.book().await,
        address::reward_vault(&world.keys.book()),
    );
    let held = world.balance(&vault).await;
    (book.staked, held, book.positions, book.positions_opened)
}

#[tokio::test]
async fn the_first_stake_creates_the_position_and_later_ones_add_to_it() {
    let (mut world, stream, [alice, bob]) = with_stream().await;
    let payer = world.user(0);
    let first = world.keys.stake_position(&alice.pubkey(), 400);
    let first = with_account(first, PAYER, &payer.pubkey());
    world.send(&[first], &[&alice, &payer]).await;
    let position = world.position(&alice).await;
    assert_eq!(position.book, world.keys.book());
    assert_eq!(position.owner, alice.pubkey());
    assert_eq!(position.rent_payer, payer.pubkey());
    assert_eq!((position.shares, position.version), (400, 1));
    let rent = Rent::default().minimum_balance(RewardPosition::SPACE);
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - rent);
    assert_eq!(counted(&mut world).await, (400, 400, 1, 1));
    world.stake_position(&alice, 100).await;
    world.stake_position(&bob, EXACT).await;
    assert_eq!(counted(&mut world).await, (EXACT + 500, EXACT + 500, 2, 2));
    assert_eq!(world.holds(&alice).await.1, ONE - 500);
    // Who pays does not matter to who earns.
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - rent);
    world.fund_stream(&stream, 100).await;
    assert_eq!(world.position(&alice).await.checkpoints[0].generation, 1);
}

#[tokio::test]
async fn nothing_is_staked_that_is_not_there_and_no_more_taken_out_than_was_staked() {
    let (mut world, _, [alice, bob]) = with_stream().await;
    let (keys, by) = (world.keys, alice.pubkey());
    for (shares, error) in [
        (0, "ZeroAmount"),
        (ONE + 1, "InsufficientFunds"),
        (u64::MAX, "InsufficientFunds"),
    ] {
        let stake = keys.stake_position(&by, shares);
        world.refuse(stake, &[&alice], error).await;
    }
    // A refusal leaves no position behind.
    let unstake = keys.unstake_position(&by, 1);
    world
        .refuse(unstake, &[&alice], "AccountOwnedByWrongProgram")
        .await;
    world.stake_position(&alice, 500).await;
    world.stake_position(&bob, 500).await;
    let stake = keys.stake_position(&by, u64::MAX);
    world.refuse(stake, &[&alice], "MathOverflow").await;
    for (shares, error) in [
        (0, "ZeroAmount"),
        (501, "PositionTooSmall"),
        (u64::MAX, "PositionTooSmall"),
    ] {
        let unstake = keys.unstake_position(&by, shares);
        world.refuse(unstake, &[&alice], error).await;
    }
    world.unstake_position(&alice, 500).await;
    let more = keys.unstake_position(&by, 1);
    world.refuse(more, &[&alice], "PositionTooSmall").await;
    assert_eq!(counted(&mut world).await, (500, 500, 2, 2));
    assert_eq!(world.holds(&alice).await.1, ONE);
}

#[tokio::test]
async fn a_delegate_stakes_anothers_lrt_as_his_own_and_the_owner_takes_it_out_to_anywhere() {
    let (mut world, _, [alice]) = with_stream().await;
    let (friend, keys) = (world.user(0), world.keys);
    let from = keys.of(&alice.pubkey()).lrt;
    world.approve(&from, &alice, &friend.pubkey(), 300).await;
    let stake = with_account(keys.stake_position(&friend.pubkey(), 300), USER_LRT, &from);
    world.send(&[stake], &[&friend]).await;
    assert_eq!(world.position(&friend).await.shares, 300);
    let back = with_account(
        keys.unstake_position(&friend.pubkey(), 300),
        USER_LRT,
        &from,
    );
    world.send(&[back], &[&friend]).await;
    assert_eq!(world.holds(&alice).await.1, ONE);
}

#[tokio::test]
async fn a_position_closes_when_it_is_empty_and_claimed_and_its_rent_goes_to_its_payer() {
    let (mut world, stream, [alice]) = with_stream().await;
    let payer = world.user(0);
    let stake = with_account(
        world.keys.stake_position(&alice.pubkey(), 5),
        PAYER,
        &payer.pubkey(),
    );
    world.send(&[stake], &[&alice, &payer]).await;
    let close = world.keys.close_position(&alice.pubkey(), &payer.pubkey());
    let in_use = "PositionInUse";
    world.refuse(close.clone(), &[], in_use).await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(100).await;
    world.unstake_position(&alice, 5).await;
    world.refuse(close.clone(), &[], in_use).await;
    world.claim_stream(&alice, &stream).await;
    let key = world.keys.position(&alice.pubkey());
    let rent = world.lamports(&key).await;
    let purse = world.lamports(&payer.pubkey()).await;
    world.send(&[close], &[]).await; // anyone may
    assert!(world.account(&key).await.is_none());
    assert_eq!(world.lamports(&payer.pubkey()).await, purse + rent);
    assert_eq!(counted(&mut world).await, (0, 0, 0, 1));
    // It may come back, with nothing of the old one.
    world.stake_position(&alice, 7).await;
    assert_eq!(counted(&mut world).await, (7, 7, 1, 2));
    world.fund_stream(&stream, 70).await;
    world.warp(100).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 70);
}

#[tokio::test]
async fn what_a_closed_stream_owed_holds_no_position() {
    let (mut world, stream, [alice]) = with_stream().await;
    let wallet = world.fee_wallet.pubkey();
    world.stake_position(&alice, 1).await;
    world.fund_stream(&stream, 1).await;
    world.warp(100).await;
    world.unstake_position(&alice, 1).await;
    let close = world.keys.close_position(&alice.pubkey(), &alice.pubkey());
    world.refuse(close.clone(), &[], "PositionInUse").await;
    // One unit for one position passes for dust.
    world.open_reward_account(&stream, &wallet, 0);
    world.close_stream(&stream).await;
    world.add_stream(0, 100).await;
    world.send(&[close], &[]).await; // anyone may
}

#[tokio::test]
async fn lrt_in_a_position_carries_the_rate_like_any_other() {
    let mut work = Work::new().await;
    let holder = work.holder.insecure_clone();
    work.world.create_reward_book().await;
    let stream = work.world.add_stream(0, 100).await;
    work.world.stake_position(&holder, 10 * ONE).await;
    work.world.fund_stream(&stream, 1_000).await;
    work.earn(ONE).await;
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 11 * ONE);
    // Out of the book, through the queue, at the rate: 11.001 for 10.001, virtual units counted.
    work.world.unstake_position(&holder, 10 * ONE).await;
    assert_eq!(work.world.holds(&holder).await.1, 10 * ONE);
    let ticket = work.world.request(&holder, 5 * ONE, 0).await;
    work.world
        .deallocate(&work.operator, &work.avs, 10 * ONE)
        .await;
    work.world.warp_to_due(&ticket).await;
    let release = work.world.keys.release(&work.operator.key, &work.avs.key);
    work.world.send(&[release], &[]).await;
    work.world.undelegate(&work.operator, 10 * ONE).await;
    work.world.settle().await;
    work.world.claim(&ticket, &holder).await;
    assert_eq!(work.world.holds(&holder).await.0, 5_499_950_004);
    // Ten tokens part the last unit into pieces that do not make a whole one.
    assert_eq!(work.world.claim_stream(&holder, &stream).await, 999);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, _, [alice, bob]) = with_stream().await;
    let (other, _) = world.neighbour().await;
    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    let carol = world.holder(ONE).await;
    world.stake_position(&carol, 5).await;
    world.keys = home;
    world.stake_position(&bob, 5).await;
    let (keys, nobody, payer) = (world.keys, Pubkey::new_unique(), world.user(0));
    let (own, his) = (keys.of(&alice.pubkey()), keys.of(&bob.pubkey()));
    let (vault, theirs) = (
        address::reward_vault(&keys.book()),
        address::reward_vault(&other.book()),
    );
    let stake = with_account(
        keys.stake_position(&alice.pubkey(), 5),
        PAYER,
        &payer.pubkey(),
    );
    let signers = [&alice, &payer];
    for exists in [false, true] {
        world
            .refuse_substitutes(
                &stake,
                &signers,
                &[
                    (0, other.book(), "WrongVault"),
                    (0, keys.lrt, "AccountDiscriminatorMismatch"),
                    (0, nobody, "AccountOwnedByWrongProgram"),
                    (1, theirs, "WrongVault"),
                    (1, own.lrt, "WrongVault"),
                    (2, keys.position(&bob.pubkey()), "NotPositionOwner"),
                    (2, other.position(&carol.pubkey()), "WrongRewardBook"),
                    (2, keys.book(), "AccountBorrowFailed"), // the same account twice
                    (2, nobody, "WrongAddress"),
                    (USER_LRT, his.lrt, "OwnerMismatch"),
                    (USER_LRT, vault, "OwnerMismatch"),
                    (6, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                    (7, TOKEN_PROGRAM_ID, "InvalidProgramId"),
                    (8, nobody, "ConstraintAddress"),
                ],
            )
            .await;
        world.refuse_unprivileged(&stake, &signers).await;
        if !exists {
            world.send(std::slice::from_ref(&stake), &signers).await;
        }
    }
    let unstake = keys.unstake_position(&alice.pubkey(), 5);
    world
        .refuse_substitutes(
            &unstake,
            &[&alice],
            &[
                (0, other.book(), "WrongVault"),
                (0, keys.lrt, "AccountDiscriminatorMismatch"),
                (1, theirs, "WrongVault"),
                (2, keys.position(&bob.pubkey()), "NotPositionOwner"),
                (2, other.position(&carol.pubkey()), "WrongRewardBook"),
                (2, keys.book(), "AccountDiscriminatorMismatch"),
                (2, nobody, "AccountOwnedByWrongProgram"),
                (USER_LRT, vault, "VaultNotAllowed"),
                (USER_LRT, own.collateral, "MintMismatch"),
                (5, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (6, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&unstake, &[&alice]).await;
    world
        .refuse_other_signer(&unstake, 4, &[], "NotPositionOwner")
        .await;
    world.send(&[unstake], &[&alice]).await;

    let close = keys.close_position(&alice.pubkey(), &payer.pubkey());
    world
        .refuse_substitutes(
            &close,
            &[],
            &[
                (0, other.book(), "WrongRewardBook"),
                (0, keys.lrt, "AccountDiscriminatorMismatch"),
                (1, other.position(&carol.pubkey()), "WrongRewardBook"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, alice.pubkey(), "WrongRentPayer"),
                (3, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&close, &[]).await;
    world.send(&[close], &[]).await; // anyone may
}

#[tokio::test]
async fn no_role_touches_a_holders_position() {
    let (mut world, _, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    let roles = [
        world.admin.insecure_clone(),
        world.manager.insecure_clone(),
        world.guardian.insecure_clone(),
    ];
    for role in roles {
        let unstake = world.keys.unstake_position(&alice.pubkey(), 1);
        let stolen = with_account(unstake, 4, &role.pubkey());
        world.refuse(stolen, &[&role], "NotPositionOwner").await;
    }
}
