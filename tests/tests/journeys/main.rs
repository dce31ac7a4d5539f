//! Long journeys on the built program under solana-program-test.
