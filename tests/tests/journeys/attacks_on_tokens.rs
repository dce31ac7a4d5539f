//! The attacks of `attacks.rs` that go for tokens, shares, lamports and amounts.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    AccountMeta, Instruction, PoolKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{World, EPOCH, ONE};
use lrt_cli::vm::mint_to;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A token program's `Approve`, or `SetAuthority` of the mint, the owner or the close authority.
fn token_call(data: Vec<u8>, accounts: Vec<AccountMeta>) -> Instruction {
    Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts,
        data,
    }
}

fn approve(account: &Pubkey, delegate: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    let mut data = vec![4];
    data.extend_from_slice(&amount.to_le_bytes());
    token_call(
        data,
        vec![
            AccountMeta::new(*account, false),
            AccountMeta::new_readonly(*delegate, false),
            AccountMeta::new_readonly(*owner, true),
        ],
    )
}

fn set_authority(account: &Pubkey, kind: u8, holder: &Pubkey, new: &Pubkey) -> Instruction {
    let mut data = vec![6, kind, 1];
    data.extend_from_slice(new.as_ref());
    token_call(
        data,
        vec![
            AccountMeta::new(*account, false),
            AccountMeta::new_readonly(*holder, true),
        ],
    )
}

async fn lamports(world: &mut World, key: &Pubkey) -> u64 {
    world
        .account(key)
        .await
        .map_or(0, |account| account.lamports)
}

#[tokio::test]
async fn attack_05_dust_everywhere_stops_nothing() {
    let mut world = World::new().await;
    let (keys, admin) = (world.keys, world.admin.insecure_clone());
    let alice = world.user(ONE);
    let owner = alice.pubkey();
    // A unit in the vault before every step, a lamport at every address that is to be created.
    let ticket = address::ticket(&keys.stake_pool, &owner, 1).0;
    for key in [ticket, address::batch(&keys.stake_pool, 1_000)] {
        world.set_raw(&key, system_program::ID, Vec::new(), 1);
    }
    world.donate(1).await;
    world.deposit(&alice, 1).await;
    world.donate(1).await;
    world.deposit(&alice, ONE - 1).await;
    world.donate(1).await;
    let ticket = world.request(&alice, ONE, 1).await;
    world.donate(1).await;
    world.warp(3 * EPOCH).await;
    world.settle().await;
    world.donate(1).await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (ONE, 0));
    world.donate(1).await;
    let close = [
        keys.close_batch(ticket.batch_epoch, &owner),
        keys.close_stake_pool(&admin.pubkey(), &world.fee_wallet.pubkey(), &admin.pubkey()),
        keys.close_lrt(&admin.pubkey(), &admin.pubkey()),
    ];
    world.send(&close, &[&admin]).await;
    let wallet = world.fee_wallet.insecure_clone();
    assert_eq!(world.holds(&wallet).await.0, 6);
}

#[tokio::test]
async fn attack_20_nobody_controls_the_vault_and_a_user_account_with_a_delegate_is_like_any_other()
{
    let mut world = World::new().await;
    let (keys, mallory) = (world.keys, world.user(0));
    let (alice, thief) = (world.user(3 * ONE), mallory.pubkey());
    for instruction in [
        approve(&keys.vault, &thief, &thief, 1),
        set_authority(&keys.vault, 2, &thief, &thief),
        set_authority(&keys.vault, 3, &thief, &thief),
        set_authority(&keys.lrt_mint, 0, &thief, &thief),
    ] {
        world
            .refuse(instruction, &[&mallory], "OwnerMismatch")
            .await;
    }
    let freeze = set_authority(&keys.lrt_mint, 1, &thief, &thief);
    world.refuse(freeze, &[&mallory], "MintCannotFreeze").await;

    // A delegate spends what it was allowed to, and not a unit more; Alice's own path stays open.
    let own = keys.of(&alice.pubkey());
    let allow = approve(&own.collateral, &thief, &alice.pubkey(), ONE);
    let close_authority = set_authority(&own.lrt, 3, &alice.pubkey(), &thief);
    world.send(&[allow, close_authority], &[&alice]).await;
    let by_delegate = |amount| {
        let mut deposit = keys.deposit(&alice.pubkey(), amount, 0);
        deposit.accounts[6].pubkey = thief;
        deposit
    };
    world
        .refuse(by_delegate(ONE + 1), &[&mallory], "InsufficientFunds")
        .await;
    world.send(&[by_delegate(ONE)], &[&mallory]).await;
    world.deposit(&alice, 2 * ONE).await;
    assert_eq!(world.holds(&alice).await, (0, 3 * ONE));
    let ticket = world.request(&alice, 3 * ONE, 1).await;
    world.warp(3 * EPOCH).await;
    world.settle().await;
    world.claim(&ticket, &alice).await;
    assert_eq!(world.holds(&alice).await, (3 * ONE, 0));
}

