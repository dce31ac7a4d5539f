//! One builder per instruction, with the accounts a user would expect: associated token accounts, the signer as payer.
//! Whoever wants others changes the account metas, or builds with `program::accounts` directly.

mod admin;
mod holder;
mod keeper;
pub mod registry;
mod restaking;
mod rewards;
mod slashing;

pub use rewards::StreamKeys;
pub use slashing::ProposalKeys;

use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, InstructionData, ToAccountMetas,
};
use liquid_restaking::{state::WithdrawTicket, ID};

/// The addresses that almost every instruction of one pool needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolKeys {
    /// The LRT.
    pub lrt: Pubkey,
    /// Its mint.
    pub lrt_mint: Pubkey,
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// Its vault.
    pub vault: Pubkey,
    /// The collateral's mint.
    pub collateral_mint: Pubkey,
    /// The collateral's token program.
    pub collateral_token_program: Pubkey,
}

/// A ticket, its batch, and who gets its rent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketKeys {
    /// The ticket.
    pub ticket: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    /// Epoch of its batch.
    pub batch_epoch: u64,
    /// Who paid its rent.
    pub rent_payer: Pubkey,
}

/// Token accounts that a payment may go to; by default the owner's associated ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destinations {
    /// For collateral.
    pub collateral: Pubkey,
    /// For LRT.
    pub lrt: Pubkey,
}

impl TicketKeys {
    /// A ticket that was read from its account, whoever owns it by now.
    pub fn read(ticket: Pubkey, state: &WithdrawTicket) -> Self {
        Self {
            ticket,
            owner: state.owner,
            batch_epoch: state.batch_epoch,
            rent_payer: state.rent_payer,
        }
    }
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

impl PoolKeys {
    /// Derives all addresses from the two mints.
    pub fn derive(lrt_mint: Pubkey, collateral_mint: Pubkey, token_program: Pubkey) -> Self {
        let lrt = address::lrt(&lrt_mint);
        let stake_pool = address::stake_pool(&lrt, &collateral_mint);
        Self {
            lrt,
            lrt_mint,
            stake_pool,
            vault: address::vault(&stake_pool),
            collateral_mint,
            collateral_token_program: token_program,
        }
    }

    /// The ticket that `owner` opens with `nonce` in the batch of `epoch`, paying for it himself.
    pub fn ticket(&self, owner: &Pubkey, nonce: u64, epoch: u64) -> TicketKeys {
        TicketKeys {
            ticket: address::ticket(&self.stake_pool, owner, nonce).0,
            owner: *owner,
            batch_epoch: epoch,
            rent_payer: *owner,
        }
    }

    /// A wallet's associated token accounts for collateral and LRT.
    pub fn of(&self, wallet: &Pubkey) -> Destinations {
        Destinations {
            collateral: address::associated(
                wallet,
                &self.collateral_mint,
                &self.collateral_token_program,
            ),
            lrt: address::associated(wallet, &self.lrt_mint, &TOKEN_PROGRAM_ID),
        }
    }
}
