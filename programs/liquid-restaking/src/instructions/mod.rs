//! One folder per actor, one file per instruction: arguments, accounts, checks, one call into `state`, token calls,
//! one event.

pub mod account;
pub mod token;

mod admin;
mod avs;
mod depositor;
mod dispute;
mod keeper;
mod manager;
mod operator;

pub use admin::*;
pub use avs::*;
pub use depositor::*;
pub use dispute::*;
pub use keeper::*;
pub use manager::*;
pub use operator::*;
