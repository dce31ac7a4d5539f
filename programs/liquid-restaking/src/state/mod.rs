//! One file per account: its fields, its invariants, and every rule as a method on plain numbers.
//!
//! No rule here sees an account info, a signer or a clock: instructions check who acts and when, and call one rule.

mod lrt;
mod signers;
mod stake_pool;
mod timelock;
mod withdraw_batch;
mod withdraw_ticket;

pub use lrt::*;
pub use signers::*;
pub use stake_pool::*;
pub use timelock::*;
pub use withdraw_batch::*;
pub use withdraw_ticket::*;

#[cfg(test)]
pub(crate) mod fixtures;
