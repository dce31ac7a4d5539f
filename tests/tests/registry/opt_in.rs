//! `opt_in`, `opt_out` and `close_opt_in`.

use crate::{avs_at, close_and_check_rent, funded, operator_at, opt_in_at, with_account};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{Pubkey, Rent},
    program::state::{Consent, OptIn, Side},
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

const SIDES: [Side; 2] = [Side::Operator, Side::Avs];
/// Position of the payer among the accounts.
const PAYER: usize = 4;

/// Who acts for a side, and what he is told who does not.
fn authority<'a>(operator: &'a Operator, avs: &'a Avs, side: Side) -> (&'a Keypair, &'static str) {
    match side {
        Side::Operator => (&operator.authority, "NotOperatorAuthority"),
        Side::Avs => (&avs.authority, "NotAvsAuthority"),
    }
}

fn give(operator: &Operator, avs: &Avs, side: Side) -> Instruction {
    let by = authority(operator, avs, side).0.pubkey();
    registry::opt_in(&operator.key, &avs.key, &by, side)
}

fn withdraw(operator: &Operator, avs: &Avs, side: Side) -> Instruction {
    let by = authority(operator, avs, side).0.pubkey();
    registry::opt_out(&operator.key, &avs.key, &by, side)
}

async fn pair() -> (World, Operator, Avs) {
    let mut world = World::bare().await;
    let operator = world.register_operator().await;
    let avs = world.register_avs(terms()).await;
    (world, operator, avs)
}

/// Opt-ins that operator and AVS count.
async fn counts(world: &mut World, operator: &Operator, avs: &Avs) -> (u32, u32) {
    (
        operator_at(world, &operator.key).await.opt_ins,
        avs_at(world, &avs.key).await.opt_ins,
    )
}

#[tokio::test]
async fn each_side_consents_and_withdraws_for_itself_in_either_order() {
    for [first, second] in [SIDES, [Side::Avs, Side::Operator]] {
        let (mut world, operator, avs) = pair().await;
        let key = address::opt_in(&operator.key, &avs.key);
        let mut since = [0, 0];
        for (step, side) in [first, second].into_iter().enumerate() {
            let by = authority(&operator, &avs, side).0;
            world.warp(5).await;
            since[side as usize] = world.slot().await;
            world.send(&[give(&operator, &avs, side)], &[by]).await;
            let opt_in = opt_in_at(&mut world, &key).await;
            let given = since.map(|since_slot| Consent {
                since_slot,
                until_slot: 0,
            });
            assert_eq!([opt_in.by_operator, opt_in.by_avs], given);
            let (of_operator, of_avs) = counts(&mut world, &operator, &avs).await;
            assert_eq!(of_operator + of_avs, u32::try_from(step + 1).unwrap());
            let again = give(&operator, &avs, side);
            world.refuse(again, &[by], "NothingToDo").await;
        }
        for side in [first, second] {
            let (by, out) = (
                authority(&operator, &avs, side).0,
                withdraw(&operator, &avs, side),
            );
            world.warp(5).await;
            world.send(std::slice::from_ref(&out), &[by]).await;
            let slot = world.slot().await;
            let mut opt_in = opt_in_at(&mut world, &key).await;
            let consent = *opt_in.consent_mut(side);
            let expected = (since[side as usize], slot);
            assert_eq!((consent.since_slot, consent.until_slot), expected);
            world.refuse(out, &[by], "NothingToDo").await;
        }
        assert_eq!(counts(&mut world, &operator, &avs).await, (0, 0));
    }
}

#[tokio::test]
async fn the_first_consent_pays_for_the_account() {
    let (mut world, operator, avs) = pair().await;
    let key = address::opt_in(&operator.key, &avs.key);
    let (first, second) = (funded(&mut world), funded(&mut world));
    for (side, payer) in [(Side::Avs, &first), (Side::Operator, &second)] {
        let by = authority(&operator, &avs, side).0;
        let opt_in = with_account(give(&operator, &avs, side), PAYER, &payer.pubkey());
        world.send(&[opt_in], &[by, payer]).await;
    }
    let opt_in = opt_in_at(&mut world, &key).await;
    assert_eq!((opt_in.operator, opt_in.avs), (operator.key, avs.key));
    assert_eq!((opt_in.rent_payer, opt_in.version), (first.pubkey(), 1));
    let rent = Rent::default().minimum_balance(OptIn::SPACE);
    assert_eq!(world.lamports(&key).await, rent);
    assert_eq!(world.lamports(&first.pubkey()).await, 1_000 * ONE - rent);
    assert_eq!(world.lamports(&second.pubkey()).await, 1_000 * ONE);
}

