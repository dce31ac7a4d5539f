//! What admin, guardian and keepers do, on the built program under solana-program-test: one file per instruction.

mod accrue;
mod add_stake_pool;
mod check_invariants;
mod close_batch;
mod closing;
mod collect_fees;
mod create_lrt;
mod deposit_cap;
mod params;
mod pause;
mod roles;
mod settle;
mod sweep_surplus;
