use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::TICKET_SEED, AccountMeta, TicketKeys,
    TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Positions of accounts.
const BATCH: usize = 3;
const TAIL: usize = 4;
const TICKET: usize = 5;
const USER_LRT: usize = 6;
const OWNER: usize = 7;
const PAYER: usize = 8;

#[tokio::test]
async fn a_request_burns_the_lrt_which_lives_on_as_the_tickets_shares() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let keys = world.request(&alice, 400, 7).await;
    assert_eq!(world.holds(&alice).await, (0, ONE - 400));

    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, lrt.fee_shares, pool.idle), (ONE, 0, ONE));
    assert_eq!((pool.queued, pool.claimable), (400, 0));
    assert_eq!((pool.head_epoch, pool.tail_epoch), (1_000, 1_000));
    assert_eq!((pool.queue_length, pool.open_batches), (1, 1));

    let ticket = world.ticket(&keys).await.expect("a ticket");
    assert_eq!(ticket.stake_pool, world.keys.stake_pool);
    assert_eq!(ticket.owner, alice.pubkey());
    assert_eq!(ticket.rent_payer, alice.pubkey());
    assert_eq!((ticket.batch_epoch, ticket.nonce), (1_000, 7));
    assert_eq!((ticket.shares, ticket.claimed), (400, 0));

    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!(batch.stake_pool, world.keys.stake_pool);
    assert_eq!(batch.rent_payer, alice.pubkey());
    assert_eq!((batch.epoch, batch.due_slot), (1_000, 1_003 * EPOCH));
    assert_eq!((batch.shares, batch.shares_settled), (400, 0));
    assert_eq!(world.check_invariants().await.queued, 400);
}

#[tokio::test]
async fn the_fee_rounds_up_and_is_owed_in_shares() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let alice = world.holder(ONE).await;
    let keys = world.request(&alice, 9_999, 0).await;
    let ticket = world.ticket(&keys).await.expect("a ticket");
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((ticket.shares, lrt.fee_shares), (9_899, 100));
    assert_eq!((lrt.supply, pool.queued), (ONE, 9_899));
    assert_eq!(world.holds(&alice).await, (0, ONE - 9_999));
    world.check_invariants().await;
    // Two shares leave one; of one the fee leaves nothing.
    let two = world.request(&alice, 2, 1).await;
    assert_eq!(world.ticket(&two).await.expect("a ticket").shares, 1);
    let one = world.request_instruction(&alice.pubkey(), 1, 2).await;
    world.refuse(one, &[&alice], "NothingLeft").await;
}

#[tokio::test]
async fn amounts_that_can_not_be_are_refused() {
    let mut world = World::new().await;
    let (alice, _bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let key = alice.pubkey();
    for (shares, error) in [
        (0, "ZeroAmount"),
        (ONE + 1, "InsufficientFunds"),
        (u64::MAX, "InsufficientFunds"),
    ] {
        let request = world.request_instruction(&key, shares, 0).await;
        world.refuse(request, &[&alice], error).await;
    }
    world.request(&alice, 1, 0).await;
    let most = world.request_instruction(&key, u64::MAX, 1).await;
    world.refuse(most, &[&alice], "MathOverflow").await;
    world.request(&alice, ONE - 1, u64::MAX).await;
    assert_eq!(world.holds(&alice).await, (0, 0));
    assert_eq!(world.pool().await.queued, ONE);
}

#[tokio::test]
async fn attack_24_nothing_pauses_requests() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.pause_all().await;
    world.request(&alice, 400, 0).await;
    assert_eq!(world.pool().await.queued, 400);
}

#[tokio::test]
async fn the_batch_is_that_of_the_epoch_to_its_last_slot() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.warp(EPOCH - 1).await;
    let last = world.request(&alice, 1, 0).await;
    world.warp(1).await;
    let first = world.request(&alice, 2, 1).await;
    assert_eq!((last.batch_epoch, first.batch_epoch), (1_000, 1_001));
    let (old, new) = (world.batch(1_000).await, world.batch(1_001).await);
    let (old, new) = (old.expect("a batch"), new.expect("a batch"));
    assert_eq!((old.shares, old.due_slot), (1, 1_003 * EPOCH));
    assert_eq!((new.shares, new.due_slot), (2, 1_004 * EPOCH));
    assert_eq!(old.next_epoch, 1_001);
}

