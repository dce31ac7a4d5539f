use crate::{
    error::RestakingError,
    events::{emit, TicketTransferred},
    state::WithdrawTicket,
};
use anchor_lang::prelude::*;

/// Gives a ticket to a new owner, with everything it is entitled to. Its rent still goes back to whoever paid it.
#[event_cpi]
#[derive(Accounts)]
pub struct TransferTicket<'info> {
    /// The ticket.
    #[account(mut, has_one = owner @ RestakingError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, WithdrawTicket>,
    /// The ticket's owner.
    pub owner: Signer<'info>,
}

impl TransferTicket<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, new_owner: Pubkey) -> Result<()> {
        let accounts = &ctx.accounts;
        let stake_pool = {
            let mut ticket = accounts.ticket.load_mut()?;
            require_keys_neq!(new_owner, ticket.owner, RestakingError::NothingToDo);
            ticket.owner = new_owner;
            ticket.stake_pool
        };
        emit(
            &accounts.event_authority,
            &TicketTransferred {
                stake_pool,
                ticket: accounts.ticket.key(),
                old: accounts.owner.key(),
                new: new_owner,
            },
        )
    }
}
