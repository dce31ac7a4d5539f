//! Operators: who they are, their bonds, and the AVSs they work for.

mod bond;
mod close_operator;
mod opt_in;
mod register_operator;
mod retire_operator;
mod update_operator;

pub use bond::*;
pub use close_operator::*;
pub use opt_in::*;
pub use register_operator::*;
pub use retire_operator::*;
pub use update_operator::*;
