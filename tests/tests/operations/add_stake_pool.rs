use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    program::state::StakePool,
    Instruction, PoolKeys, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{mint_2022, World, NATIVE_MINT, ONE, REFUSED_EXTENSIONS};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A world whose LRT has no pool yet, and its admin.
async fn without_pool(token_program: Pubkey) -> (World, Keypair) {
    let mut world = World::bare().await;
    let collateral = Pubkey::new_unique();
    let issuer = world.issuer.pubkey();
    world.create_mint(&collateral, &issuer);
    world.keys = world.create_lrt_for(collateral, token_program).await;
    let admin = world.admin.insecure_clone();
    (world, admin)
}

/// The instruction, by an admin who pays.
fn add(world: &World, allow_freeze: bool) -> Instruction {
    let admin = world.admin.pubkey();
    world
        .keys
        .add_stake_pool(&admin, &admin, u64::MAX, allow_freeze)
}

fn set_collateral_2022(world: &mut World, data: Vec<u8>) {
    let mint = world.keys.collateral_mint;
    world.set_raw(&mint, TOKEN_2022_PROGRAM_ID, data, ONE);
}

/// Deposits, leaves through the queue, and has everything back.
async fn round_trip(world: &mut World) {
    let alice = world.holder(ONE).await;
    assert_eq!(world.holds(&alice).await, (0, ONE));
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp(400).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
    world.check_invariants().await;
}

#[tokio::test]
async fn a_pool_begins_empty_with_a_vault_that_only_it_controls() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (keys, payer) = (world.keys, Keypair::new());
    world.fund(&payer.pubkey());
    let add = keys.add_stake_pool(&admin.pubkey(), &payer.pubkey(), 7, false);
    world.send(&[add], &[&admin, &payer]).await;
    let (pool, lrt) = (world.pool().await, world.lrt().await);
    assert_eq!((pool.lrt, pool.vault), (keys.lrt, keys.vault));
    assert_eq!(pool.collateral_mint, keys.collateral_mint);
    assert_eq!(pool.token_program, TOKEN_PROGRAM_ID);
    assert_eq!(pool.rent_payer, payer.pubkey());
    assert_eq!((pool.deposit_cap.now, pool.freezable, pool.row), (7, 0, 0));
    assert_eq!((pool.epoch, pool.idle, pool.queue_length), (1_000, 0, 0));
    assert_eq!(lrt.pool_count, 1);
    assert_eq!(lrt.pools[0].stake_pool, keys.stake_pool);

    let vault = world.account(&keys.vault).await.expect("it is there").data;
    assert_eq!(vault[0..32], keys.collateral_mint.to_bytes());
    assert_eq!(vault[32..64], keys.stake_pool.to_bytes());
    assert_eq!(vault[64..72], [0; 8]);
    assert_eq!(vault[72..76], [0; 4], "a delegate");
    assert_eq!(vault[129..133], [0; 4], "a close authority");
    world.check_invariants().await;
}

#[tokio::test]
async fn a_cap_of_nothing_takes_nothing() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let payer = admin.pubkey();
    let add = world.keys.add_stake_pool(&payer, &payer, 0, false);
    world.send(&[add], &[&admin]).await;
    let alice = world.user(ONE);
    let deposit = world.keys.deposit(&alice.pubkey(), 1, 0);
    world.refuse(deposit, &[&alice], "DepositCapExceeded").await;
}

#[tokio::test]
async fn a_second_pool_is_refused() {
    let mut world = World::new().await;
    let (admin, issuer) = (world.admin.insecure_clone(), world.issuer.pubkey());
    let same = add(&world, false);
    world.refuse(same, &[&admin], "AlreadyInUse").await;
    let collateral = Pubkey::new_unique();
    world.create_mint(&collateral, &issuer);
    world.keys = PoolKeys::derive(world.keys.lrt_mint, collateral, TOKEN_PROGRAM_ID);
    let second = add(&world, false);
    world.refuse(second, &[&admin], "TooManyPools").await;
}

#[tokio::test]
async fn lamports_sent_to_its_addresses_before_are_no_hindrance() {
    for lamports in [1, 100 * ONE] {
        let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
        for key in [world.keys.stake_pool, world.keys.vault] {
            world.set_raw(&key, system_program::ID, Vec::new(), lamports);
        }
        let add = add(&world, false);
        world.send(&[add], &[&admin]).await;
        round_trip(&mut world).await;
    }
}

