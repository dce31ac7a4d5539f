use crate::{
    error::RestakingError,
    events::{emit, PauseChanged},
    state::{Lrt, Pausable},
};
use anchor_lang::prelude::*;

/// The guardian pauses deposits or instant exits for a bounded time, or ends a pause early.
///
/// Specification:
/// - a pause ends by itself, three days after it began at the latest
/// - no new one can begin for three times its length, and a running one can not be prolonged
/// - requests, settlement, cancels and claims can not be paused
#[event_cpi]
#[derive(Accounts)]
pub struct SetPause<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.guardian.holder == guardian.key() @ RestakingError::NotGuardian,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The guardian.
    pub guardian: Signer<'info>,
}

impl SetPause<'_> {
    /// Begins a pause of `slots`; `None` ends the one that runs.
    pub fn handler(ctx: Context<Self>, what: Pausable, slots: Option<u64>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (old, new) = {
            let mut lrt = accounts.lrt.load_mut()?;
            let pause = lrt.pause_mut(what);
            let old = *pause;
            match slots {
                Some(slots) => pause.begin(slot, slots)?,
                None => pause.end(slot)?,
            }
            (old, *pause)
        };
        let event = PauseChanged::new(accounts.lrt.key(), what, old, new);
        emit(&accounts.event_authority, &event)
    }
}
