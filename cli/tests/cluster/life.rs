//! An LRT from its creation to the return of the last lamport of rent, most of it as people would do it.

use crate::{
    tokens::Collateral,
    world::{one_line, slot, text, World},
};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The journey.
pub fn travel(url: &str) {
    let wallets = ["admin", "alice", "bob", "operator", "avs"];
    let mut world = World::new(url, "life", &wallets, Collateral::Spl);
    create(&mut world);
    mistakes_are_told_in_one_line(&world);
    let (operator, avs) = restake(&world);
    rewards_and_a_slash(&world, &operator, &avs);
    withdrawals(&world);
    streams(&world);
    everything_closes(&world, &operator, &avs);
}

fn create(world: &mut World) {
    world.create("admin", "--epoch-length 8 --max-exit-delay 24 --drip 16");
    let listed = world.ok("alice", "list");
    let mints = listed["lrts"].as_array().unwrap();
    assert!(mints.contains(&Value::from(world.lrt.clone())));
    let shown = world.ok("alice", "admin params show");
    assert_eq!(shown["in_force"]["cooldown-epochs"], "1");
}

fn mistakes_are_told_in_one_line(world: &World) {
    let fails = |words: &str, status, text| drop(world.fails("alice", words, status, text));
    fails("deposit 1.0000000001", 2, "more decimals");
    fails("deposit 99999999999999", 2, "more than there can be");
    fails("deposit 1001", 2, "are needed");
    fails(
        "operator bond 11111111111111111111111111111111 1",
        2,
        "no operator at",
    );
    fails("admin cap set 5", 1, "NotAdmin");
    fails("withdraw settle", 2, "the queue is empty");
    world.newcomer("penniless");
    world.fails("penniless", "deposit ALL", 2, "ALL is nothing");
    // The wrong LRT: another mint, a wallet, nothing. An LRT's account stands for its mint.
    fails(
        &format!("deposit 1 --lrt {}", world.collateral),
        2,
        "no LRT",
    );
    fails(
        &format!("deposit 1 --lrt {}", world.key("bob")),
        2,
        "no mint",
    );
    let account = format!("deposit 1 --dry-run --lrt {}", world.keys().lrt);
    assert_eq!(text(&world.ok("alice", &account), "LRT_quoted"), "1");
    let nothing = format!("deposit 1 --lrt {}", Keypair::new().pubkey());
    fails(&nothing, 2, "is it the right cluster");
    // No lamports for the fee; the tokens are another's matter.
    world.newcomer("poor");
    for words in ["keep accrue", "deposit 1 --fee-payer POOR"] {
        let words = words.replace("POOR", &world.path("poor").to_string_lossy());
        let who = if words.starts_with("keep") {
            "poor"
        } else {
            "alice"
        };
        let told = world.fails(who, &words, 2, "too few lamports");
        assert!(told.contains(&world.key("poor").to_string()), "{told}");
    }
}

/// Operator and AVS; the AVS is accepted after somebody has deposited, so under the timelock.
fn restake(world: &World) -> (String, String) {
    let register = "operator register --commission-bps 1000 --uri https://operator";
    let operator = text(&world.ok("operator", register), "operator");
    world.ok("admin", &format!("admin operator-cap set {operator} ALL"));

    let dry = world.ok("alice", "deposit 100 --dry-run");
    assert!(dry["signature"].is_null() && dry["compute_units"].as_u64().unwrap() > 0);
    let changes = dry["changes"].as_array().unwrap();
    assert!(changes
        .iter()
        .any(|change| change["token"] == world.lrt && change["after"] == "100"));
    world.ok("alice", "deposit 100 --priority-fee 1000");
    world.ok("bob", "deposit ALL --min-shares 999");
    let status = world.ok("alice", "status");
    assert_eq!(status["value"]["supply"], "1100");

    // Windows wide enough for a busy machine.
    let windows = "--veto-window 8 --execution-window 8 --exit-delay 24";
    let register = format!("avs register {windows} --slash-window 24 --slash-cap-bps 2000");
    let avs = text(&world.ok("avs", &register), "avs");
    world.ok("admin", &format!("admin avs propose {avs} 8000"));
    let apply = format!("admin avs apply {avs}");
    world.fails("alice", &apply, 1, "TimelockRunning");
    world.ok("operator", &format!("operator opt-in {operator} {avs}"));
    world.ok("avs", &format!("avs opt-in {avs} {operator}"));
    world.ok("operator", &format!("operator bond {operator} 1"));
    world.ok("admin", &format!("manage delegate {operator} 600"));
    let allocate = |amount: u32| format!("manage allocate {operator} {avs} {amount}");
    world.fails("admin", &allocate(10), 1, "");
    world.in_time("alice", &apply);
    world.ok("admin", &allocate(300));
    (operator, avs)
}

