//! The operations of a slash.

use super::runner::{user_key, Failure, Runner};
use liquid_restaking_sdk::{
    program::{instructions::ProposeSlashArgs, state::PoolAvs},
    ProposalKeys,
};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Whoever may veto an AVS's proposals. No user of a file has its name unless the file wants it.
pub(super) fn resolver_key(avs: &str) -> Keypair {
    user_key(&format!("{avs} resolver"))
}

impl Runner {
    /// The last proposal on an operator's allocation to an AVS; `NotFound` when there never was one.
    pub(super) fn proposal(&self, operator: &str, avs: &str) -> Result<ProposalKeys, Failure> {
        let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
        let own = |on: &&ProposalKeys| (on.operator, on.avs) == (operator, avs);
        let last = self.proposals.iter().rev().find(own);
        last.copied().ok_or_else(|| Failure::named("NotFound"))
    }

    /// By the AVS itself, which is its own slasher here. Proposals are counted per AVS, over all its allocations.
    pub(super) fn propose_slash(
        &mut self,
        operator: &str,
        avs: &str,
        amount: u64,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let slasher = user_key(avs);
        let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
        let accepted: PoolAvs = self.existing(&self.keys.pool_avs(&avs))?;
        let on = ProposalKeys {
            operator,
            avs,
            index: accepted.proposals,
        };
        let args = ProposeSlashArgs {
            amount,
            evidence: Sha256::digest(on.index.to_le_bytes()).into(),
            uri: String::new(),
        };
        let propose = self.keys.propose_slash(&slasher.pubkey(), &on, args);
        self.send(vec![propose], &[&slasher], as_name)?;
        self.proposals.push(on);
        Ok(())
    }

    pub(super) fn veto_slash(
        &mut self,
        operator: &str,
        avs: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let on = self.proposal(operator, avs)?;
        let resolver = resolver_key(avs);
        let veto = self.keys.veto_slash(&resolver.pubkey(), &on);
        self.send(vec![veto], &[&resolver], as_name)
    }

    /// By a keeper, who pays nothing and signs nothing. The tokens go where the AVS sends them.
    pub(super) fn execute_slash(
        &mut self,
        operator: &str,
        avs: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let on = self.proposal(operator, avs)?;
        let accepted: PoolAvs = self.existing(&self.keys.pool_avs(&on.avs))?;
        let execute = self.keys.execute_slash(&on, &accepted.accepted.destination);
        self.send(vec![execute], &[], as_name)
    }
}
