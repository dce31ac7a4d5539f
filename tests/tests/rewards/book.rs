//! `create_reward_book` and `close_reward_book`.

use crate::{with_account, EXACT};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{Pubkey, Rent},
    program::state::RewardBook,
    Instruction, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts of `create_reward_book`.
const PAYER: usize = 2;
/// Position of the rent's payer among those of `close_reward_book`.
const RENT_PAYER: usize = 5;
/// Bytes of a token account.
const TOKEN_ACCOUNT: usize = 165;

fn create(world: &World) -> Instruction {
    world.keys.create_reward_book(&world.admin.pubkey())
}

fn close(world: &World) -> Instruction {
    let (admin, wallet) = (world.admin.pubkey(), world.fee_wallet.pubkey());
    world.keys.close_reward_book(&admin, &wallet, &admin)
}

#[tokio::test]
async fn a_book_begins_empty_with_a_vault_that_only_it_controls() {
    let mut world = World::new().await;
    let (admin, payer, keys) = (world.admin.insecure_clone(), Keypair::new(), world.keys);
    world.fund(&payer.pubkey());
    let create = with_account(create(&world), PAYER, &payer.pubkey());
    world
        .send(std::slice::from_ref(&create), &[&admin, &payer])
        .await;
    let (book, vault) = (world.book().await, address::reward_vault(&keys.book()));
    assert_eq!((book.lrt, book.vault), (keys.lrt, vault));
    assert_eq!((book.rent_payer, book.version), (payer.pubkey(), 1));
    assert_eq!(
        (book.staked, book.positions, book.positions_opened),
        (0, 0, 0)
    );
    assert!(book.streams.iter().all(|stream| !stream.is_open()));
    assert_eq!(world.lrt().await.has_reward_book, 1);

    let account = world.account(&vault).await.expect("it is there");
    assert_eq!(account.owner, TOKEN_PROGRAM_ID);
    assert_eq!(account.data[0..32], keys.lrt_mint.to_bytes());
    assert_eq!(account.data[32..64], keys.book().to_bytes());
    assert_eq!(account.data[72..76], [0; 4], "a delegate");
    assert_eq!(account.data[129..133], [0; 4], "a close authority");
    let rent = Rent::default();
    let rents = rent.minimum_balance(RewardBook::SPACE) + rent.minimum_balance(TOKEN_ACCOUNT);
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - rents);
    // There is one for an LRT.
    world
        .refuse(create, &[&admin, &payer], "AlreadyInUse")
        .await;
}

#[tokio::test]
async fn a_book_closes_when_it_has_neither_streams_nor_positions_and_may_be_created_anew() {
    let mut world = World::new().await;
    let (admin, alice) = (world.funded_admin(), world.holder(ONE).await);
    world.create_reward_book().await;
    let stream = world.add_stream(7, 100).await;
    world.stake_position(&alice, EXACT).await;
    let close = close(&world);
    world
        .refuse(close.clone(), &[&admin], "RewardBookInUse")
        .await;
    world.close_stream(&stream).await;
    world
        .refuse(close.clone(), &[&admin], "RewardBookInUse")
        .await;
    world.unstake_position(&alice, EXACT).await;
    world
        .refuse(close.clone(), &[&admin], "RewardBookInUse")
        .await;
    let leave = world.keys.close_position(&alice.pubkey(), &alice.pubkey());
    world.send(&[leave], &[]).await;
    // A stream alone holds it, too.
    let stream = world.add_stream(0, 1).await;
    world
        .refuse(close.clone(), &[&admin], "RewardBookInUse")
        .await;
    world.close_stream(&stream).await;

    let (book, vault) = (world.keys.book(), address::reward_vault(&world.keys.book()));
    let rents = world.lamports(&book).await + world.lamports(&vault).await;
    let purse = world.lamports(&admin.pubkey()).await;
    world.send(std::slice::from_ref(&close), &[&admin]).await;
    assert_eq!(world.lamports(&admin.pubkey()).await, purse + rents);
    for key in [book, vault] {
        assert!(world.account(&key).await.is_none());
    }
    assert_eq!(world.lrt().await.has_reward_book, 0);
    world
        .refuse(close, &[&admin], "AccountOwnedByWrongProgram")
        .await;

    world.create_reward_book().await;
    let stream = world.add_stream(0, 10).await;
    world.stake_position(&alice, 7).await;
    world.fund_stream(&stream, 70).await;
    world.warp(10).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 70);
}

