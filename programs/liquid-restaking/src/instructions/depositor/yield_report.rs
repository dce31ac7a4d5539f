use crate::{
    error::RestakingError,
    instructions::account,
    state::{Lrt, PoolAvs, StakePool, YieldReport},
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// Read-only: what each AVS has paid and taken per share so far, and what else the rate is made of, as return data. Two
/// readings give the yield of the time between them, by source.
///
/// Specification:
/// - of the AVSs whose acceptances are passed as further accounts, at most all 16
#[derive(Accounts)]
pub struct ReadYield<'info> {
    /// The LRT.
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
}

impl ReadYield<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<YieldReport> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let stake_pool = accounts.stake_pool.key();
        let mut avss = Vec::with_capacity(ctx.remaining_accounts.len());
        for info in ctx.remaining_accounts {
            let pool_avs: RefMut<PoolAvs> =
                account::load_state(info, RestakingError::WrongPoolAvs)?;
            require_keys_eq!(
                pool_avs.stake_pool,
                stake_pool,
                RestakingError::WrongStakePool
            );
            avss.push(pool_avs.yields());
        }
        let mut lrt = Box::new(*accounts.lrt.load()?);
        lrt.release_drips(slot)?;
        let pool = accounts.stake_pool.load()?;
        lrt.yield_report(&pool, avss, slot)
    }
}
