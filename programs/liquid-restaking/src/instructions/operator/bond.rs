use crate::{
    error::RestakingError,
    events::{emit, BondPosted, BondWithdrawn},
    instructions::token,
    state::{Delegation, Lrt, Operator, StakePool},
};
use anchor_lang::prelude::*;

/// An operator posts or withdraws its bond at a stake pool: its own collateral, slashed before the holders'.
///
/// Specification:
/// - only while the pool accepts the operator or has stake with it
/// - posted collateral is in the vault and in `bonds`; it raises no nav
/// - a withdrawal pays what has cooled, then starts to cool a new amount, and all that still cooled with it (0: only pays)
/// - what cools is slashable and does not carry new stake
/// - never below what stake (where the LRT asks for a bond) and open disputes need
#[event_cpi]
#[derive(Accounts)]
pub struct Bond<'info> {
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
    #[account(
        constraint = operator.load()?.authority.holder == authority.key()
            @ RestakingError::NotOperatorAuthority,
    )]
    pub operator: AccountLoader<'info, Operator>,
    /// Acts for the operator, and owns `collateral` when it posts.
    pub authority: Signer<'info>,
    /// Where the collateral comes from or goes to.
    /// CHECK: the token program checks it; it is not the vault.
    #[account(mut, constraint = collateral.key() != vault.key() @ RestakingError::VaultNotAllowed)]
    pub collateral: UncheckedAccount<'info>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl Bond<'_> {
    /// Adds `amount` to the bond.
    pub fn post(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let bond = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            lrt.accrue(pool, slot)?;
            lrt.post_bond(pool, delegation, amount, slot)?;
            delegation.bond
        };
        token::pull(
            &accounts.collateral_token_program,
            &accounts.collateral,
            &accounts.vault,
            &accounts.authority,
            amount,
        )?;
        let event = BondPosted {
            stake_pool: accounts.stake_pool.key(),
            operator: accounts.operator.key(),
            amount,
            bond,
        };
        emit(&accounts.event_authority, &event)
    }

    /// Pays what has cooled, then starts to cool `amount`.
    pub fn withdraw(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (withdrawal, bond, signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            lrt.accrue(pool, slot)?;
            let withdrawal = lrt.withdraw_bond(pool, delegation, amount, slot)?;
            (withdrawal, delegation.bond, pool.signer())
        };
        if withdrawal.paid > 0 {
            token::pay(
                &accounts.collateral_token_program,
                &accounts.vault,
                &accounts.collateral,
                accounts.stake_pool.as_ref(),
                withdrawal.paid,
                &signer.seeds(),
            )?;
        }
        let event = BondWithdrawn {
            stake_pool: accounts.stake_pool.key(),
            operator: accounts.operator.key(),
            paid: withdrawal.paid,
            cooling: withdrawal.cooling,
            release_slot: withdrawal.release_slot,
            bond,
        };
        emit(&accounts.event_authority, &event)
    }
}
