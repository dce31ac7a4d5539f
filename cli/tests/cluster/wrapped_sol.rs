//! Wrapped SOL as collateral: what is missing is wrapped, what comes back is wrapped unless it is asked for as SOL, and
//! what is slashed goes to a sink, as wrapped SOL can not be burned.

use crate::{
    token_2022::TERMS,
    tokens::{Collateral, WHOLE},
    world::{slot, text, World},
};
use liquid_restaking_sdk::address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Fees and rent of a few transactions, in lamports.
const SMALL: u64 = 50_000_000;

/// The journey.
pub fn travel(url: &str) {
    let wallets = ["admin", "alice", "operator", "avs"];
    let mut world = World::new(url, "wrapped-sol", &wallets, Collateral::WrappedSol);
    world.create("admin", "--epoch-length 8 --max-exit-delay 60 --drip 10");
    let cast = world.cast(TERMS);
    let alice = world.key("alice");
    let lamports = || {
        let account = world.open("alice").account(&alice).unwrap();
        account.unwrap().lamports
    };
    let wrapped = || world.collateral_of(&alice);

    world.fails("alice", "deposit 1000", 2, "too few lamports");
    let all = world.fails("alice", "deposit ALL", 2, "no wrapped SOL");
    assert!(all.contains("name an amount"), "{all}");
    let before = lamports();
    world.ok("alice", "deposit 40");
    assert_eq!((wrapped(), world.shares_of(&alice)), (0, 40 * WHOLE));
    let spent = before - lamports();
    assert!((40 * WHOLE..40 * WHOLE + SMALL).contains(&spent), "{spent}");

    // Wrapped SOL comes back wrapped, and is used before more is wrapped.
    let request = world.ok("alice", "withdraw request 3");
    world.till(slot(&request, "due_slot") + 1);
    // The head could be settled now; a dry run does not, and so does not wait for it either.
    world.in_time("alice", "withdraw settle --dry-run");
    let claim = "withdraw claim --wait --dry-run";
    world.fails("alice", claim, 2, "anything to claim");
    let one = format!(
        "withdraw claim {} --wait --dry-run",
        text(&request, "ticket")
    );
    world.fails("alice", &one, 1, "");
    world.in_time("alice", "withdraw settle");
    world.ok("alice", claim);
    world.ok("alice", "withdraw claim");
    assert_eq!(wrapped(), 3 * WHOLE);
    let before = lamports();
    world.ok("alice", "deposit 5");
    let spent = before - lamports();
    assert_eq!(wrapped(), 0);
    assert!((2 * WHOLE..2 * WHOLE + SMALL).contains(&spent), "{spent}");

    // With --unwrap it is SOL again, and no wrapped SOL is left.
    let before = lamports();
    world.ok("alice", "redeem 1 --unwrap");
    assert_eq!(wrapped(), 0);
    let gained = lamports() - before;
    assert!((WHOLE - SMALL..WHOLE + SMALL).contains(&gained), "{gained}");
    world.ok("alice", "withdraw request 2");
    let before = lamports();
    world.ok("alice", "withdraw claim --wait --unwrap");
    let gained = lamports() - before;
    assert!(
        (2 * WHOLE - SMALL..2 * WHOLE + SMALL).contains(&gained),
        "{gained}"
    );
    world.ok("alice", "verify");

    slashed(&world, &cast.operator, &cast.avs);
}

fn slashed(world: &World, operator: &str, burns: &str) {
    let wallet = Keypair::new().pubkey();
    let register = format!("avs register {TERMS} --destination {wallet}");
    let pays = text(&world.ok("avs", &register), "avs");
    world.ok("admin", &format!("admin avs propose {pays} 10000"));
    world.ok("operator", &format!("operator bond {operator} 1"));
    world.ok("operator", &format!("operator opt-in {operator} {pays}"));
    world.ok("avs", &format!("avs opt-in {pays} {operator}"));
    world.ok("admin", &format!("manage delegate {operator} 30"));
    world.ok("admin", &format!("manage allocate {operator} {burns} 10"));
    let evidence = world.file("evidence.txt", "it was asleep\n");
    let slash = |avs: &str| {
        let words = format!("avs propose-slash {avs} {operator} 2 --evidence {evidence}");
        let proposal = text(&world.ok("avs", &words), "proposal");
        world.in_time("alice", &format!("keep execute-slash {proposal}"));
    };
    let sink = address::sink(&world.keys().stake_pool);
    slash(burns);
    assert_eq!(world.balance(&sink), 2 * WHOLE);

    // The wallet has never had wrapped SOL: `lrt` opens its account.
    world.in_time("alice", &format!("admin avs apply {pays}"));
    world.ok("admin", &format!("manage allocate {operator} {pays} 10"));
    slash(&pays);
    assert_eq!(world.collateral_of(&wallet), 2 * WHOLE);
    assert_eq!(world.balance(&sink), 2 * WHOLE);
    world.ok("alice", "verify");
}
