//! `lrt` on a real cluster, from the creation of an LRT to the return of the last lamport of rent. Needs a validator with
//! the program and a faucet; without LRT_CLUSTER_URL it is skipped:
//!
//! ```sh
//! solana-test-validator --reset --bpf-program EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix target/deploy/liquid_restaking.so
//! LRT_CLUSTER_URL=http://localhost:8899 cargo test --package lrt-cli --test cluster
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test that can not go on ends"
)]

mod world;

use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
};
use world::{text, World};

#[test]
fn an_lrt_lives_and_ends_on_a_cluster() {
    let Ok(url) = std::env::var("LRT_CLUSTER_URL") else {
        eprintln!("skipped: LRT_CLUSTER_URL is not set");
        return;
    };
    let wallets = ["admin", "alice", "bob", "operator", "avs"];
    let mut world = World::new(&url, &wallets);
    create(&mut world);
    mistakes_are_told_in_one_line(&world);
    let (operator, avs) = restake(&world);
    rewards_and_a_slash(&world, &operator, &avs);
    withdrawals(&world);
    streams(&world);
    everything_closes(&world, &operator, &avs);
}

fn create(world: &mut World) {
    let collateral = world.collateral.to_string();
    let flags = [
        "--epoch-length",
        "10",
        "--max-exit-delay",
        "21",
        "--drip",
        "20",
    ];
    let create = ["admin", "create", "--collateral", &collateral];
    let created = world.ok("admin", &[&create, &flags[..]].concat());
    world.lrt = text(&created, "lrt");
    let listed = world.ok("alice", &["list"]);
    let mints = listed["lrts"].as_array().unwrap();
    assert!(mints.contains(&Value::from(world.lrt.clone())));
    let shown = world.ok("alice", &["admin", "params", "show"]);
    assert_eq!(shown["in_force"]["cooldown-epochs"], "1");
}

fn mistakes_are_told_in_one_line(world: &World) {
    world.fails("alice", &["deposit", "1.0000000001"], 2, "more decimals");
    world.fails(
        "alice",
        &["deposit", "1", "--lrt", &world.collateral.to_string()],
        2,
        "no LRT",
    );
    world.fails(
        "alice",
        &["deposit", "1", "--lrt", &world.key("bob").to_string()],
        2,
        "no mint",
    );
    world.fails("alice", &["deposit", "1001"], 2, "are needed");
    world.fails("alice", &["admin", "cap", "set", "5"], 1, "NotAdmin");
    world.fails("alice", &["withdraw", "settle"], 2, "the queue is empty");
}

/// Operator and AVS; the AVS is accepted after somebody has deposited, so under the timelock.
fn restake(world: &World) -> (String, String) {
    let register = [
        "operator",
        "register",
        "--commission-bps",
        "1000",
        "--uri",
        "https://operator",
    ];
    let operator = text(&world.ok("operator", &register), "operator");
    world.ok("admin", &["admin", "operator-cap", "set", &operator, "ALL"]);

    let dry = world.ok("alice", &["deposit", "100", "--dry-run"]);
    assert!(dry["signature"].is_null() && dry["compute_units"].as_u64().unwrap() > 0);
    let changes = dry["changes"].as_array().unwrap();
    assert!(changes
        .iter()
        .any(|change| change["token"] == world.lrt && change["after"] == "100"));
    world.ok("alice", &["deposit", "100", "--priority-fee", "1000"]);
    world.ok("bob", &["deposit", "ALL", "--min-shares", "999"]);
    let status = world.ok("alice", &["status"]);
    assert_eq!(status["value"]["supply"], "1100");

    let windows = [
        "--veto-window",
        "7",
        "--execution-window",
        "7",
        "--exit-delay",
        "21",
    ];
    let cap = ["--slash-window", "21", "--slash-cap-bps", "2000"];
    let register = [&["avs", "register"], &windows[..], &cap[..]].concat();
    let avs = text(&world.ok("avs", &register), "avs");
    world.ok("admin", &["admin", "avs", "propose", &avs, "8000"]);
    world.fails(
        "alice",
        &["admin", "avs", "apply", &avs],
        1,
        "TimelockRunning",
    );
    world.ok("operator", &["operator", "opt-in", &operator, &avs]);
    world.ok("avs", &["avs", "opt-in", &avs, &operator]);
    world.ok("operator", &["operator", "bond", &operator, "1"]);
    world.ok("admin", &["manage", "delegate", &operator, "600"]);
    world.fails(
        "admin",
        &["manage", "allocate", &operator, &avs, "10"],
        1,
        "",
    );
    world.in_time("alice", &["admin", "avs", "apply", &avs]);
    world.ok("admin", &["manage", "allocate", &operator, &avs, "300"]);
    (operator, avs)
}

