//! What a stake pool accepts, delegates and allocates, and what anyone may do about it.

use super::{build, PoolKeys};
use crate::address;
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use liquid_restaking::{accounts, instruction, ID};

impl PoolKeys {
    /// The `Delegation` to an operator.
    pub fn delegation(&self, operator: &Pubkey) -> Pubkey {
        address::delegation(&self.stake_pool, operator)
    }

    /// The `PoolAvs` of an AVS.
    pub fn pool_avs(&self, avs: &Pubkey) -> Pubkey {
        address::pool_avs(&self.stake_pool, avs)
    }

    /// The `Allocation` of an operator's stake to an AVS.
    pub fn allocation(&self, operator: &Pubkey, avs: &Pubkey) -> Pubkey {
        address::allocation(&self.delegation(operator), avs)
    }

    /// `set_operator_cap`; the admin pays for the delegation.
    pub fn set_operator_cap(&self, admin: &Pubkey, operator: &Pubkey, cap: u64) -> Instruction {
        let accounts = accounts::SetOperatorCap {
            lrt: self.lrt,
            admin: *admin,
            stake_pool: self.stake_pool,
            operator: *operator,
            delegation: self.delegation(operator),
            payer: *admin,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SetOperatorCap { cap })
    }

    /// `apply_operator_cap`.
    pub fn apply_operator_cap(&self, operator: &Pubkey) -> Instruction {
        let accounts = accounts::ApplyOperatorCap {
            delegation: self.delegation(operator),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyOperatorCap {})
    }

    /// `propose_avs`; the admin pays for the acceptance.
    pub fn propose_avs(&self, admin: &Pubkey, avs: &Pubkey, cap_bps: u16) -> Instruction {
        let accounts = accounts::ProposeAvs {
            lrt: self.lrt,
            admin: *admin,
            stake_pool: self.stake_pool,
            avs: *avs,
            pool_avs: self.pool_avs(avs),
            payer: *admin,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ProposeAvs { cap_bps })
    }

    /// `apply_avs`.
    pub fn apply_avs(&self, avs: &Pubkey) -> Instruction {
        let accounts = accounts::ApplyAvs {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            pool_avs: self.pool_avs(avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyAvs {})
    }

    /// `lower_avs_cap`.
    pub fn lower_avs_cap(&self, admin: &Pubkey, avs: &Pubkey, cap_bps: u16) -> Instruction {
        let accounts = accounts::LowerAvsCap {
            lrt: self.lrt,
            admin: *admin,
            stake_pool: self.stake_pool,
            pool_avs: self.pool_avs(avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::LowerAvsCap { cap_bps })
    }

    /// `delegate`.
    pub fn delegate(&self, manager: &Pubkey, operator: &Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::Delegate {
            lrt: self.lrt,
            manager: *manager,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Delegate { amount })
    }

    /// `undelegate`.
    pub fn undelegate(&self, manager: &Pubkey, operator: &Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::Undelegate {
            lrt: self.lrt,
            manager: *manager,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Undelegate { amount })
    }

    /// `allocate`; the manager pays for the allocation.
    pub fn allocate(
        &self,
        manager: &Pubkey,
        operator: &Pubkey,
        avs: &Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = accounts::Allocate {
            lrt: self.lrt,
            manager: *manager,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            pool_avs: self.pool_avs(avs),
            opt_in: address::opt_in(operator, avs),
            allocation: self.allocation(operator, avs),
            payer: *manager,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Allocate { amount })
    }

    /// `deallocate`.
    pub fn deallocate(
        &self,
        manager: &Pubkey,
        operator: &Pubkey,
        avs: &Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = accounts::Deallocate {
            lrt: self.lrt,
            manager: *manager,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            allocation: self.allocation(operator, avs),
            pool_avs: self.pool_avs(avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Deallocate { amount })
    }

    /// `release`.
    pub fn release(&self, operator: &Pubkey, avs: &Pubkey) -> Instruction {
        let accounts = accounts::Release {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            allocation: self.allocation(operator, avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Release {})
    }

    /// `open_round`; `head` is the epoch of the queue's head.
    pub fn open_round(&self, head: u64) -> Instruction {
        let accounts = accounts::OpenRound {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            batch: address::batch(&self.stake_pool, head),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::OpenRound {})
    }

    /// `force_deallocate`.
    pub fn force_deallocate(&self, operator: &Pubkey, avs: &Pubkey) -> Instruction {
        let accounts = accounts::ForceDeallocate {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            allocation: self.allocation(operator, avs),
            pool_avs: self.pool_avs(avs),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ForceDeallocate {})
    }

    /// `force_undelegate`; `head`, the epoch of the queue's head, is needed unless the operator has retired.
    pub fn force_undelegate(&self, operator: &Pubkey, head: Option<u64>) -> Instruction {
        let accounts = accounts::ForceUndelegate {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            batch: head.map(|epoch| address::batch(&self.stake_pool, epoch)),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ForceUndelegate {})
    }

    /// `close_allocation`; its rent goes to `rent_payer`, who opened it.
    pub fn close_allocation(
        &self,
        operator: &Pubkey,
        avs: &Pubkey,
        rent_payer: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseAllocation {
            delegation: self.delegation(operator),
            pool_avs: self.pool_avs(avs),
            allocation: self.allocation(operator, avs),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseAllocation {})
    }

    /// `close_delegation`; its rent goes to `rent_payer`, who opened it.
    pub fn close_delegation(&self, operator: &Pubkey, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseDelegation {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseDelegation {})
    }

    /// `close_pool_avs`; its rent goes to `rent_payer`, who opened it.
    pub fn close_pool_avs(&self, avs: &Pubkey, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::ClosePoolAvs {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            pool_avs: self.pool_avs(avs),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ClosePoolAvs {})
    }

    /// `post_bond`, from the authority's associated token account.
    pub fn post_bond(&self, operator: &Pubkey, authority: &Pubkey, amount: u64) -> Instruction {
        build(
            self.bond(operator, authority),
            instruction::PostBond { amount },
        )
    }

    /// `withdraw_bond`, to the authority's associated token account.
    pub fn withdraw_bond(&self, operator: &Pubkey, authority: &Pubkey, amount: u64) -> Instruction {
        build(
            self.bond(operator, authority),
            instruction::WithdrawBond { amount },
        )
    }

    fn bond(&self, operator: &Pubkey, authority: &Pubkey) -> accounts::Bond {
        accounts::Bond {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            authority: *authority,
            collateral: self.of(authority).collateral,
            vault: self.vault,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        }
    }

    /// `risk_report`, of one operator's delegation too if it is named; answers with a `RiskReport`.
    pub fn risk_report(&self, operator: Option<&Pubkey>) -> Instruction {
        let accounts = accounts::ReadRisk {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: operator.map(|operator| self.delegation(operator)),
        };
        build(accounts, instruction::RiskReport {})
    }
}
