//! Delegating, allocating and taking back, in the ordinary case of three AVSs and at worst.

use super::{
    staking::{Staking, ALL, ORDINARY},
    Bench,
};
use anyhow::Result;
use liquid_restaking_sdk::{program::state::Side, Instruction};
use liquid_restaking_tests::{EPOCH, ONE};
use solana_signer::Signer;

/// A million whole tokens.
pub(super) const MILLION: u64 = 1_000_000 * ONE;
/// Slots after which a deallocation has a release slot of its own: a seventh of the exit delay of 100.
const GRID: u64 = 15;

impl Bench {
    /// All that has to do with operators and AVSs.
    pub(super) fn restaking(&mut self) -> Result<()> {
        let mut staking = Staking::new(self);
        staking.aside(Staking::odd_operator)?;
        staking.enter()?;
        staking.pledge()?;
        staking.aside(Staking::bond)?;
        staking.aside(Staking::slashes)?;
        staking.aside(Staking::rewards)?;
        staking.aside(Staking::with_a_queue)?;
        staking.aside(Staking::forced)?;
        staking.aside(Staking::leave)?;
        staking.fill()?;
        staking.sixteen()?;
        staking.aside(Staking::at_worst)?;
        staking.aside(Staking::slashes_at_worst)?;
        staking.aside(Staking::rewards_at_worst)?;
        staking.forced_at_worst()
    }
}

