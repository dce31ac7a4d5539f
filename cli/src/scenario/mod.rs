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
mod runner;
mod strict;
mod table;

pub use check::{parse, Malformed};
pub use format::{Scenario, Setup, Step};
pub use op::{Op, Paused};
pub use report::{Line, Summary};
pub use runner::Runner;
pub use table::{allocations, holdings, print_table, right_align, table};
