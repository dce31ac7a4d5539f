//! Slashed wrapped SOL can not be burned: it goes to a sink that nobody can draw on.

use crate::court::{event_of, with_account, without_account, Court};
use liquid_restaking_sdk::{
    address,
    anchor_lang::{
        prelude::{Pubkey, Rent},
        system_program,
    },
    program::events::SlashExecuted,
    AccountMeta, Instruction, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{terms, World, NATIVE_MINT, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the sink among the accounts of `execute_slash` and of `add_stake_pool`.
const SINK: usize = 9;
const SINK_ADDED: usize = 7;

/// An LRT over wrapped SOL without a pool, and the instruction that adds it.
async fn without_pool() -> (World, Instruction) {
    let mut world = World::bare().await;
    world.create_mint(&NATIVE_MINT, &Pubkey::default());
    world.patch(&NATIVE_MINT, 0, &[0; 36]).await;
    world.keys = world.create_lrt_for(NATIVE_MINT, TOKEN_PROGRAM_ID).await;
    let by = world.admin.pubkey();
    let add = world.keys.add_stake_pool(&by, &by, u64::MAX, false);
    (world, add)
}

async fn court(destination: Pubkey) -> Court {
    let (mut world, add) = without_pool().await;
    let admin = world.admin.insecure_clone();
    world.send(&[add], &[&admin]).await;
    Court::over(world, terms(), destination).await
}

fn sink(world: &World) -> Pubkey {
    address::sink(&world.keys.stake_pool)
}

#[tokio::test]
async fn it_goes_to_the_sink_and_never_comes_back() {
    let mut court = court(Pubkey::default()).await;
    let (keys, sink) = (court.world.keys, sink(&court.world));
    let vault = court.world.lamports(&keys.vault).await;
    let rent = court.world.lamports(&sink).await;
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    let execute = keys.execute_slash(&on, &Pubkey::default());
    let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
    assert_eq!(event.destination, sink);
    assert_eq!(
        (court.vault().await, court.world.balance(&sink).await),
        (9 * ONE, ONE)
    );
    assert_eq!(court.world.lamports(&keys.vault).await, vault - ONE);
    assert_eq!(court.world.lamports(&sink).await, rent + ONE);
    // Neither is it surplus, nor does anybody else's money in the sink count.
    let sweep = keys.sweep_surplus();
    court.world.refuse(sweep.clone(), &[], "NothingToDo").await;
    let with_sink = with_account(sweep, 2, &sink);
    court.world.refuse(with_sink, &[], "WrongVault").await;
    let report = court.world.check_invariants().await;
    assert_eq!((report.surplus, report.ledger), (0, 9 * ONE));
}

#[tokio::test]
async fn nobody_can_draw_on_the_sink() {
    let mut court = court(Pubkey::default()).await;
    let (keys, sink) = (court.world.keys, sink(&court.world));
    let on = court.world.slash(&court.operator, &court.avs, ONE).await;
    let mallory = court.world.user(0);
    let data = court.world.account(&sink).await.expect("the sink").data;
    assert_eq!(data[32..64], sink.to_bytes(), "it owns itself");
    assert_eq!(data[72..76], [0; 4], "a delegate");
    assert_eq!(data[129..133], [0; 4], "a close authority");
    let own = keys.of(&mallory.pubkey()).collateral;
    let amount = ONE.to_le_bytes();
    let authority = [&[6, 2, 1][..], mallory.pubkey().as_ref()].concat();
    // Transfer, approve, close, set authority, burn, and the transfer that names the mint.
    let calls: [(Vec<u8>, Vec<Pubkey>); 6] = [
        ([&[3][..], &amount].concat(), vec![sink, own]),
        ([&[4][..], &amount].concat(), vec![sink, mallory.pubkey()]),
        (vec![9], vec![sink, mallory.pubkey()]),
        (authority, vec![sink]),
        ([&[8][..], &amount].concat(), vec![sink, NATIVE_MINT]),
        (
            [&[12][..], &amount, &[9]].concat(),
            vec![sink, NATIVE_MINT, own],
        ),
    ];
    let everybody = [
        mallory.insecure_clone(),
        court.world.admin.insecure_clone(),
        court.world.guardian.insecure_clone(),
        court.avs.slasher.insecure_clone(),
        court.avs.authority.insecure_clone(),
        court.operator.authority.insecure_clone(),
    ];
    let before = court.world.account(&sink).await;
    for (data, keys_of_call) in calls {
        let call = |signer: &Pubkey, signs: bool| {
            let accounts = keys_of_call.iter().map(|key| AccountMeta::new(*key, false));
            let signer = AccountMeta::new_readonly(*signer, signs);
            Instruction {
                program_id: TOKEN_PROGRAM_ID,
                accounts: accounts.chain([signer]).collect(),
                data: data.clone(),
            }
        };
        for signer in &everybody {
            let by = call(&signer.pubkey(), true);
            let outcome = court.world.try_send(&[by], &[signer]).await;
            assert!(outcome.is_err(), "{data:?}");
        }
        let unsigned = call(&sink, false);
        let outcome = court.world.try_send(&[unsigned], &[]).await;
        assert!(outcome.is_err(), "{data:?}");
        assert_eq!(court.world.account(&sink).await, before);
    }
    // Nor through the program: it is no vault, and no account of a user's.
    let deposit = keys.deposit(&mallory.pubkey(), ONE, 0);
    let bond = keys.post_bond(&on.operator, &court.operator.authority.pubkey(), ONE);
    let by_operator = court.operator.authority.insecure_clone();
    for (instruction, signer) in [(deposit, &mallory), (bond, &by_operator)] {
        let source = keys.of(&signer.pubkey()).collateral;
        let mut metas = instruction.accounts.iter();
        let position = metas.position(|meta| meta.pubkey == source);
        let drawn = with_account(instruction, position.expect("a source"), &sink);
        let world = &mut court.world;
        world.refuse(drawn, &[signer], "OwnerMismatch").await;
    }
    assert_eq!(court.world.account(&sink).await, before);
}

#[tokio::test]
async fn the_sink_is_the_pools_own_and_may_not_be_left_out() {
    let mut court = court(Pubkey::default()).await;
    let (keys, nobody) = (court.world.keys, Pubkey::new_unique());
    let admin = court.world.admin.insecure_clone();
    let other = court
        .world
        .create_lrt_for(NATIVE_MINT, TOKEN_PROGRAM_ID)
        .await;
    let add = other.add_stake_pool(&admin.pubkey(), &admin.pubkey(), 0, false);
    court.world.send(&[add], &[&admin]).await;
    let mallory = court.world.user(0);
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    let execute = keys.execute_slash(&on, &Pubkey::default());
    let missing = without_account(execute.clone(), SINK);
    court.world.refuse(missing, &[], "WrongDestination").await;
    let substitutes = [
        (SINK, address::sink(&other.stake_pool), "WrongAddress"),
        (SINK, keys.of(&mallory.pubkey()).collateral, "WrongAddress"),
        (SINK, keys.vault, "WrongAddress"),
        (SINK, nobody, "WrongAddress"),
    ];
    let world = &mut court.world;
    world.refuse_substitutes(&execute, &[], &substitutes).await;
    world.send(&[execute], &[]).await;
}

#[tokio::test]
async fn a_wallet_is_paid_and_the_sink_gets_what_it_can_not_take() {
    for takes in [true, false] {
        let wallet = Keypair::new();
        let mut court = court(wallet.pubkey()).await;
        let (keys, sink) = (court.world.keys, sink(&court.world));
        let own = keys.of(&wallet.pubkey()).collateral;
        court.world.open_accounts(&keys, &wallet.pubkey(), 0);
        if !takes {
            court.world.remove(&own);
        }
        let on = court.propose(ONE).await;
        court.world.warp(10).await;
        let execute = keys.execute_slash(&on, &wallet.pubkey());
        let without_sink = without_account(execute.clone(), SINK);
        let execute = if takes { without_sink } else { execute };
        let event: SlashExecuted = event_of(&mut court.world, execute, &[]).await;
        let (to, amounts) = if takes {
            (own, (ONE, 0))
        } else {
            (sink, (0, ONE))
        };
        assert_eq!(event.destination, to);
        let world = &mut court.world;
        let paid = (world.balance(&own).await, world.balance(&sink).await);
        assert_eq!(paid, amounts);
        assert_eq!(court.vault().await, 9 * ONE);
        court.world.check_invariants().await;
    }
}

#[tokio::test]
async fn a_bond_of_wrapped_sol_goes_to_the_sink_too() {
    let mut court = court(Pubkey::default()).await;
    court.world.post_bond(&court.operator, ONE / 4).await;
    court.world.slash(&court.operator, &court.avs, ONE).await;
    let sink = sink(&court.world);
    assert_eq!(court.world.balance(&sink).await, ONE);
    assert_eq!(court.vault().await, 9 * ONE + ONE / 4);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_sink_comes_with_a_pool_of_wrapped_sol_and_with_no_other() {
    let rent = Rent::default().minimum_balance(165);
    for lamports in [0, 1, ONE] {
        let (mut world, add) = without_pool().await;
        let (admin, key) = (world.admin.insecure_clone(), sink(&world));
        let mallory = Pubkey::new_unique();
        let missing = without_account(add.clone(), SINK_ADDED);
        world.refuse(missing, &[&admin], "WrongDestination").await;
        let vaults = world.keys.of(&mallory).collateral;
        world.create_token_account(&vaults, &NATIVE_MINT, &mallory, 0);
        let substitutes = [
            (SINK_ADDED, vaults, "WrongAddress"),
            (SINK_ADDED, mallory, "WrongAddress"),
        ];
        world
            .refuse_substitutes(&add, &[&admin], &substitutes)
            .await;
        if lamports > 0 {
            world.set_raw(&key, system_program::ID, Vec::new(), lamports);
        }
        world.send(&[add], &[&admin]).await;
        let account = world.account(&key).await.expect("the sink");
        assert_eq!(account.owner, TOKEN_PROGRAM_ID);
        assert_eq!(account.lamports, rent.max(lamports));
        assert_eq!(account.data[..32], NATIVE_MINT.to_bytes());
        assert_eq!(account.data[32..64], key.to_bytes());
    }
    // Another pool has none, whether its address is passed or not.
    let mut world = World::bare().await;
    let (collateral, issuer) = (Pubkey::new_unique(), world.issuer.pubkey());
    world.create_mint(&collateral, &issuer);
    world.keys = world.create_lrt_for(collateral, TOKEN_PROGRAM_ID).await;
    let (admin, key) = (world.admin.insecure_clone(), sink(&world));
    assert_eq!(world.keys.sink(), None);
    let by = admin.pubkey();
    let mut add = world.keys.add_stake_pool(&by, &by, u64::MAX, false);
    add.accounts[SINK_ADDED] = AccountMeta::new(key, false);
    world.send(&[add], &[&admin]).await;
    assert!(world.account(&key).await.is_none());
}

#[tokio::test]
async fn a_sink_outlives_its_pool_with_all_that_is_in_it() {
    let (mut world, add) = without_pool().await;
    let (admin, keys, key) = (world.admin.insecure_clone(), world.keys, sink(&world));
    world.send(std::slice::from_ref(&add), &[&admin]).await;
    // What a slash has sent there.
    let mut account = world.account(&key).await.expect("the sink");
    account.data[64..72].copy_from_slice(&ONE.to_le_bytes());
    world.set_raw(&key, account.owner, account.data, account.lamports + ONE);
    let before = world.account(&key).await;
    let close = keys.close_stake_pool(&admin.pubkey(), &world.fee_wallet.pubkey(), &admin.pubkey());
    world.send(&[close], &[&admin]).await;
    assert!(world.account(&keys.vault).await.is_none());
    assert_eq!(world.account(&key).await, before);

    let missing = without_account(add.clone(), SINK_ADDED);
    world.refuse(missing, &[&admin], "WrongDestination").await;
    let mallory = Pubkey::new_unique();
    let own = keys.of(&mallory).collateral;
    world.create_token_account(&own, &NATIVE_MINT, &mallory, 0);
    let substitutes = [(SINK_ADDED, own, "WrongAddress")];
    world
        .refuse_substitutes(&add, &[&admin], &substitutes)
        .await;
    world.send(&[add], &[&admin]).await;
    assert_eq!(world.account(&key).await, before);
    // The new pool slashes into it.
    let mut court = Court::over(world, terms(), Pubkey::default()).await;
    court.world.slash(&court.operator, &court.avs, ONE).await;
    assert_eq!(court.world.balance(&key).await, 2 * ONE);
    court.world.check_invariants().await;
}
