//! Client side of the liquid restaking program: addresses, instruction builders, account readers, quotes, reports, events,
//! error names. One builder for each instruction, most of them methods of [`PoolKeys`].
//!
//! What each actor does with it, as a program to copy; all of them run on an embedded VM, with the built program:
//!
//! | actor | example | what it shows |
//! |---|---|---|
//! | holder | `cargo run --package liquid-restaking-sdk --example holder` | deposits against a quote, leaves at once, through the queue, and takes a request back |
//! | manager | `--example manager` | delegates and allocates what the queue does not need, reads the risk, takes back what an [`exit_plan`] asks for |
//! | operator | `--example operator` | registers, posts a bond, opts in, collects its commission, leaves |
//! | AVS | `--example avs` | registers, pays rewards, reads its yield ([`yields`]), proposes a slash and sees it executed |
//! | keeper | `--example keeper` | finds in the accounts what is due, and does it |
//! | integrator | `--example integrator` | values an LRT off chain, watches a dispute, reads the events |
//! | admin, guardian | `--example admin` | creates an LRT, changes a fee and a cap under the timelock, pauses deposits, hands over a role |
//!
//! ```
//! use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, PoolKeys, TOKEN_PROGRAM_ID};
//!
//! let (lrt_mint, collateral_mint, user) = (Pubkey::new_unique(), Pubkey::new_unique(), Pubkey::new_unique());
//! let keys = PoolKeys::derive(lrt_mint, collateral_mint, TOKEN_PROGRAM_ID);
//! // One token of nine decimals, for at least 0.99 LRT, from and to the user's associated token accounts.
//! let deposit = keys.deposit(&user, 1_000_000_000, 990_000_000);
//! assert_eq!(deposit.program_id, liquid_restaking_sdk::program::ID);
//! ```
//!
//! Quotes and reports are read-only instructions: simulate them and give their return data to [`decode_return`]. Each
//! builder says what it answers with.

pub mod address;
mod error;
mod event;
pub mod exit_plan;
mod instruction;
mod read;
mod token;
pub mod yields;

pub use anchor_lang;
pub use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
pub use error::error_name;
pub use event::decode_event;
pub use instruction::{registry, Destinations, PoolKeys, ProposalKeys, StreamKeys, TicketKeys};
pub use liquid_restaking as program;
pub use liquid_restaking::instructions::token::{
    ASSOCIATED_TOKEN_PROGRAM_ID, NATIVE_MINT, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
pub use read::{
    bytes_of, decode_return, read_account, token_balance, Observed, ProgramAccount, ReadError,
};
pub use token::create_associated;
