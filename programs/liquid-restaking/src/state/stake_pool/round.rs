//! The forced round: a silent manager can not hold holders back (DESIGN §5).

use crate::{
    error::RestakingError,
    math::{mul_div_floor, Checked},
};
use anchor_lang::prelude::*;

/// A share of every allocation that anyone may deallocate, each allocation once. Frozen when the round is opened, so
/// that neither the order of the calls nor repeated ones choose who is drawn on.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Counts the rounds; 0: none was ever opened.
    pub number: u64,
    /// First slot in which it is over and the next one may be opened.
    pub end_slot: u64,
    /// Numerator of the share: what the queue lacked, in collateral units.
    pub shortage: u64,
    /// Denominator of the share: stake that was pledged, in collateral units.
    pub used: u64,
}

impl Round {
    /// Opens the next round.
    ///
    /// # Errors
    /// `RoundRunning` before the last one has ended; `NothingToDo` without a shortage.
    pub fn open(&mut self, shortage: u64, used: u64, slot: u64, length: u64) -> Result<()> {
        require!(slot >= self.end_slot, RestakingError::RoundRunning);
        require!(shortage > 0, RestakingError::NothingToDo);
        *self = Self {
            number: self.number.plus(1)?,
            end_slot: slot.plus(length)?,
            shortage: shortage.min(used),
            used,
        };
        Ok(())
    }

    /// What an allocation of `total` keeps: `floor(total · (1 − shortage / used))`.
    ///
    /// # Errors
    /// `RoundNotOpen` when none was opened or it is over.
    pub fn keeps_floor(&self, total: u64, slot: u64) -> Result<u64> {
        require!(slot < self.end_slot, RestakingError::RoundNotOpen);
        let kept = self.used.minus(self.shortage)?;
        mul_div_floor(total, u128::from(kept), u128::from(self.used))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_freezes_a_share_and_lasts_its_length() {
        let mut round = Round::default();
        assert_eq!(
            round.keeps_floor(9, 0),
            Err(RestakingError::RoundNotOpen.into())
        );
        assert!(round.open(0, 10, 5, 100).is_err());
        round.open(3, 10, 5, 100).unwrap();
        assert_eq!(
            (
                round.keeps_floor(10, 5).unwrap(),
                round.keeps_floor(9, 104).unwrap()
            ),
            (7, 6)
        );
        assert_eq!(round.keeps_floor(1, 50).unwrap(), 0); // never less than its share
        assert!(round.keeps_floor(10, 105).is_err());
        assert_eq!(
            round.open(3, 10, 104, 100),
            Err(RestakingError::RoundRunning.into())
        );
        round.open(30, 10, 105, 100).unwrap();
        assert_eq!((round.number, round.keeps_floor(10, 105).unwrap()), (2, 0));
    }
}
