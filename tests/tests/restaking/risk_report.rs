//! `risk_report`: what a holder bears, in exact numbers.

use crate::stage::Stage;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{AvsRow, DelegationRisk, Params, RiskReport},
};
use liquid_restaking_tests::{terms, World, ONE};

async fn report(stage: &mut Stage) -> RiskReport {
    let operator = stage.operators[0].key;
    let ask = stage.world.keys.risk_report(Some(&operator));
    stage.world.ask(ask).await.expect("an answer")
}

#[tokio::test]
async fn before_anything_is_delegated_all_of_it_is_nothing() {
    let mut world = World::new().await;
    let ask = world.keys.risk_report(None);
    let report: RiskReport = world.ask(ask.clone()).await.expect("an answer");
    let nothing = RiskReport {
        nav: 0,
        delegated: 0,
        allocated: 0,
        leverage_bps: 0,
        all_loss_bps: 0,
        avs_bps: [0; 16],
        avs_loss_bps: [0; 16],
        delegation: None,
    };
    assert_eq!(report, nothing);
    world.holder(3 * ONE).await;
    let report: RiskReport = world.ask(ask).await.expect("an answer");
    assert_eq!(
        report,
        RiskReport {
            nav: 3 * ONE,
            ..nothing
        }
    );
    let operator = world.operator().await;
    let ask = world.keys.risk_report(Some(&operator.key));
    let report: RiskReport = world.ask(ask).await.expect("an answer");
    let idle = DelegationRisk {
        active: 0,
        allocated: 0,
        leverage_bps: 0,
        bond: 0,
        free: 0,
        freeing: 0,
    };
    assert_eq!(report.delegation, Some(idle));
}

#[tokio::test]
async fn at_leverage_one_it_counts_what_warms_and_what_cools() {
    let mut stage = Stage::of(1, &[terms(); 2], |_| {}).await;
    stage.world.post_bond(&stage.operators[0], ONE).await;
    stage.stake(0, 8 * ONE, &[3 * ONE, 2 * ONE]).await;
    stage.send(stage.deallocate(0, ONE)).await;
    stage.send(stage.allocate(1, ONE)).await;
    let report = report(&mut stage).await;
    assert_eq!(
        (report.nav, report.delegated, report.allocated),
        (10 * ONE, 8 * ONE, 6 * ONE)
    );
    // 6 of 8; each AVS may take a tenth of its three.
    assert_eq!((report.leverage_bps, report.all_loss_bps), (7_500, 600));
    assert_eq!(report.avs_bps[..3], [3_000, 3_000, 0]);
    assert_eq!(report.avs_loss_bps[..3], [300, 300, 0]);
    let delegation = DelegationRisk {
        active: 8 * ONE,
        allocated: 6 * ONE,
        leverage_bps: 7_500,
        bond: ONE,
        free: 2 * ONE,
        freeing: 3 * ONE,
    };
    assert_eq!(report.delegation, Some(delegation));
}

#[tokio::test]
async fn at_leverage_two_the_same_stake_is_counted_twice() {
    let change = |params: &mut Params| params.leverage_bps = 20_000;
    let mut stage = Stage::of(1, &[terms(); 3], change).await;
    stage.stake(0, 8 * ONE, &[8 * ONE, 5 * ONE, 3 * ONE]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 4 * ONE)).await;
    let before = report(&mut stage).await;
    assert_eq!((before.leverage_bps, before.all_loss_bps), (20_000, 1_600));
    assert_eq!(before.avs_bps[..3], [8_000, 5_000, 3_000]);
    let delegation = before.delegation.expect("its risk");
    // 4 + 5 + 3 = 12, pledged twice over: 6 of 8.
    assert_eq!((delegation.free, delegation.freeing), (0, 2 * ONE));
    stage.warp_to(slot).await;
    stage.send(stage.release(0, 0)).await;
    let after = report(&mut stage).await;
    assert_eq!((after.leverage_bps, after.all_loss_bps), (15_000, 1_200));
    assert_eq!(after.delegation.expect("its risk").free, 2 * ONE);
}

