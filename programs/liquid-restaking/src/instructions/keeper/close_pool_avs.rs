use crate::{
    error::RestakingError,
    events::{emit, PoolAvsClosed},
    instructions::account,
    state::{Lrt, PoolAvs, StakePool},
};
use anchor_lang::prelude::*;

/// Closes the acceptance of an AVS that is removed, or whose proposal has lapsed, once no allocation to it is left; its
/// place in the pool's table becomes free, its rent goes to its payer. Anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct ClosePoolAvs<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The acceptance, closed here.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl ClosePoolAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, recorded) = {
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let pool_avs = accounts.pool_avs.load()?;
            accounts.lrt.load_mut()?.accrue(pool, slot)?;
            pool_avs.leave(pool, slot)?;
            let event = PoolAvsClosed {
                stake_pool: pool_avs.stake_pool,
                avs: pool_avs.avs,
            };
            (event, pool_avs.rent_payer)
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.pool_avs.as_ref(), &accounts.rent_payer, &recorded)
    }
}
