//! `retire_operator` and `close_operator`.

use crate::{close_and_check_rent, funded, operator_at, with_account};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{RegisterOperatorArgs, UpdateOperatorArgs},
        state::Side,
    },
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn retire(operator: &Operator) -> Instruction {
    registry::retire_operator(&operator.key, &operator.authority.pubkey())
}

fn close(operator: &Operator) -> Instruction {
    let by = operator.authority.pubkey();
    registry::close_operator(&operator.key, &by, &by)
}

#[tokio::test]
async fn an_operator_retires_once_and_for_good() {
    let mut world = World::bare().await;
    let operator = world.register_operator().await;
    let by = &operator.authority;
    world.send(&[retire(&operator)], &[by]).await;
    let slot = world.slot().await;
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!(account.retired_slot, slot);
    world.warp(1).await;
    world
        .refuse(retire(&operator), &[by], "OperatorRetired")
        .await;
}

#[tokio::test]
async fn a_retired_operator_takes_no_stake_and_no_higher_cap() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(3 * ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    world
        .send(&[retire(&operator)], &[&operator.authority])
        .await;

    let (admin, manager) = (world.admin.insecure_clone(), world.funded_manager());
    let (keys, by) = (world.keys, manager.pubkey());
    let more = [
        keys.delegate(&by, &operator.key, 1),
        keys.allocate(&by, &operator.key, &avs.key, 1),
    ];
    for instruction in more {
        world
            .refuse(instruction, &[&manager], "OperatorRetired")
            .await;
    }
    let set = |cap| keys.set_operator_cap(&admin.pubkey(), &operator.key, cap);
    // Lower, and not up again.
    world.send(&[set(ONE)], &[&admin]).await;
    for cap in [ONE + 1, u64::MAX] {
        world.refuse(set(cap), &[&admin], "OperatorRetired").await;
    }
    world.send(&[set(0)], &[&admin]).await;
    // Nor is it accepted anew.
    let fresh = world.register_operator().await;
    world.send(&[retire(&fresh)], &[&fresh.authority]).await;
    let accept = keys.set_operator_cap(&admin.pubkey(), &fresh.key, 1);
    world.refuse(accept, &[&admin], "OperatorRetired").await;
}

#[tokio::test]
async fn anyone_takes_a_retired_operators_stake_back_and_then_it_closes() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(3 * ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    world.allocate(&operator, &avs, ONE).await;
    let (by, keys, payer) = (&operator.authority, world.keys, world.admin.pubkey());
    world.send(&[retire(&operator)], &[by]).await;
    let manager = world.manager.pubkey();
    let by_anyone = [
        keys.force_deallocate(&operator.key, &avs.key),
        keys.force_undelegate(&operator.key, None),
        keys.close_allocation(&operator.key, &avs.key, &manager),
        keys.close_delegation(&operator.key, &payer),
    ];
    world.send(&by_anyone, &[]).await;
    let pool = world.pool().await;
    assert_eq!(
        (pool.idle, pool.delegated, pool.delegations),
        (3 * ONE, 0, 0)
    );
    world.refuse(close(&operator), &[by], "OperatorInUse").await;
    let out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), Side::Operator);
    world.send(&[out, close(&operator)], &[by]).await;
    world.check_invariants().await;
}

#[tokio::test]
async fn an_operator_closes_only_when_no_delegation_names_it_and_it_has_given_no_opt_in() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.register_avs(terms()).await);
    let (by, keys, admin) = (
        &operator.authority,
        world.keys,
        world.admin.insecure_clone(),
    );
    let opt_in = registry::opt_in(&operator.key, &avs.key, &by.pubkey(), Side::Operator);
    world.send(&[opt_in], &[by]).await;
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!((account.delegations, account.opt_ins), (1, 1));
    world.refuse(close(&operator), &[by], "OperatorInUse").await;
    let out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), Side::Operator);
    world.send(&[out], &[by]).await;
    world.refuse(close(&operator), &[by], "OperatorInUse").await;
    let remove = keys.set_operator_cap(&admin.pubkey(), &operator.key, 0);
    let close_delegation = keys.close_delegation(&operator.key, &admin.pubkey());
    world.send(&[remove, close_delegation], &[&admin]).await;
    // What the AVS says of it does not hold it.
    let by_avs = &avs.authority;
    let opt_in = registry::opt_in(&operator.key, &avs.key, &by_avs.pubkey(), Side::Avs);
    world.send(&[opt_in], &[by_avs]).await;
    world.send(&[close(&operator)], &[by]).await;
    assert!(world.account(&operator.key).await.is_none());
}

#[tokio::test]
async fn the_rent_goes_to_who_paid_it_whoever_closes_and_the_base_key_may_register_anew() {
    let mut world = World::bare().await;
    let (base, old, payer) = (Keypair::new(), Keypair::new(), funded(&mut world));
    let args = RegisterOperatorArgs {
        commission_bps: 7,
        uri: "old".into(),
    };
    let register =
        registry::register_operator(&base.pubkey(), &old.pubkey(), &payer.pubkey(), args.clone());
    world.send(&[register], &[&base, &old, &payer]).await;
    let (key, new) = (address::operator(&base.pubkey()), funded(&mut world));
    let args = UpdateOperatorArgs {
        successor: Some(new.pubkey()),
        ..UpdateOperatorArgs::default()
    };
    let hand_over = [
        registry::update_operator(&key, &old.pubkey(), args),
        registry::accept_operator_authority(&key, &new.pubkey()),
    ];
    world.send(&hand_over, &[&old, &new]).await;
    for wrong in [new.pubkey(), old.pubkey()] {
        let close = registry::close_operator(&key, &new.pubkey(), &wrong);
        world.refuse(close, &[&new], "WrongRentPayer").await;
    }
    let close = registry::close_operator(&key, &new.pubkey(), &payer.pubkey());
    close_and_check_rent(&mut world, close, &[&new], &key, &payer.pubkey()).await;

    let args = RegisterOperatorArgs {
        commission_bps: 0,
        uri: String::new(),
    };
    let again = registry::register_operator(&base.pubkey(), &new.pubkey(), &new.pubkey(), args);
    world.send(&[again], &[&base, &new]).await;
    let account = operator_at(&mut world, &key).await;
    assert_eq!((account.commission_bps, account.uri[0]), (0, 0));
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::bare().await;
    let (operator, other) = (
        world.register_operator().await,
        world.register_operator().await,
    );
    let avs = world.register_avs(terms()).await;
    let (by, nobody) = (&operator.authority, Pubkey::new_unique());
    for (instruction, event_authority) in [(retire(&operator), 2), (close(&operator), 3)] {
        let substitutes = [
            (0, other.key, "NotOperatorAuthority"),
            (0, avs.key, "AccountDiscriminatorMismatch"),
            (0, nobody, "AccountOwnedByWrongProgram"),
            (event_authority, nobody, "ConstraintAddress"),
        ];
        world
            .refuse_substitutes(&instruction, &[by], &substitutes)
            .await;
        world
            .refuse_other_signer(&instruction, 1, &[], "NotOperatorAuthority")
            .await;
        // `close` names the authority twice: its rent payer is somebody else here.
        let apart = if event_authority == 3 {
            with_account(instruction.clone(), 2, &nobody)
        } else {
            instruction
        };
        world.refuse_unprivileged(&apart, &[by]).await;
    }
    world
        .refuse_substitutes(&close(&operator), &[by], &[(2, nobody, "WrongRentPayer")])
        .await;
}
