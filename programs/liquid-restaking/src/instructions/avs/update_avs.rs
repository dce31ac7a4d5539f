use crate::{
    error::RestakingError,
    events::{emit, AvsHandedOver, AvsUpdated},
    state::{uri_bytes, Avs, AvsTerms},
    MAX_EXIT_DELAY,
};
use anchor_lang::prelude::*;

/// What an AVS changes; `None` leaves it.
#[derive(Debug, Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct UpdateAvsArgs {
    /// Proposes slashes.
    pub slasher: Option<Pubkey>,
    /// May veto them.
    pub resolver: Option<Pubkey>,
    /// Windows and caps.
    pub terms: Option<AvsTerms>,
    /// Who it is, for people: at most 128 bytes.
    pub uri: Option<String>,
    /// Who may accept the authority; the default key takes the name back.
    pub successor: Option<Pubkey>,
}

/// Changes what an AVS offers.
///
/// Specification:
/// - binds no stake pool: what each has accepted is a copy, which rules until the pool accepts anew, after its timelock
/// - where slashed tokens go can not change
/// - the authority is handed over in two steps: a wrong key can not end up with it
#[event_cpi]
#[derive(Accounts)]
pub struct UpdateAvs<'info> {
    /// The AVS.
    #[account(
        mut,
        constraint = avs.load()?.authority.holder == authority.key() @ RestakingError::NotAvsAuthority,
    )]
    pub avs: AccountLoader<'info, Avs>,
    /// Acts for it.
    pub authority: Signer<'info>,
}

impl UpdateAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: UpdateAvsArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let event = {
            let avs = &mut *accounts.avs.load_mut()?;
            let old = avs.offer;
            avs.offer.slasher = args.slasher.unwrap_or(old.slasher);
            avs.offer.resolver = args.resolver.unwrap_or(old.resolver);
            avs.offer.terms = args.terms.unwrap_or(old.terms);
            avs.offer = avs.offer.normalized();
            let uri = match &args.uri {
                Some(uri) => uri_bytes(uri)?,
                None => avs.uri,
            };
            require!(
                avs.offer != old || uri != avs.uri || args.successor.is_some(),
                RestakingError::NothingToDo
            );
            avs.offer.terms.validate(MAX_EXIT_DELAY)?;
            avs.uri = uri;
            if let Some(successor) = args.successor {
                avs.authority.propose(accounts.authority.key, successor)?;
            }
            AvsUpdated {
                avs: accounts.avs.key(),
                authority: avs.authority.holder,
                pending_authority: avs.authority.pending,
                old,
                new: avs.offer,
                uri: args.uri,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}

/// The successor named accepts an AVS's authority.
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptAvsAuthority<'info> {
    /// The AVS.
    #[account(mut)]
    pub avs: AccountLoader<'info, Avs>,
    /// Whom its authority has named.
    pub successor: Signer<'info>,
}

impl AcceptAvsAuthority<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let successor = accounts.successor.key();
        let old = accounts.avs.load_mut()?.authority.accept(&successor)?;
        let event = AvsHandedOver {
            avs: accounts.avs.key(),
            old,
            new: successor,
        };
        emit(&accounts.event_authority, &event)
    }
}
