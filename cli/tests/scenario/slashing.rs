//! Slashes: proposed, vetoed, executed, expired, and who bears them.

use super::{at, collateral, refused, run};
use serde_json::Value;

fn number(line: &Value, path: &str) -> u64 {
    line.pointer(path).and_then(Value::as_u64).expect(path)
}

#[test]
fn the_rate_falls_by_exactly_the_slash_for_holders_and_queued_ticket_alike_in_its_slot() {
    let steps = run("slash.json");
    let expected = [
        (12, "NotSlasher"),
        (13, "SlashExceedsRoom"), // 20 % of 5 000 000 000
        (15, "ProposalOpen"),
        (16, "ProposalInThisSlot"),
        (17, "BondLocked"),
        (19, "VetoWindowRunning"), // the last slot of the veto window
        (20, "ExecutionWindowRunning"),
        (21, "DisputeAboveTolerance"),
        (23, "VetoWindowOver"), // one slot later
        (25, "ProposalEnded"),
        (29, "ProposalBlocked"),
        (31, "SlashExceedsRoom"), // 20 % of 4 500 000 000, less 600 000 000, of which 100 000 000 have leaked out
    ];
    assert_eq!(refused(&steps), expected);
    // What no bond covers is disputed: nav stays, exits count it as lost.
    let (before, proposed, executed) = (at(&steps, 13), at(&steps, 14), at(&steps, 24));
    assert_eq!(number(before, "/lrt/nav"), number(proposed, "/lrt/nav"));
    assert_eq!(number(proposed, "/lrt/disputed"), 500_000_000);
    assert_eq!(
        number(proposed, "/allocations/anchor~1oracle/disputed"),
        600_000_000
    );
    // The bond pays 100 000 000, the holders 500 000 000, the AVS's wallet gets both.
    let waiting = at(&steps, 22);
    assert_eq!(waiting["slot"], executed["slot"]);
    for (path, taken) in [
        ("/lrt/nav", 500_000_000),
        ("/lrt/supply", 0),
        ("/lrt/disputed", 500_000_000),
        ("/pool/delegated", 500_000_000),
        ("/pool/bonds", 100_000_000),
        ("/pool/idle", 0),
        ("/pool/vault_balance", 600_000_000),
        ("/operators/anchor/active", 500_000_000),
        ("/operators/anchor/bond", 100_000_000),
        ("/allocations/anchor~1oracle/stake", 500_000_000),
    ] {
        let fell = number(waiting, path) - number(executed, path);
        assert_eq!(fell, taken, "{path}");
    }
    assert_eq!(number(executed, "/users/carol/collateral"), 600_000_000);
    // In this slot a queued ticket of 2 000 000 000 and as many shares in a wallet are both worth 95 %.
    let (claimed, left) = (at(&steps, 27), at(&steps, 28));
    assert_eq!(
        (&claimed["slot"], &left["slot"]),
        (&executed["slot"], &executed["slot"])
    );
    assert_eq!(number(claimed, "/users/alice/collateral"), 1_900_000_000);
    assert_eq!(number(left, "/users/bob/collateral"), 1_900_000_000);
    // Without a bond the second slash is the holders' alone: 5.3 of 6 for each share, whoever goes first.
    assert_eq!(number(at(&steps, 34), "/lrt/nav"), 5_300_000_000);
    let rest = 1_900_000_000 + 441_666_666;
    assert_eq!(
        (collateral(&steps, "alice"), collateral(&steps, "bob")),
        (rest, rest)
    );
}

