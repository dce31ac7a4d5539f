use liquid_restaking_tests::{World, EPOCH, ONE};
use lrt_cli::vm::burn;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What Mallory brings.
const PURSE: u64 = 2_000 * ONE;

/// Asks for everything a user holds, waits, and claims it.
async fn leave(world: &mut World, user: &Keypair) -> u64 {
    let shares = world.holds(user).await.1;
    if shares > 0 {
        let ticket = world.request(user, shares, 1).await;
        let epoch = world.epoch().await;
        world.warp_to_epoch(epoch + 3).await;
        world.settle().await;
        world.claim(&ticket, user).await;
    }
    world.holds(user).await.0
}

async fn donate_and_sweep(world: &mut World, from: &Keypair, amount: u64) {
    let own = world.keys.of(&from.pubkey()).collateral;
    let rest = world.balance(&own).await - amount;
    world.patch(&own, 64, &rest.to_le_bytes()).await;
    world.start_drip(amount).await;
    world.warp(EPOCH).await;
}

#[tokio::test]
async fn attack_01_a_donation_after_the_first_deposit_costs_mallory_and_not_the_victim() {
    let first_deposits = [1, 1_000, 999_999, 1_000_000, 50_000_000];
    for first in first_deposits {
        for donation in [1, ONE, 1_000 * ONE] {
            let mut world = World::new().await;
            let (mallory, victim) = (world.user(PURSE), world.user(ONE));
            world.deposit(&mallory, first).await;
            donate_and_sweep(&mut world, &mallory, donation).await;
            world.deposit(&victim, ONE).await;
            world.check_invariants().await;
            // Mallory goes first, before the victim can, and while the drip is over.
            let has = leave(&mut world, &mallory).await;
            let case = format!("deposit {first}, donation {donation}");
            assert!(has <= PURSE, "{case}: Mallory has {has}");
            let got = leave(&mut world, &victim).await;
            let loss = ONE.saturating_sub(got);
            // At most one share, which is worth a millionth of what Mallory has given away.
            assert!(loss <= 1 + donation / 1_000_000, "{case}: lost {loss}");
            assert!(PURSE - has >= loss, "{case}: cheaper than it hurts");
            world.check_invariants().await;
        }
    }
}

#[tokio::test]
async fn attack_01_shares_burned_in_the_wallet_move_no_price() {
    let mut world = World::new().await;
    let (mallory, victim) = (world.user(PURSE), world.user(ONE));
    world.deposit(&mallory, PURSE).await;
    let (keys, own) = (world.keys, world.keys.of(&mallory.pubkey()).lrt);
    let burn = burn(&own, &keys.lrt_mint, &mallory.pubkey(), PURSE - 1);
    world.send(&[burn], &[&mallory]).await;
    assert_eq!(world.lrt().await.supply, PURSE);
    world.deposit(&victim, ONE).await;
    assert_eq!(world.holds(&victim).await, (0, ONE));
    assert_eq!(leave(&mut world, &mallory).await, 1);
    assert_eq!(leave(&mut world, &victim).await, ONE);
}

#[tokio::test]
async fn attack_01_burning_and_donating_together_take_nothing_from_the_victim() {
    let mut world = World::new().await;
    let (mallory, victim) = (world.user(PURSE), world.user(ONE));
    world.deposit(&mallory, 10 * ONE).await;
    let (keys, own) = (world.keys, world.keys.of(&mallory.pubkey()).lrt);
    let burn = burn(&own, &keys.lrt_mint, &mallory.pubkey(), 10 * ONE - 1);
    world.send(&[burn], &[&mallory]).await;
    donate_and_sweep(&mut world, &mallory, 1_000 * ONE).await;
    world.deposit(&victim, ONE).await;
    let has = leave(&mut world, &mallory).await;
    assert!(has < PURSE - 1_000 * ONE);
    let got = leave(&mut world, &victim).await;
    assert!(ONE - got <= 101, "lost {}", ONE - got);
}

#[tokio::test]
async fn attack_01_a_deposit_too_small_for_a_share_is_refused_and_not_kept() {
    let mut world = World::new().await;
    let (mallory, victim) = (world.user(PURSE), world.user(ONE));
    world.deposit(&mallory, 1_000_000).await;
    donate_and_sweep(&mut world, &mallory, 1_000 * ONE).await;
    let small = world.keys.deposit(&victim.pubkey(), 400_000, 0);
    world.refuse(small, &[&victim], "NothingLeft").await;
    // And one that knows the rate is not surprised by it.
    let quoted = world.keys.deposit(&victim.pubkey(), ONE, ONE);
    world.refuse(quoted, &[&victim], "SlippageExceeded").await;
    assert_eq!(world.holds(&victim).await, (ONE, 0));
}
