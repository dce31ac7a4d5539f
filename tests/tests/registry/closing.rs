//! `close_allocation`, `close_delegation` and `close_pool_avs`.

use crate::{close_and_check_rent, funded, operator_at, with_account, TIMELOCK};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, program::state::Delegation, registry, Instruction, PoolKeys,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_signer::Signer;

/// A holder of ten tokens, two of them with an operator that has opted in to an AVS.
async fn working() -> (World, Operator, Avs) {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 5_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    (world, operator, avs)
}

fn close_allocation(world: &World, operator: &Operator, avs: &Avs) -> Instruction {
    let payer = world.manager.pubkey();
    world.keys.close_allocation(&operator.key, &avs.key, &payer)
}

fn close_delegation(world: &World, operator: &Operator) -> Instruction {
    let payer = world.admin.pubkey();
    world.keys.close_delegation(&operator.key, &payer)
}

fn close_pool_avs(world: &World, avs: &Avs) -> Instruction {
    world.keys.close_pool_avs(&avs.key, &world.admin.pubkey())
}

/// A second LRT in which operator and AVS are accepted too; its addresses.
async fn abroad(world: &mut World, operator: &Operator, avs: &Avs) -> PoolKeys {
    let (other, _) = world.neighbour().await;
    let admin = world.admin.insecure_clone();
    let accept = [
        other.set_operator_cap(&admin.pubkey(), &operator.key, ONE),
        other.propose_avs(&admin.pubkey(), &avs.key, 1),
    ];
    world.send(&accept, &[&admin]).await;
    other
}

/// Sets an operator's cap; the admin signs.
async fn set_cap(world: &mut World, operator: &Operator, cap: u64) {
    let admin = world.admin.insecure_clone();
    let set = world
        .keys
        .set_operator_cap(&admin.pubkey(), &operator.key, cap);
    world.send(&[set], &[&admin]).await;
}

#[tokio::test]
async fn an_allocation_closes_when_nothing_is_staked_warms_or_cools() {
    let (mut world, operator, avs) = working().await;
    let (keys, payer) = (world.keys, funded(&mut world));
    let manager = world.funded_manager();
    let allocate = keys.allocate(&manager.pubkey(), &operator.key, &avs.key, ONE);
    let allocate = with_account(allocate, 8, &payer.pubkey());
    world.send(&[allocate], &[&manager, &payer]).await;
    let allocation = world.allocation(&operator, &avs).await;
    assert_eq!(allocation.rent_payer, payer.pubkey());
    let close = keys.close_allocation(&operator.key, &avs.key, &payer.pubkey());
    let release = [keys.release(&operator.key, &avs.key)];
    world.refuse(close.clone(), &[], "AllocationInUse").await; // warms
    world.warp(10).await;
    world.send(&release, &[]).await;
    world.refuse(close.clone(), &[], "AllocationInUse").await; // staked
    world.deallocate(&operator, &avs, ONE).await;
    world.refuse(close.clone(), &[], "AllocationInUse").await; // cools
    world.warp(120).await;
    world.refuse(close.clone(), &[], "AllocationInUse").await; // has cooled, and is not released
    world.send(&release, &[]).await;
    let counts = (
        world.pool_avs(&avs).await.allocations,
        world.delegation(&operator).await.allocation_count,
    );
    assert_eq!(counts, (1, 1));
    let key = keys.allocation(&operator.key, &avs.key);
    close_and_check_rent(&mut world, close, &[], &key, &payer.pubkey()).await;
    let counts = (
        world.pool_avs(&avs).await.allocations,
        world.delegation(&operator).await.allocation_count,
    );
    assert_eq!(counts, (0, 0));
    // A new one has nothing of the old.
    world.allocate(&operator, &avs, 7).await;
    let allocation = world.allocation(&operator, &avs).await;
    assert_eq!((allocation.stake, allocation.warming), (0, 7));
    assert_eq!(allocation.rent_payer, manager.pubkey());
    world.check_invariants().await;
}

