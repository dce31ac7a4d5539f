//! `fund_stream`.

use crate::{with_account, with_stream, EXACT};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::state::Drip, TOKEN_2022_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the tokens' source among the accounts.
const SOURCE: usize = 2;

#[tokio::test]
async fn anybody_funds_a_stream_with_what_he_has() {
    let (mut world, stream, []) = with_stream().await;
    let (funder, keys) = (Keypair::new(), world.keys);
    world.open_reward_account(&stream, &funder.pubkey(), 1_000);
    let fund = |amount| keys.fund_stream(&funder.pubkey(), &stream, amount);
    for (amount, error) in [
        (0, "ZeroAmount"),
        (1_001, "InsufficientFunds"),
        (u64::MAX, "InsufficientFunds"),
    ] {
        world.refuse(fund(amount), &[&funder], error).await;
    }
    world.send(&[fund(400)], &[&funder]).await;
    world
        .refuse(fund(u64::MAX), &[&funder], "MathOverflow")
        .await;
    world.send(&[fund(600)], &[&funder]).await;
    let vault = address::stream_vault(&keys.book(), 0);
    assert_eq!(world.balance(&vault).await, 1_000);
    let slot = world.slot().await;
    let drip = Drip {
        rest: 1_000,
        last: slot,
        end: slot + 100,
    };
    assert_eq!(world.stream(&stream).await.drip, drip);
}

#[tokio::test]
async fn there_is_nothing_to_fund_at_a_free_place() {
    let (mut world, stream, []) = with_stream().await;
    let funder = Keypair::new();
    for place in [1, 7, 8, u8::MAX] {
        let mut free = world.new_stream(0);
        free.place = place;
        let fund = world.keys.fund_stream(&funder.pubkey(), &free, 1);
        world.refuse(fund, &[&funder], "NoSuchStream").await;
    }
    world.close_stream(&stream).await;
    let fund = world.keys.fund_stream(&funder.pubkey(), &stream, 1);
    world.refuse(fund, &[&funder], "NoSuchStream").await;
}

#[tokio::test]
async fn what_is_added_joins_what_is_left_with_an_end_in_between() {
    let (mut world, stream, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    let start = world.slot().await;
    world.fund_stream(&stream, 1_000).await;
    world.warp(50).await;
    world.fund_stream(&stream, 1_000).await;
    // 500 over 50 slots and 1,000 over 100: 83.3.
    let drip = Drip {
        rest: 1_500,
        last: start + 50,
        end: start + 50 + 83,
    };
    assert_eq!(world.stream(&stream).await.drip, drip);
    world.warp(83).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 2_000);
}

#[tokio::test]
async fn a_unit_in_every_slot_holds_no_stream_up() {
    let (mut world, stream, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    let start = world.slot().await;
    world.fund_stream(&stream, 1_000_000).await;
    for _ in 1..100 {
        world.warp(1).await;
        world.fund_stream(&stream, 1).await;
        assert_eq!(world.stream(&stream).await.drip.end, start + 100);
    }
    world.warp(1).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 1_000_099);
}

#[tokio::test]
async fn tokens_sent_straight_to_the_vault_are_nobodys_until_the_stream_closes() {
    let (mut world, stream, [alice]) = with_stream().await;
    world.stake_position(&alice, EXACT).await;
    let (vault, wallet) = (
        address::stream_vault(&world.keys.book(), 0),
        world.fee_wallet.pubkey(),
    );
    world.fund_stream(&stream, 100).await;
    world.patch(&vault, 64, &150u64.to_le_bytes()).await;
    world.warp(500).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 100);
    world.open_reward_account(&stream, &wallet, 0);
    world.close_stream(&stream).await;
    assert_eq!(world.balance(&stream.of(&wallet)).await, 50);
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, stream, [alice]) = with_stream().await;
    let second = world.add_stream(1, 100).await;
    let (other, _) = world.neighbour().await;
    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    let abroad = world.add_stream(0, 100).await;
    world.keys = home;
    let (keys, nobody, funder) = (world.keys, Pubkey::new_unique(), Keypair::new());
    world.open_reward_account(&stream, &funder.pubkey(), 10);
    world.open_reward_account(&second, &funder.pubkey(), 10);
    world.open_reward_account(&stream, &alice.pubkey(), 10);
    let vault = |place| address::stream_vault(&keys.book(), place);
    let fund = keys.fund_stream(&funder.pubkey(), &stream, 10);
    world
        .refuse_substitutes(
            &fund,
            &[&funder],
            &[
                (0, other.book(), "WrongVault"),
                (0, keys.lrt, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, vault(1), "WrongVault"),
                (1, address::stream_vault(&other.book(), 0), "WrongVault"),
                (1, stream.of(&alice.pubkey()), "WrongVault"),
                (SOURCE, stream.of(&alice.pubkey()), "OwnerMismatch"),
                (SOURCE, second.of(&funder.pubkey()), "MintMismatch"),
                (SOURCE, abroad.of(&funder.pubkey()), "InvalidAccountData"),
                (4, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (4, nobody, "WrongTokenProgram"),
                (5, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    // The vault has nothing of its own to give: its tokens are those of the stream.
    world.send(std::slice::from_ref(&fund), &[&funder]).await;
    let itself = with_account(fund.clone(), SOURCE, &vault(0));
    world.refuse(itself, &[&funder], "OwnerMismatch").await;
    world.open_reward_account(&stream, &funder.pubkey(), 10);
    world.refuse_unprivileged(&fund, &[&funder]).await;
    world
        .refuse_other_signer(&fund, 3, &[], "OwnerMismatch")
        .await;
    world.send(&[fund], &[&funder]).await;
}
