use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, program::state::Pausable, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn a_deposit_mints_a_share_per_unit_at_first_and_the_rate_afterwards() {
    let mut world = World::new().await;
    let alice = world.user(3 * ONE);
    world.deposit(&alice, ONE).await;
    assert_eq!(world.holds(&alice).await, (2 * ONE, ONE));
    world.deposit(&alice, 2 * ONE).await;
    assert_eq!(world.holds(&alice).await, (0, 3 * ONE));
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, pool.idle), (3 * ONE, 3 * ONE));
    assert_eq!(world.check_invariants().await.surplus, 0);
}

#[tokio::test]
async fn the_fee_rounds_up_and_is_owed_in_shares() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let alice = world.holder(9_999).await;
    assert_eq!(world.holds(&alice).await, (0, 9_899));
    assert_eq!(world.lrt().await.fee_shares, 100);
}

#[tokio::test]
async fn amounts_that_can_not_be_are_refused() {
    let mut world = World::new().await;
    let alice = world.user(ONE);
    let keys = world.keys;
    let deposit = |amount, min| keys.deposit(&alice.pubkey(), amount, min);
    world.refuse(deposit(0, 0), &[&alice], "ZeroAmount").await;
    world
        .refuse(deposit(ONE + 1, 0), &[&alice], "InsufficientFunds")
        .await;
    world
        .refuse(deposit(u64::MAX, 0), &[&alice], "MathOverflow")
        .await;
    world
        .refuse(deposit(ONE, ONE + 1), &[&alice], "SlippageExceeded")
        .await;
    world.deposit(&alice, ONE).await;
    world
        .refuse(deposit(u64::MAX, 0), &[&alice], "MathOverflow")
        .await;
}

#[tokio::test]
async fn a_paused_or_full_pool_takes_nothing() {
    let mut world = World::new().await;
    let (alice, admin, guardian) = (
        world.user(ONE),
        world.admin.insecure_clone(),
        world.guardian.insecure_clone(),
    );
    let keys = world.keys;
    let deposit = keys.deposit(&alice.pubkey(), ONE, 0);
    world
        .send(&[keys.set_deposit_cap(&admin.pubkey(), ONE - 1)], &[&admin])
        .await;
    world
        .refuse(deposit.clone(), &[&alice], "DepositCapExceeded")
        .await;
    world
        .send(&[keys.set_deposit_cap(&admin.pubkey(), ONE)], &[&admin])
        .await;
    let pause = keys.set_pause(&guardian.pubkey(), Pausable::Deposits, Some(10));
    world.send(&[pause], &[&guardian]).await;
    world
        .refuse(deposit.clone(), &[&alice], "DepositsPaused")
        .await;
    world.warp(10).await;
    world.send(&[deposit], &[&alice]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.user(ONE), world.user(3 * ONE));
    world.deposit(&bob, 2 * ONE).await;
    let other = world.create_lrt(liquid_restaking_tests::params()).await;
    let keys = world.keys;
    let (own, his) = (keys.of(&alice.pubkey()), keys.of(&bob.pubkey()));
    let deposit = keys.deposit(&alice.pubkey(), ONE, 0);
    let nobody = Pubkey::new_unique();
    world
        .refuse_substitutes(
            &deposit,
            &[&alice],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, other.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (3, other.vault, "WrongVault"),
                (3, own.collateral, "WrongVault"),
                (4, his.collateral, "OwnerMismatch"),
                (4, own.lrt, "InsufficientFunds"),
                (4, keys.vault, "OwnerMismatch"),
                (5, own.collateral, "MintMismatch"),
                (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, nobody, "WrongTokenProgram"),
                (8, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (9, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    // A stranger signs for Alice's tokens; nobody signs at all.
    let mallory = Keypair::new();
    let mut stolen = deposit.clone();
    stolen.accounts[6].pubkey = mallory.pubkey();
    world.refuse(stolen, &[&mallory], "OwnerMismatch").await;
    let mut unsigned = deposit.clone();
    unsigned.accounts[6].is_signer = false;
    world.refuse(unsigned, &[], "AccountNotSigner").await;
    world.send(&[deposit], &[&alice]).await;
}
