//! A stake pool with operators and AVSs is emptied and closed.

use crate::{close_and_check_rent, opt_in_at};
use liquid_restaking_sdk::{address, program::state::Side, registry, Instruction};
use liquid_restaking_tests::{terms, World, ONE};
use solana_signer::Signer;

fn close_pool(world: &World) -> Instruction {
    let admin = world.admin.pubkey();
    let wallet = world.fee_wallet.pubkey();
    world.keys.close_stake_pool(&admin, &wallet, &admin)
}

#[tokio::test]
async fn a_pool_stays_while_a_delegation_or_an_accepted_avs_is_left() {
    let mut world = World::new().await;
    let (admin, keys) = (world.admin.insecure_clone(), world.keys);
    let (operator, avs) = (world.operator().await, world.avs(terms(), 1).await);
    let (close, by) = (close_pool(&world), admin.pubkey());
    let leave_avs = [
        keys.lower_avs_cap(&by, &avs.key, 0),
        keys.close_pool_avs(&avs.key, &by),
    ];
    let leave_operator = [
        keys.set_operator_cap(&by, &operator.key, 0),
        keys.close_delegation(&operator.key, &by),
    ];
    world
        .refuse(close.clone(), &[&admin], "StakePoolInUse")
        .await;
    for (leave, back) in [
        (&leave_avs, keys.propose_avs(&by, &avs.key, 1)),
        (
            &leave_operator,
            keys.set_operator_cap(&by, &operator.key, 1),
        ),
    ] {
        world.send(&leave[..1], &[&admin]).await;
        world
            .refuse(close.clone(), &[&admin], "StakePoolInUse")
            .await;
        world.send(&leave[1..], &[]).await;
        world
            .refuse(close.clone(), &[&admin], "StakePoolInUse")
            .await;
        world.send(&[back], &[&admin]).await;
    }
    let both = [leave_avs, leave_operator].concat();
    world.send(&both, &[&admin]).await;
    world.send(&[close], &[&admin]).await;
}

#[tokio::test]
async fn after_everybody_has_left_every_account_closes_and_every_rent_is_back() {
    let mut world = World::new().await;
    let (admin, keys, manager) = (
        world.admin.insecure_clone(),
        world.keys,
        world.funded_manager(),
    );
    let by_admin = admin.pubkey();
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    let alice = world.holder(2 * ONE).await;
    world.post_bond(&operator, ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    world.stake(&operator, &avs, ONE).await;

    let ticket = world.request(&alice, 2 * ONE, 0).await;
    world.deallocate(&operator, &avs, ONE).await;
    let owner = operator.authority.pubkey();
    let all = keys.withdraw_bond(&operator.key, &owner, ONE);
    world.send(&[all], &[&operator.authority]).await;
    world.warp(443).await;
    let release = keys.release(&operator.key, &avs.key);
    world.send(&[release], &[]).await;
    world.undelegate(&operator, 2 * ONE).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    let batch = keys.close_batch(ticket.batch_epoch, &alice.pubkey());
    let pay = keys.withdraw_bond(&operator.key, &owner, 0);
    world.send(&[batch, pay], &[&operator.authority]).await;
    assert_eq!(world.holds(&alice).await, (2 * ONE, 0));
    assert_eq!(world.holds(&operator.authority).await.0, 1_000 * ONE);
    assert_eq!(world.balance(&keys.vault).await, 0);

    let close = close_pool(&world);
    world
        .refuse(close.clone(), &[&admin], "StakePoolInUse")
        .await;
    let remove = [
        keys.set_operator_cap(&by_admin, &operator.key, 0),
        keys.lower_avs_cap(&by_admin, &avs.key, 0),
    ];
    world.send(&remove, &[&admin]).await;
    let steps = [
        (
            keys.close_allocation(&operator.key, &avs.key, &manager.pubkey()),
            keys.allocation(&operator.key, &avs.key),
            manager.pubkey(),
        ),
        (
            keys.close_delegation(&operator.key, &by_admin),
            keys.delegation(&operator.key),
            by_admin,
        ),
        (
            keys.close_pool_avs(&avs.key, &by_admin),
            keys.pool_avs(&avs.key),
            by_admin,
        ),
    ];
    for (step, key, payer) in steps {
        world
            .refuse(close.clone(), &[&admin], "StakePoolInUse")
            .await;
        close_and_check_rent(&mut world, step, &[], &key, &payer).await;
    }
    let purse = world.lamports(&by_admin).await;
    let rents = world.lamports(&keys.stake_pool).await + world.lamports(&keys.vault).await;
    world.send(&[close], &[&admin]).await;
    assert_eq!(world.lamports(&by_admin).await, purse + rents);
    let close_lrt = keys.close_lrt(&by_admin, &by_admin);
    close_and_check_rent(&mut world, close_lrt, &[&admin], &keys.lrt, &by_admin).await;

    // Operator and AVS part, too.
    let (by_operator, by_avs) = (&operator.authority, &avs.authority);
    for (side, by) in [(Side::Operator, by_operator), (Side::Avs, by_avs)] {
        let out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), side);
        world.send(&[out], &[by]).await;
    }
    let opt_in = address::opt_in(&operator.key, &avs.key);
    assert_eq!(opt_in_at(&mut world, &opt_in).await.rent_payer, owner);
    let close = registry::close_opt_in(&operator.key, &avs.key, &owner);
    close_and_check_rent(&mut world, close, &[], &opt_in, &owner).await;
    let close = registry::close_operator(&operator.key, &owner, &owner);
    close_and_check_rent(&mut world, close, &[by_operator], &operator.key, &owner).await;
    let close = registry::close_avs(&avs.key, &by_avs.pubkey(), &by_avs.pubkey());
    close_and_check_rent(&mut world, close, &[by_avs], &avs.key, &by_avs.pubkey()).await;
    for key in [&by_operator.pubkey(), &by_avs.pubkey()] {
        assert_eq!(world.lamports(key).await, 1_000 * ONE);
    }
}
