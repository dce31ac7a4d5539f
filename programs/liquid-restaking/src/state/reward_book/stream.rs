//! One reward token, shared by staked shares over time.

use crate::{
    error::RestakingError,
    math::{divide, from_u128, to_u128, wide, Checked},
    state::Drip,
};
use anchor_lang::prelude::*;

/// A stream of one token. Its amounts are units of that token.
///
/// Invariants:
/// - the vault's balance ≥ `drip.rest` + `owed`: a stream never owes what it does not hold
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Stream {
    /// The token; the default key: the place is free.
    pub mint: Pubkey,
    /// Holds all of it.
    pub vault: Pubkey,
    /// The token's program.
    pub token_program: Pubkey,
    /// Paid for the vault and gets its rent back.
    pub rent_payer: Pubkey,
    /// What is still to be shared out. It stands still while nobody has a share in it.
    pub drip: Drip,
    /// Slots over which a funding is shared out; 0: the place is free.
    pub slots: u64,
    /// Shared out per staked share so far, in parts of 2^64; wraps.
    pub index: [u64; 2],
    /// Shared out beyond the index's whole parts, in parts of 2^64 of a unit.
    pub carry: u64,
    /// Shared out and not yet claimed.
    pub owed: u64,
    /// What may be left when it is closed: a thousandth of a token.
    pub dust_cap: u64,
    /// Counts the streams at this place: a position never reads another stream's index as its own.
    pub generation: u64,
}

const _: () = assert!(core::mem::size_of::<Stream>() == 208);

impl Stream {
    /// Whether a stream runs here, or has run and is not closed.
    pub fn is_open(&self) -> bool {
        self.slots > 0
    }

    /// # Errors
    /// `WrongVault`; `WrongTokenProgram`.
    pub fn require_accounts(&self, vault: &Pubkey, token_program: &Pubkey) -> Result<()> {
        require_keys_eq!(*vault, self.vault, RestakingError::WrongVault);
        require_keys_eq!(
            *token_program,
            self.token_program,
            RestakingError::WrongTokenProgram
        );
        Ok(())
    }

    /// Shares out what has become due since the last time.
    ///
    /// # Errors
    /// None that a sound stream can reach.
    pub fn update(&mut self, staked: u64, slot: u64) -> Result<()> {
        if self.drip.rest == 0 {
            return Ok(());
        }
        if staked == 0 {
            return self.drip.hold(slot);
        }
        let released = self.drip.release(slot)?;
        self.owed = self.owed.plus(released)?;
        let (per_share, carry) = divide([self.carry, released], staked);
        self.carry = carry;
        self.index = from_u128(to_u128(self.index).wrapping_add(per_share));
        Ok(())
    }

    /// Adds tokens: they are shared out over `slots`, with what is left of earlier ones. Updated before.
    ///
    /// # Errors
    /// `ZeroAmount`; `MathOverflow`.
    pub fn fund(&mut self, amount: u64, slot: u64) -> Result<()> {
        require!(amount > 0, RestakingError::ZeroAmount);
        self.drip.join(amount, slot, self.slots)
    }

    /// Frees the place of a stream that is over and claimed. Rounding leaves each of the book's `positions` less than one
    /// unit; more than a thousandth of a token is never taken for dust, however many positions somebody opens. As much may
    /// still be shared out: a donation of one unit keeps no place.
    ///
    /// # Errors
    /// `StreamInUse`.
    pub fn close(&mut self, positions: u64) -> Result<()> {
        require!(
            self.drip.rest <= self.dust_cap && self.owed <= positions.min(self.dust_cap),
            RestakingError::StreamInUse
        );
        *self = Self {
            generation: self.generation,
            ..bytemuck::Zeroable::zeroed()
        };
        Ok(())
    }
}

/// How far a position has followed one stream.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The stream's generation.
    pub generation: u64,
    /// The stream's index when the position was last settled.
    pub index: [u64; 2],
    /// Earned and not yet claimed.
    pub owed: u64,
    /// Earned beyond whole units, in parts of 2^64.
    pub part: u64,
}

impl Checkpoint {
    /// Brings a position of `shares` up to the stream's index. Total: nothing here can stop anyone from leaving.
    pub fn settle(&mut self, stream: &Stream, shares: u64) {
        if self.generation != stream.generation {
            // Staked before this stream began: it counts from the stream's beginning.
            *self = Self {
                generation: stream.generation,
                ..Self::default()
            };
        }
        let passed = to_u128(stream.index).wrapping_sub(to_u128(self.index));
        let [low, high] = from_u128(passed);
        // low · shares + part is below 2^128; high · shares is what the stream has released in all, so 64 bits.
        let lower = wide::multiply(low, shares).wrapping_add(u128::from(self.part));
        let [part, carried] = from_u128(lower);
        let whole = match high {
            0 => carried,
            high => high.saturating_mul(shares).saturating_add(carried),
        };
        self.part = part;
        self.owed = self.owed.saturating_add(whole);
        self.index = stream.index;
    }
}
