//! Slashes of collateral of Token-2022.

use crate::court::{event_of, Court, SUPPLY};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, program::events::SlashExecuted, ProposalKeys,
    TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{terms, World, ONE};
use lrt_cli::vm::{mint_data, token_account_data};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A court over collateral of Token-2022, and a proposal of one token that may be executed.
async fn due(destination: Pubkey) -> (Court, ProposalKeys) {
    let mut world = World::bare().await;
    let (mint, issuer) = (Pubkey::new_unique(), world.issuer.pubkey());
    world.set_raw(&mint, TOKEN_2022_PROGRAM_ID, mint_data(&issuer, 9, 0), ONE);
    world.keys = world.create_lrt_for(mint, TOKEN_2022_PROGRAM_ID).await;
    let admin = world.admin.insecure_clone();
    let by = admin.pubkey();
    let add = world.keys.add_stake_pool(&by, &by, u64::MAX, false);
    world.send(&[add], &[&admin]).await;
    let mut court = Court::over(world, terms(), destination).await;
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    (court, on)
}

/// Opens the wallet's associated account with extensions, as `(type, data)`.
fn open(court: &mut Court, wallet: &Pubkey, extensions: &[(u16, &[u8])]) -> Pubkey {
    let keys = court.world.keys;
    let own = keys.of(wallet).collateral;
    let mut data = token_account_data(&keys.collateral_mint, wallet, 0);
    if !extensions.is_empty() {
        data.push(2); // an account
    }
    for (kind, value) in extensions {
        data.extend_from_slice(&kind.to_le_bytes());
        data.extend_from_slice(&(value.len() as u16).to_le_bytes());
        data.extend_from_slice(value);
    }
    court.world.set_raw(&own, TOKEN_2022_PROGRAM_ID, data, ONE);
    own
}

#[tokio::test]
async fn it_is_burned() {
    let (mut court, on) = due(Pubkey::default()).await;
    court.world.execute_slash(&on).await;
    assert_eq!(
        (court.vault().await, court.supply().await),
        (9 * ONE, SUPPLY - ONE)
    );
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_plain_account_and_one_that_keeps_its_owner_are_paid() {
    const IMMUTABLE_OWNER: (u16, &[u8]) = (7, &[]);
    for extensions in [&[][..], &[IMMUTABLE_OWNER]] {
        let wallet = Keypair::new().pubkey();
        let (mut court, on) = due(wallet).await;
        let own = open(&mut court, &wallet, extensions);
        let execute = court.world.keys.execute_slash(&on, &wallet);
        let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
        assert_eq!(
            (event.destination, court.world.balance(&own).await),
            (own, ONE)
        );
        assert_eq!(
            (court.vault().await, court.supply().await),
            (9 * ONE, SUPPLY)
        );
        court.world.check_invariants().await;
    }
}

#[tokio::test]
async fn an_account_that_asks_for_a_memo_gets_nothing_and_the_slash_is_burned() {
    const IMMUTABLE_OWNER: (u16, &[u8]) = (7, &[]);
    const MEMO_REQUIRED: (u16, &[u8]) = (8, &[1]);
    const MEMO_NO_LONGER_REQUIRED: (u16, &[u8]) = (8, &[0]);
    const CPI_GUARD: (u16, &[u8]) = (11, &[1]);
    for extensions in [
        &[MEMO_REQUIRED][..],
        &[IMMUTABLE_OWNER, MEMO_REQUIRED],
        &[MEMO_NO_LONGER_REQUIRED],
        &[CPI_GUARD],
    ] {
        let wallet = Keypair::new().pubkey();
        let (mut court, on) = due(wallet).await;
        let own = open(&mut court, &wallet, extensions);
        let execute = court.world.keys.execute_slash(&on, &wallet);
        let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
        let now = (event.destination, court.world.balance(&own).await);
        assert_eq!(now, (Pubkey::default(), 0));
        assert_eq!(
            (court.vault().await, court.supply().await),
            (9 * ONE, SUPPLY - ONE)
        );
    }
}

#[tokio::test]
async fn an_account_in_the_other_token_program_is_not_the_wallets() {
    let wallet = Keypair::new().pubkey();
    let (mut court, on) = due(wallet).await;
    let mint = court.world.keys.collateral_mint;
    let classic = liquid_restaking_sdk::TOKEN_PROGRAM_ID;
    let other = liquid_restaking_sdk::address::associated(&wallet, &mint, &classic);
    court.world.create_token_account(&other, &mint, &wallet, 0);
    let execute = court.world.keys.execute_slash(&on, &wallet);
    let world = &mut court.world;
    world
        .refuse_substitutes(
            &execute,
            &[],
            &[
                (8, other, "WrongDestination"),
                (10, classic, "WrongTokenProgram"),
            ],
        )
        .await;
}
