//! One event per state change, emitted by a call of the program to itself, which no RPC node truncates.
//!
//! Where a value changes, the event carries it before and after: the state can be rebuilt from the events.

mod liquidity;
mod registry;
mod restaking;
mod rewards;
mod slashing;

pub use liquidity::*;
pub use registry::*;
pub use restaking::*;
pub use rewards::*;
pub use slashing::*;

use anchor_lang::{prelude::*, solana_program::instruction::Instruction, Event};

/// Emits as Anchor's `emit_cpi!` does, byte for byte (`emit_cpi!` copies the data twice, byte by byte, which costs
/// more than the call). State is written before: no reference into an account outlives this.
///
/// # Errors
/// What the call returns, which is none while `event_authority` is checked (`#[event_cpi]` does).
pub fn emit<E: Event>(event_authority: &AccountInfo, event: &E) -> Result<()> {
    let mut data = Vec::with_capacity(512);
    data.extend_from_slice(anchor_lang::event::EVENT_IX_TAG_LE);
    data.extend_from_slice(E::DISCRIMINATOR);
    event.serialize(&mut data)?;
    let instruction = Instruction {
        program_id: crate::ID,
        accounts: vec![AccountMeta::new_readonly(*event_authority.key, true)],
        data,
    };
    anchor_lang::solana_program::program::invoke_signed_unchecked(
        &instruction,
        core::slice::from_ref(event_authority),
        &[&[b"__event_authority", &[crate::EVENT_AUTHORITY_AND_BUMP.1]]],
    )?;
    Ok(())
}
