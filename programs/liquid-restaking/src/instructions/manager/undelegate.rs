use crate::{
    error::RestakingError,
    events::{emit, Undelegated},
    state::{Delegation, Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Moves free stake of an operator back to idle.
///
/// Specification:
/// - free is what no allocation, no cooling and no dispute pledges
#[event_cpi]
#[derive(Accounts)]
pub struct Undelegate<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.manager.holder == manager.key() @ RestakingError::NotManager,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The manager.
    pub manager: Signer<'info>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator's delegation.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub delegation: AccountLoader<'info, Delegation>,
}

impl Undelegate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            lrt.accrue(pool, slot)?;
            lrt.undelegate(pool, delegation, amount)?;
            Undelegated {
                stake_pool: accounts.stake_pool.key(),
                operator: delegation.operator,
                amount,
                forced: false,
                active: delegation.active,
                idle: pool.idle,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
