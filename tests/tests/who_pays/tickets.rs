//! A slash at every moment of a ticket's life. Queued shares bear it like every holder's; settled ones never.

use crate::{
    court::{Court, Setup},
    tables::Table,
};
use liquid_restaking_tests::ONE;

#[tokio::test]
async fn a_slash_before_the_request_is_borne_alike() {
    // 100 shares, 90 left: 60 · 0.9 and 40 · 0.9.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned | rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |    0 |
        | slashed   | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |    0 |
        | left      | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |    0 |
        ",
    );
    let mut court = Court::of(Setup {
        idle: 40 * ONE,
        ..Setup::default()
    })
    .await;
    court.shows(&table, "before").await;
    court.slash(10 * ONE).await;
    court.shows(&table, "slashed").await;
    court.request().await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.claim().await;
    court.shows(&table, "left").await;
}

#[tokio::test]
async fn a_slash_between_request_and_settlement_is_borne_alike() {
    // The same as before the request: nobody gets ahead of a slash by asking.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | requested | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | proposed  | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 10_000_000_000 |
        | slashed   | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        | left      | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::of(Setup {
        idle: 40 * ONE,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.shows(&table, "requested").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.claim().await;
    court.shows(&table, "left").await;
}

#[tokio::test]
async fn a_slash_between_settlement_and_claim_is_borne_by_those_who_stayed() {
    // 60 shares, 50 left; the ticket's 40 were out of the supply before.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | settled   | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | proposed  | 50_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 10_000_000_000 |
        | slashed   | 50_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        | claimed   | 50_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::of(Setup {
        idle: 40 * ONE,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.shows(&table, "settled").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    court.claim().await;
    court.shows(&table, "claimed").await;
}

#[tokio::test]
async fn a_slash_during_a_partial_settlement_is_borne_by_the_part_that_is_not_settled() {
    // 20 of the ticket's 40 shares are settled at par. 80 shares are left, and 70 tokens: 60 · 70/80 = 52.5 for the holder,
    // 20 + 20 · 70/80 = 37.5 for the ticket.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | requested | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | half      | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | proposed  | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 10_000_000_000 |
        | claimed   | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 10_000_000_000 |
        | slashed   | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        | left      | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.shows(&table, "requested").await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.shows(&table, "half").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.claim().await;
    assert_eq!(court.world.holds(&court.bob).await, (20 * ONE, 0));
    court.shows(&table, "claimed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    court.world.undelegate(&court.operator, 20 * ONE).await;
    court.world.settle().await;
    court.claim().await;
    court.shows(&table, "left").await;
    assert_eq!(court.world.holds(&court.bob).await.0, 37_500_000_000);
}

#[tokio::test]
async fn who_cancels_after_a_slash_has_shares_of_what_is_left() {
    // Half of it is settled; the other 20 shares come back, worth 20 · 70/80.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | half      | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | slashed   | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        | cancelled | 52_500_000_000 | 37_500_000_000 | 50_000_000_000 |        0 |   0 |    0 | 10_000_000_000 |              0 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.shows(&table, "half").await;
    court.slash(10 * ONE).await;
    court.shows(&table, "slashed").await;
    let ticket = court.ticket.take().expect("a ticket");
    let cancel = court.world.keys.cancel_withdraw(&ticket);
    court.world.send(&[cancel], &[&court.bob]).await;
    assert_eq!(court.world.holds(&court.bob).await, (20 * ONE, 20 * ONE));
    court.shows(&table, "cancelled").await;
}
