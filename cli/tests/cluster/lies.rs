//! Nodes that are of another cluster, slow, forgetful, gone in the middle, or that lie about a blockhash. Whatever they
//! do, a deposit has its effect once or not at all, and the message says which.

use crate::{
    node::{result_of, Node, Truth},
    tokens::{Collateral, WHOLE},
    world::{one_line, text, Ran, World},
};
use liquid_restaking_sdk::program;
use serde_json::{json, Value};
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering::SeqCst},
        Mutex,
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

/// A lie takes no more of a person's time.
const PATIENCE: Duration = Duration::from_secs(95);
/// A node that says nothing is waited for somewhat longer.
const SILENCE: Duration = Duration::from_secs(150);

/// What `lrt deposit 1` through a node must come to, in a wallet of its own.
type Lie = fn(&World, &str);

/// The journey.
pub fn travel(url: &str) {
    let lies: [(&str, Lie); 10] = [
        ("other", another_cluster),
        ("slow", a_slow_node),
        ("slowly", a_node_that_is_slow_to_send),
        ("gone", a_node_that_goes_after_the_sending),
        ("drops", a_node_that_drops_what_it_is_given_at_first),
        ("random", a_blockhash_that_never_was),
        ("expired", a_blockhash_that_has_expired),
        ("high", a_last_block_that_never_comes),
        ("low", a_last_block_that_is_long_gone),
        ("simulates", a_simulation_that_promised_more),
    ];
    let mut wallets = vec!["admin"];
    wallets.extend(lies.iter().map(|(name, _)| name));
    let mut world = World::new(url, "lies", &wallets, Collateral::Spl);
    // Long epochs: whatever takes its time here is within one.
    world.create("admin", "--epoch-length 1000 --max-exit-delay 7");
    world.ok("admin", "deposit 10");
    let failed: Vec<&str> = thread::scope(|scope| {
        let begun: Vec<_> = lies
            .iter()
            .map(|(name, lie)| (*name, scope.spawn(|| lie(&world, name))))
            .collect();
        let ended = begun
            .into_iter()
            .map(|(name, thread)| (name, thread.join()));
        ended
            .filter_map(|(name, ended)| ended.is_err().then_some(name))
            .collect()
    });
    assert!(failed.is_empty(), "these lies won: {failed:?}");
    world.ok("admin", "verify");
}

/// Deposits one token through a node.
fn deposit(world: &World, wallet: &str, node: &Node, most: Duration) -> Ran {
    let begun = Instant::now();
    let ran = world.through(&node.url).lrt(wallet, "deposit 1 --json");
    let took = begun.elapsed();
    assert!(took < most, "{wallet}: {took:?}: {}", ran.error);
    if ran.status != 0 {
        one_line(&ran.error);
    }
    ran
}

/// How often the deposit has had its effect, once nothing that was sent can land any more.
fn effects(world: &World, wallet: &str) -> u64 {
    let key = world.key(wallet);
    let paid = 1_000 * WHOLE - world.collateral_of(&key);
    assert_eq!(world.shares_of(&key), paid);
    paid / WHOLE
}

fn must_say(ran: &Ran, status: i32, parts: &[&str]) {
    assert_eq!(ran.status, status, "{}{}", ran.error, ran.text);
    for part in parts {
        assert!(ran.error.contains(part), "no \"{part}\" in {}", ran.error);
    }
}

/// The program and its accounts are not there.
fn another_cluster(world: &World, wallet: &str) {
    let node = Node::new(&world.url, |request, truth| {
        let mut answer = truth(request);
        let id = program::ID.to_string();
        match request["method"].as_str() {
            Some("getMultipleAccounts") => {
                let asked = request["params"][0].as_array().unwrap();
                let found = answer["result"]["value"].as_array_mut().unwrap();
                for (key, account) in asked.iter().zip(found) {
                    if *key == id || account["owner"] == id {
                        *account = Value::Null;
                    }
                }
            }
            Some("getProgramAccounts") => answer["result"] = json!([]),
            Some("simulateTransaction") => {
                answer["result"]["value"]["err"] = json!("ProgramAccountNotFound");
            }
            _ => {}
        }
        Some(answer)
    });
    let parts = ["is not deployed on", "--url", node.url.as_str()];
    must_say(&deposit(world, wallet, &node, PATIENCE), 3, &parts);
    let elsewhere = world.through(&node.url);
    for words in [
        "status",
        "verify",
        "keeper --once",
        "withdraw list",
        "list",
        "operator register",
    ] {
        let told = elsewhere.fails(wallet, words, 3, "is not deployed on");
        assert!(told.contains("--url"), "{told}");
    }
    let key = world.key("admin");
    elsewhere.fails(
        wallet,
        &format!("operator retire {key}"),
        3,
        "is not deployed on",
    );
    assert_eq!(effects(world, wallet), 0);
}

