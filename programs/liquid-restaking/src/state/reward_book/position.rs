//! A holder's LRT in a reward book. It carries the rate as before, and can be taken out at any time.

use super::{Checkpoint, RewardBook};
use crate::{constants::MAX_STREAMS, error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// One holder's stake in a reward book.
#[account(zero_copy)]
#[derive(Debug)]
pub struct RewardPosition {
    /// The reward book.
    pub book: Pubkey,
    /// Whose it is.
    pub owner: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// LRT staked.
    pub shares: u64,
    /// How far it has followed each stream, by place.
    pub checkpoints: [Checkpoint; MAX_STREAMS],
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 6],
}

const _: () = assert!(core::mem::size_of::<RewardPosition>() == 432);

impl RewardPosition {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Adds LRT.
    ///
    /// # Errors
    /// `ZeroAmount`; `MathOverflow`.
    pub fn stake(&mut self, book: &mut RewardBook, shares: u64, slot: u64) -> Result<()> {
        require!(shares > 0, RestakingError::ZeroAmount);
        self.settle(book, slot)?;
        self.shares = self.shares.plus(shares)?;
        book.staked = book.staked.plus(shares)?;
        Ok(())
    }

    /// Takes LRT out; what it has earned stays claimable.
    ///
    /// # Errors
    /// `ZeroAmount`; `PositionTooSmall`.
    pub fn unstake(&mut self, book: &mut RewardBook, shares: u64, slot: u64) -> Result<()> {
        require!(shares > 0, RestakingError::ZeroAmount);
        require!(shares <= self.shares, RestakingError::PositionTooSmall);
        self.settle(book, slot)?;
        self.shares = self.shares.minus(shares)?;
        book.staked = book.staked.minus(shares)?;
        Ok(())
    }

    /// Takes what it has earned in the stream at `place`.
    ///
    /// # Errors
    /// `NoSuchStream`; `NothingToDo`.
    pub fn claim(&mut self, book: &mut RewardBook, place: u8, slot: u64) -> Result<u64> {
        let stream = book.updated_stream(place, slot)?;
        let checkpoint = self
            .checkpoints
            .get_mut(usize::from(place))
            .ok_or_else(|| error!(RestakingError::NoSuchStream))?;
        checkpoint.settle(stream, self.shares);
        let claimed = checkpoint.owed;
        require!(claimed > 0, RestakingError::NothingToDo);
        checkpoint.owed = 0;
        stream.owed = stream.owed.minus(claimed)?;
        Ok(claimed)
    }

    /// # Errors
    /// `PositionInUse` while LRT is staked or something that an open stream owes is not claimed.
    pub fn require_closable(&self, book: &RewardBook) -> Result<()> {
        let owed = self.checkpoints.iter().zip(&book.streams);
        let unclaimed = owed.into_iter().any(|(own, stream)| {
            own.owed > 0 && own.generation == stream.generation && stream.is_open()
        });
        require!(
            self.shares == 0 && !unclaimed,
            RestakingError::PositionInUse
        );
        Ok(())
    }

