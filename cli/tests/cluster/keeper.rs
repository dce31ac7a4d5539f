//! `lrt keeper`: killed in the middle of each call and started again, without a node for a while, and what it tells
//! Prometheus.

use crate::{
    node::Node,
    overdue,
    world::{one_line, slot, Cast, World},
};
use liquid_restaking_sdk::address;
use serde_json::{json, Value};
use solana_account_decoder_client_types::{UiAccountData, UiAccountEncoding};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Child,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        Arc,
    },
    thread::sleep,
    time::Duration,
};

/// A keeper that runs; ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The journey.
pub fn travel(url: &str) {
    let (world, cast) = overdue::world(url, "keeper");
    let node = Node::new(url, |request, truth| Some(truth(request)));
    let request = world.ok("alice", "withdraw request 30");
    world.till(slot(&request, "due_slot") + 1);
    a_dry_run_sends_nothing(&world, &node);
    a_call_that_does_not_land_keeps_no_other_back(&world);
    a_call_refused_in_vain_is_told_by_the_status(&world);
    killed_at_every_call_each_has_its_effect_once(&world, &node, &cast);
    a_node_that_goes_is_waited_for(&world);
    a_call_that_goes_the_second_time_is_no_failure(&world);
    a_node_that_lags_is_waited_for(&world);
    // A wrong LRT does not pass by waiting.
    let wrong = format!("keeper --lrt {}", world.collateral);
    world.fails("alice", &wrong, 2, "no LRT");
    world.fails("alice", "keeper --metrics nowhere", 2, "--metrics nowhere");
}

fn a_dry_run_sends_nothing(world: &World, node: &Node) {
    let through = world.through(&node.url);
    let dry = through.lrt("alice", "keeper --once --dry-run");
    assert_eq!(dry.status, 0, "{}", dry.error);
    let mut lines = dry.text.lines();
    assert!(
        lines.any(|line| line.contains(": open_round ")
            && line.contains("due, ")
            && line.ends_with(" compute units")),
        "{}",
        dry.text
    );
    assert_eq!(node.sendings(), 0);
}

/// A node that may answer by itself when it is to simulate an instruction with this data.
fn simulating(
    world: &World,
    data: &[u8],
    answer: impl Fn() -> Option<Value> + Send + Sync + 'static,
) -> Node {
    let data = data.to_vec();
    Node::new(&world.url, move |request, truth| {
        let is_it = || {
            let text = request["params"][0].as_str().unwrap().to_owned();
            let bytes = UiAccountData::Binary(text, UiAccountEncoding::Base64);
            let bytes = bytes.decode().unwrap();
            bytes.windows(data.len()).any(|part| part == data)
        };
        if request["method"] == "simulateTransaction" && is_it() {
            if let Some(mut answer) = answer() {
                answer["jsonrpc"] = "2.0".into();
                answer["id"] = request["id"].clone();
                return Some(answer);
            }
        }
        Some(truth(request))
    })
}

/// What a node answers when the program refuses.
fn refused() -> Value {
    json!({ "result": { "context": { "slot": 1 }, "value": {
        "err": { "InstructionError": [2, { "Custom": 6_000 }] }, "logs": [], "unitsConsumed": 0,
    } } })
}

/// The lines of a kind of call, with `--json`.
fn lines_of(text: &str, job: &str) -> Vec<Value> {
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines.filter(|line: &Value| line["job"] == job).collect()
}

fn a_call_that_does_not_land_keeps_no_other_back(world: &World) {
    let round = world.keys().open_round(world.pool().head_epoch);
    let node = simulating(world, &round.data, || {
        Some(json!({ "error": { "code": -32_005, "message": "busy" } }))
    });
    let through = world.through(&node.url);
    world.until("an accrual beside it", || {
        let ran = through.lrt("alice", "keeper --once --json");
        assert_eq!(ran.status, 3, "{}{}", ran.text, ran.error);
        one_line(&ran.error);
        let rounds = lines_of(&ran.text, "open_round");
        assert_eq!(rounds.len(), 1, "{}", ran.text);
        assert_eq!(
            (&rounds[0]["outcome"], &rounds[0]["signature"]),
            (&"failed".into(), &Value::Null)
        );
        let accruals = lines_of(&ran.text, "accrue"); // one an epoch
        accruals
            .iter()
            .any(|line| line["outcome"] == "done" && line["signature"] == line["result"])
    });
}

