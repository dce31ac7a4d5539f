//! Slashes: proposed, vetoed, executed, expired; an AVS that the guardian ends.

use super::{
    bump,
    staking::{Staking, BURNS, URI},
};
use anyhow::{Context, Result};
use liquid_restaking_sdk::{
    program::{instructions::ProposeSlashArgs, state::PoolAvs, SLASH_SEED},
    Instruction, ProposalKeys,
};
use liquid_restaking_tests::ONE;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Slots until a proposal may be executed.
pub(super) const VETO: u64 = 10;
/// Slots until it may no longer be.
const EXPIRY: u64 = 30;

impl Staking<'_> {
    /// Of 10 tokens allocated an AVS may slash one.
    pub(super) fn slashes(&mut self) -> Result<()> {
        self.aside(Self::end)?;
        self.aside(|staking| {
            let (propose, _) = staking.propose_slash(BURNS, ONE, &"x".repeat(128))?;
            let slasher = staking.slasher(BURNS);
            staking.measure("propose_slash, 128 bytes of URI", &propose, &[&slasher])
        })?;
        self.aside(Self::slash)?;
        self.aside(Self::slash_paid_out)?;
        self.aside(|staking| {
            let authority = staking.operator.authority.insecure_clone();
            let post = staking.post_bond(ONE / 2);
            staking.send(&post, &[&authority])?;
            let (propose, on) = staking.propose_slash(BURNS, ONE, URI)?;
            let slasher = staking.slasher(BURNS);
            staking.send(&propose, &[&slasher])?;
            staking.warp(VETO);
            let execute = staking.execute_slash(BURNS, &on);
            staking.measure("execute_slash, with a bond", &execute, &[])
        })?;
        self.aside(Self::slash_of_coolings)
    }

    fn slash(&mut self) -> Result<()> {
        let (admin, slasher) = (self.admin.insecure_clone(), self.slasher(BURNS));
        let keys = self.keys;
        let (propose, on) = self.propose_slash(BURNS, ONE, URI)?;
        self.measure("propose_slash", &propose, &[&slasher])?;
        self.aside(|staking| {
            let veto = keys.veto_slash(&admin.pubkey(), &on);
            staking.measure("veto_slash", &veto, &[&admin])
        })?;
        self.aside(|staking| {
            staking.warp(EXPIRY);
            staking.measure("expire_slash", &keys.expire_slash(&on), &[])
        })?;
        self.warp(VETO);
        let execute = self.execute_slash(BURNS, &on);
        self.measure("execute_slash", &execute, &[])?;
        let close = keys.close_proposal(&on, &slasher.pubkey());
        self.measure("close_proposal", &close, &[])
    }

    fn slash_paid_out(&mut self) -> Result<()> {
        let (slasher, wallet) = (self.slasher(0), self.destination(0));
        self.bench.give(&wallet, 0);
        let (propose, on) = self.propose_slash(0, ONE, URI)?;
        self.send(&propose, &[&slasher])?;
        self.warp(VETO);
        let execute = self.execute_slash(0, &on);
        self.measure("execute_slash, to the AVS's wallet", &execute, &[])
    }

    /// Eight coolings, all of which it takes.
    fn slash_of_coolings(&mut self) -> Result<()> {
        let (admin, slasher) = (self.admin.insecure_clone(), self.slasher(BURNS));
        let last = self.seven_coolings(BURNS, ONE / 10)?;
        self.bench.vm.set_slot(last - VETO);
        let (propose, on) = self.propose_slash(BURNS, ONE, URI)?;
        self.send(&propose, &[&slasher])?;
        self.bench.vm.set_slot(last - 4);
        let take = self.deallocate(BURNS, ONE / 10);
        self.send(&take, &[&admin])?;
        self.bench.vm.set_slot(last + 1);
        let execute = self.execute_slash(BURNS, &on);
        self.measure("execute_slash, with eight coolings", &execute, &[])
    }

    fn end(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        let end = self.keys.end_avs(&admin.pubkey(), &self.avss[BURNS].key);
        self.measure("end_avs", &end, &[&admin])
    }

    pub(super) fn slasher(&self, n: usize) -> Keypair {
        self.avss[n].authority.insecure_clone()
    }

    /// The next proposal on an AVS's allocation. As if it had proposed before, until the address is at bump 255.
    pub(super) fn propose_slash(
        &mut self,
        n: usize,
        amount: u64,
        uri: &str,
    ) -> Result<(Instruction, ProposalKeys)> {
        let avs = self.avss[n].key;
        let key = self.keys.pool_avs(&avs);
        let mut pool_avs: PoolAvs = self.bench.vm.state(&key).context("an acceptance")?;
        let is_first = |index: &u64| bump(&[SLASH_SEED, key.as_ref(), &index.to_le_bytes()]) == 255;
        pool_avs.proposals = (pool_avs.proposals..)
            .find(is_first)
            .context("half of all addresses have bump 255")?;
        self.bench.vm.set_state(&key, &pool_avs)?;
        let on = ProposalKeys {
            operator: self.operator.key,
            avs,
            index: pool_avs.proposals,
        };
        let args = ProposeSlashArgs {
            amount,
            evidence: [7; 32],
            uri: uri.to_owned(),
        };
        let propose = self.keys.propose_slash(&self.avss[n].acts(), &on, args);
        Ok((propose, on))
    }

    pub(super) fn execute_slash(&self, n: usize, on: &ProposalKeys) -> Instruction {
        self.keys.execute_slash(on, &self.destination(n))
    }
}
