//! Rounds after losses and while something is disputed. The state is written as a slash would leave it.

use crate::stage::Stage;
use liquid_restaking_sdk::program::state::Params;
use liquid_restaking_tests::{terms, ONE};

/// Takes stake of the first operator away, as an executed slash of the first AVS does.
pub async fn slash(stage: &mut Stage, amount: u64) {
    let (operator, avs) = (&stage.operators[0], &stage.avss[0]);
    let keys = stage.world.keys;
    let leverage = stage.world.lrt().await.params.leverage_bps;
    let mut pool = stage.world.pool().await;
    let mut delegation = stage.world.delegation(operator).await;
    let mut allocation = stage.world.allocation(operator, avs).await;
    let place = usize::from(allocation.place);
    allocation.stake -= amount;
    delegation.active -= amount;
    delegation.allocations[place].total -= amount;
    pool.delegated -= amount;
    pool.avss[place].allocated -= amount;
    let freeing = delegation.freeing_now(leverage);
    pool.freeing = pool.freeing - delegation.freeing + freeing;
    delegation.freeing = freeing;
    let allocation_key = keys.allocation(&operator.key, &avs.key);
    stage.world.set_state(&allocation_key, &allocation).await;
    let key = keys.delegation(&operator.key);
    stage.world.set_state(&key, &delegation).await;
    stage.world.set_state(&keys.stake_pool, &pool).await;
    stage
        .world
        .change_lrt(|lrt| lrt.pools[0].assets -= amount)
        .await;
    stage.world.check_invariants().await;
}

/// Locks so much of the first operator's allocation to the first AVS.
async fn dispute(stage: &mut Stage, amount: u64) {
    let (operator, avs) = (&stage.operators[0], &stage.avss[0]);
    let keys = stage.world.keys;
    let mut delegation = stage.world.delegation(operator).await;
    let mut allocation = stage.world.allocation(operator, avs).await;
    (delegation.disputed, allocation.disputed) = (amount, amount);
    let key = keys.allocation(&operator.key, &avs.key);
    stage.world.set_state(&key, &allocation).await;
    let key = keys.delegation(&operator.key);
    stage.world.set_state(&key, &delegation).await;
}

/// Opens a round, calls every allocation of the first operator, and waits until all of it has cooled.
pub async fn whole_round(stage: &mut Stage, head: u64) {
    stage.open_round(head).await;
    let slot = stage.release_slot(0).await;
    for avs in 0..stage.avss.len() {
        stage.send(stage.force_deallocate(0, avs)).await;
    }
    stage.warp_to(slot).await;
    for avs in 0..stage.avss.len() {
        stage.send(stage.release(0, avs)).await;
    }
}

#[tokio::test]
async fn at_leverage_one_a_round_pays_what_the_slash_has_left() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    slash(&mut stage, 2 * ONE).await;
    // Eight tokens for ten shares: five are owed four, of which idle has two.
    let head = stage.overdue(5 * ONE).await;
    whole_round(&mut stage, head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (2 * ONE, 6 * ONE));
    assert_eq!(stage.parts(0, 0).await, (2 * ONE, 0, 0));
    assert_eq!(stage.parts(0, 1).await, (2 * ONE, 0, 0));
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await, (4 * ONE, 4 * ONE, 0));
    stage.world.settle().await;
    let pool = stage.world.pool().await;
    assert_eq!((pool.queue_length, pool.claimable), (0, 4 * ONE));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn an_allocation_larger_than_the_stake_that_is_left_counts_for_that_stake() {
    let change = |params: &mut Params| params.leverage_bps = 30_000;
    let mut stage = Stage::of(1, &[terms(); 3], change).await;
    stage.stake(0, 8 * ONE, &[8 * ONE; 3]).await;
    slash(&mut stage, 3 * ONE).await;
    // Seven tokens for ten shares: six are owed 4.2, of which idle has two.
    let head = stage.overdue(6 * ONE).await;
    whole_round(&mut stage, head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (2_200_000_000, 5 * ONE));
    for avs in 0..3 {
        assert_eq!(stage.parts(0, avs).await, (2_800_000_000, 0, 0));
    }
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await, (4_200_000_000, 2_800_000_000, 0));
    stage.world.settle().await;
    assert_eq!(stage.world.pool().await.queue_length, 0);
}

