//! While a slash is proposed: two prices, and who may leave.

use crate::{
    court::{Court, Setup},
    tables::Table,
};
use liquid_restaking_sdk::{
    program::{
        instructions::WithdrawQuote,
        state::{InstantExit, Minted},
    },
    Instruction, ProposalKeys,
};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

/// 50 basis points of the 100 tokens that there are.
const TOLERATED: u64 = 500_000_000;

/// A ticket of 40 that is due, with enough idle to pay it.
async fn due(bond: u64) -> Court {
    let mut court = Court::of(Setup {
        idle: 40 * ONE,
        bond,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.wait_until_due().await;
    court
}

/// The settlement of the head batch.
async fn settlement(court: &mut Court) -> Instruction {
    let head = court.world.pool().await.head_epoch;
    court.world.keys.settle(head)
}

async fn veto(court: &mut Court, on: &ProposalKeys) {
    court.world.veto_slash(on, &court.avss[0]).await;
}

#[tokio::test]
async fn deposits_price_at_nav_and_exits_at_what_is_not_disputed() {
    let mut court = Court::new().await;
    let on = court.propose(0, 10 * ONE).await;
    court.world.warp(1).await;
    let keys = court.world.keys;
    for (after, exit) in [(false, 9 * ONE), (true, 10 * ONE)] {
        if after {
            veto(&mut court, &on).await;
        }
        let world = &mut court.world;
        let minted: Minted = world
            .ask(keys.quote_deposit(10 * ONE))
            .await
            .expect("minted");
        let quote = world.ask(keys.quote_withdraw(10 * ONE)).await;
        let quote: WithdrawQuote = quote.expect("a quote");
        let instant = world.ask(keys.quote_instant(10 * ONE)).await;
        let instant: InstantExit = instant.expect("an exit");
        assert_eq!(minted.net_shares, 10 * ONE);
        assert_eq!((quote.assets_now, instant.net_assets), (exit, exit));
    }
}

#[tokio::test]
async fn what_is_settled_within_the_tolerance_is_paid_at_n_and_a_veto_leaves_the_rest_to_those_who_stayed(
) {
    // 40 · 99.5/100 = 39.8 for the ticket. After the veto 60.2 are there for 60 shares: floor(60 · (60.2 + V) / (60 + V)) for
    // the holder, 0.2 · V / (60 + V) for the virtual shares.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees | burned |        rest |
        | due       | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |           0 |
        | proposed  | 59_700_000_000 | 39_800_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 | 500_000_000 |
        | settled   | 59_700_000_000 | 39_800_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 | 500_000_000 |
        | vetoed    | 60_199_996_666 | 39_800_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |       3_334 |
        ",
    );
    let mut court = due(0).await;
    court.shows(&table, "due").await;
    let on = court.propose(0, TOLERATED).await;
    court.shows(&table, "proposed").await;
    court.world.warp(1).await;
    court.world.settle().await;
    court.shows(&table, "settled").await;
    veto(&mut court, &on).await;
    court.shows(&table, "vetoed").await;
    court.claim().await;
    court.shows(&table, "vetoed").await;
}

#[tokio::test]
async fn what_is_settled_within_the_tolerance_and_executed_is_as_if_all_had_stayed() {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |      burned |        rest |
        | settled   | 59_700_000_000 | 39_800_000_000 | 50_000_000_000 |        0 |   0 |    0 |           0 | 500_000_000 |
        | executed  | 59_700_000_000 | 39_800_000_000 | 50_000_000_000 |        0 |   0 |    0 | 500_000_000 |           0 |
        ",
    );
    let mut court = due(0).await;
    let on = court.propose(0, TOLERATED).await;
    court.world.warp(1).await;
    court.world.settle().await;
    court.shows(&table, "settled").await;
    court.execute(&on).await;
    court.shows(&table, "executed").await;
}

#[tokio::test]
async fn one_unit_above_the_tolerance_settlement_waits_and_claims_nobody_loses_by_a_veto() {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees | burned |        rest |
        | proposed  | 59_699_999_999 | 39_799_999_999 | 50_000_000_000 |        0 |   0 |    0 |      0 | 500_000_002 |
        | settled   | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 |           0 |
        ",
    );
    let mut court = due(0).await;
    let on = court.propose(0, TOLERATED + 1).await;
    court.world.warp(1).await;
    court.shows(&table, "proposed").await;
    let settle = settlement(&mut court).await;
    court
        .world
        .refuse(settle, &[], "DisputeAboveTolerance")
        .await;
    veto(&mut court, &on).await;
    court.world.settle().await;
    court.shows(&table, "settled").await;
}