#[tokio::test]
async fn every_account_that_closes_an_allocation_is_checked() {
    let (mut world, operator, avs) = working().await;
    let (second, another) = (world.operator().await, world.avs(terms(), 5_000).await);
    for (operator, avs) in [(&operator, &another), (&second, &avs)] {
        world.opt_in(operator, avs).await;
    }
    world.delegate(&second, ONE).await;
    for (operator, avs) in [(&operator, &avs), (&operator, &another), (&second, &avs)] {
        world.allocate(operator, avs, ONE / 2).await;
        world.deallocate(operator, avs, ONE / 2).await;
    }
    let other = abroad(&mut world, &operator, &avs).await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let close = close_allocation(&world, &operator, &avs);
    let substitutes = [
        (0, keys.delegation(&second.key), "WrongDelegation"),
        (0, other.delegation(&operator.key), "WrongStakePool"),
        (0, keys.lrt, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, keys.pool_avs(&another.key), "WrongAvs"),
        (1, other.pool_avs(&avs.key), "WrongStakePool"),
        (1, keys.lrt, "AccountDiscriminatorMismatch"),
        (1, nobody, "AccountOwnedByWrongProgram"),
        (2, keys.allocation(&operator.key, &another.key), "WrongAvs"),
        (2, keys.allocation(&second.key, &avs.key), "WrongDelegation"),
        (2, keys.lrt, "AccountDiscriminatorMismatch"),
        (2, nobody, "AccountOwnedByWrongProgram"),
        (3, nobody, "WrongRentPayer"),
        (3, world.admin.pubkey(), "WrongRentPayer"),
        (4, nobody, "ConstraintAddress"),
    ];
    world.refuse_substitutes(&close, &[], &substitutes).await;
    world.refuse_unprivileged(&close, &[]).await;
    world.send(&[close], &[]).await;
}

#[tokio::test]
async fn a_delegation_closes_when_it_is_empty_and_its_operator_removed() {
    let (mut world, operator, avs) = working().await;
    let (close, apart) = (close_delegation(&world, &operator), "DelegationInUse");
    world.allocate(&operator, &avs, ONE).await;
    world.post_bond(&operator, ONE).await;
    set_cap(&mut world, &operator, 0).await;
    world.refuse(close.clone(), &[], apart).await; // stake, bond and an allocation
    world.deallocate(&operator, &avs, ONE).await;
    world.undelegate(&operator, 2 * ONE).await;
    world.refuse(close.clone(), &[], apart).await; // bond and an allocation
    let (keys, by) = (world.keys, operator.authority.pubkey());
    let all = keys.withdraw_bond(&operator.key, &by, ONE);
    world.send(&[all], &[&operator.authority]).await;
    world.warp(443).await;
    let pay = keys.withdraw_bond(&operator.key, &by, 0);
    world.send(&[pay], &[&operator.authority]).await;
    world.refuse(close.clone(), &[], apart).await; // an allocation
    let empty = close_allocation(&world, &operator, &avs);
    world.send(&[empty], &[]).await;
    // A cap in force or one that may still be applied holds it; one that has lapsed does not.
    set_cap(&mut world, &operator, ONE).await;
    world.refuse(close.clone(), &[], apart).await;
    world.warp(2 * TIMELOCK - 1).await;
    world.refuse(close.clone(), &[], apart).await;
    let apply = keys.apply_operator_cap(&operator.key);
    assert_eq!(world.simulate(&apply, &[]).await, Ok(()));
    world.warp(1).await;
    let (key, payer) = (keys.delegation(&operator.key), world.admin.pubkey());
    close_and_check_rent(&mut world, close, &[], &key, &payer).await;
    let counted = operator_at(&mut world, &operator.key).await.delegations;
    assert_eq!((world.pool().await.delegations, counted), (0, 0));
    // Accepted anew it starts from nothing.
    set_cap(&mut world, &operator, ONE).await;
    let delegation = world.delegation(&operator).await;
    assert_eq!((delegation.bond_release_slot, delegation.cap.now), (0, 0));
    world.check_invariants().await;
}

#[tokio::test]
async fn every_entry_of_a_delegation_holds_it_and_a_retired_operator_needs_no_removal() {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let key = world.keys.delegation(&operator.key);
    let close = close_delegation(&world, &operator);
    world.refuse(close.clone(), &[], "DelegationInUse").await; // in service, with a cap
    let by = &operator.authority;
    let retire = registry::retire_operator(&operator.key, &by.pubkey());
    world.send(&[retire], &[by]).await;
    let empty = world.delegation(&operator).await;
    let entries: [fn(&mut Delegation); 5] = [
        |d| d.active = 1,
        |d| d.bond = 1,
        |d| d.owed = 1,
        |d| d.disputed = 1,
        |d| d.allocation_count = 1,
    ];
    for entry in entries {
        let mut changed = empty;
        entry(&mut changed);
        world.set_state(&key, &changed).await;
        world.refuse(close.clone(), &[], "DelegationInUse").await;
    }
    world.set_state(&key, &empty).await;
    let payer = world.admin.pubkey();
    close_and_check_rent(&mut world, close, &[], &key, &payer).await;
}

