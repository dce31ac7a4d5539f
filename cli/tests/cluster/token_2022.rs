//! A Token-2022 mint with a harmless extension as collateral, from deposit to slash. And a slash for an AVS's wallet that
//! has no account for the collateral yet.

use crate::{
    tokens::{Collateral, WHOLE},
    world::{slot, text, World},
};
use liquid_restaking_sdk::program::state::CollateralMint;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Windows that a busy machine hits.
pub const TERMS: &str =
    "--veto-window 4 --execution-window 20 --exit-delay 60 --slash-window 60 --slash-cap-bps 5000";

/// The journey.
pub fn travel(url: &str) {
    let wallets = ["admin", "alice", "operator", "avs"];
    let mut world = World::new(url, "token-2022", &wallets, Collateral::Token2022);
    world.create("admin", "--epoch-length 8 --max-exit-delay 60 --drip 10");
    let cast = world.cast(TERMS);
    let (operator, burns) = (&cast.operator, &cast.avs);
    let wallet = Keypair::new().pubkey();
    let pays = world.accepted(operator, &format!("{TERMS} --destination {wallet}"));

    world.ok("alice", "deposit 100");
    world.ok("operator", &format!("operator bond {operator} 1"));
    world.ok("admin", &format!("manage delegate {operator} 80"));
    world.ok("admin", &format!("manage allocate {operator} {burns} 40"));
    world.ok("admin", &format!("manage allocate {operator} {pays} 40"));
    world.ok("avs", &format!("avs pay-rewards {burns} {operator} 10"));
    world.ok("alice", &format!("operator collect {operator}"));
    world.ok("alice", "keep collect-fees");

    let request = world.ok("alice", "withdraw request 2");
    world.till(slot(&request, "due_slot"));
    world.in_time("alice", "withdraw settle");
    let before = world.collateral_of(&world.key("alice"));
    world.ok("alice", "withdraw claim");
    assert!(world.collateral_of(&world.key("alice")) > before + 2 * WHOLE); // the reward has dripped
    world.ok("alice", "withdraw close");
    world.ok("alice", "redeem 1");

    let evidence = world.file("evidence.txt", "it was asleep\n");
    let propose = |avs: &str| {
        let words = format!("avs propose-slash {avs} {operator} 3 --evidence {evidence}");
        text(&world.ok("avs", &words), "proposal")
    };
    let supply = || {
        let mint = world.open("admin").account(&world.collateral).unwrap();
        CollateralMint::parse(&mint.unwrap().data).unwrap().supply
    };
    let before = supply();
    let burned = propose(burns);
    world.in_time("alice", &format!("keep execute-slash {burned}"));
    assert_eq!(supply(), before - 3 * WHOLE);

    let paid = propose(&pays);
    assert_eq!(world.collateral_of(&wallet), 0);
    // The keeper opens the wallet's account: without one the program could only burn what the AVS is due.
    let executed = || {
        world
            .lrt("admin", &format!("keep execute-slash {paid} --dry-run"))
            .status
            == 0
    };
    world.until("the execution window", executed);
    let done = world.lrt("admin", "keeper --once");
    assert!(
        done.text.contains("execute_slash"),
        "{}{}",
        done.text,
        done.error
    );
    assert_eq!(world.collateral_of(&wallet), 3 * WHOLE);
    assert_eq!(supply(), before - 3 * WHOLE);
    world.ok("alice", "verify");
}
