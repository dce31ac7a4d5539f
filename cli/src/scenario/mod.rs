//! `lrt scenario`: a list of steps on the real program in an embedded VM, one JSON line a step.

mod check;
mod fields;
mod format;
mod invariants;
mod observe;
mod op;
mod ops;
mod plan;
mod read_op;
mod report;
mod restaking;
mod restaking_ops;
mod reward_ops;
mod runner;
mod slashing_ops;
mod streams;
mod strict;
mod table;

pub use check::{parse, Malformed};
pub use format::{Scenario, Setup, Step};
pub use invariants::{broken, Books};
pub use op::{Op, Paused, RewardPayer};
pub use report::{Line, Summary};
pub use restaking::{Accepted, Delegated, Proposed, Restaking};
pub use runner::{Before, Runner};
pub use streams::Streams;
pub use table::{allocations, holdings, print_table, right_align, table};