#[tokio::test]
async fn a_wrong_epoch_is_refused_whether_its_batch_exists_or_not() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let (keys, key) = (world.keys, alice.pubkey());
    world.request(&alice, 1, 0).await;
    world.warp(EPOCH).await;
    for epoch in [0, 999, 1_000, 1_002, u64::MAX] {
        let request = keys.request_withdraw(&key, 1, 1, epoch, Some(1_000));
        world.refuse(request, &[&alice], "WrongEpoch").await;
    }
    // The current epoch with another epoch's batch: one that exists, one that does not.
    let request = keys.request_withdraw(&key, 1, 1, 1_001, Some(1_000));
    let (past, future) = (
        address::batch(&keys.stake_pool, 1_000),
        address::batch(&keys.stake_pool, 1_002),
    );
    let others = [(BATCH, past, "WrongBatch"), (BATCH, future, "WrongAddress")];
    world.refuse_substitutes(&request, &[&alice], &others).await;
    world.send(&[request], &[&alice]).await;
}

#[tokio::test]
async fn two_openers_in_one_slot_both_succeed() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let (a, b) = (alice.pubkey(), bob.pubkey());
    // Both see an empty queue; even one transaction can hold them.
    let first = world.request_instruction(&a, 10, 0).await;
    let second = world.request_instruction(&b, 20, 0).await;
    world.send(&[first, second], &[&alice, &bob]).await;
    // Both see the tail of the epoch before.
    world.warp(EPOCH).await;
    let first = world.request_instruction(&a, 100, 1).await;
    let second = world.request_instruction(&b, 200, 1).await;
    assert_eq!(first.accounts[TAIL].pubkey, second.accounts[TAIL].pubkey);
    world.send(&[first], &[&alice]).await;
    world.send(&[second], &[&bob]).await;

    let (old, new) = (world.batch(1_000).await, world.batch(1_001).await);
    let (old, new) = (old.expect("a batch"), new.expect("a batch"));
    assert_eq!((old.shares, new.shares), (30, 300));
    assert_eq!((old.next_epoch, new.next_epoch), (1_001, 0));
    assert_eq!((new.rent_payer, old.rent_payer), (a, a));
    let pool = world.pool().await;
    assert_eq!((pool.head_epoch, pool.tail_epoch), (1_000, 1_001));
    assert_eq!((pool.queue_length, pool.open_batches), (2, 2));
}

#[tokio::test]
async fn a_batch_opens_behind_the_queues_tail_and_nothing_else() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let keys = world.keys;
    let ticket = world.request(&alice, 10, 0).await;
    world.warp(EPOCH).await;
    world.request(&alice, 10, 1).await;
    let (twin, _) = world.twin(&alice).await; // its tail is of the same epoch
    world.warp(EPOCH).await;

    let missing = keys.request_withdraw(&alice.pubkey(), 10, 2, 1_002, None);
    world.refuse(missing, &[&alice], "TailBatchMissing").await;
    let right = keys.request_withdraw(&alice.pubkey(), 10, 2, 1_002, Some(1_001));
    let wrong = |key| (TAIL, key, "TailBatchMissing");
    let substitutes = [
        wrong(address::batch(&keys.stake_pool, 1_000)),
        wrong(address::batch(&keys.stake_pool, 1_002)),
        wrong(address::batch(&twin.stake_pool, 1_001)),
        wrong(ticket.ticket),
        wrong(keys.lrt),
        wrong(alice.pubkey()),
        wrong(Pubkey::new_unique()),
    ];
    world
        .refuse_substitutes(&right, &[&alice], &substitutes)
        .await;
    world.send(&[right], &[&alice]).await;
    assert_eq!(world.batch(1_001).await.expect("a batch").next_epoch, 1_002);
}

#[tokio::test]
async fn a_batch_that_has_left_the_queue_is_nobodys_tail() {
    let mut world = World::new().await;
    let (_alice, ticket) = world.settled(ONE).await;
    let bob = world.holder(ONE).await;
    let (keys, epoch) = (world.keys, world.epoch().await);
    assert_eq!(world.pool().await.queue_length, 0);
    let request = keys.request_withdraw(&bob.pubkey(), 10, 0, epoch, Some(ticket.batch_epoch));
    world.send(&[request], &[&bob]).await;
    let old = world.batch(ticket.batch_epoch).await.expect("a batch");
    assert_eq!(old.next_epoch, 0);
    let pool = world.pool().await;
    assert_eq!((pool.head_epoch, pool.tail_epoch), (epoch, epoch));
    assert_eq!((pool.queue_length, pool.open_batches), (1, 2));
}