/// Beyond --timeout, before anything is sent.
fn a_slow_node(world: &World, wallet: &str) {
    let node = Node::new(&world.url, |request, truth| {
        sleep(Duration::from_secs(3));
        Some(truth(request))
    });
    let mut impatient = world.clone();
    impatient.timeout = 1;
    let ran = deposit(&impatient, wallet, &node, Duration::from_secs(10));
    must_say(&ran, 3, &["did not answer in time", "--timeout", "--url"]);
    assert_eq!(effects(world, wallet), 0);
}

/// Beyond --timeout, while it sends: what it did not answer in time has been done.
fn a_node_that_is_slow_to_send(world: &World, wallet: &str) {
    let node = Node::new(&world.url, |request, truth| {
        let answer = truth(request);
        if request["method"] == "sendTransaction" {
            sleep(Duration::from_secs(5));
        }
        Some(answer)
    });
    let mut impatient = world.clone();
    impatient.timeout = 2;
    must_say(&deposit(&impatient, wallet, &node, PATIENCE), 0, &[]);
    assert_eq!(effects(world, wallet), 1);
}

/// The transaction lands, and nobody is there to say so.
fn a_node_that_goes_after_the_sending(world: &World, wallet: &str) {
    static GONE: AtomicUsize = AtomicUsize::new(0);
    let node = Node::new(&world.url, |request, truth| {
        if GONE.load(SeqCst) > 0 {
            return None;
        }
        let answer = truth(request);
        if request["method"] == "sendTransaction" {
            GONE.store(1, SeqCst);
            return None;
        }
        Some(answer)
    });
    let watched = node.clone();
    thread::spawn(move || {
        while GONE.load(SeqCst) == 0 {
            sleep(Duration::from_millis(5));
        }
        watched.goes_down();
    });
    let ran = deposit(world, wallet, &node, SILENCE);
    must_say(
        &ran,
        3,
        &["can not be reached", "may have landed", "look it up"],
    );
    // The signature that it names is the one that landed.
    let (_, rest) = ran.error.split_once("transaction ").unwrap();
    let signature = rest.split(' ').next().unwrap();
    let cluster = world.open(wallet);
    let status = cluster
        .rpc()
        .get_signature_status(&signature.parse().unwrap());
    assert!(matches!(status.unwrap(), Some(Ok(()))), "{signature}");
    assert_eq!(effects(world, wallet), 1);
}

