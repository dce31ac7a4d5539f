use crate::{
    error::RestakingError,
    events::{emit, OperatorRegistered},
    instructions::account,
    state::{uri_bytes, Operator, Role},
    LAYOUT_VERSION, MAX_COMMISSION_BPS, OPERATOR_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// What an operator registers with.
#[derive(Debug, Clone, AnchorSerialize, AnchorDeserialize)]
pub struct RegisterOperatorArgs {
    /// Share of a reward that it keeps, in basis points.
    pub commission_bps: u16,
    /// Who it is, for people: at most 128 bytes.
    pub uri: String,
}

/// Registers an operator, for every LRT of the program.
///
/// Specification:
/// - anyone may; the base key signs, so that nobody takes an address that others expect
/// - a commission of at most 20 %
#[event_cpi]
#[derive(Accounts)]
pub struct RegisterOperator<'info> {
    /// Makes the address; not needed again.
    pub base: Signer<'info>,
    /// Acts for the operator.
    pub authority: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The operator, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub operator: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl RegisterOperator<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: RegisterOperatorArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        require!(
            args.commission_bps <= MAX_COMMISSION_BPS,
            RestakingError::CommissionOutOfBounds
        );
        let uri = uri_bytes(&args.uri)?;
        let base = accounts.base.key();
        let seeds = [OPERATOR_SEED, base.as_ref()];
        let bump = account::search_bump(accounts.operator.key, &seeds)?;
        {
            let mut operator: RefMut<Operator> = account::create_state(
                &accounts.payer,
                &accounts.operator,
                &[seeds[0], seeds[1], &[bump]],
            )?;
            operator.base = base;
            operator.authority = Role::held_by(accounts.authority.key());
            operator.rent_payer = accounts.payer.key();
            operator.commission_bps = args.commission_bps;
            operator.bump = bump;
            operator.version = LAYOUT_VERSION;
            operator.uri = uri;
        }
        emit(
            &accounts.event_authority,
            &OperatorRegistered {
                operator: accounts.operator.key(),
                authority: accounts.authority.key(),
                commission_bps: args.commission_bps,
                uri: args.uri,
            },
        )
    }
}
