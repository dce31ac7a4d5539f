use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::WithdrawQuote,
        state::{InstantExit, Minted, Params},
    },
    Instruction,
};
use liquid_restaking_tests::{params, World, EPOCH, ONE};
use lrt_cli::vm::burn;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Every fee of a holder, none a divisor of another.
fn with_fees(params: &mut Params) {
    params.deposit_fee_bps = 30;
    params.withdrawal_fee_bps = 70;
    params.instant_fee_bps = 110;
}

/// Asks what a deposit, a request and an instant exit would do, does each in the same slot, and compares.
async fn assert_quotes_are_exact(world: &mut World, user: &Keypair, amount: u64, nonce: u64) {
    let (keys, key) = (world.keys, user.pubkey());

    let quote: Minted = world.ask(keys.quote_deposit(amount)).await.expect("minted");
    let (lrt, before) = (world.lrt().await, world.holds(user).await);
    world
        .send(&[keys.deposit(&key, amount, quote.net_shares)], &[user])
        .await;
    let (after, held) = (world.lrt().await, world.holds(user).await);
    assert_eq!(held.1 - before.1, quote.net_shares);
    assert_eq!(after.supply - lrt.supply, quote.gross_shares);
    assert_eq!(after.fee_shares - lrt.fee_shares, quote.fee_shares);

    let quote: WithdrawQuote = world
        .ask(keys.quote_withdraw(amount))
        .await
        .expect("a quote");
    let lrt = after;
    let ticket = world.request(user, amount, nonce).await;
    let opened = world.ticket(&ticket).await.expect("a ticket");
    let batch = world.batch(ticket.batch_epoch).await.expect("a batch");
    let after = world.lrt().await;
    assert_eq!(opened.shares, quote.net_shares);
    assert_eq!(after.fee_shares - lrt.fee_shares, quote.fee_shares);
    assert_eq!(batch.due_slot, quote.due_slot);
    // What the ticket's shares are worth now is what an exit of them is worth before its fee.
    let worth: InstantExit = world
        .ask(keys.quote_instant(quote.net_shares))
        .await
        .expect("an exit");
    assert_eq!(worth.gross_assets, quote.assets_now);

    let quote: InstantExit = world
        .ask(keys.quote_instant(amount))
        .await
        .expect("an exit");
    let (drip, idle) = (world.drip_rest().await, world.pool().await.idle);
    let before = world.holds(user).await;
    let least = keys.redeem_instant(&key, amount, quote.net_assets + 1);
    world.refuse(least, &[user], "SlippageExceeded").await;
    let exit = keys.redeem_instant(&key, amount, quote.net_assets);
    world.send(&[exit], &[user]).await;
    let held = world.holds(user).await;
    assert_eq!(held.0 - before.0, quote.net_assets);
    assert_eq!(before.1 - held.1, amount);
    assert_eq!(world.drip_rest().await - drip, quote.fee_assets);
    assert_eq!(idle - world.pool().await.idle, quote.gross_assets);
    world.check_invariants().await;
}

/// The three quotes of one token.
async fn answers(world: &mut World) -> (Minted, WithdrawQuote, InstantExit) {
    let keys = world.keys;
    let minted = world.ask(keys.quote_deposit(ONE)).await;
    let quote = world.ask(keys.quote_withdraw(ONE)).await;
    let exit = world.ask(keys.quote_instant(ONE)).await;
    (
        minted.expect("minted"),
        quote.expect("a quote"),
        exit.expect("an exit"),
    )
}

/// The error of a quote, which must be refused.
async fn refusal(world: &mut World, quote: Instruction) -> String {
    world.try_send(&[quote], &[]).await.expect_err("refused")
}

#[tokio::test]
async fn at_par_the_quotes_are_exact() {
    let mut world = World::with(with_fees).await;
    world.holder(10 * ONE).await;
    let alice = world.holder(10 * ONE).await;
    world.fund_collateral(&alice, ONE).await;
    assert_quotes_are_exact(&mut world, &alice, 123_456_789, 0).await;
}

#[tokio::test]
async fn while_a_drip_runs_the_quotes_are_exact() {
    let mut world = World::with(with_fees).await;
    world.holder(10 * ONE).await;
    let alice = world.holder(10 * ONE).await;
    world.fund_collateral(&alice, ONE).await;
    world.start_drip(777_777_777).await;
    for nonce in 0..4 {
        world.warp(13).await; // what has dripped since is in no account yet
        assert_quotes_are_exact(&mut world, &alice, 123_456_789, nonce).await;
    }
    world.warp(EPOCH).await;
    assert_quotes_are_exact(&mut world, &alice, 123_456_789, 4).await;
}

