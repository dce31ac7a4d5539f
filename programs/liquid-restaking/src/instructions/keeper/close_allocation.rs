use crate::{
    error::RestakingError,
    events::{emit, AllocationClosed},
    instructions::account,
    math::Count,
    state::{Allocation, Delegation, PoolAvs},
};
use anchor_lang::prelude::*;

/// Closes an allocation in which nothing is staked, warms or cools; its rent goes to its payer. Anyone may.
///
/// Specification:
/// - one slash window after its last proposal ended, its block over: opened again, the AVS has no more room than before
#[event_cpi]
#[derive(Accounts)]
pub struct CloseAllocation<'info> {
    /// The operator's delegation.
    #[account(mut)]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The pool's acceptance of the AVS.
    #[account(
        mut,
        constraint = pool_avs.load()?.stake_pool == delegation.load()?.stake_pool
            @ RestakingError::WrongStakePool,
        constraint = pool_avs.load()?.avs == allocation.load()?.avs @ RestakingError::WrongAvs,
    )]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The allocation, closed here.
    #[account(mut, has_one = delegation @ RestakingError::WrongDelegation)]
    pub allocation: AccountLoader<'info, Allocation>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseAllocation<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (event, recorded) = {
            let delegation = &mut *accounts.delegation.load_mut()?;
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            let allocation = accounts.allocation.load()?;
            let slash_window = pool_avs.accepted.terms.slash_window;
            allocation.require_closable(slash_window, Clock::get()?.slot)?;
            delegation.allocation_count = delegation.allocation_count.down()?;
            pool_avs.allocations = pool_avs.allocations.down()?;
            let event = AllocationClosed {
                delegation: accounts.delegation.key(),
                avs: allocation.avs,
            };
            (event, allocation.rent_payer)
        };
        emit(&accounts.event_authority, &event)?;
        account::close(
            accounts.allocation.as_ref(),
            &accounts.rent_payer,
            &recorded,
        )
    }
}
