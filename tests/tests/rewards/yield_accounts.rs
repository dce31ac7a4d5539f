//! `yield_report`: accounts, and what fits into it.

use crate::{with_account, Work};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{AvsYield, YieldReport},
    yields::{YieldBreakdown, YieldError},
};
use liquid_restaking_tests::{terms, World, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn all_sixteen_avss_of_a_pool_fit_in_one_reading() {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let mut avss = Vec::new();
    for _ in 0..16 {
        let avs = world.avs(terms(), 10_000).await;
        world.opt_in(&operator, &avs).await;
        avss.push(avs);
    }
    world.holder(16 * ONE).await;
    world.delegate(&operator, 16 * ONE).await;
    for (avs, amount) in avss.iter().zip(1..) {
        world.allocate(&operator, avs, ONE).await;
        let payer = avs.authority.insecure_clone();
        world
            .pay_rewards(&payer, &operator, avs, amount * ONE)
            .await;
    }
    let all: Vec<_> = avss.iter().collect();
    let report = world.yield_report(&all).await;
    for (place, avs) in (0u8..).zip(&report.avss) {
        let paid = u64::from(place) + 1;
        let expected = AvsYield {
            place,
            rewards: paid * ONE,
            losses: 0,
            reward_index: (u128::from(paid * ONE) << 64) / u128::from(16 * ONE),
            loss_index: 0,
        };
        assert_eq!(*avs, expected);
    }
    assert_eq!(report.avss.len(), 16);
    assert_eq!(report.dripping_index, (136 << 64) / 16);
    // In whatever order and number they are asked for.
    let some = world.yield_report(&[&avss[9], &avss[2]]).await;
    assert_eq!(some.avss, [report.avss[9], report.avss[2]]);
    let none = world.yield_report(&[]).await;
    assert_eq!((none.avss.len(), none.rate_index), (0, 1 << 64));
}

#[tokio::test]
async fn a_reading_changes_nothing_and_is_brought_up_to_its_slot() {
    let mut work = Work::taking(1_000, 1_000).await;
    work.earn(ONE).await;
    for _ in 0..3 {
        work.world.warp(33).await;
        let (lrt, pool) = (work.world.lrt().await, work.world.pool().await);
        let read = work.world.yield_report(&[&work.avs]).await;
        assert_eq!(work.world.lrt().await.pools[0], lrt.pools[0]);
        assert_eq!(work.world.pool().await.idle, pool.idle);
        let key = work.world.keys.yield_report(&[work.avs.key]);
        work.world.send(&[key], &[]).await; // sent, it writes nothing either
        assert_eq!(work.world.lrt().await.pools[0], lrt.pools[0]);
        // Somebody writes, and it reads the same.
        work.nav().await;
        assert_eq!(work.world.yield_report(&[&work.avs]).await, read);
        assert_eq!(read.slot, work.world.slot().await);
    }
    let read = work.world.yield_report(&[]).await;
    assert_eq!(
        (read.commissions, read.reward_fees),
        (ONE / 10, ONE / 100 * 9)
    );
}

#[tokio::test]
async fn an_empty_lrt_has_a_report_of_noughts() {
    let mut world = World::new().await;
    let avs = world.avs(terms(), 1).await;
    let report = world.yield_report(&[&avs]).await;
    let noughts = YieldReport {
        slot: world.slot().await,
        rate_index: 0,
        dripping_index: 0,
        unattributed_index: 0,
        commissions: 0,
        reward_fees: 0,
        avss: vec![AvsYield {
            place: 0,
            rewards: 0,
            losses: 0,
            reward_index: 0,
            loss_index: 0,
        }],
    };
    assert_eq!(report, noughts);
    let again = YieldBreakdown::between(&report, &report);
    assert_eq!(again, Err(YieldError::NoTimePassed));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut work = Work::new().await;
    let (other, _) = work.world.neighbour().await;
    let admin = work.world.admin.insecure_clone();
    let abroad = other.propose_avs(&admin.pubkey(), &work.avs.key, 10_000);
    work.world.send(&[abroad], &[&admin]).await;
    let (keys, nobody, avs) = (work.world.keys, Pubkey::new_unique(), work.avs.key);
    let read = keys.yield_report(&[avs, avs]);
    for (position, replacement, error) in [
        (0, other.lrt, "WrongLrt"),
        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, other.stake_pool, "WrongLrt"),
        (1, keys.lrt, "AccountDiscriminatorMismatch"),
        (2, other.pool_avs(&avs), "WrongStakePool"),
        (3, other.pool_avs(&avs), "WrongStakePool"),
        (2, avs, "WrongPoolAvs"),
        (2, keys.stake_pool, "WrongPoolAvs"),
        (3, keys.lrt, "WrongPoolAvs"),
        (3, keys.vault, "WrongPoolAvs"),
        (3, nobody, "WrongPoolAvs"),
    ] {
        let changed = with_account(read.clone(), position, &replacement);
        let answer: Result<YieldReport, String> = work.world.ask(changed).await;
        assert_eq!(answer.err().as_deref(), Some(error), "account {position}");
    }
    // An account of the same bytes that another program owns.
    let forged = Pubkey::new_unique();
    let own = keys.pool_avs(&avs);
    let data = work.world.account(&own).await.expect("it is there").data;
    work.world.set_raw(&forged, nobody, data, ONE);
    let changed = with_account(read, 2, &forged);
    let answer: Result<YieldReport, String> = work.world.ask(changed).await;
    assert_eq!(answer, Err("WrongPoolAvs".to_owned()));
}
