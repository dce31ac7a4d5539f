//! Slashing, by every actor.

use super::{build, PoolKeys};
use crate::{address, NATIVE_MINT};
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use liquid_restaking::{accounts, instruction, instructions::ProposeSlashArgs, ID};

/// What a proposal is about, and the proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposalKeys {
    /// The operator.
    pub operator: Pubkey,
    /// The AVS.
    pub avs: Pubkey,
    /// Counts the AVS's proposals on the stake pool.
    pub index: u64,
}

impl PoolKeys {
    /// The `SlashProposal` of an AVS's index.
    pub fn proposal(&self, on: &ProposalKeys) -> Pubkey {
        address::proposal(&self.pool_avs(&on.avs), on.index)
    }

    fn disputed(&self, on: &ProposalKeys) -> accounts::Disputed {
        accounts::Disputed {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(&on.operator),
            allocation: self.allocation(&on.operator, &on.avs),
            pool_avs: self.pool_avs(&on.avs),
            proposal: self.proposal(on),
        }
    }

    /// `propose_slash`; `on.index` is the acceptance's `proposals`. The slasher pays for the proposal.
    pub fn propose_slash(
        &self,
        slasher: &Pubkey,
        on: &ProposalKeys,
        args: ProposeSlashArgs,
    ) -> Instruction {
        let accounts = accounts::ProposeSlash {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(&on.operator),
            allocation: self.allocation(&on.operator, &on.avs),
            pool_avs: self.pool_avs(&on.avs),
            proposal: self.proposal(on),
            slasher: *slasher,
            payer: *slasher,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ProposeSlash { args })
    }

    /// `veto_slash`, by the resolver, or by the guardian once the AVS has ended.
    pub fn veto_slash(&self, resolver: &Pubkey, on: &ProposalKeys) -> Instruction {
        let accounts = accounts::VetoSlash {
            disputed: self.disputed(on),
            resolver: *resolver,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::VetoSlash {})
    }

    /// `expire_slash`.
    pub fn expire_slash(&self, on: &ProposalKeys) -> Instruction {
        let accounts = accounts::ExpireSlash {
            disputed: self.disputed(on),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ExpireSlash {})
    }

    /// `execute_slash`; `wallet` is the destination that the stake pool has accepted, the default key for an AVS that burns.
    pub fn execute_slash(&self, on: &ProposalKeys, wallet: &Pubkey) -> Instruction {
        let accounts = accounts::ExecuteSlash {
            disputed: self.disputed(on),
            vault: self.vault,
            collateral_mint: self.collateral_mint,
            destination: (*wallet != Pubkey::default()).then(|| self.of(wallet).collateral),
            sink: self.sink(),
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ExecuteSlash {})
    }

    /// `close_proposal`; its rent goes to `rent_payer`, who proposed.
    pub fn close_proposal(&self, on: &ProposalKeys, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseProposal {
            pool_avs: self.pool_avs(&on.avs),
            proposal: self.proposal(on),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseProposal {})
    }

    /// `end_avs`.
    pub fn end_avs(&self, guardian: &Pubkey, avs: &Pubkey) -> Instruction {
        let accounts = accounts::EndAvs {
            lrt: self.lrt,
            guardian: *guardian,
            stake_pool: self.stake_pool,
            pool_avs: self.pool_avs(avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::EndAvs {})
    }

    /// Where slashed wrapped SOL goes, which can not be burned; `None` for any other collateral.
    pub fn sink(&self) -> Option<Pubkey> {
        (self.collateral_mint == NATIVE_MINT).then(|| address::sink(&self.stake_pool))
    }
}
