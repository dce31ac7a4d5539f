use crate::{
    error::RestakingError,
    events::{emit, SurplusSwept},
    instructions::token,
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// Lets tokens that somebody sent straight to the vault drip to the holders. Until then they change no price (attack 1).
#[event_cpi]
#[derive(Accounts)]
pub struct SweepSurplus<'info> {
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
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    pub vault: UncheckedAccount<'info>,
}

impl SweepSurplus<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let balance = token::balance(&accounts.vault)?;
        let (amount, drip) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let amount = lrt.sweep_surplus(pool, balance, slot)?;
            (amount, lrt.row_mut(pool)?.drip)
        };
        let event = SurplusSwept {
            lrt: accounts.lrt.key(),
            stake_pool: accounts.stake_pool.key(),
            amount,
            drip_rest: drip.rest,
            drip_end: drip.end,
        };
        emit(&accounts.event_authority, &event)
    }
}
