//! Roles, parameters, caps and terms: what the admin changes, what waits under the timelock, who hands over to whom. And
//! what the status says of it.

use crate::{
    tokens::{self, Collateral, WHOLE},
    world::{row, text, World},
};
use liquid_restaking_sdk::program;
use serde_json::Value;

const TERMS: &str =
    "--veto-window 2 --execution-window 2 --exit-delay 7 --slash-window 7 --slash-cap-bps 2000";

/// The journey.
pub fn travel(url: &str) {
    let wallets = ["admin", "alice", "bob", "operator", "avs"];
    let mut world = World::new(url, "governance", &wallets, Collateral::Spl);
    an_lrt_gets_its_pool_later(&mut world);
    roles_are_handed_over(&world);
    let (operator, avs) = who_works_for_it(&world);
    world.ok("alice", "deposit 100");
    let (first, second) = everything_waits_under_the_timelock(&world, &operator, &avs);
    stake_goes_and_comes(&world, &operator, &first);
    a_bond_cools(&world, &operator);
    a_slash_that_nobody_executes_expires(&world, &operator, &first);
    tokens_that_nobody_owns_drip(&world);
    world.ok("admin", &format!("admin avs lower {second} 0"));
    world.ok("alice", &format!("keep close pool-avs {second}"));
    world.ok("alice", "verify");
}

fn an_lrt_gets_its_pool_later(world: &mut World) {
    // Wide enough for a busy machine: what is proposed lapses one timelock after it is ripe.
    let flags = "--epoch-length 8 --max-exit-delay 7 --grace 0 --timelock 60 --drip 10";
    let created = world.ok("admin", &format!("admin create --decimals 9 {flags}"));
    world.lrt = text(&created, "lrt");
    world.fails("alice", "deposit 1", 2, "admin adds one with");
    let add = format!("admin add-pool {} --deposit-cap 1000", world.collateral);
    world.fails("alice", &add, 1, "NotAdmin");
    world.ok("admin", &add);
}

fn roles_are_handed_over(world: &World) {
    let bob = world.key("bob").to_string();
    let nobody = "11111111111111111111111111111111";
    for role in ["admin", "manager", "guardian"] {
        let (propose, accept) = (
            format!("admin role propose {role} {bob}"),
            format!("admin role accept {role}"),
        );
        world.fails("alice", &propose, 1, "");
        world.fails("bob", &accept, 1, ""); // nobody has named him yet
        world.ok("admin", &propose);
        let status = world.ok("alice", "status");
        let named = row(&status["roles"], "role", role);
        assert_eq!(named["holder"], world.key("admin").to_string());
        assert_eq!(named["named_successor"], bob);
        world.fails("alice", &accept, 1, "");
        world.ok("admin", &format!("admin role propose {role} {nobody}"));
        world.fails("bob", &accept, 1, ""); // the name was taken back
        world.ok("admin", &propose);
        world.ok("bob", &accept);
        let status = world.ok("alice", "status");
        assert_eq!(row(&status["roles"], "role", role)["holder"], bob);
        // And back, as the rest of the story has one admin.
        let back = format!("admin role propose {role} {}", world.key("admin"));
        world.fails("admin", &back, 1, "");
        world.ok("bob", &back);
        world.ok("admin", &accept);
    }
    let status = world.ok("alice", "status");
    let wallet = row(&status["roles"], "role", "fee wallet");
    assert_eq!(wallet["holder"], world.key("admin").to_string());
    let program = &status["program"];
    assert_eq!(program["address"], program::ID.to_string());
    // What the machine's validator says; `tampered` has the other answers.
    let who = text(program, "who_can_upgrade_it");
    assert!(
        ["nobody: ", "a single key, ", "an account "]
            .iter()
            .any(|start| who.starts_with(start)),
        "{who}"
    );
    let key = program["authority"].as_str().unwrap_or_default();
    match text(program, "kind").as_str() {
        "nobody" => assert!(who.starts_with("nobody: ")),
        "single_key" => assert!(who.starts_with(&format!("a single key, {key}: "))),
        "program_account" => assert!(who.starts_with(&format!("an account {key} "))),
        other => panic!("{other}: {who}"),
    }
}

