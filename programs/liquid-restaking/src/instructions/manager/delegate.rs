use crate::{
    error::RestakingError,
    events::{emit, Delegated},
    state::{Delegation, Lrt, Operator, StakePool},
};
use anchor_lang::prelude::*;

/// Delegates idle collateral to an accepted operator. A ledger entry: no token moves.
///
/// Specification:
/// - within the operator's cap, and what its bond carries where the LRT asks for one
/// - leaves idle what the queue is owed: a busy manager holds nobody back
/// - an operator that has retired takes no stake, nor one of which more is disputed than bond and
///   stake are, nor one whose allocations pledge more than it has left: they would count on the new stake at once
#[event_cpi]
#[derive(Accounts)]
pub struct Delegate<'info> {
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
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator.
    pub operator: AccountLoader<'info, Operator>,
}

impl Delegate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        accounts.operator.load()?.require_in_service()?;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            lrt.accrue(pool, slot)?;
            lrt.delegate(pool, delegation, amount)?;
            Delegated {
                stake_pool: accounts.stake_pool.key(),
                operator: accounts.operator.key(),
                amount,
                active: delegation.active,
                idle: pool.idle,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