/// Sixteen AVSs: the one at place `i` has `i + 1` hundredths of a token and a slash cap of `i + 1` percent.
async fn sixteen(stage: &mut Stage) {
    stage
        .world
        .change_pool(|pool| {
            for (index, row) in (1u16..).zip(pool.avss.iter_mut()) {
                *row = AvsRow {
                    avs: Pubkey::new_unique(),
                    allocated: u64::from(index) * ONE / 100,
                    cap_bps: 10_000,
                    slash_cap_bps: 100 * index,
                    padding: [0; 4],
                };
            }
            pool.avs_count = 16;
        })
        .await;
}

#[tokio::test]
async fn with_sixteen_avss_each_has_its_number() {
    for leverage in [10_000, 20_000] {
        let change = |params: &mut Params| params.leverage_bps = leverage;
        let mut stage = Stage::with(change).await;
        stage.send(stage.delegate(2 * ONE)).await;
        sixteen(&mut stage).await;
        let full = report(&mut stage).await;
        // 1.36 tokens; Σ i² = 1,496 of ten thousandths of a token.
        assert_eq!(full.allocated, 1_360_000_000);
        assert_eq!((full.leverage_bps, full.all_loss_bps), (6_800, 150)); // 149.6 rounded up
        for (index, (share, loss)) in full.avs_bps.iter().zip(full.avs_loss_bps).enumerate() {
            let part = u32::try_from(index + 1).expect("a place");
            assert_eq!(*share, 10 * part);
            assert_eq!(loss, (part * part).div_ceil(10));
        }
        // Half as much stake: pledged 1.36 times. What can be lost is never more than there is.
        stage.send(stage.undelegate(ONE)).await;
        let half = report(&mut stage).await;
        assert_eq!((half.leverage_bps, half.all_loss_bps), (13_600, 150));
        stage.send(stage.undelegate(9 * ONE / 10)).await;
        let tenth = report(&mut stage).await;
        assert_eq!((tenth.leverage_bps, tenth.all_loss_bps), (136_000, 100));
        assert_eq!(tenth.avs_loss_bps[15], 26); // 0.0256 of 10
    }
}

#[tokio::test]
async fn nothing_divides_by_zero() {
    let mut stage = Stage::new().await;
    sixteen(&mut stage).await;
    // Pledged, and nothing there: as after a slash of everything.
    let report_without_stake = report(&mut stage).await;
    assert_eq!(report_without_stake.leverage_bps, u32::MAX);
    assert_eq!(report_without_stake.all_loss_bps, 0);
    stage
        .world
        .change_pool(|pool| (pool.idle, pool.delegated) = (0, 7))
        .await;
    stage.world.change_lrt(|lrt| lrt.pools[0].assets = 0).await;
    let report_without_nav = report(&mut stage).await;
    assert_eq!(report_without_nav.nav, 0);
    assert_eq!(report_without_nav.all_loss_bps, u32::MAX);
    assert_eq!(report_without_nav.avs_bps, [u32::MAX; 16]);

    // The largest amounts that a ledger can hold.
    stage
        .world
        .change_pool(|pool| {
            pool.delegated = u64::MAX;
            pool.avss[0].allocated = u64::MAX;
            for row in &mut pool.avss[1..] {
                row.allocated = 0;
            }
        })
        .await;
    stage.world.change_lrt(|lrt| lrt.pools[0].assets = 1).await;
    let largest = report(&mut stage).await;
    assert_eq!(
        (largest.leverage_bps, largest.avs_bps[0]),
        (10_000, u32::MAX)
    );
}

#[tokio::test]
async fn what_has_dripped_is_in_its_nav_and_no_account_is_taken_for_another() {
    let mut stage = Stage::new().await;
    stage.send(stage.delegate(5 * ONE)).await;
    stage.world.start_drip(ONE).await;
    stage.world.warp(50).await;
    assert_eq!(report(&mut stage).await.nav, 10 * ONE + ONE / 2);
    let other = stage.strangers().await;
    let keys = stage.world.keys;
    let ask = keys.risk_report(Some(&stage.operators[0].key));
    stage
        .world
        .refuse_substitutes(
            &ask,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, other.nobody, "AccountOwnedByWrongProgram"),
                (2, other.delegation, "WrongStakePool"),
                (2, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, other.nobody, "AccountOwnedByWrongProgram"),
            ],
        )
        .await;
}
