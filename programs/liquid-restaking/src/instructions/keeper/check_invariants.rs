use crate::{
    error::RestakingError,
    instructions::token,
    state::{CollateralMint, InvariantReport, Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Recomputes what one account set can show of DESIGN §9, and returns the numbers. Read-only: an error names what broke.
#[derive(Accounts)]
pub struct CheckInvariants<'info> {
    /// The LRT.
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(
        has_one = lrt @ RestakingError::WrongLrt,
        has_one = vault @ RestakingError::WrongVault,
    )]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    pub vault: UncheckedAccount<'info>,
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
}

impl CheckInvariants<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<InvariantReport> {
        let accounts = &ctx.accounts;
        let vault_balance = token::balance(&accounts.vault)?;
        let mint = CollateralMint::parse(&accounts.lrt_mint.try_borrow_data()?)?;
        accounts.lrt.load()?.check_invariants(
            &*accounts.stake_pool.load()?,
            vault_balance,
            mint.supply,
        )
    }
}
