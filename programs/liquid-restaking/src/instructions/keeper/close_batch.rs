use crate::{
    error::RestakingError,
    events::{emit, BatchClosed},
    instructions::account,
    state::{Lrt, StakePool, WithdrawBatch},
};
use anchor_lang::prelude::*;

/// Closes a batch that has left the queue and has no open ticket: its dust returns to idle, its rent to its payer.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseBatch<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The batch, closed here.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub batch: AccountLoader<'info, WithdrawBatch>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseBatch<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, recorded) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let batch = accounts.batch.load()?;
            lrt.accrue(pool, slot)?;
            let event = BatchClosed {
                stake_pool: accounts.stake_pool.key(),
                batch_epoch: batch.epoch,
                dust: lrt.close_batch(pool, &batch)?,
            };
            (event, batch.rent_payer)
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.batch.as_ref(), &accounts.rent_payer, &recorded)
    }
}
