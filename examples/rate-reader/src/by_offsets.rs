//! Reading: the same price from the accounts' bytes, without a call. Two bounds rather than a price:
//!
//! - Rewards that have dripped since the last write are not in `assets` yet. An exit pays that much more than `at_least`, by
//!   the drip's rest at most; `at_most` counts all of that rest.
//! - What is disputed and no bond covers is lost in `at_least`, as in an exit, and not lost in `at_most`, as in a deposit.
//! - All else (a dispute and its end, a slash, a deposit, an exit) is in the accounts in the slot in which it happens.
//!
//! So a loan against the LRT may count on `at_least`, and a debt in LRT is worth `at_most`: each errs to the lender's side.

use crate::{bytes, key, number, Refused, LIQUID_RESTAKING};
use solana_account_info::AccountInfo;
use solana_program_error::ProgramError;
use solana_pubkey::Pubkey;

/// The only layout this reader knows.
pub const LAYOUT_VERSION: u8 = 1;

/// Offsets in the account `Lrt`, its discriminator included.
pub mod lrt_at {
    /// The first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [63, 83, 7, 164, 255, 58, 155, 36];
    /// The LRT's mint.
    pub const MINT: usize = 8;
    /// u16: fee on the shares of a deposit.
    pub const DEPOSIT_FEE_BPS: usize = 376;
    /// u16: fee on the shares of a withdrawal request.
    pub const WITHDRAWAL_FEE_BPS: usize = 378;
    /// u8: decimals of LRT and collateral.
    pub const DECIMALS: usize = 536;
    /// u64: shares in being. Not the mint's supply, which lacks the queue's and the fee wallet's.
    pub const SUPPLY: usize = 544;
    /// u8: rows in use.
    pub const POOL_COUNT: usize = 616;
    /// u8: the layout's version.
    pub const VERSION: usize = 618;
    /// The first row.
    pub const POOLS: usize = 624;
    /// Bytes of a row.
    pub const ROW: usize = 200;
}

/// Offsets in a row of the LRT's pool table.
pub mod row_at {
    /// The stake pool.
    pub const STAKE_POOL: usize = 0;
    /// u64: idle and delegated collateral.
    pub const ASSETS: usize = 32;
    /// u64: of it, disputed and covered by no bond.
    pub const UNCOVERED: usize = 40;
    /// The default key while a unit of collateral counts as one.
    pub const RATE_SOURCE: usize = 48;
    /// u64: what still drips.
    pub const DRIP_REST: usize = 104;
}

/// Offsets in the account `StakePool`, its discriminator included.
pub mod pool_at {
    /// The first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [121, 34, 206, 21, 79, 127, 255, 28];
    /// The LRT.
    pub const LRT: usize = 8;
    /// u64: free collateral.
    pub const IDLE: usize = 168;
    /// u64: shares in the queue and not settled.
    pub const QUEUED: usize = 216;
    /// u8: the layout's version.
    pub const VERSION: usize = 324;
}

/// What some shares are worth by the books of the last write, in collateral units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What the queue would pay for them now, fee taken off, is this or more: for collateral.
    pub at_least: u64,
    /// What a deposit that mints them costs now, fee included, is this or less: for debts.
    pub at_most: u64,
    /// What the pool can pay at once, to the queue first.
    pub idle: u64,
    /// Shares that wait in the queue.
    pub queued: u64,
}

/// The data of the LRT of `mint`, checked: whose it is, what it is, in which layout, and which LRT.
///
/// # Errors
/// `WrongOwner`, `WrongType`, `OtherLayout`, `OtherMint`.
pub fn checked_lrt(mint: &Pubkey, owner: &Pubkey, data: &[u8]) -> Result<(), Refused> {
    checked(owner, data, lrt_at::DISCRIMINATOR, lrt_at::VERSION)?;
    // Each mint has one `Lrt`, at an address of the program's, and only the program creates them: the mint says which.
    if key(data, lrt_at::MINT)? != *mint {
        return Err(Refused::OtherMint);
    }
    Ok(())
}

fn checked(owner: &Pubkey, data: &[u8], kind: [u8; 8], version_at: usize) -> Result<(), Refused> {
    if *owner != LIQUID_RESTAKING {
        return Err(Refused::WrongOwner);
    }
    if bytes(data, 0)? != kind {
        return Err(Refused::WrongType);
    }
    // A later layout may mean something else by the same bytes: no price is better than a wrong one.
    if bytes(data, version_at)? != [LAYOUT_VERSION] {
        return Err(Refused::OtherLayout);
    }
    Ok(())
}

