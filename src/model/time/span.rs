//! Durations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::encoding;
use crate::model::invalid::Invalid;

/// A duration in whole minutes: at least one minute, at most 100 years.
///
/// Text is `30m`, `12h`, `90d`, `8w`, `1y` (365 days); the store keeps the number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// Units, largest first, in seconds.
const UNITS: [(char, i64); 5] = [
    ('y', 365 * 86_400),
    ('w', 7 * 86_400),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
];

impl Span {
    /// Sixty seconds.
    pub const MINUTE: Self = Self(60);
    /// The lifetime of a mailed code.
    pub const TEN_MINUTES: Self = Self(600);
    /// Sixty minutes.
    pub const HOUR: Self = Self(3_600);
    /// Twelve hours.
    pub const HALF_DAY: Self = Self(12 * 3_600);
    /// Twenty-four hours.
    pub const DAY: Self = Self(86_400);
    /// Fourteen days.
    pub const FORTNIGHT: Self = Self(14 * 86_400);
    /// Ninety days.
    pub const QUARTER: Self = Self(90 * 86_400);
    /// 365 days.
    pub const YEAR: Self = Self(365 * 86_400);
    /// The longest span: a hundred years.
    pub const LONGEST: Self = Self(100 * 365 * 86_400);

    /// A span of that many seconds; `None` unless it is a multiple of 60 and in range.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let fits = seconds > 0 && seconds <= Self::LONGEST.0 && seconds % 60 == 0;
        fits.then_some(Self(seconds))
    }

    /// Its length in seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    fn parsed(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        // Digits only: `parse` would accept `+5d` and `007d`.
        if number.starts_with('0') || !number.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let (_, seconds) = UNITS
            .into_iter()
            .find(|(name, _)| unit.starts_with(*name))?;
        Self::from_seconds(number.parse::<i64>().ok()?.checked_mul(seconds)?)
    }
}

impl FromStr for Span {
    type Err = Invalid;

    /// Parses a positive number and an unambiguous unit.
    ///
    /// `m` is minutes. `s`, `M`, `mo` and a bare number are refused: other tools read them as
    /// seconds, days or months, and a wrong guess leaves a token valid for too long.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hint = "use a whole number and a unit, as in `30m`, `12h`, `90d`, `8w`, `1y` \
                    (minutes, hours, days, weeks, years of 365 days), at most `100y`";
        Self::parsed(text).ok_or_else(|| Invalid::new("a duration", hint))
    }
}

impl fmt::Display for Span {
    /// Displayed in the largest unit that divides it. Weeks become days, so that `14d` is displayed
    /// as `14d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = UNITS.into_iter().filter(|(unit, _)| *unit != 'w');
        let exact = shown.find(|(_, seconds)| self.0 % seconds == 0);
        let (unit, seconds) = exact.unwrap_or(('m', 60));
        f.pad(&format!("{}{unit}", self.0 / seconds))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        encoding::serialize(serializer, self, &self.0)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        encoding::deserialize(deserializer, |seconds| {
            Self::from_seconds(seconds).ok_or_else(|| Invalid::new("a duration", "out of range"))
        })
    }
}