impl Staking<'_> {
    pub(super) fn pledge(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        let delegate = self.delegate(60 * ONE);
        self.measure("delegate, the first", &delegate, &[&admin])?;
        let open = self.allocate(0, 10 * ONE);
        self.measure("allocate, opening the first allocation", &open, &[&admin])?;
        self.warp(10);
        let release = self.release(0);
        self.measure("release, stake that warmed", &release, &[])?;
        self.aside(|staking| {
            let add = staking.allocate(0, ONE);
            staking.measure("allocate, with one AVS", &add, &[&admin])?;
            staking.warp(10);
            let take = staking.deallocate(0, 2 * ONE);
            staking.measure("deallocate, with one AVS", &take, &[&admin])
        })?;
        let open = self.allocate(1, 10 * ONE);
        self.send(&open, &[&admin])?;
        let open = self.allocate(2, 10 * ONE);
        self.measure("allocate, opening an allocation", &open, &[&admin])?;
        self.warp(10);
        for n in 1..ORDINARY {
            self.send(&self.release(n), &[])?;
        }
        let add = self.allocate(0, ONE);
        self.measure("allocate", &add, &[&admin])?;
        let delegate = self.delegate(10 * ONE);
        self.measure("delegate", &delegate, &[&admin])?;
        let undelegate = self.undelegate(ONE);
        self.measure("undelegate", &undelegate, &[&admin])?;
        self.warp(10);
        let take = self.deallocate(1, 2 * ONE);
        self.measure("deallocate", &take, &[&admin])?;
        self.measure_risk("risk_report", "risk_report, of a delegation too")?;
        self.aside(|staking| {
            staking.warp(200);
            let release = staking.release(1);
            staking.measure("release", &release, &[])
        })
    }

    fn measure_risk(&mut self, pool: &str, delegation: &str) -> Result<()> {
        self.settle_down()?;
        let (keys, operator) = (self.keys, self.operator.key);
        self.bench.measure_question(pool, &keys.risk_report(None))?;
        self.bench
            .measure_question(delegation, &keys.risk_report(Some(&operator)))
    }

    pub(super) fn post_bond(&mut self, amount: u64) -> Instruction {
        let authority = self.operator.acts();
        self.bench.give(&authority, amount);
        self.keys.post_bond(&self.operator.key, &authority, amount)
    }

    fn bond(&mut self) -> Result<()> {
        let authority = self.operator.authority.insecure_clone();
        let (keys, operator) = (self.keys, self.operator.key);
        let post = self.post_bond(20 * ONE);
        self.measure("post_bond", &post, &[&authority])?;
        let withdraw = |amount| keys.withdraw_bond(&operator, &authority.pubkey(), amount);
        self.measure(
            "withdraw_bond, begins to cool",
            &withdraw(ONE),
            &[&authority],
        )?;
        self.warp(500);
        self.measure("withdraw_bond", &withdraw(ONE), &[&authority])
    }

    fn with_a_queue(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        self.request(ONE)?;
        let delegate = self.delegate(ONE);
        self.measure("delegate, with a queue", &delegate, &[&admin])?;
        let add = self.allocate(0, ONE);
        self.measure("allocate, with a queue", &add, &[&admin])
    }

    /// All places of the pool's table are taken, and the delegation has an allocation in each.
    fn fill(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        self.send(&self.delegate(20 * ONE), &[&admin])?;
        for n in ORDINARY..ALL {
            let (base, authority) = (
                self.avss[n].base.insecure_clone(),
                self.avss[n].authority.insecure_clone(),
            );
            self.send(&self.register_avs(n), &[&authority, &base])?;
            self.send(&self.propose_avs(n, 5_000), &[&admin])?;
            for side in [Side::Operator, Side::Avs] {
                let (opt_in, authority) = self.opt_in(n, side);
                self.send(&opt_in, &[&authority])?;
            }
        }
        self.wait_timelock()?;
        for n in ORDINARY..ALL {
            let apply = self.keys.apply_avs(&self.avss[n].key);
            self.send(&apply, &[])?;
            let open = self.allocate(n, 3 * ONE);
            self.send(&open, &[&admin])?;
        }
        self.warp(10);
        for n in ORDINARY..ALL {
            self.send(&self.release(n), &[])?;
        }
        Ok(())
    }

    fn sixteen(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        self.measure_risk(
            "risk_report, 16 AVSs",
            "risk_report, 16 AVSs, of a delegation too",
        )?;
        self.measure_yield("yield_report, 16 AVSs", ALL)?;
        self.aside(|staking| {
            let delegate = staking.delegate(ONE);
            staking.measure("delegate, 16 AVSs", &delegate, &[&admin])?;
            let undelegate = staking.undelegate(ONE);
            staking.measure("undelegate, 16 AVSs", &undelegate, &[&admin])?;
            let add = staking.allocate(15, ONE);
            staking.measure("allocate, 16 AVSs", &add, &[&admin])?;
            staking.warp(10);
            let take = staking.deallocate(15, ONE);
            staking.measure("deallocate, 16 AVSs", &take, &[&admin])
        })?;
        self.grow()
    }

    /// The worst in everything from here on: 100 million tokens, so that products leave 64 bits, a leverage of 1.5, a
    /// bond asked for.
    fn grow(&mut self) -> Result<()> {
        let (user, admin) = (self.user.insecure_clone(), self.admin.insecure_clone());
        let (keys, key) = (self.keys, user.pubkey());
        self.bench.give(&key, 200 * MILLION);
        self.send(&keys.deposit(&key, 100 * MILLION, 0), &[&user])?;
        let authority = self.operator.authority.insecure_clone();
        let post = self.post_bond(10 * MILLION);
        self.send(&post, &[&authority])?;
        let mut lrt = self.lrt()?;
        lrt.params.leverage_bps = 15_000;
        lrt.params.bond_multiple = 10;
        self.bench.vm.set_state(&keys.lrt, &lrt)?;
        self.send(&self.delegate(80 * MILLION), &[&admin])?;
        for _ in 0..3 {
            self.skip_epochs(1); // caps follow what was there at the ends of two epochs
            self.send(&keys.accrue(), &[])?;
        }
        for n in 0..ALL {
            self.send(&self.allocate(n, 7 * MILLION), &[&admin])?;
        }
        self.warp(10);
        self.measure_risk(
            "risk_report, at worst",
            "risk_report, at worst, of a delegation too",
        )
    }

    /// All but one of the release slots that can be pending are, in an allocation, in the first slot of an epoch: that slot.
    pub(super) fn seven_coolings(&mut self, n: usize, amount: u64) -> Result<u64> {
        let admin = self.admin.insecure_clone();
        // A slot that is first in its epoch and 10 past the grid: then the first of eight is not yet over.
        let mut last = self.slot() / EPOCH * EPOCH + 2 * EPOCH;
        while last % GRID != 10 {
            last += EPOCH;
        }
        let first = last - 109;
        for place in 0..7 {
            self.bench.vm.set_slot(first + place * GRID);
            let take = self.deallocate(n, amount);
            self.send(&take, &[&admin])?;
        }
        Ok(last)
    }

    /// The first write of an epoch, a queue, eight coolings, and all that [`Self::grow`] has made worse.
    fn at_worst(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        self.request(ONE)?;
        self.aside(|staking| {
            staking.skip_epochs(1);
            let delegate = staking.delegate(ONE);
            staking.measure_now("delegate, at worst", &delegate, &[&admin])?;
            staking.skip_epochs(1);
            let undelegate = staking.undelegate(ONE);
            staking.measure_now("undelegate, at worst", &undelegate, &[&admin])
        })?;
        let last = self.seven_coolings(15, MILLION / 10)?;
        self.aside(|staking| {
            staking.bench.vm.set_slot(last);
            let take = staking.deallocate(15, MILLION / 10);
            staking.measure_now("deallocate, at worst", &take, &[&admin])
        })?;
        self.bench.vm.set_slot(last - 4);
        let take = self.deallocate(15, MILLION / 10);
        self.send(&take, &[&admin])?;
        self.bench.vm.set_slot(last);
        let add = self.allocate(15, MILLION / 10);
        self.measure_now("allocate, at worst", &add, &[&admin])?;
        self.skip_epochs(3);
        let release = self.release(15);
        self.measure_now("release, at worst", &release, &[])
    }
}
