//! What `lrt` is made of, for tests and benchmarks to use as well.

pub mod cluster;
pub mod commands;
pub mod demo;
pub mod program_file;
pub mod scenario;
pub mod vm;
