//! The AVSs of a stake pool in one fixed table: what risk is read from without another account.

use super::StakePool;
use crate::{
    error::RestakingError,
    math::{Checked, Count},
};
use anchor_lang::prelude::*;

/// One AVS in a stake pool's table; the default key: the place is free.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AvsRow {
    /// The AVS.
    pub avs: Pubkey,
    /// Σ over its allocations of stake, warming and cooling: an upper bound of what it can count on.
    pub allocated: u64,
    /// Most of the pool's assets that may be allocated to it, in basis points; 0: nothing more.
    pub cap_bps: u16,
    /// Most of an allocation that it may slash in one window, in basis points.
    pub slash_cap_bps: u16,
    /// Explicit padding.
    pub padding: [u8; 4],
}

impl StakePool {
    /// Takes a place for an AVS.
    ///
    /// # Errors
    /// `TooManyAvss` when all are taken.
    pub fn take_avs_place(&mut self, avs: Pubkey) -> Result<u8> {
        let free = (0u8..).zip(self.avss.iter_mut());
        let (place, row) = free
            .into_iter()
            .find(|(_, row)| row.avs == Pubkey::default())
            .ok_or_else(|| error!(RestakingError::TooManyAvss))?;
        row.avs = avs;
        self.avs_count = self.avs_count.up()?;
        Ok(place)
    }

    /// Gives a place back.
    ///
    /// # Errors
    /// `TableMismatch`, which a sound table can not reach.
    pub fn free_avs_place(&mut self, place: u8) -> Result<()> {
        *self.avs_mut(place)? = AvsRow::default();
        self.avs_count = self.avs_count.down()?;
        Ok(())
    }

    /// The row at `place`.
    ///
    /// # Errors
    /// `TableMismatch`, which a sound table can not reach.
    pub fn avs_mut(&mut self, place: u8) -> Result<&mut AvsRow> {
        self.avss
            .get_mut(usize::from(place))
            .ok_or_else(|| error!(RestakingError::TableMismatch))
    }

    /// An allocation to the AVS at `place` went from `old` to `new`, cooling included.
    ///
    /// # Errors
    /// `MathOverflow` and `TableMismatch`, neither of which a sound ledger can reach.
    pub fn book_allocated(&mut self, place: u8, old: u64, new: u64) -> Result<()> {
        let row = self.avs_mut(place)?;
        row.allocated = row.allocated.minus(old)?.plus(new)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{constants::MAX_AVSS, state::fixtures::*};

    #[test]
    fn places_are_taken_kept_and_given_back() {
        let (_, mut pool) = world();
        for place in 0..u8::try_from(MAX_AVSS).unwrap() {
            assert_eq!(pool.take_avs_place(Pubkey::new_unique()).unwrap(), place);
        }
        assert_eq!(
            pool.take_avs_place(Pubkey::new_unique()),
            Err(RestakingError::TooManyAvss.into())
        );
        pool.free_avs_place(3).unwrap();
        assert_eq!(pool.avs_count, 15);
        assert_eq!(pool.take_avs_place(Pubkey::new_unique()).unwrap(), 3);
        pool.book_allocated(3, 0, 7).unwrap();
        pool.book_allocated(3, 5, 1).unwrap();
        assert_eq!(pool.avss[3].allocated, 3);
        assert!(pool.book_allocated(3, 4, 0).is_err() && pool.avs_mut(16).is_err());
    }
}
