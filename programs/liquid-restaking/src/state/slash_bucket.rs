//! The room that an AVS has to slash one allocation: a leaky bucket (DESIGN §6).

use crate::{
    error::RestakingError,
    math::{bps_floor, divide, from_u128, product, Checked},
};
use anchor_lang::prelude::*;

/// How much of an allocation has been proposed to be slashed of late. Collateral units.
///
/// Within any window an AVS takes at most twice its cap: what the bucket holds, and what leaks out of it meanwhile.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SlashBucket {
    /// Proposed and not leaked out; vetoed and expired proposals are taken out again.
    pub level: u64,
    /// What it holds, as of the last update; what it leaks in one window until the next.
    pub capacity: u64,
    /// Slots in which the capacity leaks, as of the last update.
    pub window: u64,
    /// Slot of the last update.
    pub clock: u64,
    /// What has leaked beyond whole units, in parts of `window`: so frequent updates lose nothing.
    pub remainder: u64,
}

impl SlashBucket {
    /// Lets the bucket leak up to `slot`, at the capacity of the update before, then notes the capacity now:
    /// `floor(cap_bps · slashable / 10 000)`.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound bucket can not reach.
    pub fn update(&mut self, slashable: u64, cap_bps: u16, window: u64, slot: u64) -> Result<()> {
        let passed = slot.saturating_sub(self.clock);
        if self.level > 0 && self.window > 0 {
            let leaked = product(self.capacity, u128::from(passed))?
                .checked_add(u128::from(self.remainder))
                .ok_or_else(|| error!(RestakingError::MathOverflow))?;
            let (whole, remainder) = divide(from_u128(leaked), self.window);
            self.remainder = remainder;
            self.level = u64::try_from(whole).map_or(0, |whole| self.level.saturating_sub(whole));
        }
        if self.level == 0 || window != self.window {
            self.remainder = 0; // an empty bucket saves nothing up
        }
        self.clock = self.clock.max(slot);
        self.capacity = bps_floor(slashable, cap_bps)?;
        self.window = window;
        Ok(())
    }

    /// What may be proposed now. Updated before.
    pub fn room(&self) -> u64 {
        self.capacity.saturating_sub(self.level)
    }

    /// Reserves room for a proposal. Updated before.
    ///
    /// # Errors
    /// `SlashExceedsRoom`; the log says how much there is.
    pub fn reserve(&mut self, amount: u64) -> Result<()> {
        let room = self.room();
        if amount > room {
            msg!("Room {}", room);
            return err!(RestakingError::SlashExceedsRoom);
        }
        self.level = self.level.plus(amount)?;
        Ok(())
    }

    /// Gives the room of a vetoed or expired proposal back, as far as it has not leaked out already. Updated before.
    pub fn give_back(&mut self, amount: u64) {
        self.level = self.level.saturating_sub(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bucket() -> SlashBucket {
        let mut bucket = SlashBucket::default();
        bucket.update(1_000, 1_000, 100, 50).unwrap();
        bucket
    }

    #[test]
    fn room_is_used_refills_over_the_window_and_is_given_back() {
        let mut bucket = bucket();
        assert_eq!(bucket.room(), 100);
        bucket.reserve(60).unwrap();
        assert_eq!(
            bucket.reserve(41),
            Err(RestakingError::SlashExceedsRoom.into())
        );
        bucket.update(1_000, 1_000, 100, 80).unwrap();
        assert_eq!(bucket.room(), 70);
        bucket.reserve(70).unwrap();
        bucket.update(1_000, 1_000, 100, 179).unwrap();
        assert_eq!(bucket.room(), 99);
        bucket.give_back(1);
        assert_eq!(bucket.room(), 100);
        bucket.give_back(70); // has leaked out meanwhile
        assert_eq!(bucket.room(), 100);
    }

    #[test]
    fn an_update_in_every_slot_leaks_as_much_as_one_in_the_end() {
        for (slashable, window) in [(1_000, 100), (1_930, 100), (30, 1_000), (7, 60)] {
            let mut often = SlashBucket::default();
            often.update(slashable, 5_000, window, 0).unwrap();
            often.reserve(often.room()).unwrap();
            let mut once = often;
            for slot in 1..=window - 1 {
                often.update(slashable, 5_000, window, slot).unwrap();
            }
            once.update(slashable, 5_000, window, window - 1).unwrap();
            assert_eq!(often, once);
        }
    }

    #[test]
    fn an_allocation_that_shrank_has_room_again_only_below_its_new_cap() {
        let mut bucket = bucket();
        bucket.reserve(100).unwrap();
        bucket.update(500, 1_000, 100, 50).unwrap();
        assert_eq!(bucket.room(), 0);
        bucket.update(500, 1_000, 100, 150).unwrap(); // leaked at the capacity of 50 noted before
        assert_eq!((bucket.level, bucket.room()), (50, 0));
        bucket.update(5_000, 1_000, 100, 150).unwrap(); // grew: the room grows with it, the level stays
        assert_eq!((bucket.level, bucket.room()), (50, 450));
    }

    #[test]
    fn a_clock_that_stands_leaks_nothing() {
        let mut bucket = bucket();
        bucket.reserve(100).unwrap();
        bucket.update(1_000, 1_000, 100, 40).unwrap();
        assert_eq!((bucket.level, bucket.clock), (100, 50));
    }

    proptest! {
        #[test]
        fn no_window_sees_more_than_twice_the_cap(
            waits in proptest::collection::vec((0u64..40, 0u64..120), 1..80), window in 1u64..200, slashable in 1u64..5_000,
        ) {
            let mut bucket = SlashBucket::default();
            let (mut slot, mut taken) = (1_000u64, Vec::new());
            for (wait, wanted) in waits {
                slot += wait;
                bucket.update(slashable, 5_000, window, slot).unwrap();
                let amount = wanted.min(bucket.room());
                bucket.reserve(amount).unwrap();
                taken.push((slot, amount));
            }
            for (start, _) in &taken {
                let sum: u64 = taken.iter().filter(|(at, _)| at >= start && *at < start + window).map(|(_, a)| a).sum();
                prop_assert!(sum <= 2 * (slashable / 2), "{sum}");
            }
        }
    }
}