#[tokio::test]
async fn what_a_bond_covers_does_not_count_for_the_tolerance() {
    for (amount, settles) in [
        (5 * ONE + TOLERATED, true),
        (5 * ONE + TOLERATED + 1, false),
    ] {
        let mut court = due(5 * ONE).await;
        court.propose(0, amount).await;
        court.world.warp(1).await;
        let settle = settlement(&mut court).await;
        let outcome = court.world.try_send(&[settle], &[]).await;
        if settles {
            assert!(outcome.is_ok(), "{outcome:?}");
            assert_eq!(court.world.pool().await.claimable, 39_800_000_000);
        } else {
            assert_eq!(outcome, Err("DisputeAboveTolerance".to_owned()));
        }
    }
}

#[tokio::test]
async fn in_the_slot_of_a_proposal_nothing_is_settled_or_redeemed_and_all_else_goes_on() {
    let mut court = due(0).await;
    let (keys, alice) = (court.world.keys, court.alice.insecure_clone());
    court.propose(0, 1).await; // of one unit, covered or not
    let settle = settlement(&mut court).await;
    let redeem = keys.redeem_instant(&alice.pubkey(), ONE, 0);
    court
        .world
        .refuse(settle.clone(), &[], "ProposalInThisSlot")
        .await;
    court
        .world
        .refuse(redeem.clone(), &[&alice], "ProposalInThisSlot")
        .await;
    // Asking, changing one's mind and depositing do not wait.
    let ticket = court.world.request(&alice, ONE, 7).await;
    let cancel = keys.cancel_withdraw(&ticket);
    court.world.send(&[cancel], &[&alice]).await;
    court.deposit().await;
    court.world.warp(1).await;
    court.world.send(&[settle], &[]).await;
    // A unit is uncovered: 40 shares of 150 get a unit less.
    assert_eq!(court.world.pool().await.claimable, 39_999_999_999);
    court.world.send(&[redeem], &[&alice]).await;
}

#[tokio::test]
async fn an_instant_exit_goes_on_at_n_however_much_is_disputed() {
    // 30 of 100 are disputed: 10 shares take 7. The 3 they leave behind are, after a veto, for those who stayed: 93 for 90
    // shares, floor(60 · (93 + V) / (90 + V)), and the same of the other's 30 and the 7 it has.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees | burned |           rest |
        | proposed  | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 | 30_000_000_000 |
        | exit      | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |      0 | 30_000_000_000 |
        | vetoed    | 61_999_977_778 | 37_999_988_889 | 50_000_000_000 |        0 |   0 |    0 |      0 |         33_333 |
        ",
    );
    let mut court = Court::new().await;
    let on = court.propose(0, 30 * ONE).await;
    court.shows(&table, "proposed").await;
    court.world.warp(1).await;
    let redeem = court.world.keys;
    let redeem = redeem.redeem_instant(&court.bob.pubkey(), 10 * ONE, 0);
    court.world.send(&[redeem], &[&court.bob]).await;
    assert_eq!(court.world.holds(&court.bob).await, (7 * ONE, 30 * ONE));
    court.shows(&table, "exit").await;
    veto(&mut court, &on).await;
    court.shows(&table, "vetoed").await;
}

#[tokio::test]
async fn claims_of_what_is_settled_go_on_whatever_is_disputed_even_in_its_slot() {
    // Idle pays 20 of the ticket's 40; then half of the allocation is disputed.
    let mut court = Court::new().await;
    court.request().await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.propose(0, 30 * ONE).await;
    court.claim().await;
    assert_eq!(court.world.holds(&court.bob).await, (20 * ONE, 0));
    let nothing = court.world.keys;
    let ticket = court.ticket.expect("a ticket");
    let nothing = nothing.claim(&ticket, &court.bob.pubkey());
    court
        .world
        .refuse(nothing, &[&court.bob], "NothingToDo")
        .await;
    // A cancel pays and gives back in the same slot, too: 20 shares, which are worth 14 as long as 30 of 80 are disputed.
    let ticket = court.ticket.take().expect("a ticket");
    let cancel = court.world.keys.cancel_withdraw(&ticket);
    court.world.send(&[cancel], &[&court.bob]).await;
    assert_eq!(court.world.holds(&court.bob).await, (20 * ONE, 20 * ONE));
    court.world.check_invariants().await;
}

#[tokio::test]
async fn a_batch_with_nothing_left_to_settle_passes_during_a_dispute() {
    let mut court = Court::new().await;
    court.request().await;
    let ticket = court.ticket.take().expect("a ticket");
    let cancel = court.world.keys.cancel_withdraw(&ticket);
    court.world.send(&[cancel], &[&court.bob]).await;
    court.world.warp_to_epoch(ticket.batch_epoch + 3).await;
    court.propose(0, 30 * ONE).await;
    court.world.settle().await;
    assert_eq!(court.world.pool().await.queue_length, 0);
}
