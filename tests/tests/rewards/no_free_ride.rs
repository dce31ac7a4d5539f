//! Nobody comes for a reward and leaves with it (attack 8).

use crate::{Work, DRIP};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What an instant exit of all that `user` holds pays him.
async fn leave(world: &mut World, user: &Keypair) -> u64 {
    let (before, shares) = world.holds(user).await;
    let exit = world.keys.redeem_instant(&user.pubkey(), shares, 0);
    world.send(&[exit], &[user]).await;
    world.holds(user).await.0 - before
}

#[tokio::test]
async fn attack_8_a_deposit_just_before_a_reward_and_an_exit_just_after_gain_a_slots_drip_at_most()
{
    // With as much as all others together: half of what drips while he is in.
    for (slots, gained) in [(0, 0), (1, 4_999_750), (2, 9_999_500)] {
        let mut work = Work::new().await;
        let mallory = work.world.holder(10 * ONE).await;
        work.earn(ONE).await;
        if slots > 0 {
            work.world.warp(slots).await;
        }
        let got = leave(&mut work.world, &mallory).await;
        assert_eq!(got - 10 * ONE, gained);
        assert!(gained <= slots * ONE / DRIP / 2);
        // The rest is for who stays.
        work.world.warp(DRIP).await;
        assert_eq!(work.nav().await, 11 * ONE - gained);
        work.world.check_invariants().await;
    }
}

#[tokio::test]
async fn attack_8_however_much_he_brings_he_takes_no_more_than_what_drips() {
    let mut work = Work::new().await;
    let mallory = work.world.holder(1_000_000 * ONE).await;
    work.earn(ONE).await;
    work.world.warp(1).await;
    let got = leave(&mut work.world, &mallory).await;
    let gained = got - 1_000_000 * ONE;
    assert!(gained < ONE / DRIP);
    assert_eq!(gained, 9_999_899);
}

#[tokio::test]
async fn whoever_leaves_just_after_a_reward_leaves_it_to_those_who_stay() {
    let mut work = Work::new().await;
    let leaver = work.world.holder(10 * ONE).await;
    work.world.warp(500).await;
    work.earn(ONE).await;
    assert_eq!(leave(&mut work.world, &leaver).await, 10 * ONE);
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 11 * ONE);
}

#[tokio::test]
async fn whoever_stays_for_a_part_of_a_drip_gets_what_every_holder_got_in_those_slots() {
    let mut work = Work::new().await;
    work.earn(ONE).await;
    work.world.warp(30).await;
    let bob = work.world.holder(10 * ONE).await;
    // 0.3 have dripped: a share costs 10.301 / 10.001, virtual units counted.
    let shares = work.world.holds(&bob).await.1;
    assert_eq!(shares, 9_708_766_139);
    let worth = |nav: u64, supply: u64| {
        let (nav, supply) = (u128::from(nav), u128::from(supply));
        let value = u128::from(10 * ONE) * (nav + 1_000_000) / (supply + 1_000_000);
        u64::try_from(value).unwrap()
    };
    let begun = worth(20 * ONE + 300_000_000, 10 * ONE + shares);
    work.world.warp(40).await;
    let ended = worth(20 * ONE + 700_000_000, 10 * ONE + shares);
    let got = leave(&mut work.world, &bob).await;
    // The holder's ten tokens of shares have earned 202,945,076 in these slots; Bob's fewer shares as much each.
    assert_eq!((begun, ended), (10_299_970_003, 10_502_915_079));
    assert_eq!(got, 10 * ONE + 197_034_628);
    let share = u128::from(ended - begun) * u128::from(shares) / u128::from(10 * ONE);
    assert_eq!(share, 197_034_628);
    // And the last thirty slots are the holder's alone.
    work.world.warp(30).await;
    assert_eq!(work.nav().await, 11 * ONE - 197_034_628);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn through_the_queue_he_shares_what_drips_until_he_is_settled_and_nothing_after() {
    let mut work = Work::new().await;
    let mallory = work.world.holder(10 * ONE).await;
    work.earn(ONE).await;
    let ticket = work.world.request(&mallory, 10 * ONE, 0).await;
    work.world.warp_to_due(&ticket).await;
    // A second reward, in the slot in which he is settled.
    work.earn(ONE).await;
    work.world.settle().await;
    work.world.claim(&ticket, &mallory).await;
    let got = work.world.holds(&mallory).await.0;
    // Half of the first one, but for what the virtual shares keep.
    assert_eq!(got, 10 * ONE + ONE / 2 - 24_999);
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 12 * ONE - (got - 10 * ONE));
}