/// An operator and an AVS that change hands before they work for the LRT.
fn who_works_for_it(world: &World) -> (String, String) {
    let operator = text(
        &world.ok("bob", "operator register --commission-bps 500"),
        "operator",
    );
    let successor = world.key("operator");
    let update = format!("operator update {operator} --uri https://o --commission-bps 600");
    world.fails("operator", &update, 1, "");
    world.ok("bob", &format!("{update} --successor {successor}"));
    world.fails("alice", &format!("operator accept {operator}"), 1, "");
    world.ok("operator", &format!("operator accept {operator}"));
    world.ok(
        "operator",
        &format!("operator update {operator} --commission-bps 100"),
    );

    let avs = text(&world.ok("bob", &format!("avs register {TERMS}")), "avs");
    let (successor, update) = (world.key("avs"), format!("avs update {avs}"));
    let changes = format!(
        "--slasher {successor} --resolver {successor} --slash-cap-bps 3000 --uri https://a"
    );
    world.fails("avs", &format!("{update} {changes}"), 1, "");
    world.ok(
        "bob",
        &format!("{update} {changes} --successor {successor}"),
    );
    world.fails("alice", &format!("avs accept {avs}"), 1, "");
    world.ok("avs", &format!("avs accept {avs}"));
    world.fails("bob", &format!("{update} --uri x"), 1, "");
    let shown = world.ok("alice", &format!("operator show {operator}"));
    let authority = world.key("operator").to_string();
    assert_eq!(
        (&shown["authority"], &shown["commission"]),
        (&authority.into(), &"1 %".into())
    );
    let shown = world.ok("alice", &format!("avs show {avs}"));
    assert_eq!(
        (&shown["authority"], &shown["uri"]),
        (&successor.to_string().into(), &"https://a".into())
    );
    (operator, avs)
}

