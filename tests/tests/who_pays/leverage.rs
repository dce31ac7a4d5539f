//! Two AVSs slash one operator. The bond belongs to no proposal, and pays once.

use crate::{
    court::{half, Court, Setup},
    tables::Table,
};
use liquid_restaking_sdk::program::{
    events::SlashExecuted,
    state::{AvsTerms, Slashed},
};
use liquid_restaking_tests::ONE;

/// Windows of 100 slots each: long enough for another AVS to slash twice meanwhile.
fn slow() -> AvsTerms {
    AvsTerms {
        veto_window: 100,
        execution_window: 100,
        exit_delay: 300,
        slash_window: 300,
        ..half()
    }
}

const INDEPENDENT: &str = "
    | when      |         holder |         ticket |      depositor |       operator | AVS | fees |         burned |           rest |
    | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 10_000_000_000 |   0 |    0 |              0 |              0 |
    | one       | 54_000_000_000 | 36_000_000_000 | 50_000_000_000 | 10_000_000_000 |   0 |    0 |              0 | 10_000_000_000 |
    | both      | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 | 10_000_000_000 |   0 |    0 |              0 | 30_000_000_000 |
    | first     | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 |              0 |   0 |    0 | 20_000_000_000 | 20_000_000_000 |
    | second    | 42_000_000_000 | 28_000_000_000 | 50_000_000_000 |              0 |   0 |    0 | 40_000_000_000 |              0 |
    ";

/// Both propose 20, and execute in that order. Uncovered: 20 − 10, then 40 − 10; after the first execution 20 − 0.
async fn independent(order: [usize; 2]) {
    let table = Table::of(INDEPENDENT);
    let mut court = Court::of(Setup {
        allocated: vec![40 * ONE; 2],
        terms: vec![half(); 2],
        bond: 10 * ONE,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.shows(&table, "before").await;
    let first = court.propose(0, 20 * ONE).await;
    court.shows(&table, "one").await;
    let second = court.propose(1, 20 * ONE).await;
    court.shows(&table, "both").await;
    let [earlier, later] = order.map(|index| [first, second][index]);
    court.execute(&earlier).await;
    court.shows(&table, "first").await;
    court.execute(&later).await;
    court.shows(&table, "second").await;
    for (on, parts) in [(earlier, (10 * ONE, 10 * ONE)), (later, (0, 20 * ONE))] {
        let proposal = court.world.proposal(&on).await;
        assert_eq!((proposal.from_bond, proposal.from_stake), parts);
    }
    let delegation = court.world.delegation(&court.operator).await;
    assert_eq!((delegation.active, delegation.bond), (50 * ONE, 0));
}

#[tokio::test]
async fn at_leverage_one_two_slashes_are_independent_and_the_bond_pays_once() {
    independent([0, 1]).await;
}

#[tokio::test]
async fn at_leverage_one_the_order_changes_nothing_for_holders() {
    independent([1, 0]).await;
}

#[tokio::test]
async fn at_leverage_two_the_later_one_gets_what_is_left_and_says_how_much_it_was_short() {
    // 80 are pledged to both. The slow one proposes 40, the quick one 40: min(80, 80) uncovered. Half of the quick one's room
    // is back when it proposes 20 more: of 60 disputed no more than the 40 that are left are uncovered. It takes them
    // first, 20 are left for the slow one's 40: 20 short.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor | operator | AVS | fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 |              0 |
        | slow      | 36_000_000_000 | 24_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 40_000_000_000 |
        | both      | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |        0 |   0 |    0 |              0 | 80_000_000_000 |
        | quick     | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 40_000_000_000 | 40_000_000_000 |
        | again     | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 40_000_000_000 | 40_000_000_000 |
        | twice     | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 60_000_000_000 | 20_000_000_000 |
        | all       | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |        0 |   0 |    0 | 80_000_000_000 |              0 |
        ",
    );
    let short = Slashed {
        from_bond: 0,
        from_stake: 20 * ONE,
        short: 20 * ONE,
    };
    overtaken(0, &table, 20 * ONE, short).await;
}

#[tokio::test]
async fn at_leverage_two_a_bond_is_drawn_on_by_whoever_comes_first() {
    // As above with a bond of 6: 40 − 6 and 80 − 6 uncovered. The quick one takes 6 + 34, then 23 of the 46 that are left;
    // the slow one gets the other 23 of its 40.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |      operator | AVS | fees |         burned |           rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 6_000_000_000 |   0 |    0 |              0 |              0 |
        | slow      | 39_600_000_000 | 26_400_000_000 | 50_000_000_000 | 6_000_000_000 |   0 |    0 |              0 | 34_000_000_000 |
        | both      | 15_600_000_000 | 10_400_000_000 | 50_000_000_000 | 6_000_000_000 |   0 |    0 |              0 | 74_000_000_000 |
        | quick     | 15_600_000_000 | 10_400_000_000 | 50_000_000_000 |             0 |   0 |    0 | 40_000_000_000 | 40_000_000_000 |
        | again     | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |             0 |   0 |    0 | 40_000_000_000 | 46_000_000_000 |
        | twice     | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |             0 |   0 |    0 | 63_000_000_000 | 23_000_000_000 |
        | all       | 12_000_000_000 |  8_000_000_000 | 50_000_000_000 |             0 |   0 |    0 | 86_000_000_000 |              0 |
        ",
    );
    let short = Slashed {
        from_bond: 0,
        from_stake: 23 * ONE,
        short: 17 * ONE,
    };
    overtaken(6 * ONE, &table, 23 * ONE, short).await;
}

/// The quick AVS slashes twice, to its cap, while the slow one's proposal waits.
async fn overtaken(bond: u64, table: &Table, again: u64, expected: Slashed) {
    let mut court = Court::of(Setup {
        allocated: vec![80 * ONE; 2],
        terms: vec![half(), slow()],
        bond,
        change: |params| params.leverage_bps = 20_000,
        ..Setup::default()
    })
    .await;
    court.request().await;
    court.shows(table, "before").await;
    let slow = court.propose(1, 40 * ONE).await;
    court.shows(table, "slow").await;
    let quick = court.propose(0, 40 * ONE).await;
    court.shows(table, "both").await;
    court.execute(&quick).await;
    court.shows(table, "quick").await;
    court.world.warp(90).await;
    let more = court
        .world
        .proposal_instruction(&court.operator, &court.avss[0], again + 1);
    let (more, _) = more.await;
    let slasher = court.avss[0].slasher.insecure_clone();
    court
        .world
        .refuse(more, &[&slasher], "SlashExceedsRoom")
        .await;
    let quick = court.propose(0, again).await;
    court.shows(table, "again").await;
    court.execute(&quick).await;
    court.shows(table, "twice").await;

    let execute = court.execution(&slow);
    let event: SlashExecuted = court.event(execute, &[]).await;
    assert_eq!(event.slashed, expected);
    assert_eq!(event.before.nav - event.after.nav, expected.from_stake);
    assert_eq!(event.after.nav, 20 * ONE);
    court.execute(&slow).await;
    court.shows(table, "all").await;
    let proposal = court.world.proposal(&slow).await;
    assert_eq!(
        (proposal.amount, proposal.from_bond, proposal.from_stake),
        (40 * ONE, 0, expected.from_stake)
    );
    let delegation = court.world.delegation(&court.operator).await;
    assert_eq!((delegation.active, delegation.disputed), (0, 0));

    // What was idle is left, and leaves.
    court.wait_until_due().await;
    court.world.settle().await;
    court.claim().await;
    court.shows(table, "all").await;
    assert_eq!(court.world.holds(&court.bob).await, (8 * ONE, 0));
}
