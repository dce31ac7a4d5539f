//! An operator retires with stake in three AVSs: strangers take all of it back, and nothing of it is freed early.

use crate::stage::{terms_of, Stage};
use liquid_restaking_sdk::{program::state::Side, registry};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

#[tokio::test]
async fn strangers_take_back_all_that_an_operator_has_and_it_closes() {
    let terms = [terms_of(100), terms_of(50), terms_of(7)];
    let mut stage = Stage::of(1, &terms, |_| {}).await;
    let keys = stage.world.keys;
    stage.world.post_bond(&stage.operators[0], ONE).await;
    stage
        .stake(0, 9 * ONE, &[4 * ONE + 1, 3 * ONE, ONE - 1])
        .await;
    stage.send(stage.allocate(2, ONE / 2)).await; // still warms when it retires
    let (operator, authority) = (
        stage.operators[0].key,
        stage.operators[0].authority.insecure_clone(),
    );
    let retire = registry::retire_operator(&operator, &authority.pubkey());
    stage.world.send(&[retire], &[&authority]).await;
    for refused in [stage.delegate(1), stage.allocate(0, 1)] {
        stage
            .world
            .refuse(refused, &[&stage.manager], "OperatorRetired")
            .await;
    }

    // What is free goes at once.
    let idle = stage.force_undelegate(0, None);
    stage.send(idle.clone()).await;
    assert_eq!(stage.pool().await, (ONE + ONE / 2, 8 * ONE + ONE / 2, 0));
    stage.world.refuse(idle.clone(), &[], "NothingToDo").await;

    // All is deallocated, once; the warming half is free at once.
    let mut releases = Vec::new();
    for avs in 0..3 {
        releases.push((stage.release_slot(avs).await, avs));
        let force = stage.force_deallocate(0, avs);
        stage.send(force.clone()).await;
        stage.world.refuse(force, &[], "NothingToDo").await;
    }
    assert_eq!(stage.parts(0, 0).await, (0, 0, 4 * ONE + 1));
    assert_eq!(stage.parts(0, 1).await, (0, 0, 3 * ONE));
    assert_eq!(stage.parts(0, 2).await, (0, 0, ONE - 1));
    stage.send(idle.clone()).await;
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 8 * ONE));

    // The rest as each exit delay ends, and not before.
    releases.sort_unstable();
    assert_eq!(
        releases.iter().map(|(_, avs)| *avs).collect::<Vec<_>>(),
        [2, 1, 0]
    );
    let close = keys.close_delegation(&operator, &stage.world.admin.pubkey());
    let mut back = 2 * ONE;
    for ((slot, avs), amount) in releases.into_iter().zip([ONE - 1, 3 * ONE, 4 * ONE + 1]) {
        stage.warp_to(slot - 1).await;
        let release = stage.release(0, avs);
        for refused in [&release, &idle] {
            stage
                .world
                .refuse(refused.clone(), &[], "NothingToDo")
                .await;
        }
        stage.world.warp(1).await;
        stage.send(release).await;
        stage.send(idle.clone()).await;
        back += amount;
        assert_eq!(stage.pool().await, (back, 10 * ONE - back, 10 * ONE - back));
        stage
            .world
            .refuse(close.clone(), &[], "DelegationInUse")
            .await;
        let payer = stage.manager.pubkey();
        stage
            .send(keys.close_allocation(&operator, &stage.avss[avs].key, &payer))
            .await;
    }
    assert_eq!(stage.pool().await, (10 * ONE, 0, 0));

    // The bond goes back to it, and its accounts close.
    stage
        .world
        .refuse(close.clone(), &[], "DelegationInUse")
        .await;
    let cool = keys.withdraw_bond(&operator, &authority.pubkey(), ONE);
    stage.world.send(&[cool], &[&authority]).await;
    stage.world.warp(443).await;
    let pay = keys.withdraw_bond(&operator, &authority.pubkey(), 0);
    stage.world.send(&[pay], &[&authority]).await;
    assert_eq!(stage.world.holds(&authority).await.0, 1_000 * ONE);
    stage.send(close).await;
    let close = registry::close_operator(&operator, &authority.pubkey(), &authority.pubkey());
    stage
        .world
        .refuse(close.clone(), &[&authority], "OperatorInUse")
        .await; // it is opted in to three
    for avs in &stage.avss {
        let out = registry::opt_out(&operator, &avs.key, &authority.pubkey(), Side::Operator);
        stage.world.send(&[out], &[&authority]).await;
    }
    stage.world.send(&[close], &[&authority]).await;
    assert!(stage.world.account(&operator).await.is_none());
    assert_eq!(stage.world.pool().await.delegations, 0);
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn what_the_manager_has_deallocated_before_is_not_prolonged() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[8 * ONE]).await;
    let first = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 2 * ONE)).await;
    stage.world.warp(40).await;
    let second = stage.release_slot(0).await;
    let operator = &stage.operators[0];
    let retire = registry::retire_operator(&operator.key, &operator.authority.pubkey());
    stage.world.send(&[retire], &[&operator.authority]).await;
    stage.send(stage.force_deallocate(0, 0)).await;
    let allocation = stage
        .world
        .allocation(&stage.operators[0], &stage.avss[0])
        .await;
    let entries = allocation.coolings[..3]
        .iter()
        .map(|entry| (entry.amount, entry.release_slot));
    assert_eq!(
        entries.collect::<Vec<_>>(),
        [(2 * ONE, first), (6 * ONE, second), (0, 0)]
    );
    stage.warp_to(first).await;
    stage.send(stage.release(0, 0)).await;
    stage.send(stage.force_undelegate(0, None)).await;
    assert_eq!(stage.pool().await, (4 * ONE, 6 * ONE, 6 * ONE));
}
