use crate::{
    error::RestakingError,
    events::{emit, Allocated},
    instructions::account,
    math::Count,
    state::{Allocation, Delegation, Lrt, Operator, OptIn, PoolAvs, StakePool},
    ALLOCATION_SEED, LAYOUT_VERSION,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// Allocates stake of an operator to an AVS, which may slash it.
///
/// Specification:
/// - the pool has accepted the AVS and the guardian has not ended it, both sides have opted in for at least the LRT's warm-up, the operator has not retired
/// - what is added warms up, then counts; what still warms starts anew with it
/// - within the operator's stake, the leverage, the AVS's cap and the operator's bond; a refusal logs by how much
/// - refused when it would leave idle and what is freeing below what the queue is owed; once the queue's head is past its
///   grace only idle counts: nobody is kept waiting by stake that is pledged anew whenever it is released
/// - the first one creates the account
#[event_cpi]
#[derive(Accounts)]
pub struct Allocate<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.manager.holder == manager.key() @ RestakingError::NotManager,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The manager.
    pub manager: Signer<'info>,
    /// The stake pool.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The operator's delegation.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = operator @ RestakingError::WrongOperator,
    )]
    pub delegation: AccountLoader<'info, Delegation>,
    /// The operator.
    pub operator: AccountLoader<'info, Operator>,
    /// The pool's acceptance of the AVS.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The opt-in of operator and AVS; there may be none.
    /// CHECK: by its fields.
    pub opt_in: UncheckedAccount<'info>,
    /// The allocation, created here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is created.
    #[account(mut)]
    pub allocation: UncheckedAccount<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl Allocate<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        accounts.operator.load()?.require_in_service()?;
        if account::is_new(&accounts.allocation) {
            accounts.create()?;
        }
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let delegation = &mut *accounts.delegation.load_mut()?;
            let mut allocation: RefMut<Allocation> =
                account::load_state(&accounts.allocation, RestakingError::WrongDelegation)?;
            let pool_avs = accounts.pool_avs.load()?;
            pool_avs.require_not_ended()?;
            let avs = pool_avs.avs;
            require_keys_eq!(
                allocation.delegation,
                accounts.delegation.key(),
                RestakingError::WrongDelegation
            );
            require_keys_eq!(allocation.avs, avs, RestakingError::WrongAvs);
            accounts.require_opted_in(&avs, slot, lrt.params.warmup_slots)?;
            lrt.accrue(pool, slot)?;
            let ripened = lrt.allocate(pool, delegation, &mut allocation, amount, slot)?;
            Allocated {
                stake_pool: accounts.stake_pool.key(),
                operator: accounts.operator.key(),
                avs,
                amount,
                ripened,
                stake: allocation.stake,
                warming: allocation.warming,
                warm_slot: allocation.warm_slot,
            }
        };
        emit(&accounts.event_authority, &event)
    }

    fn require_opted_in(&self, avs: &Pubkey, slot: u64, warmup_slots: u64) -> Result<()> {
        let opt_in: RefMut<OptIn> =
            account::load_state(&self.opt_in, RestakingError::OperatorNotOptedIn)?;
        require_keys_eq!(
            opt_in.operator,
            self.operator.key(),
            RestakingError::WrongOperator
        );
        require_keys_eq!(opt_in.avs, *avs, RestakingError::WrongAvs);
        opt_in.require_warm(slot, warmup_slots)
    }

    #[inline(never)]
    fn create(&self) -> Result<()> {
        let pool_avs = &mut *self.pool_avs.load_mut()?;
        let (delegation, avs) = (self.delegation.key(), pool_avs.avs);
        let seeds = [ALLOCATION_SEED, delegation.as_ref(), avs.as_ref()];
        let bump = account::search_bump(self.allocation.key, &seeds)?;
        let mut allocation: RefMut<Allocation> = account::create_state(
            &self.payer,
            &self.allocation,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        allocation.delegation = delegation;
        allocation.avs = avs;
        allocation.rent_payer = self.payer.key();
        allocation.place = pool_avs.place;
        allocation.bump = bump;
        allocation.version = LAYOUT_VERSION;
        pool_avs.allocations = pool_avs.allocations.up()?;
        let delegation = &mut *self.delegation.load_mut()?;
        delegation.allocation_count = delegation.allocation_count.up()?;
        Ok(())
    }
}
