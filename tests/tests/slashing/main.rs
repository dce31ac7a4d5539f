//! Slashing on the built program: one file per instruction, and one for each thing that several of them are about.

mod accounts;
mod blocks;
mod bucket;
mod close_proposal;
mod court;
mod destination;
mod end_avs;
mod execute_slash;
mod expire_slash;
mod proposal;
mod propose_slash;
mod token_2022;
mod veto_slash;
mod wrapped_sol;