fn rewards_and_a_slash(world: &World, operator: &str, avs: &str) {
    a_reading_that_can_not_be_kept(world);
    world.ok("alice", "status --mark");
    world.ok("avs", &format!("avs pay-rewards {avs} {operator} 11"));
    let evidence = world.file("evidence.txt", "it was asleep\n");
    let propose = format!("avs propose-slash {avs} {operator} 3 --evidence {evidence}");
    world.fails("operator", &propose, 1, "NotSlasher");
    let vetoed = text(&world.ok("avs", &propose), "proposal");
    world.ok("avs", &format!("avs veto {vetoed}"));
    world.ok("alice", "verify");
    world.fails("avs", &propose, 1, "ProposalBlocked");
    let slashed = text(&world.in_time("avs", &propose), "proposal");
    let execute = format!("keep execute-slash {slashed}");
    world.in_time("alice", &format!("{execute} --dry-run"));
    world.ok("bob", "keeper --once --close");
    world.fails("alice", &execute, 2, "no slash proposal");
    let status = world.ok("alice", "status");
    assert_eq!(status["operators"][0]["stake"], "598"); // the bond paid one
    assert_eq!(status["operators"][0]["bond"], "0");
    let mut parts = status["yield"].as_array().unwrap().iter();
    assert!(
        parts.any(|row| text(row, "part") == format!("{avs}: slashes")
            && row["AVS"] == avs
            && row["kind"] == "slashes"),
        "{status}"
    );
    let period = &status["yield_period"];
    let number = |field: &str| period[field].as_u64().unwrap();
    let now = slot(&status["value"], "slot");
    assert_eq!(number("since_slot") + number("slots"), now, "{period}");
    for field in ["commissions", "fees"] {
        assert!(
            text(period, field).parse::<f64>().unwrap() > 0.0,
            "{period}"
        );
    }
    world.ok("alice", "verify");
}

/// Who can only read still gets the status; who asked for the reading is told that it is not kept.
fn a_reading_that_can_not_be_kept(world: &World) {
    let mut elsewhere = world.clone();
    elsewhere.cache = world.path("alice"); // a file
    let ran = elsewhere.lrt("alice", "status --json");
    assert_eq!(ran.status, 0, "{}", ran.error);
    one_line(&ran.error);
    assert!(
        ran.error.contains("note: this reading is not kept"),
        "{}",
        ran.error
    );
    assert!(ran.json["yield_period"].is_null(), "{}", ran.text);
    assert!(ran.json["yield"].is_array() && ran.json["value"].is_object());
    elsewhere.fails("alice", "status --mark", 2, "can not be written");
}

fn withdrawals(world: &World) {
    let first = world.ok("alice", "withdraw request 10");
    let second = text(&world.ok("alice", "withdraw request 5"), "ticket");
    let third = text(&world.ok("alice", "withdraw request 5"), "ticket");
    world.fails("alice", "withdraw claim", 2, "anything to claim");
    let bob = world.key("bob");
    world.ok("alice", &format!("withdraw transfer {second} {bob}"));
    let cancel = |ticket: &str| format!("withdraw cancel {ticket}");
    world.fails("alice", &cancel(&second), 2, "--keypair");
    world.ok("alice", &cancel(&third));
    world.till(slot(&first, "due_slot") + 10);
    world.ok("bob", "keeper --once");
    let claim = format!("withdraw claim {}", text(&first, "ticket"));
    world.ok("bob", &claim); // a stranger: it goes to Alice
    world.ok("bob", "withdraw claim");
    world.fails("alice", &claim, 2, "no ticket");
    world.ok("alice", "redeem 1");
    world.ok("admin", "guard pause instant-exits --slots 500");
    world.fails("alice", "redeem 1", 1, "InstantExitsPaused");
    world.ok("admin", "guard unpause instant-exits");
    world.ok("alice", "keep check");
    world.ok("alice", "verify");
}

fn streams(world: &World) {
    world.ok("admin", "admin reward-book create");
    let add = format!("admin stream add 2 {} 5", world.collateral);
    world.ok("admin", &add);
    world.ok("alice", "position stake 20");
    world.ok("avs", "keep fund-stream 2 4");
    let funded = world.open("admin").slot().unwrap();
    world.in_time("alice", "position claim");
    world.ok("alice", "verify");
    // A stream stands still when the last holder leaves the book: what had not come by then could not be claimed.
    world.till(funded + 8);
    world.ok("alice", "position unstake ALL");
    let _ = world.lrt("alice", "position claim"); // what came since
    world.ok("alice", "position close");
    world.in_time("admin", "admin stream close 2");
    world.ok("admin", "admin reward-book close");
}

fn everything_closes(world: &World, operator: &str, avs: &str) {
    world.ok("alice", "withdraw request ALL");
    world.ok("bob", "withdraw request ALL");
    world.ok("admin", &format!("guard end-avs {avs}"));
    world.ok("operator", &format!("operator collect {operator}"));
    world.ok("operator", &format!("operator retire {operator}"));
    // Nobody but the keeper brings the stake back.
    let keep = "keeper --once --close --apply";
    world.ok("bob", keep);
    world.ok("alice", "verify");
    for wallet in ["alice", "bob"] {
        world.until("the last ticket", || {
            world.ok("bob", keep);
            let _ = world.lrt(wallet, "withdraw claim");
            let listed = world.ok(wallet, "withdraw list");
            listed["tickets"].as_array().unwrap().is_empty()
        });
    }
    let close = format!("keep close allocation {operator} {avs}");
    world.in_time("bob", &close);
    world.ok("operator", &format!("operator opt-out {operator} {avs}"));
    world.ok("avs", &format!("avs opt-out {avs} {operator}"));
    world.ok("bob", &format!("keep close opt-in {operator} {avs}"));
    world.ok("bob", keep);
    world.ok("bob", &format!("keep close pool-avs {avs}"));
    world.ok("bob", &format!("keep close delegation {operator}"));
    world.ok("operator", &format!("operator close {operator}"));
    world.ok("avs", &format!("avs close {avs}"));
    world.ok("alice", "verify");
    let _ = world.lrt("bob", "withdraw close");
    let _ = world.lrt("bob", "keep collect-fees");
    world.ok("admin", "admin close-pool");
    world.ok("admin", "admin close");
    world.fails("alice", "status", 2, "no LRT");
}
