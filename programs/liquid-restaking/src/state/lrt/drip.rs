//! Rewards drip: nobody can deposit just before one and leave just after (DESIGN §4, §7; attack 8).

use crate::math::{share_floor, Checked};
use anchor_lang::prelude::*;

/// An amount that is released linearly over slots.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Drip {
    /// What is still to be released.
    pub rest: u64,
    /// The slot up to which it has been released.
    pub last: u64,
    /// The slot in which all of it is released.
    pub end: u64,
}

impl Drip {
    /// A drip of `rest` from `last` to `end`.
    #[cfg(test)]
    pub fn running(rest: u64, last: u64, end: u64) -> Self {
        Self { rest, last, end }
    }

    /// Releases `floor(rest · (slot − last) / (end − last))`, all of it from `end` on. `last` moves only when
    /// something was released, so that calls in every slot delay it by less than a unit a call and lose nothing.
    ///
    /// # Errors
    /// None that a sound drip can reach.
    pub fn release(&mut self, slot: u64) -> Result<u64> {
        let released = if slot >= self.end {
            self.rest
        } else {
            let passed = slot.saturating_sub(self.last);
            share_floor(self.rest, passed, self.end.saturating_sub(self.last))?
        };
        if released > 0 {
            self.rest = self.rest.minus(released)?;
            self.last = slot;
        }
        Ok(released)
    }

    /// Lets the slots up to `slot` pass without a release: `last` and `end` move on together.
    ///
    /// # Errors
    /// `MathOverflow` when the end does not fit.
    pub fn hold(&mut self, slot: u64) -> Result<()> {
        let passed = slot.saturating_sub(self.last);
        self.last = self.last.plus(passed)?;
        self.end = self.end.plus(passed)?;
        Ok(())
    }

    /// Adds `amount`, just after a release in `slot`. The slots left become the weighted mean of those left and
    /// `drip_slots`, rounded towards those left and at least 1, so that tiny rewards neither hold a drip up nor hurry it.
    ///
    /// # Errors
    /// `MathOverflow` when the sum or the end does not fit.
    pub fn join(&mut self, amount: u64, slot: u64, drip_slots: u64) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        let left = if self.rest == 0 {
            0
        } else {
            self.end.saturating_sub(slot)
        };
        let sum = self.rest.plus(amount)?;
        // rest · left + amount · drip_slots, split so that each product fits: left + amount · (drip_slots − left) / sum
        let new_left = if drip_slots >= left {
            left.plus(share_floor(amount, drip_slots.minus(left)?, sum)?)?
        } else {
            // Rounding towards `left` from below is rounding the decrease down.
            left.minus(share_floor(amount, left.minus(drip_slots)?, sum)?)?
        };
        self.rest = sum;
        self.last = slot;
        self.end = slot.plus(new_left.max(1))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn releases_linearly_and_all_of_it_at_the_end() {
        let mut drip = Drip::running(100, 10, 20);
        assert_eq!(drip.release(10).unwrap(), 0);
        assert_eq!(drip.release(13).unwrap(), 30);
        assert_eq!(drip.release(13).unwrap(), 0);
        assert_eq!(drip.release(99).unwrap(), 70);
        assert_eq!(drip.rest, 0);
    }

    #[test]
    fn frequent_calls_lose_nothing() {
        let mut drip = Drip::running(3, 0, 1_000);
        let released: u64 = (1..=1_000).map(|slot| drip.release(slot).unwrap()).sum();
        assert_eq!(released, 3);
    }

    #[test]
    fn a_new_amount_joins_with_a_weighted_end_and_releases_nothing_in_its_slot() {
        let mut drip = Drip::default();
        drip.join(100, 50, 10).unwrap();
        assert_eq!((drip.last, drip.end), (50, 60));
        drip.join(100, 56, 10).unwrap(); // 100 over 4 left, 100 over 10: 7 left
        assert_eq!((drip.rest, drip.last, drip.end), (200, 56, 63));
        assert_eq!(drip.release(56).unwrap(), 0);
        drip.join(100, 56, 1).unwrap(); // (200 · 7 + 100) / 300 = 5, exactly
        assert_eq!(drip.end, 61);
    }

    #[test]
    fn a_unit_in_every_slot_neither_holds_up_nor_hurries() {
        let mut drip = Drip::default();
        drip.join(1_000_000, 0, 100).unwrap();
        for slot in 1..100 {
            drip.release(slot).unwrap();
            drip.join(1, slot, 100).unwrap();
            assert!(
                drip.end >= 100 && drip.end <= 101 + slot,
                "slot {slot}: {}",
                drip.end
            );
        }
        assert!(drip.rest < 40_000);
    }

    #[test]
    fn a_drip_of_one_slot_never_divides_by_zero() {
        let mut drip = Drip::default();
        drip.join(7, 5, 0).unwrap();
        assert_eq!(drip.end, 6);
        assert_eq!(drip.release(5).unwrap(), 0);
        assert_eq!(drip.release(6).unwrap(), 7);
    }

    proptest! {
        #[test]
        fn what_joins_is_what_is_released(amounts in proptest::collection::vec(0u64..1_000_000, 1..20), slots in 1u64..500) {
            let (mut drip, mut slot, mut released) = (Drip::default(), 1_000u64, 0u64);
            for amount in &amounts {
                released += drip.release(slot).unwrap();
                drip.join(*amount, slot, slots).unwrap();
                prop_assert!(drip.end <= slot + slots);
                slot += slots / 3;
            }
            released += drip.release(slot + slots).unwrap();
            prop_assert_eq!(released, amounts.iter().sum::<u64>());
            prop_assert_eq!(drip.rest, 0);
        }
    }
}
