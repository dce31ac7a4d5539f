//! An AVS leaves: its stake stays slashable for the exit delay, then everything closes and every rent goes back.

use crate::stage::Stage;
use liquid_restaking_sdk::{address, anchor_lang::prelude::Pubkey, program::state::Side, registry};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Closes an account, whose rent must go to `payer`.
async fn close(
    world: &mut World,
    instruction: liquid_restaking_sdk::Instruction,
    signers: &[&Keypair],
    account: &Pubkey,
    payer: &Pubkey,
) {
    let (rent, before) = (world.lamports(account).await, world.lamports(payer).await);
    assert!(rent > 0);
    world.send(&[instruction], signers).await;
    assert_eq!(world.lamports(payer).await, before + rent);
    assert!(world.account(account).await.is_none());
}

#[tokio::test]
async fn an_avs_that_leaves_keeps_its_hold_for_the_exit_delay_and_not_a_slot_longer() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let keys = stage.world.keys;
    let (operator, avs) = (stage.operators[0].key, stage.avss[0].key);
    let by_operator = stage.operators[0].authority.insecure_clone();
    let by_avs = stage.avss[0].authority.insecure_clone();
    let (admin, manager) = (
        stage.world.admin.insecure_clone(),
        stage.manager.insecure_clone(),
    );

    // It opts out, and the LRT removes it: nothing of its stake moves.
    let out = registry::opt_out(&operator, &avs, &by_avs.pubkey(), Side::Avs);
    stage.world.send(&[out], &[&by_avs]).await;
    let more = stage.allocate(0, ONE);
    stage
        .world
        .refuse(more.clone(), &[&manager], "AvsNotOptedIn")
        .await;
    let remove = keys.lower_avs_cap(&admin.pubkey(), &avs, 0);
    stage.world.send(&[remove], &[&admin]).await;
    assert_eq!(stage.parts(0, 0).await, (5 * ONE, 0, 0));
    stage
        .refuse_saying(stage.undelegate(8 * ONE), "StakeNotFree", "Free 3000000000")
        .await;
    let close_pool_avs = keys.close_pool_avs(&avs, &admin.pubkey());
    let close_allocation = keys.close_allocation(&operator, &avs, &manager.pubkey());
    let close_opt_in = registry::close_opt_in(&operator, &avs, &by_operator.pubkey());
    for (instruction, error) in [
        (&close_pool_avs, "PoolAvsInUse"),
        (&close_allocation, "AllocationInUse"),
        (&close_opt_in, "OptInInUse"),
    ] {
        stage.world.refuse(instruction.clone(), &[], error).await;
    }

    // The manager takes it back; what it accepted rules, whatever becomes of the AVS itself.
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 5 * ONE)).await;
    let out = registry::opt_out(&operator, &avs, &by_operator.pubkey(), Side::Operator);
    let world = &mut stage.world;
    world.send(&[out], &[&by_operator]).await;
    let close_avs = registry::close_avs(&avs, &by_avs.pubkey(), &by_avs.pubkey());
    close(world, close_avs, &[&by_avs], &avs, &by_avs.pubkey()).await;
    let (opt_in, payer) = (address::opt_in(&operator, &avs), by_operator.pubkey());
    close(world, close_opt_in, &[], &opt_in, &payer).await;

    assert_eq!(stage.parts(0, 0).await, (0, 0, 5 * ONE));
    assert_eq!(stage.world.pool().await.avss[0].allocated, 5 * ONE);
    stage.warp_to(slot - 1).await;
    let release = stage.release(0, 0);
    for (instruction, error) in [
        (&release, "NothingToDo"),
        (&close_pool_avs, "PoolAvsInUse"),
        (&close_allocation, "AllocationInUse"),
    ] {
        stage.world.refuse(instruction.clone(), &[], error).await;
    }
    stage.world.warp(1).await;
    stage
        .world
        .refuse(close_allocation.clone(), &[], "AllocationInUse")
        .await; // it has to be released first
    stage.send(release).await;
    stage.send(stage.undelegate(8 * ONE)).await;
    assert_eq!(stage.pool().await, (10 * ONE, 0, 0));

    let world = &mut stage.world;
    let allocation = keys.allocation(&operator, &avs);
    let payer = manager.pubkey();
    close(world, close_allocation, &[], &allocation, &payer).await;
    let (pool_avs, payer) = (keys.pool_avs(&avs), admin.pubkey());
    close(world, close_pool_avs, &[], &pool_avs, &payer).await;
    let pool = world.pool().await;
    assert_eq!((pool.avs_count, pool.avss[0]), (0, Default::default()));
    let delegation = world.delegation(&stage.operators[0]).await;
    assert_eq!(delegation.allocation_count, 0);
    assert!(delegation.allocations.iter().all(|row| row.all() == 0));
    stage.world.check_invariants().await;
}

#[tokio::test]
async fn its_place_is_free_for_another_and_nothing_of_it_is_left_there() {
    let mut stage = Stage::new().await;
    stage.stake(0, 8 * ONE, &[5 * ONE]).await;
    let keys = stage.world.keys;
    let (operator, avs) = (stage.operators[0].key, stage.avss[0].key);
    let admin = stage.world.admin.insecure_clone();
    let remove = keys.lower_avs_cap(&admin.pubkey(), &avs, 0);
    stage.world.send(&[remove], &[&admin]).await;
    let slot = stage.release_slot(0).await;
    stage.send(stage.deallocate(0, 5 * ONE)).await;
    stage.warp_to(slot).await;
    let end = [
        stage.release(0, 0),
        keys.close_allocation(&operator, &avs, &stage.manager.pubkey()),
        keys.close_pool_avs(&avs, &admin.pubkey()),
    ];
    stage.world.send(&end, &[]).await;

    let next = stage
        .world
        .avs(liquid_restaking_tests::terms(), 3_000)
        .await;
    stage.world.opt_in(&stage.operators[0], &next).await;
    stage.avss[0] = next;
    stage
        .refuse_saying(
            stage.allocate(0, 3 * ONE + 1),
            "AvsCapExceeded",
            "Over by 1",
        )
        .await;
    stage.send(stage.allocate(0, 3 * ONE)).await;
    assert_eq!(stage.world.pool_avs(&stage.avss[0]).await.place, 0);
    assert_eq!(stage.parts(0, 0).await, (0, 3 * ONE, 0));
    assert_eq!(stage.pool().await, (2 * ONE, 8 * ONE, 5 * ONE));
}
