//! Slashing on the built program.

mod execute_slash;