#[tokio::test]
async fn every_account_that_closes_a_delegation_or_an_acceptance_is_checked() {
    let mut world = World::new().await;
    let (operator, second) = (world.operator().await, world.operator().await);
    let avs = world.avs(terms(), 5_000).await;
    let other = abroad(&mut world, &operator, &avs).await;
    let (keys, nobody, admin) = (
        world.keys,
        Pubkey::new_unique(),
        world.admin.insecure_clone(),
    );
    set_cap(&mut world, &operator, 0).await;
    let lower = keys.lower_avs_cap(&admin.pubkey(), &avs.key, 0);
    world.send(&[lower], &[&admin]).await;
    let common = [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, other.stake_pool, "WrongLrt"),
        (1, keys.lrt, "AccountDiscriminatorMismatch"),
        (1, nobody, "AccountOwnedByWrongProgram"),
        (2, keys.lrt, "AccountDiscriminatorMismatch"),
        (2, nobody, "AccountOwnedByWrongProgram"),
    ];
    let of_delegation = [
        (2, keys.delegation(&second.key), "WrongOperator"),
        (2, other.delegation(&operator.key), "WrongStakePool"),
        (3, second.key, "WrongOperator"),
        (3, keys.lrt, "AccountDiscriminatorMismatch"),
        (3, nobody, "AccountOwnedByWrongProgram"),
        (4, nobody, "WrongRentPayer"),
        (4, operator.authority.pubkey(), "WrongRentPayer"),
        (5, nobody, "ConstraintAddress"),
    ];
    let of_acceptance = [
        (2, other.pool_avs(&avs.key), "WrongStakePool"),
        (3, nobody, "WrongRentPayer"),
        (3, avs.authority.pubkey(), "WrongRentPayer"),
        (4, nobody, "ConstraintAddress"),
    ];
    let table = [
        (
            close_delegation(&world, &operator),
            &of_delegation[..],
            keys.delegation(&operator.key),
        ),
        (
            close_pool_avs(&world, &avs),
            &of_acceptance,
            keys.pool_avs(&avs.key),
        ),
    ];
    for (close, own, key) in table {
        let substitutes = [&common[..], own].concat();
        world.refuse_substitutes(&close, &[], &substitutes).await;
        world.refuse_unprivileged(&close, &[]).await;
        close_and_check_rent(&mut world, close, &[], &key, &admin.pubkey()).await;
    }
}

#[tokio::test]
async fn an_acceptance_closes_without_cap_proposal_and_allocation() {
    let (mut world, operator, avs) = working().await;
    let (keys, admin) = (world.keys, world.admin.insecure_clone());
    let (close, held) = (close_pool_avs(&world, &avs), "PoolAvsInUse");
    world.refuse(close.clone(), &[], held).await; // a cap
    world.allocate(&operator, &avs, ONE).await;
    let remove = keys.lower_avs_cap(&admin.pubkey(), &avs.key, 0);
    world.send(&[remove], &[&admin]).await;
    world.refuse(close.clone(), &[], held).await; // an allocation
    world.deallocate(&operator, &avs, ONE).await;
    world.refuse(close.clone(), &[], held).await; // an empty one
    let empty = close_allocation(&world, &operator, &avs);
    let propose = keys.propose_avs(&admin.pubkey(), &avs.key, 5_000);
    world.send(&[empty, propose], &[&admin]).await;
    world.refuse(close.clone(), &[], held).await; // a proposal, until it has lapsed
    world.warp(2 * TIMELOCK - 1).await;
    world.refuse(close.clone(), &[], held).await;
    world.warp(1).await;
    let key = keys.pool_avs(&avs.key);
    close_and_check_rent(&mut world, close, &[], &key, &admin.pubkey()).await;
    let pool = world.pool().await;
    assert_eq!((pool.avs_count, pool.avss[0]), (0, Default::default()));
}
