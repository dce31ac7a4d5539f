//! Random sequences of everything that anybody can do, on the built program in an embedded VM.
//!
//! After every step: DESIGN §9 (the scenario runner checks it); what the program did is what a second ledger, exact and
//! without the program's code, says it should have done ([`model`]); and nobody gains by acting, nobody loses by another's
//! acting, every slash is pro rata, no token is lost or made ([`wealth`]).
//!
//! A failure is shrunk and written as a scenario file into the target folder, for `lrt scenario`; `PROPTEST_RNG_SEED=<n>`
//! repeats a run, `PROPERTY_CASES=<n>` changes how many sequences there are.

mod make;
mod minimise;
mod model;
mod run;
mod wealth;
mod world;

use lrt_cli::{
    program_file,
    scenario::{parse, Runner, Scenario},
};
use make::{Kinds, Raw};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use run::{Counts, Run};
use std::{cell::RefCell, path::PathBuf};

const SEED: u64 = 20_261_121;

fn env_number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn elf() -> Vec<u8> {
    program_file::read(None).expect("the program is built")
}

/// From nothing, what holders alone can bring about.
#[test]
fn nobody_gains_by_acting_and_nobody_loses_by_another() {
    check("holders", world::bare(&elf()), make::HOLDERS, 14, 600, 30);
}

/// The same while stake is delegated, allocated and forced back: settlements in part, but neither slashes nor rewards.
#[test]
fn nor_while_stake_is_at_work() {
    let worlds = world::at_work(&elf()).expect("sound worlds");
    check("quiet", worlds, make::QUIET, 20, 600, 30);
}

/// Every operation of a scenario.
#[test]
fn every_operation_does_what_the_model_says() {
    let worlds = world::at_work(&elf()).expect("sound worlds");
    check("everything", worlds, make::EVERYTHING, 37, 1_000, 40);
}

/// Runs `cases` sequences of `steps` steps, among which so many `operations` have to occur.
fn check(name: &str, worlds: Vec<Run>, kinds: Kinds, operations: usize, cases: u32, steps: usize) {
    let seed = env_number("PROPTEST_RNG_SEED").unwrap_or(SEED);
    let asked = env_number("PROPERTY_CASES").and_then(|n| u32::try_from(n).ok());
    let config = Config {
        cases: asked.unwrap_or(cases),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let sequence = proptest::collection::vec(make::raw(kinds), steps);
    let strategy = (0..worlds.len(), sequence);
    let counts = RefCell::new(Counts::new());
    let failed = RefCell::new(None);
    let outcome = TestRunner::new(config).run(&strategy, |(world, raw)| {
        let mut run = worlds[world].clone();
        play(&mut run, &raw, kinds, &mut counts.borrow_mut()).map_err(|what| {
            *failed.borrow_mut() = Some(run);
            TestCaseError::fail(what)
        })
    });
    if outcome.is_err() {
        let run = failed.into_inner().expect("a failure has a run");
        let (file, what) = write_failure(name, seed, run);
        panic!("seed {seed}, {what}\n  {}", file.display());
    }
    let counts = counts.into_inner();
    println!("{name}, accepted and refused: {counts:?}");
    if asked.is_none() {
        assert!(
            counts.values().all(|(accepted, _)| *accepted >= 20),
            "{counts:?}"
        );
        assert!(
            counts.len() >= operations,
            "not every operation was tried: {counts:?}"
        );
    }
}

fn play(run: &mut Run, raw: &[Raw], kinds: Kinds, counts: &mut Counts) -> Result<(), String> {
    for raw in raw {
        let step = make::step(&run.ledger, raw, kinds, run.done.len());
        let count = counts.entry(step.op.name()).or_default();
        match run.step(step)? {
            true => count.0 += 1,
            false => count.1 += 1,
        }
    }
    run.close_batches()
}

fn write_failure(name: &str, seed: u64, run: Run) -> (PathBuf, String) {
    let scenario = run.scenario();
    let bare = Run::new(&elf(), scenario.setup, &scenario.users);
    let steps = minimise::minimise(&bare, scenario.steps);
    let what = minimise::failure(&bare, &steps).unwrap_or_else(|| "fails no more".to_owned());
    let shrunk = Scenario {
        steps,
        ..run.scenario()
    };
    let target = program_file::find(None).expect("the program is built");
    let folder = target.parent().and_then(|p| p.parent()).expect("target");
    let file = folder.join(format!("property-failure-{name}-{seed}.json"));
    let text = serde_json::to_string_pretty(&shrunk.to_json()).expect("JSON");
    std::fs::write(&file, text).expect("target can be written");
    (file, what)
}

#[test]
fn a_scenario_that_was_written_reads_back_the_same() {
    let elf = elf();
    let mut run = world::at_work(&elf).expect("sound worlds").swap_remove(2);
    let raw: Vec<Raw> = (0..60u8)
        .map(|n| Raw {
            kind: u16::from(n.wrapping_mul(37)) % 90,
            a: u64::from(n) * 7_919,
            b: n,
            c: n,
        })
        .collect();
    play(&mut run, &raw, make::EVERYTHING, &mut Counts::new()).expect("sound");
    let text = run.scenario().to_json().to_string();
    let again = parse(&text).expect("a scenario");
    assert_eq!(again.to_json().to_string(), text);

    let mut replayed = Runner::new(&elf, &again.setup, &again.users).expect("a world");
    for step in &again.steps {
        replayed.step(step).expect("a line");
    }
    let line = replayed.observe().expect("a line");
    let of = |n: u64| model::q(n);
    assert_eq!(
        (of(line.lrt.supply), of(line.pool.vault_balance)),
        (run.ledger.supply, run.ledger.vault)
    );
}
