//! Reading accounts and return data, off chain.

use anchor_lang::{prelude::*, Discriminator, ZeroCopy};
use liquid_restaking::{
    state::{
        Allocation, Avs, Delegation, Lrt, Operator, OptIn, PoolAvs, PoolRow, RewardBook,
        RewardPosition, SlashProposal, StakePool, WithdrawBatch, WithdrawTicket,
    },
    LAYOUT_VERSION,
};

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// Too short, or of another account type.
    WrongType,
    /// Of the right type, but in a layout that this library does not know: the program is newer, or older.
    OtherLayout(u8),
    /// The numbers contradict each other.
    Unsound,
}

impl core::fmt::Display for ReadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::WrongType => f.write_str("the data is not of the account type asked for"),
            Self::OtherLayout(found) => write!(
                f,
                "the account has layout {found}, known here is {LAYOUT_VERSION}: use the version that belongs to the program"
            ),
            Self::Unsound => f.write_str("the account's numbers contradict each other"),
        }
    }
}

impl std::error::Error for ReadError {}

/// An account of the program. All of them say which layout their bytes are in.
pub trait ProgramAccount: ZeroCopy + Discriminator {
    /// `LAYOUT_VERSION` when the account was created.
    fn layout_version(&self) -> u8;
}

macro_rules! program_accounts {
    ($($account:ty),+ $(,)?) => {$(
        impl ProgramAccount for $account {
            fn layout_version(&self) -> u8 {
                self.version
            }
        }
    )+};
}

program_accounts!(
    Lrt,
    StakePool,
    Operator,
    Avs,
    OptIn,
    PoolAvs,
    Delegation,
    Allocation,
    SlashProposal,
    WithdrawBatch,
    WithdrawTicket,
    RewardBook,
    RewardPosition,
);

/// An account of the program, copied out of its data.
///
/// # Errors
/// `WrongType` when the discriminator or the length is another's; `OtherLayout` when the bytes mean something else.
pub fn read_account<T: ProgramAccount>(data: &[u8]) -> core::result::Result<T, ReadError> {
    let body = data
        .strip_prefix(T::DISCRIMINATOR)
        .and_then(|rest| rest.get(..core::mem::size_of::<T>()))
        .ok_or(ReadError::WrongType)?;
    let account: T = bytemuck::pod_read_unaligned(body);
    match account.layout_version() {
        LAYOUT_VERSION => Ok(account),
        other => Err(ReadError::OtherLayout(other)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_accounts_of_the_type_and_the_known_layout_are_read() {
        let mut pool: StakePool = bytemuck::Zeroable::zeroed();
        pool.version = LAYOUT_VERSION;
        pool.idle = 7;
        let data = |pool: &StakePool| [StakePool::DISCRIMINATOR, bytes_of(pool)].concat();
        let read = read_account::<StakePool>(&data(&pool));
        assert_eq!(read.map(|pool| pool.idle), Ok(7));
        let wrong = read_account::<Lrt>(&data(&pool)).map(|_| ());
        assert_eq!(wrong, Err(ReadError::WrongType));
        pool.version = LAYOUT_VERSION + 1;
        let newer = read_account::<StakePool>(&data(&pool)).map(|_| ());
        assert_eq!(newer, Err(ReadError::OtherLayout(2)));
    }
}
