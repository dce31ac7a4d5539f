use crate::{
    error::RestakingError,
    events::{emit, StakeDeallocated},
    state::{Allocation, Delegation, Lrt, Operator, PoolAvs, StakePool},
};
use anchor_lang::prelude::*;

/// Deallocates what the manager does not: the open round's share of an allocation, or all of it when the operator has
/// retired or the guardian has ended the AVS.
///
/// Specification:
/// - anyone may; once a round for each allocation
/// - it cools as if the manager had done it: nothing is freed early. Of an AVS that has ended, the exit delay is counted
///   from the slot of the end
#[event_cpi]
#[derive(Accounts)]
pub struct ForceDeallocate<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator's delegation.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator.
    pub operator: AccountLoader<'info, Operator>,
    /// The allocation.
    #[account(mut, has_one = delegation @ RestakingError::WrongDelegation)]
    pub allocation: AccountLoader<'info, Allocation>,
    /// The pool's acceptance of the AVS, whose exit delay rules.
    #[account(
        has_one = stake_pool @ RestakingError::WrongStakePool,
        constraint = pool_avs.load()?.avs == allocation.load()?.avs @ RestakingError::WrongAvs,
    )]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
}

impl ForceDeallocate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let retired = accounts.operator.load()?.is_retired();
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let allocation = &mut *accounts.allocation.load_mut()?;
            let pool_avs = accounts.pool_avs.load()?;
            lrt.accrue(pool, slot)?;
            let taken =
                lrt.force_deallocate(pool, delegation, allocation, &pool_avs, retired, slot)?;
            StakeDeallocated {
                stake_pool: accounts.stake_pool.key(),
                operator: delegation.operator,
                avs: allocation.avs,
                taken,
                forced: true,
                stake: allocation.stake,
                warming: allocation.warming,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
