//! How a reward reaches the rate: slot by slot, and not before.

use crate::{Work, DRIP};
use liquid_restaking_sdk::program::state::{Drip, InstantExit, Minted};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Less than that in shares, and hardly anybody holds any.
const VIRTUAL: u64 = 1_000_000;

/// The drip of the only pool.
async fn drip(world: &mut World) -> Drip {
    world.lrt().await.pools[0].drip
}

#[tokio::test]
async fn a_reward_moves_no_price_in_the_slot_in_which_it_is_paid() {
    let mut work = Work::taking(1_000, 1_000).await;
    work.world.holder(5 * ONE).await; // idle, for the instant exit
    work.earn(3).await;
    work.world.warp(DRIP).await; // a rate that is not one
    work.nav().await;
    let keys = work.world.keys;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let deposit: Minted = work.world.ask(keys.quote_deposit(ONE)).await.unwrap();
        let instant: InstantExit = work.world.ask(keys.quote_instant(ONE)).await.unwrap();
        let report = work.world.yield_report(&[]).await;
        seen.push((deposit, instant, report.rate_index));
        work.earn(ONE).await;
        work.earn_from(&Keypair::new(), ONE).await;
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2], "{seen:?}");
    work.world.warp(1).await;
    let report = work.world.yield_report(&[]).await;
    assert!(report.rate_index > seen[0].2);
}

#[tokio::test]
async fn a_reward_is_released_evenly_over_the_drips_slots_to_the_last_unit() {
    let mut work = Work::new().await;
    let start = work.world.slot().await;
    work.earn(ONE + 7).await;
    let begun = Drip {
        rest: ONE + 7,
        last: start,
        end: start + DRIP,
    };
    assert_eq!(drip(&mut work.world).await, begun);
    // The odd units come as soon as they are whole.
    for (slots, passed, odd) in [(1, 1, 0), (2, 3, 0), (30, 33, 2), (17, 50, 3), (49, 99, 6)] {
        work.world.warp(slots).await;
        assert_eq!(work.nav().await, 10 * ONE + ONE / DRIP * passed + odd);
    }
    work.world.warp(1).await;
    assert_eq!(work.nav().await, 11 * ONE + 7);
    let rest = drip(&mut work.world).await.rest;
    work.world.warp(1_000).await;
    assert_eq!((rest, work.nav().await), (0, 11 * ONE + 7));
    work.world.check_invariants().await;
}

#[tokio::test]
async fn accruing_twice_is_accruing_once_and_accruing_always_is_accruing_at_the_end() {
    let (mut often, mut seldom) = (Work::new().await, Work::new().await);
    for work in [&mut often, &mut seldom] {
        work.earn(33).await; // a third of a unit in a slot
    }
    for slot in 1..=DRIP {
        often.world.warp(1).await;
        let nav = often.nav().await;
        // Delayed by less than a unit, and nothing is lost.
        let due = 10 * ONE + 33 * slot / DRIP;
        assert!(nav == due || nav + 1 == due, "slot {slot}: {nav}");
        if slot % 25 == 0 {
            let (pool, lrt) = (often.world.pool().await, often.world.lrt().await);
            often.nav().await;
            assert_eq!(often.world.pool().await.idle, pool.idle);
            assert_eq!(often.world.lrt().await.pools[0], lrt.pools[0]);
        }
    }
    seldom.world.warp(DRIP).await;
    assert_eq!(often.nav().await, 10 * ONE + 33);
    assert_eq!(seldom.nav().await, 10 * ONE + 33);
}

