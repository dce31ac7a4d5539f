//! One folder per actor, one file per instruction: arguments, accounts, checks, one call into `state`, token calls,
//! one event.

pub mod account;
pub mod token;

mod admin;
mod depositor;
mod keeper;

pub use admin::*;
pub use depositor::*;
pub use keeper::*;