/// Proposes all that can be, looks at it, applies it. Returns the AVS, and another that nobody works for.
fn everything_waits_under_the_timelock(
    world: &World,
    operator: &str,
    avs: &str,
) -> (String, String) {
    let other = text(&world.ok("avs", &format!("avs register {TERMS}")), "avs");
    // Lower at once, higher later.
    world.ok("admin", "admin cap set 100");
    world.fails("alice", "deposit 1", 1, "DepositCap");
    world.ok("admin", "admin params propose --reward-fee-bps 900");
    world.ok("admin", "admin params withdraw");
    world.fails("admin", "admin params apply", 1, "");
    world.fails(
        "admin",
        "admin params propose --reward-fee-bps 2001",
        1,
        "FeeOutOfBounds",
    );
    world.ok("admin", "admin cap set 500");
    world.ok(
        "admin",
        "admin params propose --reward-fee-bps 700 --min-settle 0.5",
    );
    world.ok("admin", &format!("admin operator-cap set {operator} 90"));
    for avs in [avs, &other] {
        world.ok("admin", &format!("admin avs propose {avs} 5000"));
    }

    let status = world.ok("alice", "status");
    let pending = &status["pending"];
    let all = [
        "parameters (`lrt admin params show`)".to_owned(),
        "deposit cap 500".to_owned(),
        format!("operator {operator}, cap 90"),
        format!("AVS {avs}, cap 50 %"),
        format!("AVS {other}, cap 50 %"),
    ];
    for what in &all {
        let row = row(pending, "what", what);
        assert_eq!(row["state"], "waits", "{row}");
        let number = |field: &str| text(row, field).parse::<u64>().unwrap();
        assert_eq!(number("lapses_in_slot"), number("ripe_in_slot") + 60);
        assert_eq!(row["ripe_slot"], number("ripe_in_slot"));
        assert_eq!(row["lapse_slot"], number("lapses_in_slot"));
    }
    let cap = row(pending, "kind", "operator_cap");
    assert_eq!(
        (&cap["operator"], &cap["cap"]),
        (&operator.into(), &"90".into())
    );
    let accepted = row(pending, "AVS", avs);
    assert_eq!(
        (&accepted["kind"], &accepted["cap"]),
        (&"avs".into(), &"50 %".into())
    );
    let total = &status["exit_plan_total"];
    assert_eq!(
        (&total["owed"], &total["shortage"]),
        (&"0".into(), &"0".into())
    );
    assert_eq!(pending.as_array().unwrap().len(), all.len(), "{pending}");
    assert_eq!(status["value"]["deposit_cap"], "100");
    let read = world.lrt("alice", "status");
    assert_eq!(read.status, 0, "{}", read.error);
    for title in [
        "Value",
        "Operators",
        "Queue",
        "Roles",
        "Proposed under the timelock",
        "Program",
    ] {
        let mut lines = read.text.lines();
        assert!(
            lines.any(|line| line.starts_with(title)),
            "no {title} in {}",
            read.text
        );
    }
    let shown = world.ok("alice", "admin params show");
    assert_eq!(shown["in_force"]["reward-fee-bps"], "500");
    assert_eq!(shown["proposed"]["reward-fee-bps"], "700");
    assert_eq!(shown["proposed"]["min-settle"], "0.5");
    assert!(shown["ripe_slot"].is_u64() && shown["lapse_slot"].is_u64());

    for apply in [
        "admin params apply".to_owned(),
        "admin cap apply".to_owned(),
        format!("admin operator-cap apply {operator}"),
        format!("admin avs apply {avs}"),
        format!("admin avs apply {other}"),
    ] {
        world.in_time("alice", &apply);
        world.fails("alice", &apply, 1, "");
    }
    let status = world.ok("alice", "status");
    assert_eq!(status["pending"], Value::Array(Vec::new()));
    assert_eq!(status["value"]["deposit_cap"], "500");
    let shown = world.ok("alice", "admin params show");
    assert_eq!(shown["in_force"]["reward-fee-bps"], "700");
    assert!(shown["proposed"].is_null() && shown["ripe_slot"].is_null());
    (avs.to_owned(), other)
}

/// An operator's own row, whose AVS is null, or that of an allocation.
fn one_of<'a>(rows: &'a Value, operator: &str, avs: &Value) -> &'a Value {
    let mut rows = rows.as_array().unwrap().iter();
    let found = rows.find(|row| row["operator"] == operator && row["AVS"] == *avs);
    found.unwrap()
}

