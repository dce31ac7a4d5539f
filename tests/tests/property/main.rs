//! Random sequences of everything a user can do, on the built program in an embedded VM.
//!
//! After every step: DESIGN §9 (the scenario runner checks it), and nobody gains by acting, nobody loses by another's
//! acting, to within one base unit or the value of one share, whichever is more (invariants 4, 5, 8). No token is lost
//! or made: what the users and the fee wallet hold and what the vault holds is what was given out.
//!
//! A failure is shrunk and written as a scenario file into the target folder; `PROPTEST_RNG_SEED=<n>` repeats a run, `PROPERTY_CASES=<n>`
//! changes how many sequences there are.

mod steps;
mod wealth;

use lrt_cli::{
    program_file,
    scenario::{parse, Runner, Scenario, Setup},
};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use std::{cell::RefCell, path::PathBuf};
use steps::{Accepted, Raw, STEPS};

const CASES: u32 = 1_000;
const SEED: u64 = 20_261_121;

/// Worlds that differ in what rounding and fees can do.
const SETUPS: [&str; 4] = [
    r#"{"decimals": 9}"#,
    r#"{"decimals": 6, "epoch_length": 10, "cooldown_epochs": 1, "max_exit_delay": 7, "warmup_slots": 5, "drip_slots": 7, "min_settle": 1000}"#,
    r#"{"decimals": 9, "instant_limit_bps": 3000, "fees": {"deposit_bps": 100, "withdraw_bps": 100, "instant_bps": 500}}"#,
    r#"{"decimals": 6, "epoch_length": 30, "drip_slots": 1000, "fees": {"deposit_bps": 1, "withdraw_bps": 3, "instant_bps": 7}}"#,
];

/// One sequence: which world, and what happens in it.
type Sequence = (usize, Vec<Raw>);

fn env_number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn setups() -> Vec<Setup> {
    let file = |params| format!(r#"{{"params": {params}, "steps": []}}"#);
    SETUPS
        .iter()
        .map(|params| parse(&file(params)).expect("a sound setup").setup)
        .collect()
}

fn users() -> Vec<(String, u64)> {
    // Rich, middling, and somebody who has next to nothing.
    [("alice", 1 << 50), ("bob", 5_000_000_000), ("carol", 1_000)]
        .map(|(name, amount)| (name.to_owned(), amount))
        .to_vec()
}

/// What users alone can bring about: a failure's file replays it with `lrt scenario`.
#[test]
fn nobody_gains_by_acting_and_nobody_loses_by_another() {
    check(steps::USERS_KINDS, "scenario");
}

/// The same with settlements in part and prices below par, for which the ledger is edited between steps: a file can not
/// say that, so a failure is repeated by its seed; the file holds the users' steps.
#[test]
fn nor_when_stake_is_delegated_or_lost_between_the_steps() {
    check(
        steps::ALL_KINDS,
        "the users' steps, without the edits of the ledger",
    );
}

fn check(kinds: u8, file_holds: &str) {
    let elf = program_file::read(None).expect("the program is built");
    let (setups, users) = (setups(), users());
    let worlds: Vec<Runner> = setups
        .iter()
        .map(|setup| Runner::new(&elf, setup, &users).expect("a world"))
        .collect();

    let seed = env_number("PROPTEST_RNG_SEED").unwrap_or(SEED);
    let cases = env_number("PROPERTY_CASES").and_then(|n| u32::try_from(n).ok());
    let config = Config {
        cases: cases.unwrap_or(CASES),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let strategy = (
        0..setups.len(),
        proptest::collection::vec(steps::raw(kinds), STEPS),
    );
    let accepted = RefCell::new(Accepted::new());
    let outcome = TestRunner::new(config).run(&strategy, |(world, raw): Sequence| {
        let mut runner = worlds[world].clone();
        let mut done = Vec::new();
        let mut counts = accepted.borrow_mut();
        steps::run(&mut runner, &raw, &mut done, &mut counts).map_err(|what| {
            let scenario = Scenario {
                setup: setups[world],
                users: users.clone(),
                steps: done.clone(),
            };
            let file = write_failure(&scenario, kinds, seed);
            TestCaseError::fail(format!("{what}\n  {file_holds}: {}", file.display()))
        })
    });
    if let Err(failure) = outcome {
        panic!("seed {seed}: {failure}");
    }
    let accepted = accepted.into_inner();
    println!("accepted: {accepted:?}");
    if cases.is_none() {
        assert_eq!(accepted.len(), 14, "every operation was tried");
        assert!(accepted.values().all(|count| *count >= 50), "{accepted:?}");
    }
}

fn write_failure(scenario: &Scenario, kinds: u8, seed: u64) -> PathBuf {
    let target = program_file::find(None).expect("the program is built");
    let folder = target.parent().and_then(|p| p.parent()).expect("target");
    let file = folder.join(format!("property-failure-{kinds}-{seed}.json"));
    let text = serde_json::to_string_pretty(&scenario.to_json()).expect("JSON");
    std::fs::write(&file, text).expect("target can be written");
    file
}

#[test]
fn a_scenario_that_was_written_reads_back_the_same() {
    let elf = program_file::read(None).expect("the program is built");
    let setup = setups()[2];
    let mut runner = Runner::new(&elf, &setup, &users()).expect("a world");
    let raw: Vec<Raw> = (0..60u8)
        .map(|n| Raw {
            kind: n.wrapping_mul(37) % steps::USERS_KINDS,
            a: u64::from(n) * 7_919,
            b: n,
        })
        .collect();
    let mut done = Vec::new();
    steps::run(&mut runner, &raw, &mut done, &mut Accepted::new()).expect("sound");
    let scenario = Scenario {
        setup,
        users: users(),
        steps: done,
    };
    let text = scenario.to_json().to_string();
    let again = parse(&text).expect("a scenario");
    assert_eq!(again.to_json().to_string(), text);

    let mut replayed = Runner::new(&elf, &again.setup, &again.users).expect("a world");
    for step in &again.steps {
        replayed.step(step).expect("a line");
    }
    let (now, then) = (
        replayed.observe().expect("a line"),
        runner.observe().expect("a line"),
    );
    assert_eq!(
        (now.lrt.supply, now.pool.vault_balance),
        (then.lrt.supply, then.pool.vault_balance)
    );
}
