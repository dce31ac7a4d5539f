//! `lrt scenario`: a list of steps on the real program in an embedded VM, one JSON line a step.

mod check;
mod fields;
mod format;
mod invariants;
mod observe;
mod ops;
mod report;
mod runner;
mod strict;
mod table;

pub use check::{parse, Malformed};
pub use format::{Op, Paused, Scenario, Setup, Step};
pub use report::{Line, Summary};
pub use runner::Runner;
pub use table::{holdings, print_table, right_align, table};
