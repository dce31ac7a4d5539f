use crate::{
    error::RestakingError,
    events::{emit, DelegationClosed},
    instructions::account,
    math::Count,
    state::{Delegation, Lrt, Operator, StakePool},
};
use anchor_lang::prelude::*;

/// Closes a delegation without stake, bond, debt and allocation, once the operator is removed or has retired; its rent
/// goes to its payer. Anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseDelegation<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The delegation, closed here.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator.
    #[account(mut)]
    pub operator: AccountLoader<'info, Operator>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseDelegation<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, recorded) = {
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let operator = &mut *accounts.operator.load_mut()?;
            let delegation = accounts.delegation.load()?;
            accounts.lrt.load_mut()?.accrue(pool, slot)?;
            delegation.require_closable(operator.is_retired(), slot)?;
            pool.delegations = pool.delegations.down()?;
            operator.delegations = operator.delegations.down()?;
            let event = DelegationClosed {
                stake_pool: delegation.stake_pool,
                operator: delegation.operator,
            };
            (event, delegation.rent_payer)
        };
        emit(&accounts.event_authority, &event)?;
        account::close(
            accounts.delegation.as_ref(),
            &accounts.rent_payer,
            &recorded,
        )
    }
}
