use crate::{
    error::RestakingError,
    events::{emit, RewardsPaid},
    instructions::{account, token},
    state::{Allocation, Avs, Delegation, Lrt, Operator, PoolAvs, StakePool},
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// Pays a reward, in collateral, for what an operator's allocation to an AVS has earned.
///
/// Specification:
/// - anyone may; at least the LRT's `min_reward`
/// - the operator's commission and the fee wallet's fee are counters that their owners collect; the rest drips
/// - moves no price in its slot
/// - what the AVS's authority signs counts as that AVS's yield, anything else as unattributed
#[event_cpi]
#[derive(Accounts)]
pub struct PayRewards<'info> {
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
    /// The operator's delegation.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator, whose commission is taken.
    pub operator: AccountLoader<'info, Operator>,
    /// The allocation that has earned it.
    #[account(has_one = delegation @ RestakingError::WrongDelegation)]
    pub allocation: AccountLoader<'info, Allocation>,
    /// The pool's acceptance of the AVS.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = avs @ RestakingError::WrongAvs,
        constraint = pool_avs.load()?.avs == allocation.load()?.avs @ RestakingError::WrongAvs,
    )]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The AVS; it may be closed.
    /// CHECK: `pool_avs` has it.
    pub avs: UncheckedAccount<'info>,
    /// Pays.
    pub payer: Signer<'info>,
    /// The payer's collateral.
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub collateral: UncheckedAccount<'info>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl PayRewards<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let is_signed = accounts.is_signed_by_avs();
        let commission_bps = accounts.operator.load()?.commission_at(slot);
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let pool_avs = &mut *accounts.pool_avs.load_mut()?;
            lrt.accrue(pool, slot)?;
            let split = lrt.pay_rewards(
                pool,
                delegation,
                pool_avs,
                amount,
                commission_bps,
                is_signed,
                slot,
            )?;
            let drip = lrt.row_mut(pool)?.drip;
            RewardsPaid {
                stake_pool: accounts.stake_pool.key(),
                operator: accounts.operator.key(),
                avs: accounts.avs.key(),
                payer: accounts.payer.key(),
                is_signed,
                split,
                drip_rest: drip.rest,
                drip_end: drip.end,
            }
        };
        token::pull(
            &accounts.collateral_token_program,
            &accounts.collateral,
            &accounts.vault,
            &accounts.payer,
            amount,
        )?;
        emit(&accounts.event_authority, &event)
    }

    fn is_signed_by_avs(&self) -> bool {
        let avs: Result<RefMut<Avs>> = account::load_state(&self.avs, RestakingError::WrongAvs);
        avs.is_ok_and(|avs| avs.authority.holder == self.payer.key())
    }
}