fn stake_goes_and_comes(world: &World, operator: &str, avs: &str) {
    world.ok("operator", &format!("operator opt-in {operator} {avs}"));
    world.ok("avs", &format!("avs opt-in {avs} {operator}"));
    let stake = |what: &str, amount: &str| format!("manage {what} {operator} {amount}");
    world.fails("alice", &stake("delegate", "10"), 1, "NotManager");
    world.fails("admin", &stake("delegate", "91"), 1, ""); // the cap
    world.ok("admin", &stake("delegate", "80"));
    let of = format!("{operator} {avs}");
    world.fails("admin", &format!("manage allocate {of} 51"), 1, "");
    world.ok("admin", &format!("manage allocate {of} 40"));
    let status = world.ok("alice", "status");
    let rows = &status["operators"];
    let (whole, part) = (
        one_of(rows, operator, &Value::Null),
        one_of(rows, operator, &avs.into()),
    );
    assert_eq!(rows.as_array().unwrap().len(), 2, "{rows}");
    assert_eq!(
        (&whole["retired"], &part["retired"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        (&whole["stake"], &whole["commission"]),
        (&"80".into(), &"1 %".into())
    );
    assert_eq!(
        (&part["stake"], &part["cooling"]),
        (&"40".into(), &"0".into())
    );
    let risk = row(&status["risk"], "AVS", avs);
    assert_eq!(risk["cap_of_assets"], "50 %");
    assert_eq!(
        (&risk["counts_on"], &risk["of_value"]),
        (&"40".into(), &"40 %".into())
    );
    assert_eq!(risk["may_take_in_one_window"], "12 %"); // 30 % of it
    let all = row(&status["risk"], "AVS", "all together");
    assert_eq!(all["counts_on"], "40");

    world.ok("admin", &format!("manage deallocate {of} 10"));
    let status = world.ok("alice", "status");
    let part = one_of(&status["operators"], operator, &avs.into());
    assert_eq!(
        (&part["stake"], &part["cooling"]),
        (&"30".into(), &"10".into())
    );
    world.in_time("alice", &format!("keep release {of}"));
    world.ok("admin", &stake("undelegate", "ALL"));
    let status = world.ok("alice", "status");
    assert_eq!(
        (&status["value"]["idle"], &status["value"]["delegated"]),
        (&"70".into(), &"30".into())
    );
    world.ok("alice", "keep accrue");
}

fn a_bond_cools(world: &World, operator: &str) {
    world.ok("operator", &format!("operator bond {operator} 5"));
    let unbond = format!("operator unbond {operator}");
    world.fails("alice", &format!("{unbond} 5"), 1, "");
    world.fails("operator", &format!("{unbond} 6"), 1, "BondLocked");
    world.ok("operator", &format!("{unbond} ALL"));
    let before = world.collateral_of(&world.key("operator"));
    world.in_time("operator", &unbond);
    let paid = world.collateral_of(&world.key("operator")) - before;
    assert_eq!(paid, 5 * WHOLE);
    world.fails("operator", &unbond, 1, "NothingToDo");
}

fn a_slash_that_nobody_executes_expires(world: &World, operator: &str, avs: &str) {
    let evidence = world.file("evidence.txt", "it was asleep\n");
    let propose =
        format!("avs propose-slash {avs} {operator} 3 --evidence {evidence} --uri https://e");
    let proposal = text(&world.ok("avs", &propose), "proposal");
    let listed = world.ok("alice", "avs proposals --all");
    let one = row(&listed["proposals"], "proposal", &proposal);
    assert_eq!(
        (&one["amount"], &one["state"]),
        (&"3".into(), &"open".into())
    );
    assert_eq!(one["uri"], "https://e");
    let close = format!("keep close proposal {proposal}");
    world.fails("alice", &close, 1, "");
    world.in_time("alice", &format!("keep expire-slash {proposal}"));
    world.ok("alice", &close);
    world.fails("alice", &close, 2, "no slash proposal");
}

fn tokens_that_nobody_owns_drip(world: &World) {
    world.fails("alice", "keep sweep", 1, "");
    let cluster = world.open("bob");
    let keys = world.keys();
    tokens::transfer(
        &cluster,
        &world.collateral,
        &world.token_program,
        &keys.vault,
        3 * WHOLE,
    );
    let status = world.ok("alice", "status");
    assert_eq!(status["value"]["of_it_unbooked"], "3");
    world.ok("alice", "keep sweep");
    let status = world.ok("alice", "status");
    assert_eq!(status["value"]["of_it_unbooked"], "0");
    assert_eq!(status["value"]["vault_holds"], "103");
    world.ok("admin", "guard pause deposits --slots 10");
    let told = world.fails("alice", "deposit 1", 1, "DepositsPaused");
    assert!(told.starts_with("lrt: refused: "), "{told}");
    world.ok("admin", "guard unpause deposits");
    // What an instant exit leaves behind is the holders'; a fee on a reward is the fee wallet's.
    world.ok("alice", "keep check");
}
