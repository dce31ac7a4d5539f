//! `allocate`: who may, to whom, and the account it opens. Its limits are in `allocate_limits`.

use crate::stage::Stage;
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{Allocation, Side},
    registry,
};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts.
const PAYER: usize = 8;

#[tokio::test]
async fn stake_goes_to_an_operator_and_an_avs_and_back() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 0, 0));

    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 2 * ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (3 * ONE, 0, 2 * ONE));
    stage.send(stage.undelegate(3 * ONE)).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    stage.send(stage.undelegate(2 * ONE)).await;
    assert_eq!(stage.pool().await, (7 * ONE, 3 * ONE, 0));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn what_is_added_warms_and_what_still_warms_starts_anew() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let start = stage.world.slot().await;
    stage.send(stage.allocate(0, 3 * ONE)).await;
    stage.warp_to(start + 9).await;
    stage.send(stage.allocate(0, ONE)).await;
    let allocation = stage
        .world
        .allocation(&stage.operators[0], &stage.avss[0])
        .await;
    assert_eq!((allocation.stake, allocation.warming), (0, 4 * ONE));
    assert_eq!(allocation.warm_slot, start + 19);
    // What has warmed when more is added counts from then on.
    stage.warp_to(start + 19).await;
    stage.send(stage.allocate(0, ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (4 * ONE, ONE, 0));
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    assert_eq!(delegation.allocations[0].total, 5 * ONE);
    assert_eq!(stage.world.pool().await.avss[0].allocated, 5 * ONE);
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 3 * ONE));
}

#[tokio::test]
async fn without_a_warm_up_it_counts_at_once() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    stage
        .world
        .change_lrt(|lrt| lrt.params.warmup_slots = 0)
        .await;
    stage.send(stage.allocate(0, 3 * ONE)).await;
    assert_eq!(stage.parts(0, 0).await, (3 * ONE, 0, 0));
}

#[tokio::test]
async fn the_first_one_opens_the_account_and_a_refused_one_does_not() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let key = stage
        .world
        .keys
        .allocation(&stage.operators[0].key, &stage.avss[0].key);
    stage
        .world
        .refuse(stage.allocate(0, 0), &[&stage.manager], "ZeroAmount")
        .await;
    assert!(stage.world.account(&key).await.is_none());

    // Somebody else pays, and the address has been sent lamports before.
    let payer = stage.world.user(0);
    stage
        .world
        .set_raw(&key, Pubkey::default(), Vec::new(), 1_000);
    let mut allocate = stage.allocate(0, ONE);
    allocate.accounts[PAYER].pubkey = payer.pubkey();
    let before = stage.world.lamports(&payer.pubkey()).await;
    stage
        .world
        .send(&[allocate], &[&stage.manager, &payer])
        .await;
    let rent = stage.world.lamports(&key).await;
    assert_eq!(
        stage.world.lamports(&payer.pubkey()).await,
        before - rent + 1_000
    );
    let allocation: Allocation = stage.world.state(&key).await.expect("it is open");
    assert_eq!(allocation.rent_payer, payer.pubkey());
    assert_eq!((allocation.avs, allocation.place), (stage.avss[0].key, 0));
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    let pool_avs = stage.world.pool_avs(&stage.avss[0]).await;
    assert_eq!((delegation.allocation_count, pool_avs.allocations), (1, 1));

    // The second one pays nothing.
    stage.send(stage.allocate(0, ONE)).await;
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    assert_eq!(delegation.allocation_count, 1);
}

#[tokio::test]
async fn both_sides_opt_in_and_the_younger_consent_warms() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.holder(10 * ONE).await;
    world.delegate(&operator, 8 * ONE).await;
    let manager = world.funded_manager();
    let allocate = world
        .keys
        .allocate(&manager.pubkey(), &operator.key, &avs.key, ONE);
    let into = |by: &Keypair, side| registry::opt_in(&operator.key, &avs.key, &by.pubkey(), side);
    let out = |by: &Keypair, side| registry::opt_out(&operator.key, &avs.key, &by.pubkey(), side);
    let (by_operator, by_avs) = (&operator.authority, &avs.authority);

    world
        .refuse(allocate.clone(), &[&manager], "OperatorNotOptedIn")
        .await;
    let opt_in = into(by_avs, Side::Avs);
    world.send(&[opt_in], &[by_avs]).await;
    world.warp(10).await;
    world
        .refuse(allocate.clone(), &[&manager], "OperatorNotOptedIn")
        .await;
    let opt_in = into(by_operator, Side::Operator);
    world.send(&[opt_in], &[by_operator]).await;
    world.warp(9).await;
    world
        .refuse(allocate.clone(), &[&manager], "OptInWarming")
        .await;
    world.warp(1).await;
    world
        .send(std::slice::from_ref(&allocate), &[&manager])
        .await;

    // Either side ends it for what is new; what is there stays.
    let opt_out = out(by_avs, Side::Avs);
    world.send(&[opt_out], &[by_avs]).await;
    world
        .refuse(allocate.clone(), &[&manager], "AvsNotOptedIn")
        .await;
    let opt_in = into(by_avs, Side::Avs);
    world.send(&[opt_in], &[by_avs]).await;
    world.warp(9).await;
    world
        .refuse(allocate.clone(), &[&manager], "OptInWarming")
        .await;
    world.warp(1).await;
    let opt_out = out(by_operator, Side::Operator);
    world.send(&[opt_out], &[by_operator]).await;
    world
        .refuse(allocate, &[&manager], "OperatorNotOptedIn")
        .await;
    let allocation = world.allocation(&operator, &avs).await;
    assert_eq!(allocation.warming, ONE);
}

