use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, TOKEN_2022_PROGRAM_ID};
use liquid_restaking_tests::{World, EPOCH, ONE, START};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Positions of accounts.
const VAULT: usize = 3;
const USER_COLLATERAL: usize = 4;
const USER_LRT: usize = 5;
const HOLDER: usize = 6;

/// An instant exit that must succeed: the collateral it paid.
async fn redeem(world: &mut World, holder: &Keypair, shares: u64) -> u64 {
    let before = world.holds(holder).await;
    let exit = world.keys.redeem_instant(&holder.pubkey(), shares, 0);
    world.send(&[exit], &[holder]).await;
    let after = world.holds(holder).await;
    assert_eq!(before.1 - after.1, shares, "all shares are burned");
    after.0 - before.0
}

#[tokio::test]
async fn the_fee_rounds_up_and_drips_to_those_who_stay() {
    let mut world = World::with(|params| params.instant_fee_bps = 500).await;
    let alice = world.holder(10 * ONE).await;
    // ceil(1,001 · 5 %) = 51
    assert_eq!(redeem(&mut world, &alice, 1_001).await, 950);
    let (lrt, pool) = (world.lrt().await, world.pool().await);
    assert_eq!((lrt.supply, lrt.fee_shares), (10 * ONE - 1_001, 0));
    assert_eq!(pool.idle, 10 * ONE - 1_001);
    let drip = lrt.pools[0].drip;
    assert_eq!((drip.rest, drip.last, drip.end), (51, START, START + 100));
    let report = world.check_invariants().await;
    assert_eq!((report.surplus, report.ledger), (0, 10 * ONE - 950));

    let accrue = world.keys.accrue();
    for (slots, idle) in [(50, 25), (50, 51)] {
        world.warp(slots).await;
        world.send(std::slice::from_ref(&accrue), &[]).await;
        assert_eq!(world.pool().await.idle, 10 * ONE - 1_001 + idle);
    }
    assert_eq!(world.lrt().await.pools[0].drip.rest, 0);
}

#[tokio::test]
async fn attack_8_a_deposit_just_before_an_exit_catches_none_of_its_fee() {
    let mut world = World::with(|params| params.instant_fee_bps = 500).await;
    let (alice, _bob) = (world.holder(10 * ONE).await, world.holder(10 * ONE).await);
    world.warp(EPOCH).await;
    let mallory = world.holder(10 * ONE).await;
    assert_eq!(redeem(&mut world, &alice, 10 * ONE).await, 9_500_000_000);
    // In the same slot the price has not moved: her own exit pays her less than she put in.
    let quote: liquid_restaking_sdk::program::state::InstantExit = world
        .ask(world.keys.quote_instant(10 * ONE))
        .await
        .expect("an answer");
    assert_eq!(quote.gross_assets, 10 * ONE);
    assert_eq!(redeem(&mut world, &mallory, 10 * ONE).await, 9_500_000_000);
    world.check_invariants().await;
}

#[tokio::test]
async fn above_and_below_par_the_value_is_floored() {
    // Above: a drip of one token has run out. floor(1,000,000,007 · (11 · 10^9 + 10^6) / (10^10 + 10^6))
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    world.start_drip(ONE).await;
    world.warp(100).await;
    assert_eq!(
        redeem(&mut world, &alice, 1_000_000_007).await,
        1_099_990_008
    );
    world.check_invariants().await;

    // Below: without the virtual units. floor(1,000,000,007 · 3,333,333,333 / 10^10)
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    world.lose(10 * ONE - 3_333_333_333).await;
    assert_eq!(redeem(&mut world, &alice, 1_000_000_007).await, 333_333_335);
    world.check_invariants().await;
}

#[tokio::test]
async fn attack_9_what_is_disputed_and_uncovered_is_not_paid_out() {
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    world.change_lrt(|lrt| lrt.pools[0].uncovered = ONE).await;
    assert_eq!(redeem(&mut world, &alice, ONE).await, 900_000_000);
}

#[tokio::test]
async fn amounts_that_can_not_be_are_refused() {
    let mut world = World::with(|params| params.instant_fee_bps = 500).await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let keys = world.keys;
    let redeem = |shares, min| keys.redeem_instant(&alice.pubkey(), shares, min);
    for (shares, error) in [
        (0, "ZeroAmount"),
        (1, "NothingLeft"), // the fee takes all
        (ONE + 1, "InsufficientFunds"),
        (2 * ONE + 1, "SharesExceedSupply"), // more than there are
        (u64::MAX, "SharesExceedSupply"),
    ] {
        world.refuse(redeem(shares, 0), &[&alice], error).await;
    }
    world.send(&[redeem(2, 1)], &[&alice]).await;
    let all = keys.redeem_instant(&bob.pubkey(), ONE, 950_000_000);
    world.send(&[all], &[&bob]).await;
}

