//! `lrt scenario` as a user runs it: the real binary, the real program, every file of `scenarios/`.

#![allow(
    clippy::expect_used,
    reason = "a test that can not go on says why and ends"
)]

mod broken;
mod restaking;
mod rewards;
mod slashing;

use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

fn lrt(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lrt"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("lrt runs")
}

fn run(file: &str) -> Vec<Value> {
    let path = scenarios().join(file);
    let output = lrt(&["scenario", path.to_str().expect("a path")]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{file}: {stderr}");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    let (summary, steps) = lines.split_last().expect("a summary");
    assert_eq!(summary["summary"]["invariants"], "held", "{file}");
    assert_eq!(summary["summary"]["steps"], steps.len(), "{file}");
    steps.to_vec()
}

/// Steps that the program refused, with the errors.
fn refused(steps: &[Value]) -> Vec<(u64, &str)> {
    steps
        .iter()
        .filter(|line| line["ok"] == false)
        .map(|line| {
            let error = line["error"].as_str().expect("a name");
            (line["step"].as_u64().expect("a number"), error)
        })
        .collect()
}

fn collateral(steps: &[Value], user: &str) -> u64 {
    let last = steps.last().expect("a step");
    last["users"][user]["collateral"]
        .as_u64()
        .expect("a balance")
}

/// The line of a step, by its number.
fn at(steps: &[Value], number: usize) -> &Value {
    let place = number.checked_sub(1).expect("steps count from 1");
    steps.get(place).expect("a step")
}

#[test]
fn every_scenario_has_a_test_here() {
    let mut files: Vec<String> = std::fs::read_dir(scenarios())
        .expect("scenarios/")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".json"))
        .collect();
    files.sort();
    let known = [
        "donation.json",
        "donation_swept.json",
        "end_avs.json",
        "instant.json",
        "leverage_slash.json",
        "leverage_two.json",
        "pause.json",
        "queue.json",
        "restaking.json",
        "retiring_operator.json",
        "rewards.json",
        "silent_manager.json",
        "slash.json",
        "streams.json",
        "ticket_sold.json",
        "veto.json",
    ];
    assert_eq!(files, known);
}

#[test]
fn the_queue_settles_in_the_due_slot_and_pays_everybody() {
    let steps = run("queue.json");
    let early = [(5, "BatchNotDue"), (7, "BatchNotDue")];
    assert_eq!(refused(&steps)[..2], early);
    assert_eq!(steps[8]["pool"]["claimable"], 2_497_500_000u64);
    assert_eq!(collateral(&steps, "alice"), 3_998_000_000);
    assert_eq!(collateral(&steps, "bob"), 4_499_500_000);
    assert!(steps[8]["tickets"]["a"]["owner"] == "alice" && steps[9]["tickets"]["a"].is_null());
}

#[test]
fn after_a_donation_and_a_burn_nobody_is_ahead() {
    let steps = run("donation.json");
    assert_eq!(refused(&steps), []);
    for (user, brought) in [
        ("mallory", 3_000_000_000),
        ("alice", 1_000_000_000),
        ("bob", 1_000_000_000),
    ] {
        assert!(collateral(&steps, user) <= brought, "{user} is ahead");
    }
    for user in ["alice", "bob"] {
        assert!(
            collateral(&steps, user) >= 999_999_999,
            "{user} lost more than a unit"
        );
    }
}

#[test]
fn a_swept_donation_waits_for_holders() {
    let steps = run("donation_swept.json");
    assert_eq!(refused(&steps), []);
    assert_eq!(steps[4]["pool"]["drip"], 1_000_000_000u64);
    assert_eq!(steps[4]["lrt"]["nav"], 1u64);
    assert!(steps[7]["pool"]["drip"] == 500_000_000u64);
}

#[test]
fn an_instant_exit_pays_its_fee_to_those_who_stay() {
    let steps = run("instant.json");
    let limit = "InstantLimitExceeded";
    assert_eq!(refused(&steps), [(5, limit), (9, limit)]);
    assert_eq!(steps[3]["pool"]["drip"], 30_000_000u64);
    assert_eq!(collateral(&steps[..4], "alice"), 2_970_000_000);
}

#[test]
fn a_sold_ticket_is_the_buyers() {
    let steps = run("ticket_sold.json");
    assert_eq!(refused(&steps), [(5, "NotTicketOwner")]);
    assert_eq!(collateral(&steps, "bob"), 1_594_000_000);
    let lrt = &steps.last().expect("a step")["users"]["alice"]["lrt"];
    assert_eq!(lrt, &392_040_000u64); // 400 000 000 less 1 % twice
}

#[test]
fn a_pause_stops_what_it_names_and_nothing_else() {
    let steps = run("pause.json");
    let expected = [
        (3, "DepositsPaused"),
        (4, "InstantExitsPaused"),
        (12, "PauseTooSoon"),
    ];
    assert_eq!(refused(&steps), expected);
}

#[test]
fn a_malformed_file_gets_one_line_and_status_2() {
    let folder = std::env::temp_dir().join(format!("lrt-scenario-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("bad.json");
    std::fs::write(&file, r#"{"steps": [{"op": "settle"}, {"op": "donate"}]}"#).expect("a file");
    let path = file.to_str().expect("a path");
    for arguments in [&["scenario", path][..], &["scenario", "--check", path]] {
        let output = lrt(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).expect("text");
        assert_eq!(
            text,
            format!("lrt: {path}: step 2 (donate): field \"amount\" is missing\n")
        );
    }
    let missing = lrt(&["scenario", "no-such-file.json"]);
    assert_eq!(missing.status.code(), Some(2));
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

#[test]
fn a_missing_program_says_what_to_do() {
    let file = scenarios().join("queue.json");
    let output = lrt(&[
        "scenario",
        file.to_str().expect("a path"),
        "--program",
        "nowhere.so",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(text, "lrt: there is no program at nowhere.so\n");
}

#[test]
fn a_table_is_for_people() {
    let file = scenarios().join("queue.json");
    let output = lrt(&["scenario", file.to_str().expect("a path"), "--table"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("BatchNotDue") && text.contains("invariants: held"));
}

#[test]
fn a_drip_shorter_than_an_exit_is_noted_beside_the_lines() {
    let short = scenarios().join("queue.json");
    let output = lrt(&["scenario", short.to_str().expect("a path")]);
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(
        text.starts_with("lrt: note: rewards drip over 100 slots, less than the 300 slots"),
        "{text}"
    );
    let long = std::env::temp_dir().join(format!("lrt-drip-{}.json", std::process::id()));
    std::fs::write(&long, r#"{"params": {"drip_slots": 300}, "steps": []}"#).expect("a file");
    let output = lrt(&["scenario", long.to_str().expect("a path")]);
    std::fs::remove_file(long).expect("the file goes");
    assert!(output.status.success() && output.stderr.is_empty());
}