#[tokio::test]
async fn attack_19_lamports_sent_ahead_do_not_stop_a_ticket_or_a_batch() {
    let mut world = World::new().await;
    let (alice, payer) = (world.holder(ONE).await, world.user(0));
    let first = world.request(&alice, 1, 0).await;
    let opened = address::batch(&world.keys.stake_pool, 1_000);
    let ticket_rent = world.lamports(&first.ticket).await;
    let batch_rent = world.lamports(&opened).await;
    assert!(ticket_rent > 1_000_000 && batch_rent > ticket_rent);

    for (sent, nonce) in [(1, 1), (ticket_rent - 1, 2), (batch_rent, 3), (ONE, 4)] {
        world.warp(EPOCH).await;
        let mut request = world.request_instruction(&alice.pubkey(), 10, nonce).await;
        request.accounts[PAYER].pubkey = payer.pubkey();
        let (ticket, batch) = (
            request.accounts[TICKET].pubkey,
            request.accounts[BATCH].pubkey,
        );
        world.set_raw(&ticket, Pubkey::default(), Vec::new(), sent);
        world.set_raw(&batch, Pubkey::default(), Vec::new(), sent);
        let before = world.lamports(&payer.pubkey()).await;
        world.send(&[request], &[&alice, &payer]).await;

        assert_eq!(world.lamports(&ticket).await, ticket_rent.max(sent));
        assert_eq!(world.lamports(&batch).await, batch_rent.max(sent));
        let paid = ticket_rent.saturating_sub(sent) + batch_rent.saturating_sub(sent);
        assert_eq!(world.lamports(&payer.pubkey()).await, before - paid);
        let epoch = world.epoch().await;
        assert_eq!(world.batch(epoch).await.expect("a batch").shares, 10);

        // Whoever paid the rent gets all of it back, what was sent ahead included.
        let keys = TicketKeys {
            ticket,
            owner: alice.pubkey(),
            batch_epoch: epoch,
            rent_payer: payer.pubkey(),
        };
        let cancel = world.keys.cancel_withdraw(&keys);
        world.send(&[cancel], &[&alice]).await;
        let back = before - paid + ticket_rent.max(sent);
        assert_eq!(world.lamports(&payer.pubkey()).await, back);
    }
}

#[tokio::test]
async fn a_nonce_is_free_again_once_its_ticket_is_closed() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 10, 5).await;
    let again = world.request_instruction(&alice.pubkey(), 20, 5).await;
    world.refuse(again, &[&alice], "AlreadyInUse").await;
    world.warp(EPOCH).await; // in a later epoch neither
    let again = world.request_instruction(&alice.pubkey(), 20, 5).await;
    world.refuse(again.clone(), &[&alice], "AlreadyInUse").await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    world.send(&[again], &[&alice]).await;
    let ticket = world.ticket(&ticket).await.expect("a ticket");
    assert_eq!((ticket.shares, ticket.batch_epoch), (20, 1_001));
}

#[tokio::test]
async fn a_tickets_bump_must_give_its_address_and_may_be_any_that_does() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let (pool, key) = (world.keys.stake_pool, alice.pubkey());
    let (canonical, bump) = address::ticket(&pool, &key, 0);
    let at = |bump: u8| {
        let nonce = 0u64.to_le_bytes();
        let seeds: [&[u8]; 5] = [TICKET_SEED, pool.as_ref(), key.as_ref(), &nonce, &[bump]];
        Pubkey::create_program_address(&seeds, &liquid_restaking_sdk::program::ID).ok()
    };
    let other = (0..bump).rev().find(|b| at(*b).is_some()).expect("a bump");
    let invalid = (0..bump).rev().find(|b| at(*b).is_none()).expect("a bump");

    let request = world.request_instruction(&key, 10, 0).await;
    for (wrong, error) in [
        (other, "PrivilegeEscalation"),
        (invalid, "ProgramFailedToComplete"),
    ] {
        let mut changed = request.clone();
        *changed.data.last_mut().expect("arguments") = wrong;
        world.refuse(changed, &[&alice], error).await;
    }
    let mut elsewhere = request.clone();
    elsewhere.accounts[TICKET].pubkey = at(other).expect("an address");
    world
        .refuse(elsewhere.clone(), &[&alice], "PrivilegeEscalation")
        .await;
    *elsewhere.data.last_mut().expect("arguments") = other;
    world.send(&[elsewhere, request], &[&alice]).await;
    assert!(world.account(&canonical).await.is_some());
    let second = at(other).expect("an address");
    assert!(world.account(&second).await.is_some());
    assert_eq!(world.batch(1_000).await.expect("a batch").shares, 20);
}

