use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    AccountMeta, Instruction, TicketKeys, TOKEN_2022_PROGRAM_ID,
};
use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Positions of accounts.
const VAULT: usize = 2;
const BATCH: usize = 3;
const TICKET: usize = 4;
const DESTINATION: usize = 5;
const CLAIMER: usize = 6;
const RENT_PAYER: usize = 7;

/// A new token account of an owner, not his associated one.
fn side_account(world: &mut World, owner: &Pubkey) -> Pubkey {
    let (key, mint) = (Pubkey::new_unique(), world.keys.collateral_mint);
    world.create_token_account(&key, &mint, owner, 0);
    key
}

/// The claim with another destination.
fn claim_to(world: &World, ticket: &TicketKeys, claimer: &Pubkey, to: &Pubkey) -> Instruction {
    let mut claim = world.keys.claim(ticket, claimer);
    claim.accounts[DESTINATION].pubkey = *to;
    claim
}

#[tokio::test]
async fn a_claim_of_all_pays_the_owner_closes_the_ticket_and_returns_its_rent() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    assert_eq!(world.pool().await.claimable, ONE);
    let rent = world.lamports(&ticket.ticket).await;
    let before = world.lamports(&alice.pubkey()).await;
    world.claim(&ticket, &alice).await;

    assert_eq!(world.holds(&alice).await, (ONE, 0));
    assert_eq!(world.account(&ticket.ticket).await, None);
    assert_eq!(world.lamports(&alice.pubkey()).await, before + rent);
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, pool.idle, pool.claimable), (0, 0, 0));
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!((batch.shares_closed, batch.assets_claimed), (ONE, ONE));
    assert_eq!(world.check_invariants().await.vault_balance, 0);
}

#[tokio::test]
async fn attack_35_the_rent_goes_back_to_whoever_paid_it_whoever_claims() {
    let mut world = World::new().await;
    let (payer, alice) = (world.user(0), world.holder(ONE).await);
    let ticket = world.request_paid_by(&payer, &alice, ONE, 0).await;
    world.warp_to_due(&ticket).await;
    world.settle().await;
    let rent = world.lamports(&ticket.ticket).await;
    let (his, hers) = (
        world.lamports(&payer.pubkey()).await,
        world.lamports(&alice.pubkey()).await,
    );
    let claim = world.keys.claim(&ticket, &alice.pubkey());
    let wrong = |key| (RENT_PAYER, key, "WrongRentPayer");
    let wrong = [
        wrong(alice.pubkey()),
        wrong(ticket.ticket),
        wrong(Pubkey::new_unique()),
    ];
    world.refuse_substitutes(&claim, &[&alice], &wrong).await;
    world.send(&[claim], &[&alice]).await;
    assert_eq!(world.lamports(&payer.pubkey()).await, his + rent);
    assert_eq!(world.lamports(&alice.pubkey()).await, hers);
}

#[tokio::test]
async fn a_claim_by_a_stranger_pays_the_owner() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let mallory = world.user(0);
    let rent = world.lamports(&ticket.ticket).await;
    let before = world.lamports(&alice.pubkey()).await;
    world.claim(&ticket, &mallory).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
    assert_eq!(world.holds(&mallory).await, (0, 0));
    assert_eq!(world.lamports(&alice.pubkey()).await, before + rent);
}

#[tokio::test]
async fn a_stranger_can_name_no_account_but_the_owners_associated_one() {
    let mut world = World::new().await;
    let (_alice, ticket) = world.settled(ONE).await;
    let (keys, mallory) = (world.keys, world.user(0));
    let hers = side_account(&mut world, &ticket.owner);
    let claim = keys.claim(&ticket, &mallory.pubkey());
    let other = |key| (DESTINATION, key, "NotOwnersAssociatedAccount");
    let substitutes = [
        other(hers),
        other(keys.of(&mallory.pubkey()).collateral),
        other(keys.of(&ticket.owner).lrt),
        other(ticket.owner),
        (DESTINATION, keys.vault, "VaultNotAllowed"),
    ];
    world
        .refuse_substitutes(&claim, &[&mallory], &substitutes)
        .await;
}

#[tokio::test]
async fn an_associated_account_that_changed_hands_is_no_longer_the_owners() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let (keys, mallory) = (world.keys, world.user(0));
    let associated = keys.of(&ticket.owner).collateral;
    world
        .give_token_account(&associated, &alice, &mallory.pubkey())
        .await;
    let claim = keys.claim(&ticket, &mallory.pubkey());
    world
        .refuse(claim, &[&mallory], "NotOwnersAssociatedAccount")
        .await;
    // The owner may pay whom she wants.
    world.claim(&ticket, &alice).await;
    assert_eq!(world.balance(&associated).await, ONE);
}

