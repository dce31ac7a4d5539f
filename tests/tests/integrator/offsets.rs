//! What the reader makes of the bytes is the documented formula on the books of the last write, and errs only to the side
//! that it says.

use crate::{answers, books, by_offsets, quote, workers, world, SHARES};
use liquid_restaking_sdk::program::state::{Lrt, Minted};
use liquid_restaking_tests::{World, ONE};

/// The documented formulae, on numbers alone.
struct Formula {
    shares: u128,
    supply: u128,
    assets: u128,
    uncovered: u128,
    rest: u128,
    v: u128,
    withdrawal_fee: u128,
    deposit_fee: u128,
}

impl Formula {
    fn of(lrt: &Lrt) -> Self {
        let row = &lrt.pools[0];
        Self {
            shares: SHARES.into(),
            supply: lrt.supply.into(),
            assets: row.assets.into(),
            uncovered: row.uncovered.into(),
            rest: row.drip.rest.into(),
            v: 10u128.pow(u32::from(lrt.fixed.decimals) - 3),
            withdrawal_fee: lrt.params.withdrawal_fee_bps.into(),
            deposit_fee: lrt.params.deposit_fee_bps.into(),
        }
    }

    fn at_least(&self) -> u128 {
        let n = self.assets - self.uncovered;
        let net = self.shares - (self.shares * self.withdrawal_fee).div_ceil(10_000);
        if n < self.supply {
            net * n / self.supply
        } else {
            net * (n + self.v) / (self.supply + self.v)
        }
    }

    fn at_most(&self) -> u128 {
        let value = self.assets + self.rest + self.v;
        let gross = (self.shares * 10_000).div_ceil(10_000 - self.deposit_fee);
        (gross * value).div_ceil(self.supply + self.v)
    }
}

/// Compares with the formulae, and with the exact prices in this slot. Returns by how much `at_least` is too low.
async fn assert_bounds(world: &mut World) -> u64 {
    let (_, (at_least, at_most, idle, queued)) = answers(world, SHARES).await;
    let ((lrt, pool), now) = books(world).await;
    let formula = Formula::of(&lrt);
    assert_eq!(u128::from(at_least), formula.at_least());
    assert_eq!(u128::from(at_most), formula.at_most());
    assert_eq!((idle, queued), (pool.idle, pool.queued));

    // An exit in this slot pays as much or more: by what has dripped and is in no account yet, at most.
    let exact = quote(world, SHARES).await.assets_now;
    let low_by = exact.checked_sub(at_least).expect("never too high");
    let dripped = now.lrt.nav().unwrap() - lrt.nav().unwrap();
    assert!(low_by <= dripped + 1, "{low_by} of {dripped}");

    // A deposit in this slot of `at_most` mints as much or more.
    let question = world.keys.quote_deposit(at_most);
    let minted: Minted = world.ask(question).await.expect("shares");
    assert!(minted.net_shares >= SHARES, "never too low");
    if lrt.pools[0].drip.rest == 0 {
        let question = world.keys.quote_deposit(at_most - 3);
        let less: Minted = world.ask(question).await.expect("shares");
        assert!(less.net_shares < SHARES, "and not by more than rounding");
    }
    low_by
}

#[tokio::test]
async fn fresh_and_without_a_share() {
    let mut world = world().await;
    let keys = world.keys;
    let read: (u64, u64, u64, u64) = world.ask(by_offsets(&keys, SHARES)).await.expect("a price");
    // At par, with 0.7 % off and 0.3 % on.
    assert_eq!(read, (1_225_925_915, 1_238_282_740, 0, 0));
    world.holder(10 * ONE).await;
    assert_eq!(assert_bounds(&mut world).await, 0);
}

#[tokio::test]
async fn what_has_dripped_since_the_last_write_is_missing_until_an_accrue() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    world.start_drip(777_777_777).await;
    assert_eq!(assert_bounds(&mut world).await, 0);
    world.warp(40).await;
    let low_by = assert_bounds(&mut world).await;
    assert!(low_by > 0, "the drip is not in the accounts");
    let accrue = world.keys.accrue();
    world.send(&[accrue], &[]).await;
    assert_eq!(assert_bounds(&mut world).await, 0);
    world.warp(100).await; // all of it
    assert!(assert_bounds(&mut world).await > low_by);
}

#[tokio::test]
async fn a_dispute_is_in_the_accounts_in_its_own_slot() {
    let mut world = world().await;
    let (operator, avs) = workers(&mut world).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 8 * ONE).await;
    world.stake(&operator, &avs, 8 * ONE).await;
    let (_, before) = answers(&mut world, SHARES).await;

    let on = world.propose_slash(&operator, &avs, 700_000_000).await;
    assert_eq!(assert_bounds(&mut world).await, 0);
    let (quoted, during) = answers(&mut world, SHARES).await;
    assert!(during.0 < before.0, "exits count it as lost");
    assert_eq!(during.1, before.1, "deposits do not");
    assert_eq!(quoted.0, during.0, "nothing drips: the bound is the price");

    world.veto_slash(&on, &avs).await;
    let (_, after) = answers(&mut world, SHARES).await;
    assert_eq!(after, before);
}

#[tokio::test]
async fn an_executed_slash_is_in_both_bounds_and_a_bond_softens_it() {
    let mut world = world().await;
    let (operator, avs) = workers(&mut world).await;
    world.post_bond(&operator, 200_000_000).await;
    world.holder(10 * ONE).await;
    world.delegate(&operator, 8 * ONE).await;
    world.stake(&operator, &avs, 8 * ONE).await;
    world.slash(&operator, &avs, 700_000_000).await;
    assert_eq!(world.lrt().await.pools[0].assets, 9_500_000_000);
    assert_eq!(assert_bounds(&mut world).await, 0);
}

#[tokio::test]
async fn below_par_and_with_a_queue() {
    let mut world = world().await;
    let holder = world.holder(10 * ONE).await;
    world.request(&holder, 6 * ONE, 0).await;
    world.lose(3_131_313_131).await;
    world.start_drip(777_777_777).await;
    world.warp(31).await;
    assert!(assert_bounds(&mut world).await > 0);
    let (_, (.., queued)) = answers(&mut world, SHARES).await;
    assert_eq!(queued, world.pool().await.queued);
}
