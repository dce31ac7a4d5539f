//! `close_proposal`, and what waits for it.

use crate::court::{event_of, with_account, Court};
use liquid_restaking_sdk::{
    anchor_lang::prelude::{Pubkey, Rent},
    program::{events::SlashProposalClosed, state::SlashProposal},
};
use liquid_restaking_tests::{params, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn it_closes_once_it_has_ended_and_its_rent_goes_to_its_payer() {
    for end in ["veto", "execution", "expiry"] {
        let mut court = Court::new().await;
        let keys = court.world.keys;
        let (payer, slasher) = (court.world.user(0), court.avs.slasher.insecure_clone());
        let (propose, on) = court.instruction(ONE).await;
        let propose = with_account(propose, 7, &payer.pubkey());
        court.world.send(&[propose], &[&slasher, &payer]).await;
        let close = keys.close_proposal(&on, &payer.pubkey());
        court.world.refuse(close.clone(), &[], "ProposalOpen").await;
        match end {
            "veto" => court.veto(&on).await,
            "execution" => {
                court.world.warp(29).await;
                court.world.refuse(close.clone(), &[], "ProposalOpen").await;
                court.world.execute_slash(&on).await;
            }
            _ => {
                court.world.warp(30).await;
                court.world.refuse(close.clone(), &[], "ProposalOpen").await;
                court.world.send(&[keys.expire_slash(&on)], &[]).await;
            }
        }
        let rent = Rent::default().minimum_balance(SlashProposal::SPACE);
        let purse = court.world.lamports(&payer.pubkey()).await;
        assert_eq!(purse, 1_000 * ONE - rent);
        assert_eq!(court.pool_avs().await.open_proposals, 1);
        let event: SlashProposalClosed = event_of(&mut court.world, close.clone(), &[]).await;
        assert_eq!(event.pool_avs, keys.pool_avs(&on.avs));
        assert_eq!(event.proposal, keys.proposal(&on));
        let world = &mut court.world;
        assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE);
        assert!(world.account(&keys.proposal(&on)).await.is_none());
        world.refuse(close, &[], "AccountOwnedByWrongProgram").await;
        let pool_avs = court.pool_avs().await;
        assert_eq!((pool_avs.open_proposals, pool_avs.proposals), (0, 1));
    }
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut court = Court::new().await;
    let other = court.world.create_lrt(params()).await;
    let admin = court.world.admin.insecure_clone();
    let abroad = other.propose_avs(&admin.pubkey(), &court.avs.key, 10_000);
    court.world.send(&[abroad], &[&admin]).await;
    let on = court.propose(ONE).await;
    court.veto(&on).await;
    let (keys, slasher) = (court.world.keys, court.avs.slasher.pubkey());
    let close = keys.close_proposal(&on, &slasher);
    let nobody = Pubkey::new_unique();
    let substitutes = [
        (0, other.pool_avs(&court.avs.key), "WrongPoolAvs"),
        (0, keys.lrt, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (1, keys.stake_pool, "AccountDiscriminatorMismatch"),
        (1, nobody, "AccountOwnedByWrongProgram"),
        (2, nobody, "WrongRentPayer"),
        (2, court.avs.authority.pubkey(), "WrongRentPayer"),
        (3, nobody, "ConstraintAddress"),
    ];
    let world = &mut court.world;
    world.refuse_substitutes(&close, &[], &substitutes).await;
    world.refuse_unprivileged(&close, &[]).await;
    world.send(&[close], &[]).await;
}

#[tokio::test]
async fn an_acceptance_stays_while_a_proposal_of_it_is_there() {
    let mut court = Court::new().await;
    let (keys, admin) = (court.world.keys, court.world.admin.insecure_clone());
    let manager = court.world.funded_manager();
    let first = court.propose(1).await;
    court.veto(&first).await;
    court.world.warp(40).await;
    let second = court.propose(1).await;
    court.veto(&second).await;
    court.deallocate(10 * ONE).await;
    court.world.warp(200).await;
    let empty = [
        court.release(),
        keys.close_allocation(&court.operator.key, &court.avs.key, &manager.pubkey()),
        keys.lower_avs_cap(&admin.pubkey(), &court.avs.key, 0),
    ];
    court.world.send(&empty, &[&admin]).await;
    let slasher = court.avs.slasher.pubkey();
    let leave = keys.close_pool_avs(&court.avs.key, &admin.pubkey());
    for on in [&second, &first] {
        court.world.refuse(leave.clone(), &[], "PoolAvsInUse").await;
        let close = keys.close_proposal(on, &slasher);
        court.world.send(&[close], &[]).await;
    }
    court.world.send(&[leave], &[]).await;
    assert_eq!(court.world.pool().await.avs_count, 0);
    court.world.check_invariants().await;
}
