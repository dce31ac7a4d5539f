use crate::{
    error::RestakingError,
    events::{emit, RoundOpened},
    state::{Lrt, StakePool, WithdrawBatch},
};
use anchor_lang::prelude::*;

/// Opens a forced round: the queue's head is past its grace, and neither idle nor what is freeing pays what is owed.
///
/// Specification:
/// - anyone may; it freezes the share of every allocation that the whole queue lacks, so that nobody chooses who is drawn on
/// - the next one only after the longest cooling: ten batches behind each other wait one exit delay
#[event_cpi]
#[derive(Accounts)]
pub struct OpenRound<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The head of its queue.
    #[account(has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub batch: AccountLoader<'info, WithdrawBatch>,
}

impl OpenRound<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            lrt.accrue(pool, slot)?;
            lrt.open_round(pool, &*accounts.batch.load()?, slot)?;
            RoundOpened {
                stake_pool: accounts.stake_pool.key(),
                number: pool.round.number,
                shortage: pool.round.shortage,
                used: pool.round.used,
                end_slot: pool.round.end_slot,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
