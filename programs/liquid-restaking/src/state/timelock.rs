//! A proposed change ripens after the timelock and lapses one timelock later (DESIGN §3, "Changes").

use crate::{error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// When a proposed change may be applied. All zero: nothing is proposed.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    AnchorSerialize,
    AnchorDeserialize,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(C)]
pub struct Timelock {
    /// First slot in which anyone may apply the change; 0 when nothing is proposed.
    pub ripe_slot: u64,
    /// First slot in which it can no longer be applied.
    pub lapse_slot: u64,
}

impl Timelock {
    /// Starts the clock of a change proposed in `slot`.
    ///
    /// # Errors
    /// `MathOverflow` when the slots do not fit.
    pub fn start(slot: u64, timelock_slots: u64) -> Result<Self> {
        let ripe_slot = slot.plus(timelock_slots)?;
        Ok(Self {
            ripe_slot,
            lapse_slot: ripe_slot.plus(timelock_slots)?,
        })
    }

    /// Whether a change waits here, ripe or not.
    pub fn is_pending(&self) -> bool {
        self.ripe_slot != 0
    }

    /// # Errors
    /// `NothingProposed`, `TimelockRunning` before the ripe slot, `ProposalLapsed` from the lapse slot on.
    pub fn require_ripe(&self, slot: u64) -> Result<()> {
        require!(self.is_pending(), RestakingError::NothingProposed);
        require!(slot >= self.ripe_slot, RestakingError::TimelockRunning);
        require!(slot < self.lapse_slot, RestakingError::ProposalLapsed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_ripe_from_its_slot_to_the_slot_before_it_lapses() {
        let lock = Timelock::start(100, 50).unwrap();
        assert_eq!(
            lock.require_ripe(149),
            Err(RestakingError::TimelockRunning.into())
        );
        assert!(lock.require_ripe(150).is_ok() && lock.require_ripe(199).is_ok());
        assert_eq!(
            lock.require_ripe(200),
            Err(RestakingError::ProposalLapsed.into())
        );
        assert_eq!(
            Timelock::default().require_ripe(1),
            Err(RestakingError::NothingProposed.into())
        );
        assert!(Timelock::start(u64::MAX, 1).is_err());
    }
}