#[tokio::test]
async fn attack_34_the_owner_claims_to_any_account_but_the_vault() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let (keys, bob) = (world.keys, world.user(0));
    let to_vault = claim_to(&world, &ticket, &alice.pubkey(), &keys.vault);
    world.refuse(to_vault, &[&alice], "VaultNotAllowed").await;
    let to_lrt = claim_to(
        &world,
        &ticket,
        &alice.pubkey(),
        &keys.of(&alice.pubkey()).lrt,
    );
    world.refuse(to_lrt, &[&alice], "MintMismatch").await;
    let his = keys.of(&bob.pubkey()).collateral;
    let to_bob = claim_to(&world, &ticket, &alice.pubkey(), &his);
    world.send(&[to_bob], &[&alice]).await;
    assert_eq!(world.balance(&his).await, ONE);
}

#[tokio::test]
async fn attack_15_a_frozen_or_missing_account_does_not_block_a_claim_to_another() {
    for missing in [false, true] {
        let mut world = World::new().await;
        let (alice, ticket) = world.settled(ONE).await;
        let mallory = world.user(0);
        let associated = world.keys.of(&alice.pubkey()).collateral;
        let (to_owner, to_stranger) = if missing {
            world.remove(&associated);
            ("InvalidAccountData", "NotOwnersAssociatedAccount")
        } else {
            world.freeze(&associated).await;
            ("AccountFrozen", "AccountFrozen")
        };
        for (claimer, error) in [(&alice, to_owner), (&mallory, to_stranger)] {
            let claim = world.keys.claim(&ticket, &claimer.pubkey());
            world.refuse(claim, &[claimer], error).await;
        }
        let other = side_account(&mut world, &alice.pubkey());
        let claim = claim_to(&world, &ticket, &alice.pubkey(), &other);
        world.send(&[claim], &[&alice]).await;
        assert_eq!(world.balance(&other).await, ONE);
    }
}

#[tokio::test]
async fn attack_24_no_pause_stops_a_claim() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    world.pause_all().await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
}

#[tokio::test]
async fn nothing_is_claimed_before_the_settlement() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    let ticket = world.request(&alice, ONE, 0).await;
    let claim = world.keys.claim(&ticket, &alice.pubkey());
    world.refuse(claim.clone(), &[&alice], "NothingToDo").await;
    world.warp_to_due(&ticket).await;
    world.refuse(claim.clone(), &[&alice], "NothingToDo").await;
    world.settle().await;
    world.send(&[claim], &[&alice]).await;
}

#[tokio::test]
async fn a_part_settlement_pays_every_ticket_its_part_and_the_next_one_the_rest() {
    let mut world = World::new().await;
    let [(alice, first), (bob, second)] = world.part_settled().await;
    world.claim(&first, &alice).await;
    assert_eq!(world.holds(&alice).await, (33, 0));
    assert_eq!(world.ticket(&first).await.expect("open").claimed, 33);
    let again = world.keys.claim(&first, &alice.pubkey());
    world.refuse(again, &[&alice], "NothingToDo").await;
    assert_eq!(world.pool().await.claimable, 67);

    world.leave_idle(900).await;
    world.settle().await;
    world.claim(&first, &alice).await;
    world.claim(&second, &bob).await;
    assert_eq!(world.holds(&alice).await, (300, 0));
    assert_eq!(world.holds(&bob).await, (600, 0));
    assert_eq!(world.account(&first.ticket).await, None);
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!((batch.shares_closed, batch.assets_claimed), (900, 900));
    assert_eq!(world.pool().await.claimable, 0);
    world.check_invariants().await;
}

#[tokio::test]
async fn attack_3_the_largest_amount_passes_through_the_queue() {
    // The most whose product with value and virtual units fits 128 bits.
    let most = u64::MAX - 1_000_000;
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(most).await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (most, 0));
    world.check_invariants().await;
}

#[tokio::test]
async fn attack_3_what_no_settlement_could_price_is_not_taken() {
    let mut world = World::new().await;
    let alice = world.user(u64::MAX);
    let deposit = world.keys.deposit(&alice.pubkey(), u64::MAX, 0);
    world.refuse(deposit, &[&alice], "MathOverflow").await;
}

#[tokio::test]
async fn attack_11_the_last_to_claim_gets_what_the_first_got() {
    // Settled at a price of 2/3, then all that is left is lost: neither the order nor the later loss matters.
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    world.holder(ONE).await;
    let first = world.request(&alice, ONE, 0).await;
    let second = world.request(&bob, ONE, 0).await;
    world.lose(ONE).await;
    world.warp_to_due(&first).await;
    world.settle().await;
    world.claim(&first, &alice).await;
    let rest = world.pool().await.idle;
    world.lose(rest).await;
    world.warp(EPOCH).await;
    world.claim(&second, &bob).await;
    // floor(2 · 10^9 · 2/3) is shared, half each.
    assert_eq!(world.holds(&alice).await, (666_666_666, 0));
    assert_eq!(world.holds(&bob).await, (666_666_666, 0));
    assert_eq!(world.pool().await.claimable, 1);
}

