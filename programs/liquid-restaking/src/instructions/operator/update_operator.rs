use crate::{
    error::RestakingError,
    events::{emit, OperatorHandedOver, OperatorUpdated},
    state::{uri_bytes, Operator},
};
use anchor_lang::prelude::*;

/// What an operator changes; `None` leaves it.
#[derive(Debug, Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct UpdateOperatorArgs {
    /// A cut is in force at once, a rise after seven days.
    pub commission_bps: Option<u16>,
    /// Who it is, for people: at most 128 bytes.
    pub uri: Option<String>,
    /// Who may accept the authority; the default key takes the name back.
    pub successor: Option<Pubkey>,
}

/// Changes what an operator says of itself.
///
/// Specification:
/// - a lower commission is in force at once and takes a pending rise back, a higher one after seven days
/// - the authority is handed over in two steps: a wrong key can not end up with it
#[event_cpi]
#[derive(Accounts)]
pub struct UpdateOperator<'info> {
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

impl UpdateOperator<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: UpdateOperatorArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let operator = &mut *accounts.operator.load_mut()?;
            let uri = match &args.uri {
                Some(uri) => uri_bytes(uri)?,
                None => operator.uri,
            };
            require!(
                args.commission_bps.is_some() || uri != operator.uri || args.successor.is_some(),
                RestakingError::NothingToDo
            );
            operator.uri = uri;
            let old_commission_bps = operator.commission_at(slot);
            if let Some(bps) = args.commission_bps {
                operator.set_commission(bps, slot)?;
            }
            if let Some(successor) = args.successor {
                operator
                    .authority
                    .propose(accounts.authority.key, successor)?;
            }
            OperatorUpdated {
                operator: accounts.operator.key(),
                authority: operator.authority.holder,
                pending_authority: operator.authority.pending,
                old_commission_bps,
                commission_bps: operator.commission_at(slot),
                pending_commission_bps: operator.pending_commission_bps,
                commission_slot: operator.commission_slot,
                uri: args.uri,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}

/// The successor named accepts an operator's authority.
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptOperatorAuthority<'info> {
    /// The operator.
    #[account(mut)]
    pub operator: AccountLoader<'info, Operator>,
    /// Whom its authority has named.
    pub successor: Signer<'info>,
}

impl AcceptOperatorAuthority<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let successor = accounts.successor.key();
        let old = {
            let mut operator = accounts.operator.load_mut()?;
            operator.authority.accept(&successor)?
        };
        let event = OperatorHandedOver {
            operator: accounts.operator.key(),
            old,
            new: successor,
        };
        emit(&accounts.event_authority, &event)
    }
}
