//! Client side of the liquid restaking program: addresses, instruction builders, account readers, quotes, error names.
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

pub mod address;
mod error;
pub mod exit_plan;
mod instruction;
mod read;
pub mod yields;

pub use anchor_lang;
pub use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
pub use error::error_name;
pub use instruction::{registry, Destinations, PoolKeys, ProposalKeys, StreamKeys, TicketKeys};
pub use liquid_restaking as program;
pub use liquid_restaking::instructions::token::{
    ASSOCIATED_TOKEN_PROGRAM_ID, NATIVE_MINT, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
pub use read::{
    bytes_of, decode_return, read_account, token_balance, Observed, ProgramAccount, ReadError,
};
