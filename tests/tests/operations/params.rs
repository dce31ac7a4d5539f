use crate::create_lrt::{largest, OUTSIDE};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program::state::Params};
use liquid_restaking_tests::{World, ONE, START};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Slots of the timelock in these tests.
const TIMELOCK: u64 = 1_043;

/// A world with a holder, and parameters that its admin wants instead.
async fn inhabited() -> (World, Keypair, Params) {
    let mut world = World::new().await;
    world.holder(ONE).await;
    let wanted = Params {
        deposit_fee_bps: 50,
        cooldown_epochs: 1,
        grace_slots: 100,
        ..world.lrt().await.params
    };
    let admin = world.admin.insecure_clone();
    (world, admin, wanted)
}

#[tokio::test]
async fn a_change_waits_the_timelock_to_the_slot_and_then_anyone_applies_it() {
    let (mut world, admin, wanted) = inhabited().await;
    let (keys, old) = (world.keys, world.lrt().await.params);
    let propose = keys.propose_params(&admin.pubkey(), wanted);
    world.send(&[propose], &[&admin]).await;
    let pending = world.lrt().await.pending_params;
    assert_eq!(pending.params, wanted);
    assert_eq!(pending.timelock.ripe_slot, START + TIMELOCK);
    assert_eq!(pending.timelock.lapse_slot, START + 2 * TIMELOCK);
    let apply = keys.apply_params();
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    world.warp(TIMELOCK - 1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    assert_eq!(world.lrt().await.params, old);
    world.warp(1).await;
    world.send(std::slice::from_ref(&apply), &[]).await;
    let lrt = world.lrt().await;
    assert_eq!(lrt.params, wanted);
    assert!(!lrt.pending_params.timelock.is_pending());
    world.refuse(apply, &[], "NothingProposed").await;
}

#[tokio::test]
async fn a_change_lapses_one_timelock_after_it_ripened() {
    let (mut world, admin, wanted) = inhabited().await;
    let keys = world.keys;
    let (propose, apply) = (
        keys.propose_params(&admin.pubkey(), wanted),
        keys.apply_params(),
    );
    world.send(std::slice::from_ref(&propose), &[&admin]).await;
    world.warp(2 * TIMELOCK).await;
    world.refuse(apply.clone(), &[], "ProposalLapsed").await;
    // Proposed again it is good for one more timelock, to its last slot.
    world.send(&[propose], &[&admin]).await;
    world.warp(2 * TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(world.lrt().await.params, wanted);
}

#[tokio::test]
async fn a_second_proposal_takes_the_place_of_the_first_and_starts_the_clock_anew() {
    let (mut world, admin, wanted) = inhabited().await;
    let keys = world.keys;
    let second = Params {
        deposit_fee_bps: 1,
        ..wanted
    };
    let propose = |params| keys.propose_params(&admin.pubkey(), params);
    let (first, second_proposal, apply) = (propose(wanted), propose(second), keys.apply_params());
    world.send(&[first], &[&admin]).await;
    world.warp(TIMELOCK - 1).await;
    world.send(&[second_proposal], &[&admin]).await;
    world.warp(1).await;
    world.refuse(apply.clone(), &[], "TimelockRunning").await;
    world.warp(TIMELOCK - 1).await;
    world.send(&[apply], &[]).await;
    assert_eq!(world.lrt().await.params, second);
}

#[tokio::test]
async fn a_proposal_is_taken_back_once() {
    let (mut world, admin, wanted) = inhabited().await;
    let keys = world.keys;
    let (propose, withdraw) = (
        keys.propose_params(&admin.pubkey(), wanted),
        keys.withdraw_params(&admin.pubkey()),
    );
    world
        .refuse(withdraw.clone(), &[&admin], "NothingProposed")
        .await;
    world.send(&[propose], &[&admin]).await;
    world.send(std::slice::from_ref(&withdraw), &[&admin]).await;
    world.warp(TIMELOCK).await;
    let apply = keys.apply_params();
    world.refuse(apply, &[], "NothingProposed").await;
    world.refuse(withdraw, &[&admin], "NothingProposed").await;
}

#[tokio::test]
async fn while_there_is_no_share_a_change_is_in_force_at_once() {
    let mut world = World::new().await;
    let admin = world.admin.insecure_clone();
    let mut wanted = world.lrt().await.params;
    largest(&mut wanted);
    let propose = world.keys.propose_params(&admin.pubkey(), wanted);
    world.send(std::slice::from_ref(&propose), &[&admin]).await;
    assert_eq!(world.lrt().await.params, wanted);
    world.refuse(propose, &[&admin], "NothingToDo").await;
}

#[tokio::test]
async fn one_share_is_enough_for_the_timelock_to_run() {
    let mut world = World::new().await;
    world.holder(1).await;
    let (admin, keys) = (world.admin.insecure_clone(), world.keys);
    let wanted = Params {
        min_settle: 2,
        ..world.lrt().await.params
    };
    let propose = keys.propose_params(&admin.pubkey(), wanted);
    world.send(&[propose], &[&admin]).await;
    assert_eq!(world.lrt().await.params.min_settle, 1);
}

#[tokio::test]
async fn a_batch_keeps_its_due_slot_when_the_cooldown_changes() {
    let (mut world, admin, wanted) = inhabited().await;
    let (alice, keys) = (world.holder(ONE).await, world.keys);
    let propose = keys.propose_params(&admin.pubkey(), wanted);
    world.send(&[propose], &[&admin]).await;
    world.warp(TIMELOCK).await;
    let old = world.request(&alice, ONE / 2, 1).await;
    let apply = keys.apply_params();
    world.send(&[apply], &[]).await;
    world.warp(100).await;
    let new = world.request(&alice, ONE / 2, 2).await;
    let due = |epoch: u64, cooldown: u64| (epoch + cooldown + 1) * 100;
    for (ticket, cooldown) in [(old, 2), (new, 1)] {
        let batch = world.batch(ticket.batch_epoch).await.expect("it is open");
        assert_eq!(batch.due_slot, due(ticket.batch_epoch, cooldown));
    }
}

#[tokio::test]
async fn parameters_out_of_their_bounds_can_not_be_proposed() {
    for with_a_holder in [false, true] {
        let mut world = World::new().await;
        if with_a_holder {
            world.holder(ONE).await;
        }
        let (admin, current) = (world.admin.insecure_clone(), world.lrt().await.params);
        for (change, error) in OUTSIDE {
            let mut wanted = current;
            change(&mut wanted);
            let propose = world.keys.propose_params(&admin.pubkey(), wanted);
            world.refuse(propose, &[&admin], error).await;
        }
        let same = world.keys.propose_params(&admin.pubkey(), current);
        world.refuse(same, &[&admin], "NothingToDo").await;
    }
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, admin, wanted) = inhabited().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let (propose, withdraw, apply) = (
        keys.propose_params(&admin.pubkey(), wanted),
        keys.withdraw_params(&admin.pubkey()),
        keys.apply_params(),
    );
    // Another LRT, whose admin is somebody else.
    let (other, _) = world.neighbour().await;
    let own = std::mem::replace(&mut world.keys, other);
    world
        .change_lrt(|lrt| lrt.admin.holder = Pubkey::new_unique())
        .await;
    world.keys = own;
    for instruction in [&propose, &withdraw] {
        world
            .refuse_substitutes(
                instruction,
                &[&admin],
                &[
                    (0, other.lrt, "NotAdmin"),
                    (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                    (0, nobody, "AccountOwnedByWrongProgram"),
                    (2, nobody, "ConstraintAddress"),
                ],
            )
            .await;
        world
            .refuse_other_signer(instruction, 1, &[], "NotAdmin")
            .await;
    }
    world.send(&[propose], &[&admin]).await;
    world.warp(TIMELOCK).await;
    world
        .refuse_substitutes(
            &apply,
            &[],
            &[
                (0, other.lrt, "NothingProposed"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.send(&[apply], &[]).await;
}
