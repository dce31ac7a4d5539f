//! What `propose_slash` writes.

use crate::court::{event_of, with_account, Court};
use liquid_restaking_sdk::{
    anchor_lang::{
        prelude::{Pubkey, Rent},
        system_program,
    },
    bytes_of,
    program::{
        events::SlashProposed,
        state::{SlashBucket, SlashProposal, SlashState},
        LAYOUT_VERSION,
    },
    Instruction,
};
use liquid_restaking_tests::ONE;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts of `propose_slash`.
const PAYER: usize = 7;

#[tokio::test]
async fn a_proposal_says_what_why_and_until_when() {
    let mut court = Court::new().await;
    let (keys, slot) = (court.world.keys, court.start);
    let (propose, on) = court.instruction(ONE / 2).await;
    let slasher = court.avs.slasher.insecure_clone();
    let event: SlashProposed = event_of(&mut court.world, propose, &[&slasher]).await;
    let proposal = court.proposal(&on).await;
    assert_eq!(proposal.pool_avs, keys.pool_avs(&court.avs.key));
    let allocation = keys.allocation(&court.operator.key, &court.avs.key);
    assert_eq!(proposal.allocation, allocation);
    assert_eq!(proposal.rent_payer, slasher.pubkey());
    assert_eq!((proposal.index, proposal.amount), (0, ONE / 2));
    let slots = (
        proposal.proposed_slot,
        proposal.execution_slot,
        proposal.expiry_slot,
        proposal.ended_slot,
    );
    assert_eq!(slots, (slot, slot + 10, slot + 30, 0));
    assert_eq!((proposal.from_bond, proposal.from_stake), (0, 0));
    assert_eq!(proposal.state(), SlashState::Open);
    assert_eq!(proposal.evidence, [7; 32]);
    assert_eq!(&proposal.uri[..16], b"ipfs://evidence\0");
    assert!(proposal.uri[16..].iter().all(|byte| *byte == 0));
    assert_eq!(proposal.version, LAYOUT_VERSION);
    let seeds: [&[u8]; 4] = [
        b"slash",
        proposal.pool_avs.as_ref(),
        &0u64.to_le_bytes(),
        &[proposal.bump],
    ];
    let address = Pubkey::create_program_address(&seeds, &liquid_restaking_sdk::program::ID);
    assert_eq!(address, Ok(keys.proposal(&on)));

    assert_eq!(event.stake_pool, keys.stake_pool);
    assert_eq!((event.operator, event.avs), (on.operator, on.avs));
    assert_eq!((event.proposal, event.index), (keys.proposal(&on), 0));
    assert_eq!((event.amount, event.uncovered), (ONE / 2, ONE / 2));
    let slots = (event.execution_slot, event.expiry_slot);
    assert_eq!(slots, (slot + 10, slot + 30));
    assert_eq!(event.evidence, [7; 32]);
    assert_eq!(event.uri, "ipfs://evidence");
}

#[tokio::test]
async fn it_locks_the_stake_takes_room_and_moves_no_token() {
    let mut court = Court::new().await;
    let slot = court.start;
    let (pool, lrt) = (court.world.pool().await, court.world.lrt().await);
    let mut allocation = court.allocation().await;
    let mut delegation = court.delegation().await;
    let mut pool_avs = court.pool_avs().await;
    court.propose(ONE / 2).await;

    allocation.disputed = ONE / 2;
    allocation.bucket = SlashBucket {
        level: ONE / 2,
        capacity: ONE,
        window: 100,
        clock: slot,
        remainder: 0,
    };
    let after = court.allocation().await;
    assert!(bytes_of(&after) == bytes_of(&allocation), "{after:?}");
    delegation.disputed = ONE / 2;
    delegation.uncovered = ONE / 2;
    let after = court.delegation().await;
    assert!(bytes_of(&after) == bytes_of(&delegation), "{after:?}");
    (pool_avs.proposals, pool_avs.open_proposals) = (1, 1);
    let after = court.pool_avs().await;
    assert!(bytes_of(&after) == bytes_of(&pool_avs), "{after:?}");
    let mut expected = lrt;
    (expected.proposal_slot, expected.pools[0].uncovered) = (slot, ONE / 2);
    let after = court.world.lrt().await;
    assert!(bytes_of(&after) == bytes_of(&expected), "{after:?}");
    let after = court.world.pool().await;
    assert!(bytes_of(&after) == bytes_of(&pool), "{after:?}");
    assert_eq!((court.vault().await, after.idle), (10 * ONE, 0));
    court.world.check_invariants().await;
}