    fn settle(&mut self, book: &mut RewardBook, slot: u64) -> Result<()> {
        let staked = book.staked;
        for (checkpoint, stream) in self.checkpoints.iter_mut().zip(&mut book.streams) {
            if stream.is_open() {
                stream.update(staked, slot)?;
                checkpoint.settle(stream, self.shares);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;
    use proptest::prelude::*;

    fn book(slots: u64) -> RewardBook {
        let mut book = RewardBook::zeroed();
        book.open_stream(0, slots, 9).unwrap().mint = Pubkey::new_unique();
        book
    }

    #[test]
    fn a_stream_is_shared_by_time_and_amount() {
        let mut book = book(100);
        let (mut alice, mut bob) = (RewardPosition::zeroed(), RewardPosition::zeroed());
        alice.stake(&mut book, 256, 1_000).unwrap();
        book.stream_mut(0).unwrap().fund(1_000, 1_000).unwrap();
        bob.stake(&mut book, 256, 1_050).unwrap(); // 500 were Alice's alone
        alice.unstake(&mut book, 256, 1_090).unwrap(); // half of 400
        assert_eq!(alice.claim(&mut book, 0, 1_200).unwrap(), 700);
        assert_eq!(bob.claim(&mut book, 0, 1_200).unwrap(), 300);
        assert_eq!(book.streams[0].owed, 0);
        assert_eq!(
            bob.claim(&mut book, 0, 1_200),
            Err(RestakingError::NothingToDo.into())
        );
        alice.require_closable(&book).unwrap();
        assert!(bob.require_closable(&book).is_err());
    }

    #[test]
    fn a_stream_waits_while_nobody_has_a_share_in_it() {
        let mut book = book(100);
        book.stream_mut(0).unwrap().fund(100, 1_000).unwrap();
        let mut late = RewardPosition::zeroed();
        late.stake(&mut book, 1, 1_500).unwrap();
        assert!(late.claim(&mut book, 0, 1_500).is_err());
        assert_eq!(late.claim(&mut book, 0, 1_550).unwrap(), 50);
        assert_eq!(late.claim(&mut book, 0, 1_600).unwrap(), 50);
    }

    #[test]
    fn a_place_is_used_again_and_no_position_reads_another_streams_index() {
        let mut book = book(10);
        let mut old = RewardPosition::zeroed();
        old.stake(&mut book, 7, 0).unwrap();
        book.stream_mut(0).unwrap().fund(1_000, 0).unwrap();
        book.updated_stream(0, 10).unwrap();
        assert_eq!(
            book.stream_mut(0).unwrap().close(1),
            Err(RestakingError::StreamInUse.into())
        );
        assert_eq!(old.claim(&mut book, 0, 10).unwrap(), 999); // a seventh of a unit seven times
        book.stream_mut(0).unwrap().close(1).unwrap();
        assert!(book.stream_mut(0).is_err() && book.open_stream(8, 10, 9).is_err());
        assert!(book.open_stream(0, 0, 9).is_err());
        book.open_stream(0, 10, 9).unwrap().mint = Pubkey::new_unique();
        assert!(book.open_stream(0, 10, 9).is_err());
        assert!(old.claim(&mut book, 0, 20).is_err());
        book.stream_mut(0).unwrap().fund(70, 20).unwrap();
        assert_eq!(old.claim(&mut book, 0, 30).unwrap(), 70); // staked all the while
        let mut new = RewardPosition::zeroed();
        new.stake(&mut book, 7, 30).unwrap();
        assert!(new.claim(&mut book, 0, 99).is_err());
        old.unstake(&mut book, 7, 30).unwrap();
        assert!(old.unstake(&mut book, 1, 30).is_err());
        old.require_closable(&book).unwrap();
    }

    #[test]
    fn nobodys_earnings_are_taken_for_dust_and_no_donation_keeps_a_place() {
        let mut book = RewardBook::zeroed();
        book.open_stream(0, 10, 2).unwrap().mint = Pubkey::new_unique(); // no whole unit is dust
        let mut alice = RewardPosition::zeroed();
        alice.stake(&mut book, 1, 0).unwrap();
        book.stream_mut(0).unwrap().fund(1, 0).unwrap();
        book.updated_stream(0, 10).unwrap();
        assert!(book.stream_mut(0).unwrap().close(1_000).is_err());
        assert_eq!(alice.claim(&mut book, 0, 10).unwrap(), 1);
        book.stream_mut(0).unwrap().close(0).unwrap();

        book.open_stream(0, 10, 6).unwrap().mint = Pubkey::new_unique();
        book.stream_mut(0).unwrap().fund(1_001, 20).unwrap();
        assert!(book.stream_mut(0).unwrap().close(0).is_err());
        book.updated_stream(0, 21).unwrap(); // 100 are owed, 901 are left
        assert!(book.stream_mut(0).unwrap().close(99).is_err());
        assert_eq!(alice.claim(&mut book, 0, 21).unwrap(), 100);
        book.stream_mut(0).unwrap().close(0).unwrap();
    }

    proptest! {
        #[test]
        fn what_is_claimed_is_what_was_shared_out(
            steps in proptest::collection::vec((0usize..3, 0u8..4, 1u64..u64::from(u32::MAX), 0u64..50), 1..80),
        ) {
            let mut book = book(100);
            let mut positions = [RewardPosition::zeroed(); 3];
            let (mut slot, mut funded, mut claimed) = (1_000u64, 0u64, 0u64);
            for (who, kind, amount, wait) in steps {
                slot += wait;
                let position = &mut positions[who];
                match kind {
                    0 => position.stake(&mut book, amount, slot).unwrap(),
                    1 => { let _ = position.unstake(&mut book, amount.min(position.shares), slot); },
                    2 => {
                        book.updated_stream(0, slot).unwrap();
                        book.stream_mut(0).unwrap().fund(amount, slot).unwrap();
                        funded += amount;
                    }
                    _ => claimed += position.claim(&mut book, 0, slot).unwrap_or(0),
                }
            }
            for position in &mut positions {
                claimed += position.claim(&mut book, 0, slot + 1_000).unwrap_or(0);
            }
            let stream = book.streams[0];
            prop_assert_eq!(funded, claimed + stream.owed + stream.drip.rest);
            prop_assert!(stream.owed <= 3); // less than a unit for each
        }
    }
}
