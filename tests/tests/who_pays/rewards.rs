//! A reward that drips while a slash takes: neither knows of the other.

use crate::{
    court::{Court, Setup},
    tables::Table,
};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

/// A reward of 10 is paid: commission 5 % of it, 0.5; fee 10 % of the rest, 0.95; the net 8.55 drips over 100 slots.
async fn rewarded() -> (Court, Table) {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |    operator |            AVS |        fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |           0 | 10_000_000_000 |           0 |              0 |              0 |
        | paid      | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 500_000_000 |              0 | 950_000_000 |              0 |  8_550_000_000 |
        | slashed   | 54_513_000_000 | 36_342_000_000 | 50_000_000_000 | 500_000_000 |              0 | 950_000_000 | 10_000_000_000 |  7_695_000_000 |
        | dripped   | 59_130_000_000 | 39_420_000_000 | 50_000_000_000 | 500_000_000 |              0 | 950_000_000 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::of(Setup {
        commission_bps: 500,
        purse: 10 * ONE,
        change: |params| params.reward_fee_bps = 1_000,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.shows(&table, "before").await;
    let authority = court.avss[0].authority.insecure_clone();
    let (operator, avs) = (court.operator.key, court.avss[0].key);
    let keys = court.world.keys;
    let pay = keys.pay_rewards(&authority.pubkey(), &operator, &avs, 10 * ONE);
    court.world.send(&[pay], &[&authority]).await;
    court.shows(&table, "paid").await;
    (court, table)
}

#[tokio::test]
async fn a_slash_while_a_reward_drips_takes_stake_and_not_the_drip() {
    // A tenth of the drip is in the price when the slash is executed: 100 + 0.855 − 10 = 90.855 for 100 shares; at its
    // end 98.55. Commission and fee were owed before and are not slashed.
    let (mut court, table) = rewarded().await;
    court.slash(10 * ONE).await;
    let drip = court.world.lrt().await.pools[0].drip;
    assert_eq!((drip.rest, drip.end - drip.last), (7_695_000_000, 90));
    court.shows(&table, "slashed").await;
    court.world.warp(90).await;
    court.shows(&table, "dripped").await;
}

#[tokio::test]
async fn commission_and_fee_of_before_a_slash_are_paid_after_it() {
    let (mut court, _) = rewarded().await;
    court.slash(10 * ONE).await;
    let (keys, wallet) = (court.world.keys, court.world.fee_wallet.pubkey());
    let operator = court.operator.authority.pubkey();
    let collect = [
        keys.collect_commission(&court.operator.key, &operator, &operator),
        keys.collect_fees(&wallet, &wallet),
    ];
    let signers = [
        &court.operator.authority.insecure_clone(),
        &court.world.fee_wallet.insecure_clone(),
    ];
    court.world.send(&collect, &signers).await;
    for (owner, paid) in [(operator, 500_000_000), (wallet, 950_000_000)] {
        let key = keys.of(&owner).collateral;
        assert_eq!(court.world.balance(&key).await, paid);
    }
    // What is left is the holders' and the drip's.
    let vault = court.world.balance(&keys.vault).await;
    assert_eq!(vault, 98_550_000_000);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_reward_that_is_paid_during_a_dispute_is_everybodys_who_stays() {
    // No fees. Ten slots later a tenth of the reward is in the price: 100 + 1 − 10 = 91, in the end 100 for 100 shares.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator |            AVS | fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 | 10_000_000_000 |    0 |              0 |              0 |
        | proposed  | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 | 10_000_000_000 |    0 |              0 | 10_000_000_000 |
        | paid      | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |              0 |    0 |              0 | 20_000_000_000 |
        | slashed   | 54_600_000_000 | 36_400_000_000 | 50_000_000_000 |        0 |              0 |    0 | 10_000_000_000 |  9_000_000_000 |
        | dripped   | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |              0 |    0 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::of(Setup {
        purse: 10 * ONE,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    let authority = court.avss[0].authority.insecure_clone();
    let (operator, avs) = (court.operator.key, court.avss[0].key);
    let keys = court.world.keys;
    let pay = keys.pay_rewards(&authority.pubkey(), &operator, &avs, 10 * ONE);
    court.world.send(&[pay], &[&authority]).await;
    court.shows(&table, "paid").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    court.world.warp(90).await;
    court.shows(&table, "dripped").await;
}
