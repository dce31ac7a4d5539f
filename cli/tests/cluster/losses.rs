//! `lrt verify` on losses: a slash whose proposal nobody closed, before and after its allocation is closed, and nodes that
//! show other losses.

use crate::{
    tampered::{changed, one_more, DISCRIMINATOR},
    tokens::Collateral,
    world::{row, text, Cast, World},
};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Delegation, PoolAvs},
};
use std::mem::offset_of;

/// The journey.
pub fn travel(url: &str) {
    let wallets = ["admin", "alice", "operator", "avs"];
    let mut world = World::new(url, "losses", &wallets, Collateral::Spl);
    world.create("admin", "--epoch-length 100 --max-exit-delay 60");
    // A wide execution window, for a busy machine.
    let windows = "--veto-window 3 --execution-window 20 --exit-delay 60 --slash-window 60";
    let cast = world.cast(&format!("{windows} --slash-cap-bps 2000"));
    let Cast { operator, avs } = &cast;
    world.ok("alice", "deposit 100");
    world.ok("operator", &format!("operator bond {operator} 1"));
    world.ok("admin", &format!("manage delegate {operator} 50"));
    world.ok("admin", &format!("manage allocate {operator} {avs} 30"));

    let evidence = world.file("evidence.txt", "it was asleep\n");
    let propose = format!("avs propose-slash {avs} {operator} 3 --evidence {evidence}");
    let proposal = text(&world.in_time("avs", &propose), "proposal");
    world.in_time("alice", &format!("keep execute-slash {proposal}"));
    world.ok("alice", "verify");
    other_losses_are_found(&world, &cast);

    let all = format!("manage deallocate {operator} {avs} ALL");
    world.ok("admin", &all);
    world.in_time("alice", &format!("keep release {operator} {avs}"));
    world.in_time("alice", &format!("keep close allocation {operator} {avs}"));
    let verified = world.ok("alice", "verify");
    assert_eq!(
        (&verified["allocations"], &verified["slash_proposals"]),
        (&0.into(), &1.into())
    );
    other_losses_are_found(&world, &cast);
    let known = world.ok("alice", "avs proposals --all");
    let known = row(&known["proposals"], "proposal", &proposal);
    assert_eq!(
        (&known["operator"], &known["avs"]),
        (&operator.as_str().into(), &avs.as_str().into())
    );
    world.ok("alice", "keeper --once --close");
    world.fails("alice", &format!("avs veto {proposal}"), 2, "no slash");
    world.ok("alice", "verify");
}

/// A unit less or more than the proposal took. More of an operator's might be what a closed acceptance took.
fn other_losses_are_found(world: &World, cast: &Cast) {
    let keys = world.keys();
    let key = |text: &str| text.parse::<Pubkey>().unwrap();
    let delegation = keys.delegation(&key(&cast.operator));
    let pool_avs = keys.pool_avs(&key(&cast.avs));
    for (account, at, up, who) in [
        (
            delegation,
            offset_of!(Delegation, losses),
            false,
            &cast.operator,
        ),
        (pool_avs, offset_of!(PoolAvs, losses), true, &cast.avs),
        (pool_avs, offset_of!(PoolAvs, losses), false, &cast.avs),
    ] {
        let node = changed(world, account, move |data| {
            one_more(data, DISCRIMINATOR + at, up);
        });
        let ran = world.through(&node.url).lrt("alice", "verify --json");
        assert_eq!(ran.status, 1, "{}{}", ran.text, ran.error);
        let found = ran.json["broken"].as_array().unwrap();
        let start = format!("invariant 3: losses of {who} is ");
        assert!(
            matches!(&found[..], [only] if only.as_str().unwrap().starts_with(&start)),
            "{}",
            ran.text
        );
    }
}
