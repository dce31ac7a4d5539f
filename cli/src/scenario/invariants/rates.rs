//! What a share is worth falls by a slash and by nothing else, and what an exit is worth by a dispute (invariant 4).

use super::{Before, Books};
use liquid_restaking_sdk::program::state::Totals;
use num_bigint::BigUint;

/// Adds what broke to `found`.
pub fn check(books: &Books, before: &Before, found: &mut Vec<String>) {
    let virtual_units = books.now.lrt.virtual_units();
    let (Ok(after), Ok(uncovered)) = (books.now.lrt.totals(), books.now.lrt.uncovered()) else {
        found.push("the numbers of the LRT overflow".to_owned());
        return;
    };
    let mut least = before.totals;
    let slashed = books
        .restaking
        .taken_of_stake()
        .saturating_sub(before.slashed);
    if slashed > 0 {
        // Exactly what the stake paid, in this very call: nothing is accrued beside it, for no slot has passed.
        let lost = u128::from(least.nav.saturating_sub(after.nav));
        if lost != slashed || after.supply != least.supply {
            found.push(format!(
                "DESIGN 6: a slash took {slashed} of the stake, and nav {lost}"
            ));
        }
        least.nav = after.nav.min(least.nav);
    }
    if rate_fell(least, after, virtual_units) {
        found.push(format!(
            "invariant 4: the rate fell from {}/{} to {}/{}",
            least.nav, least.supply, after.nav, after.supply
        ));
    }
    // Only a new proposal lowers what exits get.
    if books.restaking.proposals_made() > before.proposals {
        if after.nav < before.totals.nav || after.supply != before.totals.supply {
            found.push("DESIGN 6: a proposal moved nav or supply".to_owned());
        }
    } else {
        let exits = |totals: Totals, uncovered| Totals {
            nav: totals.nav.saturating_sub(uncovered),
            ..totals
        };
        let (old, new) = (
            exits(before.totals, before.uncovered),
            exits(after, uncovered),
        );
        if rate_fell(old, new, virtual_units) {
            found.push(format!(
                "invariant 4: what exits get fell from {}/{} to {}/{}",
                old.nav, old.supply, new.nav, new.supply
            ));
        }
    }
}

/// Compares (nav + V) / (supply + V), and below par nav / supply, exactly.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "big integers do not overflow"
)]
fn rate_fell(before: Totals, after: Totals, virtual_units: u64) -> bool {
    let with = |x: u64| BigUint::from(x) + virtual_units;
    let fell = |a: (BigUint, BigUint), b: (BigUint, BigUint)| a.0 * b.1 > b.0 * a.1;
    let virtually = fell(
        (with(before.nav), with(before.supply)),
        (with(after.nav), with(after.supply)),
    );
    let below_par = before.nav < before.supply
        && after.supply > 0
        && fell(
            (before.nav.into(), before.supply.into()),
            (after.nav.into(), after.supply.into()),
        );
    virtually || below_par
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_compared_exactly_up_to_the_largest_numbers() {
        let totals = |nav, supply| Totals { supply, nav };
        let (max, v) = (u64::MAX, 1_000_000);
        assert!(!rate_fell(
            totals(max - v, max - v),
            totals(max, max - v),
            v
        ));
        assert!(rate_fell(totals(max, max - v), totals(max - 1, max - v), v));
        assert!(!rate_fell(totals(5, 10), totals(5, 10), v));
        assert!(rate_fell(totals(5, 10), totals(4, 10), v));
        assert!(!rate_fell(totals(5, 10), totals(0, 0), v));
    }
}
