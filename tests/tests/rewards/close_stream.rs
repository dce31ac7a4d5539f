//! `close_stream`, and what becomes of its place.

use crate::{with_account, with_stream};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, Instruction, StreamKeys, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::World;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Positions among the accounts.
const FEE_REWARD: usize = 4;
const RENT_PAYER: usize = 5;

fn close(world: &World, stream: &StreamKeys) -> Instruction {
    let (admin, wallet) = (world.admin.pubkey(), world.fee_wallet.pubkey());
    world.keys.close_stream(&admin, stream, &wallet, &admin)
}

#[tokio::test]
async fn a_stream_closes_only_when_it_is_over_and_claimed() {
    let (mut world, stream, [alice, bob]) = with_stream().await;
    let (admin, close) = (world.funded_admin(), close(&world, &stream));
    let in_use = "StreamInUse";
    world.fund_stream(&stream, 4_000_000).await; // a thousandth of a token passes for dust
    world.warp(5_000).await; // nobody is there to share it
    world.refuse(close.clone(), &[&admin], in_use).await;
    world.stake_position(&alice, 1).await;
    world.stake_position(&bob, 1).await;
    for _ in 0..2 {
        world.warp(50).await;
        world.refuse(close.clone(), &[&admin], in_use).await;
    }
    world.claim_stream(&alice, &stream).await;
    world.refuse(close.clone(), &[&admin], in_use).await;
    assert_eq!(world.stream(&stream).await.owed, 2_000_000);
    // Anyone can clear the way.
    world.open_reward_account(&stream, &bob.pubkey(), 0);
    let claim = world
        .keys
        .claim_stream(&bob.pubkey(), &admin.pubkey(), &stream);
    world.send(&[claim], &[&admin]).await;

    let vault = address::stream_vault(&world.keys.book(), 0);
    let (rent, purse) = (
        world.lamports(&vault).await,
        world.lamports(&admin.pubkey()).await,
    );
    world.send(std::slice::from_ref(&close), &[&admin]).await;
    assert!(world.account(&vault).await.is_none());
    assert_eq!(world.lamports(&admin.pubkey()).await, purse + rent);
    assert!(!world.stream(&stream).await.is_open());
    world.refuse(close, &[&admin], "NoSuchStream").await;
}

#[tokio::test]
async fn what_rounding_leaves_goes_to_the_fee_wallet_and_to_nobody_else() {
    let (mut world, stream, [alice, bob, carol]) = with_stream().await;
    let (admin, wallet) = (world.admin.insecure_clone(), world.fee_wallet.pubkey());
    for (holder, shares) in [(&alice, 1), (&bob, 1), (&carol, 5)] {
        world.stake_position(holder, shares).await;
    }
    world.fund_stream(&stream, 1_000).await;
    world.warp(100).await;
    let mut claimed = Vec::new();
    for holder in [&alice, &bob, &carol] {
        claimed.push(world.claim_stream(holder, &stream).await);
    }
    assert_eq!(claimed, [142, 142, 714]); // and two units
    let close = close(&world, &stream);
    // Without an account for them they would be lost.
    world
        .refuse(close.clone(), &[&admin], "NotOwnersAssociatedAccount")
        .await;
    let to_alice = with_account(close.clone(), FEE_REWARD, &stream.of(&alice.pubkey()));
    world
        .refuse(to_alice, &[&admin], "NotOwnersAssociatedAccount")
        .await;
    world.open_reward_account(&stream, &wallet, 0);
    world.send(&[close], &[&admin]).await;
    assert_eq!(world.balance(&stream.of(&wallet)).await, 2);
}

#[tokio::test]
async fn no_more_is_taken_for_dust_than_a_unit_for_each_position_that_ever_was() {
    let (mut world, stream, [alice, bob]) = with_stream().await;
    let (admin, wallet) = (world.admin.insecure_clone(), world.fee_wallet.pubkey());
    world.open_reward_account(&stream, &wallet, 0);
    world.stake_position(&alice, 1).await;
    world.stake_position(&bob, 1).await;
    let close = close(&world, &stream);
    world.fund_stream(&stream, 6).await;
    world.warp(100).await;
    world.claim_stream(&alice, &stream).await;
    world.refuse(close, &[&admin], "StreamInUse").await; // three for two positions
    world.claim_stream(&bob, &stream).await;
    world.close_stream(&stream).await;
    assert_eq!(world.balance(&stream.of(&wallet)).await, 0);
}