fn rewards_and_a_slash(world: &World, operator: &str, avs: &str) {
    world.ok("alice", &["status", "--mark"]);
    world.ok("avs", &["avs", "pay-rewards", avs, operator, "11"]);
    let evidence = world.file("evidence.txt", "it was asleep\n");
    let propose = [
        "avs",
        "propose-slash",
        avs,
        operator,
        "3",
        "--evidence",
        &evidence,
    ];
    world.fails("operator", &propose, 1, "NotSlasher");
    let vetoed = text(&world.ok("avs", &propose), "proposal");
    world.ok("alice", &["verify"]);
    world.ok("avs", &["avs", "veto", &vetoed]);
    world.fails("avs", &propose, 1, "ProposalBlocked");
    let slashed = text(&world.in_time("avs", &propose), "proposal");
    world.in_time("alice", &["keep", "execute-slash", &slashed, "--dry-run"]);
    world.ok("bob", &["keeper", "--once", "--close"]);
    world.fails(
        "alice",
        &["keep", "execute-slash", &slashed],
        2,
        "no slash proposal",
    );
    let status = world.ok("alice", &["status"]);
    assert_eq!(status["operators"][0]["stake"], "598"); // the bond paid one
    assert_eq!(status["operators"][0]["bond"], "0");
    let parts = status["yield"].as_array().unwrap();
    assert!(
        parts
            .iter()
            .any(|row| text(row, "part").ends_with("slashes")),
        "{status}"
    );
    world.ok("alice", &["verify"]);
}

fn withdrawals(world: &World) {
    let first = world.ok("alice", &["withdraw", "request", "10"]);
    let second = text(&world.ok("alice", &["withdraw", "request", "5"]), "ticket");
    let third = text(&world.ok("alice", &["withdraw", "request", "5"]), "ticket");
    world.fails("alice", &["withdraw", "claim"], 2, "anything to claim");
    let bob = world.key("bob").to_string();
    world.ok("alice", &["withdraw", "transfer", &second, &bob]);
    world.fails("alice", &["withdraw", "cancel", &second], 2, "--keypair");
    world.ok("alice", &["withdraw", "cancel", &third]);
    let due: u64 = text(&first, "due_slot").parse().unwrap();
    world.till(due.saturating_add(25));
    world.ok("bob", &["keeper", "--once"]);
    let ticket = text(&first, "ticket");
    world.ok("bob", &["withdraw", "claim", &ticket]); // a stranger: it goes to Alice
    world.ok("bob", &["withdraw", "claim"]);
    world.fails("alice", &["withdraw", "claim", &ticket], 2, "no ticket");
    world.ok("alice", &["redeem", "1"]);
    world.ok(
        "admin",
        &["guard", "pause", "instant-exits", "--slots", "500"],
    );
    world.fails("alice", &["redeem", "1"], 1, "InstantExitsPaused");
    world.ok("admin", &["guard", "unpause", "instant-exits"]);
    world.ok("alice", &["keep", "check"]);
    world.ok("alice", &["verify"]);
}