#[tokio::test]
async fn below_par_the_quotes_are_exact() {
    let mut world = World::with(with_fees).await;
    world.holder(10 * ONE).await;
    let alice = world.holder(10 * ONE).await;
    world.fund_collateral(&alice, ONE).await;
    world.start_drip(777_777_777).await;
    world.lose(13_131_313_131).await;
    world.warp(7).await;
    assert_quotes_are_exact(&mut world, &alice, 123_456_789, 0).await;
}

#[tokio::test]
async fn attack_10_a_dispute_lowers_what_exits_are_quoted_and_not_what_deposits_are() {
    let mut world = World::with(with_fees).await;
    let alice = world.holder(10 * ONE).await;
    world.fund_collateral(&alice, ONE).await;
    let keys = world.keys;
    let minted: Minted = world.ask(keys.quote_deposit(ONE)).await.expect("minted");
    world.change_lrt(|lrt| lrt.pools[0].uncovered = ONE).await;
    let during: Minted = world.ask(keys.quote_deposit(ONE)).await.expect("minted");
    assert_eq!(minted, during);
    let exit: InstantExit = world.ask(keys.quote_instant(ONE)).await.expect("an exit");
    assert_eq!(exit.gross_assets, 900_000_000);
    assert_quotes_are_exact(&mut world, &alice, 123_456_789, 0).await;
}

#[tokio::test]
async fn a_quote_changes_nothing() {
    let mut world = World::with(with_fees).await;
    let alice = world.holder(10 * ONE).await;
    world.request(&alice, ONE, 0).await;
    world.start_drip(ONE).await;
    world.warp(10).await;
    let keys = world.keys;
    let both = [keys.lrt, keys.stake_pool];
    let before = [world.account(&both[0]).await, world.account(&both[1]).await];
    let quotes = [
        keys.quote_deposit(ONE),
        keys.quote_withdraw(ONE),
        keys.quote_instant(ONE),
    ];
    for quote in &quotes {
        assert!(quote.accounts.iter().all(|meta| !meta.is_writable));
    }
    world.send(&quotes, &[]).await;
    let after = [world.account(&both[0]).await, world.account(&both[1]).await];
    assert!(before == after);
}

#[tokio::test]
async fn attack_1_neither_burning_lrt_nor_sending_tokens_to_the_vault_changes_a_quote() {
    let mut world = World::with(with_fees).await;
    let (alice, bob) = (world.holder(10 * ONE).await, world.holder(10 * ONE).await);
    let before = answers(&mut world).await;
    let (keys, key) = (world.keys, bob.pubkey());
    let all = world.holds(&bob).await.1;
    let burn = burn(&keys.of(&key).lrt, &keys.lrt_mint, &key, all);
    world.send(&[burn], &[&bob]).await;
    world.donate(5 * ONE).await;
    assert_eq!(answers(&mut world).await, before);
    world.request(&alice, ONE, 0).await;
    assert_eq!(world.check_invariants().await.surplus, 5 * ONE);
}

#[tokio::test]
async fn amounts_that_the_instructions_refuse_are_not_quoted() {
    let mut world = World::with(with_fees).await;
    world.holder(ONE).await;
    let keys = world.keys;
    for (quote, error) in [
        (keys.quote_deposit(0), "ZeroAmount"),
        (keys.quote_deposit(1), "NothingLeft"),
        (keys.quote_deposit(u64::MAX), "MathOverflow"),
        (keys.quote_withdraw(0), "ZeroAmount"),
        (keys.quote_withdraw(1), "NothingLeft"),
        (keys.quote_instant(0), "ZeroAmount"),
        (keys.quote_instant(1), "NothingLeft"),
        (keys.quote_instant(ONE + 1), "SharesExceedSupply"),
        (keys.quote_instant(u64::MAX), "SharesExceedSupply"),
    ] {
        assert_eq!(refusal(&mut world, quote).await, error);
    }
}