#[tokio::test]
async fn a_place_used_again_is_never_read_by_an_old_position_as_its_own() {
    let (mut world, first, [alice, bob, carol]) = with_stream().await;
    let wallet = world.fee_wallet.pubkey();
    world.stake_position(&alice, 32).await;
    world.stake_position(&bob, 32).await;
    world.fund_stream(&first, 4_000_000).await;
    world.warp(100).await;
    assert_eq!(world.claim_stream(&alice, &first).await, 2_000_000);
    assert_eq!(world.claim_stream(&bob, &first).await, 2_000_000);
    world.unstake_position(&bob, 32).await;
    world.close_stream(&first).await;

    // Another token at the same place. Alice has been there from its beginning and Carol comes later; Bob has left.
    let second = world.add_stream(0, 10).await;
    assert_eq!(world.stream(&second).await.generation, 2);
    world.fund_stream(&second, 100).await;
    world.warp(5).await;
    world.stake_position(&carol, 32).await;
    world.warp(5).await;
    assert_eq!(world.claim_stream(&alice, &second).await, 50 + 25);
    assert_eq!(world.claim_stream(&carol, &second).await, 25);
    let (claimer, none) = (bob.pubkey(), "NothingToDo");
    let claim = world.keys.claim_stream(&claimer, &claimer, &second);
    world.refuse(claim, &[&bob], none).await;
    // Who stakes again begins at the index there is.
    world.stake_position(&bob, 64).await;
    let claim = world.keys.claim_stream(&claimer, &claimer, &second);
    world.refuse(claim, &[&bob], none).await;
    world.fund_stream(&second, 100).await;
    world.warp(10).await;
    for (holder, due) in [(&alice, 25), (&bob, 50), (&carol, 25)] {
        assert_eq!(world.claim_stream(holder, &second).await, due);
    }
    assert_eq!(world.stream(&second).await.owed, 0);

    // A third time, now with something unclaimed that was dust: it is not carried over.
    world.fund_stream(&second, 2).await;
    world.warp(10).await;
    world.unstake_position(&alice, 32).await; // half of a unit
    world.open_reward_account(&second, &wallet, 0);
    world.close_stream(&second).await;
    assert_eq!(world.balance(&second.of(&wallet)).await, 2);
    let third = world.add_stream(0, 10).await;
    world.fund_stream(&third, 96).await;
    world.warp(10).await;
    assert_eq!(world.claim_stream(&bob, &third).await, 64);
    assert_eq!(world.claim_stream(&carol, &third).await, 32);
    world.stake_position(&alice, 32).await;
    let claim = world
        .keys
        .claim_stream(&alice.pubkey(), &alice.pubkey(), &third);
    world.refuse(claim, &[&alice], none).await;
    assert_eq!(world.stream(&third).await.owed, 0);
}

#[tokio::test]
async fn a_place_may_stay_empty_while_positions_change() {
    let (mut world, first, [alice, bob]) = with_stream().await;
    world.stake_position(&alice, 10).await;
    world.fund_stream(&first, 100).await;
    world.warp(100).await;
    world.claim_stream(&alice, &first).await;
    world.close_stream(&first).await;
    world.stake_position(&alice, 10).await;
    world.stake_position(&bob, 20).await;
    world.unstake_position(&alice, 15).await;
    let second = world.add_stream(0, 100).await;
    world.unstake_position(&bob, 5).await;
    world.fund_stream(&second, 400).await;
    world.warp(100).await;
    assert_eq!(world.claim_stream(&alice, &second).await, 100);
    assert_eq!(world.claim_stream(&bob, &second).await, 300);
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, stream, []) = with_stream().await;
    let second = world.add_stream(1, 100).await;
    let (other, _) = world.neighbour().await;
    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    world.keys = home;
    let (keys, nobody, admin) = (
        world.keys,
        Pubkey::new_unique(),
        world.admin.insecure_clone(),
    );
    let friend: Keypair = world.user(0);
    let token_account = keys.of(&friend.pubkey()).collateral;
    let close = close(&world, &stream);
    world
        .refuse_substitutes(
            &close,
            &[&admin],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, other.book(), "WrongLrt"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, address::stream_vault(&keys.book(), 1), "WrongVault"),
                (3, token_account, "WrongVault"),
                (RENT_PAYER, friend.pubkey(), "WrongRentPayer"),
                (6, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (6, nobody, "WrongTokenProgram"),
                (7, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&close, &[&admin]).await;
    world.refuse_other_signer(&close, 1, &[], "NotAdmin").await;
    world.send(&[close], &[&admin]).await;
    world.close_stream(&second).await;
}
