//! The fee wallet's part of rewards.

use crate::{Work, DRIP};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn fees_of_rewards_are_collateral_and_fees_of_deposits_shares_and_both_are_collected_at_once()
{
    let mut world = World::with(|params| {
        (params.deposit_fee_bps, params.reward_fee_bps) = (100, 2_000);
    })
    .await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, ONE).await;
    world.stake(&operator, &avs, ONE).await;
    for _ in 0..2 {
        let payer = avs.authority.insecure_clone();
        world.pay_rewards(&payer, &operator, &avs, ONE).await;
    }
    let (pool, lrt) = (world.pool().await, world.lrt().await);
    assert_eq!(
        (pool.fees_owed, pool.reward_fees),
        (ONE / 10 * 4, ONE / 10 * 4)
    );
    assert_eq!((lrt.fee_shares, lrt.supply), (ONE / 10, 10 * ONE));

    let (wallet, stranger) = (world.fee_wallet.insecure_clone(), Keypair::new());
    let collect = world
        .keys
        .collect_fees(&wallet.pubkey(), &stranger.pubkey());
    let rate = world.yield_report(&[]).await.rate_index;
    world
        .send(std::slice::from_ref(&collect), &[&stranger])
        .await;
    assert_eq!(world.holds(&wallet).await, (ONE / 10 * 4, ONE / 10));
    let pool = world.pool().await;
    assert_eq!((pool.fees_owed, pool.reward_fees), (0, ONE / 10 * 4));
    assert_eq!(world.yield_report(&[]).await.rate_index, rate);
    world.refuse(collect, &[&stranger], "NothingToDo").await;
    assert_eq!(world.check_invariants().await.surplus, 0);
}

#[tokio::test]
async fn the_fee_on_rewards_has_its_bound_and_no_reward_is_charged_after_the_event() {
    let mut work = Work::taking(0, 2_000).await;
    let admin = work.world.admin.insecure_clone();
    let (keys, mut wanted) = (work.world.keys, work.world.lrt().await.params);
    for bps in [2_001, 10_000, u16::MAX] {
        wanted.reward_fee_bps = bps;
        let propose = keys.propose_params(&admin.pubkey(), wanted);
        work.world
            .refuse(propose, &[&admin], "FeeOutOfBounds")
            .await;
    }
    wanted.reward_fee_bps = 0;
    let propose = keys.propose_params(&admin.pubkey(), wanted);
    work.world.send(&[propose], &[&admin]).await;
    work.world.wait_timelock().await;
    work.earn(1_000).await;
    work.world.send(&[keys.apply_params()], &[]).await;
    assert_eq!(work.world.pool().await.fees_owed, 200);
    work.earn(1_000).await;
    assert_eq!(work.world.pool().await.fees_owed, 200);
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 10 * ONE + 1_800);
}

#[tokio::test]
async fn a_new_length_of_drips_is_for_new_rewards() {
    let mut work = Work::new().await;
    let admin = work.world.admin.insecure_clone();
    let (keys, mut wanted) = (work.world.keys, work.world.lrt().await.params);
    wanted.drip_slots = 1_000;
    let propose = keys.propose_params(&admin.pubkey(), wanted);
    work.world.send(&[propose], &[&admin]).await;
    work.world.wait_timelock().await;
    work.earn(ONE).await;
    let end = work.world.lrt().await.pools[0].drip.end;
    work.world.send(&[keys.apply_params()], &[]).await;
    assert_eq!(work.world.lrt().await.pools[0].drip.end, end);
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 11 * ONE);
    work.earn(ONE).await;
    work.world.warp(500).await;
    assert_eq!(work.nav().await, 11 * ONE + ONE / 2);
}