#[tokio::test]
async fn a_share_worth_nothing_pays_nothing_and_is_refused() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.lose(ONE).await;
    let exit = world.keys.redeem_instant(&alice.pubkey(), ONE, 0);
    world.refuse(exit, &[&alice], "NothingLeft").await;
}

#[tokio::test]
async fn attack_36_the_least_is_checked_against_what_is_paid() {
    let mut world = World::with(|params| params.instant_fee_bps = 500).await;
    let alice = world.holder(10 * ONE).await;
    let keys = world.keys;
    let redeem = |min| keys.redeem_instant(&alice.pubkey(), 1_001, min);
    for min in [951, 1_001, u64::MAX] {
        world
            .refuse(redeem(min), &[&alice], "SlippageExceeded")
            .await;
    }
    world.send(&[redeem(950)], &[&alice]).await;
    assert_eq!(world.holds(&alice).await.0, 950);
}

#[tokio::test]
async fn what_the_queue_is_owed_is_not_paid_out() {
    let mut world = World::with(|params| params.instant_fee_bps = 500).await;
    let (alice, bob) = (world.holder(6 * ONE).await, world.holder(4 * ONE).await);
    world.request(&alice, 6 * ONE, 0).await;
    world.leave_idle(7 * ONE).await;
    let keys = world.keys;
    // One token is spare, measured gross of the fee.
    let more = keys.redeem_instant(&bob.pubkey(), ONE + 1, 0);
    world.refuse(more, &[&bob], "InsufficientIdle").await;
    assert_eq!(redeem(&mut world, &bob, ONE).await, 950_000_000);
    let any = keys.redeem_instant(&bob.pubkey(), 20, 0);
    world.refuse(any.clone(), &[&bob], "InsufficientIdle").await;
    // Less idle than the queue is owed is nothing to spare, not an overflow.
    world.leave_idle(ONE).await;
    world.refuse(any, &[&bob], "InsufficientIdle").await;
    assert_eq!(world.pool().await.queued, 6 * ONE);
}

#[tokio::test]
async fn an_epochs_limit_is_gross_of_the_fee_and_comes_back_with_the_next() {
    let mut world = World::with(|params| {
        params.instant_fee_bps = 500;
        params.instant_limit_bps = 1_000;
        params.drip_slots = 10;
    })
    .await;
    let alice = world.holder(10 * ONE).await;
    let keys = world.keys;
    let key = alice.pubkey();
    // In the epoch of the first deposit nothing was there before: the limit is a tenth of what is there now.
    let more = keys.redeem_instant(&key, ONE + 1, 0);
    world.refuse(more, &[&alice], "InstantLimitExceeded").await;
    world.warp(EPOCH).await;
    assert_eq!(redeem(&mut world, &alice, 600_000_000).await, 570_000_000);
    let more = keys.redeem_instant(&key, 400_000_001, 0);
    world.refuse(more, &[&alice], "InstantLimitExceeded").await;
    assert_eq!(redeem(&mut world, &alice, 400_000_000).await, 380_000_000);
    let used = world.lrt().await.instant_window;
    assert_eq!((used.epoch, used.base, used.used), (1_001, 10 * ONE, ONE));
    let any = keys.redeem_instant(&key, 20, 0);
    world
        .refuse(any.clone(), &[&alice], "InstantLimitExceeded")
        .await;
    world.warp(EPOCH - 1).await;
    world
        .refuse(any.clone(), &[&alice], "InstantLimitExceeded")
        .await;
    world.warp(1).await;
    world.send(&[any], &[&alice]).await;
    // Nine tokens, and the fees of one that have dripped.
    let used = world.lrt().await.instant_window;
    assert_eq!((used.epoch, used.base), (1_002, 9_050_000_000));
}

#[tokio::test]
async fn attack_13_a_deposit_does_not_raise_the_limit_of_its_epoch() {
    let mut world = World::with(|params| params.instant_limit_bps = 1_000).await;
    let alice = world.holder(10 * ONE).await;
    world.warp(EPOCH).await;
    world.holder(1_000 * ONE).await;
    let more = world.keys.redeem_instant(&alice.pubkey(), ONE + 1, 0);
    world.refuse(more, &[&alice], "InstantLimitExceeded").await;
    assert_eq!(redeem(&mut world, &alice, ONE).await, ONE);
}

