use crate::{
    error::RestakingError,
    events::{emit, SlashProposed},
    instructions::account,
    math::{Checked, Count},
    state::{uri_bytes, Allocation, Delegation, Dispute, Lrt, PoolAvs, SlashProposal, StakePool},
    LAYOUT_VERSION, SLASH_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// What a proposal is made of.
#[derive(Debug, Clone, AnchorSerialize, AnchorDeserialize)]
pub struct ProposeSlashArgs {
    /// Collateral units to take.
    pub amount: u64,
    /// Hash of the evidence.
    pub evidence: [u8; 32],
    /// Where the evidence is: at most 128 bytes.
    pub uri: String,
}

/// The AVS's slasher proposes to slash an allocation.
///
/// Specification:
/// - by the slasher that the stake pool has accepted; at least the LRT's `min_slash`
/// - no more than the AVS can count on, and no more than it has room for; the room is used from now on
/// - locks the amount in the allocation; one open proposal per allocation
/// - exits count what no bond covers as lost from now on; deposits do not. Nothing is settled or redeemed in this slot
/// - not while a block from an earlier proposal runs, nor once all that an ended AVS could count on is released
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeSlash<'info> {
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
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        constraint = pool_avs.load()?.avs == allocation.load()?.avs @ RestakingError::WrongAvs,
        constraint = pool_avs.load()?.accepted.slasher == slasher.key() @ RestakingError::NotSlasher,
    )]
    pub pool_avs: AccountLoader<'info, PoolAvs>,
    /// The proposal, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub proposal: UncheckedAccount<'info>,
    /// Proposes.
    pub slasher: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl ProposeSlash<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: ProposeSlashArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let uri = uri_bytes(&args.uri)?;
        accounts.create()?;
        let event = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let mut proposal: RefMut<SlashProposal> =
                account::load_state(&accounts.proposal, RestakingError::WrongAddress)?;
            let mut on = Dispute {
                pool: &mut *accounts.stake_pool.load_mut()?,
                delegation: &mut *accounts.delegation.load_mut()?,
                allocation: &mut *accounts.allocation.load_mut()?,
                pool_avs: &mut *accounts.pool_avs.load_mut()?,
                proposal: &mut proposal,
            };
            (on.proposal.evidence, on.proposal.uri) = (args.evidence, uri);
            lrt.accrue(on.pool, slot)?;
            lrt.propose_slash(&mut on, args.amount, slot)?;
            SlashProposed {
                stake_pool: accounts.stake_pool.key(),
                operator: on.delegation.operator,
                avs: on.pool_avs.avs,
                proposal: accounts.proposal.key(),
                index: on.proposal.index,
                amount: args.amount,
                execution_slot: on.proposal.execution_slot,
                expiry_slot: on.proposal.expiry_slot,
                uncovered: lrt.uncovered()?,
                evidence: args.evidence,
                uri: args.uri,
            }
        };
        emit(&accounts.event_authority, &event)
    }

    #[inline(never)]
    fn create(&self) -> Result<()> {
        let pool_avs = &mut *self.pool_avs.load_mut()?;
        let (key, index) = (self.pool_avs.key(), pool_avs.proposals);
        let index_bytes = index.to_le_bytes();
        let seeds = [SLASH_SEED, key.as_ref(), &index_bytes];
        let bump = account::search_bump(self.proposal.key, &seeds)?;
        let mut proposal: RefMut<SlashProposal> = account::create_state(
            &self.payer,
            &self.proposal,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        proposal.pool_avs = key;
        proposal.allocation = self.allocation.key();
        proposal.rent_payer = self.payer.key();
        proposal.index = index;
        proposal.bump = bump;
        proposal.version = LAYOUT_VERSION;
        pool_avs.proposals = index.plus(1)?;
        pool_avs.open_proposals = pool_avs.open_proposals.up()?;
        Ok(())
    }
}
