//! What holders do.

use super::{build, PoolKeys, TicketKeys};
use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use liquid_restaking::{accounts, instruction, instructions::RequestWithdrawArgs, ID};

impl PoolKeys {
    /// `deposit`, from and to the depositor's associated token accounts.
    pub fn deposit(&self, depositor: &Pubkey, amount: u64, min_shares: u64) -> Instruction {
        let own = self.of(depositor);
        let accounts = accounts::Deposit {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            depositor: *depositor,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Deposit { amount, min_shares })
    }

    /// `request_withdraw` in the LRT's current `epoch`. `tail_epoch` is that of the queue's tail batch; it is needed only
    /// when this request opens the epoch's batch behind it, and does no harm otherwise.
    pub fn request_withdraw(
        &self,
        owner: &Pubkey,
        shares: u64,
        nonce: u64,
        epoch: u64,
        tail_epoch: Option<u64>,
    ) -> Instruction {
        let (ticket, ticket_bump) = address::ticket(&self.stake_pool, owner, nonce);
        let accounts = accounts::RequestWithdraw {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            batch: address::batch(&self.stake_pool, epoch),
            tail_batch: tail_epoch
                .filter(|tail| *tail != epoch)
                .map(|tail| address::batch(&self.stake_pool, tail)),
            ticket,
            user_lrt: self.of(owner).lrt,
            owner: *owner,
            payer: *owner,
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        let args = RequestWithdrawArgs {
            shares,
            nonce,
            epoch,
            ticket_bump,
        };
        build(accounts, instruction::RequestWithdraw { args })
    }

    /// `cancel_withdraw`, to the owner's associated token accounts.
    pub fn cancel_withdraw(&self, ticket: &TicketKeys) -> Instruction {
        let own = self.of(&ticket.owner);
        let accounts = accounts::CancelWithdraw {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            batch: address::batch(&self.stake_pool, ticket.batch_epoch),
            ticket: ticket.ticket,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            owner: ticket.owner,
            rent_payer: ticket.rent_payer,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CancelWithdraw {})
    }

    /// `claim`, to the owner's associated token account; `claimer` may be anyone.
    pub fn claim(&self, ticket: &TicketKeys, claimer: &Pubkey) -> Instruction {
        let accounts = accounts::Claim {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            batch: address::batch(&self.stake_pool, ticket.batch_epoch),
            ticket: ticket.ticket,
            destination: self.of(&ticket.owner).collateral,
            claimer: *claimer,
            rent_payer: ticket.rent_payer,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Claim {})
    }

    /// `transfer_ticket`.
    pub fn transfer_ticket(&self, ticket: &TicketKeys, new_owner: &Pubkey) -> Instruction {
        let accounts = accounts::TransferTicket {
            ticket: ticket.ticket,
            owner: ticket.owner,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::TransferTicket {
                new_owner: *new_owner,
            },
        )
    }

    /// `redeem_instant`, from and to the holder's associated token accounts.
    pub fn redeem_instant(&self, holder: &Pubkey, shares: u64, min_assets: u64) -> Instruction {
        let own = self.of(holder);
        let accounts = accounts::RedeemInstant {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            holder: *holder,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::RedeemInstant { shares, min_assets })
    }

    /// `quote_deposit`; answers a `state::Minted`.
    pub fn quote_deposit(&self, amount: u64) -> Instruction {
        build(self.quote(), instruction::QuoteDeposit { amount })
    }

    /// `quote_withdraw`; answers an `instructions::WithdrawQuote`.
    pub fn quote_withdraw(&self, shares: u64) -> Instruction {
        build(self.quote(), instruction::QuoteWithdraw { shares })
    }

    /// `quote_instant`; answers a `state::InstantExit`.
    pub fn quote_instant(&self, shares: u64) -> Instruction {
        build(self.quote(), instruction::QuoteInstant { shares })
    }

    fn quote(&self) -> accounts::Quote {
        accounts::Quote {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
        }
    }
}
