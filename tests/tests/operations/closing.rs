use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction, TOKEN_2022_PROGRAM_ID};
use liquid_restaking_tests::{World, ONE};
use lrt_cli::vm::burn;
use solana_keypair::Keypair;
use solana_signer::Signer;

fn close_pool(world: &World) -> Instruction {
    let admin = world.admin.pubkey();
    let wallet = world.fee_wallet.pubkey();
    world.keys.close_stake_pool(&admin, &wallet, &admin)
}

fn close_lrt(world: &World) -> Instruction {
    let admin = world.admin.pubkey();
    world.keys.close_lrt(&admin, &admin)
}

async fn lamports(world: &mut World, key: &Pubkey) -> u64 {
    world
        .account(key)
        .await
        .map_or(0, |account| account.lamports)
}

/// A world whose only holder has burned all shares in the wallet: idle stays, and belongs to nobody.
async fn burned() -> (World, Keypair) {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let (keys, admin) = (world.keys, world.admin.insecure_clone());
    let own = keys.of(&alice.pubkey()).lrt;
    let burn = burn(&own, &keys.lrt_mint, &alice.pubkey(), ONE);
    world.send(&[burn], &[&alice]).await;
    assert_eq!(world.lrt().await.supply, ONE);
    (world, admin)
}

#[tokio::test]
async fn a_pool_is_not_closed_while_anybody_holds_a_share() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let admin = world.admin.insecure_clone();
    let alice = world.holder(ONE).await;
    let (close, keys) = (close_pool(&world), world.keys);
    // In a wallet.
    world
        .refuse(close.clone(), &[&admin], "SharesOutstanding")
        .await;
    // In the queue; in a batch that is settled and not claimed; in one that is claimed and not closed.
    let ticket = world.request(&alice, ONE, 1).await;
    world
        .refuse(close.clone(), &[&admin], "StakePoolInUse")
        .await;
    world.warp(300).await;
    world.settle().await;
    world
        .refuse(close.clone(), &[&admin], "StakePoolInUse")
        .await;
    world.claim(&ticket, &alice).await;
    world
        .refuse(close.clone(), &[&admin], "StakePoolInUse")
        .await;
    let batch = keys.close_batch(ticket.batch_epoch, &alice.pubkey());
    world.send(&[batch], &[]).await;
    // As a fee, not yet minted and then minted.
    world
        .refuse(close.clone(), &[&admin], "SharesOutstanding")
        .await;
    let wallet = world.fee_wallet.insecure_clone();
    let collect = keys.collect_fees(&wallet.pubkey(), &admin.pubkey());
    world.send(&[collect], &[&admin]).await;
    world
        .refuse(close.clone(), &[&admin], "SharesOutstanding")
        .await;
    let own = keys.of(&wallet.pubkey()).lrt;
    let burn = burn(&own, &keys.lrt_mint, &wallet.pubkey(), ONE / 100);
    world.send(&[burn], &[&wallet]).await;
    world.send(&[close], &[&admin]).await;
    assert_eq!(world.holds(&wallet).await, (ONE / 100, 0));
}

#[tokio::test]
async fn a_pool_that_owes_anything_is_not_closed() {
    let (mut world, admin) = burned().await;
    let (close, key, pool) = (
        close_pool(&world),
        world.keys.stake_pool,
        world.pool().await,
    );
    for entry in 0..7 {
        let mut changed = pool;
        if entry == 0 {
            changed.open_batches = 1;
        } else {
            *[
                &mut changed.queued,
                &mut changed.delegated,
                &mut changed.claimable,
                &mut changed.bonds,
                &mut changed.fees_owed,
                &mut changed.operators_owed,
            ][entry - 1] = 1;
        }
        world.set_state(&key, &changed).await;
        world
            .refuse(close.clone(), &[&admin], "StakePoolInUse")
            .await;
    }
}

#[tokio::test]
async fn burned_shares_do_not_stand_in_the_way_and_the_rest_goes_to_the_fee_wallet() {
    let (mut world, admin) = burned().await;
    let (keys, wallet, close) = (
        world.keys,
        world.fee_wallet.insecure_clone(),
        close_pool(&world),
    );
    world.donate(5).await;
    let rents =
        lamports(&mut world, &keys.stake_pool).await + lamports(&mut world, &keys.vault).await;
    let purse = lamports(&mut world, &admin.pubkey()).await;
    world.send(&[close], &[&admin]).await;
    assert_eq!(world.holds(&wallet).await, (ONE + 5, 0));
    for key in [keys.stake_pool, keys.vault] {
        assert!(world.account(&key).await.is_none());
    }
    assert_eq!(lamports(&mut world, &admin.pubkey()).await, purse + rents);
    let lrt = world.lrt().await;
    assert_eq!((lrt.supply, lrt.pool_count), (0, 0));
}

