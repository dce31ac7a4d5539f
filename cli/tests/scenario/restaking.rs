//! Operators and AVSs: delegation, allocation, and everybody's way out.

use super::{at, collateral, lrt, refused, run, scenarios};
use serde_json::Value;

#[test]
fn stake_goes_to_two_operators_and_three_avss_within_every_limit_and_comes_back_on_its_slot() {
    let steps = run("restaking.json");
    let expected = [
        (12, "NotManager"),
        (15, "InsufficientIdle"),
        (17, "AvsCapExceeded"),
        (19, "LeverageExceeded"),
        (22, "StakeNotFree"),
        (24, "NothingToDo"), // still warming
        (28, "QueueNotCovered"),
        (29, "InsufficientIdle"),
        // One slot before the release slot nothing can be done, and nothing is paid.
        (36, "NothingToDo"),
        (37, "StakeNotFree"),
        (38, "NothingToDo"),
        (39, "NothingToDo"),
    ];
    assert_eq!(refused(&steps), expected);
    // Each introduction moves the clock by the timelock, each opt-in by the warm-up, and nothing else does.
    let slots: Vec<_> = steps.iter().map(|line| line["slot"].clone()).collect();
    assert_eq!(
        slots[..6],
        [101_043, 102_086, 103_129, 104_172, 105_215, 105_225]
    );
    assert_eq!((&slots[8], &slots[21]), (&105_255.into(), &105_255.into()));
    let allocations = &at(&steps, 21)["allocations"];
    assert_eq!(allocations["anchor/oracle"]["warming"], 3_000_000_000u64);
    assert_eq!(allocations["anchor/bridge"]["warming"], 2_000_000_000u64);
    assert_eq!(allocations["beacon/oracle"]["warming"], 2_000_000_000u64);
    assert_eq!(allocations["beacon/rollup"]["warming"], 900_000_000u64);
    let cooling = &at(&steps, 31)["allocations"]["anchor/oracle"];
    assert!(cooling["stake"] == 0 && cooling["cooling"] == 3_000_000_000u64);
    // Deallocated in 105 490: 100 slots later is 105 590, rounded up to the grid of 15.
    assert_eq!((&slots[38], &slots[43]), (&105_599.into(), &105_600.into()));
    assert_eq!(collateral(&steps[..39], "alice"), 2_000_000_000);
    assert_eq!(collateral(&steps, "alice"), 5_000_000_000);
    let last = at(&steps, 44);
    assert_eq!(last["operators"]["anchor"]["active"], 2_000_000_000u64);
    assert_eq!(last["pool"]["delegated"], 5_000_000_000u64);
}

#[test]
fn at_leverage_two_the_largest_pledge_decides_what_is_free() {
    let steps = run("leverage_two.json");
    let expected = [
        (10, "BondTooSmall"),
        (13, "BondTooSmall"),
        (14, "AllocationExceedsStake"),
        (16, "AvsCapExceeded"),
        (18, "LeverageExceeded"),
        (26, "NothingToDo"),
        (27, "StakeNotFree"), // the faster AVS has let go, the larger one has not
        (30, "StakeNotFree"),
        (32, "BondLocked"),
    ];
    assert_eq!(refused(&steps), expected);
    let pledged = &at(&steps, 19)["allocations"];
    let total: u64 = ["oracle", "bridge", "rollup"]
        .map(|avs| {
            pledged[format!("anchor/{avs}")]["warming"]
                .as_u64()
                .expect("an amount")
        })
        .iter()
        .sum();
    assert_eq!(total, 10_000_000_000); // of 5 000 000 000
    assert_eq!(
        (&at(&steps, 27)["slot"], &at(&steps, 31)["slot"]),
        (&104_324.into(), &104_325.into())
    );
    assert_eq!(collateral(&steps, "alice"), 6_000_000_000);
    assert_eq!(
        at(&steps, 36)["operators"]["anchor"]["bond"],
        500_000_000u64
    ); // what cools is part of it
}

