//! An allocation: stake of a delegation that one AVS counts on and may slash (DESIGN §5).

use super::{Delegation, SlashBucket, StakePool};
use crate::{constants::MAX_COOLINGS, error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// Stake that cools until its release slot.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cooling {
    /// Collateral units; 0: the entry is free.
    pub amount: u64,
    /// First slot in which it is no longer the AVS's to count on.
    pub release_slot: u64,
}

/// What a delegation has allocated to one AVS. A number of tokens, not a share.
///
/// Invariants:
/// - `disputed` ≤ `stake` + [`Allocation::cooling`]
/// - at most one entry for a release slot, none prolonged
#[account(zero_copy)]
#[derive(Debug)]
pub struct Allocation {
    /// The delegation.
    pub delegation: Pubkey,
    /// The AVS.
    pub avs: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// Counts for the AVS.
    pub stake: u64,
    /// Does not count yet.
    pub warming: u64,
    /// First slot in which what warms counts.
    pub warm_slot: u64,
    /// Deallocated, and slashable until the release slot.
    pub coolings: [Cooling; MAX_COOLINGS],
    /// Cooled, and held back only by a dispute.
    pub held: u64,
    /// Locked by an open slash proposal.
    pub disputed: u64,
    /// The last forced round it was called in.
    pub round: u64,
    /// Place of the AVS in the pool's table.
    pub place: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 5],
    /// The AVS's room to slash it.
    pub bucket: SlashBucket,
    /// Until this slot the AVS may propose nothing on it.
    pub blocked_until: u64,
    /// The slot in which its last proposal ended; 0: there was none.
    pub proposal_ended_slot: u64,
    /// Room to grow.
    pub reserved: [u64; 17],
}

const _: () = assert!(core::mem::size_of::<Allocation>() == 472);

/// What time has done to an allocation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Ripened {
    /// Became stake.
    pub warmed: u64,
    /// Is no longer the AVS's.
    pub released: u64,
}

/// What a deallocation does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub struct Deallocated {
    /// Was still warming: free at once.
    pub from_warming: u64,
    /// Was stake: cools.
    pub cooling: u64,
    /// Until this slot; 0 when nothing cools.
    pub release_slot: u64,
    /// Was released in the same call: coolings that were over, and what is taken from an AVS that ended long ago.
    pub released: u64,
}

impl Allocation {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Stake and what warms.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn total(&self) -> Result<u64> {
        self.stake.plus(self.warming)
    }