#[tokio::test]
async fn a_running_drip_goes_with_the_rest() {
    let (mut world, admin) = burned().await;
    world.donate(ONE).await;
    let (sweep, close) = (world.keys.sweep_surplus(), close_pool(&world));
    world.send(&[sweep, close], &[&admin]).await;
    let wallet = world.fee_wallet.insecure_clone();
    assert_eq!(world.holds(&wallet).await, (2 * ONE, 0));
    assert_eq!(world.lrt().await.pools[0].drip.rest, 0);
}

#[tokio::test]
async fn after_closing_a_pool_can_be_added_again() {
    let (mut world, admin) = burned().await;
    let (keys, payer) = (world.keys, world.admin.pubkey());
    let again = [
        close_pool(&world),
        keys.add_stake_pool(&payer, &payer, u64::MAX, false),
    ];
    world.send(&again, &[&admin]).await;
    let alice = world.holder(ONE).await;
    assert_eq!(world.holds(&alice).await, (0, ONE));
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp(300).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
    world.check_invariants().await;
}

#[tokio::test]
async fn with_nothing_left_the_fee_wallet_needs_no_account() {
    let mut world = World::new().await;
    let admin = world.admin.insecure_clone();
    let mut close = close_pool(&world);
    close.accounts[4].pubkey = Pubkey::new_unique();
    world.send(&[close], &[&admin]).await;
}

#[tokio::test]
async fn an_lrt_closes_after_its_pool_and_gives_its_rent_back() {
    let mut world = World::new().await;
    let (admin, keys) = (world.admin.insecure_clone(), world.keys);
    let (close_pool, close) = (close_pool(&world), close_lrt(&world));
    world.refuse(close.clone(), &[&admin], "LrtInUse").await;
    world.send(&[close_pool], &[&admin]).await;
    let rent = lamports(&mut world, &keys.lrt).await;
    let purse = lamports(&mut world, &admin.pubkey()).await;
    world.send(std::slice::from_ref(&close), &[&admin]).await;
    assert_eq!(lamports(&mut world, &admin.pubkey()).await, purse + rent);
    assert!(world.account(&keys.lrt).await.is_none());
    // Its mint stays, and nobody can sign for the authority.
    let mint = world.account(&keys.lrt_mint).await.expect("it stays");
    assert_eq!(mint.data[4..36], keys.lrt.to_bytes());
    world
        .refuse(close, &[&admin], "AccountOwnedByWrongProgram")
        .await;
}

#[tokio::test]
async fn every_account_of_close_stake_pool_is_checked() {
    let (mut world, admin) = burned().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody, close) = (world.keys, Pubkey::new_unique(), close_pool(&world));
    let fee = keys.of(&world.fee_wallet.pubkey());
    let mallory = world.user(0);
    let own = keys.of(&mallory.pubkey());
    let richer = Pubkey::new_unique();
    world.create_token_account(&richer, &keys.collateral_mint, &keys.stake_pool, 0);
    let elsewhere = "NotOwnersAssociatedAccount";
    world
        .refuse_substitutes(
            &close,
            &[&admin],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, other.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (3, other.vault, "WrongVault"),
                (3, richer, "WrongVault"),
                (4, own.collateral, elsewhere),
                (4, fee.lrt, elsewhere),
                (4, keys.vault, "VaultNotAllowed"),
                (6, mallory.pubkey(), "WrongRentPayer"),
                (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, nobody, "WrongTokenProgram"),
                (8, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_other_signer(&close, 5, &[], "NotAdmin").await;
    world.send(&[close], &[&admin]).await;
}

#[tokio::test]
async fn every_account_of_close_lrt_is_checked() {
    let mut world = World::new().await;
    let admin = world.admin.insecure_clone();
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let (close_pool, close) = (close_pool(&world), close_lrt(&world));
    world.send(&[close_pool], &[&admin]).await;
    world
        .refuse_substitutes(
            &close,
            &[&admin],
            &[
                (0, other.lrt, "LrtInUse"),
                (0, other.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (2, nobody, "WrongRentPayer"),
                (2, keys.lrt, "WrongRentPayer"),
                (3, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_other_signer(&close, 1, &[], "NotAdmin").await;
    world.send(&[close], &[&admin]).await;
}
