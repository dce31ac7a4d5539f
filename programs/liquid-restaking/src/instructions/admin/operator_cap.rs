use crate::{
    error::RestakingError,
    events::{emit, OperatorCapApplied, OperatorCapSet},
    instructions::account,
    math::Count,
    state::{Delegation, Lrt, Operator, StakePool},
    DELEGATION_SEED, LAYOUT_VERSION,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// The admin accepts an operator for a stake pool, caps, lowers or removes it.
///
/// Specification:
/// - the first call creates the delegation; a retired operator is not accepted
/// - a lower cap is in force at once and takes a pending rise back, 0 removes the operator: it takes no new stake
/// - a higher one waits out the timelock; at once while no share is in being
#[event_cpi]
#[derive(Accounts)]
pub struct SetOperatorCap<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator.
    #[account(mut)]
    pub operator: AccountLoader<'info, Operator>,
    /// Its delegation, created here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is created.
    #[account(mut)]
    pub delegation: UncheckedAccount<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl SetOperatorCap<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, cap: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        if account::is_new(&accounts.delegation) {
            accounts.create()?;
        }
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            lrt.accrue(&mut *accounts.stake_pool.load_mut()?, slot)?;
            let mut delegation: RefMut<Delegation> =
                account::load_state(&accounts.delegation, RestakingError::WrongDelegation)?;
            require_keys_eq!(
                delegation.stake_pool,
                accounts.stake_pool.key(),
                RestakingError::WrongStakePool
            );
            require_keys_eq!(
                delegation.operator,
                accounts.operator.key(),
                RestakingError::WrongOperator
            );
            let old = delegation.cap.now;
            if cap > old {
                accounts.operator.load()?.require_in_service()?;
            }
            let (no_shares, timelock_slots) = (lrt.supply == 0, lrt.params.timelock_slots);
            OperatorCapSet {
                stake_pool: accounts.stake_pool.key(),
                operator: accounts.operator.key(),
                old,
                new: cap,
                timelock: delegation.cap.set(cap, no_shares, slot, timelock_slots)?,
            }
        };
        emit(&accounts.event_authority, &event)
    }

    fn create(&self) -> Result<()> {
        let (stake_pool, operator) = (self.stake_pool.key(), self.operator.key());
        let seeds = [DELEGATION_SEED, stake_pool.as_ref(), operator.as_ref()];
        let bump = account::search_bump(self.delegation.key, &seeds)?;
        let mut delegation: RefMut<Delegation> = account::create_state(
            &self.payer,
            &self.delegation,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        delegation.stake_pool = stake_pool;
        delegation.operator = operator;
        delegation.rent_payer = self.payer.key();
        delegation.bump = bump;
        delegation.version = LAYOUT_VERSION;
        let (pool, operator) = (
            &mut *self.stake_pool.load_mut()?,
            &mut *self.operator.load_mut()?,
        );
        pool.delegations = pool.delegations.up()?;
        operator.delegations = operator.delegations.up()?;
        Ok(())
    }
}

/// Puts a ripe higher cap of an operator in force; anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct ApplyOperatorCap<'info> {
    /// The delegation.
    #[account(mut)]
    pub delegation: AccountLoader<'info, Delegation>,
}

impl ApplyOperatorCap<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let delegation = &mut *accounts.delegation.load_mut()?;
            OperatorCapApplied {
                stake_pool: delegation.stake_pool,
                operator: delegation.operator,
                old: delegation.cap.apply(slot)?,
                new: delegation.cap.now,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
