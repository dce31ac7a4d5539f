//! `lrt wallet`, and `program show`: what needs no LRT.

use crate::{
    node::Node,
    tokens::Collateral,
    world::{text, World},
};
use serde_json::Value;

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

    // It is the receiver that would hold too little, not the sender.
    let nobody = world.newcomer("nobody");
    let little = format!("wallet send {nobody} 0.0001");
    let told = world.fails("fresh", &little, 2, "too few lamports");
    let least = "it must hold 0.00089088 SOL at least";
    assert!(
        told.contains(&nobody.to_string()) && told.contains(least),
        "{told}"
    );

    let (fresh, mint) = (world.key("fresh"), world.collateral);
    world.ok("admin", &format!("wallet send {fresh} 0.5"));
    assert_eq!(text(&show("fresh"), "SOL"), "3");
    world.ok("admin", &format!("wallet send {fresh} 1.5 --token {mint}"));
    assert_eq!(world.collateral_of(&fresh), 1_500_000_000);
    let shown = show("fresh");
    assert_eq!(shown["tokens"][0]["mint"], mint.to_string());
    assert_eq!(shown["tokens"][0]["amount"], "1.5");
    a_mint_that_has_been_closed(&world);
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

/// One token without a mint does not hide the others.
fn a_mint_that_has_been_closed(world: &World) {
    let mint = world.collateral.to_string();
    let node = Node::new(&world.url, move |request, truth| {
        let mut answer = truth(request);
        if request["method"] == "getMultipleAccounts" {
            let asked = request["params"][0].as_array().unwrap();
            let found = answer["result"]["value"].as_array_mut().unwrap();
            let pairs = asked.iter().zip(found);
            for (_, account) in pairs.filter(|(key, _)| **key == mint) {
                *account = Value::Null;
            }
        }
        Some(answer)
    });
    let elsewhere = world.through(&node.url);
    let shown = elsewhere.ok("fresh", "wallet show");
    assert_eq!(text(&shown, "SOL"), "3");
    let token = &shown["tokens"][0];
    assert_eq!(token["mint"], world.collateral.to_string());
    assert_eq!(token["amount"], "1500000000");
    assert!(token["decimals"].is_null(), "{token}");
    let read = elsewhere.lrt("fresh", "wallet show").text;
    assert!(read.contains("1500000000 base units"), "{read}");
}
