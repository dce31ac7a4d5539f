//! What holders do, on the built program under solana-program-test: one file per instruction.

mod deposit;