#[tokio::test]
async fn the_last_claim_closes_the_ticket_even_with_nothing_left_to_pay() {
    let mut world = World::new().await;
    let [(alice, first), (bob, second)] = world.part_settled().await;
    world.claim(&first, &alice).await;
    // A total loss: the rest is settled for nothing.
    world.change_pool(|pool| pool.delegated = 0).await;
    world.change_lrt(|lrt| lrt.pools[0].assets = 0).await;
    world.settle().await;

    let rent = world.lamports(&first.ticket).await;
    let before = world.lamports(&alice.pubkey()).await;
    // Even with nowhere to be paid.
    let nowhere = Pubkey::new_unique();
    let claim = claim_to(&world, &first, &alice.pubkey(), &nowhere);
    world.send(&[claim], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (33, 0));
    assert_eq!(world.account(&first.ticket).await, None);
    assert_eq!(world.lamports(&alice.pubkey()).await, before + rent);

    world.claim(&second, &bob).await;
    assert_eq!(world.holds(&bob).await, (66, 0));
    let batch = world.batch(1_000).await.expect("a batch");
    assert_eq!((batch.shares_closed, batch.assets_claimed), (900, 99));
    let close = world.keys.close_batch(1_000, &alice.pubkey());
    world.send(&[close], &[]).await;
    let pool = world.pool().await;
    assert_eq!((pool.idle, pool.claimable, pool.open_batches), (1, 0, 0));
}

#[tokio::test]
async fn attack_33_a_closed_ticket_pays_nothing_again() {
    let mut world = World::new().await;
    let (alice, ticket) = world.settled(ONE).await;
    let claim = world.keys.claim(&ticket, &alice.pubkey());
    // Revived with lamports in the transaction that closes it.
    let mut data = 2u32.to_le_bytes().to_vec();
    data.extend_from_slice(&ONE.to_le_bytes());
    let revive = Instruction {
        program_id: system_program::ID,
        accounts: vec![
            AccountMeta::new(alice.pubkey(), true),
            AccountMeta::new(ticket.ticket, false),
        ],
        data,
    };
    for replay in [
        vec![claim.clone(), claim.clone()],
        vec![claim.clone(), revive, claim.clone()],
    ] {
        let outcome = world.try_send(&replay, &[&alice]).await;
        let error = outcome.expect_err("refused");
        assert_eq!(error, "AccountOwnedByWrongProgram");
        assert_eq!(world.holds(&alice).await, (0, 0));
    }
    world.send(std::slice::from_ref(&claim), &[&alice]).await;
    world
        .refuse(claim.clone(), &[&alice], "AccountOwnedByWrongProgram")
        .await;
    // The address used again is a new ticket, of a new batch.
    world.deposit(&alice, ONE).await;
    world.request(&alice, ONE, 0).await;
    world.refuse(claim, &[&alice], "WrongBatch").await;
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let ticket = world.request(&alice, ONE, 0).await;
    let his = world.request(&bob, 10, 1).await;
    let (twin, foreign) = world.twin(&alice).await;
    world.warp(EPOCH).await;
    let later = world.request(&bob, 10, 0).await;
    world.warp_to_due(&ticket).await;
    world.settle().await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let own = keys.of(&alice.pubkey());
    let claim = keys.claim(&ticket, &alice.pubkey());
    let next_batch = address::batch(&keys.stake_pool, later.batch_epoch);
    let foreign_batch = address::batch(&twin.stake_pool, foreign.batch_epoch);
    world
        .refuse_substitutes(
            &claim,
            &[&alice],
            &[
                (0, twin.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, twin.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (VAULT, twin.vault, "WrongVault"),
                (VAULT, own.collateral, "WrongVault"),
                (BATCH, next_batch, "WrongBatch"),
                (BATCH, foreign_batch, "WrongStakePool"),
                (BATCH, ticket.ticket, "AccountDiscriminatorMismatch"),
                (BATCH, nobody, "AccountOwnedByWrongProgram"),
                (TICKET, his.ticket, "NotOwnersAssociatedAccount"),
                (TICKET, later.ticket, "WrongBatch"),
                (TICKET, foreign.ticket, "WrongStakePool"),
                (TICKET, next_batch, "AccountDiscriminatorMismatch"),
                (TICKET, nobody, "AccountOwnedByWrongProgram"),
                (DESTINATION, keys.vault, "VaultNotAllowed"),
                (RENT_PAYER, bob.pubkey(), "WrongRentPayer"),
                (8, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (8, liquid_restaking_sdk::program::ID, "WrongTokenProgram"),
                (8, nobody, "WrongTokenProgram"),
                (9, nobody, "ConstraintAddress"),
                (10, nobody, "MissingAccount"),
            ],
        )
        .await;
    // Ticket and batch of the other LRT, over the same collateral, against this vault.
    let mut stolen = claim.clone();
    stolen.accounts[BATCH].pubkey = foreign_batch;
    stolen.accounts[TICKET].pubkey = foreign.ticket;
    world.refuse(stolen, &[&alice], "WrongStakePool").await;
    world.refuse_unprivileged(&claim, &[&alice]).await;
    let mallory = Keypair::new();
    let mut signed_by_another = claim_to(
        &world,
        &ticket,
        &mallory.pubkey(),
        &keys.of(&bob.pubkey()).collateral,
    );
    signed_by_another.accounts[CLAIMER].pubkey = mallory.pubkey();
    world
        .refuse(signed_by_another, &[&mallory], "NotOwnersAssociatedAccount")
        .await;
    world.send(&[claim], &[&alice]).await;
}