#[tokio::test]
async fn attack_23_no_share_comes_into_being_without_its_backing() {
    let mut world = World::with(|params| {
        params.deposit_fee_bps = 100;
        params.withdrawal_fee_bps = 100;
    })
    .await;
    let alice = world.holder(ONE).await;
    let (keys, own) = (world.keys, world.keys.of(&alice.pubkey()).lrt);
    for signer in [
        world.admin.insecure_clone(),
        world.manager.insecure_clone(),
        world.fee_wallet.insecure_clone(),
        world.issuer.insecure_clone(),
        alice.insecure_clone(),
    ] {
        let mint = mint_to(&keys.lrt_mint, &own, &signer.pubkey(), 1);
        world.refuse(mint, &[&signer], "OwnerMismatch").await;
    }
    // Wallets, fees and queue together are the supply, after each way in which shares are minted.
    let collector = Keypair::new();
    let wallet = world.fee_wallet.pubkey();
    for nonce in 0..3 {
        let ticket = world.request(&alice, ONE / 10, nonce).await;
        world.warp(nonce * EPOCH / 2 + 1).await;
        let cancel = keys.cancel_withdraw(&ticket);
        world.send(std::slice::from_ref(&cancel), &[&alice]).await;
        world
            .refuse(cancel, &[&alice], "AccountOwnedByWrongProgram")
            .await;
        let collect = keys.collect_fees(&wallet, &collector.pubkey());
        world.send(&[collect], &[&collector]).await;
        let report = world.check_invariants().await;
        assert_eq!(report.mint_supply + report.fee_shares + report.queued, ONE);
        assert_eq!((report.supply, report.ledger), (ONE, ONE));
    }
}

#[tokio::test]
async fn attack_34_the_vault_is_nobodys_own_account() {
    let mut world = World::new().await;
    let alice = world.holder(4 * ONE).await;
    let (keys, owner) = (world.keys, alice.pubkey());
    let ticket = world.request(&alice, ONE, 1).await;
    world.warp(3 * EPOCH).await;
    world.settle().await;
    // From the vault, or from another account of the pool's or the LRT's: there is nobody who could sign.
    let pools = keys.of(&keys.stake_pool).collateral;
    let lrts = keys.of(&keys.lrt).collateral;
    world.create_token_account(&pools, &keys.collateral_mint, &keys.stake_pool, ONE);
    world.create_token_account(&lrts, &keys.collateral_mint, &keys.lrt, ONE);
    let deposit = keys.deposit(&owner, ONE, 0);
    world
        .refuse_substitutes(
            &deposit,
            &[&alice],
            &[
                (4, keys.vault, "OwnerMismatch"),
                (4, pools, "OwnerMismatch"),
                (4, lrts, "OwnerMismatch"),
            ],
        )
        .await;
    // To the vault: the owner does not pay himself into it.
    for (instruction, position) in [
        (keys.claim(&ticket, &owner), 5),
        (keys.cancel_withdraw(&ticket), 6),
        (keys.redeem_instant(&owner, ONE, 0), 4),
    ] {
        world
            .refuse_substitutes(
                &instruction,
                &[&alice],
                &[(position, keys.vault, "VaultNotAllowed")],
            )
            .await;
    }
    // A ticket given to the pool is paid to an account of the pool's that is not the vault: the books do not see it.
    let before = world.check_invariants().await;
    let give = keys.transfer_ticket(&ticket, &keys.stake_pool);
    world.send(&[give], &[&alice]).await;
    let given = TicketKeys {
        owner: keys.stake_pool,
        ..ticket
    };
    let keeper = Keypair::new();
    let claim = keys.claim(&given, &keeper.pubkey());
    world.send(&[claim], &[&keeper]).await;
    assert_eq!(world.balance(&pools).await, 2 * ONE);
    let after = world.check_invariants().await;
    assert_eq!((after.surplus, after.ledger), (0, before.ledger - ONE));
}