#[tokio::test]
async fn a_mint_of_token_2022_serves_with_any_of_the_harmless_extensions() {
    // Pointers to metadata, group and member, and these themselves: names, none of which moves a token.
    let harmless = [(18, 64), (19, 120), (20, 64), (21, 80), (22, 64), (23, 72)];
    for count in 0..=harmless.len() {
        let (mut world, admin) = without_pool(TOKEN_2022_PROGRAM_ID).await;
        set_collateral_2022(&mut world, mint_2022(9, &harmless[..count]));
        let add = add(&world, false);
        world.send(&[add], &[&admin]).await;
        let vault = world.keys.vault;
        let account = world.account(&vault).await.expect("it is there");
        assert_eq!(account.owner, TOKEN_2022_PROGRAM_ID);
        round_trip(&mut world).await;
    }
}

#[tokio::test]
async fn a_bare_mint_of_token_2022_serves_as_well() {
    let (mut world, admin) = without_pool(TOKEN_2022_PROGRAM_ID).await;
    let mut data = mint_2022(9, &[]);
    data.truncate(82);
    set_collateral_2022(&mut world, data);
    let add = add(&world, false);
    world.send(&[add], &[&admin]).await;
    round_trip(&mut world).await;
}

#[tokio::test]
async fn attack_31_every_other_extension_is_refused_by_name() {
    let (mut world, admin) = without_pool(TOKEN_2022_PROGRAM_ID).await;
    let add = add(&world, true);
    for (kind, length, error) in REFUSED_EXTENSIONS {
        // Alone, and hidden behind a harmless one.
        for extensions in [&[(kind, length)][..], &[(18, 64), (kind, length)]] {
            set_collateral_2022(&mut world, mint_2022(9, extensions));
            world.refuse(add.clone(), &[&admin], error).await;
        }
    }
}

#[tokio::test]
async fn a_mint_whose_bytes_are_no_mint_is_refused() {
    let (mut world, admin) = without_pool(TOKEN_2022_PROGRAM_ID).await;
    let add = add(&world, true);
    let mut uninitialised = mint_2022(9, &[]);
    uninitialised[45] = 0;
    let mut token_account = mint_2022(9, &[]);
    token_account[165] = 2;
    let mut unmarked = mint_2022(9, &[]);
    unmarked.truncate(165);
    for data in [uninitialised, token_account, unmarked, vec![0; 82], vec![]] {
        set_collateral_2022(&mut world, data);
        world.refuse(add.clone(), &[&admin], "NotAMint").await;
    }
    let mut cut = mint_2022(9, &[(18, 64)]);
    cut.pop();
    let mut trailing = mint_2022(9, &[(18, 64)]);
    trailing.push(1);
    for data in [cut, trailing] {
        set_collateral_2022(&mut world, data);
        world
            .refuse(add.clone(), &[&admin], "CollateralExtensionMalformed")
            .await;
    }
}

#[tokio::test]
async fn a_multisig_that_looks_like_a_mint_is_refused_by_its_token_program() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (mint, add) = (world.keys.collateral_mint, add(&world, true));
    let mut multisig = mint_2022(9, &[]);
    multisig.resize(355, 0);
    world.set_raw(&mint, TOKEN_PROGRAM_ID, multisig, ONE);
    world.refuse(add, &[&admin], "InvalidMint").await;
}

#[tokio::test]
async fn a_freeze_authority_is_taken_only_when_it_is_accepted_explicitly() {
    for token_program in [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID] {
        let (mut world, admin) = without_pool(token_program).await;
        if token_program == TOKEN_2022_PROGRAM_ID {
            set_collateral_2022(&mut world, mint_2022(9, &[]));
        }
        let mint = world.keys.collateral_mint;
        world.patch(&mint, 46, &[1, 0, 0, 0]).await;
        world
            .refuse(add(&world, false), &[&admin], "CollateralCanBeFrozen")
            .await;
        let allowed = add(&world, true);
        world.send(&[allowed], &[&admin]).await;
        assert_eq!(world.pool().await.freezable, 1);
        round_trip(&mut world).await;
    }
    // Allowing what is not there is no harm, and leaves no trace.
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let allowed = add(&world, true);
    world.send(&[allowed], &[&admin]).await;
    assert_eq!(world.pool().await.freezable, 0);
}

#[tokio::test]
async fn the_decimals_are_those_of_the_lrt() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (mint, add) = (world.keys.collateral_mint, add(&world, false));
    for decimals in [0, 8, 10, 255] {
        world.patch(&mint, 44, &[decimals]).await;
        world
            .refuse(add.clone(), &[&admin], "DecimalsMismatch")
            .await;
    }
}