#[tokio::test]
async fn only_an_accepted_avs_is_allocated_to() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let (admin, keys) = (stage.world.admin.insecure_clone(), stage.world.keys);
    let avs = stage.avss[0].key;
    let remove = keys.lower_avs_cap(&admin.pubkey(), &avs, 0);
    stage.world.send(&[remove], &[&admin]).await;
    let allocate = stage.allocate(0, ONE);
    stage
        .world
        .refuse(allocate.clone(), &[&stage.manager], "AvsNotAccepted")
        .await;
    // What is proposed is not accepted yet.
    let propose = keys.propose_avs(&admin.pubkey(), &avs, 10_000);
    stage.world.send(&[propose], &[&admin]).await;
    stage.world.wait_timelock().await;
    stage
        .world
        .refuse(allocate.clone(), &[&stage.manager], "AvsNotAccepted")
        .await;
    stage.send(keys.apply_avs(&avs)).await;
    stage.send(allocate).await;
}

#[tokio::test]
async fn an_operator_that_has_retired_is_allocated_nothing() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let allocate = stage.allocate(0, ONE);
    stage
        .world
        .refuse(allocate, &[&stage.manager], "OperatorRetired")
        .await;
}

#[tokio::test]
async fn only_the_manager_allocates() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(8 * ONE)).await;
    let payer = stage.world.user(0);
    let mut allocate = stage.allocate(0, ONE);
    allocate.accounts[PAYER].pubkey = payer.pubkey();
    stage
        .world
        .refuse_other_signer(&allocate, 1, &[&payer], "NotManager")
        .await;
    stage
        .world
        .refuse_unprivileged(&allocate, &[&stage.manager, &payer])
        .await;
    stage
        .world
        .send(&[allocate], &[&stage.manager, &payer])
        .await;
}

#[tokio::test]
async fn every_account_is_checked_when_it_opens_the_allocation_and_when_it_is_open() {
    let mut stage = Stage::of(2, &[terms(), terms()], |_| {}).await;
    let other = stage.strangers().await;
    stage.stake(1, ONE, &[ONE / 2, ONE / 2]).await;
    stage.send(stage.delegate(8 * ONE)).await;
    let keys = stage.world.keys;
    let [first, second] = [0, 1].map(|index| stage.operators[index].key);
    let [avs, avs_two] = [0, 1].map(|index| stage.avss[index].key);
    let same = [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (2, other.stake_pool, "WrongLrt"),
        (2, keys.lrt, "AccountDiscriminatorMismatch"),
        (3, other.delegation, "WrongStakePool"),
        (3, keys.delegation(&second), "WrongOperator"),
        (3, other.nobody, "AccountOwnedByWrongProgram"),
        (4, second, "WrongOperator"),
        (4, avs, "AccountDiscriminatorMismatch"),
        (5, other.pool_avs, "WrongStakePool"),
        (5, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (6, address::opt_in(&second, &avs), "WrongOperator"),
        (6, address::opt_in(&first, &avs_two), "WrongAvs"),
        (6, keys.delegation(&second), "OperatorNotOptedIn"),
        (6, other.nobody, "OperatorNotOptedIn"),
        (9, keys.collateral_token_program, "InvalidProgramId"),
        (10, other.nobody, "ConstraintAddress"),
    ];
    let of_others = [
        (7, keys.allocation(&second, &avs), "WrongDelegation"),
        (7, keys.delegation(&second), "WrongDelegation"),
    ];
    let allocate = stage.allocate(0, ONE);
    let signers = [&stage.manager];
    for is_open in [false, true] {
        let world = &mut stage.world;
        world.refuse_substitutes(&allocate, &signers, &same).await;
        world
            .refuse_substitutes(&allocate, &signers, &of_others)
            .await;
        // Until it is open its address says whose it is, then its fields.
        let other_avs = if is_open { "WrongAvs" } else { "WrongAddress" };
        let by_avs = [(5, keys.pool_avs(&avs_two), other_avs)];
        world.refuse_substitutes(&allocate, &signers, &by_avs).await;
        let unopened = [
            (7, other.nobody, "WrongAddress"),
            (7, keys.allocation(&first, &avs_two), "WrongAddress"),
            (7, stage.manager.pubkey(), "WrongAddress"),
        ];
        world
            .refuse_substitutes(&allocate, &signers, &unopened)
            .await;
        if !is_open {
            world.send(std::slice::from_ref(&allocate), &signers).await;
        }
    }
    stage.send(stage.allocate(1, ONE)).await;
    stage
        .world
        .refuse_substitutes(
            &allocate,
            &[&stage.manager],
            &[(7, keys.allocation(&first, &avs_two), "WrongAvs")],
        )
        .await;
}
