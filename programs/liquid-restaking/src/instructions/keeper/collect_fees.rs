use crate::{
    error::RestakingError,
    events::{emit, FeesCollected},
    instructions::token::{self, TOKEN_PROGRAM_ID},
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Pays the fee wallet what it is owed: shares of deposits and withdrawals, collateral of rewards.
///
/// Specification:
/// - anyone may call; to an account of the fee wallet's choice when it signs, else to its associated token accounts
/// - fees in collateral are left where they are when no account is given for them
/// - moves no price: fee shares are in the supply already
#[event_cpi]
#[derive(Accounts)]
pub struct CollectFees<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
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
    /// The fee wallet's LRT account.
    /// CHECK: see the specification.
    #[account(mut)]
    pub fee_lrt: UncheckedAccount<'info>,
    /// The fee wallet's collateral account.
    /// CHECK: see the specification.
    #[account(mut)]
    pub fee_collateral: Option<UncheckedAccount<'info>>,
    /// The fee wallet, or anyone.
    pub collector: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl CollectFees<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (fees, fee_wallet, collateral_mint, lrt_signer, pool_signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let fees = lrt.collect_fees(pool, accounts.fee_collateral.is_some())?;
            let wallet = lrt.params.fee_wallet;
            (
                fees,
                wallet,
                pool.collateral_mint,
                lrt.signer(),
                pool.signer(),
            )
        };
        if fees.shares > 0 {
            accounts.check(
                &accounts.fee_lrt,
                &fee_wallet,
                accounts.lrt_mint.key,
                &TOKEN_PROGRAM_ID,
            )?;
            token::mint(
                &accounts.token_program,
                &accounts.lrt_mint,
                &accounts.fee_lrt,
                accounts.lrt.as_ref(),
                fees.shares,
                &lrt_signer.seeds(),
            )?;
        }
        if let (Some(fee_collateral), true) = (&accounts.fee_collateral, fees.assets > 0) {
            accounts.check(
                fee_collateral,
                &fee_wallet,
                &collateral_mint,
                accounts.collateral_token_program.key,
            )?;
            token::pay(
                &accounts.collateral_token_program,
                &accounts.vault,
                fee_collateral,
                accounts.stake_pool.as_ref(),
                fees.assets,
                &pool_signer.seeds(),
            )?;
        }
        emit(
            &accounts.event_authority,
            &FeesCollected {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                fee_wallet,
                shares: fees.shares,
                assets: fees.assets,
            },
        )
    }

    fn check(
        &self,
        destination: &AccountInfo,
        wallet: &Pubkey,
        mint: &Pubkey,
        token_program: &Pubkey,
    ) -> Result<()> {
        token::check_destination(
            destination,
            self.vault.key,
            self.collector.key,
            wallet,
            mint,
            token_program,
        )
    }
}
