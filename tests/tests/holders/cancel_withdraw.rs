use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::state::WithdrawBatch, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_signer::Signer;

/// Positions of accounts.
const BATCH: usize = 4;
const TICKET: usize = 5;
const USER_COLLATERAL: usize = 6;
const USER_LRT: usize = 7;
const OWNER: usize = 8;
const RENT_PAYER: usize = 9;

/// Shares, settled shares, settled assets and claimed assets.
fn sums(batch: &WithdrawBatch) -> [u64; 4] {
    [
        batch.shares,
        batch.shares_settled,
        batch.assets_settled,
        batch.assets_claimed,
    ]
}

#[tokio::test]
async fn in_its_own_epoch_a_cancel_gives_back_all_that_was_queued() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 10_000, 0).await;
    let rent = world.lamports(&ticket.ticket).await;
    let before = world.lamports(&alice.pubkey()).await;
    world.warp(EPOCH - 1).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;

    // The fee of the request is not given back, and not taken twice.
    assert_eq!(world.holds(&alice).await, (0, ONE - 100));
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, lrt.fee_shares, pool.queued), (ONE, 100, 0));
    assert_eq!(world.account(&ticket.ticket).await, None);
    assert_eq!(world.lamports(&alice.pubkey()).await, before + rent);
    world.check_invariants().await;
}

#[tokio::test]
async fn after_its_epoch_a_cancel_pays_the_fee_again() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 10_000, 0).await;
    world.warp(EPOCH).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    // Of 9,900 shares, one hundredth.
    assert_eq!(world.holds(&alice).await, (0, ONE - 10_000 + 9_801));
    let lrt = world.lrt().await;
    assert_eq!((lrt.supply, lrt.fee_shares), (ONE, 100 + 99));
    world.check_invariants().await;
}

#[tokio::test]
async fn a_cancel_whose_fee_takes_all_gives_nothing_back() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 1).await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 2, 0).await;
    world.warp(EPOCH).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (0, ONE - 2));
    assert_eq!(world.lrt().await.fee_shares, 2);
}

#[tokio::test]
async fn a_batch_emptied_by_cancels_stays_joinable_and_passes_the_queue() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, 400, 0).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!((sums(&batch), batch.left_queue), ([0; 4], 0));
    let joined = world.request(&bob, 500, 0).await;
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!((batch.shares, batch.rent_payer), (500, alice.pubkey()));
    let cancel = world.keys.cancel_withdraw(&joined);
    world.send(&[cancel], &[&bob]).await;
    assert_eq!(world.pool().await.queue_length, 1);

    world.warp_to_due(&ticket).await;
    world.settle().await;
    let before = world.lamports(&alice.pubkey()).await;
    let close = world.keys.close_batch(1_000, &alice.pubkey());
    world.send(&[close], &[]).await;
    assert!(world.lamports(&alice.pubkey()).await > before);
    let pool = world.pool().await;
    assert_eq!((pool.queue_length, pool.open_batches), (0, 0));
}

#[tokio::test]
async fn after_a_part_settlement_a_cancel_pays_that_part_and_gives_back_the_rest() {
    let mut world = World::new().await;
    let [(alice, first), (bob, second)] = world.part_settled().await;
    // Bob leaves: floor(600 · 100 / 900) of collateral, floor(600 · 800 / 900) shares.
    let cancel = world.keys.cancel_withdraw(&second);
    world.send(&[cancel], &[&bob]).await;
    assert_eq!(world.holds(&bob).await, (66, 533));
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!(sums(&batch), [300, 33, 34, 0]);
    let pool = world.pool().await;
    assert_eq!((pool.queued, pool.claimable), (267, 34));
    world.check_invariants().await;

    // Alice's part has not fallen: 34 for what would have been 33. She claims, then cancels the rest.
    world.claim(&first, &alice).await;
    assert_eq!(world.holds(&alice).await, (34, 0));
    let cancel = world.keys.cancel_withdraw(&first);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (34, 267));
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!(sums(&batch), [0; 4]);
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, pool.queued, pool.claimable), (900, 0, 0));
    world.check_invariants().await;
}

#[tokio::test]
async fn claim_then_cancel_gives_what_cancel_alone_would() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let [(alice, first), (bob, second)] = world.part_settled().await;
    let fees = world.lrt().await.fee_shares; // ceil(300 / 100) + ceil(600 / 100)
    assert_eq!(fees, 9);
    // Tickets of 297 and 594 in a batch of 891, of which 100 are settled for 100.
    world.claim(&second, &bob).await;
    assert_eq!(world.holds(&bob).await, (66, 0));
    let cancel = world.keys.cancel_withdraw(&second);
    world.send(&[cancel], &[&bob]).await;
    // floor(594 · 791 / 891) = 527 come back, less ceil(527 / 100).
    assert_eq!(world.holds(&bob).await, (66, 521));
    assert_eq!(world.lrt().await.fee_shares, fees + 6);
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!(sums(&batch), [297, 33, 34, 0]);
    // Not claimed before: floor(297 · 34 / 297) and floor(297 · 264 / 297) less ceil(264 / 100).
    let cancel = world.keys.cancel_withdraw(&first);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (34, 261));
    assert_eq!(world.lrt().await.fee_shares, fees + 9);
    world.check_invariants().await;
}

#[tokio::test]
async fn with_nothing_unsettled_a_cancel_is_a_claim() {
    let mut world = World::with(|params| params.withdrawal_fee_bps = 100).await;
    let (alice, ticket) = world.settled(ONE).await;
    let net = ONE - ONE / 100;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (net, 0));
    assert_eq!(world.lrt().await.fee_shares, ONE / 100);
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!(sums(&batch), [net; 4]);
    assert_eq!(batch.shares_closed, net);
    assert_eq!(world.account(&ticket.ticket).await, None);
}

