//! Amounts as people write them: tokens with decimals, or ALL.

use super::{Outcome, Trouble};
use std::str::FromStr;

/// An amount on the command line. It becomes base units when the token's decimals are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// All there is.
    All,
    /// Digits before and after the point.
    Tokens(String, String),
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "ALL" {
            return Ok(Self::All);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
            return Err("an amount is a number of tokens such as 1.5, or ALL".to_owned());
        }
        Ok(Self::Tokens(whole.to_owned(), fraction.to_owned()))
    }
}

impl Amount {
    /// Base units of a token of so many decimals; `all` is asked only for ALL.
    ///
    /// # Errors
    /// When there are more decimals than the token has, or more tokens than there can be.
    pub fn units(&self, decimals: u8, all: impl FnOnce() -> Outcome<u64>) -> Outcome<u64> {
        let Self::Tokens(whole, fraction) = self else {
            return all();
        };
        let significant = fraction.trim_end_matches('0');
        let places = usize::from(decimals);
        if significant.len() > places {
            return Err(Trouble::Input(format!(
                "{whole}.{fraction} has more decimals than the token, which has {decimals}"
            )));
        }
        let digits = format!("{whole}{significant:0<places$}");
        digits.parse().map_err(|_| {
            Trouble::Input(format!(
                "{whole}.{fraction} tokens are more than there can be"
            ))
        })
    }

    /// The same where ALL makes no sense.
    ///
    /// # Errors
    /// As [`Amount::units`], and for ALL.
    pub fn exact_units(&self, decimals: u8) -> Outcome<u64> {
        self.units(decimals, || {
            Err(Trouble::Input(
                "ALL has no meaning here: give an amount".to_owned(),
            ))
        })
    }
}

/// Base units as people write them.
pub fn tokens(units: u64, decimals: u8) -> String {
    let places = usize::from(decimals);
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let fraction = fraction.trim_end_matches('0');
    match fraction.is_empty() {
        true => whole.to_owned(),
        false => format!("{whole}.{fraction}"),
    }
}

/// A cap as people write it.
pub fn cap(units: u64, decimals: u8) -> String {
    match units {
        u64::MAX => "none".to_owned(),
        units => tokens(units, decimals),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    fn units(text: &str, decimals: u8) -> Outcome<u64> {
        text.parse::<Amount>()
            .map_err(Trouble::Input)?
            .units(decimals, || Ok(7))
    }

    #[test]
    fn tokens_become_base_units() {
        assert_eq!(units("1.5", 9).unwrap(), 1_500_000_000);
        assert_eq!(units(".000000001", 9).unwrap(), 1);
        assert_eq!(units("3.", 6).unwrap(), 3_000_000);
        assert_eq!(units("2.500000", 1).unwrap(), 25); // trailing zeros say nothing
        assert_eq!(units("18446744073709.551615", 6).unwrap(), u64::MAX);
        assert_eq!(units("ALL", 9).unwrap(), 7);
        assert_eq!(units("5", 0).unwrap(), 5);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "1e3", "1.2.3", "all", "1,5", " 1"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        assert!(units("1.0000000001", 9).is_err());
        assert!(units("18446744073709.551616", 6).is_err());
        assert!("ALL".parse::<Amount>().unwrap().exact_units(9).is_err());
    }

    #[test]
    fn base_units_are_written_as_people_write_them() {
        assert_eq!(tokens(1_500_000_000, 9), "1.5");
        assert_eq!(tokens(1, 9), "0.000000001");
        assert_eq!(tokens(0, 9), "0");
        assert_eq!(tokens(42, 0), "42");
        assert_eq!(tokens(u64::MAX, 6), "18446744073709.551615");
    }
}
