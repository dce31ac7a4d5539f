//! `lrt` on a real cluster: every command, every actor, and nodes that lie. Needs a validator with the program and a
//! faucet; without LRT_CLUSTER_URL it is skipped:
//!
//! ```sh
//! solana-test-validator --reset --bpf-program EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix target/deploy/liquid_restaking.so
//! LRT_CLUSTER_URL=http://localhost:8899 cargo test --package lrt-cli --test cluster
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that can not go on ends"
)]

mod complete;
mod governance;
mod keeper;
mod lies;
mod life;
mod losses;
mod node;
mod overdue;
mod tampered;
mod token_2022;
mod tokens;
mod wallets;
mod without;
mod world;
mod wrapped_sol;

use std::thread;

/// A name, and what it does on the cluster at a URL.
type Journey = (&'static str, fn(&str));

/// Each has an LRT of its own, so that they go side by side.
const JOURNEYS: [Journey; 10] = [
    ("life", life::travel),
    ("governance", governance::travel),
    ("overdue", overdue::travel),
    ("token_2022", token_2022::travel),
    ("wrapped_sol", wrapped_sol::travel),
    ("keeper", keeper::travel),
    ("lies", lies::travel),
    ("tampered", tampered::travel),
    ("losses", losses::travel),
    ("wallets", wallets::travel),
];

#[test]
fn every_command_works_on_a_cluster() {
    let Ok(url) = std::env::var("LRT_CLUSTER_URL") else {
        eprintln!("skipped: LRT_CLUSTER_URL is not set");
        return;
    };
    // Some journeys alone, while they are being written.
    let only = std::env::var("LRT_JOURNEY").ok();
    let chosen = JOURNEYS.iter().filter(|(name, _)| {
        only.as_deref()
            .is_none_or(|only| only.split(',').any(|one| one == *name))
    });
    let failed: Vec<&str> = thread::scope(|scope| {
        let url = url.as_str();
        let begun: Vec<_> = chosen
            .map(|(name, travel)| {
                let thread = thread::Builder::new().name((*name).to_owned());
                (
                    *name,
                    thread
                        .spawn_scoped(scope, || timed(name, travel, url))
                        .unwrap(),
                )
            })
            .collect();
        let ended = begun
            .into_iter()
            .map(|(name, thread)| (name, thread.join()));
        ended
            .filter_map(|(name, ended)| ended.is_err().then_some(name))
            .collect()
    });
    assert!(failed.is_empty(), "these journeys failed: {failed:?}");
    if only.is_none() {
        complete::check();
    }
}

fn timed(name: &str, travel: &fn(&str), url: &str) {
    let begun = std::time::Instant::now();
    travel(url);
    eprintln!("{name}: {} s", begun.elapsed().as_secs());
}
