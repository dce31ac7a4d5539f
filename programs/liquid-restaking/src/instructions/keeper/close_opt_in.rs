use crate::{
    events::{emit, OptInClosed},
    instructions::account,
    state::OptIn,
};
use anchor_lang::prelude::*;

/// Closes an opt-in that neither side gives; its rent goes to its payer. Anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseOptIn<'info> {
    /// The opt-in, closed here.
    #[account(mut)]
    pub opt_in: AccountLoader<'info, OptIn>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseOptIn<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (event, recorded) = {
            let opt_in = accounts.opt_in.load()?;
            opt_in.require_closable()?;
            let event = OptInClosed {
                operator: opt_in.operator,
                avs: opt_in.avs,
            };
            (event, opt_in.rent_payer)
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.opt_in.as_ref(), &accounts.rent_payer, &recorded)
    }
}
