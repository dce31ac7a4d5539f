use crate::{
    error::RestakingError,
    events::{emit, BatchSettled},
    state::{Lrt, StakePool, WithdrawBatch},
};
use anchor_lang::prelude::*;

/// Settles the queue's head batch, as far as idle collateral goes.
///
/// Specification:
/// - from the batch's due slot on; before it, or with too little idle to pay `min_settle`, an error
/// - shares leave the supply at `n` and their value becomes claimable in the same step; no token moves
/// - no loop: ten thousand tickets are settled as one
/// - the batch leaves the queue when all of it is settled; one emptied by cancels passes with nothing to pay
#[event_cpi]
#[derive(Accounts)]
pub struct Settle<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The head of its queue.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub batch: AccountLoader<'info, WithdrawBatch>,
}

impl Settle<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let batch = &mut *accounts.batch.load_mut()?;
            lrt.accrue(pool, slot)?;
            let before = lrt.totals()?;
            let settled = lrt.settle(pool, batch, slot)?;
            BatchSettled {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                batch_epoch: batch.epoch,
                shares: settled.shares,
                assets: settled.assets,
                left_queue: settled.left_queue,
                before,
                after: lrt.totals()?,
            }
        };
        emit(&accounts.event_authority, &event)
    }
}
