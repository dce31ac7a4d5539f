//! `claim_stream`.

use crate::{with_account, with_stream, EXACT};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, Instruction, StreamKeys, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the destination among the accounts.
const DESTINATION: usize = 3;

/// A holder who alone has earned 1,000 in a stream that is over.
async fn earned() -> (World, StreamKeys, Keypair) {
    let (mut world, stream, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(100).await;
    world.open_reward_account(&stream, &alice.pubkey(), 0);
    (world, stream, alice)
}

fn claim(world: &World, stream: &StreamKeys, owner: &Keypair, by: &Keypair) -> Instruction {
    world
        .keys
        .claim_stream(&owner.pubkey(), &by.pubkey(), stream)
}

#[tokio::test]
async fn the_owner_is_paid_wherever_he_wants() {
    let (mut world, stream, alice) = earned().await;
    let friend = Pubkey::new_unique();
    world.open_reward_account(&stream, &friend, 0);
    let claim = claim(&world, &stream, &alice, &alice);
    let away = with_account(claim.clone(), DESTINATION, &stream.of(&friend));
    world.send(&[away], &[&alice]).await;
    assert_eq!(world.balance(&stream.of(&friend)).await, 1_000);
    world.refuse(claim, &[&alice], "NothingToDo").await;
    let left = world.stream(&stream).await;
    assert_eq!((left.drip.rest, left.owed), (0, 0));
}

#[tokio::test]
async fn a_stranger_pays_the_owner_where_he_is_at_home_and_nowhere_else() {
    let (mut world, stream, alice) = earned().await;
    let stranger = Keypair::new();
    world.open_reward_account(&stream, &stranger.pubkey(), 0);
    let claim = claim(&world, &stream, &alice, &stranger);
    let (home, theirs) = (stream.of(&alice.pubkey()), stream.of(&stranger.pubkey()));
    let elsewhere = "NotOwnersAssociatedAccount";
    let away = with_account(claim.clone(), DESTINATION, &theirs);
    world.refuse(away, &[&stranger], elsewhere).await;
    // Another account of hers is not it, and one that she has given away is hers no more.
    let second = Pubkey::new_unique();
    world.create_token_account(&second, &stream.mint, &alice.pubkey(), 0);
    let away = with_account(claim.clone(), DESTINATION, &second);
    world.refuse(away, &[&stranger], elsewhere).await;
    world
        .give_token_account(&home, &alice, &stranger.pubkey())
        .await;
    world.refuse(claim.clone(), &[&stranger], elsewhere).await;
    world.patch(&home, 32, alice.pubkey().as_ref()).await;
    world.send(&[claim], &[&stranger]).await;
    assert_eq!(world.balance(&home).await, 1_000);
}

#[tokio::test]
async fn the_vault_itself_is_no_destination() {
    let (mut world, stream, alice) = earned().await;
    let vault = address::stream_vault(&world.keys.book(), 0);
    for by in [alice.insecure_clone(), Keypair::new()] {
        let claim = claim(&world, &stream, &alice, &by);
        let back = with_account(claim, DESTINATION, &vault);
        world.refuse(back, &[&by], "VaultNotAllowed").await;
    }
}

#[tokio::test]
async fn what_is_earned_is_claimable_while_it_runs_and_after_everything_is_unstaked() {
    let (mut world, stream, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    world.fund_stream(&stream, 1_000).await;
    world.open_reward_account(&stream, &alice.pubkey(), 0);
    let claim = claim(&world, &stream, &alice, &alice);
    world.refuse(claim.clone(), &[&alice], "NothingToDo").await;
    world.warp(25).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 250);
    world.refuse(claim.clone(), &[&alice], "NothingToDo").await;
    world.warp(25).await;
    world.unstake_position(&alice, EXACT).await;
    world.warp(25).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 250);
    world.refuse(claim, &[&alice], "NothingToDo").await;
}

#[tokio::test]
async fn at_a_free_place_there_is_nothing_to_claim() {
    let (mut world, stream, alice) = earned().await;
    for place in [1, 7, 8, u8::MAX] {
        let free = StreamKeys { place, ..stream };
        let claim = claim(&world, &free, &alice, &alice);
        world.refuse(claim, &[&alice], "NoSuchStream").await;
    }
    world.claim_stream(&alice, &stream).await;
    world.close_stream(&stream).await;
    let claim = claim(&world, &stream, &alice, &alice);
    world.refuse(claim, &[&alice], "NoSuchStream").await;
}

#[tokio::test]
async fn nobody_can_stop_a_claim_by_a_pause() {
    let (mut world, stream, alice) = earned().await;
    world.pause_all().await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 1_000);
    world.unstake_position(&alice, EXACT).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, stream, alice) = earned().await;
    let (bob, second) = (world.holder(ONE).await, world.add_stream(1, 100).await);
    world.stake_position(&bob, EXACT).await;
    let (other, _) = world.neighbour().await;
    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    let carol = world.holder(ONE).await;
    world.stake_position(&carol, EXACT).await;
    world.keys = home;
    let (keys, nobody, stranger) = (world.keys, Pubkey::new_unique(), Keypair::new());
    world.open_reward_account(&second, &alice.pubkey(), 0);
    let by_stranger = claim(&world, &stream, &alice, &stranger);
    world
        .refuse_substitutes(
            &by_stranger,
            &[&stranger],
            &[
                (0, other.book(), "WrongRewardBook"),
                (0, keys.lrt, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.position(&carol.pubkey()), "WrongRewardBook"),
                (1, keys.position(&bob.pubkey()), "NothingToDo"),
                (1, keys.book(), "AccountDiscriminatorMismatch"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, address::stream_vault(&keys.book(), 1), "WrongVault"),
                (2, stream.of(&alice.pubkey()), "WrongVault"),
                (DESTINATION, nobody, "NotOwnersAssociatedAccount"),
                (
                    DESTINATION,
                    second.of(&alice.pubkey()),
                    "NotOwnersAssociatedAccount",
                ),
                (5, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (5, nobody, "WrongTokenProgram"),
                (6, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    let by_owner = claim(&world, &stream, &alice, &alice);
    let to_other_mint = with_account(by_owner, DESTINATION, &second.of(&alice.pubkey()));
    world.refuse(to_other_mint, &[&alice], "MintMismatch").await;
    world.refuse_unprivileged(&by_stranger, &[&stranger]).await;
    // Of another's position a stranger claims nothing for himself.
    world.fund_stream(&stream, 1_000).await;
    world.warp(10).await;
    let of_bob = with_account(by_stranger.clone(), 1, &keys.position(&bob.pubkey()));
    world
        .refuse(of_bob, &[&stranger], "NotOwnersAssociatedAccount")
        .await;
    world.send(&[by_stranger], &[&stranger]).await;
    assert_eq!(world.balance(&stream.of(&alice.pubkey())).await, 1_050);
}
