use crate::{
    error::RestakingError,
    events::{emit, LrtClosed},
    instructions::account,
    state::Lrt,
};
use anchor_lang::prelude::*;

/// Closes an LRT without a stake pool, hence without a share in being. Its mint stays, without anyone who could mint.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseLrt<'info> {
    /// The LRT, closed here.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
        constraint = lrt.load()?.pool_count == 0 && lrt.load()?.has_reward_book == 0
            @ RestakingError::LrtInUse,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseLrt<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (mint, recorded) = {
            let lrt = accounts.lrt.load()?;
            (lrt.mint, lrt.rent_payer)
        };
        let event = LrtClosed {
            lrt: accounts.lrt.key(),
            mint,
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.lrt.as_ref(), &accounts.rent_payer, &recorded)
    }
}
