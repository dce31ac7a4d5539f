//! Rewards in other tokens: holders stake LRT in positions and share up to eight streams (DESIGN §7).

mod position;
mod stream;

pub use position::RewardPosition;
pub use stream::{Checkpoint, Stream};

use crate::{constants::MAX_STREAMS, error::RestakingError};
use anchor_lang::prelude::*;

/// What is left of a closed stream may be as much as one unit of this decimal: a thousandth of a token.
const DUST_DECIMALS: u8 = 3;

/// The streams of one LRT, and the shares staked for them.
///
/// Invariants:
/// - the LRT vault's balance ≥ `staked` = Σ over positions of their shares
#[account(zero_copy)]
#[derive(Debug)]
pub struct RewardBook {
    /// The LRT.
    pub lrt: Pubkey,
    /// Holds the staked LRT; owned by this account.
    pub vault: Pubkey,
    /// Paid for this account and the vault, and gets their rent back.
    pub rent_payer: Pubkey,
    /// LRT in positions.
    pub staked: u64,
    /// Position accounts that exist.
    pub positions: u64,
    /// Position accounts that ever existed.
    pub positions_opened: u64,
    /// The streams.
    pub streams: [Stream; MAX_STREAMS],
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 6],
    /// Room to grow.
    pub reserved: [u64; 16],
}

const _: () = assert!(core::mem::size_of::<RewardBook>() == 1_920);

impl RewardBook {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The stream at `place`.
    ///
    /// # Errors
    /// `NoSuchStream`.
    pub fn stream_mut(&mut self, place: u8) -> Result<&mut Stream> {
        self.streams
            .get_mut(usize::from(place))
            .filter(|stream| stream.is_open())
            .ok_or_else(|| error!(RestakingError::NoSuchStream))
    }

    /// Opens a stream at a free place. Returns the place's stream, with a generation of its own.
    ///
    /// # Errors
    /// `NoSuchStream` when there is no such place; `AlreadyInUse` when it is not free; `StreamSlotsOutOfBounds`.
    pub fn open_stream(&mut self, place: u8, slots: u64, decimals: u8) -> Result<&mut Stream> {
        require!(
            (1..=crate::MAX_STREAM_SLOTS).contains(&slots),
            RestakingError::StreamSlotsOutOfBounds
        );
        let stream = self.streams.get_mut(usize::from(place));
        let stream = stream.ok_or_else(|| error!(RestakingError::NoSuchStream))?;
        require!(!stream.is_open(), RestakingError::AlreadyInUse);
        *stream = Stream {
            generation: stream.generation.saturating_add(1),
            slots,
            dust_cap: match decimals.checked_sub(DUST_DECIMALS) {
                Some(digits) => 10u64.saturating_pow(u32::from(digits)),
                None => 0,
            },
            ..bytemuck::Zeroable::zeroed()
        };
        Ok(stream)
    }

    /// The stream at `place`, after sharing out what is due in it.
    ///
    /// # Errors
    /// `NoSuchStream`.
    pub fn updated_stream(&mut self, place: u8, slot: u64) -> Result<&mut Stream> {
        let staked = self.staked;
        let stream = self.stream_mut(place)?;
        stream.update(staked, slot)?;
        Ok(stream)
    }

    /// # Errors
    /// `RewardBookInUse` while a stream is open or a position exists.
    pub fn require_closable(&self) -> Result<()> {
        require!(
            self.positions == 0 && !self.streams.iter().any(Stream::is_open),
            RestakingError::RewardBookInUse
        );
        Ok(())
    }
}