    /// All that cools.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn cooling(&self) -> Result<u64> {
        let entries = self.coolings.iter();
        entries
            .into_iter()
            .try_fold(self.held, |sum, entry| sum.plus(entry.amount))
    }

    /// Turns what has warmed into stake and releases entries whose slot has come, as far as `disputed` allows. Every
    /// write begins with it.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn ripen(&mut self, slot: u64) -> Result<Ripened> {
        let mut ripened = Ripened::default();
        if self.warming > 0 && slot >= self.warm_slot {
            ripened.warmed = self.warming;
            self.stake = self.stake.plus(self.warming)?;
            self.warming = 0;
        }
        let mut cooling = 0u64;
        for entry in &mut self.coolings {
            if entry.amount == 0 {
                continue;
            }
            if slot >= entry.release_slot {
                self.held = self.held.plus(entry.amount)?;
                *entry = Cooling::default();
            } else {
                cooling = cooling.plus(entry.amount)?;
            }
        }
        if self.held > 0 {
            // Stake and younger coolings carry the dispute first: what has cooled goes as soon as it can.
            let carried = self.stake.plus(cooling)?;
            let kept = self.disputed.saturating_sub(carried).min(self.held);
            ripened.released = self.held.minus(kept)?;
            self.held = kept;
        }
        Ok(ripened)
    }

    /// Adds stake that warms; what still warms starts anew with it. Without a warm-up it counts at once. Ripened before.
    ///
    /// # Errors
    /// `MathOverflow`.
    pub fn warm_up(&mut self, amount: u64, slot: u64, warmup_slots: u64) -> Result<()> {
        self.warming = self.warming.plus(amount)?;
        self.warm_slot = slot.plus(warmup_slots)?;
        self.ripen(slot)?;
        Ok(())
    }

    /// Takes `amount` back: what warms first, free at once; stake cools until `release_slot`. Ripened before.
    ///
    /// # Errors
    /// `ZeroAmount`; `AllocationTooSmall`; the log says how much there is; `TooManyCoolings` never, by construction.
    pub fn deallocate(&mut self, amount: u64, release_slot: u64) -> Result<Deallocated> {
        require!(amount > 0, RestakingError::ZeroAmount);
        let total = self.total()?;
        if amount > total {
            msg!("Allocated {}", total);
            return err!(RestakingError::AllocationTooSmall);
        }
        let from_warming = amount.min(self.warming);
        let cooling = amount.minus(from_warming)?;
        self.warming = self.warming.minus(from_warming)?;
        if cooling == 0 {
            return Ok(Deallocated {
                from_warming,
                ..Deallocated::default()
            });
        }
        self.stake = self.stake.minus(cooling)?;
        self.cool(cooling, release_slot)?;
        Ok(Deallocated {
            from_warming,
            cooling,
            release_slot,
            released: 0,
        })
    }

    /// Equal release slots merge; no entry that exists is prolonged.
    fn cool(&mut self, amount: u64, release_slot: u64) -> Result<()> {
        let same = |entry: &&mut Cooling| entry.amount > 0 && entry.release_slot == release_slot;
        if let Some(entry) = self.coolings.iter_mut().find(same) {
            entry.amount = entry.amount.plus(amount)?;
            return Ok(());
        }
        let free = self.coolings.iter_mut().find(|entry| entry.amount == 0);
        let entry = free.ok_or_else(|| error!(RestakingError::TooManyCoolings))?;
        *entry = Cooling {
            amount,
            release_slot,
        };
        Ok(())
    }

    /// Writes what the allocation is now into the delegation's and the pool's tables. Every write ends with it.
    ///
    /// # Errors
    /// `MathOverflow` and `TableMismatch`, neither of which a sound ledger can reach.
    pub fn book(&self, delegation: &mut Delegation, pool: &mut StakePool) -> Result<()> {
        let row = delegation.row_mut(self.place)?;
        let old = row.all();
        row.total = self.total()?;
        row.cooling = self.cooling()?;
        let new = row.all();
        pool.book_allocated(self.place, old, new)
    }

    /// What the AVS can slash: stake and coolings, and no more than the operator's stake that is left.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound ledger can not reach.
    pub fn slashable(&self, active: u64) -> Result<u64> {
        Ok(self.stake.plus(self.cooling()?)?.min(active))
    }

    /// Takes `amount` of slashed stake out: what has cooled and is held back, then the soonest cooling, then stake.
    ///
    /// # Errors
    /// `MathOverflow` when there is less.
    pub fn take_slashed(&mut self, amount: u64) -> Result<()> {
        let from_held = amount.min(self.held);
        self.held = self.held.minus(from_held)?;
        let mut rest = amount.minus(from_held)?;
        while rest > 0 {
            let pending = self.coolings.iter_mut().filter(|entry| entry.amount > 0);
            let Some(soonest) = pending.min_by_key(|entry| entry.release_slot) else {
                break;
            };
            let taken = rest.min(soonest.amount);
            soonest.amount = soonest.amount.minus(taken)?;
            rest = rest.minus(taken)?;
        }
        self.stake = self.stake.minus(rest)?;
        Ok(())
    }

    /// Whether nothing is left of it and its room has refilled: it would open again as it is closed.
    ///
    /// # Errors
    /// `AllocationInUse` while it has stake, something cools or is disputed, its block runs, or its last proposal ended
    /// less than a slash window ago.
    pub fn require_closable(&self, slash_window: u64, slot: u64) -> Result<()> {
        let refilled = self.proposal_ended_slot == 0
            || slot
                >= self
                    .proposal_ended_slot
                    .plus(slash_window)?
                    .max(self.blocked_until);
        require!(
            refilled && self.total()? == 0 && self.cooling()? == 0 && self.disputed == 0,
            RestakingError::AllocationInUse
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{fixtures::*, AvsTerms};
    use bytemuck::Zeroable;
    use proptest::prelude::*;

    fn allocation(stake: u64) -> Allocation {
        let mut allocation = Allocation::zeroed();
        allocation.stake = stake;
        allocation
    }

    #[test]
    fn stake_warms_then_counts_and_starts_anew_when_added_to() {
        let mut allocation = allocation(0);
        allocation.warm_up(10, 100, 10).unwrap();
        assert_eq!(allocation.ripen(109).unwrap(), Ripened::default());
        allocation.warm_up(5, 109, 10).unwrap();
        assert_eq!(allocation.ripen(118).unwrap().warmed, 0);
        assert_eq!(allocation.ripen(119).unwrap().warmed, 15);
        assert_eq!((allocation.stake, allocation.warming), (15, 0));
        allocation.warm_up(5, 200, 0).unwrap();
        assert_eq!((allocation.stake, allocation.warming), (20, 0));
    }

    #[test]
    fn what_warms_is_taken_first_and_is_free_at_once() {
        let mut allocation = allocation(100);
        allocation.warm_up(10, 50, 10).unwrap();
        let taken = allocation.deallocate(4, 165).unwrap();
        assert_eq!((taken.from_warming, taken.cooling), (4, 0));
        let taken = allocation.deallocate(16, 165).unwrap();
        assert_eq!(
            (taken.from_warming, taken.cooling, taken.release_slot),
            (6, 10, 165)
        );
        assert_eq!(allocation.cooling().unwrap(), 10);
        assert!(allocation.deallocate(91, 165).is_err() && allocation.deallocate(0, 165).is_err());
        assert_eq!(allocation.ripen(164).unwrap().released, 0);
        assert_eq!(allocation.ripen(165).unwrap().released, 10);
        assert_eq!(allocation.cooling().unwrap(), 0);
    }

    #[test]
    fn a_dispute_holds_back_no_more_than_it_needs() {
        let mut allocation = allocation(100);
        allocation.deallocate(60, 165).unwrap();
        allocation.deallocate(20, 180).unwrap();
        allocation.disputed = 70; // 20 stake, 20 younger, 30 of those that have cooled
        assert_eq!(allocation.ripen(165).unwrap().released, 30);
        assert_eq!((allocation.held, allocation.cooling().unwrap()), (30, 50));
        assert_eq!(allocation.ripen(170).unwrap().released, 0);
        assert_eq!(allocation.ripen(180).unwrap().released, 0); // all 70 of it are needed
        assert!(allocation.require_closable(100, 180).is_err());
        allocation.disputed = 0;
        assert_eq!(allocation.ripen(180).unwrap().released, 50);
        allocation.stake = 0;
        allocation.require_closable(100, 180).unwrap();
        allocation.proposal_ended_slot = 150;
        allocation.blocked_until = 260;
        assert!(allocation.require_closable(100, 259).is_err());
        allocation.require_closable(100, 260).unwrap();
        allocation.blocked_until = 0;
        assert!(allocation.require_closable(100, 249).is_err());
    }

    #[test]
    fn a_deallocation_in_every_slot_needs_no_more_than_eight_entries_and_prolongs_none() {
        for exit_delay in [7, 8, 13, 14, 50, 99, 100, 105] {
            let terms = AvsTerms {
                exit_delay,
                ..terms()
            };
            let mut allocation = allocation(10_000);
            let mut due = std::collections::BTreeMap::<u64, u64>::new();
            for slot in 1_000..1_000 + 2 * exit_delay {
                let released = allocation.ripen(slot).unwrap().released;
                assert_eq!(released, due.remove(&slot).unwrap_or(0));
                let release = terms.release_slot(slot).unwrap();
                assert!(release >= slot + exit_delay && release < slot + exit_delay * 8 / 7 + 1);
                allocation.deallocate(1, release).unwrap();
                *due.entry(release).or_default() += 1;
                let open = allocation.coolings.iter().filter(|c| c.amount > 0);
                assert!(open.count() <= MAX_COOLINGS);
                for entry in allocation.coolings.iter().filter(|c| c.amount > 0) {
                    assert_eq!(due[&entry.release_slot], entry.amount);
                }
            }
        }
    }

    #[test]
    fn the_tables_say_what_the_allocation_says() {
        let (_, mut pool) = world();
        let mut delegation = Delegation::zeroed();
        delegation.active = 100;
        let mut allocation = allocation(50);
        allocation.place = 3;
        allocation.book(&mut delegation, &mut pool).unwrap();
        allocation.deallocate(20, 165).unwrap();
        allocation.book(&mut delegation, &mut pool).unwrap();
        let row = delegation.allocations[3];
        assert_eq!((row.total, row.cooling), (30, 20));
        assert_eq!(pool.avss[3].allocated, 50);
    }

    #[test]
    fn a_slash_takes_what_is_held_then_the_soonest_cooling_then_stake() {
        let mut allocation = allocation(100);
        allocation.deallocate(10, 180).unwrap();
        allocation.deallocate(20, 165).unwrap();
        allocation.held = 5;
        assert_eq!(allocation.slashable(1_000).unwrap(), 105);
        assert_eq!(allocation.slashable(90).unwrap(), 90);
        allocation.take_slashed(15).unwrap();
        assert_eq!((allocation.held, allocation.coolings[1].amount), (0, 10));
        allocation.take_slashed(30).unwrap();
        assert_eq!((allocation.cooling().unwrap(), allocation.stake), (0, 60));
        assert!(allocation.take_slashed(61).is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_disputes_stay_covered(steps in proptest::collection::vec((0u8..4, 1u64..50, 0u64..40), 1..60)) {
            let (mut allocation, mut slot, mut out) = (allocation(0), 1_000u64, 0u64);
            let mut paid_in = 0;
            for (kind, amount, wait) in steps {
                slot += wait;
                out += allocation.ripen(slot).unwrap().released;
                match kind {
                    0 => { allocation.warm_up(amount, slot, 10).unwrap(); paid_in += amount; }
                    1 => if let Ok(taken) = allocation.deallocate(amount, terms().release_slot(slot).unwrap()) { out += taken.from_warming; },
                    2 => allocation.disputed = amount.min(allocation.stake + allocation.cooling().unwrap()),
                    _ => allocation.disputed = 0,
                }
                prop_assert!(allocation.disputed <= allocation.stake + allocation.cooling().unwrap());
                prop_assert_eq!(paid_in, out + allocation.total().unwrap() + allocation.cooling().unwrap());
            }
        }
    }
}
