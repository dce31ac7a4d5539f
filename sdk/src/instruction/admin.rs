//! What admin, guardian and role holders do.

use super::{build, PoolKeys};
use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use liquid_restaking::{
    accounts, instruction,
    instructions::CreateLrtArgs,
    state::{Params, Pausable, RoleKind},
    ID,
};

impl PoolKeys {
    /// `create_lrt`; the mint's key signs too.
    pub fn create_lrt(&self, admin: &Pubkey, payer: &Pubkey, args: CreateLrtArgs) -> Instruction {
        let accounts = accounts::CreateLrt {
            lrt: self.lrt,
            lrt_mint: self.lrt_mint,
            admin: *admin,
            payer: *payer,
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CreateLrt { args })
    }

    /// `add_stake_pool`.
    pub fn add_stake_pool(
        &self,
        admin: &Pubkey,
        payer: &Pubkey,
        deposit_cap: u64,
        allow_freeze: bool,
    ) -> Instruction {
        let accounts = accounts::AddStakePool {
            lrt: self.lrt,
            admin: *admin,
            payer: *payer,
            stake_pool: self.stake_pool,
            collateral_mint: self.collateral_mint,
            lrt_of_collateral: address::lrt(&self.collateral_mint),
            vault: self.vault,
            sink: self.sink(),
            collateral_token_program: self.collateral_token_program,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        let data = instruction::AddStakePool {
            deposit_cap,
            allow_freeze,
        };
        build(accounts, data)
    }

    /// `propose_params`.
    pub fn propose_params(&self, admin: &Pubkey, params: Params) -> Instruction {
        build(self.by_admin(admin), instruction::ProposeParams { params })
    }

    /// `withdraw_params`.
    pub fn withdraw_params(&self, admin: &Pubkey) -> Instruction {
        build(self.by_admin(admin), instruction::WithdrawParams {})
    }

    fn by_admin(&self, admin: &Pubkey) -> accounts::ProposeParams {
        accounts::ProposeParams {
            lrt: self.lrt,
            admin: *admin,
            event_authority: address::event_authority(),
            program: ID,
        }
    }

    /// `set_deposit_cap`.
    pub fn set_deposit_cap(&self, admin: &Pubkey, cap: u64) -> Instruction {
        let accounts = accounts::SetDepositCap {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            admin: *admin,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SetDepositCap { cap })
    }

    /// `propose_role`; the default key takes a proposal back.
    pub fn propose_role(&self, holder: &Pubkey, role: RoleKind, successor: Pubkey) -> Instruction {
        let data = instruction::ProposeRole { role, successor };
        build(self.hand_over(holder), data)
    }

    /// `accept_role`.
    pub fn accept_role(&self, successor: &Pubkey, role: RoleKind) -> Instruction {
        build(self.hand_over(successor), instruction::AcceptRole { role })
    }

    fn hand_over(&self, signer: &Pubkey) -> accounts::HandOverRole {
        accounts::HandOverRole {
            lrt: self.lrt,
            signer: *signer,
            event_authority: address::event_authority(),
            program: ID,
        }
    }

    /// `set_pause`; `None` ends a pause early.
    pub fn set_pause(&self, guardian: &Pubkey, what: Pausable, slots: Option<u64>) -> Instruction {
        let accounts = accounts::SetPause {
            lrt: self.lrt,
            guardian: *guardian,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SetPause { what, slots })
    }

    /// `close_stake_pool`; what the vault still holds goes to the fee wallet's associated token account.
    pub fn close_stake_pool(
        &self,
        admin: &Pubkey,
        fee_wallet: &Pubkey,
        rent_payer: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseStakePool {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            fee_collateral: self.of(fee_wallet).collateral,
            admin: *admin,
            rent_payer: *rent_payer,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseStakePool {})
    }

    /// `close_lrt`.
    pub fn close_lrt(&self, admin: &Pubkey, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseLrt {
            lrt: self.lrt,
            admin: *admin,
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseLrt {})
    }
}
