use crate::{
    error::RestakingError,
    events::{emit, Undelegated},
    state::{Delegation, Lrt, Operator, StakePool, WithdrawBatch},
};
use anchor_lang::prelude::*;

/// Moves free stake to idle when the manager does not: as much as an overdue queue lacks, or all that a retired operator has.
///
/// Specification:
/// - anyone may, as often as needed
#[event_cpi]
#[derive(Accounts)]
pub struct ForceUndelegate<'info> {
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
    /// The head of the queue; needed unless the operator has retired.
    #[account(has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub batch: Option<AccountLoader<'info, WithdrawBatch>>,
}

impl ForceUndelegate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let retired = accounts.operator.load()?.is_retired();
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let head = match &accounts.batch {
                Some(batch) => Some(batch.load()?),
                None => None,
            };
            lrt.accrue(pool, slot)?;
            let amount = lrt.force_undelegate(pool, delegation, head.as_deref(), retired, slot)?;
            Undelegated {
                stake_pool: accounts.stake_pool.key(),
                operator: delegation.operator,
                amount,
                forced: true,
                active: delegation.active,
                idle: pool.idle,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
