//! `add_stream`.

use crate::{with_account, EXACT};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::MAX_STREAM_SLOTS, Instruction, StreamKeys,
    TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{mint_2022, World, ONE, REFUSED_EXTENSIONS};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A world with a reward book without streams, and its admin.
async fn empty() -> (World, Keypair) {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let admin = world.admin.insecure_clone();
    (world, admin)
}

fn add(world: &World, stream: &StreamKeys, slots: u64, allow_freeze: bool) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.add_stream(&admin, stream, slots, allow_freeze)
}

/// A place for a stream of a Token-2022 mint with those bytes.
fn stream_2022(world: &mut World, place: u8, data: Vec<u8>) -> StreamKeys {
    let mint = Pubkey::new_unique();
    world.set_raw(&mint, TOKEN_2022_PROGRAM_ID, data, ONE);
    StreamKeys {
        place,
        mint,
        token_program: TOKEN_2022_PROGRAM_ID,
    }
}

#[tokio::test]
async fn a_stream_begins_empty_with_a_vault_that_only_the_book_controls() {
    let (mut world, admin) = empty().await;
    let (stream, payer, book) = (world.new_stream(3), world.user(0), world.keys.book());
    let add = with_account(add(&world, &stream, 100, false), 2, &payer.pubkey());
    world.send(&[add], &[&admin, &payer]).await;
    let added = world.stream(&stream).await;
    let vault = address::stream_vault(&book, 3);
    assert_eq!((added.mint, added.vault), (stream.mint, vault));
    assert_eq!(added.token_program, TOKEN_PROGRAM_ID);
    assert_eq!(added.rent_payer, payer.pubkey());
    assert_eq!((added.slots, added.owed, added.drip.rest), (100, 0, 0));
    assert_eq!((added.generation, added.index, added.carry), (1, [0; 2], 0));
    let data = world.account(&vault).await.expect("it is there").data;
    assert_eq!(data[0..32], stream.mint.to_bytes());
    assert_eq!(data[32..64], book.to_bytes());
    assert_eq!(data[72..76], [0; 4], "a delegate");
    assert_eq!(data[129..133], [0; 4], "a close authority");
}

#[tokio::test]
async fn a_book_has_eight_places_for_one_stream_each() {
    let (mut world, admin) = empty().await;
    for place in 0..8 {
        world.add_stream(place, 100).await;
        let second = world.new_stream(place);
        let add = add(&world, &second, 100, false);
        world.refuse(add, &[&admin], "AlreadyInUse").await;
    }
    for place in [8, 9, u8::MAX] {
        let stream = world.new_stream(place);
        let add = add(&world, &stream, 100, false);
        world.refuse(add, &[&admin], "NoSuchStream").await;
    }
}

#[tokio::test]
async fn the_same_token_may_have_two_streams_and_the_lrt_and_its_collateral_one() {
    let (mut world, admin) = empty().await;
    let (alice, keys) = (world.holder(3 * ONE).await, world.keys);
    world.stake_position(&alice, EXACT).await;
    for (place, mint) in [
        (0, keys.lrt_mint),
        (1, keys.lrt_mint),
        (2, keys.collateral_mint),
    ] {
        let stream = StreamKeys {
            place,
            mint,
            token_program: TOKEN_PROGRAM_ID,
        };
        let add = add(&world, &stream, 10, false);
        world.send(&[add], &[&admin]).await;
        world.fund_stream(&stream, 100).await;
        world.warp(10).await;
        assert_eq!(world.claim_stream(&alice, &stream).await, 100);
    }
    let staked = address::reward_vault(&keys.book());
    assert_eq!(world.balance(&staked).await, EXACT);
}

#[tokio::test]
async fn a_streams_slots_are_at_least_one_and_at_most_a_year() {
    let (mut world, admin) = empty().await;
    assert_eq!(MAX_STREAM_SLOTS, 365 * 216_000);
    for slots in [0, MAX_STREAM_SLOTS + 1, u64::MAX] {
        let stream = world.new_stream(0);
        let add = add(&world, &stream, slots, false);
        world.refuse(add, &[&admin], "StreamSlotsOutOfBounds").await;
    }
    world.add_stream(0, 1).await;
    world.add_stream(1, MAX_STREAM_SLOTS).await;
}

