//! A slash of everything, and of all but a few units. The cap is one half a window: two AVSs at leverage 2 take all of it.

use crate::{
    court::{half, Court, Setup},
    tables::Table,
};
use liquid_restaking_sdk::program::{
    instructions::WithdrawQuote,
    state::{RiskReport, YieldReport},
};
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

/// All but `idle` is delegated, pledged twice, and slashed twice by one half. The ticket waits in the queue.
async fn slashed(idle: u64, purse: u64) -> Court {
    let pledged = 100 * ONE - idle;
    let mut court = Court::of(Setup {
        idle,
        allocated: vec![pledged; 2],
        terms: vec![half(); 2],
        purse,
        change: |params| params.leverage_bps = 20_000,
        ..Setup::default()
    })
    .await;
    court.request().await;
    let proposals = [
        court.propose(0, pledged / 2).await,
        court.propose(1, pledged / 2).await,
    ];
    for on in proposals {
        court.execute(&on).await;
    }
    court
}

/// Every question that can be asked has an answer.
async fn assert_answers(world: &mut World, worth: u64) {
    let keys = world.keys;
    let quote: WithdrawQuote = world
        .ask(keys.quote_withdraw(60 * ONE))
        .await
        .expect("a quote");
    assert_eq!(quote.assets_now, worth);
    let _: RiskReport = world.ask(keys.risk_report(None)).await.expect("a report");
    let _: YieldReport = world.yield_report(&[]).await;
    world.check_invariants().await;
}

#[tokio::test]
async fn after_a_total_loss_exits_pay_nothing_and_still_settle_until_a_reward_brings_value_back() {
    // 60 shares are left once the ticket is settled. Deposits are open again from nav = 60 / 10,000 = 6,000,000 units on: not
    // at the first slot's 5,999,999 of the reward, but at the second's 11,999,998. Then
    // floor(50 · (60 + V) / (11,999,998 + V)) = 230,773.112426632 shares, V = 1,000,000, of which 50.011999998 are the assets:
    // a newcomer to an LRT that is all but worthless lends the virtual units up to V.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator |         AVS | fees |          burned |        rest |
        | nothing   |              0 |              0 | 50_000_000_000 |        0 | 599_999_900 |    0 | 100_000_000_000 |           0 |
        | claimed   |              0 |              0 | 50_000_000_000 |        0 | 599_999_900 |    0 | 100_000_000_000 |           0 |
        | paid      |              0 |              0 | 50_000_000_000 |        0 |           0 |    0 | 100_000_000_000 | 599_999_900 |
        | one slot  |      5_999_999 |              0 | 50_000_000_000 |        0 |           0 |    0 | 100_000_000_000 | 593_999_901 |
        | two slots |     11_999_998 |              0 | 50_000_000_000 |        0 |           0 |    0 | 100_000_000_000 | 587_999_902 |
        | deposited |     12_999_521 |              0 | 49_999_000_476 |        0 |           0 |    0 | 100_000_000_000 | 587_999_903 |
        ",
    );
    let mut court = slashed(0, 599_999_900).await;
    court.shows(&table, "nothing").await;
    let lrt = court.world.lrt().await;
    assert_eq!((lrt.nav().expect("a sum"), lrt.supply), (0, 100 * ONE));
    assert_answers(&mut court.world, 0).await;
    let (keys, alice, carol) = (court.world.keys, court.alice.pubkey(), court.carol.pubkey());
    let deposit = keys.deposit(&carol, 50 * ONE, 0);
    let carol = court.carol.insecure_clone();
    court
        .world
        .refuse(deposit.clone(), &[&carol], "LrtWorthless")
        .await;
    let redeem = keys.redeem_instant(&alice, ONE, 0);
    court
        .world
        .refuse(redeem, &[&court.alice], "NothingLeft")
        .await;

    court.wait_until_due().await;
    court.world.settle().await;
    court.claim().await;
    assert!(court.ticket.is_none());
    court.shows(&table, "claimed").await;
    assert_eq!(court.world.lrt().await.supply, 60 * ONE);

    let authority = court.avss[0].authority.insecure_clone();
    let (operator, avs) = (court.operator.key, court.avss[0].key);
    let pay = keys.pay_rewards(&authority.pubkey(), &operator, &avs, 599_999_900);
    court.world.send(&[pay], &[&authority]).await;
    court.shows(&table, "paid").await;
    court.world.warp(1).await;
    court.shows(&table, "one slot").await;
    court.world.refuse(deposit, &[&carol], "LrtWorthless").await;
    court.world.warp(1).await;
    court.shows(&table, "two slots").await;
    assert_answers(&mut court.world, 11_999_998).await;
    court.deposit().await;
    court.shows(&table, "deposited").await;

    // Both leave; nothing but rounding stays behind.
    let mut tickets = Vec::new();
    for user in [&court.alice, &court.carol] {
        let shares = court.world.holds(user).await.1;
        tickets.push(court.world.request(user, shares, 2).await);
    }
    court.world.warp_to_due(&tickets[0]).await;
    court.world.settle().await;
    for (ticket, user) in tickets.iter().zip([&court.alice, &court.carol]) {
        court.world.claim(ticket, user).await;
    }
    assert_eq!(court.world.lrt().await.supply, 0);
    let paid = court.world.holds(&court.alice).await.0 + court.world.holds(&court.carol).await.0;
    let left = court.world.balance(&keys.vault).await;
    assert_eq!(paid + left, 50_599_999_900);
    assert!(left <= 2, "{left}");
    court.world.check_invariants().await;
}