#[tokio::test]
async fn what_the_bond_covers_is_not_counted_as_lost() {
    for (bond, uncovered) in [(ONE / 4, ONE / 4), (ONE / 2, 0), (ONE, 0)] {
        let mut court = Court::new().await;
        court.world.post_bond(&court.operator, bond).await;
        let (propose, _) = court.instruction(ONE / 2).await;
        let slasher = court.avs.slasher.insecure_clone();
        let event: SlashProposed = event_of(&mut court.world, propose, &[&slasher]).await;
        assert_eq!(event.uncovered, uncovered);
        let delegation = court.delegation().await;
        let written = (delegation.disputed, delegation.uncovered);
        assert_eq!(written, (ONE / 2, uncovered));
        assert_eq!(court.uncovered().await, uncovered);
    }
}

#[tokio::test]
async fn each_proposal_has_an_account_of_its_own() {
    let mut court = Court::new().await;
    let first = court.propose(ONE / 2).await;
    court.veto(&first).await;
    court.world.warp(40).await;
    // Neither the first one's address, nor a later one's, nor anybody's.
    let (propose, second) = court.instruction(ONE / 4).await;
    assert_eq!((first.index, second.index), (0, 1));
    let keys = court.world.keys;
    let third = liquid_restaking_sdk::ProposalKeys { index: 2, ..second };
    let slasher = court.avs.slasher.insecure_clone();
    let substitutes = [
        (5, keys.proposal(&first), "WrongAddress"),
        (5, keys.proposal(&third), "WrongAddress"),
        (5, slasher.pubkey(), "WrongAddress"),
    ];
    let world = &mut court.world;
    world
        .refuse_substitutes(&propose, &[&slasher], &substitutes)
        .await;
    world.send(&[propose], &[&slasher]).await;
    let (first, second) = (court.proposal(&first).await, court.proposal(&second).await);
    assert_eq!((first.amount, second.amount), (ONE / 2, ONE / 4));
    assert_eq!(first.state(), SlashState::Vetoed);
    let pool_avs = court.pool_avs().await;
    assert_eq!((pool_avs.proposals, pool_avs.open_proposals), (2, 2));
}

/// Another pays for the proposal.
fn paid_by(propose: Instruction, payer: &Keypair) -> Instruction {
    with_account(propose, PAYER, &payer.pubkey())
}

#[tokio::test]
async fn whoever_pays_for_the_account_is_written_down_even_where_lamports_were_before() {
    let rent = Rent::default().minimum_balance(SlashProposal::SPACE);
    for before in [0, 1, 100 * ONE] {
        let mut court = Court::new().await;
        let payer = court.world.user(0);
        let (propose, on) = court.instruction(ONE).await;
        let (key, slasher) = (
            court.world.keys.proposal(&on),
            court.avs.slasher.insecure_clone(),
        );
        let world = &mut court.world;
        if before > 0 {
            world.set_raw(&key, system_program::ID, Vec::new(), before);
        }
        let purse = world.lamports(&slasher.pubkey()).await;
        let propose = paid_by(propose, &payer);
        world.send(&[propose], &[&slasher, &payer]).await;
        let account = world.account(&key).await.expect("the proposal");
        assert_eq!(account.data.len(), SlashProposal::SPACE);
        assert_eq!(account.lamports, rent.max(before));
        let paid = rent.saturating_sub(before);
        let left = world.lamports(&payer.pubkey()).await;
        assert_eq!(left, 1_000 * ONE - paid);
        assert_eq!(world.lamports(&slasher.pubkey()).await, purse);
        let proposal = world.proposal(&on).await;
        assert_eq!(proposal.rent_payer, payer.pubkey());

        // And it finds all of it when it closes.
        world.veto_slash(&on, &court.avs).await;
        let close = world.keys.close_proposal(&on, &payer.pubkey());
        world.send(&[close], &[]).await;
        let back = world.lamports(&payer.pubkey()).await;
        assert_eq!(back, 1_000 * ONE + before);
    }
}
