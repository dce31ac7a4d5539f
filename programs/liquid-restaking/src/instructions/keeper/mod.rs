//! Anyone: what keeps the LRT moving needs no role.

mod accrue;
mod check_invariants;
mod close_batch;
mod collect_fees;
mod settle;
mod sweep_surplus;

pub use accrue::*;
pub use check_invariants::*;
pub use close_batch::*;
pub use collect_fees::*;
pub use settle::*;
pub use sweep_surplus::*;
