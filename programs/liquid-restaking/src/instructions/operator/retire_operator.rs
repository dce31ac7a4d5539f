use crate::{
    error::RestakingError,
    events::{emit, OperatorRetired},
    state::Operator,
};
use anchor_lang::prelude::*;

/// An operator retires, for good and from every stake pool.
///
/// Specification:
/// - it takes no new stake; anyone may deallocate and undelegate what it has
/// - no stake is freed early: what an AVS counted on stays slashable for its exit delay
#[event_cpi]
#[derive(Accounts)]
pub struct RetireOperator<'info> {
    /// The operator.
    #[account(
        mut,
        constraint = operator.load()?.authority.holder == authority.key()
            @ RestakingError::NotOperatorAuthority,
    )]
    pub operator: AccountLoader<'info, Operator>,
    /// Acts for it.
    pub authority: Signer<'info>,
}

impl RetireOperator<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        accounts.operator.load_mut()?.retire(slot)?;
        let operator = accounts.operator.key();
        emit(&accounts.event_authority, &OperatorRetired { operator })
    }
}
