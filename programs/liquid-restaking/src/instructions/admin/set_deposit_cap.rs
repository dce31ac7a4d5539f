use crate::{
    error::RestakingError,
    events::{emit, DepositCapApplied, DepositCapSet},
    state::{Lrt, StakePool},
};
use anchor_lang::prelude::*;

/// The admin lowers a stake pool's deposit cap at once, or proposes a higher one.
#[event_cpi]
#[derive(Accounts)]
pub struct SetDepositCap<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The admin.
    pub admin: Signer<'info>,
}

impl SetDepositCap<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, cap: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (old, timelock) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let old = pool.deposit_cap.now;
            let (no_shares, timelock_slots) = (lrt.supply == 0, lrt.params.timelock_slots);
            let timelock = pool.deposit_cap.set(cap, no_shares, slot, timelock_slots)?;
            (old, timelock)
        };
        let event = DepositCapSet {
            lrt: accounts.lrt.key(),
            stake_pool: accounts.stake_pool.key(),
            old,
            new: cap,
            timelock,
        };
        emit(&accounts.event_authority, &event)
    }
}

/// Puts a ripe higher cap in force; anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct ApplyDepositCap<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
}

impl ApplyDepositCap<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (old, new) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            (pool.deposit_cap.apply(slot)?, pool.deposit_cap.now)
        };
        let event = DepositCapApplied {
            lrt: accounts.lrt.key(),
            stake_pool: accounts.stake_pool.key(),
            old,
            new,
        };
        emit(&accounts.event_authority, &event)
    }
}
