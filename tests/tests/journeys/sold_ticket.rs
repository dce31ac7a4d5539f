use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[tokio::test]
async fn a_sold_ticket_is_claimed_by_its_buyer_and_its_rent_goes_to_the_seller() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(10 * ONE).await, world.user(0));
    let keys = world.keys;
    let mut ticket = world.request(&alice, 8 * ONE, 1).await;
    // Half of it is settled and claimed before the sale: the buyer gets the other half.
    world.leave_idle(4 * ONE).await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await.0, 4 * ONE);

    let sell = keys.transfer_ticket(&ticket, &bob.pubkey());
    world.send(&[sell], &[&alice]).await;
    let sold_by = ticket;
    ticket.owner = bob.pubkey();
    world.leave_idle(4 * ONE).await;
    world.settle().await;

    // The seller has no say any more: no sale, no cancel, and a claim only to the buyer's own account.
    let again = keys.transfer_ticket(&sold_by, &alice.pubkey());
    world.refuse(again, &[&alice], "NotTicketOwner").await;
    let cancel = keys.cancel_withdraw(&sold_by);
    world.refuse(cancel, &[&alice], "NotTicketOwner").await;
    let to_self = keys.claim(&sold_by, &alice.pubkey());
    world
        .refuse(to_self, &[&alice], "NotOwnersAssociatedAccount")
        .await;

    let purse = world
        .account(&alice.pubkey())
        .await
        .expect("Alice")
        .lamports;
    let rent = world.account(&ticket.ticket).await.expect("open").lamports;
    world.claim(&ticket, &bob).await;
    assert_eq!(world.holds(&bob).await, (4 * ONE, 0));
    assert!(world.ticket(&ticket).await.is_none());
    let after = world
        .account(&alice.pubkey())
        .await
        .expect("Alice")
        .lamports;
    assert_eq!(after, purse + rent);
    world.check_invariants().await;
}

#[tokio::test]
async fn a_ticket_sold_on_and_on_belongs_to_the_last_buyer_who_may_cancel_it() {
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    let (bob, carol) = (world.user(0), world.user(0));
    let mut ticket = world.request(&alice, 8 * ONE, 1).await;
    for (seller, buyer) in [(&alice, &bob), (&bob, &carol)] {
        let sell = world.keys.transfer_ticket(&ticket, &buyer.pubkey());
        world.send(&[sell], &[seller]).await;
        ticket.owner = buyer.pubkey();
    }
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&carol]).await;
    assert_eq!(world.holds(&carol).await, (0, 8 * ONE));
    assert_eq!(world.holds(&bob).await, (0, 0));
    assert_eq!(world.lrt().await.supply, 10 * ONE);
}

#[tokio::test]
async fn the_seller_keeps_the_address_busy_until_the_ticket_is_closed() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(10 * ONE).await, world.user(0));
    let mut ticket = world.request(&alice, ONE, 1).await;
    let sell = world.keys.transfer_ticket(&ticket, &bob.pubkey());
    world.send(&[sell], &[&alice]).await;
    ticket.owner = bob.pubkey();
    let same_nonce = world.request_instruction(&alice.pubkey(), ONE, 1).await;
    world
        .refuse(same_nonce.clone(), &[&alice], "AlreadyInUse")
        .await;
    world.warp_to_epoch(1_003).await;
    world.settle().await;
    // Anyone may have the buyer paid.
    let keeper = Keypair::new();
    let claim = world.keys.claim(&ticket, &keeper.pubkey());
    world.send(&[claim], &[&keeper]).await;
    assert_eq!(world.holds(&bob).await.0, ONE);
    world.request(&alice, ONE, 1).await;
}
