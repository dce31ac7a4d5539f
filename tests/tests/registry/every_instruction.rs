//! The list of instructions that the attacks are tried on.

use liquid_restaking_sdk::program::ID;
use liquid_restaking_tests::World;
use std::collections::{BTreeMap, BTreeSet};

/// The program's table of contents.
const TABLE: &str = include_str!("../../../programs/liquid-restaking/src/lib.rs");
/// Tried in tests of their own: they need a world without an LRT, an empty one, or end what the others need.
const ELSEWHERE: [&str; 3] = ["create_lrt", "close_stake_pool", "set_pause"];

#[tokio::test]
async fn every_instruction_of_the_program_is_in_the_list_and_would_succeed() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let mut listed = BTreeSet::from(ELSEWHERE.map(str::to_owned));
    for (name, instruction, signers) in world.every_instruction().await {
        let signers: Vec<_> = signers.iter().collect();
        let outcome = world.simulate(&instruction, &signers).await;
        assert_eq!(outcome, Ok(()), "{name}");
        let name = name.split(',').next().unwrap_or(name);
        listed.insert(name.to_owned());
    }
    let written = TABLE.lines().filter_map(|line| {
        let rest = line.strip_prefix("    pub fn ")?;
        Some(rest.split('(').next()?.to_owned())
    });
    assert_eq!(listed, written.collect());
}

#[tokio::test]
async fn no_account_stands_in_for_another_of_its_kind() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let all = world.every_instruction().await;
    // By discriminator: every account of the program that the list names.
    let mut kinds: BTreeMap<Vec<u8>, BTreeSet<_>> = BTreeMap::new();
    let mut kind_of = BTreeMap::new();
    for meta in all
        .iter()
        .flat_map(|(_, instruction, _)| &instruction.accounts)
    {
        let Some(account) = world.account(&meta.pubkey).await else {
            continue;
        };
        if account.owner == ID {
            let kind = account.data[..8].to_vec();
            kinds.entry(kind.clone()).or_default().insert(meta.pubkey);
            kind_of.insert(meta.pubkey, kind);
        }
    }
    assert_eq!(kinds.len(), 13, "every kind of account");
    let (mut accepted, mut tried) = (BTreeSet::new(), 0);
    for (name, instruction, signers) in &all {
        let signers: Vec<_> = signers.iter().collect();
        for (position, meta) in instruction.accounts.iter().enumerate() {
            let Some(kind) = kind_of.get(&meta.pubkey) else {
                continue;
            };
            for other in kinds[kind].iter().filter(|key| **key != meta.pubkey) {
                let mut changed = instruction.clone();
                changed.accounts[position].pubkey = *other;
                tried += 1;
                if world.simulate(&changed, &signers).await.is_ok() {
                    accepted.insert((*name, position));
                }
            }
        }
    }
    assert!(tried > 250, "{tried}");
    // Here the account says what is meant, nothing else does, and the signer has the same right to each: the admin of
    // both LRTs, the guardian of all acceptances, the manager of all delegations, the owner of all tickets; anyone reads.
    let meant = [
        ("end_avs", 3),
        ("lower_avs_cap", 3),
        ("propose_params", 0),
        ("propose_role", 0),
        ("risk_report", 2),
        ("transfer_ticket", 0),
        ("undelegate", 3),
        ("yield_report", 2),
    ];
    assert_eq!(accepted, BTreeSet::from(meant));
}
