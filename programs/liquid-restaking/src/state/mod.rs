//! One file per account: its fields, its invariants, and every rule as a method on plain numbers.
//!
//! No rule here sees an account info, a signer or a clock: instructions check who acts and when, and call one rule.

mod allocation;
mod avs;
mod cap;
mod delegation;
mod lrt;
mod operator;
mod opt_in;
mod pool_avs;
mod reward_book;
mod signers;
mod slash_bucket;
mod slash_proposal;
mod stake_pool;
mod timelock;
mod uri;
mod withdraw_batch;
mod withdraw_ticket;

pub use allocation::*;
pub use avs::*;
pub use cap::*;
pub use delegation::*;
pub use lrt::*;
pub use operator::*;
pub use opt_in::*;
pub use pool_avs::*;
pub use reward_book::*;
pub use signers::*;
pub use slash_bucket::*;
pub use slash_proposal::*;
pub use stake_pool::*;
pub use timelock::*;
pub use uri::*;
pub use withdraw_batch::*;
pub use withdraw_ticket::*;

#[cfg(test)]
pub(crate) mod fixtures;