#[tokio::test]
async fn stake_that_is_slashed_while_a_round_runs_is_not_asked_for_twice() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    let head = stage.overdue(6 * ONE).await;
    stage.open_round(head).await; // lacks 4 of 8
    stage.send(stage.force_deallocate(0, 0)).await;
    assert_eq!(stage.parts(0, 0).await.0, 2_500_000_000);
    slash(&mut stage, 2 * ONE).await;
    stage.send(stage.force_deallocate(0, 1)).await;
    assert_eq!(stage.parts(0, 1).await.0, 1_500_000_000);
    // Six shares are owed 4.8 now: idle and what is freeing pay them.
    assert_eq!(stage.pool().await, (2 * ONE, 6 * ONE, 4 * ONE));
}

#[tokio::test]
async fn what_is_disputed_is_not_freed_and_all_the_rest_is() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.world.post_bond(&stage.operators[0], 2 * ONE).await; // covers the dispute
    stage.stake(0, 8 * ONE, &[5 * ONE, 3 * ONE]).await;
    dispute(&mut stage, 2 * ONE).await;
    let head = stage.overdue(7 * ONE).await;
    whole_round(&mut stage, head).await;
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (5 * ONE, 8 * ONE));
    // Stake carries 1.875 of the two that are disputed, the rest of it is held.
    assert_eq!(stage.parts(0, 0).await, (1_875_000_000, 0, 125_000_000));
    assert_eq!(stage.parts(0, 1).await, (1_125_000_000, 0, 0));
    stage.send(stage.force_undelegate(0, Some(head))).await;
    assert_eq!(stage.pool().await.0, 6_875_000_000);
    let nothing = stage.force_undelegate(0, Some(head));
    stage.world.refuse(nothing, &[], "NothingToDo").await;
    stage.world.settle().await; // a part

    // The dispute ends: the rest follows without another round.
    dispute(&mut stage, 0).await;
    stage.send(stage.release(0, 0)).await;
    stage.send(stage.force_undelegate(0, Some(head))).await;
    stage.world.settle().await;
    let pool = stage.world.pool().await;
    assert_eq!((pool.queue_length, pool.claimable), (0, 7 * ONE));
    assert_eq!(pool.delegated, 3 * ONE);
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn an_operator_that_lost_everything_gives_back_its_allocations_and_closes() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 2], change).await;
    stage.stake(0, 8 * ONE, &[8 * ONE, 8 * ONE]).await;
    slash(&mut stage, 8 * ONE).await;
    assert_eq!(stage.pool().await, (2 * ONE, 0, 0));
    stage
        .refuse_saying(stage.undelegate(1), "StakeNotFree", "Free 0")
        .await;
    let slot = stage.release_slot(1).await;
    stage.send(stage.deallocate(1, 8 * ONE)).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 1)).await;
    assert_eq!(stage.pool().await, (2 * ONE, 0, 0));
    for avs in 0..2 {
        let keys = stage.world.keys;
        let (operator, avs) = (&stage.operators[0].key, &stage.avss[avs].key);
        let manager = solana_signer::Signer::pubkey(&stage.manager);
        let close = keys.close_allocation(operator, avs, &manager);
        stage.send(close).await;
    }
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn new_stake_does_not_count_for_what_a_slash_by_another_avs_took() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 2], change).await;
    stage.stake(0, 6 * ONE, &[6 * ONE; 2]).await;
    slash(&mut stage, 2 * ONE).await; // four are left; the second AVS has six on paper
    let delegate = stage.delegate(1);
    let manager = stage.manager.insecure_clone();
    stage
        .world
        .refuse(delegate.clone(), &[&manager], "StakePledgedBeyond")
        .await;
    stage.send(stage.deallocate(1, 2 * ONE)).await;
    let slot = stage.release_slot(1).await;
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 1)).await;
    stage.send(delegate).await;
}

#[tokio::test]
async fn new_stake_does_not_fall_into_an_old_dispute() {
    let mut stage = Stage::of(1, &[terms()], |_| {}).await;
    stage.stake(0, 4 * ONE, &[2 * ONE]).await;
    dispute(&mut stage, 2 * ONE).await;
    stage.send(stage.delegate(1)).await; // two of four are disputed
    dispute(&mut stage, 4 * ONE + 2).await; // more than there is, as after another AVS's slash
    let delegate = stage.delegate(1);
    let manager = stage.manager.insecure_clone();
    stage
        .world
        .refuse(delegate, &[&manager], "StakeDisputed")
        .await;
}