#[tokio::test]
async fn lrt_sent_straight_to_the_vault_is_no_hindrance_and_goes_to_the_fee_wallet() {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let (admin, wallet) = (world.admin.insecure_clone(), world.fee_wallet.pubkey());
    let (vault, close) = (address::reward_vault(&world.keys.book()), close(&world));
    world.patch(&vault, 64, &5u64.to_le_bytes()).await;
    let fee = world.keys.of(&wallet).lrt;
    let friend = world.user(0);
    let elsewhere = with_account(close.clone(), 4, &world.keys.of(&friend.pubkey()).lrt);
    world
        .refuse(elsewhere, &[&admin], "NotOwnersAssociatedAccount")
        .await;
    world.patch(&fee, 32, friend.pubkey().as_ref()).await;
    world
        .refuse(close.clone(), &[&admin], "NotOwnersAssociatedAccount")
        .await;
    world.patch(&fee, 32, wallet.as_ref()).await;
    world.send(&[close], &[&admin]).await;
    assert_eq!(world.balance(&fee).await, 5);
}

#[tokio::test]
async fn with_nothing_left_the_fee_wallet_needs_no_account() {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let (admin, close) = (world.admin.insecure_clone(), close(&world));
    let close = with_account(close, 4, &Pubkey::new_unique());
    world.send(&[close], &[&admin]).await;
}

#[tokio::test]
async fn an_lrt_is_not_closed_while_it_has_a_book() {
    let mut world = World::bare().await;
    let (collateral, admin) = (Pubkey::new_unique(), world.admin.insecure_clone());
    let (issuer, by) = (world.issuer.pubkey(), admin.pubkey());
    world.create_mint(&collateral, &issuer);
    world.keys = world.create_lrt_for(collateral, TOKEN_PROGRAM_ID).await;
    world.create_reward_book().await;
    let close_lrt = world.keys.close_lrt(&by, &by);
    world.refuse(close_lrt.clone(), &[&admin], "LrtInUse").await;
    let close = close(&world);
    world.send(&[close, close_lrt], &[&admin]).await;
    let key = world.keys.lrt;
    assert!(world.account(&key).await.is_none());
}

#[tokio::test]
async fn lamports_sent_to_its_addresses_before_are_no_hindrance() {
    for lamports in [1, 100 * ONE] {
        let mut world = World::new().await;
        let (admin, book) = (world.admin.insecure_clone(), world.keys.book());
        let vault = address::reward_vault(&book);
        for key in [book, vault, address::stream_vault(&book, 0)] {
            world.set_raw(&key, Pubkey::default(), Vec::new(), lamports);
        }
        let alice = world.holder(ONE).await;
        let position = world.keys.position(&alice.pubkey());
        world.set_raw(&position, Pubkey::default(), Vec::new(), lamports);
        world.create_reward_book().await;
        let stream = world.add_stream(0, 10).await;
        world.stake_position(&alice, EXACT).await;
        world.fund_stream(&stream, 10).await;
        world.warp(10).await;
        assert_eq!(world.claim_stream(&alice, &stream).await, 10);
        world.unstake_position(&alice, EXACT).await;
        let leave = world.keys.close_position(&alice.pubkey(), &alice.pubkey());
        world.send(&[leave], &[]).await;
        world.close_stream(&stream).await;
        let close = close(&world);
        world.send(&[close], &[&admin]).await;
    }
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let (admin, payer) = (world.admin.insecure_clone(), world.user(0));
    let theirs = address::reward_vault(&other.book());
    let create = with_account(create(&world), PAYER, &payer.pubkey());
    let token_account = keys.of(&payer.pubkey()).lrt;
    world
        .refuse_substitutes(
            &create,
            &[&admin, &payer],
            &[
                (0, other.lrt, "WrongLrtMint"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (3, other.lrt_mint, "WrongLrtMint"),
                (3, keys.collateral_mint, "WrongLrtMint"),
                (4, other.book(), "WrongAddress"),
                (4, keys.lrt, "WrongAddress"),
                (5, theirs, "WrongAddress"),
                (5, token_account, "WrongAddress"),
                (6, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, TOKEN_PROGRAM_ID, "InvalidProgramId"),
                (8, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&create, &[&admin, &payer]).await;
    for (role, error) in [
        (world.manager.insecure_clone(), "NotAdmin"),
        (world.guardian.insecure_clone(), "NotAdmin"),
    ] {
        let by = with_account(create.clone(), 1, &role.pubkey());
        world.refuse(by, &[&role, &payer], error).await;
    }
    world.send(&[create], &[&admin, &payer]).await;

    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    world.keys = home;
    let close = with_account(close(&world), RENT_PAYER, &payer.pubkey());
    world
        .refuse_substitutes(
            &close,
            &[&admin],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, other.book(), "WrongLrt"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, theirs, "WrongVault"),
                (3, token_account, "WrongVault"),
                (RENT_PAYER, admin.pubkey(), "WrongRentPayer"),
                (6, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&close, &[&admin]).await;
    world.refuse_other_signer(&close, 1, &[], "NotAdmin").await;
    world.send(&[close], &[&admin]).await;
}