#[tokio::test]
async fn nobody_consents_or_withdraws_for_a_side_but_its_own_authority() {
    let (mut world, operator, avs) = pair().await;
    let stranger = funded(&mut world);
    let sides = [
        (Side::Operator, &avs.authority),
        (Side::Avs, &operator.authority),
    ];
    for (side, other) in sides {
        let (_, error) = authority(&operator, &avs, side);
        for by in [&stranger, other] {
            let opt_in = registry::opt_in(&operator.key, &avs.key, &by.pubkey(), side);
            world.refuse(opt_in, &[by], error).await;
        }
    }
    for side in SIDES {
        // Never given, there is nothing to withdraw, with or without an account.
        let by = authority(&operator, &avs, side).0;
        let out = withdraw(&operator, &avs, side);
        world.refuse(out, &[by], "NothingToDo").await;
        world.send(&[give(&operator, &avs, side)], &[by]).await;
    }
    for (side, other) in sides {
        let (own, error) = authority(&operator, &avs, side);
        for by in [&stranger, other] {
            let opt_out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), side);
            world.refuse(opt_out, &[by], error).await;
        }
        world.send(&[withdraw(&operator, &avs, side)], &[own]).await;
    }
}

#[tokio::test]
async fn the_younger_consent_warms_for_the_lrts_warm_up_and_given_anew_it_warms_anew() {
    let mut world = World::with(|params| params.warmup_slots = 50).await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.holder(10 * ONE).await;
    world.delegate(&operator, 10 * ONE).await;
    let manager = world.funded_manager();
    let allocate = world
        .keys
        .allocate(&manager.pubkey(), &operator.key, &avs.key, ONE);
    let consent = [give(&operator, &avs, Side::Operator)];
    world.send(&consent, &[&operator.authority]).await;
    world.warp(49).await;
    world
        .refuse(allocate.clone(), &[&manager], "AvsNotOptedIn")
        .await;
    let consent = [give(&operator, &avs, Side::Avs)];
    world.send(&consent, &[&avs.authority]).await;
    world.warp(49).await;
    world
        .refuse(allocate.clone(), &[&manager], "OptInWarming")
        .await;
    world.warp(1).await;
    world
        .send(std::slice::from_ref(&allocate), &[&manager])
        .await;
    for (side, error) in [
        (Side::Operator, "OperatorNotOptedIn"),
        (Side::Avs, "AvsNotOptedIn"),
    ] {
        let by = authority(&operator, &avs, side).0;
        world.send(&[withdraw(&operator, &avs, side)], &[by]).await;
        world.refuse(allocate.clone(), &[&manager], error).await;
        world.send(&[give(&operator, &avs, side)], &[by]).await;
        world.warp(49).await;
        world
            .refuse(allocate.clone(), &[&manager], "OptInWarming")
            .await;
        world.warp(1).await;
        world
            .send(std::slice::from_ref(&allocate), &[&manager])
            .await;
    }
}

#[tokio::test]
async fn withdrawing_frees_no_stake_and_stops_no_deallocation() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(ONE).await;
    world.delegate(&operator, ONE).await;
    world.stake(&operator, &avs, ONE).await;
    let before = world.delegation(&operator).await;
    for side in SIDES {
        let by = authority(&operator, &avs, side).0;
        world.send(&[withdraw(&operator, &avs, side)], &[by]).await;
    }
    let close = registry::close_opt_in(&operator.key, &avs.key, &operator.authority.pubkey());
    world.send(&[close], &[]).await;
    let after = world.delegation(&operator).await;
    assert_eq!(after.allocations, before.allocations);
    assert_eq!(world.allocation(&operator, &avs).await.stake, ONE);
    world.deallocate(&operator, &avs, ONE).await;
}

#[tokio::test]
async fn an_opt_in_closes_once_neither_side_gives_it_and_can_be_given_anew() {
    let (mut world, operator, avs) = pair().await;
    let (key, payer) = (address::opt_in(&operator.key, &avs.key), funded(&mut world));
    let close = registry::close_opt_in(&operator.key, &avs.key, &payer.pubkey());
    for side in SIDES {
        let by = authority(&operator, &avs, side).0;
        let opt_in = with_account(give(&operator, &avs, side), PAYER, &payer.pubkey());
        world.send(&[opt_in], &[by, &payer]).await;
        world.refuse(close.clone(), &[], "OptInInUse").await;
    }
    for side in SIDES {
        world.refuse(close.clone(), &[], "OptInInUse").await;
        let by = authority(&operator, &avs, side).0;
        world.send(&[withdraw(&operator, &avs, side)], &[by]).await;
    }
    let wrong = operator.authority.pubkey();
    let substitutes = [
        (0, operator.key, "AccountDiscriminatorMismatch"),
        (0, wrong, "AccountOwnedByWrongProgram"),
        (1, wrong, "WrongRentPayer"),
        (2, wrong, "ConstraintAddress"),
    ];
    world.refuse_substitutes(&close, &[], &substitutes).await;
    world.refuse_unprivileged(&close, &[]).await;
    close_and_check_rent(&mut world, close, &[], &key, &payer.pubkey()).await;
    let by = &operator.authority;
    let again = give(&operator, &avs, Side::Operator);
    world.send(&[again], &[by]).await;
    let opt_in = opt_in_at(&mut world, &key).await;
    assert_eq!(opt_in.by_avs, Consent::default());
    assert_eq!(opt_in.rent_payer, by.pubkey());
}

