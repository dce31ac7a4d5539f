use crate::{
    error::RestakingError,
    events::{emit, ParamsApplied, ParamsProposed, ParamsWithdrawn},
    state::{Lrt, Params},
};
use anchor_lang::prelude::*;

/// The admin proposes parameters, or takes a proposal back.
///
/// Specification:
/// - waits the timelock in whichever direction a parameter goes; at once while no share is in being
/// - a second proposal takes the first one's place and starts the clock anew
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeParams<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
}

impl ProposeParams<'_> {
    /// See the struct.
    pub fn propose(ctx: Context<Self>, params: Params) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (old, timelock) = {
            let mut lrt = accounts.lrt.load_mut()?;
            let old = lrt.params;
            (old, lrt.propose_params(params, slot)?)
        };
        let event = ParamsProposed {
            lrt: accounts.lrt.key(),
            old,
            new: params,
            timelock,
        };
        emit(&accounts.event_authority, &event)
    }

    /// See the struct.
    pub fn withdraw(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let withdrawn = accounts.lrt.load_mut()?.withdraw_params()?;
        let event = ParamsWithdrawn {
            lrt: accounts.lrt.key(),
            withdrawn,
        };
        emit(&accounts.event_authority, &event)
    }
}

/// Puts ripe parameters in force; anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct ApplyParams<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
}

impl ApplyParams<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (old, new) = {
            let mut lrt = accounts.lrt.load_mut()?;
            (lrt.apply_params(slot)?, lrt.params)
        };
        let event = ParamsApplied {
            lrt: accounts.lrt.key(),
            old,
            new,
        };
        emit(&accounts.event_authority, &event)
    }
}
