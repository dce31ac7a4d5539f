use crate::{
    error::RestakingError,
    events::{emit, StakeReleased},
    state::{Allocation, Delegation, Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Books what time has done to an allocation: stake that has warmed, coolings whose release slot has come.
///
/// Specification:
/// - anyone may; from the release slot on and not before
/// - as far as an open dispute allows
#[event_cpi]
#[derive(Accounts)]
pub struct Release<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator's delegation.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The allocation.
    #[account(mut, has_one = delegation @ RestakingError::WrongDelegation)]
    pub allocation: AccountLoader<'info, Allocation>,
}

impl Release<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let allocation = &mut *accounts.allocation.load_mut()?;
            lrt.accrue(pool, slot)?;
            StakeReleased {
                stake_pool: accounts.stake_pool.key(),
                operator: delegation.operator,
                avs: allocation.avs,
                ripened: lrt.release(pool, delegation, allocation, slot)?,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
