//! What every instruction about an existing proposal needs.

use crate::{
    error::RestakingError,
    state::{Allocation, Delegation, Dispute, Lrt, PoolAvs, SlashProposal, StakePool},
};
use anchor_lang::prelude::*;

/// A proposal and all that it is about.
#[derive(Accounts)]
pub struct Disputed<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator's delegation.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The allocation.
    #[account(mut, has_one = delegation @ RestakingError::WrongDelegation)]
    pub allocation: AccountLoader<'info, Allocation>,
    /// The pool's acceptance of the AVS.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The proposal.
    #[account(
        mut,
        has_one = allocation @ RestakingError::WrongAllocation,
        has_one = pool_avs @ RestakingError::WrongPoolAvs,
    )]
    pub proposal: AccountLoader<'info, SlashProposal>,
}

impl Disputed<'_> {
    /// Accrues, then calls one rule on all of it.
    ///
    /// # Errors
    /// The rule's.
    pub fn rule<T>(
        &self,
        slot: u64,
        rule: impl FnOnce(&mut Lrt, &mut Dispute) -> Result<T>,
    ) -> Result<T> {
        let lrt = &mut *self.lrt.load_mut()?;
        let mut on = Dispute {
            pool: &mut *self.stake_pool.load_mut()?,
            delegation: &mut *self.delegation.load_mut()?,
            allocation: &mut *self.allocation.load_mut()?,
            pool_avs: &mut *self.pool_avs.load_mut()?,
            proposal: &mut *self.proposal.load_mut()?,
        };
        lrt.accrue(on.pool, slot)?;
        rule(lrt, &mut on)
    }
}
