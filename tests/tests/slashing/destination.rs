//! Where slashed tokens go: nobody stops a slash by what he does to his account.

use crate::court::{event_of, with_account, without_account, Court, SUPPLY};
use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    program::events::SlashExecuted,
    Instruction, ProposalKeys, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the destination among the accounts of `execute_slash`.
const DESTINATION: usize = 8;

/// A court whose AVS pays to a wallet that has opened its account, and a proposal of one token that may be executed.
async fn due() -> (Court, Keypair, ProposalKeys) {
    let wallet = Keypair::new();
    let mut court = Court::paying(&wallet.pubkey()).await;
    court.world.fund(&wallet.pubkey());
    let keys = court.world.keys;
    court.world.open_accounts(&keys, &wallet.pubkey(), 5);
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    (court, wallet, on)
}

fn execute(court: &Court, on: &ProposalKeys, wallet: &Keypair) -> Instruction {
    court.world.keys.execute_slash(on, &wallet.pubkey())
}

#[tokio::test]
async fn the_wallet_is_paid_to_its_associated_account() {
    let (mut court, wallet, on) = due().await;
    let own = court.world.keys.of(&wallet.pubkey()).collateral;
    let execute = execute(&court, &on, &wallet);
    let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
    assert_eq!(event.destination, own);
    assert_eq!(event.slashed.from_stake, ONE);
    assert_eq!(court.world.balance(&own).await, ONE + 5);
    assert_eq!(
        (court.vault().await, court.supply().await),
        (9 * ONE, SUPPLY)
    );
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_bond_goes_the_same_way() {
    let wallet = Keypair::new();
    let mut court = Court::paying(&wallet.pubkey()).await;
    let keys = court.world.keys;
    court.world.open_accounts(&keys, &wallet.pubkey(), 0);
    court.world.post_bond(&court.operator, ONE / 4).await;
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    let execute = execute(&court, &on, &wallet);
    court.world.send(&[execute], &[]).await;
    let own = keys.of(&wallet.pubkey()).collateral;
    assert_eq!(court.world.balance(&own).await, ONE);
    assert_eq!(
        (court.vault().await, court.supply().await),
        (9 * ONE + ONE / 4, SUPPLY)
    );
}

/// What a wallet does to its account, or does not.
#[derive(Clone, Copy, Debug)]
enum Trick {
    Frozen,
    NeverOpened,
    Closed,
    LamportsOnly,
    GivenAway,
    OfAnotherMint,
    Uninitialised,
    OfAnotherProgram,
}

impl Trick {
    async fn play(self, world: &mut World, own: &Pubkey, wallet: &Keypair) {
        let keys = world.keys;
        match self {
            Self::Frozen => world.freeze(own).await,
            Self::NeverOpened => world.remove(own),
            Self::Closed => {
                world.patch(own, 64, &[0; 8]).await;
                let close = Instruction {
                    program_id: TOKEN_PROGRAM_ID,
                    accounts: vec![
                        liquid_restaking_sdk::AccountMeta::new(*own, false),
                        liquid_restaking_sdk::AccountMeta::new(wallet.pubkey(), false),
                        liquid_restaking_sdk::AccountMeta::new_readonly(wallet.pubkey(), true),
                    ],
                    data: vec![9],
                };
                world.send(&[close], &[wallet]).await;
            }
            Self::LamportsOnly => world.set_raw(own, system_program::ID, Vec::new(), ONE),
            Self::GivenAway => {
                let to = Pubkey::new_unique();
                world.give_token_account(own, wallet, &to).await;
            }
            Self::OfAnotherMint => {
                world.create_token_account(own, &keys.lrt_mint, &wallet.pubkey(), 0);
            }
            Self::Uninitialised => world.patch(own, 108, &[0]).await,
            Self::OfAnotherProgram => {
                let data = world.account(own).await.expect("it is there").data;
                world.set_raw(own, TOKEN_2022_PROGRAM_ID, data, ONE);
            }
        }
    }
}

#[tokio::test]
async fn whatever_its_owner_does_to_the_account_the_slash_is_executed_and_burned() {
    for trick in [
        Trick::Frozen,
        Trick::NeverOpened,
        Trick::Closed,
        Trick::LamportsOnly,
        Trick::GivenAway,
        Trick::OfAnotherMint,
        Trick::Uninitialised,
        Trick::OfAnotherProgram,
    ] {
        let (mut court, wallet, on) = due().await;
        let own = court.world.keys.of(&wallet.pubkey()).collateral;
        trick.play(&mut court.world, &own, &wallet).await;
        let before = court.world.account(&own).await;
        let execute = execute(&court, &on, &wallet);
        let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
        assert_eq!(event.destination, Pubkey::default(), "{trick:?}");
        assert_eq!(event.slashed.from_stake, ONE, "{trick:?}");
        let now = (court.vault().await, court.supply().await);
        assert_eq!(now, (9 * ONE, SUPPLY - ONE), "{trick:?}");
        assert_eq!(court.world.account(&own).await, before, "{trick:?}");
        court.world.check_invariants().await;
    }
}

#[tokio::test]
async fn no_other_account_is_paid_and_none_is_no_way_to_burn() {
    let (mut court, wallet, on) = due().await;
    let (mallory, keys) = (court.world.user(0), court.world.keys);
    let second = Pubkey::new_unique();
    let mint = keys.collateral_mint;
    court
        .world
        .create_token_account(&second, &mint, &wallet.pubkey(), 0);
    let in_2022 = address::associated(&wallet.pubkey(), &mint, &TOKEN_2022_PROGRAM_ID);
    let execute = execute(&court, &on, &wallet);
    let substitutes = [
        second,
        keys.of(&mallory.pubkey()).collateral,
        keys.of(&wallet.pubkey()).lrt,
        keys.of(&Pubkey::default()).collateral,
        in_2022,
        keys.vault,
        keys.stake_pool,
        wallet.pubkey(),
        Pubkey::new_unique(),
    ]
    .map(|key| (DESTINATION, key, "WrongDestination"));
    let world = &mut court.world;
    world.refuse_substitutes(&execute, &[], &substitutes).await;
    let missing = without_account(execute.clone(), DESTINATION);
    world.refuse(missing, &[], "WrongDestination").await;
    // Not even when the wallet can not receive.
    let own = keys.of(&wallet.pubkey()).collateral;
    world.freeze(&own).await;
    world.refuse_substitutes(&execute, &[], &substitutes).await;
    let missing = without_account(execute.clone(), DESTINATION);
    world.refuse(missing, &[], "WrongDestination").await;
    world.send(&[execute], &[]).await;
}

#[tokio::test]
async fn an_avs_that_burns_pays_no_account_that_is_passed() {
    let mut court = Court::new().await;
    let (mallory, keys) = (court.world.user(0), court.world.keys);
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    let own = keys.of(&mallory.pubkey()).collateral;
    let execute = keys.execute_slash(&on, &mallory.pubkey());
    let execute = with_account(execute, 9, &own); // as a sink as well
    let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
    assert_eq!(event.destination, Pubkey::default());
    assert_eq!(court.world.balance(&own).await, 0);
    assert_eq!(
        (court.vault().await, court.supply().await),
        (9 * ONE, SUPPLY - ONE)
    );
}

#[tokio::test]
async fn a_slash_of_which_nothing_was_left_moves_nothing_and_needs_no_account() {
    let (mut court, wallet, on) = due().await;
    // As if other AVSs had taken all of it.
    let keys = court.world.keys;
    let mut delegation = court.delegation().await;
    (delegation.active, delegation.uncovered) = (0, 0);
    let key = keys.delegation(&court.operator.key);
    court.world.set_state(&key, &delegation).await;
    court.world.change_pool(|pool| pool.delegated = 0).await;
    court
        .world
        .change_lrt(|lrt| (lrt.pools[0].assets, lrt.pools[0].uncovered) = (0, 0))
        .await;
    let execute = without_account(execute(&court, &on, &wallet), DESTINATION);
    let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
    assert_eq!((event.slashed.short, event.slashed.from_stake), (ONE, 0));
    assert_eq!(event.destination, Pubkey::default());
    assert_eq!(
        (court.vault().await, court.supply().await),
        (10 * ONE, SUPPLY)
    );
}