#[tokio::test]
async fn a_reward_of_one_unit_in_every_slot_neither_holds_a_drip_up_nor_hurries_it() {
    let mut work = Work::new().await;
    let (start, stranger) = (work.world.slot().await, Keypair::new());
    work.earn(ONE).await;
    for slot in 1..DRIP {
        work.world.warp(1).await;
        work.earn_from(&stranger, 1).await;
        assert_eq!(drip(&mut work.world).await.end, start + DRIP, "slot {slot}");
    }
    // Of 99 units paid beside it 92 have come early; the reward itself has come as it would have.
    assert_eq!(work.nav().await, 10 * ONE + ONE / DRIP * 99 + 92);
    work.world.warp(1).await;
    assert_eq!(work.nav().await, 11 * ONE + 99);

    // A small one is hardly held up.
    work.earn(1_000).await;
    for _ in 0..DRIP {
        work.world.warp(1).await;
        work.earn_from(&stranger, 1).await;
    }
    assert_eq!(work.nav().await, 11 * ONE + 99 + 1_060);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn a_second_reward_joins_with_an_end_in_between() {
    let mut work = Work::new().await;
    let start = work.world.slot().await;
    work.earn(ONE).await;
    work.world.warp(60).await;
    work.earn(ONE).await;
    // 0.4 over 40 slots and 1 over 100: 82.857 slots, rounded towards what was left.
    let joined = Drip {
        rest: ONE + ONE / 10 * 4,
        last: start + 60,
        end: start + 60 + 82,
    };
    assert_eq!(drip(&mut work.world).await, joined);
    work.world.warp(41).await;
    assert_eq!(work.nav().await, 10 * ONE + ONE / 10 * 13);
    work.world.warp(41).await;
    assert_eq!(work.nav().await, 12 * ONE);
}

/// A pool whose only holder has `amount`, all of it at work.
async fn small(amount: u64) -> Work {
    let mut world = World::new().await;
    let operator = world.operator().await;
    let avs = world.avs(terms(), 10_000).await;
    world.opt_in(&operator, &avs).await;
    let holder = world.holder(amount).await;
    world.delegate(&operator, amount).await;
    world.stake(&operator, &avs, amount).await;
    Work {
        world,
        holder,
        operator,
        avs,
    }
}

#[tokio::test]
async fn while_there_are_hardly_any_shares_drip_and_indices_stand_still() {
    let mut work = small(VIRTUAL - 1).await;
    work.earn(1_000).await;
    let stranger = Keypair::new();
    work.earn_from(&stranger, 1_000).await;
    for _ in 0..3 {
        work.world.warp(DRIP).await;
        assert_eq!(work.nav().await, VIRTUAL - 1);
    }
    let slot = work.world.slot().await;
    let still = Drip {
        rest: 2_000,
        last: slot,
        end: slot + DRIP,
    };
    assert_eq!(drip(&mut work.world).await, still);
    let report = work.world.yield_report(&[&work.avs]).await;
    let avs = report.avss[0];
    assert_eq!((avs.rewards, avs.reward_index), (1_000, 0));
    assert_eq!((report.rate_index, report.unattributed_index), (0, 0));
    assert_eq!(report.dripping_index, 0);

    // One more share, and time counts; from the slot after, for it was not there before.
    work.world.warp(50).await;
    work.world.holder(1).await;
    assert_eq!(work.nav().await, VIRTUAL);
    work.world.warp(25).await;
    assert_eq!(work.nav().await, VIRTUAL + 500);
    work.earn(1_000).await;
    let report = work.world.yield_report(&[&work.avs]).await;
    let avs = report.avss[0];
    let index = (1_000 << 64) / u128::from(VIRTUAL);
    assert_eq!((avs.rewards, avs.reward_index), (2_000, index));
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, VIRTUAL + 3_000);
}

#[tokio::test]
async fn a_drip_pauses_when_all_but_a_few_shares_leave_and_goes_on_where_it_was() {
    let mut work = Work::new().await;
    work.world
        .deallocate(&work.operator, &work.avs, 10 * ONE)
        .await;
    work.world.warp(300).await;
    let release = work.world.keys.release(&work.operator.key, &work.avs.key);
    work.world.send(&[release], &[]).await;
    work.world.undelegate(&work.operator, 10 * ONE).await;
    let holder = work.holder.insecure_clone();
    let exit = work
        .world
        .keys
        .redeem_instant(&holder.pubkey(), 10 * ONE - 1, 0);
    let next = work.world.epoch().await + 1;
    work.world.warp_to_epoch(next).await;
    work.world.warp(50).await;
    work.earn(ONE).await;
    work.world.warp(50).await; // a new epoch, with a limit that counts what has dripped
    work.world.send(&[exit], &[&holder]).await;
    let half = drip(&mut work.world).await;
    assert_eq!((half.rest, half.end - half.last), (ONE / 2, 50));
    let nav = work.nav().await;
    work.world.warp(700).await;
    assert_eq!(work.nav().await, nav);
    let slot = work.world.slot().await;
    let later = Drip {
        rest: ONE / 2,
        last: slot,
        end: slot + 50,
    };
    assert_eq!(drip(&mut work.world).await, later);
    work.world.holder(100 * ONE).await;
    let before = work.nav().await;
    work.world.warp(25).await;
    assert_eq!(work.nav().await, before + ONE / 4);
    work.world.warp(25).await;
    assert_eq!(work.nav().await, before + ONE / 2);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn a_slash_takes_stake_and_leaves_what_drips() {
    let mut work = Work::new().await;
    work.earn(ONE).await;
    let begun = drip(&mut work.world).await;
    let slash = work.world.slash(&work.operator, &work.avs, ONE).await;
    assert_eq!(work.world.proposal(&slash).await.from_stake, ONE);
    // Ten slots of veto window have passed, and dripped.
    let after = drip(&mut work.world).await;
    assert_eq!((after.rest, after.end), (ONE / 10 * 9, begun.end));
    assert_eq!(work.nav().await, 9 * ONE + ONE / 10);
    let pool = work.world.pool().await;
    assert_eq!((pool.idle, pool.delegated), (ONE / 10, 9 * ONE));
    work.world.warp(90).await;
    assert_eq!(work.nav().await, 10 * ONE);
    // Reward and loss are the AVS's, each by the shares there were.
    let avs = work.world.yield_report(&[&work.avs]).await.avss[0];
    assert_eq!((avs.rewards, avs.losses), (ONE, ONE));
    assert_eq!(avs.reward_index, avs.loss_index);
    work.world.check_invariants().await;
}
