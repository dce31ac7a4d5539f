//! Slashing: reserve, veto, execute (DESIGN §6). Every holder and every queued ticket bears the same.

use super::{Lrt, StakePool};
use crate::{
    constants::BPS,
    error::RestakingError,
    math::{grow_index, product, Checked},
    state::{Allocation, Delegation, PoolAvs, SlashProposal, SlashState},
};
use anchor_lang::prelude::*;

/// What an execution took: `amount` = `from_bond` + `from_stake` + `short`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Slashed {
    /// Paid by the operator.
    pub from_bond: u64,
    /// Paid by the holders.
    pub from_stake: u64,
    /// What was no longer there: another AVS had taken it.
    pub short: u64,
}

/// The accounts that a proposal is about.
pub struct Dispute<'a> {
    /// The stake pool.
    pub pool: &'a mut StakePool,
    /// The operator's delegation.
    pub delegation: &'a mut Delegation,
    /// The allocation.
    pub allocation: &'a mut Allocation,
    /// The acceptance of the AVS.
    pub pool_avs: &'a mut PoolAvs,
    /// The proposal.
    pub proposal: &'a mut SlashProposal,
}

impl Dispute<'_> {
    /// Brings allocation and bucket up to `slot`: what has cooled is open to no new proposal.
    fn update(&mut self, slot: u64) -> Result<()> {
        self.allocation.ripen(slot)?;
        let slashable = self.allocation.slashable(self.delegation.active)?;
        let terms = &self.pool_avs.accepted.terms;
        let clock = self.pool_avs.clock(slot);
        let bucket = &mut self.allocation.bucket;
        bucket.update(slashable, terms.slash_cap_bps, terms.slash_window, clock)
    }

    /// Ends what the proposal locks.
    fn unlock(&mut self, slot: u64) -> Result<()> {
        let amount = self.proposal.amount;
        self.delegation.disputed = self.delegation.disputed.minus(amount)?;
        self.allocation.disputed = self.allocation.disputed.minus(amount)?;
        self.allocation.proposal_ended_slot = slot;
        Ok(())
    }
}

impl Lrt {
    /// Opens a proposal: locks `amount` of the allocation and reserves room for it. Exits count what no bond covers as
    /// lost from now on. Accrued before.
    ///
    /// # Errors
    /// `ZeroAmount`; `SlashTooSmall`; `ProposalOpen`; `ProposalBlocked`; `AvsEnded` once all that it could count on is
    /// released; `SlashExceedsStake`; `SlashExceedsRoom`.
    pub fn propose_slash(&mut self, on: &mut Dispute, amount: u64, slot: u64) -> Result<()> {
        require!(amount > 0, RestakingError::ZeroAmount);
        require!(
            amount >= self.params.min_slash,
            RestakingError::SlashTooSmall
        );
        require!(on.allocation.disputed == 0, RestakingError::ProposalOpen);
        on.pool_avs.require_unblocked(on.allocation, slot)?;
        require!(
            on.pool_avs.ended_slot == 0 || slot < on.pool_avs.release_slot(slot)?,
            RestakingError::AvsEnded
        );
        on.update(slot)?;
        let slashable = on.allocation.slashable(on.delegation.active)?;
        if amount > slashable {
            msg!("Slashable {}", slashable);
            return err!(RestakingError::SlashExceedsStake);
        }
        on.allocation.bucket.reserve(amount)?;
        on.allocation.disputed = amount;
        on.delegation.disputed = on.delegation.disputed.plus(amount)?;
        on.proposal
            .open(amount, &on.pool_avs.accepted.terms, slot)?;
        self.proposal_slot = slot;
        self.book_dispute(on)
    }

    /// Ends a proposal without a slash, by a veto or by expiry: the room comes back, the AVS is blocked. What exits left
    /// behind meanwhile belongs to those who stayed. Accrued before.
    ///
    /// # Errors
    /// As [`SlashProposal::end`].
    pub fn fail_slash(&mut self, on: &mut Dispute, state: SlashState, slot: u64) -> Result<()> {
        on.proposal.end(state, slot)?;
        on.update(slot)?;
        on.allocation.bucket.give_back(on.proposal.amount);
        on.unlock(slot)?;
        on.pool_avs
            .block_after_failure(on.allocation, on.proposal, slot);
        on.allocation.ripen(slot)?; // what only the dispute held back
        self.book_dispute(on)
    }