#[test]
fn everybody_leaves_although_the_manager_is_silent() {
    let steps = run("silent_manager.json");
    let expected = [
        (19, "QueueNotOverdue"),
        (21, "NothingToDo"),
        (22, "QueueNotOverdue"), // the last slot of the grace
        (26, "NothingToDo"),
        (28, "NothingToDo"), // one slot early
        (35, "NothingToDo"), // one slot early
    ];
    assert_eq!(refused(&steps), expected);
    // A step that failed left nothing: not even what the releases had booked.
    assert_eq!(at(&steps, 22)["allocations"], at(&steps, 18)["allocations"]);
    let slots = [24, 30, 37].map(|step| at(&steps, step)["slot"].as_u64().expect("a slot"));
    assert_eq!(slots, [104_700, 104_805, 105_006]);
    assert_eq!(collateral(&steps, "alice"), 6_000_000_000);
    assert_eq!(collateral(&steps, "bob"), 4_000_000_000);
    let last = at(&steps, 39);
    assert!(last["lrt"]["supply"] == 0 && last["pool"]["vault_balance"] == 0);
}

#[test]
fn a_retired_operators_stake_is_brought_back_by_anyone() {
    let steps = run("retiring_operator.json");
    let expected = [
        (9, "HeadBatchMissing"),
        (10, "NotOperatorAuthority"),
        (12, "OperatorRetired"),
        (13, "OperatorRetired"),
        (14, "OperatorRetired"),
        (15, "BondLocked"),
        (19, "NothingToDo"), // one slot early
        (22, "NothingToDo"),
        (25, "NothingToDo"), // one slot early
    ];
    assert_eq!(refused(&steps), expected);
    assert_eq!(at(&steps, 16)["pool"]["idle"], 2_000_000_000u64); // what was free at once
    assert_eq!(at(&steps, 21)["pool"]["idle"], 5_000_000_000u64);
    assert_eq!(collateral(&steps, "anchor"), 500_000_000); // what it had and its bond
}

