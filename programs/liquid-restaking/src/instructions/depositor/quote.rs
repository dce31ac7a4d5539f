use crate::{
    error::RestakingError,
    state::{InstantExit, Lrt, Minted, StakePool},
};
use anchor_lang::prelude::*;

/// Read-only answers, exact to the base unit with what the instruction asked about would do in the same slot: they run
/// the same rules on copies. Returned as return data; refused where the instruction would be refused.
#[derive(Accounts)]
pub struct Quote<'info> {
    /// The LRT.
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
}

/// What `request_withdraw` would do, and what its ticket would be worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct WithdrawQuote {
    /// Shares of the fee wallet.
    pub fee_shares: u64,
    /// Shares of the ticket.
    pub net_shares: u64,
    /// First slot in which its batch may be settled.
    pub due_slot: u64,
    /// Collateral units the ticket's shares would be paid if they were settled now.
    pub assets_now: u64,
}

impl Quote<'_> {
    /// What `deposit` of `amount` would mint.
    pub fn deposit(ctx: Context<Self>, amount: u64) -> Result<Minted> {
        let (mut lrt, mut pool, slot) = ctx.accounts.accrued_copies()?;
        lrt.deposit(&mut pool, amount, slot)
    }

    /// What `request_withdraw` of `shares` would queue.
    pub fn withdraw(ctx: Context<Self>, shares: u64) -> Result<WithdrawQuote> {
        let (lrt, pool, slot) = ctx.accounts.accrued_copies()?;
        lrt.supply_without(shares)?;
        let requested = lrt.split_request(shares)?;
        Ok(WithdrawQuote {
            fee_shares: requested.fee_shares,
            net_shares: requested.net_shares,
            due_slot: lrt.next_due_slot(&pool, slot)?,
            assets_now: lrt.exit_price()?.value_of_floor(requested.net_shares)?,
        })
    }

    /// What `redeem_instant` of `shares` would pay.
    pub fn instant(ctx: Context<Self>, shares: u64) -> Result<InstantExit> {
        let (mut lrt, mut pool, slot) = ctx.accounts.accrued_copies()?;
        lrt.redeem_instant(&mut pool, shares, slot)
    }

    /// Copies on the heap: together they would fill most of a stack frame.
    fn accrued_copies(&self) -> Result<(Box<Lrt>, Box<StakePool>, u64)> {
        let slot = Clock::get()?.slot;
        let mut lrt = Box::new(*self.lrt.load()?);
        let mut pool = Box::new(*self.stake_pool.load()?);
        lrt.accrue(&mut pool, slot)?;
        Ok((lrt, pool, slot))
    }
}