    /// Executes a proposal: the bond pays first, then the holders' stake; nav falls in this very call. Accrued before.
    ///
    /// # Errors
    /// As [`SlashProposal::end`].
    pub fn execute_slash(&mut self, on: &mut Dispute, slot: u64) -> Result<Slashed> {
        on.proposal.end(SlashState::Executed, slot)?;
        on.update(slot)?;
        let slashed = on.take()?;
        on.unlock(slot)?;
        on.pool_avs
            .block_after_execution(on.allocation, on.proposal, slot);
        on.allocation.ripen(slot)?; // what only the dispute held back
        on.note_losses(&slashed, self.indexed_supply())?;
        self.book_dispute(on)?;
        self.write_row(on.pool)?;
        Ok(slashed)
    }

    fn book_dispute(&mut self, on: &mut Dispute) -> Result<()> {
        on.allocation.book(on.delegation, on.pool)?;
        self.book(on.pool, on.delegation)
    }

    /// Whether the queue may be settled: not while more than the tolerance is disputed and uncovered, and not in the slot
    /// of a proposal.
    ///
    /// # Errors
    /// `ProposalInThisSlot`; `DisputeAboveTolerance`.
    pub fn require_settling(&self, slot: u64) -> Result<()> {
        self.require_no_new_proposal(slot)?;
        let uncovered = product(self.uncovered()?, u128::from(BPS))?;
        let tolerated = product(self.nav()?, u128::from(self.params.dispute_tolerance_bps))?;
        require!(
            uncovered <= tolerated,
            RestakingError::DisputeAboveTolerance
        );
        Ok(())
    }

    /// In the slot of a proposal nobody leaves: its proposer could know.
    ///
    /// # Errors
    /// `ProposalInThisSlot`.
    pub fn require_no_new_proposal(&self, slot: u64) -> Result<()> {
        require!(
            slot != self.proposal_slot,
            RestakingError::ProposalInThisSlot
        );
        Ok(())
    }
}