#[tokio::test]
async fn attack_31_a_mint_with_any_but_the_harmless_extensions_is_refused_by_name() {
    let (mut world, admin) = empty().await;
    for (kind, length, error) in REFUSED_EXTENSIONS {
        // Alone, and hidden behind a harmless one.
        for extensions in [&[(kind, length)][..], &[(18, 64), (kind, length)]] {
            let stream = stream_2022(&mut world, 0, mint_2022(6, extensions));
            let add = add(&world, &stream, 100, true);
            world.refuse(add, &[&admin], error).await;
        }
    }
    let mut cut = mint_2022(6, &[(18, 64)]);
    cut.pop();
    for (data, error) in [
        (cut, "CollateralExtensionMalformed"),
        (vec![0; 82], "NotAMint"),
        (Vec::new(), "NotAMint"),
    ] {
        let stream = stream_2022(&mut world, 0, data);
        let add = add(&world, &stream, 100, true);
        world.refuse(add, &[&admin], error).await;
    }
}

#[tokio::test]
async fn a_token_of_token_2022_streams_with_the_harmless_extensions_and_any_decimals() {
    let (mut world, admin) = empty().await;
    let alice = world.holder(ONE).await;
    world.stake_position(&alice, EXACT).await;
    let data = mint_2022(
        6,
        &[(18, 64), (19, 120), (20, 64), (21, 80), (22, 64), (23, 72)],
    );
    let stream = stream_2022(&mut world, 0, data);
    let add = add(&world, &stream, 10, false);
    world.send(&[add], &[&admin]).await;
    let (funder, own) = (world.user(0), stream.of(&alice.pubkey()));
    for (key, owner, amount) in [
        (stream.of(&funder.pubkey()), funder.pubkey(), 1_000),
        (own, alice.pubkey(), 0),
    ] {
        let data = lrt_cli::vm::token_account_data(&stream.mint, &owner, amount);
        world.set_raw(&key, TOKEN_2022_PROGRAM_ID, data, ONE);
    }
    let fund = world.keys.fund_stream(&funder.pubkey(), &stream, 1_000);
    world.send(&[fund], &[&funder]).await;
    world.warp(10).await;
    assert_eq!(world.claim_stream(&alice, &stream).await, 1_000);
    world.close_stream(&stream).await;
}

#[tokio::test]
async fn a_freeze_authority_is_taken_only_when_it_is_accepted_explicitly() {
    let (mut world, admin) = empty().await;
    let stream = world.new_stream(0);
    world.patch(&stream.mint, 46, &[1, 0, 0, 0]).await;
    let (refused, allowed) = (
        add(&world, &stream, 100, false),
        add(&world, &stream, 100, true),
    );
    world
        .refuse(refused, &[&admin], "CollateralCanBeFrozen")
        .await;
    world.send(&[allowed], &[&admin]).await;
    // Allowing what is not there is no harm.
    let other = world.new_stream(1);
    let allowed = add(&world, &other, 100, true);
    world.send(&[allowed], &[&admin]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin) = empty().await;
    let (other, _) = world.neighbour().await;
    let home = std::mem::replace(&mut world.keys, other);
    world.create_reward_book().await;
    world.keys = home;
    let (keys, nobody, payer) = (world.keys, Pubkey::new_unique(), world.user(0));
    let stream = world.new_stream(0);
    let token_account = keys.of(&payer.pubkey()).collateral;
    let add = with_account(add(&world, &stream, 100, false), 2, &payer.pubkey());
    world
        .refuse_substitutes(
            &add,
            &[&admin, &payer],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (3, other.book(), "WrongLrt"),
                (3, keys.lrt, "AccountDiscriminatorMismatch"),
                (4, token_account, "NotAMint"),
                (4, nobody, "NotAMint"),
                (5, address::stream_vault(&keys.book(), 1), "WrongAddress"),
                (5, address::stream_vault(&other.book(), 0), "WrongAddress"),
                (5, token_account, "WrongAddress"),
                (6, TOKEN_2022_PROGRAM_ID, "NotAMint"),
                (7, TOKEN_PROGRAM_ID, "InvalidProgramId"),
                (8, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    // A program of one's own, with a mint of its own.
    let (fake, mint) = (Pubkey::new_unique(), Pubkey::new_unique());
    let data = world.account(&stream.mint).await.expect("a mint").data;
    world.set_raw(&mint, fake, data, ONE);
    let foreign = with_account(with_account(add.clone(), 4, &mint), 6, &fake);
    world
        .refuse(foreign, &[&admin, &payer], "WrongTokenProgram")
        .await;
    world.refuse_unprivileged(&add, &[&admin, &payer]).await;
    world
        .refuse_other_signer(&add, 1, &[&payer], "NotAdmin")
        .await;
    world.send(&[add], &[&admin, &payer]).await;
}
