//! Reading accounts and return data, off chain.

use anchor_lang::{prelude::*, Discriminator, ZeroCopy};
use liquid_restaking::state::{Lrt, PoolRow, StakePool};

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// Too short, or of another account type.
    WrongType,
    /// The numbers contradict each other.
    Unsound,
}

impl core::fmt::Display for ReadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::WrongType => "the data is not of the account type asked for",
            Self::Unsound => "the account's numbers contradict each other",
        })
    }
}

impl std::error::Error for ReadError {}

/// An account of the program, copied out of its data.
///
/// # Errors
/// `WrongType` when the discriminator or the length is another's.
pub fn read_account<T: ZeroCopy + Discriminator>(
    data: &[u8],
) -> core::result::Result<T, ReadError> {
    let body = data
        .strip_prefix(T::DISCRIMINATOR)
        .and_then(|rest| rest.get(..core::mem::size_of::<T>()))
        .ok_or(ReadError::WrongType)?;
    Ok(bytemuck::pod_read_unaligned(body))
}

/// The bytes of an account of the program, without the discriminator.
pub fn bytes_of<T: ZeroCopy>(state: &T) -> &[u8] {
    bytemuck::bytes_of(state)
}

/// A read-only instruction's answer, out of its return data.
///
/// # Errors
/// `WrongType` when the bytes are not the answer's.
pub fn decode_return<T: AnchorDeserialize>(data: &[u8]) -> core::result::Result<T, ReadError> {
    T::deserialize(&mut &*data).map_err(|_| ReadError::WrongType)
}

/// Balance of a token account, by its data; `None` when it is none.
pub fn token_balance(data: &[u8]) -> Option<u64> {
    let bytes = data.get(64..72)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

/// An LRT and its pool as an `accrue` in `slot` would leave them: what a client should show.
#[derive(Debug)]
pub struct Observed {
    /// The LRT.
    pub lrt: Lrt,
    /// Its stake pool.
    pub pool: StakePool,
}

impl Observed {
    /// Accrues copies of both accounts to `slot`, by the program's own rule.
    ///
    /// # Errors
    /// `Unsound` when the accounts do not belong together.
    pub fn at(
        mut lrt: Lrt,
        mut pool: StakePool,
        slot: u64,
    ) -> core::result::Result<Self, ReadError> {
        lrt.accrue(&mut pool, slot)
            .map_err(|_| ReadError::Unsound)?;
        Ok(Self { lrt, pool })
    }

    /// The pool's row in the table.
    ///
    /// # Errors
    /// `Unsound` when the table has no such row.
    pub fn row(&self) -> core::result::Result<PoolRow, ReadError> {
        self.lrt
            .rows()
            .nth(usize::from(self.pool.row))
            .copied()
            .ok_or(ReadError::Unsound)
    }
}
