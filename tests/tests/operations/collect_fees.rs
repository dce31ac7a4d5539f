use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, program::ID, Instruction, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A world in which the fee wallet is owed 10 000 000 shares (1 % of a deposit) and 777 units of collateral.
async fn owing() -> World {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    world.holder(ONE).await;
    world.change_pool(|pool| pool.fees_owed = 777).await;
    world.donate(777).await;
    world
}

fn collect(world: &World, collector: &Keypair) -> Instruction {
    let wallet = world.fee_wallet.pubkey();
    world.keys.collect_fees(&wallet, &collector.pubkey())
}

#[tokio::test]
async fn a_stranger_has_the_fee_wallet_paid_and_moves_no_price() {
    let mut world = owing().await;
    let (stranger, wallet) = (Keypair::new(), world.fee_wallet.insecure_clone());
    let (before, nav) = (world.lrt().await.supply, world.pool().await.idle);
    let collect = collect(&world, &stranger);
    world
        .send(std::slice::from_ref(&collect), &[&stranger])
        .await;
    assert_eq!(world.holds(&wallet).await, (777, ONE / 100));
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, pool.idle), (before, nav));
    assert_eq!((lrt.fee_shares, pool.fees_owed), (0, 0));
    assert_eq!(world.check_invariants().await.surplus, 0);
    world.refuse(collect, &[&stranger], "NothingToDo").await;
}

#[tokio::test]
async fn the_fee_wallet_is_paid_wherever_it_wants() {
    let mut world = owing().await;
    let (wallet, keys) = (world.fee_wallet.insecure_clone(), world.keys);
    let somebody = world.user(0);
    let own = keys.of(&somebody.pubkey());
    let mut collect = collect(&world, &wallet);
    collect.accounts[4].pubkey = own.lrt;
    collect.accounts[5].pubkey = own.collateral;
    world.send(&[collect], &[&wallet]).await;
    assert_eq!(world.holds(&somebody).await, (777, ONE / 100));
}

#[tokio::test]
async fn without_an_account_for_them_fees_in_collateral_are_left() {
    let mut world = owing().await;
    let (stranger, wallet) = (Keypair::new(), world.fee_wallet.insecure_clone());
    let mut shares_only = collect(&world, &stranger);
    shares_only.accounts[5].pubkey = ID;
    world
        .send(std::slice::from_ref(&shares_only), &[&stranger])
        .await;
    assert_eq!(world.holds(&wallet).await, (0, ONE / 100));
    assert_eq!(world.pool().await.fees_owed, 777);
    world.refuse(shares_only, &[&stranger], "NothingToDo").await;
    let collect = collect(&world, &stranger);
    world.send(&[collect], &[&stranger]).await;
    assert_eq!(world.holds(&wallet).await, (777, ONE / 100));
}

#[tokio::test]
async fn a_stranger_pays_into_no_account_that_the_fee_wallet_has_given_away() {
    let mut world = owing().await;
    let (stranger, wallet) = (Keypair::new(), world.fee_wallet.pubkey());
    let collect = collect(&world, &stranger);
    for account in [
        world.keys.of(&wallet).lrt,
        world.keys.of(&wallet).collateral,
    ] {
        world.patch(&account, 32, stranger.pubkey().as_ref()).await;
        world
            .refuse(collect.clone(), &[&stranger], "NotOwnersAssociatedAccount")
            .await;
        world.patch(&account, 32, wallet.as_ref()).await;
    }
    world.send(&[collect], &[&stranger]).await;
}

#[tokio::test]
async fn fee_shares_leave_through_the_queue_like_all_others() {
    let mut world = owing().await;
    let wallet = world.fee_wallet.insecure_clone();
    world.fund(&wallet.pubkey());
    let collect = collect(&world, &wallet);
    world.send(&[collect], &[&wallet]).await;
    let ticket = world.request(&wallet, ONE / 100, 1).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    world.claim(&ticket, &wallet).await;
    assert_eq!(world.holds(&wallet).await, (ONE / 100 + 777, 0));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = owing().await;
    let (stranger, wallet) = (Keypair::new(), world.fee_wallet.insecure_clone());
    let (other, _) = world.neighbour().await;
    let (keys, mallory) = (world.keys, world.user(ONE));
    let (own, fee) = (keys.of(&mallory.pubkey()), keys.of(&wallet.pubkey()));
    let nobody = Pubkey::new_unique();
    let by_stranger = collect(&world, &stranger);
    let elsewhere = "NotOwnersAssociatedAccount";
    world
        .refuse_substitutes(
            &by_stranger,
            &[&stranger],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, other.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (3, other.vault, "WrongVault"),
                (3, fee.collateral, "WrongVault"),
                (4, own.lrt, elsewhere),
                (4, fee.collateral, elsewhere),
                (4, keys.vault, "VaultNotAllowed"),
                (5, own.collateral, elsewhere),
                (5, fee.lrt, elsewhere),
                (5, nobody, elsewhere),
                (5, keys.vault, "VaultNotAllowed"),
                (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (8, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (9, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    // Whatever the fee wallet chooses is checked by the token program; the vault stays closed to it, too.
    let by_wallet = collect(&world, &wallet);
    world
        .refuse_substitutes(
            &by_wallet,
            &[&wallet],
            &[
                (4, own.collateral, "MintMismatch"),
                (5, own.lrt, "MintMismatch"),
                (5, keys.vault, "VaultNotAllowed"),
            ],
        )
        .await;
    let mut unsigned = by_wallet.clone();
    unsigned.accounts[6].is_signer = false;
    world.refuse(unsigned, &[], "AccountNotSigner").await;
    world.send(&[by_stranger], &[&stranger]).await;
}
