use crate::{
    error::RestakingError,
    events::{emit, OperatorClosed},
    instructions::account,
    state::Operator,
};
use anchor_lang::prelude::*;

/// Closes an operator that no delegation names and that has no opt-in of its own left.
///
/// Specification:
/// - a pool's manager can not hold it: once it has retired, anyone may empty and close its delegations
#[event_cpi]
#[derive(Accounts)]
pub struct CloseOperator<'info> {
    /// The operator, closed here.
    #[account(
        mut,
        constraint = operator.load()?.authority.holder == authority.key()
            @ RestakingError::NotOperatorAuthority,
    )]
    pub operator: AccountLoader<'info, Operator>,
    /// Acts for it.
    pub authority: Signer<'info>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseOperator<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let recorded = {
            let operator = accounts.operator.load()?;
            operator.require_closable()?;
            operator.rent_payer
        };
        let operator = accounts.operator.key();
        emit(&accounts.event_authority, &OperatorClosed { operator })?;
        account::close(accounts.operator.as_ref(), &accounts.rent_payer, &recorded)
    }
}
