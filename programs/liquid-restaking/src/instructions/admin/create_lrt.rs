use crate::{
    error::RestakingError,
    events::{emit, LrtCreated},
    instructions::{
        account,
        token::{self, MINT_LEN, TOKEN_PROGRAM_ID},
    },
    state::{FixedParams, Lrt, Params, Role},
    LAYOUT_VERSION, LRT_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// What an LRT is made of.
#[derive(Debug, Clone, Copy, AnchorSerialize, AnchorDeserialize)]
pub struct CreateLrtArgs {
    /// Delegates and allocates.
    pub manager: Pubkey,
    /// Pauses, and ends what must end at once.
    pub guardian: Pubkey,
    /// What can never change.
    pub fixed: FixedParams,
    /// What can change under the timelock.
    pub params: Params,
}

/// Creates an LRT and its mint.
///
/// Specification:
/// - the mint is a new account that signs: nobody can be there first (attack 19)
/// - SPL Token, the collateral's decimals, the LRT's PDA as mint authority, no freeze authority
/// - every parameter is inside its bounds
#[event_cpi]
#[derive(Accounts)]
pub struct CreateLrt<'info> {
    /// The LRT, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub lrt: UncheckedAccount<'info>,
    /// Its mint, created here: a fresh key.
    #[account(mut)]
    pub lrt_mint: Signer<'info>,
    /// The first admin.
    pub admin: Signer<'info>,
    /// Pays the rent, and gets the LRT's back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// SPL Token.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl CreateLrt<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: CreateLrtArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let fixed = FixedParams {
            padding: [0; 7],
            ..args.fixed
        };
        fixed.validate()?;
        args.params.validate(&fixed)?;

        let seeds = [LRT_SEED, accounts.lrt_mint.key.as_ref()];
        let bump = account::search_bump(accounts.lrt.key, &seeds)?;
        account::create(
            &accounts.payer,
            &accounts.lrt_mint,
            accounts.token_program.key,
            MINT_LEN,
            &[],
        )?;
        token::initialize_mint(
            &accounts.token_program,
            &accounts.lrt_mint,
            fixed.decimals,
            accounts.lrt.key,
        )?;
        {
            let mut lrt: RefMut<Lrt> = account::create_state(
                &accounts.payer,
                &accounts.lrt,
                &[seeds[0], seeds[1], &[bump]],
            )?;
            lrt.mint = accounts.lrt_mint.key();
            lrt.admin = Role::held_by(accounts.admin.key());
            lrt.manager = Role::held_by(args.manager);
            lrt.guardian = Role::held_by(args.guardian);
            lrt.rent_payer = accounts.payer.key();
            lrt.fixed = fixed;
            lrt.params = args.params;
            lrt.bump = bump;
            lrt.version = LAYOUT_VERSION;
        }
        emit(
            &accounts.event_authority,
            &LrtCreated {
                lrt: accounts.lrt.key(),
                mint: accounts.lrt_mint.key(),
                admin: accounts.admin.key(),
                manager: args.manager,
                guardian: args.guardian,
                fixed,
                params: args.params,
            },
        )
    }
}
