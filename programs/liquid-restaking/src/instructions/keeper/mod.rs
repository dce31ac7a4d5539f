//! Anyone: what keeps the LRT moving needs no role.

mod accrue;
mod check_invariants;
mod close_allocation;
mod close_batch;
mod close_delegation;
mod close_opt_in;
mod close_pool_avs;
mod close_proposal;
mod collect_fees;
mod execute_slash;
mod expire_slash;
mod force_deallocate;
mod force_undelegate;
mod open_round;
mod release;
mod settle;
mod sweep_surplus;

pub use accrue::*;
pub use check_invariants::*;
pub use close_allocation::*;
pub use close_batch::*;
pub use close_delegation::*;
pub use close_opt_in::*;
pub use close_pool_avs::*;
pub use close_proposal::*;
pub use collect_fees::*;
pub use execute_slash::*;
pub use expire_slash::*;
pub use force_deallocate::*;
pub use force_undelegate::*;
pub use open_round::*;
pub use release::*;
pub use settle::*;
pub use sweep_surplus::*;
