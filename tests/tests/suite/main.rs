//! The built program under solana-program-test: one file per instruction, and the long journeys.

mod deposit;