#[test]
fn an_exit_plan_is_told_beside_the_lines() {
    let folder = std::env::temp_dir().join(format!("lrt-plan-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("waiting.json");
    let text = std::fs::read_to_string(scenarios().join("restaking.json")).expect("a file");
    let mut scenario: Value = serde_json::from_str(&text).expect("JSON");
    let steps = scenario["steps"].as_array_mut().expect("steps");
    steps.truncate(30);
    let part = serde_json::json!({"op": "deallocate", "operator": "anchor", "avs": "oracle", "amount": 1_000_000_000});
    steps.push(part);
    std::fs::write(&file, scenario.to_string()).expect("a file");
    let output = lrt(&["scenario", file.to_str().expect("a path"), "--exit-plan"]);
    std::fs::remove_dir_all(folder).expect("the folder goes");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let last = stdout.lines().last().expect("a summary");
    assert!(stdout.lines().count() == 32 && last.contains("\"held\""));
    // Owed 5 000 000 000: 2 000 000 000 idle, 100 000 000 free, 1 000 000 000 cools until 105 600.
    let plan = String::from_utf8(output.stderr).expect("text");
    for part in [
        "5000000000",
        "2100000000",
        "3100000000",
        "105600",
        "1900000000",
    ] {
        assert!(plan.contains(part), "{part} is missing:\n{plan}");
    }
    // Of the 6 900 000 000 that are pledged, pro rata; 105 490 + 300 is rounded up to 105 823, a multiple of 43.
    for part in [
        "anchor/bridge",
        "beacon/rollup",
        "550724638",
        "247826087",
        "105823",
    ] {
        assert!(plan.contains(part), "{part} is missing:\n{plan}");
    }
}

/// Runs steps given here, after two deposits.
fn run_steps(name: &str, steps: &str) -> Vec<Value> {
    let file = std::env::temp_dir().join(format!("lrt-{name}-{}.json", std::process::id()));
    let users = r#""users": {"alice": 5000000000, "bob": 5000000000}"#;
    let text = format!(
        r#"{{{users}, "steps": [{{"op": "deposit", "user": "alice", "amount": 2000000000}}, {steps}]}}"#
    );
    std::fs::write(&file, text).expect("a file");
    let steps = run(file.to_str().expect("a path"));
    std::fs::remove_file(file).expect("the file goes");
    steps
}

const ORACLE: &str = r#"{"op": "avs", "name": "oracle", "veto_slots": 5, "execute_slots": 20, "exit_delay": 100, "slash_cap_bps": 2000}"#;

#[test]
fn a_refused_introduction_leaves_nothing_and_what_it_should_have_introduced_is_not_found() {
    let steps = run_steps(
        "refused",
        &format!(
            r#"{{"op": "operator", "name": "anchor", "as": "mallory"}},
            {{"op": "operator", "name": "greedy", "commission_bps": 2001}},
            {{"op": "avs", "name": "slow", "veto_slots": 16, "execute_slots": 20, "exit_delay": 301, "slash_cap_bps": 5}},
            {{"op": "avs", "name": "open", "veto_slots": 5, "execute_slots": 20, "exit_delay": 100, "slash_cap_bps": 5, "cap_bps": 0}},
            {ORACLE},
            {{"op": "bond", "operator": "anchor", "amount": 0}},
            {{"op": "delegate", "operator": "greedy", "amount": 1}},
            {{"op": "opt_in", "operator": "anchor", "avs": "oracle"}},
            {{"op": "force_exit", "operator": "anchor"}}"#
        ),
    );
    let expected = [
        (2, "NotAdmin"),
        (3, "CommissionOutOfBounds"),
        (4, "ExitDelayOutOfBounds"),
        (5, "AvsCapOutOfBounds"),
        (7, "NotFound"),
        (8, "NotFound"),
        (9, "NotFound"),
        (10, "NotFound"),
    ];
    assert_eq!(refused(&steps), expected);
    let slots: Vec<_> = steps.iter().map(|line| line["slot"].clone()).collect();
    assert_eq!(
        slots[..6],
        [100_000, 100_000, 100_000, 100_000, 100_000, 101_043]
    );
    assert_eq!(at(&steps, 10)["operators"], serde_json::json!({}));
}

#[test]
fn a_consent_taken_back_can_be_given_again() {
    let steps = run_steps(
        "consent",
        &format!(
            r#"{{"op": "operator", "name": "anchor"}}, {ORACLE},
            {{"op": "delegate", "operator": "anchor", "amount": 1000}},
            {{"op": "opt_in", "operator": "anchor", "avs": "oracle", "as": "anchor"}},
            {{"op": "opt_in", "operator": "anchor", "avs": "oracle"}},
            {{"op": "opt_in", "operator": "anchor", "avs": "oracle"}},
            {{"op": "opt_out", "operator": "anchor", "avs": "oracle", "as": "oracle"}},
            {{"op": "opt_out", "operator": "anchor", "avs": "oracle"}},
            {{"op": "allocate", "operator": "anchor", "avs": "oracle", "amount": 1000}},
            {{"op": "opt_in", "operator": "anchor", "avs": "oracle"}},
            {{"op": "allocate", "operator": "anchor", "avs": "oracle", "amount": 1000}},
            {{"op": "bond", "operator": "anchor", "amount": 7, "as": "mallory"}},
            {{"op": "bond", "operator": "anchor", "amount": 0}},
            {{"op": "bond", "operator": "anchor", "amount": 7}}"#
        ),
    );
    let expected = [
        (5, "NotAvsAuthority"),
        (7, "NothingToDo"),
        (8, "NotOperatorAuthority"),
        (10, "OperatorNotOptedIn"),
        (13, "NotOperatorAuthority"),
    ];
    assert_eq!(refused(&steps), expected);
    let moved = at(&steps, 12)["slot"].as_u64().expect("a slot") - 100_000;
    assert_eq!(moved, 2 * 1_043 + 2 * 10);
    let last = at(&steps, 15);
    assert_eq!(last["operators"]["anchor"]["bond"], 7);
    assert_eq!(last["pool"]["bonds"], 7);
    let names: Vec<_> = last.as_object().expect("an object").keys().collect();
    assert_eq!(names[8..], ["users", "tickets", "operators", "allocations"]);
}
