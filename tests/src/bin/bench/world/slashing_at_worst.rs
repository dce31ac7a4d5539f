//! Slashes among 16 AVSs, with numbers whose products leave 64 bits, in the first slot of an epoch.

use super::{
    restaking::MILLION,
    slashing::VETO,
    staking::{Staking, URI},
};
use anyhow::{Context, Result};
use liquid_restaking_sdk::program::state::Delegation;
use solana_signer::Signer;

/// The AVS with the last place in the pool's table.
const LAST: usize = 15;

impl Staking<'_> {
    /// Somebody waits in the queue, the bond pays a part, and the slash takes eight coolings and some stake.
    pub(super) fn slashes_at_worst(&mut self) -> Result<()> {
        let (admin, slasher) = (self.admin.insecure_clone(), self.slasher(LAST));
        self.request(super::ONE)?;
        let last = self.seven_coolings(LAST, MILLION / 20)?;
        self.small_bond(MILLION / 10)?;
        let amount = 7 * MILLION / 10;
        let (propose, on) = self.propose_slash(LAST, amount, URI)?;
        self.aside(|staking| {
            staking.bench.vm.set_slot(last);
            staking.measure_now("propose_slash, at worst", &propose, &[&slasher])?;
            let veto = staking.keys.veto_slash(&admin.pubkey(), &on);
            staking
                .aside(|staking| staking.measure_now("veto_slash, at worst", &veto, &[&admin]))?;
            staking.skip_epochs(1);
            let expire = staking.keys.expire_slash(&on);
            staking.measure_now("expire_slash, at worst", &expire, &[])
        })?;
        self.bench.vm.set_slot(last - VETO);
        self.send(&propose, &[&slasher])?;
        self.bench.vm.set_slot(last - 4);
        let take = self.deallocate(LAST, MILLION / 20);
        self.send(&take, &[&admin])?;
        self.bench.vm.set_slot(last);
        let wallet = self.destination(LAST);
        self.bench.give(&wallet, 0);
        let execute = self.execute_slash(LAST, &on);
        self.measure_now("execute_slash, at worst", &execute, &[])
    }

    /// As if the operator had posted no more than that.
    fn small_bond(&mut self, bond: u64) -> Result<()> {
        let key = self.keys.delegation(&self.operator.key);
        let mut delegation: Delegation = self.bench.vm.state(&key).context("a delegation")?;
        let mut pool = self.pool()?;
        pool.bonds = pool.bonds - delegation.bond + bond;
        delegation.bond = bond;
        self.bench.vm.set_state(&self.keys.stake_pool, &pool)?;
        self.bench.vm.set_state(&key, &delegation)
    }
}
