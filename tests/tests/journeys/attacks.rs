//! Attacks known from elsewhere, by their numbers in the list that the tests are made after, tried on the built program.
//!
//! Tried in files of their own: 1 (`inflation.rs`), 5, 20, 23, 34, 35, 36 (`attacks_on_tokens.rs`), 6 (`ten_thousand_tickets.rs`), 11 (`run_on_the_queue.rs`), 24
//! (`operations/pause.rs`), 13 (`restaking/allocate_limits.rs`), 31 (`operations/add_stake_pool.rs`, `rewards/add_stream.rs`), 8 (`rewards/no_free_ride.rs`), 27
//! (`rewards/attribution.rs`), 2, 12, 15, 22 (`slashing`), 9, 10, 14, 25 (`who_pays`), and in unit tests and properties: 3, 16, 17, 28.
//!
//! What can not exist here:
//! - 4: no program is called but the token program, the system program and this one, and state is written before.
//! - 7, 18, 21, 26: no price, rate or report is read from anywhere; the collateral is counted in its own units.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    program::ID,
    AccountMeta, Instruction, PoolKeys, TicketKeys, ASSOCIATED_TOKEN_PROGRAM_ID,
    TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The system program's `Transfer`.
fn send_lamports(from: &Pubkey, to: &Pubkey, lamports: u64) -> Instruction {
    let mut data = 2u32.to_le_bytes().to_vec();
    data.extend_from_slice(&lamports.to_le_bytes());
    Instruction {
        program_id: system_program::ID,
        accounts: vec![AccountMeta::new(*from, true), AccountMeta::new(*to, false)],
        data,
    }
}

#[tokio::test]
async fn attack_19_nobody_is_first_at_an_lrt_or_a_pool_and_nobody_is_second() {
    let mut world = World::bare().await;
    let (admin, mallory, mint) = (world.admin.insecure_clone(), Keypair::new(), Keypair::new());
    world.fund(&mallory.pubkey());
    let (collateral, issuer) = (Pubkey::new_unique(), world.issuer.pubkey());
    world.create_mint(&collateral, &issuer);
    let keys = PoolKeys::derive(mint.pubkey(), collateral, TOKEN_PROGRAM_ID);
    let (create, add) = world.creation(&keys, liquid_restaking_tests::params());
    // With the mint's address read off a pending transaction, but not its key.
    let mut first = create.clone();
    for position in [2, 3] {
        first.accounts[position].pubkey = mallory.pubkey();
    }
    first.accounts[1].is_signer = false;
    world
        .refuse(first.clone(), &[&mallory], "AccountNotSigner")
        .await;
    world
        .send(std::slice::from_ref(&create), &[&admin, &mint])
        .await;
    first.accounts[1].is_signer = true;
    world
        .refuse(first, &[&mallory, &mint], "AlreadyInUse")
        .await;
    let mut theirs = add.clone();
    for position in [1, 2] {
        theirs.accounts[position].pubkey = mallory.pubkey();
    }
    world.refuse(theirs, &[&mallory], "NotAdmin").await;
    world.send(std::slice::from_ref(&add), &[&admin]).await;
    world.refuse(add, &[&admin], "AlreadyInUse").await;
    world.refuse(create, &[&admin, &mint], "AlreadyInUse").await;
}

