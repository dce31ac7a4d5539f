//! `collect_commission`.

use crate::{with_account, Work};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, registry, TOKEN_2022_PROGRAM_ID};
use liquid_restaking_tests::ONE;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the destination among the accounts.
const DESTINATION: usize = 4;

/// An operator that is owed a tenth of a reward of one token.
async fn owed() -> Work {
    let mut work = Work::taking(1_000, 0).await;
    work.earn(ONE).await;
    work
}

#[tokio::test]
async fn a_stranger_has_the_operator_paid_and_moves_no_price() {
    let mut work = owed().await;
    let (owner, stranger) = (work.operator.authority.insecure_clone(), Keypair::new());
    let collect =
        work.world
            .keys
            .collect_commission(&work.operator.key, &owner.pubkey(), &stranger.pubkey());
    let before = work.world.holds(&owner).await.0;
    let (rate, nav) = (
        work.world.yield_report(&[]).await.rate_index,
        work.nav().await,
    );
    work.world
        .send(std::slice::from_ref(&collect), &[&stranger])
        .await;
    assert_eq!(work.world.holds(&owner).await.0 - before, ONE / 10);
    assert_eq!(work.world.yield_report(&[]).await.rate_index, rate);
    assert_eq!(work.nav().await, nav);
    let (pool, delegation) = (
        work.world.pool().await,
        work.world.delegation(&work.operator).await,
    );
    assert_eq!((pool.operators_owed, delegation.owed), (0, 0));
    assert_eq!(pool.commissions, ONE / 10); // what was paid in all
    assert_eq!(work.world.check_invariants().await.surplus, 0);
    work.world
        .refuse(collect, &[&stranger], "NothingToDo")
        .await;
    work.earn(11).await;
    assert_eq!(work.world.pool().await.operators_owed, 2);
}

#[tokio::test]
async fn the_authority_is_paid_wherever_it_wants_and_others_only_where_it_is_at_home() {
    let mut work = owed().await;
    let (owner, stranger) = (work.operator.authority.insecure_clone(), Keypair::new());
    let friend = work.world.user(0);
    let keys = work.world.keys;
    let collect = |by: &Keypair, to: &Pubkey| {
        let collect = keys.collect_commission(&work.operator.key, &owner.pubkey(), &by.pubkey());
        with_account(collect, DESTINATION, to)
    };
    let (away, home) = (
        keys.of(&friend.pubkey()).collateral,
        keys.of(&owner.pubkey()).collateral,
    );
    let elsewhere = "NotOwnersAssociatedAccount";
    let (theirs, own) = (collect(&stranger, &away), collect(&stranger, &home));
    let (to_vault, to_friend) = (collect(&owner, &keys.vault), collect(&owner, &away));
    let vault_by_stranger = collect(&stranger, &keys.vault);
    work.world.refuse(theirs, &[&stranger], elsewhere).await;
    work.world
        .refuse(vault_by_stranger, &[&stranger], "VaultNotAllowed")
        .await;
    work.world
        .refuse(to_vault, &[&owner], "VaultNotAllowed")
        .await;
    // An account that it has given away is its home no more.
    work.world
        .patch(&home, 32, stranger.pubkey().as_ref())
        .await;
    work.world.refuse(own, &[&stranger], elsewhere).await;
    work.world.send(&[to_friend], &[&owner]).await;
    assert_eq!(work.world.holds(&friend).await.0, ONE / 10);
}

#[tokio::test]
async fn after_a_hand_over_and_after_retiring_what_is_owed_is_the_new_authoritys() {
    let mut work = owed().await;
    let (old, new) = (work.operator.authority.insecure_clone(), work.world.user(0));
    let operator = work.operator.key;
    let args = liquid_restaking_sdk::program::instructions::UpdateOperatorArgs {
        successor: Some(new.pubkey()),
        ..Default::default()
    };
    let change = [
        registry::update_operator(&operator, &old.pubkey(), args),
        registry::accept_operator_authority(&operator, &new.pubkey()),
        registry::retire_operator(&operator, &new.pubkey()),
    ];
    work.world.send(&change, &[&old, &new]).await;
    let keys = work.world.keys;
    let to_old = keys.collect_commission(&operator, &old.pubkey(), &old.pubkey());
    work.world
        .refuse(to_old, &[&old], "NotOwnersAssociatedAccount")
        .await;
    let to_new = keys.collect_commission(&operator, &new.pubkey(), &old.pubkey());
    work.world.send(&[to_new], &[&old]).await;
    assert_eq!(work.world.holds(&new).await.0, ONE / 10);
}

#[tokio::test]
async fn a_delegation_that_is_owed_a_commission_does_not_close() {
    let mut work = owed().await;
    let (admin, keys) = (work.world.admin.insecure_clone(), work.world.keys);
    let (by, operator) = (admin.pubkey(), work.operator.key);
    work.world
        .deallocate(&work.operator, &work.avs, 10 * ONE)
        .await;
    work.world.warp(300).await;
    let manager = work.world.manager.pubkey();
    let empty = [
        keys.release(&operator, &work.avs.key),
        keys.close_allocation(&operator, &work.avs.key, &manager),
        keys.set_operator_cap(&by, &operator, 0),
    ];
    work.world.send(&empty, &[&admin]).await;
    work.world.undelegate(&work.operator, 10 * ONE).await;
    let close = keys.close_delegation(&operator, &by);
    work.world
        .refuse(close.clone(), &[], "DelegationInUse")
        .await;
    let owner = work.operator.authority.pubkey();
    let collect = keys.collect_commission(&operator, &owner, &by);
    work.world.send(&[collect, close], &[&admin]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let Work {
        mut world,
        operator,
        ..
    } = owed().await;
    let second = world.operator().await;
    let (other, _) = world.neighbour().await;
    let (admin, collector) = (world.admin.insecure_clone(), world.user(0));
    let abroad = other.set_operator_cap(&admin.pubkey(), &operator.key, ONE);
    world.send(&[abroad], &[&admin]).await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let owner = &operator.authority;
    let own = keys.of(&owner.pubkey());
    let by_stranger = keys.collect_commission(&operator.key, &owner.pubkey(), &collector.pubkey());
    world
        .refuse_substitutes(
            &by_stranger,
            &[&collector],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, keys.delegation(&second.key), "WrongOperator"),
                (2, other.delegation(&operator.key), "WrongStakePool"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, second.key, "WrongOperator"),
                (3, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, nobody, "AccountOwnedByWrongProgram"),
                (DESTINATION, own.lrt, "NotOwnersAssociatedAccount"),
                (DESTINATION, nobody, "NotOwnersAssociatedAccount"),
                (5, other.vault, "WrongVault"),
                (5, own.collateral, "WrongVault"),
                (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, nobody, "WrongTokenProgram"),
                (8, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.refuse_unprivileged(&by_stranger, &[&collector]).await;
    // To its authority any account will do that the token program takes.
    let by_owner = keys.collect_commission(&operator.key, &owner.pubkey(), &owner.pubkey());
    let to_lrt = with_account(by_owner, DESTINATION, &own.lrt);
    world.refuse(to_lrt, &[owner], "MintMismatch").await;
    world.send(&[by_stranger], &[&collector]).await;
}
