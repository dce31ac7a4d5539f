use crate::{
    error::RestakingError,
    events::{emit, Deposited},
    instructions::token::{self, TOKEN_PROGRAM_ID},
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Deposits collateral and mints LRT at the current rate.
///
/// Specification:
/// - the depositor receives `floor(value · (supply + V) / (nav + V))` shares less the deposit fee, and at least
///   `min_shares`
/// - refused while deposits are paused, above the pool's cap, or while the LRT is all but worthless
/// - what arrives in the vault is measured, and is exactly `amount`
/// - moves no price: what a share is worth to the others does not fall (invariant 4)
#[event_cpi]
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool of the collateral.
    #[account(
        mut,
        has_one = lrt @ RestakingError::WrongLrt,
        has_one = vault @ RestakingError::WrongVault,
    )]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(mut, address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// Where the collateral comes from.
    /// CHECK: the token program checks mint and owner; the vault's gain is measured.
    #[account(mut)]
    pub user_collateral: UncheckedAccount<'info>,
    /// Where the LRT goes.
    /// CHECK: the token program checks its mint; the depositor chooses it.
    #[account(mut)]
    pub user_lrt: UncheckedAccount<'info>,
    /// Owner or delegate of `user_collateral`.
    pub depositor: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl Deposit<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64, min_shares: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (before, minted, after, signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let before = lrt.totals()?;
            let minted = lrt.deposit(pool, amount, slot)?;
            (before, minted, lrt.totals()?, lrt.signer())
        };
        require_gte!(
            minted.net_shares,
            min_shares,
            RestakingError::SlippageExceeded
        );

        token::pull(
            &accounts.collateral_token_program,
            &accounts.user_collateral,
            &accounts.vault,
            &accounts.depositor,
            amount,
        )?;
        token::mint(
            &accounts.token_program,
            &accounts.lrt_mint,
            &accounts.user_lrt,
            accounts.lrt.as_ref(),
            minted.net_shares,
            &signer.seeds(),
        )?;
        emit(
            &accounts.event_authority,
            &Deposited {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                depositor: accounts.depositor.key(),
                amount,
                minted,
                before,
                after,
            },
        )
    }
}