#[tokio::test]
async fn attack_29_a_foreign_program_in_a_token_programs_place_is_refused_everywhere() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let mut tried = 0;
    for (name, instruction, signers) in world.every_instruction().await {
        let signers: Vec<_> = signers.iter().collect();
        for position in 0..instruction.accounts.len() {
            let original = instruction.accounts[position].pubkey;
            if ![TOKEN_PROGRAM_ID, system_program::ID].contains(&original) {
                continue;
            }
            for foreign in [
                TOKEN_2022_PROGRAM_ID,
                ASSOCIATED_TOKEN_PROGRAM_ID,
                ID,
                Pubkey::new_unique(),
            ] {
                let mut changed = instruction.clone();
                changed.accounts[position].pubkey = foreign;
                let outcome = world.simulate(&changed, &signers).await;
                let error = outcome.expect_err(name);
                let named = ["WrongTokenProgram", "InvalidProgramId", "NotAMint"];
                assert!(
                    named.contains(&error.as_str()),
                    "{name} {position}: {error}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

#[tokio::test]
async fn attack_29_the_program_calls_itself_and_no_other_for_its_events() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    for (name, instruction, signers) in world.every_instruction().await {
        let signers: Vec<_> = signers.iter().collect();
        let mut changed = instruction.clone();
        match changed.accounts.last_mut() {
            Some(last) if last.pubkey == ID => last.pubkey = TOKEN_PROGRAM_ID,
            _ => continue,
        }
        // The id is a constant: without it among the accounts there is no call. `accrue` has nothing to say here, and an
        // optional account that is left out is the id once more.
        let mut expected = Err("MissingAccount".to_owned());
        if name == "accrue" || changed.accounts.iter().any(|meta| meta.pubkey == ID) {
            expected = Ok(());
        }
        let outcome = world.simulate(&changed, &signers).await;
        assert_eq!(outcome, expected, "{name}");
        // Its events are signed by one address only.
        let authority = changed.accounts.len() - 2;
        changed.accounts[authority].pubkey = Pubkey::new_unique();
        let outcome = world.simulate(&changed, &signers).await;
        assert_eq!(outcome, Err("ConstraintAddress".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn attack_30_an_account_of_another_lrt_is_refused_in_every_position() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let all = world.every_instruction().await;
    let (other, ticket) = world.neighbour().await;
    let keys = world.keys;
    let batch = address::batch(&other.stake_pool, ticket.batch_epoch);
    // What stands for each of ours: every ticket and batch of ours for the neighbour's one.
    let mut theirs: HashMap<Pubkey, Pubkey> = HashMap::from([
        (keys.lrt, other.lrt),
        (keys.lrt_mint, other.lrt_mint),
        (keys.stake_pool, other.stake_pool),
        (keys.vault, other.vault),
        (keys.collateral_mint, other.collateral_mint),
    ]);
    for epoch in 1_000..1_020 {
        theirs.insert(address::batch(&keys.stake_pool, epoch), batch);
    }
    let holder = all[0].2[0].pubkey();
    for nonce in 0..5 {
        let own = address::ticket(&keys.stake_pool, &holder, nonce).0;
        theirs.insert(own, ticket.ticket);
    }
    let mut tried = BTreeMap::new();
    for (name, instruction, signers) in &all {
        let signers: Vec<_> = signers.iter().collect();
        for position in 0..instruction.accounts.len() {
            let original = instruction.accounts[position].pubkey;
            let Some(replacement) = theirs.get(&original) else {
                continue;
            };
            // Roles of the other LRT are held by the same people here: what its admin may do there is no attack.
            if position == 0 && signers.iter().any(|s| s.pubkey() == world.admin.pubkey()) {
                continue;
            }
            let mut changed = instruction.clone();
            changed.accounts[position].pubkey = *replacement;
            let outcome = world.simulate(&changed, &signers).await;
            assert!(outcome.is_err(), "{name}, account {position}");
            *tried.entry(*name).or_insert(0) += 1;
        }
    }
    assert!(tried.values().sum::<i32>() > 50, "{tried:?}");
}

#[tokio::test]
async fn attack_32_the_same_account_twice_as_mutable_is_refused_wherever_it_is_used() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let all = world.every_instruction().await;
    // Something is owed in collateral, too, so that its destination is used.
    world.change_pool(|pool| pool.fees_owed = 5).await;
    world.donate(5).await;
    let mut accepted = BTreeSet::new();
    for (name, instruction, signers) in &all {
        let signers: Vec<_> = signers.iter().collect();
        let metas = &instruction.accounts;
        for (position, second) in metas.iter().enumerate() {
            for first in metas {
                let both_mutable = first.is_writable && second.is_writable;
                if first.pubkey == second.pubkey || !both_mutable || second.is_signer {
                    continue;
                }
                let mut doubled = instruction.clone();
                doubled.accounts[position].pubkey = first.pubkey;
                if world.simulate(&doubled, &signers).await.is_ok() {
                    accepted.insert((*name, position));
                }
            }
        }
    }
    // Where nothing is paid the destination is not looked at, and where no batch is opened the tail is not.
    let unused = [
        ("cancel_withdraw, queued", 6),
        ("cancel_withdraw, settled", 7),
        ("close_reward_book", 4),
        ("close_stream", 4),
        ("request_withdraw", 5),
    ];
    assert_eq!(accepted, BTreeSet::from(unused));
}

#[tokio::test]
async fn attack_30_no_signature_can_be_left_out() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    for (name, instruction, signers) in world.every_instruction().await {
        for (position, meta) in instruction.accounts.iter().enumerate() {
            if !meta.is_signer {
                continue;
            }
            // A key may sign in two positions: it signs in neither.
            let mut unsigned = instruction.clone();
            for other in &mut unsigned.accounts {
                other.is_signer &= other.pubkey != meta.pubkey;
            }
            let others: Vec<_> = signers
                .iter()
                .filter(|signer| signer.pubkey() != meta.pubkey)
                .collect();
            let outcome = world.simulate(&unsigned, &others).await;
            assert_eq!(
                outcome,
                Err("AccountNotSigner".to_owned()),
                "{name}, account {position}"
            );
        }
    }
}

#[tokio::test]
async fn attack_33_a_closed_account_is_not_revived_in_the_same_transaction() {
    let mut world = World::new().await;
    let alice = world.holder(4 * ONE).await;
    let (keys, owner) = (world.keys, alice.pubkey());
    let (ticket, other): (TicketKeys, TicketKeys) = (
        world.request(&alice, ONE, 1).await,
        world.request(&alice, ONE, 2).await,
    );
    let batch = address::batch(&keys.stake_pool, ticket.batch_epoch);
    world.warp(3 * EPOCH).await;
    world.settle().await;
    let refund = |to: &Pubkey| send_lamports(&owner, to, ONE);
    let refused = Err("AccountOwnedByWrongProgram".to_owned());
    let claim = keys.claim(&ticket, &owner);
    let twice = [claim.clone(), refund(&ticket.ticket), claim];
    assert_eq!(world.try_send(&twice, &[&alice]).await.map(|_| ()), refused);
    let claim_then_cancel = [
        keys.claim(&ticket, &owner),
        refund(&ticket.ticket),
        keys.cancel_withdraw(&ticket),
    ];
    let outcome = world.try_send(&claim_then_cancel, &[&alice]).await;
    assert_eq!(outcome.map(|_| ()), refused);
    // With lamports at it the address can be used again, for a ticket that has nothing of the old one.
    let claims = [
        keys.claim(&ticket, &owner),
        refund(&ticket.ticket),
        keys.claim(&other, &owner),
    ];
    world.send(&claims, &[&alice]).await;
    let new = world.request(&alice, ONE, 1).await;
    assert_eq!(new.ticket, ticket.ticket);
    let written = world.ticket(&new).await.expect("it is open");
    assert_eq!((written.shares, written.claimed), (ONE, 0));
    let close = keys.close_batch(ticket.batch_epoch, &owner);
    let twice = [close.clone(), refund(&batch), close.clone()];
    assert_eq!(world.try_send(&twice, &[&alice]).await.map(|_| ()), refused);
    world.send(&[close], &[]).await;
    world.check_invariants().await;
}
