use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program::state::InvariantReport};
use liquid_restaking_tests::{World, ONE};

/// What the program answers.
async fn verdict(world: &mut World) -> Result<InvariantReport, String> {
    let check = world.keys.check_invariants();
    world.ask(check).await
}

/// A world in which every number of the report is another one.
async fn busy() -> World {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let alice = world.holder(ONE).await;
    world.request(&alice, ONE / 10, 1).await;
    world.donate(5).await;
    world
}

#[tokio::test]
async fn a_sound_ledger_is_reported_with_its_numbers() {
    let mut world = busy().await;
    let report = world.check_invariants().await;
    let expected = InvariantReport {
        vault_balance: ONE + 5,
        ledger: ONE,
        surplus: 5,
        mint_supply: ONE * 89 / 100,
        fee_shares: ONE / 100,
        queued: ONE / 10,
        supply: ONE,
    };
    assert_eq!(report, expected);
}

#[tokio::test]
async fn a_vault_that_holds_too_little_is_found() {
    let mut world = busy().await;
    let vault = world.keys.vault;
    world.patch(&vault, 64, &ONE.to_le_bytes()).await;
    assert!(verdict(&mut world).await.is_ok());
    world.patch(&vault, 64, &(ONE - 1).to_le_bytes()).await;
    assert_eq!(verdict(&mut world).await, Err("VaultShort".into()));
}

#[tokio::test]
async fn every_entry_of_the_ledger_has_to_be_in_the_vault() {
    let mut world = busy().await;
    let (pool, lrt) = (world.pool().await, world.lrt().await);
    let pool_key = world.keys.stake_pool;
    for entry in 0..4 {
        let mut changed = pool;
        *[
            &mut changed.claimable,
            &mut changed.bonds,
            &mut changed.fees_owed,
            &mut changed.operators_owed,
        ][entry] += 6;
        world.set_state(&pool_key, &changed).await;
        assert_eq!(
            verdict(&mut world).await,
            Err("VaultShort".into()),
            "entry {entry}"
        );
    }
    world.set_state(&pool_key, &pool).await;
    world.change_lrt(|lrt| lrt.pools[0].drip.rest = 6).await;
    assert_eq!(verdict(&mut world).await, Err("VaultShort".into()));
    let lrt_key = world.keys.lrt;
    world.set_state(&lrt_key, &lrt).await;
    assert!(verdict(&mut world).await.is_ok());
}

#[tokio::test]
async fn shares_that_the_supply_does_not_count_are_found() {
    let mut world = busy().await;
    let (lrt_key, lrt, mint) = (world.keys.lrt, world.lrt().await, world.keys.lrt_mint);
    // In the counter, in the fees, in the queue, in the mint: one too many of each.
    world.change_lrt(|lrt| lrt.supply -= 1).await;
    assert_eq!(verdict(&mut world).await, Err("SupplyShort".into()));
    world.set_state(&lrt_key, &lrt).await;
    world.change_lrt(|lrt| lrt.fee_shares += 1).await;
    assert_eq!(verdict(&mut world).await, Err("SupplyShort".into()));
    world.set_state(&lrt_key, &lrt).await;
    world.change_pool(|pool| pool.queued += 1).await;
    assert_eq!(verdict(&mut world).await, Err("SupplyShort".into()));
    world.change_pool(|pool| pool.queued -= 1).await;
    let minted = ONE * 89 / 100;
    world.patch(&mint, 36, &(minted + 1).to_le_bytes()).await;
    assert_eq!(verdict(&mut world).await, Err("SupplyShort".into()));
    // Fewer, as when somebody burns his own, are no harm.
    world.patch(&mint, 36, &(minted - 1).to_le_bytes()).await;
    assert!(verdict(&mut world).await.is_ok());
}

#[tokio::test]
async fn a_table_that_differs_from_the_ledger_is_found() {
    let mut world = busy().await;
    let mismatch = Err("TableMismatch".to_owned());
    for delta in [1, u64::MAX] {
        world
            .change_lrt(|lrt| lrt.pools[0].assets = lrt.pools[0].assets.wrapping_add(delta))
            .await;
        assert_eq!(verdict(&mut world).await.map(|_| ()), mismatch);
        world
            .change_lrt(|lrt| lrt.pools[0].assets = lrt.pools[0].assets.wrapping_sub(delta))
            .await;
    }
    for change in [1u64, u64::MAX] {
        world
            .change_pool(|pool| pool.idle = pool.idle.wrapping_add(change))
            .await;
        assert_eq!(verdict(&mut world).await.map(|_| ()), mismatch);
        world
            .change_pool(|pool| pool.idle = pool.idle.wrapping_sub(change))
            .await;
    }
    world.change_lrt(|lrt| lrt.pools[0].released = 1).await;
    assert_eq!(verdict(&mut world).await.map(|_| ()), mismatch);
    world.change_lrt(|lrt| lrt.pools[0].released = 0).await;
    world.change_pool(|pool| pool.row = 1).await;
    assert_eq!(verdict(&mut world).await.map(|_| ()), mismatch);
    world.change_pool(|pool| pool.row = 0).await;
    world.change_pool(|pool| pool.delegated = u64::MAX).await;
    assert_eq!(verdict(&mut world).await, Err("MathOverflow".into()));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = busy().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let check = keys.check_invariants();
    let richer = Pubkey::new_unique();
    world.create_token_account(&richer, &keys.collateral_mint, &keys.stake_pool, u64::MAX);
    world
        .refuse_substitutes(
            &check,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, other.vault, "WrongVault"),
                (2, richer, "WrongVault"),
                (3, other.lrt_mint, "WrongLrtMint"),
                (3, keys.collateral_mint, "WrongLrtMint"),
            ],
        )
        .await;
}
