//! A cap that falls at once and rises after the timelock (DESIGN §3, "Changes").

use super::Timelock;
use crate::error::RestakingError;
use anchor_lang::prelude::*;

/// An upper bound in base units, and the higher one that waits.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cap {
    /// In force.
    pub now: u64,
    /// What will be, once the timelock is over.
    pub pending: u64,
    /// When it may be applied.
    pub timelock: Timelock,
}

impl Cap {
    /// Sets a lower cap at once, proposes a higher one (at once too while `no_shares`). Setting the cap in force takes a
    /// pending rise back. Returns when it may be applied, if it waits.
    ///
    /// # Errors
    /// `NothingToDo` when it is in force already and no rise is pending.
    pub fn set(
        &mut self,
        cap: u64,
        no_shares: bool,
        slot: u64,
        timelock_slots: u64,
    ) -> Result<Option<Timelock>> {
        require!(
            cap != self.now || self.timelock.is_pending(),
            RestakingError::NothingToDo
        );
        if cap <= self.now || no_shares {
            *self = Self::of(cap);
            return Ok(None);
        }
        let timelock = Timelock::start(slot, timelock_slots)?;
        self.pending = cap;
        self.timelock = timelock;
        Ok(Some(timelock))
    }

    /// Puts the higher cap in force. Returns the old one.
    ///
    /// # Errors
    /// `NothingProposed`, `TimelockRunning`, `ProposalLapsed`.
    pub fn apply(&mut self, slot: u64) -> Result<u64> {
        self.timelock.require_ripe(slot)?;
        let old = self.now;
        *self = Self::of(self.pending);
        Ok(old)
    }

    /// A cap with nothing pending.
    pub fn of(cap: u64) -> Self {
        Self {
            now: cap,
            ..Self::default()
        }
    }

    /// Whether it lets nothing through, and nothing pending that may still be applied would.
    pub fn is_shut(&self, slot: u64) -> bool {
        let may_rise = self.timelock.is_pending() && slot < self.timelock.lapse_slot;
        self.now == 0 && !may_rise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_falls_at_once_and_rises_after_the_timelock() {
        let mut cap = Cap::of(100);
        assert_eq!(cap.set(50, false, 1_000, 10).unwrap(), None);
        assert!(cap.set(50, false, 1_000, 10).is_err());
        let lock = cap.set(200, false, 1_000, 10).unwrap().unwrap();
        assert_eq!((cap.now, lock.ripe_slot), (50, 1_010));
        assert!(cap.apply(1_009).is_err());
        assert_eq!(cap.apply(1_010).unwrap(), 50);
        assert_eq!(cap.now, 200);
        cap.set(300, false, 2_000, 10).unwrap();
        assert_eq!(cap.set(200, false, 2_000, 10).unwrap(), None); // takes the rise back
        assert!(cap.set(200, false, 2_000, 10).is_err());
        cap.set(300, false, 2_000, 10).unwrap();
        cap.set(10, false, 2_001, 10).unwrap(); // lowering takes a pending rise back
        assert!(cap.apply(2_010).is_err());
        assert_eq!(cap.set(400, true, 2_000, 10).unwrap(), None);
    }

    #[test]
    fn a_cap_is_shut_when_nothing_can_raise_it() {
        let mut cap = Cap::default();
        assert!(cap.is_shut(0));
        cap.set(5, false, 100, 10).unwrap();
        assert!(!cap.is_shut(119) && cap.is_shut(120)); // lapsed
        cap.apply(110).unwrap();
        assert!(!cap.is_shut(500));
    }
}