/// What `shares` of the LRT of `mint` are worth.
///
/// # Errors
/// [`Refused`].
pub fn read(
    mint: &Pubkey,
    lrt: &AccountInfo,
    stake_pool: &AccountInfo,
    shares: u64,
) -> Result<Reading, ProgramError> {
    let (lrt_data, pool_data) = (lrt.try_borrow_data()?, stake_pool.try_borrow_data()?);
    checked_lrt(mint, lrt.owner, &lrt_data)?;
    checked(
        stake_pool.owner,
        &pool_data,
        pool_at::DISCRIMINATOR,
        pool_at::VERSION,
    )?;
    if key(&pool_data, pool_at::LRT)? != *lrt.key {
        return Err(Refused::OtherPool.into());
    }
    let books = Books::read(&lrt_data, stake_pool.key)?;
    Ok(Reading {
        at_least: books.at_least_floor(shares)?,
        at_most: books.at_most_ceil(shares)?,
        idle: number(&pool_data, pool_at::IDLE)?,
        queued: number(&pool_data, pool_at::QUEUED)?,
    })
}

/// What a price is made of.
struct Books {
    supply: u128,
    /// What exits count: assets less what is uncovered.
    exit_value: u128,
    /// All that may be behind the shares by the end of the drip.
    fullest_value: u128,
    /// Virtual shares and units, `10^(decimals − 3)`.
    virtual_units: u128,
    deposit_fee_bps: u128,
    withdrawal_fee_bps: u128,
}

/// One hundred percent.
const BPS: u128 = 10_000;

impl Books {
    /// Of an LRT with one pool, which is all that there are in this layout so far.
    fn read(lrt: &[u8], stake_pool: &Pubkey) -> Result<Self, Refused> {
        let row = lrt.get(lrt_at::POOLS..).ok_or(Refused::WrongType)?;
        let one_row = bytes(lrt, lrt_at::POOL_COUNT)? == [1];
        let rate_is_one = bytes(row, row_at::RATE_SOURCE)? == [0; 32];
        if !one_row || !rate_is_one {
            return Err(Refused::NoPrice);
        }
        if key(row, row_at::STAKE_POOL)? != *stake_pool {
            return Err(Refused::OtherPool);
        }
        let assets = number(row, row_at::ASSETS)?;
        let uncovered = number(row, row_at::UNCOVERED)?;
        let dripping = number(row, row_at::DRIP_REST)?;
        let [decimals] = bytes(lrt, lrt_at::DECIMALS)?;
        let places = u32::from(decimals).saturating_sub(3);
        Ok(Self {
            supply: number(lrt, lrt_at::SUPPLY)?.into(),
            exit_value: assets.saturating_sub(uncovered).into(),
            fullest_value: u128::from(assets).saturating_add(dripping.into()),
            virtual_units: 10u128.checked_pow(places).ok_or(Refused::Overflow)?,
            deposit_fee_bps: u16::from_le_bytes(bytes(lrt, lrt_at::DEPOSIT_FEE_BPS)?).into(),
            withdrawal_fee_bps: u16::from_le_bytes(bytes(lrt, lrt_at::WITHDRAWAL_FEE_BPS)?).into(),
        })
    }

    /// What an exit is paid: `net · (n + V) / (supply + V)`, below par `net · n / supply`, rounded down, of the shares less
    /// their fee, rounded up.
    fn at_least_floor(&self, shares: u64) -> Result<u64, Refused> {
        let shares = u128::from(shares);
        let fee = shares.saturating_mul(self.withdrawal_fee_bps).div_ceil(BPS);
        let (value, supply) = if self.exit_value < self.supply {
            (self.exit_value, self.supply)
        } else {
            self.with_virtual_units(self.exit_value)
        };
        let product = shares.saturating_sub(fee).checked_mul(value);
        fits(product.and_then(|product| product.checked_div(supply)))
    }

    /// What a deposit costs that leaves `shares` after its fee: `gross · (nav + rest + V) / (supply + V)`, rounded up.
    fn at_most_ceil(&self, shares: u64) -> Result<u64, Refused> {
        let kept = BPS.saturating_sub(self.deposit_fee_bps).max(1);
        let gross = u128::from(shares).saturating_mul(BPS).div_ceil(kept);
        let (value, supply) = self.with_virtual_units(self.fullest_value);
        let product = gross.checked_mul(value);
        fits(product.map(|product| product.div_ceil(supply)))
    }

    /// Value and supply with the virtual ones, which are at least a thousand.
    fn with_virtual_units(&self, value: u128) -> (u128, u128) {
        (
            value.saturating_add(self.virtual_units),
            self.supply.saturating_add(self.virtual_units),
        )
    }
}

fn fits(worth: Option<u128>) -> Result<u64, Refused> {
    let worth = worth.and_then(|worth| u64::try_from(worth).ok());
    worth.ok_or(Refused::Overflow)
}
