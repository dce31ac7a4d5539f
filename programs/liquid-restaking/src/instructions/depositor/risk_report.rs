use crate::{
    error::RestakingError,
    state::{Delegation, Lrt, RiskReport, StakePool},
};
use anchor_lang::prelude::*;

/// Read-only: what a holder bears, as return data. In one account's reading, from counters that the instructions keep.
#[derive(Accounts)]
pub struct ReadRisk<'info> {
    /// The LRT.
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// One delegation, if its own risk is asked for.
    #[account(has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub delegation: Option<AccountLoader<'info, Delegation>>,
}

impl ReadRisk<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<RiskReport> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let mut lrt = Box::new(*accounts.lrt.load()?);
        lrt.release_drips(slot)?; // the pool's part of it changes no number below
        let pool = accounts.stake_pool.load()?;
        match &accounts.delegation {
            Some(delegation) => lrt.risk_report(&pool, Some(&*delegation.load()?)),
            None => lrt.risk_report(&pool, None),
        }
    }
}