#[tokio::test]
async fn attack_24_no_pause_stops_a_cancel() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 400, 0).await;
    world.pause_all().await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (0, ONE));
}

#[tokio::test]
async fn attack_9_a_place_in_the_queue_bears_losses_until_it_is_left() {
    let mut world = World::new().await;
    let (alice, _bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, ONE, 0).await;
    world.lose(ONE).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (0, ONE)); // the shares, at half their price
    let exit = world.keys.redeem_instant(&alice.pubkey(), ONE, 0);
    world.send(&[exit], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (ONE / 2, 0));
}

#[tokio::test]
async fn the_owner_names_the_accounts_and_needs_only_those_that_are_paid() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.user(0));
    let ticket = world.request(&alice, 400, 0).await;
    let (own, his) = (world.keys.of(&alice.pubkey()), world.keys.of(&bob.pubkey()));
    world.remove(&own.collateral); // nothing is settled: nothing is paid
    let mut cancel = world.keys.cancel_withdraw(&ticket);
    cancel.accounts[USER_LRT].pubkey = his.lrt;
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.holds(&bob).await, (0, 400));
}

#[tokio::test]
async fn attack_15_a_frozen_account_does_not_block_a_cancel_to_another() {
    let mut world = World::new().await;
    let [(alice, first), (bob, _)] = world.part_settled().await;
    let (own, his) = (world.keys.of(&alice.pubkey()), world.keys.of(&bob.pubkey()));
    world.freeze(&own.collateral).await;
    let mut cancel = world.keys.cancel_withdraw(&first);
    world
        .refuse(cancel.clone(), &[&alice], "AccountFrozen")
        .await;
    cancel.accounts[USER_COLLATERAL].pubkey = his.collateral;
    world.send(&[cancel], &[&alice]).await;
    assert_eq!(world.balance(&his.collateral).await, 33);
    assert_eq!(world.balance(&own.lrt).await, 266); // floor(300 · 800 / 900)
}

#[tokio::test]
async fn attack_33_a_cancelled_ticket_is_gone() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, 400, 0).await;
    world.request(&alice, 600, 1).await;
    let cancel = world.keys.cancel_withdraw(&ticket);
    let twice = [cancel.clone(), cancel.clone()];
    let outcome = world.try_send(&twice, &[&alice]).await;
    let error = outcome.expect_err("refused");
    assert_eq!(error, "AccountOwnedByWrongProgram");
    assert_eq!(world.holds(&alice).await, (0, ONE - 1_000));
    world.send(std::slice::from_ref(&cancel), &[&alice]).await;
    let claim = world.keys.claim(&ticket, &alice.pubkey());
    for replay in [cancel, claim] {
        world
            .refuse(replay, &[&alice], "AccountOwnedByWrongProgram")
            .await;
    }
    assert_eq!(world.holds(&alice).await, (0, ONE - 600));
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, 400, 0).await;
    let second = world.request(&bob, 400, 0).await;
    let (twin, foreign) = world.twin(&alice).await;
    world.leave_idle(100).await;
    world.warp_to_due(&ticket).await;
    world.settle().await;
    let keys = world.keys;
    let nobody = Pubkey::new_unique();
    let own = keys.of(&alice.pubkey());
    let carol = world.holder(10).await;
    let later = world.request(&carol, 10, 0).await;
    let next_batch = address::batch(&keys.stake_pool, later.batch_epoch);
    let foreign_batch = address::batch(&twin.stake_pool, foreign.batch_epoch);
    let cancel = keys.cancel_withdraw(&ticket);
    world
        .refuse_substitutes(
            &cancel,
            &[&alice],
            &[
                (0, twin.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, twin.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (2, twin.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (3, twin.vault, "WrongVault"),
                (3, own.collateral, "WrongVault"),
                (BATCH, next_batch, "WrongBatch"),
                (BATCH, foreign_batch, "WrongStakePool"),
                (BATCH, ticket.ticket, "AccountDiscriminatorMismatch"),
                (BATCH, nobody, "AccountOwnedByWrongProgram"),
                (TICKET, second.ticket, "NotTicketOwner"),
                (TICKET, foreign.ticket, "WrongStakePool"),
                (TICKET, next_batch, "AccountDiscriminatorMismatch"),
                (TICKET, nobody, "AccountOwnedByWrongProgram"),
                (USER_COLLATERAL, keys.vault, "VaultNotAllowed"),
                (USER_COLLATERAL, own.lrt, "MintMismatch"),
                (USER_LRT, own.collateral, "MintMismatch"),
                (USER_LRT, twin.of(&alice.pubkey()).lrt, "MintMismatch"),
                (RENT_PAYER, bob.pubkey(), "WrongRentPayer"),
                (RENT_PAYER, ticket.ticket, "WrongRentPayer"),
                (10, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (10, nobody, "WrongTokenProgram"),
                (11, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (11, nobody, "WrongTokenProgram"),
                (12, nobody, "ConstraintAddress"),
                (13, nobody, "MissingAccount"),
            ],
        )
        .await;
    // Ticket and batch of the other LRT, over the same collateral, against this vault.
    let mut stolen = cancel.clone();
    stolen.accounts[BATCH].pubkey = foreign_batch;
    stolen.accounts[TICKET].pubkey = foreign.ticket;
    world.refuse(stolen, &[&alice], "WrongStakePool").await;
    world.refuse_unprivileged(&cancel, &[&alice]).await;
    world
        .refuse_other_signer(&cancel, OWNER, &[], "NotTicketOwner")
        .await;
    world.send(&[cancel], &[&alice]).await;
}
