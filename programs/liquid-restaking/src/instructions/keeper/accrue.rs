use crate::{
    error::RestakingError,
    events::{emit, Accrued},
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Releases what has dripped since the last write. Every instruction that writes a stake pool does this first; on its
/// own it is never an error, and emits an event only when something was released.
#[event_cpi]
#[derive(Accounts)]
pub struct Accrue<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool whose part is booked.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
}

impl Accrue<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (before, released, after) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let before = lrt.totals()?;
            let released = lrt.accrue(&mut *accounts.stake_pool.load_mut()?, slot)?;
            (before, released, lrt.totals()?)
        };
        if released == 0 {
            return Ok(());
        }
        let event = Accrued {
            lrt: accounts.lrt.key(),
            released,
            before,
            after,
        };
        emit(&accounts.event_authority, &event)
    }
}
