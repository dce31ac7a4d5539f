//! Slashes and rewards, for tests that are about something else.

use crate::{Avs, Operator, World};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::ProposeSlashArgs,
        state::{SlashProposal, YieldReport},
    },
    Instruction, ProposalKeys,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl World {
    /// The proposal that the AVS's slasher would make now, and its keys.
    pub async fn proposal_instruction(
        &mut self,
        operator: &Operator,
        avs: &Avs,
        amount: u64,
    ) -> (Instruction, ProposalKeys) {
        let on = ProposalKeys {
            operator: operator.key,
            avs: avs.key,
            index: self.pool_avs(avs).await.proposals,
        };
        let args = ProposeSlashArgs {
            amount,
            evidence: [7; 32],
            uri: "ipfs://evidence".to_owned(),
        };
        let slasher = avs.slasher.pubkey();
        (self.keys.propose_slash(&slasher, &on, args), on)
    }

    /// A proposal that must succeed.
    pub async fn propose_slash(
        &mut self,
        operator: &Operator,
        avs: &Avs,
        amount: u64,
    ) -> ProposalKeys {
        let (propose, on) = self.proposal_instruction(operator, avs, amount).await;
        self.send(&[propose], &[&avs.slasher]).await;
        on
    }

    /// A veto that must succeed.
    pub async fn veto_slash(&mut self, on: &ProposalKeys, avs: &Avs) {
        let veto = self.keys.veto_slash(&avs.resolver.pubkey(), on);
        self.send(&[veto], &[&avs.resolver]).await;
    }

    /// An execution that must succeed, of an AVS that burns.
    pub async fn execute_slash(&mut self, on: &ProposalKeys) {
        let execute = self.keys.execute_slash(on, &Pubkey::default());
        self.send(&[execute], &[]).await;
    }

    /// Proposes, waits out the veto window, executes.
    pub async fn slash(&mut self, operator: &Operator, avs: &Avs, amount: u64) -> ProposalKeys {
        let on = self.propose_slash(operator, avs, amount).await;
        let proposal = self.proposal(&on).await;
        self.warp(proposal.execution_slot - proposal.proposed_slot)
            .await;
        self.execute_slash(&on).await;
        on
    }

    /// A proposal.
    pub async fn proposal(&mut self, on: &ProposalKeys) -> SlashProposal {
        let key = self.keys.proposal(on);
        self.state(&key).await.expect("the proposal")
    }

    /// A reward that must succeed, out of collateral that `payer` is given.
    pub async fn pay_rewards(
        &mut self,
        payer: &Keypair,
        operator: &Operator,
        avs: &Avs,
        amount: u64,
    ) {
        let keys = self.keys;
        let owner = payer.pubkey();
        self.fund(&owner);
        let own = keys.of(&owner).collateral;
        self.create_token_account(&own, &keys.collateral_mint, &owner, amount);
        let pay = keys.pay_rewards(&owner, &operator.key, &avs.key, amount);
        self.send(&[pay], &[payer]).await;
    }

    /// The yield's counters now.
    pub async fn yield_report(&mut self, avss: &[&Avs]) -> YieldReport {
        let keys: Vec<_> = avss.iter().map(|avs| avs.key).collect();
        let read = self.keys.yield_report(&keys);
        self.ask(read).await.expect("a report")
    }
}
