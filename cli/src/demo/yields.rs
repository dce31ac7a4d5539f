//! The yield taken apart: who moved the rate since a first reading, as a table.

use super::words::{duration, tokens};
use crate::scenario::{right_align, table, Runner};
use anyhow::Result;
use liquid_restaking_sdk::{program::state::YieldReport, yields::YieldBreakdown};

/// Each AVS's rewards and losses, what nobody signed for, what drips, and timing: the rows add up to what the rate did.
pub fn apart(runner: &Runner, first: &YieldReport) -> Result<String> {
    let parts = YieldBreakdown::between(first, &runner.yield_report()?)?;
    let period = duration(parts.slots);
    let mut rows = table(&[
        "what moved the rate",
        "for one LRT, in tokens",
        "a year at this pace",
    ]);
    let mut add = |what: String, part: i128| {
        let annual = parts.annual_percent(part);
        rows.add_row([what, signed(part), format!("{annual:+.2} %")]);
    };
    let names = runner.avs_places();
    for avs in &parts.avss {
        let name = names
            .iter()
            .find(|(_, place)| *place == usize::from(avs.place));
        let name = name.map_or("an AVS", |(name, _)| name.as_str());
        add(format!("{name}: rewards"), avs.rewards);
        add(format!("{name}: slashed"), avs.losses);
    }
    add(
        "unattributed: strangers, surplus, fees of exits".to_owned(),
        parts.unattributed,
    );
    add(
        "dripping: paid before less paid and still to come".to_owned(),
        parts.dripping,
    );
    add(
        "timing: the supply changed meanwhile; rounding".to_owned(),
        parts.timing,
    );
    add("together: the change of the rate".to_owned(), parts.rate);
    right_align(&mut rows, 1);
    Ok(format!(
        "The yield of the last {period}, taken apart; simple annual rates of that period:\n{rows}\nBeside it, operators got {} of commission and the fee wallet {} of reward fees.\n",
        tokens(parts.commissions),
        tokens(parts.reward_fees)
    ))
}

/// Parts of 2^64 of a unit per unit, to nine digits.
fn signed(part: i128) -> String {
    let magnitude = part.unsigned_abs();
    // Rounded to the nearest; far from overflow for anything that a share can be worth.
    let nano = (magnitude >> 16)
        .saturating_mul(1_000_000_000)
        .saturating_add(1 << 47)
        >> 48;
    let text = tokens(u64::try_from(nano).unwrap_or(u64::MAX));
    match (nano, part < 0) {
        (0, _) => text,
        (_, true) => format!("-{text}"),
        (_, false) => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_with_their_sign() {
        assert_eq!(signed(0), "0");
        assert_eq!(signed(1 << 63), "+0.5");
        assert_eq!(signed(-(1 << 62)), "-0.25");
        assert_eq!(signed(-(1 << 20)), "0");
    }
}