#[tokio::test]
async fn attack_20_a_delegate_requests_for_himself_up_to_what_he_may_spend() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.user(0));
    let from = world.keys.of(&alice.pubkey()).lrt;
    let mut request = world.request_instruction(&bob.pubkey(), 101, 0).await;
    request.accounts[USER_LRT].pubkey = from;
    world
        .refuse(request.clone(), &[&bob], "OwnerMismatch")
        .await;
    world.approve(&from, &alice, &bob.pubkey(), 100).await;
    world.refuse(request, &[&bob], "InsufficientFunds").await;
    let mut request = world.request_instruction(&bob.pubkey(), 100, 0).await;
    request.accounts[USER_LRT].pubkey = from;
    world.send(&[request], &[&bob]).await;
    assert_eq!(world.holds(&alice).await, (0, ONE - 100));
    let (ticket, _) = address::ticket(&world.keys.stake_pool, &bob.pubkey(), 0);
    let ticket: liquid_restaking_sdk::program::state::WithdrawTicket =
        world.state(&ticket).await.expect("a ticket");
    assert_eq!((ticket.owner, ticket.shares), (bob.pubkey(), 100));
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let payer = world.user(0);
    let ticket = world.request(&bob, 10, 0).await;
    let (twin, foreign) = world.twin(&alice).await;
    let keys = world.keys;
    let (own, his) = (keys.of(&alice.pubkey()), keys.of(&bob.pubkey()));
    let nobody = Pubkey::new_unique();
    world.fund_collateral(&alice, 1).await;
    world.warp(EPOCH).await; // so that the request opens a batch behind Bob's
    let mut request = world.request_instruction(&alice.pubkey(), 1, 0).await;
    request.accounts[PAYER].pubkey = payer.pubkey();
    let signers = [&alice, &payer];
    world
        .refuse_substitutes(
            &request,
            &signers,
            &[
                (0, twin.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (0, keys.lrt_mint, "AccountOwnedByWrongProgram"),
                (1, twin.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, twin.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (
                    BATCH,
                    address::batch(&twin.stake_pool, 1_000),
                    "WrongStakePool",
                ),
                (BATCH, ticket.ticket, "WrongBatch"),
                (BATCH, twin.lrt, "WrongBatch"),
                (BATCH, keys.lrt, "WrongBatch"),
                (BATCH, keys.stake_pool, "WrongBatch"),
                (BATCH, nobody, "WrongAddress"),
                (BATCH, own.lrt, "WrongAddress"),
                (TICKET, ticket.ticket, "AlreadyInUse"),
                (TICKET, foreign.ticket, "AlreadyInUse"),
                (TICKET, own.collateral, "AlreadyInUse"),
                (TICKET, nobody, "PrivilegeEscalation"),
                (USER_LRT, his.lrt, "OwnerMismatch"),
                (USER_LRT, own.collateral, "MintMismatch"),
                (USER_LRT, twin.of(&alice.pubkey()).lrt, "MintMismatch"),
                (9, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (9, nobody, "WrongTokenProgram"),
                (10, nobody, "InvalidProgramId"),
                (10, TOKEN_2022_PROGRAM_ID, "InvalidProgramId"),
                (11, nobody, "ConstraintAddress"),
                (12, nobody, "MissingAccount"),
            ],
        )
        .await;
    world.refuse_unprivileged(&request, &signers).await;
    // A stranger signs for Alice's tokens.
    let mallory = Keypair::new();
    let mut stolen = request.clone();
    stolen.accounts[OWNER].pubkey = mallory.pubkey();
    world
        .refuse(stolen, &[&mallory, &payer], "OwnerMismatch")
        .await;
    // A payer who can not pay.
    let mut poor = request.clone();
    poor.accounts[PAYER] = AccountMeta::new(mallory.pubkey(), true);
    world
        .refuse(poor, &[&alice, &mallory], "ResultWithNegativeLamports")
        .await;
    world.send(&[request], &signers).await;
}
