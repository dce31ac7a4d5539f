use crate::{
    error::RestakingError,
    events::{emit, CommissionCollected},
    instructions::token,
    state::{Delegation, Lrt, Operator, StakePool},
};
use anchor_lang::prelude::*;

/// Pays an operator the commission it is owed.
///
/// Specification:
/// - anyone may call; to an account of the authority's choice when it signs, else to its associated token account
/// - moves no price: what is owed is no asset of the LRT
#[event_cpi]
#[derive(Accounts)]
pub struct CollectCommission<'info> {
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
    /// The operator's delegation.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator.
    pub operator: AccountLoader<'info, Operator>,
    /// Where it is paid.
    /// CHECK: see the specification.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// The operator's authority, or anyone.
    pub collector: Signer<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl CollectCommission<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (assets, mint, signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            lrt.accrue(pool, slot)?;
            let assets = lrt.collect_commission(pool, delegation)?;
            (assets, pool.collateral_mint, pool.signer())
        };
        let authority = accounts.operator.load()?.authority.holder;
        token::check_destination(
            &accounts.destination,
            accounts.vault.key,
            accounts.collector.key,
            &authority,
            &mint,
            accounts.collateral_token_program.key,
        )?;
        token::pay(
            &accounts.collateral_token_program,
            &accounts.vault,
            &accounts.destination,
            accounts.stake_pool.as_ref(),
            assets,
            &signer.seeds(),
        )?;
        let event = CommissionCollected {
            stake_pool: accounts.stake_pool.key(),
            operator: accounts.operator.key(),
            destination: accounts.destination.key(),
            assets,
        };
        emit(&accounts.event_authority, &event)
    }
}
