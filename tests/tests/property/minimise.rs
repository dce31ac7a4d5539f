//! A failing run with as few steps, and amounts as plain, as still fail.

use crate::run::Run;
use lrt_cli::scenario::{parse, Step};
use serde_json::{json, Value};

/// Replays at most this often.
const REPLAYS: usize = 1_500;

/// Steps that still fail in `world`, out of `steps`, which do.
pub fn minimise(world: &Run, steps: Vec<Step>) -> Vec<Step> {
    let mut rest = REPLAYS;
    let mut fails = |steps: &[Step]| {
        rest = rest.saturating_sub(1);
        rest > 0 && failure(world, steps).is_some()
    };
    let mut steps = steps;
    let mut length = steps.len().div_ceil(2);
    while length > 0 {
        let mut start = 0;
        while start < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(start..(start + length).min(steps.len()));
            if fails(&fewer) {
                steps = fewer;
            } else {
                start += length;
            }
        }
        length /= 2;
    }
    for index in 0..steps.len() {
        for field in ["amount", "shares", "slots"] {
            for digits in (1..18).rev() {
                let Some(plainer) = rounded(world, &steps, index, field, digits) else {
                    continue;
                };
                if fails(&plainer) {
                    steps = plainer;
                    break;
                }
            }
        }
    }
    steps
}

/// What is wrong with the steps; `None` when nothing is.
pub fn failure(world: &Run, steps: &[Step]) -> Option<String> {
    let mut run = world.clone();
    run.done = steps.to_vec();
    parse(&run.scenario().to_json().to_string()).ok()?; // a file names only what an earlier step introduces
    run.done.clear();
    for step in steps {
        if let Err(what) = run.step(step.clone()) {
            return Some(what);
        }
    }
    run.close_batches().err()
}

/// The steps with one number rounded to `digits` zeros at its end.
fn rounded(
    world: &Run,
    steps: &[Step],
    index: usize,
    field: &str,
    digits: u32,
) -> Option<Vec<Step>> {
    let mut run = world.clone();
    run.done = steps.to_vec();
    let mut file: Value = run.scenario().to_json();
    let number = file["steps"][index][field].as_u64()?;
    let unit = 10u64.pow(digits);
    if number <= unit || number.is_multiple_of(unit) {
        return None;
    }
    file["steps"][index][field] = json!(number / unit * unit);
    let again = parse(&file.to_string()).ok()?;
    Some(again.steps)
}
