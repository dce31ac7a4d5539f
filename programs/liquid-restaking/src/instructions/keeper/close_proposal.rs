use crate::{
    error::RestakingError,
    events::{emit, SlashProposalClosed},
    instructions::account,
    math::Count,
    state::{PoolAvs, SlashProposal},
};
use anchor_lang::prelude::*;

/// Closes a proposal that has ended; its rent goes to its payer. Anyone may: its event stays.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseProposal<'info> {
    /// The acceptance of the AVS that proposed it.
    #[account(mut)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The proposal, closed here.
    #[account(mut, has_one = pool_avs @ RestakingError::WrongPoolAvs)]
    pub proposal: AccountLoader<'info, SlashProposal>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseProposal<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let recorded = {
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            let proposal = accounts.proposal.load()?;
            proposal.require_closable()?;
            pool_avs.open_proposals = pool_avs.open_proposals.down()?;
            proposal.rent_payer
        };
        let event = SlashProposalClosed {
            pool_avs: accounts.pool_avs.key(),
            proposal: accounts.proposal.key(),
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.proposal.as_ref(), &accounts.rent_payer, &recorded)
    }
}