#[test]
fn a_dispute_holds_settlement_up_and_who_stays_gains_by_the_veto() {
    let steps = run("veto.json");
    let expected = [
        (12, "NotFound"), // nothing was proposed
        (18, "ProposalInThisSlot"),
        (19, "ProposalInThisSlot"),
        (21, "DisputeAboveTolerance"),
        (25, "NotResolver"),
        (27, "ProposalEnded"),
        (31, "ProposalBlocked"), // 4 veto windows, less one slot
        (35, "ExecutionWindowRunning"),
        (37, "ExecutionWindowOver"),
        (42, "ProposalBlocked"), // the second failure blocks the whole pool
        (44, "ProposalBlocked"), // 4 · 55 · 2 slots, less one
    ];
    assert_eq!(refused(&steps), expected);
    // Exits at n: nine tenths. Deposits at nav, which has risen by what was left behind.
    let left = at(&steps, 22);
    assert_eq!(number(left, "/users/bob/collateral"), 900_000_000);
    assert_eq!(
        (number(left, "/lrt/nav"), number(left, "/lrt/supply")),
        (9_100_000_000, 9_000_000_000)
    );
    let shares = 1_000_000_000u64 * 9_001_000 / 9_101_000; // with the virtual units
    assert_eq!(number(at(&steps, 23), "/users/carol/lrt"), shares);
    // After the veto the ticket that waited gets its part of what bob left: 1 000 000 000 · 10.101 / 9.990012196.
    assert_eq!(number(at(&steps, 28), "/pool/claimable"), 1_011_109_876);
    assert_eq!(number(at(&steps, 28), "/lrt/disputed"), 0);
    // A dispute within the tolerance holds nothing up: the ticket is settled at n, 40 000 000 below nav.
    let settled = at(&steps, 39);
    assert_eq!(number(settled, "/lrt/disputed"), 40_000_000);
    assert_eq!(number(settled, "/pool/claimable"), 503_330_247);
    assert_eq!(
        number(at(&steps, 40), "/allocations/anchor~1oracle/stake"),
        5_000_000_000
    );
    assert_eq!(collateral(&steps, "alice"), 1_011_109_876 + 503_330_247);
}

#[test]
fn at_leverage_two_the_later_avs_is_short() {
    let steps = run("leverage_slash.json");
    let expected = [
        (13, "StakeNotFree"),
        (16, "VetoWindowRunning"),
        (18, "SlashExceedsRoom"),
    ];
    assert_eq!(refused(&steps), expected);
    // Two AVSs dispute 2 500 000 000 each of the same 5 000 000 000.
    let numbers = [12, 15, 19, 21, 23].map(|step| {
        let line = at(&steps, step);
        let part = |path| number(line, path);
        (
            part("/lrt/nav"),
            part("/lrt/disputed"),
            part("/operators/anchor/active"),
        )
    });
    let expected = [
        (10_000_000_000, 5_000_000_000, 5_000_000_000),
        (7_500_000_000, 2_500_000_000, 2_500_000_000),
        (7_500_000_000, 2_500_000_000, 2_500_000_000), // 3 750 000 000 are disputed, no more can be lost
        (6_250_000_000, 1_250_000_000, 1_250_000_000),
        (5_000_000_000, 0, 0),
    ];
    assert_eq!(numbers, expected);
    // The bridge proposed 2 500 000 000 and gets what the oracle has left.
    let last = at(&steps, 23);
    assert_eq!(number(last, "/users/bob/collateral"), 1_250_000_000);
    assert_eq!(
        number(last, "/allocations/anchor~1bridge/stake"),
        3_750_000_000
    );
    assert_eq!(number(last, "/allocations/anchor~1bridge/disputed"), 0);
    assert_eq!(collateral(&steps, "alice"), 5_000_000_000);
}

#[test]
fn an_ended_avs_gets_no_new_room_and_lets_go_one_exit_delay_after_its_end() {
    let steps = run("end_avs.json");
    let expected = [
        (9, "NotGuardian"),
        (11, "NothingToDo"),
        (12, "AvsEnded"),
        (17, "SlashExceedsRoom"), // 10 % of 4 700 000 000, less the 300 000 000 taken: nothing has leaked out
        (22, "NothingToDo"),      // one slot early
        (23, "StakeNotFree"),
        (25, "AvsEnded"), // nothing is left to slash
    ];
    assert_eq!(refused(&steps), expected);
    let (end, out) = (at(&steps, 10), at(&steps, 16));
    assert_eq!(number(out, "/slot") - number(end, "/slot"), 55);
    assert_eq!(
        number(out, "/allocations/anchor~1oracle/cooling"),
        4_700_000_000
    );
    // 100 slots from the end, not from the deallocation, rounded up to the grid of 15.
    assert_eq!(
        (number(end, "/slot"), number(at(&steps, 26), "/slot")),
        (102_106, 102_210)
    );
    assert_eq!(number(at(&steps, 27), "/pool/idle"), 9_530_000_000);
}
