//! Rewards: paid in collateral, streamed in other tokens, read as a yield.

use super::{build, PoolKeys};
use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
    system_program,
};
use liquid_restaking::{accounts, instruction, ID};

/// A stream: its place in the reward book, its token and the token's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKeys {
    /// Place in the reward book.
    pub place: u8,
    /// The reward token.
    pub mint: Pubkey,
    /// Its program.
    pub token_program: Pubkey,
}

impl StreamKeys {
    /// A wallet's associated token account for the reward token.
    pub fn of(&self, wallet: &Pubkey) -> Pubkey {
        address::associated(wallet, &self.mint, &self.token_program)
    }
}

impl PoolKeys {
    /// The LRT's `RewardBook`.
    pub fn book(&self) -> Pubkey {
        address::reward_book(&self.lrt)
    }

    /// A holder's `RewardPosition`.
    pub fn position(&self, owner: &Pubkey) -> Pubkey {
        address::position(&self.book(), owner)
    }

    /// `pay_rewards`, from the payer's associated token account; signed by the AVS's authority it counts as the AVS's yield.
    pub fn pay_rewards(
        &self,
        payer: &Pubkey,
        operator: &Pubkey,
        avs: &Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = accounts::PayRewards {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            allocation: self.allocation(operator, avs),
            pool_avs: self.pool_avs(avs),
            avs: *avs,
            payer: *payer,
            collateral: self.of(payer).collateral,
            vault: self.vault,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::PayRewards { amount })
    }

    /// `collect_commission`, to the authority's associated token account.
    pub fn collect_commission(
        &self,
        operator: &Pubkey,
        authority: &Pubkey,
        collector: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CollectCommission {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            delegation: self.delegation(operator),
            operator: *operator,
            destination: self.of(authority).collateral,
            vault: self.vault,
            collector: *collector,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CollectCommission {})
    }

    /// `create_reward_book`; the admin pays.
    pub fn create_reward_book(&self, admin: &Pubkey) -> Instruction {
        let accounts = accounts::CreateRewardBook {
            lrt: self.lrt,
            admin: *admin,
            payer: *admin,
            lrt_mint: self.lrt_mint,
            book: self.book(),
            book_vault: address::reward_vault(&self.book()),
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CreateRewardBook {})
    }

    /// `close_reward_book`.
    pub fn close_reward_book(
        &self,
        admin: &Pubkey,
        fee_wallet: &Pubkey,
        rent_payer: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseRewardBook {
            lrt: self.lrt,
            admin: *admin,
            book: self.book(),
            book_vault: address::reward_vault(&self.book()),
            fee_lrt: self.of(fee_wallet).lrt,
            rent_payer: *rent_payer,
            token_program: TOKEN_PROGRAM_ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseRewardBook {})
    }

    /// `add_stream`; the admin pays for the vault.
    pub fn add_stream(
        &self,
        admin: &Pubkey,
        stream: &StreamKeys,
        slots: u64,
        allow_freeze: bool,
    ) -> Instruction {
        let accounts = accounts::AddStream {
            lrt: self.lrt,
            admin: *admin,
            payer: *admin,
            book: self.book(),
            reward_mint: stream.mint,
            stream_vault: address::stream_vault(&self.book(), stream.place),
            reward_token_program: stream.token_program,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::AddStream {
                place: stream.place,
                slots,
                allow_freeze,
            },
        )
    }

    /// `close_stream`; what rounding left goes to the fee wallet's associated token account.
    pub fn close_stream(
        &self,
        admin: &Pubkey,
        stream: &StreamKeys,
        fee_wallet: &Pubkey,
        rent_payer: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseStream {
            lrt: self.lrt,
            admin: *admin,
            book: self.book(),
            stream_vault: address::stream_vault(&self.book(), stream.place),
            fee_reward: stream.of(fee_wallet),
            rent_payer: *rent_payer,
            reward_token_program: stream.token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::CloseStream {
                place: stream.place,
            },
        )
    }

    /// `fund_stream`, from the funder's associated token account.
    pub fn fund_stream(&self, funder: &Pubkey, stream: &StreamKeys, amount: u64) -> Instruction {
        let accounts = accounts::FundStream {
            book: self.book(),
            stream_vault: address::stream_vault(&self.book(), stream.place),
            source: stream.of(funder),
            funder: *funder,
            reward_token_program: stream.token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::FundStream {
                place: stream.place,
                amount,
            },
        )
    }

    /// `stake_position`, from the owner's associated token account; the owner pays.
    pub fn stake_position(&self, owner: &Pubkey, shares: u64) -> Instruction {
        let accounts = accounts::StakePosition {
            book: self.book(),
            book_vault: address::reward_vault(&self.book()),
            position: self.position(owner),
            user_lrt: self.of(owner).lrt,
            owner: *owner,
            payer: *owner,
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::StakePosition { shares })
    }

    /// `unstake_position`, to the owner's associated token account.
    pub fn unstake_position(&self, owner: &Pubkey, shares: u64) -> Instruction {
        let accounts = accounts::UnstakePosition {
            book: self.book(),
            book_vault: address::reward_vault(&self.book()),
            position: self.position(owner),
            user_lrt: self.of(owner).lrt,
            owner: *owner,
            token_program: TOKEN_PROGRAM_ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::UnstakePosition { shares })
    }

    /// `close_position`; its rent goes to `rent_payer`, who opened it.
    pub fn close_position(&self, owner: &Pubkey, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::ClosePosition {
            book: self.book(),
            position: self.position(owner),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ClosePosition {})
    }

    /// `claim_stream`, to the owner's associated token account.
    pub fn claim_stream(
        &self,
        owner: &Pubkey,
        claimer: &Pubkey,
        stream: &StreamKeys,
    ) -> Instruction {
        let accounts = accounts::ClaimStream {
            book: self.book(),
            position: self.position(owner),
            stream_vault: address::stream_vault(&self.book(), stream.place),
            destination: stream.of(owner),
            claimer: *claimer,
            reward_token_program: stream.token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::ClaimStream {
                place: stream.place,
            },
        )
    }

    /// `yield_report` of the AVSs named; answers with a `YieldReport`.
    pub fn yield_report(&self, avss: &[Pubkey]) -> Instruction {
        let accounts = accounts::ReadYield {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
        };
        let mut instruction = build(accounts, instruction::YieldReport {});
        let metas = avss.iter().map(|avs| self.pool_avs(avs));
        let metas = metas.map(|key| AccountMeta::new_readonly(key, false));
        instruction.accounts.extend(metas);
        instruction
    }
}
