//! Products in 128 bits, and their division by 64 bits in half the compute units of the compiler's own.

const LOW: u64 = 0xFFFF_FFFF;

/// `a · b`, by halves of 32 bits: the compiler calls a product of 128 by 128 bits. Nothing wraps: each half product and
/// both carries fit 64 bits together.
pub fn multiply(a: u64, b: u64) -> u128 {
    let (high_a, low_a) = (a.wrapping_shr(32), a & LOW);
    let (high_b, low_b) = (b.wrapping_shr(32), b & LOW);
    let low = low_a.wrapping_mul(low_b);
    let middle = high_a
        .wrapping_mul(low_b)
        .wrapping_add(low.wrapping_shr(32));
    if high_b == 0 {
        return join(
            middle.wrapping_shr(32),
            middle.wrapping_shl(32) | (low & LOW),
        );
    }
    let other = low_a.wrapping_mul(high_b).wrapping_add(middle & LOW);
    let high = high_a
        .wrapping_mul(high_b)
        .wrapping_add(middle.wrapping_shr(32))
        .wrapping_add(other.wrapping_shr(32));
    join(high, other.wrapping_shl(32) | (low & LOW))
}

/// Quotient and remainder of `dividend / divisor`; `None` when the divisor is 0 or the quotient does not fit 64 bits.
///
/// Long division with two digits of 32 bits: Knuth, The Art of Computer Programming, vol. 2, 4.3.1, algorithm D. Nothing
/// wraps but where the algorithm wants it to; compared with the compiler's division below.
pub fn divide(dividend: u128, divisor: u64) -> Option<(u64, u64)> {
    let (high, low) = halves(dividend);
    if high >= divisor {
        return None;
    }
    if high == 0 {
        return Some((low.checked_div(divisor)?, low.checked_rem(divisor)?));
    }
    let shift = divisor.leading_zeros();
    let divisor = divisor.wrapping_shl(shift);
    let (high, low) = halves(dividend.wrapping_shl(shift));
    let (first, rest) = digit(high, low.wrapping_shr(32), divisor)?;
    let (second, rest) = digit(rest, low & LOW, divisor)?;
    let quotient = first.wrapping_shl(32) | second;
    Some((quotient, rest.wrapping_shr(shift)))
}

/// One digit of the quotient, and what is left: divides `rest · 2^32 + next` by a divisor whose highest bit is set and
/// which is more than `rest`.
fn digit(rest: u64, next: u64, divisor: u64) -> Option<(u64, u64)> {
    let (top, bottom) = (divisor.wrapping_shr(32), divisor & LOW);
    let mut quotient = rest.checked_div(top)?;
    let mut remainder = rest.checked_rem(top)?;
    // The estimate is at most two too large.
    while quotient > LOW
        || quotient.wrapping_mul(bottom) > remainder.wrapping_shl(32).wrapping_add(next)
    {
        quotient = quotient.wrapping_sub(1);
        remainder = remainder.wrapping_add(top);
        if remainder > LOW {
            break;
        }
    }
    let left = rest.wrapping_shl(32).wrapping_add(next);
    Some((quotient, left.wrapping_sub(quotient.wrapping_mul(divisor))))
}

fn join(high: u64, low: u64) -> u128 {
    u128::from(high).wrapping_shl(64) | u128::from(low)
}

fn halves(number: u128) -> (u64, u64) {
    let low = number & u128::from(u64::MAX);
    let half = |part: u128| u64::try_from(part).unwrap_or(u64::MAX); // a half always fits
    (half(number.wrapping_shr(64)), half(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(dividend: u128, divisor: u64) {
        let expected = (divisor != 0)
            .then(|| {
                let d = u128::from(divisor);
                let quotient = u64::try_from(dividend / d).ok()?;
                Some((quotient, u64::try_from(dividend % d).unwrap()))
            })
            .flatten();
        assert_eq!(
            divide(dividend, divisor),
            expected,
            "{dividend} / {divisor}"
        );
    }

    fn compare_product(a: u64, b: u64) {
        assert_eq!(multiply(a, b), u128::from(a) * u128::from(b), "{a} * {b}");
    }

    #[test]
    fn edges() {
        let numbers = [
            0,
            1,
            2,
            3,
            LOW - 1,
            LOW,
            LOW + 1,
            LOW + 2,
            1 << 63,
            (1 << 63) - 1,
            (1 << 63) + 1,
            u64::MAX - LOW,
            u64::MAX - 1,
            u64::MAX,
        ];
        for a in numbers {
            for b in numbers {
                compare_product(a, b);
                for divisor in numbers {
                    let product = u128::from(a) * u128::from(b);
                    compare(product, divisor);
                    compare(product.saturating_sub(1), divisor);
                    compare((u128::from(a) << 64) | u128::from(b), divisor);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn they_are_the_compilers(a: u64, b: u64, c: u64, shifts in (0u32..64, 0u32..64, 0u32..64)) {
            let (a, b, c) = (a >> shifts.0, b >> shifts.1, c >> shifts.2);
            compare_product(a, b);
            compare(u128::from(a) * u128::from(b), c);
            compare((u128::from(a) << 64) | u128::from(b), c);
        }
    }
}
