use crate::{
    error::RestakingError,
    events::{emit, AvsApplied, AvsCapLowered, AvsProposed},
    instructions::account,
    state::{Avs, Lrt, PoolAvs, StakePool},
    LAYOUT_VERSION, POOL_AVS_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// The admin proposes to accept an AVS for a stake pool: for the first time, with a higher cap, or with new terms.
///
/// Specification:
/// - what the AVS offers now is copied; once in force, the copy rules, whatever the AVS says later
/// - waits out the timelock, in which every allocation has time to leave; at once while no share is in being
/// - at most 16 AVSs a pool; the exit delay within the LRT's `max_exit_delay`
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeAvs<'info> {
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
    /// The AVS.
    pub avs: AccountLoader<'info, Avs>,
    /// Its acceptance, created here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is created.
    #[account(mut)]
    pub pool_avs: UncheckedAccount<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl ProposeAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, cap_bps: u16) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        if account::is_new(&accounts.pool_avs) {
            accounts.create()?;
        }
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            let mut pool_avs: RefMut<PoolAvs> =
                account::load_state(&accounts.pool_avs, RestakingError::WrongAvs)?;
            require_keys_eq!(
                pool_avs.stake_pool,
                accounts.stake_pool.key(),
                RestakingError::WrongStakePool
            );
            require_keys_eq!(pool_avs.avs, accounts.avs.key(), RestakingError::WrongAvs);
            let offer = accounts.avs.load()?.offer;
            offer.terms.validate(lrt.fixed.max_exit_delay)?;
            AvsProposed {
                stake_pool: accounts.stake_pool.key(),
                avs: accounts.avs.key(),
                offer,
                cap_bps,
                timelock: pool_avs.propose(
                    pool,
                    offer,
                    cap_bps,
                    lrt.supply == 0,
                    slot,
                    lrt.params.timelock_slots,
                )?,
            }
        };
        emit(&accounts.event_authority, &event)
    }

    fn create(&self) -> Result<()> {
        let (stake_pool, avs) = (self.stake_pool.key(), self.avs.key());
        let seeds = [POOL_AVS_SEED, stake_pool.as_ref(), avs.as_ref()];
        let bump = account::search_bump(self.pool_avs.key, &seeds)?;
        let mut pool_avs: RefMut<PoolAvs> = account::create_state(
            &self.payer,
            &self.pool_avs,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        pool_avs.stake_pool = stake_pool;
        pool_avs.avs = avs;
        pool_avs.rent_payer = self.payer.key();
        pool_avs.place = self.stake_pool.load_mut()?.take_avs_place(avs)?;
        pool_avs.bump = bump;
        pool_avs.version = LAYOUT_VERSION;
        Ok(())
    }
}

/// Puts a ripe acceptance of an AVS in force; anyone may.
#[event_cpi]
#[derive(Accounts)]
pub struct ApplyAvs<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The acceptance.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
}

impl ApplyAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            accounts.lrt.load_mut()?.accrue(pool, slot)?;
            let (old, old_cap_bps) = pool_avs.apply(pool, slot)?;
            AvsApplied {
                stake_pool: pool_avs.stake_pool,
                avs: pool_avs.avs,
                old,
                old_cap_bps,
                new: pool_avs.accepted,
                new_cap_bps: pool.avs_mut(pool_avs.place)?.cap_bps,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}

/// The admin lowers an AVS's cap at once, and takes a proposal back; 0 removes the AVS.
///
/// Specification:
/// - nothing more is allocated beyond it; what is allocated stays until it is deallocated, and slashable for the exit delay
#[event_cpi]
#[derive(Accounts)]
pub struct LowerAvsCap<'info> {
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
    /// The acceptance.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
}

impl LowerAvsCap<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, cap_bps: u16) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            accounts.lrt.load_mut()?.accrue(pool, slot)?;
            AvsCapLowered {
                stake_pool: pool_avs.stake_pool,
                avs: pool_avs.avs,
                old_bps: pool_avs.lower_cap(pool, cap_bps)?,
                new_bps: cap_bps,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
