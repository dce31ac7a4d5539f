//! What anyone may do.

use super::{build, PoolKeys};
use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use liquid_restaking::{accounts, instruction, ID};

impl PoolKeys {
    /// `settle` of the batch of `epoch`, which must be the queue's head.
    pub fn settle(&self, epoch: u64) -> Instruction {
        let accounts = accounts::Settle {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            batch: address::batch(&self.stake_pool, epoch),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Settle {})
    }

    /// `close_batch`; its rent goes to `rent_payer`, who opened it.
    pub fn close_batch(&self, epoch: u64, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseBatch {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            batch: address::batch(&self.stake_pool, epoch),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseBatch {})
    }

    /// `collect_fees`, to the fee wallet's associated token accounts.
    pub fn collect_fees(&self, fee_wallet: &Pubkey, collector: &Pubkey) -> Instruction {
        let fee = self.of(fee_wallet);
        let accounts = accounts::CollectFees {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            fee_lrt: fee.lrt,
            fee_collateral: Some(fee.collateral),
            collector: *collector,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CollectFees {})
    }

    /// `sweep_surplus`.
    pub fn sweep_surplus(&self) -> Instruction {
        let accounts = accounts::SweepSurplus {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SweepSurplus {})
    }

    /// `accrue`.
    pub fn accrue(&self) -> Instruction {
        let accounts = accounts::Accrue {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Accrue {})
    }

    /// `apply_params`.
    pub fn apply_params(&self) -> Instruction {
        let accounts = accounts::ApplyParams {
            lrt: self.lrt,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyParams {})
    }

    /// `apply_deposit_cap`.
    pub fn apply_deposit_cap(&self) -> Instruction {
        let accounts = accounts::ApplyDepositCap {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyDepositCap {})
    }

    /// `check_invariants`; answers a `state::InvariantReport`.
    pub fn check_invariants(&self) -> Instruction {
        let accounts = accounts::CheckInvariants {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            lrt_mint: self.lrt_mint,
        };
        build(accounts, instruction::CheckInvariants {})
    }
}
