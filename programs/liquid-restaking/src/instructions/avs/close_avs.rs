use crate::{
    error::RestakingError,
    events::{emit, AvsClosed},
    instructions::account,
    state::Avs,
};
use anchor_lang::prelude::*;

/// Closes an AVS that has no opt-in of its own left.
///
/// Specification:
/// - stake pools that accepted it keep their copies: what it may slash stays slashable, nothing new can be allocated to it
#[event_cpi]
#[derive(Accounts)]
pub struct CloseAvs<'info> {
    /// The AVS, closed here.
    #[account(
        mut,
        constraint = avs.load()?.authority.holder == authority.key() @ RestakingError::NotAvsAuthority,
    )]
    pub avs: AccountLoader<'info, Avs>,
    /// Acts for it.
    pub authority: Signer<'info>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let recorded = {
            let avs = accounts.avs.load()?;
            avs.require_closable()?;
            avs.rent_payer
        };
        let avs = accounts.avs.key();
        emit(&accounts.event_authority, &AvsClosed { avs })?;
        account::close(accounts.avs.as_ref(), &accounts.rent_payer, &recorded)
    }
}
