//! The manager: puts collateral to work, and takes it back.

mod allocate;
mod deallocate;
mod delegate;
mod undelegate;

pub use allocate::*;
pub use deallocate::*;
pub use delegate::*;
pub use undelegate::*;