fn streams(world: &World) {
    let collateral = world.collateral.to_string();
    world.ok("admin", &["admin", "reward-book", "create"]);
    world.ok("admin", &["admin", "stream", "add", "2", &collateral, "5"]);
    world.ok("alice", &["position", "stake", "20"]);
    world.ok("avs", &["keep", "fund-stream", "2", "4"]);
    world.in_time("alice", &["position", "claim"]);
    world.ok("alice", &["verify"]);
    world.ok("alice", &["position", "unstake", "ALL"]);
    let _ = world.lrt("alice", &["position", "claim"]); // what came since
    world.ok("alice", &["position", "close"]);
    world.in_time("admin", &["admin", "stream", "close", "2"]);
    world.ok("admin", &["admin", "reward-book", "close"]);
}

fn everything_closes(world: &World, operator: &str, avs: &str) {
    world.ok("alice", &["withdraw", "request", "ALL"]);
    world.ok("bob", &["withdraw", "request", "ALL"]);
    world.ok("admin", &["guard", "end-avs", avs]);
    world.ok("operator", &["operator", "collect", operator]);
    world.ok("operator", &["operator", "retire", operator]);
    // Nobody but the keeper brings the stake back.
    let keep = ["keeper", "--once", "--close", "--apply"];
    world.ok("bob", &keep);
    world.ok("alice", &["verify"]);
    for wallet in ["alice", "bob"] {
        loop {
            world.ok("bob", &keep);
            let _ = world.lrt(wallet, &["withdraw", "claim"]);
            let listed = world.ok(wallet, &["withdraw", "list"]);
            if listed["tickets"].as_array().unwrap().is_empty() {
                break;
            }
        }
    }
    world.in_time("bob", &["keep", "close", "allocation", operator, avs]);
    world.ok("operator", &["operator", "opt-out", operator, avs]);
    world.ok("avs", &["avs", "opt-out", avs, operator]);
    world.ok("bob", &["keep", "close", "opt-in", operator, avs]);
    world.ok("bob", &keep);
    world.ok("bob", &["keep", "close", "pool-avs", avs]);
    world.ok("bob", &["keep", "close", "delegation", operator]);
    world.ok("operator", &["operator", "close", operator]);
    world.ok("avs", &["avs", "close", avs]);
    world.ok("alice", &["verify"]);
    let _ = world.lrt("bob", &["withdraw", "close"]);
    let _ = world.lrt("bob", &["keep", "collect-fees"]);
    world.ok("admin", &["admin", "close-pool"]);
    world.ok("admin", &["admin", "close"]);
    world.fails("alice", &["status"], 2, "no LRT");
}

/// Runs `lrt` without any configuration.
fn alone(args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lrt"))
        .args(args)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("LRT")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        !error.contains("panicked") && !error.contains("backtrace"),
        "{error}"
    );
    (output.status.code().unwrap(), error)
}

#[test]
fn a_node_that_is_down_slow_or_no_node_is_told_in_one_line() {
    let down = alone(&["list", "--url", "http://127.0.0.1:9"]);
    assert!(
        down.1.contains("can not be reached") && down.0 == 3,
        "{down:?}"
    );

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let slow = alone(&["list", "--timeout", "1", "--url", &url]);
    assert!(
        slow.1.contains("did not answer in time") && slow.0 == 3,
        "{slow:?}"
    );

    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", other.local_addr().unwrap());
    let page = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 4_096]);
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let wrong = alone(&["list", "--url", &url]);
    page.join().unwrap();
    assert!(
        wrong.1.contains("is it a Solana RPC node?") && wrong.0 == 3,
        "{wrong:?}"
    );
}

#[test]
fn bad_input_is_told_before_anything_is_asked() {
    for (args, text) in [
        (
            &["deposit", "1", "--url", "nowhere"][..],
            "--url nowhere is no URL",
        ),
        (&["deposit", "1", "--url", "l"], "which LRT?"),
        (&["deposit", "1.x"], "an amount is a number of tokens"),
        (
            &["withdraw", "claim", "nobody"],
            "neither a base58 key nor a keypair file",
        ),
        (&["list", "--config", "/nowhere.yml"], "can not be read"),
        (
            &[
                "operator",
                "retire",
                "So11111111111111111111111111111111111111112",
            ],
            "there is no keypair at",
        ),
    ] {
        let (status, error) = alone(args);
        assert!(status == 2 && error.contains(text), "{args:?}: {error}");
    }
}
