//! `lrt wallet`, and `program show`: what needs no LRT.

use crate::{
    tokens::Collateral,
    world::{text, World},
};

/// Tokens that everyone in a world has, in base units.
const THOUSAND: u64 = 1_000_000_000_000;

pub fn travel(url: &str) {
    let world = World::new(url, "wallets", &["admin"], Collateral::Spl);
    let file = world.path("fresh");
    let made = world.ok("admin", &format!("wallet new {}", file.display()));
    assert_eq!(text(&made, "address"), world.key("fresh").to_string());
    let again = format!("wallet new {}", file.display());
    world.fails("admin", &again, 2, "is there already");

    let show = |wallet: &str| world.ok(wallet, "wallet show");
    assert_eq!(text(&show("fresh"), "SOL"), "0");
    world.fails(
        "fresh",
        "wallet send So11111111111111111111111111111111111111112 1",
        2,
        "too few lamports",
    );
    world.ok("fresh", "wallet airdrop 2.5");
    assert_eq!(text(&show("fresh"), "SOL"), "2.5");

    let (fresh, mint) = (world.key("fresh"), world.collateral);
    world.ok("admin", &format!("wallet send {fresh} 0.5"));
    assert_eq!(text(&show("fresh"), "SOL"), "3");
    world.ok("admin", &format!("wallet send {fresh} 1.5 --token {mint}"));
    assert_eq!(world.collateral_of(&fresh), 1_500_000_000);
    let shown = show("fresh");
    assert_eq!(shown["tokens"][0]["mint"], mint.to_string());
    assert_eq!(shown["tokens"][0]["amount"], "1.5");
    let more = format!("wallet send {fresh} 999 --token {mint}");
    world.fails("admin", &more, 2, "999 are needed");
    let admin = world.key("admin");
    world.ok("fresh", &format!("wallet send {admin} ALL --token {mint}"));
    assert_eq!(world.collateral_of(&fresh), 0);
    assert_eq!(world.collateral_of(&admin), THOUSAND);

    let program = world.ok("admin", "program show");
    assert!(program["length"].as_u64().unwrap() > 1_000_000);
    world.fails(
        "admin",
        "program show --compare Cargo.toml",
        2,
        "no built program",
    );
    // Deployed by somebody else, or for ever: whichever, not by this wallet.
    let other = world.file("other.so", "\u{7f}ELF and nothing else");
    world.fails(
        "admin",
        &format!("program show --compare {other}"),
        1,
        "OtherCode",
    );
    world.fails(
        "admin",
        &format!("program deploy {other}"),
        2,
        "can upgrade it",
    );
    world.fails(
        "admin",
        &format!("program close-buffer {other}"),
        2,
        "has no buffer",
    );
}