/// It says that it has sent, and has not. What is sent again is the same transaction.
fn a_node_that_drops_what_it_is_given_at_first(world: &World, wallet: &str) {
    let (given, bytes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let node = Node::new(&world.url, move |request, truth| {
        if request["method"] == "sendTransaction" {
            let mut bytes = bytes.lock().unwrap();
            bytes.push(request["params"][0].clone());
            assert!(bytes.windows(2).all(|two| two[0] == two[1]));
            if given.fetch_add(1, SeqCst) < 3 {
                return Some(told(request, json!("1".repeat(64))));
            }
        }
        Some(truth(request))
    });
    must_say(&deposit(world, wallet, &node, PATIENCE), 0, &[]);
    assert!(node.sendings() >= 4, "{}", node.sendings());
    assert_eq!(effects(world, wallet), 1);
}

const STRANGE: [&str; 3] = ["blockhash that it gave", "othing has happened", "--url"];

fn a_blockhash_that_never_was(world: &World, wallet: &str) {
    let hash = world.key(wallet).to_string(); // as good as any
    let node = Node::new(&world.url, move |request, truth| {
        Some(lie(request, truth, |value| {
            value["blockhash"] = json!(hash)
        }))
    });
    must_say(&deposit(world, wallet, &node, PATIENCE), 3, &STRANGE);
    assert_eq!((node.sendings(), effects(world, wallet)), (0, 0));
}

fn a_blockhash_that_has_expired(world: &World, wallet: &str) {
    let cluster = world.open(wallet);
    // A validator for tests keeps few blocks: the oldest that it is sure to have for a while, until its hash has expired.
    let first = cluster.rpc().get_first_available_block().unwrap();
    let old = cluster.slot().unwrap().saturating_sub(400).max(first + 20);
    world.till(old + 200);
    let known = cluster.rpc().get_blocks(old, Some(old + 20)).unwrap();
    let only_its_head = json!({
        "transactionDetails": "none", "rewards": false, "maxSupportedTransactionVersion": 0,
    });
    let block = result_of(&world.url, "getBlock", json!([known[0], only_its_head]));
    let hash = text(&block, "blockhash");
    let node = Node::new(&world.url, move |request, truth| {
        Some(lie(request, truth, |value| {
            value["blockhash"] = json!(hash)
        }))
    });
    must_say(&deposit(world, wallet, &node, PATIENCE), 3, &STRANGE);
    assert_eq!((node.sendings(), effects(world, wallet)), (0, 0));
}

/// The last block that may take the transaction is said to come in years, and the transaction is never sent. The
/// blockhash runs out all the same.
fn a_last_block_that_never_comes(world: &World, wallet: &str) {
    let blockhashes = AtomicUsize::new(0);
    let node = Node::new(&world.url, move |request, truth| {
        if request["method"] == "sendTransaction" && blockhashes.load(SeqCst) < 2 {
            return Some(told(request, json!("1".repeat(64))));
        }
        Some(lie(request, truth, |value| {
            blockhashes.fetch_add(1, SeqCst);
            value["lastValidBlockHeight"] = json!(u64::MAX / 2);
        }))
    });
    // A blockhash lives for 150 blocks, twice that where the node may be ahead; then it must be final that it is gone.
    let slot = || world.open(wallet).slot().unwrap();
    let begun = slot();
    let most = Duration::from_secs(1_200); // on a busy machine slots take long
    must_say(&deposit(world, wallet, &node, most), 0, &[]);
    let passed = slot() - begun;
    assert!(passed < 420, "{passed} slots");
    assert_eq!(effects(world, wallet), 1);
}

/// The last block is said to be long gone, and the transaction comes late: a second one must not be made meanwhile.
fn a_last_block_that_is_long_gone(world: &World, wallet: &str) {
    let first = Mutex::new(None::<(Value, Instant)>);
    let node = Node::new(&world.url, move |request, truth| {
        if request["method"] == "sendTransaction" {
            let mut first = first.lock().unwrap();
            let (sent, since) = first.get_or_insert_with(|| (request.clone(), Instant::now()));
            if sent["params"][0] != request["params"][0] {
                // Another transaction: both are let through, so that a double effect would show.
                let _ = truth(sent);
            } else if since.elapsed() < Duration::from_secs(10) {
                return Some(told(request, json!("1".repeat(64))));
            }
        }
        Some(lie(request, truth, |value| {
            value["lastValidBlockHeight"] = json!(1)
        }))
    });
    must_say(&deposit(world, wallet, &node, PATIENCE), 0, &[]);
    assert_eq!(effects(world, wallet), 1);
}

/// What was simulated could be done, what landed could not: the reason is in the log, which the node does not have at
/// once, and the fee is paid.
fn a_simulation_that_promised_more(world: &World, wallet: &str) {
    world.ok(wallet, "deposit 1");
    let asked = AtomicUsize::new(0);
    let node = Node::new(&world.url, move |request, truth| {
        let mut answer = truth(request);
        match request["method"].as_str() {
            Some("simulateTransaction") => {
                let value = &mut answer["result"]["value"];
                (value["err"], value["unitsConsumed"]) = (Value::Null, json!(200_000));
            }
            Some("getTransaction") if asked.fetch_add(1, SeqCst) < 2 => {
                answer["result"] = Value::Null;
            }
            _ => {}
        }
        Some(answer)
    });
    let landed = |words: &str, parts: &[&str]| {
        let ran = world.through(&node.url).lrt(wallet, words);
        must_say(&ran, 1, parts);
        one_line(&ran.error);
        let (_, rest) = ran.error.split_once("the transaction ").unwrap();
        assert!(rest.contains(" landed without effect and cost its fee"));
        let signature = rest.split(' ').next().unwrap().parse().unwrap();
        let cluster = world.open(wallet);
        let status = cluster.rpc().get_signature_status(&signature).unwrap();
        assert!(matches!(status, Some(Err(_))), "{signature}");
    };
    // The token program's number is not ours.
    landed(
        "withdraw request 5",
        &["InsufficientFunds", "the token account holds less"],
    );
    landed("admin cap set 5", &["refused: NotAdmin: "]);
    assert_eq!(effects(world, wallet), 1);
}

/// Changes what the node says of its latest blockhash.
fn lie(request: &Value, truth: Truth, change: impl Fn(&mut Value)) -> Value {
    let mut answer = truth(request);
    if request["method"] == "getLatestBlockhash" {
        change(&mut answer["result"]["value"]);
    }
    answer
}

/// An answer of the node's own.
fn told(request: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })
}
