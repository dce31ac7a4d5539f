//! `delegate`: idle collateral to an operator.

use crate::stage::Stage;
use liquid_restaking_sdk::registry;
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn idle_goes_to_an_operator_and_no_token_moves() {
    let mut stage = Stage::new().await;
    let vault = stage.world.keys.vault;
    stage.send(stage.delegate(4 * ONE)).await;
    assert_eq!(stage.world.balance(&vault).await, 10 * ONE);
    // Nothing of it is pledged: all of it could come back at once.
    assert_eq!(stage.pool().await, (6 * ONE, 4 * ONE, 4 * ONE));
    let delegation = stage.world.delegation(&stage.operators[0]).await;
    assert_eq!((delegation.active, delegation.freeing), (4 * ONE, 4 * ONE));
    assert_eq!(stage.world.lrt().await.pools[0].assets, 10 * ONE);
    stage.send(stage.delegate(6 * ONE)).await;
    assert_eq!(stage.pool().await, (0, 10 * ONE, 10 * ONE));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn nothing_or_more_than_is_idle_is_not_delegated() {
    let mut stage = Stage::new().await;
    let (none, more) = (stage.delegate(0), stage.delegate(10 * ONE + 1));
    stage
        .world
        .refuse(none, &[&stage.manager], "ZeroAmount")
        .await;
    stage
        .world
        .refuse(more, &[&stage.manager], "InsufficientIdle")
        .await;
    let huge = stage.delegate(u64::MAX);
    stage
        .world
        .refuse(huge, &[&stage.manager], "InsufficientIdle")
        .await;
    stage.send(stage.delegate(10 * ONE)).await;
    let again = stage.delegate(u64::MAX);
    stage
        .world
        .refuse(again, &[&stage.manager], "MathOverflow")
        .await;
}

#[tokio::test]
async fn the_queue_is_left_its_due_to_the_unit() {
    let mut stage = Stage::new().await;
    stage.request(3 * ONE, 0).await;
    let more = stage.delegate(7 * ONE + 1);
    stage
        .world
        .refuse(more, &[&stage.manager], "InsufficientIdle")
        .await;
    stage.send(stage.delegate(7 * ONE)).await;
    let more = stage.delegate(1);
    stage
        .world
        .refuse(more, &[&stage.manager], "InsufficientIdle")
        .await;
    // Whoever changes his mind gives the manager his stake back.
    stage.world.warp(300).await;
    stage.world.settle().await;
    stage
        .world
        .refuse(stage.delegate(1), &[&stage.manager], "InsufficientIdle")
        .await;
    assert_eq!(stage.pool().await, (0, 7 * ONE, 7 * ONE));
}

#[tokio::test]
async fn an_operator_takes_no_more_than_its_cap() {
    let mut stage = Stage::new().await;
    let admin = stage.world.admin.insecure_clone();
    let operator = stage.operators[0].key;
    let cap = |world: &World, cap| world.keys.set_operator_cap(&admin.pubkey(), &operator, cap);
    let five = cap(&stage.world, 5 * ONE);
    stage.world.send(&[five], &[&admin]).await;
    let more = stage.delegate(5 * ONE + 1);
    stage
        .refuse_saying(more, "OperatorCapExceeded", "Over by 1")
        .await;
    stage.send(stage.delegate(5 * ONE)).await;

    // A cap below what it has takes nothing away and lets nothing more in.
    let two = cap(&stage.world, 2 * ONE);
    stage.world.send(&[two], &[&admin]).await;
    stage
        .refuse_saying(
            stage.delegate(7),
            "OperatorCapExceeded",
            "Over by 3000000007",
        )
        .await;
    let none = cap(&stage.world, 0);
    stage.world.send(&[none], &[&admin]).await;
    let one = stage.delegate(1);
    stage
        .world
        .refuse(one.clone(), &[&stage.manager], "OperatorNotAccepted")
        .await;
    // What is proposed is not accepted yet.
    let again = cap(&stage.world, 5 * ONE + 1);
    stage.world.send(&[again], &[&admin]).await;
    stage
        .world
        .refuse(one.clone(), &[&stage.manager], "OperatorNotAccepted")
        .await;
    stage.world.wait_timelock().await;
    let apply = stage.world.keys.apply_operator_cap(&operator);
    stage.world.send(&[apply], &[]).await;
    stage.send(one.clone()).await;
    stage
        .refuse_saying(one, "OperatorCapExceeded", "Over by 1")
        .await;
}

#[tokio::test]
async fn an_operator_takes_no_more_than_its_lasting_bond_carries() {
    let mut stage = Stage::with(|params| params.bond_multiple = 5).await;
    stage
        .refuse_saying(stage.delegate(1), "BondTooSmall", "Over by 1")
        .await;
    stage.world.post_bond(&stage.operators[0], ONE).await;
    stage
        .refuse_saying(stage.delegate(5 * ONE + 1), "BondTooSmall", "Over by 1")
        .await;
    // What cools is still slashable, and carries nothing.
    let authority = stage.operators[0].authority.insecure_clone();
    let cool =
        stage
            .world
            .keys
            .withdraw_bond(&stage.operators[0].key, &authority.pubkey(), ONE / 5);
    stage.world.send(&[cool], &[&authority]).await;
    stage
        .refuse_saying(stage.delegate(4 * ONE + 6), "BondTooSmall", "Over by 6")
        .await;
    stage.send(stage.delegate(4 * ONE)).await;
    assert_eq!(stage.pool().await, (6 * ONE, 4 * ONE, 4 * ONE));
}

#[tokio::test]
async fn an_operator_that_has_retired_takes_nothing() {
    let mut stage = Stage::new().await;
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    let delegate = stage.delegate(1);
    stage
        .world
        .refuse(delegate, &[&stage.manager], "OperatorRetired")
        .await;
}

#[tokio::test]
async fn only_the_manager_delegates() {
    let mut stage = Stage::new().await;
    let delegate = stage.delegate(ONE);
    stage
        .world
        .refuse_other_signer(&delegate, 1, &[], "NotManager")
        .await;
    let mut by_admin = delegate.clone();
    let admin = stage.world.admin.insecure_clone();
    by_admin.accounts[1].pubkey = admin.pubkey();
    stage.world.refuse(by_admin, &[&admin], "NotManager").await;
    stage
        .world
        .refuse_unprivileged(&delegate, &[&stage.manager])
        .await;
    stage.send(delegate).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut stage = Stage::of(2, &[liquid_restaking_tests::terms()], |_| {}).await;
    let other = stage.strangers().await;
    let (keys, second) = (stage.world.keys, stage.operators[1].key);
    let delegate = stage.delegate(ONE);
    stage
        .world
        .refuse_substitutes(
            &delegate,
            &[&stage.manager],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, other.nobody, "AccountOwnedByWrongProgram"),
                (2, other.stake_pool, "WrongLrt"),
                (2, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, other.delegation, "WrongStakePool"),
                (3, keys.delegation(&second), "WrongOperator"),
                (3, keys.lrt, "AccountDiscriminatorMismatch"),
                (3, other.nobody, "AccountOwnedByWrongProgram"),
                (4, second, "WrongOperator"),
                (4, stage.avss[0].key, "AccountDiscriminatorMismatch"),
                (5, other.nobody, "ConstraintAddress"),
            ],
        )
        .await;
    stage.send(delegate).await;
}
