use crate::{
    error::RestakingError,
    events::{emit, RedeemedInstantly},
    instructions::token::{self, TOKEN_PROGRAM_ID},
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Leaves at once, against a fee that drips to those who stay.
///
/// Specification:
/// - all shares are burned; paid is their value at `n` less the fee, and at least `min_assets`
/// - only from idle beyond what the queue is owed, and within the epoch's limit, gross of the fee
/// - refused while instant exits are paused
#[event_cpi]
#[derive(Accounts)]
pub struct RedeemInstant<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool to leave through.
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
    /// Where the collateral goes.
    /// CHECK: the token program checks its mint; not the vault.
    #[account(mut, constraint = user_collateral.key() != vault.key() @ RestakingError::VaultNotAllowed)]
    pub user_collateral: UncheckedAccount<'info>,
    /// Where the LRT is burned.
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub user_lrt: UncheckedAccount<'info>,
    /// Owner or delegate of `user_lrt`.
    pub holder: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl RedeemInstant<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, shares: u64, min_assets: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (before, exit, after, signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let before = lrt.totals()?;
            let exit = lrt.redeem_instant(pool, shares, slot)?;
            let after = lrt.totals()?;
            (before, exit, after, pool.signer())
        };
        require_gte!(
            exit.net_assets,
            min_assets,
            RestakingError::SlippageExceeded
        );

        token::burn(
            &accounts.token_program,
            &accounts.user_lrt,
            &accounts.lrt_mint,
            &accounts.holder,
            shares,
            &[],
        )?;
        token::pay(
            &accounts.collateral_token_program,
            &accounts.vault,
            &accounts.user_collateral,
            accounts.stake_pool.as_ref(),
            exit.net_assets,
            &signer.seeds(),
        )?;
        emit(
            &accounts.event_authority,
            &RedeemedInstantly {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                holder: accounts.holder.key(),
                shares,
                exit,
                before,
                after,
            },
        )
    }
}
