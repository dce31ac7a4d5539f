//! Integer arithmetic whose rounding direction is in its name. Total: every input gives a value or a named error.

pub(crate) mod wide;

use crate::{constants::BPS, error::RestakingError};
use anchor_lang::prelude::*;

/// Converts to 64 bits.
///
/// # Errors
/// `MathOverflow` when the value does not fit.
pub fn to_u64(value: u128) -> Result<u64> {
    u64::try_from(value).map_err(|_| error!(RestakingError::MathOverflow))
}

/// A 128-bit number out of two halves, low first: account data is aligned to 8 bytes, a `u128` to 16.
pub fn to_u128([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// The two halves of a 128-bit number, low first.
pub fn from_u128(value: u128) -> [u64; 2] {
    let low = u64::try_from(value & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(value >> 64).unwrap_or(0);
    [low, high]
}

/// Lets an index grow by `amount` per share of `supply`, in parts of 2^64, rounded down; without shares it stands still. An
/// index wraps: only differences are read.
pub fn grow_index(index: &mut [u64; 2], amount: u64, supply: u64) {
    let per_share = u128::from(amount) << 64;
    let per_share = per_share.checked_div(u128::from(supply)).unwrap_or(0);
    *index = from_u128(to_u128(*index).wrapping_add(per_share));
}

/// Quotient and remainder of a number in two halves, low first, by 64 bits; nothing by 0. Where both are wanted it costs
/// less than the compiler's division and remainder.
pub fn divide([low, high]: [u64; 2], divisor: u64) -> (u128, u64) {
    if let Some((quotient, rest)) = wide::divide(to_u128([low, high]), divisor) {
        return (u128::from(quotient), rest);
    }
    let whole = high.checked_div(divisor).unwrap_or(0);
    let rest = high.checked_rem(divisor).unwrap_or(0);
    // The rest is less than the divisor: the second quotient fits 64 bits.
    let (part, rest) = wide::divide(to_u128([low, rest]), divisor).unwrap_or((0, 0));
    (to_u128([part, whole]), rest)
}

/// `floor(a · b / c)`, the product in 128 bits.
///
/// # Errors
/// `MathOverflow` when `c` is 0, or product or quotient do not fit.
pub fn mul_div_floor(a: u64, b: u128, c: u128) -> Result<u64> {
    Ok(mul_div(a, b, c)?.0)
}

/// The same of 64-bit numbers.
///
/// # Errors
/// `MathOverflow` when `c` is 0, or the quotient does not fit.
pub fn share_floor(a: u64, b: u64, c: u64) -> Result<u64> {
    let divided = wide::divide(wide::multiply(a, b), c);
    let (quotient, _) = divided.ok_or_else(|| error!(RestakingError::MathOverflow))?;
    Ok(quotient)
}

/// `ceil(a · b / c)`, the product in 128 bits.
///
/// # Errors
/// `MathOverflow` when `c` is 0, or product or quotient do not fit.
pub fn mul_div_ceil(a: u64, b: u128, c: u128) -> Result<u64> {
    let (quotient, is_exact) = mul_div(a, b, c)?;
    if is_exact {
        return Ok(quotient);
    }
    quotient.plus(1)
}

/// `a · b / c` rounded down, and whether that is exact. In as few bits as will do: a division in 64 bits costs a few
/// compute units, one by 64 bits about a hundred, one in 128 bits two to three hundred.
fn mul_div(a: u64, b: u128, c: u128) -> Result<(u64, bool)> {
    let overflow = || error!(RestakingError::MathOverflow);
    let Ok(divisor) = u64::try_from(c) else {
        let product = product(a, b)?;
        let quotient = product.checked_div(c).ok_or_else(overflow)?;
        let is_exact = product.checked_rem(c) == Some(0);
        return Ok((to_u64(quotient)?, is_exact));
    };
    let product = product(a, b)?;
    let (quotient, remainder) = wide::divide(product, divisor).ok_or_else(overflow)?;
    Ok((quotient, remainder == 0))
}

/// `ceil(amount · bps / 10 000)`: what is taken from somebody. At most `amount` while `bps ≤ 10 000`.
///
/// # Errors
/// `MathOverflow` when the result does not fit.
pub fn bps_ceil(amount: u64, bps: u16) -> Result<u64> {
    if bps == 0 {
        return Ok(0);
    }
    let product = wide::multiply(amount, u64::from(bps));
    let divided = wide::divide(product, BPS);
    let (quotient, rest) = divided.ok_or_else(|| error!(RestakingError::MathOverflow))?;
    quotient.plus(u64::from(rest > 0))
}

/// `floor(amount · bps / 10 000)`: what somebody may use.
///
/// # Errors
/// `MathOverflow` when the result does not fit.
pub fn bps_floor(amount: u64, bps: u16) -> Result<u64> {
    share_floor(amount, u64::from(bps), BPS)
}

/// Checked arithmetic on 64 bits that fails with the program's own error.
pub trait Checked: Sized {
    /// `self + other`, or `MathOverflow`.
    fn plus(self, other: Self) -> Result<Self>;
    /// `self − other`, or `MathOverflow`.
    fn minus(self, other: Self) -> Result<Self>;
    /// `self · other`, or `MathOverflow`.
    fn times(self, other: Self) -> Result<Self>;
}

impl Checked for u64 {
    fn plus(self, other: Self) -> Result<Self> {
        self.checked_add(other)
            .ok_or_else(|| error!(RestakingError::MathOverflow))
    }
    fn minus(self, other: Self) -> Result<Self> {
        self.checked_sub(other)
            .ok_or_else(|| error!(RestakingError::MathOverflow))
    }
    fn times(self, other: Self) -> Result<Self> {
        self.checked_mul(other)
            .ok_or_else(|| error!(RestakingError::MathOverflow))
    }
}

/// Counting accounts, in 32 bits.
pub trait Count: Sized {
    /// One more, or `MathOverflow`.
    fn up(self) -> Result<Self>;
    /// One less, or `MathOverflow`.
    fn down(self) -> Result<Self>;
}

impl Count for u32 {
    fn up(self) -> Result<Self> {
        self.checked_add(1)
            .ok_or_else(|| error!(RestakingError::MathOverflow))
    }
    fn down(self) -> Result<Self> {
        self.checked_sub(1)
            .ok_or_else(|| error!(RestakingError::MathOverflow))
    }
}

/// `a · b`, in 128 bits.
///
/// # Errors
/// `MathOverflow` when it does not fit.
pub fn product(a: u64, b: u128) -> Result<u128> {
    if let Ok(b) = u64::try_from(b) {
        return Ok(wide::multiply(a, b));
    }
    u128::from(a)
        .checked_mul(b)
        .ok_or_else(|| error!(RestakingError::MathOverflow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounding_is_in_the_name() {
        assert_eq!(mul_div_floor(10, 1, 3).unwrap(), 3);
        assert_eq!(mul_div_ceil(10, 1, 3).unwrap(), 4);
        assert_eq!(mul_div_ceil(9, 1, 3).unwrap(), 3);
        assert_eq!(bps_ceil(1, 1).unwrap(), 1);
        assert_eq!(bps_ceil(9_999, 100).unwrap(), 100);
        assert_eq!(bps_floor(9_999, 100).unwrap(), 99);
        assert_eq!(bps_ceil(u64::MAX, 10_000).unwrap(), u64::MAX);
        assert_eq!(bps_ceil(12_345, 0).unwrap(), 0);
    }

    #[test]
    fn two_halves_are_one_number() {
        for value in [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX - 5] {
            assert_eq!(to_u128(from_u128(value)), value);
        }
        assert_eq!(from_u128(1 << 64), [0, 1]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(mul_div_floor(1, 1, 0).is_err());
        assert!(mul_div_ceil(1, 1, 0).is_err());
        assert!(mul_div_floor(u64::MAX, 2, 1).is_err());
        assert!(mul_div_floor(2, u128::MAX, 1).is_err());
        assert!(u64::MAX.plus(1).is_err());
        assert!(0u64.minus(1).is_err());
        assert!(u64::MAX.times(2).is_err());
    }

    proptest! {
        #[test]
        fn a_division_in_two_steps_is_the_compilers(low: u64, high: u64, small in 0u64..9, divisor in 1u64..) {
            for (high, divisor) in [(high, divisor), (small, divisor), (high, small)] {
                let number = to_u128([low, high]);
                let expected = match u128::from(divisor) {
                    0 => (0, 0),
                    by => (number / by, u64::try_from(number % by).unwrap()),
                };
                prop_assert_eq!(divide([low, high], divisor), expected);
            }
        }

        #[test]
        fn floor_and_ceil_enclose_the_quotient(a: u64, b: u64, c in 1u64..) {
            let (exact, c128) = (u128::from(a) * u128::from(b), u128::from(c));
            if let (Ok(low), Ok(high)) = (mul_div_floor(a, b.into(), c128), mul_div_ceil(a, b.into(), c128)) {
                prop_assert!(u128::from(low) * c128 <= exact && exact <= u128::from(high) * c128);
                prop_assert!(high - low <= 1);
                prop_assert_eq!(high == low, exact % c128 == 0);
            }
        }
    }
}
