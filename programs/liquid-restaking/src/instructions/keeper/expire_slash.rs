use crate::{
    events::{emit, SlashFailed},
    instructions::dispute::*,
    state::SlashState,
};
use anchor_lang::prelude::*;

/// Ends a proposal that nobody executed in time.
///
/// Specification:
/// - anyone may, from proposed + veto window + execution window on
/// - as a veto: lock and room come back, the AVS is blocked
#[event_cpi]
#[derive(Accounts)]
pub struct ExpireSlash<'info> {
    /// The proposal, and what it is about.
    pub disputed: Disputed<'info>,
}

impl ExpireSlash<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = accounts.disputed.rule(slot, |lrt, on| {
            lrt.fail_slash(on, SlashState::Expired, slot)?;
            SlashFailed::new(accounts.disputed.proposal.key(), lrt, on)
        })?;
        emit(&accounts.event_authority, &event)
    }
}
