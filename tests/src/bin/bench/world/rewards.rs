//! Rewards in collateral, commissions, and the yield that they make.

use super::{
    restaking::MILLION,
    staking::{Staking, ALL, ORDINARY},
};
use anyhow::Result;
use liquid_restaking_sdk::Instruction;
use liquid_restaking_tests::ONE;
use solana_keypair::Keypair;
use solana_signer::Signer;

impl Staking<'_> {
    pub(super) fn rewards(&mut self) -> Result<()> {
        let (avs, stranger) = (
            self.avss[0].authority.insecure_clone(),
            self.user.insecure_clone(),
        );
        let pay = self.pay_rewards(0, &avs, ONE);
        self.measure("pay_rewards", &pay, &[&avs])?;
        let pay = self.pay_rewards(0, &stranger, ONE);
        self.measure("pay_rewards, unsigned by the AVS", &pay, &[&stranger])?;
        self.measure_yield("yield_report", ORDINARY)?;

        let authority = self.operator.authority.insecure_clone();
        self.bench.give(&authority.pubkey(), 0);
        let (operator, keys) = (self.operator.key, self.keys);
        let collect =
            |by: &Keypair| keys.collect_commission(&operator, &authority.pubkey(), &by.pubkey());
        self.aside(|staking| {
            let by_stranger = collect(&stranger);
            let name = "collect_commission, by a stranger";
            staking.measure(name, &by_stranger, &[&stranger])
        })?;
        let by_itself = collect(&authority);
        self.measure("collect_commission", &by_itself, &[&authority])
    }

    /// The first write of an epoch, among 16 AVSs, products that leave 64 bits.
    pub(super) fn rewards_at_worst(&mut self) -> Result<()> {
        let (avs, stranger) = (
            self.avss[ALL - 1].authority.insecure_clone(),
            self.user.insecure_clone(),
        );
        for (name, payer) in [
            ("pay_rewards, at worst", avs),
            ("pay_rewards, at worst, unsigned by the AVS", stranger),
        ] {
            let pay = self.pay_rewards(ALL - 1, &payer, MILLION);
            self.skip_epochs(1);
            self.measure_now(name, &pay, &[&payer])?;
        }
        self.skip_epochs(1);
        let (keys, avss) = (self.keys, self.addresses(ALL));
        let read = keys.yield_report(&avss);
        self.bench
            .measure_question("yield_report, at worst", &read)?;
        self.measure_now("accrue, at worst", &keys.accrue(), &[])
    }

    pub(super) fn measure_yield(&mut self, name: &str, count: usize) -> Result<()> {
        self.settle_down()?;
        let read = self.keys.yield_report(&self.addresses(count));
        self.bench.measure_question(name, &read)
    }

    fn pay_rewards(&mut self, n: usize, payer: &Keypair, amount: u64) -> Instruction {
        let (payer, avs) = (payer.pubkey(), self.avss[n].key);
        self.bench.give(&payer, amount);
        self.keys
            .pay_rewards(&payer, &self.operator.key, &avs, amount)
    }
}
