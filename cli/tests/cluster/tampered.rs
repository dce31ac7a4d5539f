//! `lrt verify` and `lrt status` on accounts that are not what they should be.

use crate::{
    node::{tamper, Node},
    overdue,
    world::{text, Cast, World},
};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        self,
        state::{Delegation, Operator, StakePool, WithdrawTicket},
    },
};
use std::{
    mem::offset_of,
    sync::{
        atomic::{AtomicUsize, Ordering::SeqCst},
        Arc,
    },
};

/// Bytes of an account in front of its first field.
pub const DISCRIMINATOR: usize = 8;
/// Where a token account's amount is, and where a mint's supply.
const TOKEN_AMOUNT: usize = 64;
const MINT_SUPPLY: usize = 36;
/// The loader's account with the code names the upgrade authority behind a tag and a slot.
const AUTHORITY: usize = 12;

/// The journey.
pub fn travel(url: &str) {
    let (world, Cast { operator, .. }) = overdue::world(url, "tampered");
    let ticket = text(&world.ok("alice", "withdraw request 30"), "ticket");
    let held = world.ok("alice", "verify");
    assert_eq!((&held["held"], &held["tickets"]), (&true.into(), &1.into()));

    let keys = world.keys();
    let operator: Pubkey = operator.parse().unwrap();
    let ticket: Pubkey = ticket.parse().unwrap();
    let field = |offset: usize| DISCRIMINATOR + offset;
    for (key, at, up, broken) in [
        (
            keys.vault,
            TOKEN_AMOUNT,
            false,
            "invariant 1: the vault is short",
        ),
        (
            keys.stake_pool,
            field(offset_of!(StakePool, idle)),
            true,
            "invariant 3: pool table and ledger differ",
        ),
        (
            keys.stake_pool,
            field(offset_of!(StakePool, queued)),
            true,
            "invariant 3: queued is",
        ),
        (
            keys.stake_pool,
            field(offset_of!(StakePool, claimable)),
            true,
            "invariant 3: claimable is",
        ),
        (
            keys.lrt_mint,
            MINT_SUPPLY,
            true,
            "invariant 2: more shares are held",
        ),
        (
            keys.delegation(&operator),
            field(offset_of!(Delegation, active)),
            true,
            "invariant 3: ",
        ),
        (
            ticket,
            field(offset_of!(WithdrawTicket, shares)),
            true,
            "invariant 2: open tickets of batch",
        ),
    ] {
        let node = changed(&world, key, move |data| one_more(data, at, up));
        let world = world.through(&node.url);
        let ran = world.lrt("alice", "verify --json");
        assert_eq!(ran.status, 1, "{broken}: {}{}", ran.text, ran.error);
        assert_eq!(ran.json["held"], false);
        let mut found = ran.json["broken"].as_array().unwrap().iter();
        assert!(
            found.any(|what| what.as_str().unwrap().starts_with(broken)),
            "{broken}: {}",
            ran.text
        );
        assert_eq!(ran.error, "");
    }
    // For people the same, line by line.
    let node = changed(&world, keys.vault, |data| {
        one_more(data, TOKEN_AMOUNT, false)
    });
    let ran = world.through(&node.url).lrt("alice", "verify");
    assert_eq!(ran.status, 1);
    assert!(ran.text.starts_with("invariant 1: "), "{}", ran.text);
    assert!(ran.text.trim_end().ends_with(" broken"), "{}", ran.text);
    what_is_off_for_a_moment_is_not_broken(&world, &operator);
    the_programs_own_check_needs_a_wallet(&world);
    who_can_upgrade(&world);
    world.ok("alice", "verify");
}

/// As when somebody opts in between two requests of one reading.
fn what_is_off_for_a_moment_is_not_broken(world: &World, operator: &Pubkey) {
    let key = operator.to_string();
    let shown = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&shown);
    let node = Node::new(&world.url, move |request, truth| {
        let mut answer = truth(request);
        tamper(request, &mut answer, &key, |data| {
            if times.fetch_add(1, SeqCst) == 0 {
                one_more(data, DISCRIMINATOR + offset_of!(Operator, opt_ins), true);
            }
        });
        Some(answer)
    });
    let ran = world.through(&node.url).lrt("alice", "verify --json");
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.error);
    assert_eq!(ran.json["held"], true);
    assert!(shown.load(SeqCst) >= 2, "it was read once");
}

/// A simulation is in somebody's name. Without one everything else is checked all the same, and that is said.
fn the_programs_own_check_needs_a_wallet(world: &World) {
    let held = world.ok("alice", "verify");
    assert_eq!(held["programs_own_check"], "held");
    world.newcomer("nobody");
    let held = world.ok("nobody", "verify");
    let own = text(&held, "programs_own_check");
    assert!(own.starts_with("left out: "), "{own}");
    let ran = world.lrt("nobody", "verify");
    assert_eq!(ran.status, 0, "{}{}", ran.text, ran.error);
    assert!(
        ran.text
            .starts_with("the program's own check was left out: "),
        "{}",
        ran.text
    );
}

/// Whatever the validator was started with, the status says who can put other code in the program's place.
fn who_can_upgrade(world: &World) {
    let loader = world.open("alice").account(&program::ID).unwrap().unwrap();
    let Some(data) = loader.data.get(4..36) else {
        return; // a loader that knows no upgrades
    };
    let data = Pubkey::try_from(data).unwrap();
    let (alice, vault) = (world.key("alice"), world.keys().vault);
    let authorities = [
        (None, "nobody: it is final".to_owned()),
        (Some(Pubkey::default()), "nobody: 1111".to_owned()),
        (Some(alice), format!("a single key, {alice}: ")),
        (Some(vault), format!("an account {vault} of the program ")),
    ];
    for (authority, told) in authorities {
        let node = changed(world, data, move |data| {
            data[AUTHORITY] = u8::from(authority.is_some());
            let key = authority.unwrap_or_default();
            data[AUTHORITY + 1..AUTHORITY + 33].copy_from_slice(key.as_ref());
        });
        let status = world.through(&node.url).ok("alice", "status");
        let who = text(&status["program"], "who_can_upgrade_it");
        assert!(who.starts_with(&told), "{told}: {who}");
    }
}

/// A node that shows one account changed.
pub fn changed(
    world: &World,
    key: Pubkey,
    change: impl Fn(&mut [u8]) + Send + Sync + Copy + 'static,
) -> Node {
    let key = key.to_string();
    Node::new(&world.url, move |request, truth| {
        let mut answer = truth(request);
        tamper(request, &mut answer, &key, change);
        Some(answer)
    })
}

/// Adds one to a number in the data, or takes it away.
pub fn one_more(data: &mut [u8], at: usize, up: bool) {
    let bytes = data[at..].first_chunk_mut::<8>().unwrap();
    let number = u64::from_le_bytes(*bytes);
    *bytes = if up { number + 1 } else { number - 1 }.to_le_bytes();
}
