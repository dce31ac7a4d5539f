use liquid_restaking_sdk::{address, anchor_lang::prelude::Pubkey};
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

#[tokio::test]
async fn a_batch_closes_after_its_last_ticket_and_returns_dust_and_rent() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    // One share comes to be worth 1.1 units: V = 1 000 000 virtual ones take their part.
    world.start_drip(100_100_000).await;
    let (first, second) = (
        world.request(&alice, 5, 1).await,
        world.request(&alice, 5, 2).await,
    );
    let close = world.keys.close_batch(first.batch_epoch, &alice.pubkey());
    world.refuse(close.clone(), &[], "BatchInQueue").await;
    world.warp_to_epoch(1_003).await;
    world.refuse(close.clone(), &[], "BatchInQueue").await;
    world.settle().await;
    world.refuse(close.clone(), &[], "BatchHasTickets").await;
    world.claim(&first, &alice).await;
    world.refuse(close.clone(), &[], "BatchHasTickets").await;
    world.claim(&second, &alice).await;
    assert_eq!(world.holds(&alice).await.0, 10);

    let key = address::batch(&world.keys.stake_pool, first.batch_epoch);
    let rent = world.account(&key).await.expect("it is open").lamports;
    let purse = world
        .account(&alice.pubkey())
        .await
        .expect("Alice")
        .lamports;
    let (idle, claimable) = (world.pool().await.idle, world.pool().await.claimable);
    assert_eq!(claimable, 1);
    world.send(std::slice::from_ref(&close), &[]).await;
    let pool = world.pool().await;
    assert_eq!((pool.idle, pool.claimable), (idle + 1, 0));
    assert_eq!(pool.open_batches, 0);
    assert!(world.account(&key).await.is_none());
    let after = world
        .account(&alice.pubkey())
        .await
        .expect("Alice")
        .lamports;
    assert_eq!(after, purse + rent);
    world.check_invariants().await;
    world.refuse(close, &[], "AccountOwnedByWrongProgram").await;
}

#[tokio::test]
async fn the_rent_goes_to_whoever_opened_the_batch() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let opened = world.request(&bob, ONE, 1).await;
    let joined = world.request(&alice, ONE, 1).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    world.claim(&opened, &bob).await;
    world.claim(&joined, &alice).await;
    let close = |payer| world.keys.close_batch(opened.batch_epoch, &payer);
    let (wrong, right) = (close(alice.pubkey()), close(bob.pubkey()));
    world.refuse(wrong, &[], "WrongRentPayer").await;
    world.send(&[right], &[]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let alice = world.holder(3 * ONE).await;
    let ticket = world.request(&alice, ONE, 1).await;
    let (other, _) = world.neighbour().await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    let keys = world.keys;
    let close = keys.close_batch(ticket.batch_epoch, &alice.pubkey());
    let nobody = Pubkey::new_unique();
    world
        .refuse_substitutes(
            &close,
            &[],
            &[
                (0, other.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (1, other.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (
                    2,
                    address::batch(&other.stake_pool, ticket.batch_epoch),
                    "WrongStakePool",
                ),
                (2, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (2, nobody, "AccountOwnedByWrongProgram"),
                (3, nobody, "WrongRentPayer"),
                (3, keys.stake_pool, "WrongRentPayer"),
                (4, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    world.send(&[close], &[]).await;
}
