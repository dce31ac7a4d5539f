use crate::{
    error::RestakingError,
    events::{emit, StakeDeallocated},
    state::{Allocation, Delegation, Lrt, PoolAvs, StakePool},
};
use anchor_lang::prelude::*;

/// Takes stake back from an AVS.
///
/// Specification:
/// - what still warms is taken first and is free at once; stake cools for the exit delay and stays slashable all the while
/// - release slots are rounded up to a seventh of the exit delay: at most 8 are pending, equal ones merge, none is prolonged
/// - can not be refused by AVS or operator
#[event_cpi]
#[derive(Accounts)]
pub struct Deallocate<'info> {
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

impl Deallocate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let allocation = &mut *accounts.allocation.load_mut()?;
            let pool_avs = accounts.pool_avs.load()?;
            lrt.accrue(pool, slot)?;
            let taken = lrt.deallocate(pool, delegation, allocation, &pool_avs, amount, slot)?;
            StakeDeallocated {
                stake_pool: accounts.stake_pool.key(),
                operator: delegation.operator,
                avs: allocation.avs,
                taken,
                forced: false,
                stake: allocation.stake,
                warming: allocation.warming,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
