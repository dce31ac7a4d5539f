use liquid_restaking_sdk::{address, anchor_lang::prelude::Pubkey, TicketKeys};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Positions of accounts.
const TICKET: usize = 0;
const OWNER: usize = 1;

/// A transfer that must succeed: the ticket as its new owner names it.
async fn transfer(
    world: &mut World,
    ticket: &TicketKeys,
    owner: &Keypair,
    to: &Pubkey,
) -> TicketKeys {
    let transfer = world.keys.transfer_ticket(ticket, to);
    world.send(&[transfer], &[owner]).await;
    TicketKeys {
        owner: *to,
        ..*ticket
    }
}

#[tokio::test]
async fn the_new_owner_claims_and_the_rent_still_goes_to_its_payer() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let bob = world.user(0);
    let before = world.ticket(&ticket).await.expect("a ticket");
    let sold = transfer(&mut world, &ticket, &alice, &bob.pubkey()).await;

    // Nothing but the owner changes.
    let mut after = world.ticket(&ticket).await.expect("a ticket");
    assert_eq!(after.owner, bob.pubkey());
    after.owner = before.owner;
    assert_eq!(
        liquid_restaking_sdk::bytes_of(&after),
        liquid_restaking_sdk::bytes_of(&before)
    );

    let rent = world.lamports(&ticket.ticket).await;
    let lamports = world.lamports(&alice.pubkey()).await;
    world.claim(&sold, &bob).await;
    assert_eq!(world.holds(&bob).await, (ONE, 0));
    assert_eq!(world.holds(&alice).await, (0, 0));
    assert_eq!(world.lamports(&alice.pubkey()).await, lamports + rent);
}

#[tokio::test]
async fn the_old_owner_is_a_stranger() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let bob = world.user(0);
    let sold = transfer(&mut world, &ticket, &alice, &bob.pubkey()).await;
    let keys = world.keys;
    for replay in [
        keys.transfer_ticket(&ticket, &alice.pubkey()),
        keys.transfer_ticket(&ticket, &Pubkey::new_unique()),
        keys.cancel_withdraw(&ticket),
    ] {
        world.refuse(replay, &[&alice], "NotTicketOwner").await;
    }
    let to_herself = keys.claim(&ticket, &alice.pubkey());
    world
        .refuse(to_herself, &[&alice], "NotOwnersAssociatedAccount")
        .await;
    world.claim(&sold, &alice).await; // a stranger's claim: it pays Bob
    assert_eq!(world.holds(&bob).await, (ONE, 0));
    assert_eq!(world.holds(&alice).await, (0, 0));
}

#[tokio::test]
async fn the_new_owner_cancels_to_his_own_accounts() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.user(0));
    let ticket = world.request(&alice, 400, 0).await;
    let sold = transfer(&mut world, &ticket, &alice, &bob.pubkey()).await;
    let cancel = world.keys.cancel_withdraw(&sold);
    world.send(&[cancel], &[&bob]).await;
    assert_eq!(world.holds(&bob).await, (0, 400));
    assert_eq!(world.holds(&alice).await, (0, ONE - 400));
}

#[tokio::test]
async fn what_the_old_owner_has_claimed_is_not_paid_again() {
    let mut world = World::new().await;
    let [(alice, first), (bob, _)] = world.part_settled().await;
    world.claim(&first, &alice).await;
    let sold = transfer(&mut world, &first, &alice, &bob.pubkey()).await;
    let claim = world.keys.claim(&sold, &bob.pubkey());
    world.refuse(claim, &[&bob], "NothingToDo").await;
    world.leave_idle(900).await;
    world.settle().await;
    world.claim(&sold, &bob).await;
    assert_eq!(world.holds(&alice).await, (33, 0));
    assert_eq!(world.holds(&bob).await, (267, 0));
}

#[tokio::test]
async fn a_ticket_keeps_its_address_and_may_come_back() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, 400, 0).await;
    let sold = transfer(&mut world, &ticket, &alice, &bob.pubkey()).await;
    // Her nonce is taken as long as the ticket is open, his is free.
    let again = world.request_instruction(&alice.pubkey(), 1, 0).await;
    world.refuse(again, &[&alice], "AlreadyInUse").await;
    world.request(&bob, 1, 0).await;
    let back = transfer(&mut world, &sold, &bob, &alice.pubkey()).await;
    assert_eq!(back, ticket);
    assert_eq!(
        world.ticket(&back).await.expect("a ticket").owner,
        alice.pubkey()
    );
}

#[tokio::test]
async fn an_owner_that_can_not_sign_can_still_be_paid_by_anyone() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let treasury = world.keys.lrt; // some program's address
    let keys = world.keys;
    world.open_accounts(&keys, &treasury, 0);
    let sold = transfer(&mut world, &ticket, &alice, &treasury).await;
    world.claim(&sold, &alice).await;
    assert_eq!(world.balance(&keys.of(&treasury).collateral).await, ONE);
}

#[tokio::test]
async fn what_can_not_be_transferred_is_refused() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let keys = world.keys;
    let to_herself = keys.transfer_ticket(&ticket, &alice.pubkey());
    world.refuse(to_herself, &[&alice], "NothingToDo").await;
    world.claim(&ticket, &alice).await;
    let closed = keys.transfer_ticket(&ticket, &Pubkey::new_unique());
    world
        .refuse(closed, &[&alice], "AccountOwnedByWrongProgram")
        .await;
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, 400, 0).await;
    let other = world.request(&bob, 400, 0).await;
    let (_, foreign) = world.twin(&bob).await;
    let keys = world.keys;
    let batch = address::batch(&keys.stake_pool, ticket.batch_epoch);
    let transfer = keys.transfer_ticket(&ticket, &Pubkey::new_unique());
    world
        .refuse_substitutes(
            &transfer,
            &[&alice],
            &[
                (TICKET, other.ticket, "NotTicketOwner"),
                (TICKET, foreign.ticket, "NotTicketOwner"),
                (TICKET, batch, "AccountDiscriminatorMismatch"),
                (TICKET, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (TICKET, Pubkey::new_unique(), "AccountOwnedByWrongProgram"),
                (TICKET, keys.vault, "AccountOwnedByWrongProgram"),
                (2, Pubkey::new_unique(), "ConstraintAddress"),
                (3, Pubkey::new_unique(), "MissingAccount"),
            ],
        )
        .await;
    world.refuse_unprivileged(&transfer, &[&alice]).await;
    world
        .refuse_other_signer(&transfer, OWNER, &[], "NotTicketOwner")
        .await;
    world.send(&[transfer], &[&alice]).await;
}
