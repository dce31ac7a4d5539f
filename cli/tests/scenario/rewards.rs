//! Rewards in collateral and in other tokens, and the yield taken apart.

use super::{at, collateral, refused, run, scenarios};
use liquid_restaking_sdk::yields::YieldBreakdown;
use lrt_cli::{
    program_file,
    scenario::{parse, Runner, Step},
};

/// A world of the file's, and its steps.
pub fn world(file: &str) -> (Runner, Vec<Step>) {
    let text = std::fs::read_to_string(scenarios().join(file)).expect("a file");
    let scenario = parse(&text).expect("a sound scenario");
    let elf = program_file::read(None).expect("the program is built");
    let runner = Runner::new(&elf, &scenario.setup, &scenario.users).expect("a world");
    (runner, scenario.steps)
}

#[test]
fn rewards_drip_to_those_who_are_there_and_owners_collect_the_rest() {
    let steps = run("rewards.json");
    let expected = [(9, "NothingToDo"), (12, "ZeroAmount"), (27, "NothingToDo")];
    assert_eq!(refused(&steps), expected);
    // 100 000 000: a tenth is the operator's, a tenth of the rest a fee, 81 000 000 drip.
    let paid = at(&steps, 13);
    let pool = &paid["pool"];
    assert_eq!(
        (&pool["drip"], &pool["fees_owed"]),
        (&81_000_000.into(), &9_000_000.into())
    );
    assert!(
        pool["operators_owed"] == 10_000_000 && paid["operators"]["anchor"]["owed"] == 10_000_000
    );
    assert_eq!(paid["lrt"]["nav"], 4_000_000_000u64); // no price moves in the slot of a reward
                                                      // Bob came just after it and leaves half-way: half of what has dripped, which is half of it.
    assert_eq!(collateral(&steps[..16], "bob"), 4_020_247_469); // the virtual units have a little of it
                                                                // Another joins: 40 500 000 with 50 slots left and 40 500 000 with 100 end after 75.
    assert_eq!(at(&steps, 18)["lrt"]["nav"], 4_101_252_531u64);
    assert_eq!(at(&steps, 18)["pool"]["drip"], 0);
    // The slash of 200 000 000 hits alice, who was there all along, and carol, who had just come, alike.
    let (before, after) = (at(&steps, 22), at(&steps, 23));
    assert!(before["lrt"]["nav"] == 8_101_293_031u64 && after["lrt"]["nav"] == 7_901_293_031u64);
    assert_eq!(collateral(&steps, "alice"), 4_000_400_516);
    let collected = at(&steps, 26);
    assert!(collected["pool"]["fees_owed"] == 0 && collected["pool"]["operators_owed"] == 0);
    assert_eq!(collected["operators"]["anchor"]["owed"], 0);
    let left = at(&steps, 25)["pool"]["vault_balance"]
        .as_u64()
        .expect("a number")
        - collected["pool"]["vault_balance"]
            .as_u64()
            .expect("a number");
    assert_eq!(left, 13_590_000 + 15_100_000);
}

#[test]
fn the_yield_is_taken_apart_to_the_last_part_of_a_unit() {
    let (mut runner, steps) = world("rewards.json");
    let mut readings = Vec::new();
    for (number, step) in (1..).zip(&steps) {
        if number == 13 {
            readings.push(runner.yield_report().expect("a reading"));
        }
        runner.step(step).expect("a line");
        if number == 26 {
            readings.push(runner.yield_report().expect("a reading"));
        }
    }
    let parts = YieldBreakdown::between(&readings[0], &readings[1]).expect("two readings");
    let per_share = |amount: i128, supply: i128| (amount << 64) / supply;
    let (few, many) = (4_000_000_000, 7_901_271_284);
    let [oracle, bridge] = parts.avss[..] else {
        unreachable!("two AVSs")
    };
    assert_eq!(oracle.rewards, per_share(81_000_000, few));
    assert_eq!(oracle.losses, -per_share(200_000_000, many));
    assert_eq!(bridge.rewards, per_share(40_500_000, few));
    assert_eq!(bridge.losses, 0);
    assert_eq!(parts.unattributed, per_share(810_000, many)); // the stranger's, to nobody's credit
    assert_eq!(parts.dripping, 0); // all of it has dripped, and nothing did before
    assert_eq!(
        (parts.commissions, parts.reward_fees),
        (15_100_000, 13_590_000)
    );
    assert_eq!(parts.slots, 550);
    let rate = per_share(7_902_062_531, many) - per_share(1, 1);
    assert_eq!(parts.rate, rate);
    // Bob took a quarter of the first reward with him: less is left than was paid per share.
    let rows = oracle.rewards + oracle.losses + bridge.rewards + parts.unattributed;
    assert_eq!(parts.timing, rate - rows);
    assert!(parts.timing < 0);
}

#[test]
fn a_stream_is_shared_by_time_and_amount_and_staked_shares_carry_the_rate() {
    let steps = run("streams.json");
    let expected = [
        (3, "NotAdmin"),
        (4, "AccountOwnedByWrongProgram"), // there is no reward book
        (5, "NotFound"),
        (9, "NothingToDo"), // it waited while nobody was there
        (12, "InsufficientFunds"),
        (14, "InsufficientFunds"), // what is staked is not in the wallet
        (17, "NothingToDo"),       // it was over before he came
        (18, "PositionTooSmall"),
        (19, "NotPositionOwner"),
    ];
    assert_eq!(refused(&steps), expected);
    // The surplus of 400 000 000 is everybody's, whether staked or not.
    for user in ["alice", "bob"] {
        assert_eq!(collateral(&steps, user), 4_199_950_012);
    }

    let (mut runner, steps) = world("streams.json");
    for step in &steps {
        runner.step(step).expect("a line");
    }
    let held = |user: &str, stream: &str| {
        let (_, key) = runner
            .users()
            .iter()
            .find(|(name, _)| name == user)
            .expect(user);
        let (_, keys) = runner
            .streams()
            .iter()
            .find(|(name, _)| name == stream)
            .expect(stream);
        runner.vm().token_balance(&keys.of(key))
    };
    // Powers of two are staked, so nothing is rounded. Silver: half of it to alice alone, a quarter shared, a quarter to bob alone.
    assert_eq!(held("alice", "silver"), 500_000 + 125_000);
    assert_eq!(held("bob", "silver"), 125_000 + 250_000);
    assert_eq!(
        (held("alice", "copper"), held("bob", "copper")),
        (500_000_000, 0)
    );
}