impl Dispute<'_> {
    /// Takes the proposal's amount out of bond and stake, as far as they go.
    fn take(&mut self) -> Result<Slashed> {
        let amount = self.proposal.amount;
        let delegation = &mut *self.delegation;
        let from_bond = amount.min(delegation.bond);
        let rest = amount.minus(from_bond)?;
        let from_stake = rest.min(self.allocation.slashable(delegation.active)?);

        delegation.bond = delegation.bond.minus(from_bond)?;
        delegation.bond_cooling = delegation.bond_cooling.min(delegation.bond);
        self.pool.bonds = self.pool.bonds.minus(from_bond)?;
        delegation.active = delegation.active.minus(from_stake)?;
        self.pool.delegated = self.pool.delegated.minus(from_stake)?;
        self.allocation.take_slashed(from_stake)?;
        (self.proposal.from_bond, self.proposal.from_stake) = (from_bond, from_stake);
        Ok(Slashed {
            from_bond,
            from_stake,
            short: rest.minus(from_stake)?,
        })
    }

    /// Counters for reports: they saturate, for no counter may stop a slash.
    fn note_losses(&mut self, slashed: &Slashed, supply: u64) -> Result<()> {
        let taken = slashed.from_bond.plus(slashed.from_stake)?;
        self.delegation.losses = self.delegation.losses.saturating_add(taken);
        self.pool_avs.losses = self.pool_avs.losses.saturating_add(taken);
        grow_index(&mut self.pool_avs.loss_index, slashed.from_stake, supply);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{fixtures::*, Slashed};
    use bytemuck::Zeroable;

    /// 1,000 held, all of it delegated and allocated and warm; a room of 100 in 100 slots, windows of 10 and 20.
    struct Court {
        world: Restaking,
        proposal: SlashProposal,
    }

    const START: u64 = SLOT + 10;

    impl Court {
        fn new(bond: u64) -> Self {
            let mut world = Restaking::new(1_000);
            world.delegate(1_000).unwrap();
            world.allocate(1_000).unwrap();
            world.release(START).unwrap();
            let (pool, delegation) = (&mut world.pool, &mut world.delegation);
            if bond > 0 {
                world.lrt.post_bond(pool, delegation, bond, START).unwrap();
            }
            Self {
                world,
                proposal: SlashProposal::zeroed(),
            }
        }

        fn act<T>(&mut self, rule: impl FnOnce(&mut Lrt, &mut Dispute) -> Result<T>) -> Result<T> {
            let proposal = &mut self.proposal;
            self.world.attempt(|w| {
                let mut on = Dispute {
                    pool: &mut w.pool,
                    delegation: &mut w.delegation,
                    allocation: &mut w.allocation,
                    pool_avs: &mut w.pool_avs,
                    proposal,
                };
                rule(&mut w.lrt, &mut on)
            })
        }

        fn propose(&mut self, amount: u64, slot: u64) -> Result<()> {
            self.proposal = SlashProposal::zeroed();
            self.act(|lrt, on| lrt.propose_slash(on, amount, slot))
        }

        fn veto(&mut self, slot: u64) -> Result<()> {
            self.act(|lrt, on| lrt.fail_slash(on, SlashState::Vetoed, slot))
        }

        fn execute(&mut self, slot: u64) -> Result<Slashed> {
            self.act(|lrt, on| lrt.execute_slash(on, slot))
        }
    }

    #[test]
    fn a_proposal_locks_and_only_exits_count_it() {
        let mut court = Court::new(0);
        assert_eq!(
            court.propose(101, START),
            Err(RestakingError::SlashExceedsRoom.into())
        );
        assert_eq!(
            court.propose(0, START),
            Err(RestakingError::ZeroAmount.into())
        );
        court.world.lrt.params.min_slash = 5;
        assert_eq!(
            court.propose(4, START),
            Err(RestakingError::SlashTooSmall.into())
        );
        court.propose(100, START).unwrap();
        let lrt = &court.world.lrt;
        assert_eq!((lrt.nav().unwrap(), lrt.uncovered().unwrap()), (1_000, 100));
        assert_eq!(
            lrt.exit_price().unwrap().value_of_floor(1_000).unwrap(),
            900
        );
        assert_eq!(
            court.propose(5, START),
            Err(RestakingError::ProposalOpen.into())
        );
    }

    #[test]
    fn the_stake_pays_what_the_bond_does_not() {
        for (bond, from_bond, from_stake) in
            [(0, 0, 100), (30, 30, 70), (100, 100, 0), (130, 100, 0)]
        {
            let mut court = Court::new(bond);
            court.propose(100, START).unwrap();
            assert_eq!(court.world.lrt.uncovered().unwrap(), from_stake);
            let slashed = court.execute(START + 10).unwrap();
            assert_eq!(
                slashed,
                Slashed {
                    from_bond,
                    from_stake,
                    short: 0
                }
            );
            let Restaking {
                lrt,
                pool,
                delegation,
                allocation,
                pool_avs,
            } = &court.world;
            assert_eq!(
                (lrt.nav().unwrap(), lrt.uncovered().unwrap()),
                (1_000 - from_stake, 0)
            );
            assert_eq!(
                (pool.delegated, pool.bonds),
                (1_000 - from_stake, bond - from_bond)
            );
            assert_eq!(
                (delegation.active, delegation.bond),
                (1_000 - from_stake, bond - from_bond)
            );
            assert_eq!(
                (allocation.stake, allocation.disputed),
                (1_000 - from_stake, 0)
            );
            assert_eq!((pool_avs.losses, delegation.losses), (100, 100));
            assert_eq!(pool.avss[0].allocated, 1_000 - from_stake);
        }
    }

    #[test]
    fn a_bond_that_cools_is_slashed_too() {
        let mut court = Court::new(50);
        let world = &mut court.world;
        let (pool, delegation) = (&mut world.pool, &mut world.delegation);
        world
            .lrt
            .withdraw_bond(pool, delegation, 40, START)
            .unwrap();
        court.propose(30, START).unwrap();
        court.execute(START + 10).unwrap();
        let delegation = &court.world.delegation;
        assert_eq!((delegation.bond, delegation.bond_cooling), (20, 20));
    }

    #[test]
    fn a_veto_gives_everything_back_and_blocks() {
        let mut court = Court::new(0);
        court.propose(100, START).unwrap();
        assert!(court.execute(START + 9).is_err());
        court.veto(START + 9).unwrap();
        let allocation = &court.world.allocation;
        assert_eq!((allocation.disputed, allocation.bucket.room()), (0, 100));
        assert_eq!(court.world.lrt.uncovered().unwrap(), 0);
        assert_eq!(
            court.propose(1, START + 48),
            Err(RestakingError::ProposalBlocked.into())
        );
        court.propose(1, START + 49).unwrap();
    }

    #[test]
    fn after_an_execution_room_refills_over_the_window() {
        let mut court = Court::new(0);
        court.propose(100, START).unwrap();
        court.execute(START + 10).unwrap();
        // 900 are left: a cap of 90. 20 slots at 100 in 100: the level is 80.
        assert_eq!(
            court.propose(11, START + 20),
            Err(RestakingError::SlashExceedsRoom.into())
        );
        assert_eq!(
            court.propose(1, START + 19),
            Err(RestakingError::ProposalBlocked.into())
        );
        court.propose(10, START + 20).unwrap();
    }

    #[test]
    fn coolings_are_slashable_until_their_release_slot_and_pay_first() {
        let mut court = Court::new(0);
        let taken = court.world.deallocate(1_000, START).unwrap();
        court.propose(100, taken.release_slot - 1).unwrap();
        let late = taken.release_slot + 5;
        assert_eq!(court.world.release(late).unwrap().released, 900); // 100 are held back
        assert_eq!(
            court.world.undelegate(901),
            Err(RestakingError::StakeNotFree.into())
        );
        court.world.undelegate(900).unwrap();
        assert_eq!(court.execute(late + 5).unwrap().from_stake, 100);
        assert_eq!(
            (court.world.delegation.active, court.world.allocation.held),
            (0, 0)
        );

        let mut court = Court::new(0);
        let taken = court.world.deallocate(1_000, START).unwrap();
        assert_eq!(
            court.propose(1, taken.release_slot),
            Err(RestakingError::SlashExceedsStake.into())
        );
    }

    #[test]
    fn the_later_of_two_avss_gets_what_is_left() {
        let mut court = Court::new(0);
        court.propose(100, START).unwrap();
        court.world.delegation.active = 30; // another AVS took the rest
        court.world.pool.delegated = 30;
        let slashed = court.execute(START + 10).unwrap();
        assert_eq!((slashed.from_stake, slashed.short), (30, 70));
        assert_eq!(court.world.lrt.nav().unwrap(), 0);
        assert_eq!(court.world.delegation.free(10_000), 0);
    }

    #[test]
    fn settling_waits_above_the_tolerance_and_in_the_slot_of_a_proposal() {
        let mut court = Court::new(0);
        court.propose(5, START).unwrap(); // 50 bps of 1,000
        let lrt = &court.world.lrt;
        assert_eq!(
            lrt.require_settling(START),
            Err(RestakingError::ProposalInThisSlot.into())
        );
        lrt.require_settling(START + 1).unwrap();
        let mut court = Court::new(0);
        court.propose(6, START).unwrap();
        assert_eq!(
            court.world.lrt.require_settling(START + 1),
            Err(RestakingError::DisputeAboveTolerance.into())
        );
        court.world.lrt.require_no_new_proposal(START + 1).unwrap();
    }

    #[test]
    fn an_avs_that_ended_may_slash_what_it_could_count_on_and_no_longer() {
        let mut court = Court::new(0);
        court.propose(60, START).unwrap();
        court.execute(START + 10).unwrap();
        court.world.pool_avs.end(START + 20).unwrap();
        let release = terms().release_slot(START + 20).unwrap();
        // Room leaks no more after the end: 94 less 60, of which 20 have leaked.
        assert_eq!(
            court.propose(55, release - 1),
            Err(RestakingError::SlashExceedsRoom.into())
        );
        court.propose(54, release - 1).unwrap();
        court.veto(release).unwrap();
        assert_eq!(
            court.propose(1, release + 4_000),
            Err(RestakingError::AvsEnded.into())
        );
        let taken = court.world.force_deallocate(release).unwrap();
        assert_eq!((taken.cooling, taken.released), (940, 940));
    }
}
