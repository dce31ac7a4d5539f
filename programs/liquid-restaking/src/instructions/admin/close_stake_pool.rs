use crate::{
    error::RestakingError,
    events::{emit, StakePoolClosed},
    instructions::{account, token},
    state::{CollateralMint, Lrt, PoolSigner, StakePool},
};
use anchor_lang::prelude::*;

/// Closes a stake pool that nothing depends on any more.
///
/// Specification:
/// - no batch, delegation, bond or debt is left, and nobody holds a share: not in a wallet (by the mint's own supply, so
///   shares burned there do not stand in the way), not in the queue, not as a fee
/// - what the vault still holds goes to the fee wallet; vault and pool give their rent back; the row becomes free
#[event_cpi]
#[derive(Accounts)]
pub struct CloseStakePool<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool, closed here.
    #[account(
        mut,
        has_one = lrt @ RestakingError::WrongLrt,
        has_one = vault @ RestakingError::WrongVault,
    )]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
    /// The vault, closed here.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// The fee wallet's account for the collateral.
    /// CHECK: the fee wallet's associated token account, when something is paid to it.
    #[account(mut)]
    pub fee_collateral: UncheckedAccount<'info>,
    /// The admin.
    pub admin: Signer<'info>,
    /// Gets the rent of pool and vault back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl CloseStakePool<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (collateral_mint, signer, recorded) = accounts.close_books()?;
        let fee_wallet = accounts.lrt.load()?.params.fee_wallet;
        let rest = token::close_paying_rest(
            &accounts.collateral_token_program,
            &accounts.vault,
            accounts.stake_pool.as_ref(),
            &signer.seeds(),
            &accounts.rent_payer,
            &recorded,
            (&accounts.fee_collateral, &fee_wallet, &collateral_mint),
        )?;
        emit(
            &accounts.event_authority,
            &StakePoolClosed {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                rest,
            },
        )?;
        account::close(
            accounts.stake_pool.as_ref(),
            &accounts.rent_payer,
            &recorded,
        )
    }

    fn close_books(&self) -> Result<(Pubkey, PoolSigner, Pubkey)> {
        let mint = CollateralMint::parse(&self.lrt_mint.try_borrow_data()?)?;
        let pool = self.stake_pool.load()?;
        pool.require_closable()?;
        self.lrt.load_mut()?.remove_row(&pool, mint.supply)?;
        Ok((pool.collateral_mint, pool.signer(), pool.rent_payer))
    }
}
