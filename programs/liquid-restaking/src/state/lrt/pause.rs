//! A pause ends by itself, and the next has to wait: a guardian slows, and can not freeze.

use crate::{
    constants::{MAX_PAUSE_SLOTS, PAUSE_REST_FACTOR},
    error::RestakingError,
    math::Checked,
};
use anchor_lang::prelude::*;

/// What a guardian can pause. Requests, settlement, cancels and claims are not here, and can not be paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum Pausable {
    /// `deposit`.
    Deposits,
    /// `redeem_instant`.
    InstantExits,
}

/// One pause, running or over.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// First slot of the pause.
    pub from: u64,
    /// First slot after it.
    pub until: u64,
}

impl Pause {
    /// Whether it runs in `slot`.
    pub fn is_active(&self, slot: u64) -> bool {
        slot < self.until
    }

    /// First slot in which a new pause may begin: three times this one's length after its end.
    ///
    /// # Errors
    /// `MathOverflow`, which bounded pauses can not reach.
    pub fn next_from(&self) -> Result<u64> {
        let length = self.until.minus(self.from)?;
        self.until.plus(length.times(PAUSE_REST_FACTOR)?)
    }

    /// Begins a pause of `slots` in `slot`.
    ///
    /// # Errors
    /// `PauseOutOfBounds` when `slots` is 0 or over three days; `PauseTooSoon` while one runs or rests.
    pub fn begin(&mut self, slot: u64, slots: u64) -> Result<()> {
        require!(
            (1..=MAX_PAUSE_SLOTS).contains(&slots),
            RestakingError::PauseOutOfBounds
        );
        require!(slot >= self.next_from()?, RestakingError::PauseTooSoon);
        *self = Self {
            from: slot,
            until: slot.plus(slots)?,
        };
        Ok(())
    }

    /// Ends a running pause in `slot`, though not before its second slot: a pause that has begun counts one slot at the
    /// least, or a guardian could begin and end one in every slot and never rest.
    ///
    /// # Errors
    /// `NothingToDo` when none runs, or it ends with this slot anyway.
    pub fn end(&mut self, slot: u64) -> Result<()> {
        let until = slot.max(self.from.plus(1)?);
        require!(
            self.is_active(slot) && until < self.until,
            RestakingError::NothingToDo
        );
        self.until = until;
        Ok(())
    }
}

impl super::Lrt {
    /// The pause of that kind.
    pub fn pause_mut(&mut self, what: Pausable) -> &mut Pause {
        match what {
            Pausable::Deposits => &mut self.deposit_pause,
            Pausable::InstantExits => &mut self.instant_pause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_by_itself_and_the_next_waits_three_times_its_length() {
        let mut pause = Pause::default();
        assert!(pause.begin(1_000, 0).is_err());
        assert!(pause.begin(1_000, MAX_PAUSE_SLOTS + 1).is_err());
        pause.begin(1_000, 100).unwrap();
        assert!(pause.is_active(1_000) && pause.is_active(1_099) && !pause.is_active(1_100));
        assert!(pause.begin(1_050, 100).is_err()); // cannot be prolonged
        assert!(pause.begin(1_399, 1).is_err());
        pause.begin(1_400, 1).unwrap();
    }

    #[test]
    fn ending_it_early_shortens_the_wait_with_it() {
        let mut pause = Pause::default();
        assert!(pause.end(10).is_err());
        pause.begin(1_000, 100).unwrap();
        pause.end(1_010).unwrap();
        assert!(!pause.is_active(1_010));
        assert_eq!(pause.next_from().unwrap(), 1_040);
    }

    #[test]
    fn a_pause_ended_in_its_own_slot_counts_that_slot() {
        let mut pause = Pause::default();
        pause.begin(1_000, 100).unwrap();
        pause.end(1_000).unwrap();
        assert!(pause.is_active(1_000) && !pause.is_active(1_001));
        assert!(pause.end(1_000).is_err());
        assert!(pause.begin(1_003, 1).is_err());
        pause.begin(1_004, 1).unwrap();
    }
}
