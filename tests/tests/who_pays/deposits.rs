//! Who deposits while a slash is proposed, or after it.

use crate::{court::Court, tables::Table};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

#[tokio::test]
async fn who_deposits_between_proposal_and_execution_bears_it_too() {
    // Deposits price at nav, 100 for 100 shares: 50 shares. Then 140 are left for 150: 60 · 140/150, 40 · 140/150 and
    // 50 · 140/150, rounded down.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | proposed  | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 10_000_000_000 |
        | deposited | 56_000_000_000 | 37_333_333_333 | 46_666_666_666 |        0 |   0 |    0 |              0 | 10_000_000_001 |
        | slashed   | 56_000_000_000 | 37_333_333_333 | 46_666_666_666 |        0 |   0 |    0 | 10_000_000_000 |              1 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.deposit().await;
    assert_eq!(court.world.holds(&court.carol).await, (0, 50 * ONE));
    court.shows(&table, "deposited").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
}

#[tokio::test]
async fn who_deposits_after_the_execution_bears_nothing_but_the_virtual_units() {
    // floor(50 · (100 + V) / (90 + V)) = 55.555493827 shares, V a thousandth of a token. With 140 for 155.555493827 shares
    // each has floor(shares · 140 / 155.555493827): below par the virtual units cost a newcomer something, here 35,715 units,
    // and at most V.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned | rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |    0 |
        | slashed   | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |    0 |
        | deposited | 54_000_021_428 | 36_000_014_285 | 49_999_964_285 |        0 |   0 |    0 | 10_000_000_000 |    2 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.shows(&table, "before").await;
    court.slash(10 * ONE).await;
    court.shows(&table, "slashed").await;
    court.deposit().await;
    assert_eq!(court.world.holds(&court.carol).await, (0, 55_555_493_827));
    court.shows(&table, "deposited").await;
}

#[tokio::test]
async fn a_veto_after_a_deposit_gives_everybody_everything_back() {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees | burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |              0 |
        | deposited | 56_000_000_000 | 37_333_333_333 | 46_666_666_666 |        0 |   0 |    0 |      0 | 10_000_000_001 |
        | vetoed    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |              0 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.deposit().await;
    court.shows(&table, "deposited").await;
    court.world.warp(9).await;
    court.world.veto_slash(&on, &court.avss[0]).await;
    court.shows(&table, "vetoed").await;
}

#[tokio::test]
async fn what_an_instant_exit_leaves_behind_before_a_veto_belongs_to_those_who_stayed() {
    // The leaver takes floor(40 · 140 / 150) = 37.333333333 and leaves 2.666666667 behind. After the veto 112.666666667 are
    // there for 110 shares: floor(60 · (112.666666667 + V) / (110 + V)) and floor(50 · (112.666666667 + V) / (110 + V)); the
    // virtual shares keep 2.666666667 · V / (110 + V) of it.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees | burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |              0 |
        | deposited | 56_000_000_000 | 37_333_333_333 | 46_666_666_666 |        0 |   0 |    0 |      0 | 10_000_000_001 |
        | left      | 56_000_000_000 | 37_333_333_333 | 46_666_666_666 |        0 |   0 |    0 |      0 | 10_000_000_001 |
        | vetoed    | 61_454_532_231 | 37_333_333_333 | 51_212_110_193 |        0 |   0 |    0 |      0 |         24_243 |
        ",
    );
    let mut court = Court::new().await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.deposit().await;
    court.shows(&table, "deposited").await;
    court.world.warp(1).await;
    let keys = court.world.keys;
    let redeem = keys.redeem_instant(&court.bob.pubkey(), 40 * ONE, 0);
    court.world.send(&[redeem], &[&court.bob]).await;
    assert_eq!(court.world.holds(&court.bob).await, (37_333_333_333, 0));
    court.shows(&table, "left").await;
    court.world.veto_slash(&on, &court.avss[0]).await;
    court.shows(&table, "vetoed").await;
}