fn a_call_refused_in_vain_is_told_by_the_status(world: &World) {
    let round = world.keys().open_round(world.pool().head_epoch);
    let node = simulating(world, &round.data, || Some(refused()));
    let through = world.through(&node.url);
    for words in ["keeper --once --json --dry-run", "keeper --once --json"] {
        let ran = through.lrt("alice", words);
        assert_eq!(ran.status, 1, "{}{}", ran.text, ran.error);
        one_line(&ran.error);
        assert!(ran.error.contains("open_round "), "{}", ran.error);
        let rounds = lines_of(&ran.text, "open_round");
        assert!(rounds.len() >= 3, "{}", ran.text);
        assert!(rounds.iter().all(|line| line["outcome"] == "refused"));
    }
}

/// As when another keeper was faster, or the node a slot behind.
fn a_call_that_goes_the_second_time_is_no_failure(world: &World) {
    let times = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&times);
    let accrue = world.keys().accrue();
    let node = simulating(world, &accrue.data, move || {
        (asked.fetch_add(1, SeqCst) == 0).then(refused)
    });
    let through = world.through(&node.url);
    world.until("an accrual that is refused first", || {
        times.store(0, SeqCst);
        let ran = through.lrt("alice", "keeper --once --json");
        assert_eq!(ran.status, 0, "{}{}", ran.text, ran.error);
        let accruals = lines_of(&ran.text, "accrue");
        let outcomes: Vec<&Value> = accruals.iter().map(|line| &line["outcome"]).collect();
        matches!(&outcomes[..], [first, second, ..] if *first == "refused" && *second == "done")
    });
}

/// It shows for a while that there is no LRT.
fn a_node_that_lags_is_waited_for(world: &World) {
    let is_behind = Arc::new(AtomicBool::new(false));
    let (behind, lrt) = (Arc::clone(&is_behind), world.keys().lrt.to_string());
    let node = Node::new(&world.url, move |request, truth| {
        let mut answer = truth(request);
        if behind.load(SeqCst) && request["method"] == "getMultipleAccounts" {
            let asked = request["params"][0].as_array().unwrap();
            for (place, _) in asked.iter().enumerate().filter(|(_, key)| **key == *lrt) {
                answer["result"]["value"][place] = Value::Null;
            }
        }
        Some(answer)
    });
    let through = world.through(&node.url);
    let mut keeper = Running(through.start("alice", "keeper --interval 1 --json", "lagged.txt"));
    let accruals = || lines_of(&world.said("lagged.txt"), "accrue").len();
    world.until("an accrual", || accruals() > 0);
    is_behind.store(true, SeqCst);
    world.until("two complaints", || {
        let said = world.said("lagged.txt");
        let lines = said
            .lines()
            .filter(|line| line.contains("no LRT of this program"));
        lines
            .filter(|line| line.contains("; trying again in "))
            .count()
            >= 2
    });
    is_behind.store(false, SeqCst);
    let before = accruals();
    world.until("work once it has caught up", || accruals() > before);
    assert!(keeper.0.try_wait().unwrap().is_none(), "it gave up");
}

