use crate::{
    error::RestakingError,
    events::{emit, SlashFailed},
    instructions::dispute::*,
    state::SlashState,
};
use anchor_lang::prelude::*;

/// The resolver vetoes a proposal.
///
/// Specification:
/// - by the resolver that the stake pool has accepted, or by the guardian once it has ended the AVS
/// - while slot < proposed + veto window
/// - lock and room come back, the AVS is blocked; what exits left behind meanwhile belongs to those who stayed
#[event_cpi]
#[derive(Accounts)]
pub struct VetoSlash<'info> {
    /// The proposal, and what it is about.
    pub disputed: Disputed<'info>,
    /// The resolver, or the guardian.
    pub resolver: Signer<'info>,
}

impl VetoSlash<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let signer = accounts.resolver.key();
        let event = accounts.disputed.rule(slot, |lrt, on| {
            let by_guardian = on.pool_avs.ended_slot != 0 && signer == lrt.guardian.holder;
            require!(
                signer == on.pool_avs.accepted.resolver || by_guardian,
                RestakingError::NotResolver
            );
            lrt.fail_slash(on, SlashState::Vetoed, slot)?;
            SlashFailed::new(accounts.disputed.proposal.key(), lrt, on)
        })?;
        emit(&accounts.event_authority, &event)
    }
}
