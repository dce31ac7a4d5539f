//! The yield taken apart: what the rate did between two readings, and who did it.

use liquid_restaking::state::YieldReport;

/// Slots of a year at 400 ms a slot: what annual rates are scaled by.
pub const SLOTS_PER_YEAR: u64 = 365 * 216_000;

/// What moved the rate, per share, in parts of 2^64 of a unit. The rows add up exactly:
/// `rate = Σ avss + unattributed + dripping + timing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YieldBreakdown {
    /// Slots between the readings.
    pub slots: u64,
    /// Change of the value behind a share.
    pub rate: i128,
    /// Each AVS, in the order of the second reading: rewards signed for, and stake slashed.
    pub avss: Vec<AvsPart>,
    /// Income that no AVS signed for.
    pub unattributed: i128,
    /// What was paid and still drips counts against it, what was paid earlier and has dripped for it.
    pub dripping: i128,
    /// The rest: the supply changed between payment and drip, and rounding.
    pub timing: i128,
    /// Commissions between the readings, in collateral units; not part of the rate.
    pub commissions: u64,
    /// Reward fees between the readings, in collateral units; not part of the rate.
    pub reward_fees: u64,
    /// The rate at the first reading.
    first_rate: u128,
}

/// One AVS's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvsPart {
    /// Its place in the pool's table.
    pub place: u8,
    /// Rewards.
    pub rewards: i128,
    /// Slashes, as a negative number.
    pub losses: i128,
}

/// Why two readings have no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YieldError {
    /// The second reading is not later than the first.
    NoTimePassed,
    /// The readings are not of the same AVSs.
    OtherAvss,
    /// An index moved by more than a reading can be about.
    Unsound,
}

impl core::fmt::Display for YieldError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NoTimePassed => "the second reading is not later than the first",
            Self::OtherAvss => "the readings are not of the same AVSs",
            Self::Unsound => "an index moved by more than a reading can be about",
        })
    }
}

impl std::error::Error for YieldError {}

impl YieldBreakdown {
    /// The difference of two readings of the same AVSs.
    ///
    /// # Errors
    /// See [`YieldError`].
    pub fn between(first: &YieldReport, second: &YieldReport) -> Result<Self, YieldError> {
        let slots = second
            .slot
            .checked_sub(first.slot)
            .filter(|slots| *slots > 0);
        let slots = slots.ok_or(YieldError::NoTimePassed)?;
        let same = first.avss.len() == second.avss.len()
            && first
                .avss
                .iter()
                .zip(&second.avss)
                .all(|(a, b)| a.place == b.place);
        if !same {
            return Err(YieldError::OtherAvss);
        }
        let rate = difference(first.rate_index, second.rate_index)?;
        let dripping = difference(second.dripping_index, first.dripping_index)?;
        let unattributed = difference(first.unattributed_index, second.unattributed_index)?;
        let avss = first.avss.iter().zip(&second.avss).map(|(a, b)| {
            Ok(AvsPart {
                place: b.place,
                rewards: difference(a.reward_index, b.reward_index)?,
                losses: difference(b.loss_index, a.loss_index)?,
            })
        });
        let avss: Vec<AvsPart> = avss.collect::<Result<_, YieldError>>()?;
        let known = avss.iter().try_fold(unattributed, |sum, part| {
            sum.checked_add(part.rewards)?.checked_add(part.losses)
        });
        let timing = known
            .and_then(|known| known.checked_add(dripping))
            .and_then(|known| rate.checked_sub(known))
            .ok_or(YieldError::Unsound)?;
        Ok(Self {
            slots,
            rate,
            avss,
            unattributed,
            dripping,
            timing,
            commissions: second.commissions.saturating_sub(first.commissions),
            reward_fees: second.reward_fees.saturating_sub(first.reward_fees),
            first_rate: first.rate_index,
        })
    }

    /// A part in percent of the value at the first reading; 0 when there was none. For people: nothing is computed from
    /// it.
    #[allow(clippy::cast_precision_loss)]
    pub fn percent(&self, part: i128) -> f64 {
        if self.first_rate == 0 || part == 0 {
            return 0.0;
        }
        part as f64 / self.first_rate as f64 * 100.0
    }

    /// The same as a simple annual rate.
    #[allow(clippy::cast_precision_loss)]
    pub fn annual_percent(&self, part: i128) -> f64 {
        self.percent(part) * (SLOTS_PER_YEAR as f64 / self.slots as f64)
    }
}

fn difference(from: u128, to: u128) -> Result<i128, YieldError> {
    // Indices wrap: the difference is right as long as it fits.
    let up = to.wrapping_sub(from);
    let down = from.wrapping_sub(to);
    if up <= down {
        return i128::try_from(up).map_err(|_| YieldError::Unsound);
    }
    let down = i128::try_from(down).map_err(|_| YieldError::Unsound)?;
    down.checked_neg().ok_or(YieldError::Unsound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use liquid_restaking::state::AvsYield;

    fn reading(slot: u64, rate: u128, drip: u128, others: u128, avs: (u128, u128)) -> YieldReport {
        YieldReport {
            slot,
            rate_index: rate,
            dripping_index: drip,
            unattributed_index: others,
            commissions: 5,
            reward_fees: 7,
            avss: vec![AvsYield {
                place: 3,
                rewards: 0,
                losses: 0,
                reward_index: avs.0,
                loss_index: avs.1,
            }],
        }
    }

    #[test]
    fn the_rows_add_up_to_the_change_of_the_rate() {
        let first = reading(1_000, 1_000_000, 50, 10, (u128::MAX, 20));
        let second = reading(2_000, 1_000_090, 30, 12, (99, 40));
        let parts = YieldBreakdown::between(&first, &second).unwrap();
        assert_eq!(
            parts.avss,
            [AvsPart {
                place: 3,
                rewards: 100,
                losses: -20
            }]
        );
        assert_eq!(
            (parts.rate, parts.unattributed, parts.dripping),
            (90, 2, 20)
        );
        assert_eq!(parts.timing, 90 - 100 + 20 - 2 - 20);
        let percent = parts.annual_percent(parts.rate);
        assert!((percent - 0.009 * 78_840.0).abs() < 1e-9, "{percent}");
    }

    #[test]
    fn readings_that_do_not_belong_together_are_refused() {
        let one = reading(1_000, 1, 0, 0, (0, 0));
        assert_eq!(
            YieldBreakdown::between(&one, &one),
            Err(YieldError::NoTimePassed)
        );
        let mut other = reading(1_001, 1, 0, 0, (0, 0));
        other.avss[0].place = 4;
        assert_eq!(
            YieldBreakdown::between(&one, &other),
            Err(YieldError::OtherAvss)
        );
    }
}