#[tokio::test]
async fn attack_35_all_rent_comes_back_to_whoever_paid_it() {
    let mut world = World::bare().await;
    let (admin, mint) = (world.admin.insecure_clone(), Keypair::new());
    let (collateral, issuer) = (Pubkey::new_unique(), world.issuer.pubkey());
    world.create_mint(&collateral, &issuer);
    world.keys = PoolKeys::derive(mint.pubkey(), collateral, TOKEN_PROGRAM_ID);
    let keys = world.keys;
    let (create, add) = world.creation(&keys, liquid_restaking_tests::params());
    let founder = lamports(&mut world, &admin.pubkey()).await;
    world.send(&[create, add], &[&admin, &mint]).await;
    let (alice, bob) = (world.holder(ONE).await, world.holder(ONE).await);
    let mut purses = Vec::new();
    for user in [&alice, &bob] {
        purses.push(lamports(&mut world, &user.pubkey()).await);
    }
    let (hers, his) = (
        world.request(&alice, ONE, 1).await,
        world.request(&bob, ONE, 1).await,
    );
    let cancelled = world.keys.cancel_withdraw(&his);
    world.send(&[cancelled], &[&bob]).await;
    assert_eq!(lamports(&mut world, &bob.pubkey()).await, purses[1]);
    world.warp(EPOCH).await;
    let his = world.request(&bob, ONE, 1).await;
    world.warp(3 * EPOCH).await;
    world.settle().await;
    world.settle().await;
    let wallet = world.fee_wallet.pubkey();
    world.open_accounts(&keys, &wallet, 0);
    // Strangers do it all: the rent is not theirs.
    let keeper = Keypair::new();
    let rest = [
        keys.claim(&hers, &keeper.pubkey()),
        keys.claim(&his, &keeper.pubkey()),
        keys.close_batch(hers.batch_epoch, &alice.pubkey()),
        keys.close_batch(his.batch_epoch, &bob.pubkey()),
    ];
    world.send(&rest, &[&keeper]).await;
    let close = [
        keys.close_stake_pool(&admin.pubkey(), &wallet, &admin.pubkey()),
        keys.close_lrt(&admin.pubkey(), &admin.pubkey()),
    ];
    world.send(&close, &[&admin]).await;
    for (user, purse) in [&alice, &bob].into_iter().zip(purses) {
        assert_eq!(lamports(&mut world, &user.pubkey()).await, purse);
    }
    // The mint stays for ever, for a token program's mint can not be closed; all else is as it was.
    let stays = lamports(&mut world, &keys.lrt_mint).await;
    assert_eq!(lamports(&mut world, &admin.pubkey()).await + stays, founder);
    assert_eq!(lamports(&mut world, &keeper.pubkey()).await, 0);
}

#[tokio::test]
async fn attack_36_a_minimum_is_compared_with_what_is_really_paid() {
    let mut world = World::with(|params| {
        params.deposit_fee_bps = 33;
        params.instant_fee_bps = 77;
    })
    .await;
    let alice = world.holder(3 * ONE + 1).await;
    world.donate(ONE / 3).await;
    let (sweep, keys) = (world.keys.sweep_surplus(), world.keys);
    world.send(&[sweep], &[]).await;
    world.warp(EPOCH + 1).await;
    for amount in [3, 1_000, 999_999_937] {
        let bob = world.user(amount);
        let expected: liquid_restaking_sdk::program::state::Minted = world
            .ask(keys.quote_deposit(amount))
            .await
            .expect("a quote");
        let deposit = |min| keys.deposit(&bob.pubkey(), amount, min);
        let net = expected.net_shares;
        world
            .refuse(deposit(net + 1), &[&bob], "SlippageExceeded")
            .await;
        world.send(&[deposit(net)], &[&bob]).await;
        assert_eq!(world.holds(&bob).await, (0, net));
    }
    for shares in [3, 1_000, 99_999_989] {
        let before = world.holds(&alice).await.0;
        let expected: liquid_restaking_sdk::program::state::InstantExit = world
            .ask(keys.quote_instant(shares))
            .await
            .expect("a quote");
        let redeem = |min| keys.redeem_instant(&alice.pubkey(), shares, min);
        let net = expected.net_assets;
        world
            .refuse(redeem(net + 1), &[&alice], "SlippageExceeded")
            .await;
        world.send(&[redeem(net)], &[&alice]).await;
        assert_eq!(world.holds(&alice).await.0, before + net);
    }
}
