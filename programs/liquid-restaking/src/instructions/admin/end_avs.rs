use crate::{
    error::RestakingError,
    events::{emit, AvsEnded},
    state::{Lrt, PoolAvs, StakePool},
};
use anchor_lang::prelude::*;

/// The guardian ends an AVS on a stake pool, at once and for good.
///
/// Specification:
/// - writes only the slot: no new allocation, its room refills no more, anyone may deallocate each of its allocations
/// - exits are counted from this slot; what the AVS could count on stays slashable for its exit delay
/// - from then on the guardian may veto what it has proposed
#[event_cpi]
#[derive(Accounts)]
pub struct EndAvs<'info> {
    /// The LRT.
    #[account(
        constraint = lrt.load()?.guardian.holder == guardian.key() @ RestakingError::NotGuardian,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The guardian.
    pub guardian: Signer<'info>,
    /// The stake pool.
    #[account(has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The acceptance of the AVS.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
}

impl EndAvs<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            pool_avs.end(slot)?;
            AvsEnded {
                stake_pool: pool_avs.stake_pool,
                avs: pool_avs.avs,
                slot,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