#[tokio::test]
async fn attack_24_a_pause_stops_instant_exits_until_it_ends() {
    let mut world = World::new().await;
    let alice = world.holder(ONE).await;
    world.pause_all().await;
    let exit = world.keys.redeem_instant(&alice.pubkey(), ONE, 0);
    world
        .refuse(exit.clone(), &[&alice], "InstantExitsPaused")
        .await;
    world.warp(10 * EPOCH - 1).await;
    world
        .refuse(exit.clone(), &[&alice], "InstantExitsPaused")
        .await;
    world.warp(1).await;
    world.send(&[exit], &[&alice]).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
}

#[tokio::test]
async fn attack_20_a_delegate_redeems_up_to_what_he_may_spend() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.user(0));
    let from = world.keys.of(&alice.pubkey()).lrt;
    world.approve(&from, &alice, &bob.pubkey(), 100).await;
    for (shares, error) in [(101, Some("InsufficientFunds")), (100, None)] {
        let mut exit = world.keys.redeem_instant(&bob.pubkey(), shares, 0);
        exit.accounts[USER_LRT].pubkey = from;
        match error {
            Some(error) => world.refuse(exit, &[&bob], error).await,
            None => drop(world.send(&[exit], &[&bob]).await),
        }
    }
    assert_eq!(world.holds(&alice).await, (0, ONE - 100));
    assert_eq!(world.holds(&bob).await, (100, 0));
}

#[tokio::test]
async fn attack_29_a_program_that_agrees_to_everything_is_no_token_program() {
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    let ticket = world.request(&alice, ONE, 0).await;
    world.warp_to_due(&ticket).await;
    world.settle().await;
    world.fund_collateral(&alice, ONE).await;
    let (keys, key) = (world.keys, alice.pubkey());
    let request = world.request_instruction(&key, ONE, 1).await;
    let agrees = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
    for (instruction, positions) in [
        (keys.deposit(&key, ONE, 0), vec![7, 8]),
        (request, vec![9]),
        (keys.cancel_withdraw(&ticket), vec![10, 11]),
        (keys.claim(&ticket, &key), vec![8]),
        (keys.redeem_instant(&key, ONE, 0), vec![7, 8]),
    ] {
        for position in positions {
            let fake = [(position, agrees, "WrongTokenProgram")];
            world
                .refuse_substitutes(&instruction, &[&alice], &fake)
                .await;
        }
    }
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let (twin, _) = world.twin(&alice).await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    let (own, his) = (keys.of(&alice.pubkey()), keys.of(&bob.pubkey()));
    world.fund_collateral(&alice, 1).await;
    let exit = keys.redeem_instant(&alice.pubkey(), 1, 0);
    world
        .refuse_substitutes(
            &exit,
            &[&alice],
            &[
                (0, twin.lrt, "WrongLrt"),
                (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                (0, nobody, "AccountOwnedByWrongProgram"),
                (1, twin.stake_pool, "WrongLrt"),
                (1, keys.lrt, "AccountDiscriminatorMismatch"),
                (1, nobody, "AccountOwnedByWrongProgram"),
                (2, twin.lrt_mint, "WrongLrtMint"),
                (2, keys.collateral_mint, "WrongLrtMint"),
                (VAULT, twin.vault, "WrongVault"),
                (VAULT, own.collateral, "WrongVault"),
                (USER_COLLATERAL, keys.vault, "VaultNotAllowed"),
                (USER_COLLATERAL, own.lrt, "MintMismatch"),
                (USER_COLLATERAL, nobody, "InvalidAccountData"),
                (USER_LRT, his.lrt, "OwnerMismatch"),
                (USER_LRT, own.collateral, "MintMismatch"),
                (USER_LRT, keys.vault, "MintMismatch"),
                (USER_LRT, twin.of(&alice.pubkey()).lrt, "MintMismatch"),
                (7, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (7, nobody, "WrongTokenProgram"),
                (8, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (8, nobody, "WrongTokenProgram"),
                (9, nobody, "ConstraintAddress"),
                (10, nobody, "MissingAccount"),
            ],
        )
        .await;
    world.refuse_unprivileged(&exit, &[&alice]).await;
    world
        .refuse_other_signer(&exit, HOLDER, &[], "OwnerMismatch")
        .await;
    world.send(&[exit], &[&alice]).await;
}