#[tokio::test]
async fn what_the_pool_refuses_is_not_quoted() {
    let mut world = World::with(|params| params.instant_limit_bps = 5_000).await;
    let alice = world.holder(10 * ONE).await;
    let keys = world.keys;
    let admin = world.admin.insecure_clone();
    let cap = keys.set_deposit_cap(&admin.pubkey(), 10 * ONE);
    world.send(&[cap], &[&admin]).await;
    let full = refusal(&mut world, keys.quote_deposit(1)).await;
    assert_eq!(full, "DepositCapExceeded");
    let limit = refusal(&mut world, keys.quote_instant(5 * ONE + 1)).await;
    assert_eq!(limit, "InstantLimitExceeded");
    world.request(&alice, 8 * ONE, 0).await;
    let owed = refusal(&mut world, keys.quote_instant(2 * ONE + 1)).await;
    assert_eq!(owed, "InsufficientIdle");
    world.pause_all().await;
    let paused = refusal(&mut world, keys.quote_deposit(1)).await;
    assert_eq!(paused, "DepositsPaused");
    let paused = refusal(&mut world, keys.quote_instant(1)).await;
    assert_eq!(paused, "InstantExitsPaused");
    // Requests are never paused, and so are their quotes.
    let quote: WithdrawQuote = world.ask(keys.quote_withdraw(ONE)).await.expect("a quote");
    assert_eq!((quote.net_shares, quote.assets_now), (ONE, ONE));
}

#[tokio::test]
async fn attack_16_a_worthless_lrt_quotes_no_deposit_and_exits_for_nothing() {
    let mut world = World::new().await;
    world.holder(10 * ONE).await;
    world.lose(10 * ONE - 999_999).await;
    let keys = world.keys;
    let deposit = refusal(&mut world, keys.quote_deposit(ONE)).await;
    assert_eq!(deposit, "LrtWorthless");
    world.lose(999_999).await;
    let exit = refusal(&mut world, keys.quote_instant(ONE)).await;
    assert_eq!(exit, "NothingLeft");
    let quote: WithdrawQuote = world.ask(keys.quote_withdraw(ONE)).await.expect("a quote");
    assert_eq!((quote.net_shares, quote.assets_now), (ONE, 0));
}

#[tokio::test]
async fn attack_30_every_account_is_checked() {
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    let (twin, _) = world.twin(&alice).await;
    let (keys, nobody) = (world.keys, Pubkey::new_unique());
    for quote in [
        keys.quote_deposit(ONE),
        keys.quote_withdraw(ONE),
        keys.quote_instant(ONE),
    ] {
        world
            .refuse_substitutes(
                &quote,
                &[],
                &[
                    (0, twin.lrt, "WrongLrt"),
                    (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                    (0, nobody, "AccountOwnedByWrongProgram"),
                    (0, keys.vault, "AccountOwnedByWrongProgram"),
                    (1, twin.stake_pool, "WrongLrt"),
                    (1, keys.lrt, "AccountDiscriminatorMismatch"),
                    (1, nobody, "AccountOwnedByWrongProgram"),
                ],
            )
            .await;
    }
}

#[tokio::test]
async fn a_withdrawal_is_quoted_the_due_slot_that_the_open_batch_keeps() {
    let mut world = World::new().await;
    let alice = world.holder(10 * ONE).await;
    let (keys, admin) = (world.keys, world.admin.insecure_clone());
    let changed = Params {
        fee_wallet: world.fee_wallet.pubkey(),
        cooldown_epochs: 1,
        grace_slots: 100,
        ..params()
    };
    let propose = keys.propose_params(&admin.pubkey(), changed);
    world.send(&[propose], &[&admin]).await;
    world.warp(params().timelock_slots).await;
    world.request(&alice, ONE, 0).await;
    world.send(&[keys.apply_params()], &[]).await;
    let quote: WithdrawQuote = world.ask(keys.quote_withdraw(ONE)).await.expect("a quote");
    let ticket = world.request(&alice, ONE, 1).await;
    let batch = world.batch(ticket.batch_epoch).await.expect("a batch");
    assert_eq!(quote.due_slot, batch.due_slot);
}

#[tokio::test]
async fn a_withdrawal_of_more_shares_than_there_are_is_not_quoted() {
    let mut world = World::new().await;
    world.holder(ONE).await;
    let keys = world.keys;
    for shares in [ONE + 1, u64::MAX] {
        let error = refusal(&mut world, keys.quote_withdraw(shares)).await;
        assert_eq!(error, "SharesExceedSupply");
    }
}
