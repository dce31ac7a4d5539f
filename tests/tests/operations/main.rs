//! What admin, guardian and keepers do, on the built program under solana-program-test: one file per instruction.