#[tokio::test]
async fn no_lrt_of_this_program_is_collateral_not_even_the_own_one() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (other, _) = world.neighbour().await;
    let own = world.keys.lrt_mint;
    for lrt_mint in [own, other.lrt_mint] {
        world.keys = PoolKeys::derive(own, lrt_mint, TOKEN_PROGRAM_ID);
        let add = add(&world, false);
        world.refuse(add, &[&admin], "CollateralIsLrt").await;
    }
}

#[tokio::test]
async fn wrapped_sol_serves_even_in_a_vault_that_lamports_were_sent_to() {
    for donated in [0, 5 * ONE] {
        let mut world = World::bare().await;
        let admin = world.admin.insecure_clone();
        world.create_mint(&NATIVE_MINT, &Pubkey::default());
        world.patch(&NATIVE_MINT, 0, &[0; 36]).await;
        world.keys = world.create_lrt_for(NATIVE_MINT, TOKEN_PROGRAM_ID).await;
        let (vault, add) = (world.keys.vault, add(&world, false));
        if donated > 0 {
            world.set_raw(&vault, system_program::ID, Vec::new(), donated);
        }
        world.send(&[add], &[&admin]).await;
        let surplus = world.check_invariants().await.surplus;
        assert!(surplus <= donated && surplus + ONE / 100 > donated);
        round_trip(&mut world).await;
    }
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody, add) = (world.keys, Pubkey::new_unique(), add(&world, false));
    let token_account = keys.of(&nobody).collateral;
    world.create_token_account(&token_account, &keys.collateral_mint, &nobody, 0);
    let empty = world
        .create_lrt_for(keys.collateral_mint, TOKEN_PROGRAM_ID)
        .await;
    world
        .refuse_substitutes(
            &add,
            &[&admin],
            &[
                (0, other.lrt, "WrongAddress"),
                (0, empty.lrt, "WrongAddress"),
                (0, other.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (3, other.stake_pool, "WrongAddress"),
                (3, nobody, "WrongAddress"),
                (4, other.collateral_mint, "WrongAddress"),
                (4, token_account, "NotAMint"),
                (4, nobody, "NotAMint"),
                (5, other.lrt, "WrongAddress"),
                (5, nobody, "WrongAddress"),
                (6, other.vault, "WrongAddress"),
                (6, nobody, "WrongAddress"),
                (8, TOKEN_2022_PROGRAM_ID, "NotAMint"),
                (9, TOKEN_PROGRAM_ID, "InvalidProgramId"),
                (10, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    let payer = Keypair::new();
    world.fund(&payer.pubkey());
    let paid = keys.add_stake_pool(&admin.pubkey(), &payer.pubkey(), 0, false);
    world
        .refuse_other_signer(&paid, 1, &[&payer], "NotAdmin")
        .await;
    let mut unsigned = paid.clone();
    unsigned.accounts[2].is_signer = false;
    world.refuse(unsigned, &[&admin], "AccountNotSigner").await;
    let pool: Option<StakePool> = world.state(&keys.stake_pool).await;
    assert!(pool.is_none());
    world.send(&[add], &[&admin]).await;
}

#[tokio::test]
async fn attack_29_a_fake_token_program_with_a_mint_of_its_own_is_refused() {
    let (mut world, admin) = without_pool(TOKEN_PROGRAM_ID).await;
    let (fake, mint) = (Pubkey::new_unique(), world.keys.collateral_mint);
    let data = world.account(&mint).await.expect("it is there").data;
    world.set_raw(&mint, fake, data, ONE);
    world
        .refuse(add(&world, false), &[&admin], "NotAMint")
        .await;
    let mut with_program = add(&world, false);
    with_program.accounts[8].pubkey = fake;
    world
        .refuse(with_program, &[&admin], "WrongTokenProgram")
        .await;
}

#[tokio::test]
async fn token_2022s_wrapped_sol_is_refused_for_a_slash_could_not_burn_it() {
    let native = Pubkey::from_str_const("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP");
    let mut world = World::bare().await;
    world.set_raw(&native, TOKEN_2022_PROGRAM_ID, mint_2022(9, &[]), ONE);
    world.keys = world.create_lrt_for(native, TOKEN_2022_PROGRAM_ID).await;
    let (add, admin) = (add(&world, false), world.admin.insecure_clone());
    world.refuse(add, &[&admin], "CollateralIsNative2022").await;
}
