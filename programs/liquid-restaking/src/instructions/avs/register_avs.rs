use crate::{
    events::{emit, AvsRegistered},
    instructions::account,
    state::{uri_bytes, Avs, AvsOffer, Role},
    AVS_SEED, LAYOUT_VERSION, MAX_EXIT_DELAY,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// What an AVS registers with.
#[derive(Debug, Clone, AnchorSerialize, AnchorDeserialize)]
pub struct RegisterAvsArgs {
    /// Slasher, resolver, destination and terms. The destination can not be changed again.
    pub offer: AvsOffer,
    /// Who it is, for people: at most 128 bytes.
    pub uri: String,
}

/// Registers an AVS, for every LRT of the program.
///
/// Specification:
/// - anyone may; the base key signs, so that nobody takes an address that others expect
/// - terms within the program's bounds; each LRT checks its own `max_exit_delay` when it accepts
#[event_cpi]
#[derive(Accounts)]
pub struct RegisterAvs<'info> {
    /// Makes the address; not needed again.
    pub base: Signer<'info>,
    /// Acts for the AVS.
    pub authority: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The AVS, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub avs: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl RegisterAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: RegisterAvsArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let offer = args.offer.normalized();
        offer.terms.validate(MAX_EXIT_DELAY)?;
        let uri = uri_bytes(&args.uri)?;
        let base = accounts.base.key();
        let seeds = [AVS_SEED, base.as_ref()];
        let bump = account::search_bump(accounts.avs.key, &seeds)?;
        {
            let mut avs: RefMut<Avs> = account::create_state(
                &accounts.payer,
                &accounts.avs,
                &[seeds[0], seeds[1], &[bump]],
            )?;
            avs.base = base;
            avs.authority = Role::held_by(accounts.authority.key());
            avs.rent_payer = accounts.payer.key();
            avs.offer = offer;
            avs.bump = bump;
            avs.version = LAYOUT_VERSION;
            avs.uri = uri;
        }
        emit(
            &accounts.event_authority,
            &AvsRegistered {
                avs: accounts.avs.key(),
                authority: accounts.authority.key(),
                offer,
                uri: args.uri,
            },
        )
    }
}