#[tokio::test]
async fn each_side_takes_its_consent_back_from_one_that_has_closed_and_all_of_it_closes() {
    for gone in SIDES {
        let (mut world, operator, avs) = pair().await;
        let left = match gone {
            Side::Operator => Side::Avs,
            Side::Avs => Side::Operator,
        };
        let ((by, _), (leaver, _)) = (
            authority(&operator, &avs, left),
            authority(&operator, &avs, gone),
        );
        let close = |side| match side {
            Side::Operator => {
                let by = operator.authority.pubkey();
                registry::close_operator(&operator.key, &by, &by)
            }
            Side::Avs => {
                let by = avs.authority.pubkey();
                registry::close_avs(&avs.key, &by, &by)
            }
        };
        world.send(&[give(&operator, &avs, left)], &[by]).await;
        world.send(&[close(gone)], &[leaver]).await;
        let in_use = match left {
            Side::Operator => "OperatorInUse",
            Side::Avs => "AvsInUse",
        };
        world.refuse(close(left), &[by], in_use).await;
        // Nobody consents to what is gone, and for it nobody withdraws.
        let again = give(&operator, &avs, left);
        let error = match gone {
            Side::Operator => "WrongOperator",
            Side::Avs => "WrongAvs",
        };
        world.refuse(again, &[by], error).await;
        let theirs = withdraw(&operator, &avs, gone);
        world.refuse(theirs, &[leaver], error).await;
        let opt_in = address::opt_in(&operator.key, &avs.key);
        let everything = [
            withdraw(&operator, &avs, left),
            close(left),
            registry::close_opt_in(&operator.key, &avs.key, &by.pubkey()),
        ];
        world.send(&everything, &[by]).await;
        for key in [operator.key, avs.key, opt_in] {
            assert!(world.account(&key).await.is_none());
        }
        // Their owners have all their lamports back.
        for owner in [by, leaver] {
            assert_eq!(world.lamports(&owner.pubkey()).await, 1_000 * ONE);
        }
    }
}

#[tokio::test]
async fn a_retired_operator_gives_no_consent_and_takes_what_it_has_given_back() {
    let (mut world, operator, avs) = pair().await;
    let other = world.register_avs(terms()).await;
    let by = &operator.authority;
    let retire = registry::retire_operator(&operator.key, &by.pubkey());
    let given = give(&operator, &other, Side::Operator);
    world.send(&[given, retire], &[by]).await;
    let new = give(&operator, &avs, Side::Operator);
    world.refuse(new, &[by], "OperatorRetired").await;
    // An AVS speaks for itself.
    let theirs = give(&operator, &avs, Side::Avs);
    world.send(&[theirs], &[&avs.authority]).await;
    let new = give(&operator, &avs, Side::Operator);
    world.refuse(new, &[by], "OperatorRetired").await;
    let back = withdraw(&operator, &other, Side::Operator);
    world.send(&[back], &[by]).await;
    assert_eq!(counts(&mut world, &operator, &avs).await, (0, 1));
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, operator, avs) = pair().await;
    let (other, another) = (
        world.register_operator().await,
        world.register_avs(terms()).await,
    );
    let consent = give(&other, &another, Side::Operator);
    world.send(&[consent], &[&other.authority]).await;
    let foreign = address::opt_in(&other.key, &another.key);
    let (payer, nobody) = (funded(&mut world), Pubkey::new_unique());
    for side in SIDES {
        let by = authority(&operator, &avs, side).0;
        let create = with_account(give(&operator, &avs, side), PAYER, &payer.pubkey());
        let remove = with_account(withdraw(&operator, &avs, side), PAYER, &payer.pubkey());
        for (instruction, exists) in [(&create, side == Side::Avs), (&remove, true)] {
            // While it does not exist its address is checked, and then its fields.
            let (wrong_operator, wrong_avs) = match exists {
                false => ("WrongAddress", "WrongAddress"),
                true => ("WrongOperator", "WrongAvs"),
            };
            let no_opt_in = match instruction == &create {
                true => "WrongAddress",
                false => "NothingToDo",
            };
            let substitutes = [
                (0, other.key, wrong_operator),
                (0, avs.key, "WrongOperator"),
                (0, nobody, "WrongOperator"),
                (1, another.key, wrong_avs),
                (1, operator.key, "WrongAvs"),
                (1, nobody, "WrongAvs"),
                (2, foreign, "WrongOperator"),
                (2, avs.key, "NothingToDo"),
                (2, nobody, no_opt_in),
                (5, nobody, "InvalidProgramId"),
                (6, nobody, "ConstraintAddress"),
            ];
            world
                .refuse_substitutes(instruction, &[by, &payer], &substitutes)
                .await;
            world.refuse_unprivileged(instruction, &[by, &payer]).await;
            world
                .send(std::slice::from_ref(instruction), &[by, &payer])
                .await;
        }
        world.send(&[create], &[by, &payer]).await;
    }
}
