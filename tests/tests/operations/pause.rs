use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program::state::Pausable, Instruction};
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

/// Three days, the longest pause.
const LONGEST: u64 = 648_000;

fn begin(world: &World, what: Pausable, slots: u64) -> Instruction {
    let guardian = world.guardian.pubkey();
    world.keys.set_pause(&guardian, what, Some(slots))
}

fn end(world: &World, what: Pausable) -> Instruction {
    world.keys.set_pause(&world.guardian.pubkey(), what, None)
}

#[tokio::test]
async fn attack_24_a_pause_stops_what_it_names_and_nothing_else() {
    let mut world = World::with(|params| params.deposit_fee_bps = 100).await;
    let guardian = world.guardian.insecure_clone();
    let all = world.every_instruction().await;
    type Row = (&'static str, &'static str);
    let deposits: [Row; 2] = [
        ("deposit", "DepositsPaused"),
        ("quote_deposit", "DepositsPaused"),
    ];
    let exits: [Row; 2] = [
        ("redeem_instant", "InstantExitsPaused"),
        ("quote_instant", "InstantExitsPaused"),
    ];
    let table: [(&[Pausable], Vec<Row>); 4] = [
        (&[], vec![]),
        (&[Pausable::Deposits], deposits.to_vec()),
        (&[Pausable::InstantExits], exits.to_vec()),
        (
            &[Pausable::Deposits, Pausable::InstantExits],
            [deposits, exits].concat(),
        ),
    ];
    for (paused, refused) in table {
        for what in paused {
            let begin = begin(&world, *what, 1);
            world.send(&[begin], &[&guardian]).await;
        }
        for (name, instruction, signers) in &all {
            let signers: Vec<_> = signers.iter().collect();
            let error = refused.iter().find(|row| row.0 == *name).map(|row| row.1);
            let outcome = world.simulate(instruction, &signers).await;
            assert_eq!(outcome.err().as_deref(), error, "{name} under {paused:?}");
        }
        // Out of the pause and of the rest after it, in the same epoch.
        world.warp(4).await;
    }
}

#[tokio::test]
async fn a_pool_that_nobody_uses_is_closed_under_a_pause() {
    let mut world = World::new().await;
    let (admin, guardian) = (
        world.admin.insecure_clone(),
        world.guardian.insecure_clone(),
    );
    let (keys, wallet) = (world.keys, world.fee_wallet.pubkey());
    let both = [
        begin(&world, Pausable::Deposits, LONGEST),
        begin(&world, Pausable::InstantExits, LONGEST),
        keys.close_stake_pool(&admin.pubkey(), &wallet, &admin.pubkey()),
        keys.close_lrt(&admin.pubkey(), &admin.pubkey()),
    ];
    world.send(&both, &[&admin, &guardian]).await;
    assert!(world.account(&keys.lrt).await.is_none());
}

#[tokio::test]
async fn a_pause_has_a_length_of_three_days_at_most() {
    let mut world = World::new().await;
    let guardian = world.guardian.insecure_clone();
    for what in [Pausable::Deposits, Pausable::InstantExits] {
        for slots in [0, LONGEST + 1, u64::MAX] {
            let begin = begin(&world, what, slots);
            world.refuse(begin, &[&guardian], "PauseOutOfBounds").await;
        }
        let begin = begin(&world, what, LONGEST);
        world.send(&[begin], &[&guardian]).await;
    }
    let (lrt, slot) = (world.lrt().await, world.slot().await);
    for pause in [lrt.deposit_pause, lrt.instant_pause] {
        assert_eq!((pause.from, pause.until), (slot, slot + LONGEST));
    }
}

#[tokio::test]
async fn the_next_pause_begins_after_three_times_the_length_of_the_last() {
    let mut world = World::new().await;
    let guardian = world.guardian.insecure_clone();
    let begin = begin(&world, Pausable::Deposits, 10);
    world.send(std::slice::from_ref(&begin), &[&guardian]).await;
    // While it runs, in its last slot, after it, and in the last slot of its rest.
    for slots in [0, 9, 1, 29] {
        if slots > 0 {
            world.warp(slots).await;
        }
        world
            .refuse(begin.clone(), &[&guardian], "PauseTooSoon")
            .await;
    }
    world.warp(1).await;
    world.send(&[begin], &[&guardian]).await;
}

#[tokio::test]
async fn ending_it_early_lets_everybody_in_at_once_and_shortens_the_rest() {
    let mut world = World::new().await;
    let guardian = world.guardian.insecure_clone();
    let (begin, end) = (
        begin(&world, Pausable::Deposits, 100),
        end(&world, Pausable::Deposits),
    );
    world.refuse(end.clone(), &[&guardian], "NothingToDo").await;
    world.send(std::slice::from_ref(&begin), &[&guardian]).await;
    world.warp(10).await;
    world.send(std::slice::from_ref(&end), &[&guardian]).await;
    world.holder(ONE).await;
    world.refuse(end.clone(), &[&guardian], "NothingToDo").await;
    world
        .refuse(begin.clone(), &[&guardian], "PauseTooSoon")
        .await;
    world.warp(30).await;
    world.send(&[begin], &[&guardian]).await;
    // One that has ended by itself can not be ended.
    world.warp(100).await;
    world.refuse(end, &[&guardian], "NothingToDo").await;
}

#[tokio::test]
async fn one_pause_does_not_make_the_other_wait() {
    let mut world = World::new().await;
    let guardian = world.guardian.insecure_clone();
    let first = begin(&world, Pausable::Deposits, 10);
    world.send(&[first], &[&guardian]).await;
    world.warp(20).await;
    let second = begin(&world, Pausable::InstantExits, 10);
    world.send(&[second], &[&guardian]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let (guardian, admin) = (
        world.guardian.insecure_clone(),
        world.admin.insecure_clone(),
    );
    let (other, _) = world.neighbour().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    world.keys = other;
    world.change_lrt(|lrt| lrt.guardian.holder = nobody).await;
    world.keys = keys;
    for instruction in [
        begin(&world, Pausable::Deposits, 10),
        end(&world, Pausable::Deposits),
    ] {
        world
            .refuse_substitutes(
                &instruction,
                &[&guardian],
                &[
                    (0, other.lrt, "NotGuardian"),
                    (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                    (0, nobody, "AccountOwnedByWrongProgram"),
                    (2, nobody, "ConstraintAddress"),
                ],
            )
            .await;
        world
            .refuse_other_signer(&instruction, 1, &[], "NotGuardian")
            .await;
        // Not even the admin.
        let mut by_admin = instruction.clone();
        by_admin.accounts[1].pubkey = admin.pubkey();
        world.refuse(by_admin, &[&admin], "NotGuardian").await;
        world.send(&[instruction], &[&guardian]).await;
    }
}