/// Each keeper dies by SIGKILL as soon as it has sent something.
fn killed_at_every_call_each_has_its_effect_once(world: &World, node: &Node, cast: &Cast) {
    let keys = world.keys();
    let operator = cast.operator.parse().unwrap();
    let allocation = keys.allocation(&operator, &cast.avs.parse().unwrap());
    let batch = address::batch(&keys.stake_pool, world.pool().head_epoch);
    let mut effects = [BTreeSet::new(), BTreeSet::new()];
    let mut note = || {
        for (seen, account) in effects.iter_mut().zip([&allocation, &batch]) {
            seen.extend(world.effects(account)); // a validator for tests forgets soon
        }
        [effects[0].len(), effects[1].len()]
    };
    // An allocation made the one, a request the other. The node notes some time later which accounts a transaction named.
    world.until("the node's notes", || note() == [1, 1]);
    let through = world.through(&node.url);
    let mut kills = 0;
    world.until("the settlement", || {
        let sent = node.sendings();
        let mut keeper = Running(through.start("alice", "keeper --interval 1", "killed.txt"));
        for _ in 0..400 {
            if node.sendings() > sent {
                break;
            }
            sleep(Duration::from_millis(10));
        }
        keeper.0.kill().unwrap(); // SIGKILL
        kills += 1;
        note();
        world.pool().claimable > 0
    });
    assert!(kills >= 4, "{kills}");
    let pool = world.pool();
    let whole = crate::tokens::WHOLE;
    assert_eq!(
        (pool.idle, pool.delegated, pool.claimable),
        (0, 70 * whole, 30 * whole)
    );
    assert_eq!(pool.round.number, 1);
    // Deallocated and released; a round, an undelegation and a settlement. What was sent twice had no second effect.
    world.until("the node's notes", || note() >= [3, 4]);
    world.till(world.open("admin").slot().unwrap() + 20);
    assert_eq!(note(), [3, 4]);
    world.ok("alice", "verify");
}

fn a_node_that_goes_is_waited_for(world: &World) {
    let node = Node::new(&world.url, |request, truth| Some(truth(request)));
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let words = format!("keeper --interval 1 --json --metrics {address}");
    let poor = world.newcomer("poor");
    world.until("something to do", || {
        let ran = world.lrt("poor", "keeper --once");
        ran.status == 2 && ran.error.contains("too few lamports")
    });
    let through = world.through(&node.url);
    let mut keeper = Running(through.start("poor", &words, "waited.txt"));
    world.until("a complaint", || {
        world.said("waited.txt").contains("too few lamports")
    });
    world.give_lamports(&poor); // it goes on by itself
    let number = |name: &str| {
        let page = scraped(&address.to_string()).unwrap_or_default();
        let mut lines = page.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(known, _)| *known == name);
        found.map_or(0, |(_, value)| value.parse::<u64>().unwrap())
    };
    let accrued = "lrt_keeper_jobs_total{job=\"accrue\",outcome=\"done\"}";
    // One call an epoch, beside the others that come.
    world.until("a few passes and an accrual", || {
        number("lrt_keeper_passes_total") > 2 && number(accrued) > 0
    });
    let whole = crate::tokens::WHOLE;
    assert_eq!(number("lrt_delegated"), 70 * whole);
    assert_eq!(number("lrt_claimable"), 30 * whole);
    assert_eq!(number("lrt_nav"), 70 * whole);
    assert_eq!(number("lrt_queue_batches"), 0);
    assert_eq!(number("lrt_keeper_cluster_failures_total"), 0);
    assert!(number("lrt_keeper_balance_lamports") > whole);
    let now = world.open("alice").slot().unwrap();
    assert!(number("lrt_keeper_last_pass_slot").abs_diff(now) < 100);
    assert!(number("lrt_keeper_last_pass_timestamp_seconds") > 1_700_000_000);
    let page = scraped(&address.to_string()).unwrap();
    for part in ["# HELP lrt_nav ", "# TYPE lrt_keeper_jobs_total counter\n"] {
        assert!(page.contains(part), "{page}");
    }

    node.goes_down();
    world.until("three failures", || {
        number("lrt_keeper_cluster_failures_total") >= 3
    });
    assert!(keeper.0.try_wait().unwrap().is_none(), "it gave up");
    let said = world.said("waited.txt");
    let troubles: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("trying again"))
        .collect();
    for (line, seconds) in troubles.iter().zip([1, 2, 4]) {
        one_line(line);
        let wait = format!("; trying again in {seconds} s");
        assert!(
            line.contains("can not be reached") && line.ends_with(&wait),
            "{said}"
        );
    }

    node.comes_up();
    let (passes, accruals) = (number("lrt_keeper_passes_total"), number(accrued));
    world.until("work after the pause", || {
        number("lrt_keeper_passes_total") > passes && number(accrued) > accruals
    });
    world.ok("alice", "withdraw claim");
    world.ok("alice", "verify");
}

/// The page that Prometheus reads.
fn scraped(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    Some(body.to_owned())
}
