//! The worlds in which runs begin.

use crate::{
    make::{terms, AVSS, OPERATORS},
    run::Run,
};
use lrt_cli::scenario::{parse, Op, Setup, Step};

/// Worlds that differ in what rounding, fees, leverage, bonds and windows can do.
const SETUPS: [&str; 6] = [
    r#"{"decimals": 9}"#,
    r#"{"decimals": 6, "epoch_length": 10, "cooldown_epochs": 1, "max_exit_delay": 7, "warmup_slots": 5, "drip_slots": 7, "min_settle": 1000, "leverage_bps": 30000}"#,
    r#"{"decimals": 9, "instant_limit_bps": 3000, "bond_multiple": 10, "fees": {"deposit_bps": 100, "withdraw_bps": 100, "instant_bps": 500, "reward_bps": 2000}}"#,
    r#"{"decimals": 6, "epoch_length": 30, "max_exit_delay": 100, "drip_slots": 1000, "leverage_bps": 20000, "bond_multiple": 10, "fees": {"deposit_bps": 1, "withdraw_bps": 3, "instant_bps": 7, "reward_bps": 1}}"#,
    r#"{"decimals": 9, "max_exit_delay": 100, "warmup_slots": 100, "leverage_bps": 30000, "fees": {"reward_bps": 1000}}"#,
    r#"{"decimals": 6, "epoch_length": 20, "cooldown_epochs": 1, "max_exit_delay": 21, "warmup_slots": 0, "leverage_bps": 15000, "bond_multiple": 10, "min_slash": 1000, "min_reward": 1000, "dispute_tolerance_bps": 0}"#,
];

/// For each setup, worlds with other AVSs and amounts.
const VARIANTS: u64 = 2;

fn setups() -> Vec<Setup> {
    let file = |params| format!(r#"{{"params": {params}, "steps": []}}"#);
    let setups = SETUPS
        .iter()
        .map(|params| parse(&file(params)).expect("a sound setup").setup);
    setups.collect()
}

pub fn users() -> Vec<(String, u64)> {
    // Rich, middling, and somebody who has next to nothing.
    [("alice", 1 << 50), ("bob", 5_000_000_000), ("carol", 1_000)]
        .map(|(name, amount)| (name.to_owned(), amount))
        .to_vec()
}

/// Nothing has happened yet.
pub fn bare(elf: &[u8]) -> Vec<Run> {
    let worlds = setups()
        .into_iter()
        .map(|setup| Run::new(elf, setup, &users()));
    worlds.collect()
}

/// Two operators and two AVSs, holders' stake with them. What has happened is the first part of every run's file.
pub fn at_work(elf: &[u8]) -> Result<Vec<Run>, String> {
    let mut worlds = Vec::new();
    for (number, bare) in bare(elf).into_iter().enumerate() {
        for variant in 0..VARIANTS {
            let mut world = bare.clone();
            for op in prefix(&world, number as u64 * 7 + variant * 3) {
                let step = Step {
                    op,
                    signed_as: None,
                };
                let told = step.to_json();
                if !world.step(step)? {
                    return Err(format!("world {number}.{variant} refuses {told}"));
                }
            }
            worlds.push(world);
        }
    }
    Ok(worlds)
}

fn prefix(world: &Run, seed: u64) -> Vec<Op> {
    let unit = 10u64.pow(u32::from(world.ledger.setup.fixed.decimals));
    let name = |names: &[&str], index: usize| names[index].to_owned();
    let mut ops = Vec::new();
    for index in 0..2 {
        ops.push(Op::Operator {
            name: name(&OPERATORS, index),
            commission_bps: if index == 0 { 0 } else { 2_000 },
        });
        ops.push(terms(
            &world.ledger,
            name(&AVSS, index),
            seed + index as u64,
        ));
    }
    let opted_in = [(0, 0), (0, 1), (1, 0)];
    for (operator, avs) in opted_in {
        ops.push(Op::OptIn {
            operator: name(&OPERATORS, operator),
            avs: name(&AVSS, avs),
        });
    }
    let deposit = |user: &str, amount| Op::Deposit {
        user: user.to_owned(),
        amount,
        min_shares: 0,
    };
    ops.push(deposit("alice", 1_000 * unit + seed * 7));
    ops.push(deposit("bob", 4 * unit + 1));
    for (operator, bond, active) in [(0, 80, 700), (1, 21, 200)] {
        let operator = name(&OPERATORS, operator);
        let (bond, amount) = (bond * unit, active * unit + seed);
        ops.push(Op::Bond {
            operator: operator.clone(),
            amount: bond,
        });
        ops.push(Op::Delegate { operator, amount });
    }
    for ((operator, avs), amount) in opted_in.into_iter().zip([300, 390, 150]) {
        ops.push(Op::Allocate {
            operator: name(&OPERATORS, operator),
            avs: name(&AVSS, avs),
            amount: amount * unit,
        });
    }
    if seed % 2 == 1 {
        ops.push(Op::Stream {
            name: "s".to_owned(),
            decimals: 6,
            amount: 1_000_001,
            slots: 1_000,
        });
        ops.push(Op::StakePosition {
            user: "alice".to_owned(),
            shares: unit,
        });
    }
    let slots = world.ledger.setup.params.warmup_slots + 1;
    ops.push(Op::Warp { slots });
    ops
}