#[tokio::test]
async fn with_four_units_left_whoever_leaves_first_takes_no_more_than_a_share() {
    // Idle 3 and one unit of stake that two halves of an odd number leave: 4 for 100 shares. floor(40 · 4/100) = 1 and
    // floor(60 · 4/100) = 2; once the first has left, 3 for 60 shares. With the virtual units the first would have taken
    // floor(40 · (4 + V) / (100 + V)) = 400,001 of four.
    let table = Table::of(
        "
        | when      | holder |         ticket |      depositor | operator | AVS | fees |         burned | rest |
        | slashed   |      2 |              1 | 50_000_000_000 |        0 |   0 |    0 | 99_999_999_996 |    1 |
        | settled   |      3 |              1 | 50_000_000_000 |        0 |   0 |    0 | 99_999_999_996 |    0 |
        | claimed   |      3 |              1 | 50_000_000_000 |        0 |   0 |    0 | 99_999_999_996 |    0 |
        ",
    );
    let mut court = slashed(3, 0).await;
    court.shows(&table, "slashed").await;
    assert_answers(&mut court.world, 2).await;
    court.wait_until_due().await;
    court.world.settle().await;
    court.shows(&table, "settled").await;
    court.claim().await;
    court.shows(&table, "claimed").await;
}

#[tokio::test]
async fn with_four_units_left_an_instant_exit_takes_no_more_than_a_share_either() {
    let table = Table::of(
        "
        | when      | holder | ticket |      depositor | operator | AVS | fees |         burned | rest |
        | slashed   |      2 |      1 | 50_000_000_000 |        0 |   0 |    0 | 99_999_999_996 |    1 |
        | exit      |      2 |      1 | 50_000_000_000 |        0 |   0 |    0 | 99_999_999_996 |    1 |
        ",
    );
    let mut court = slashed(3, 0).await;
    court.shows(&table, "slashed").await;
    // The ticket's shares are a wallet's again; its owner sells 26 of 40 at once: floor(26 · 4/100) = 1.
    let ticket = court.ticket.take().expect("a ticket");
    let keys = court.world.keys;
    let bob = court.bob.insecure_clone();
    let cancel = keys.cancel_withdraw(&ticket);
    let exit = keys.redeem_instant(&bob.pubkey(), 26 * ONE, 0);
    court.world.send(&[cancel, exit], &[&bob]).await;
    assert_eq!(court.world.holds(&bob).await, (1, 14 * ONE));
    court.shows(&table, "exit").await;
}

#[tokio::test]
async fn an_avs_alone_halves_window_after_window_and_never_takes_all() {
    // 60, 30, 15, 7.5 are left of the allocation; 40 are idle or free all the while.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | once      | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 30_000_000_000 |              0 |
        | twice     | 33_000_000_000 | 22_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 45_000_000_000 |              0 |
        | thrice    | 28_500_000_000 | 19_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 52_500_000_000 |              0 |
        ",
    );
    let mut court = Court::new().await;
    court.request().await;
    court.shows(&table, "before").await;
    for (when, amount) in [
        ("once", 30 * ONE),
        ("twice", 15 * ONE),
        ("thrice", 7_500_000_000),
    ] {
        let (more, _) = court
            .world
            .proposal_instruction(&court.operator, &court.avss[0], amount + 1)
            .await;
        let slasher = court.avss[0].slasher.insecure_clone();
        court
            .world
            .refuse(more, &[&slasher], "SlashExceedsRoom")
            .await;
        court.slash(amount).await;
        court.shows(&table, when).await;
        court.world.warp(100).await;
    }
    court.wait_until_due().await;
    court.world.settle().await;
    court.claim().await;
    court.shows(&table, "thrice").await;
}
