//! Instants of the wall clock.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::span::Span;
use crate::clock::Clock;
use crate::model::encoding;
use crate::model::invalid::Invalid;

/// An instant of the wall clock, in whole seconds since 1970-01-01T00:00:00Z.
///
/// Text is RFC 3339 in UTC (`2026-11-24T12:00:00Z`); the store keeps the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

impl Time {
    /// The last instant that can be written as text: the end of the year 9999.
    pub const LAST: Self = Self(253_402_300_799);

    /// The instant that many seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The current time of `clock`.
    pub fn now(clock: &(impl Clock + ?Sized)) -> Self {
        Self(clock.unix_seconds())
    }

    /// Seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The instant `span` later, at most [`Time::LAST`].
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.seconds())).min(Self::LAST)
    }

    /// The instant `span` earlier, at the earliest the epoch.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.seconds())).max(Self(0))
    }

    fn parsed(text: &str) -> Option<Self> {
        let (moment, offset) = if shaped(text, "0000-00-00") {
            (text.parse::<Date>().ok()?.at(0, 0, 0, 0), 0)
        } else {
            let (moment, rest) = text.split_at_checked(19)?;
            let moment = Some(moment).filter(|text| shaped(text, "0000-00-00T00:00:00"))?;
            (moment.parse().ok()?, offset(after_fraction(rest)?)?)
        };
        let seconds = moment.duration_since(EPOCH).as_secs() - offset;
        Some(Self(seconds)).filter(|time| (Self(0)..=Self::LAST).contains(time))
    }
}

/// Whether `text` has digits where `shape` has zeros, and equals it elsewhere.
///
/// jiff accepts more than RFC 3339 (`20261124`, `12:00`, `[Europe/Paris]`); this refuses it.
fn shaped(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(c, like)| match like {
            b'0' => c.is_ascii_digit(),
            _ => c.eq_ignore_ascii_case(&like),
        })
}

/// Cuts off a fraction of a second: an expiry moves to the safe side by it.
fn after_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some(text);
    };
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// Seconds east of Greenwich.
fn offset(text: &str) -> Option<i64> {
    if shaped(text, "Z") {
        return Some(0);
    }
    let sign = if shaped(text, "+00:00") { 1 } else { -1 };
    let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
    if !(shaped(hours, "00") && shaped(minutes, "00")) {
        return None;
    }
    let hours = hours.parse::<i64>().ok()?;
    let minutes = minutes.parse::<i64>().ok()?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

impl FromStr for Time {
    type Err = Invalid;

    /// Parses RFC 3339 with an offset, or `YYYY-MM-DD`, the start of that day in UTC.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hint = "use `2026-12-31`, the start of that day in UTC, or `2026-12-31T12:00:00Z`";
        // A fraction may have any number of digits; they are not needed.
        Some(text)
            .filter(|text| text.len() <= 64)
            .and_then(Self::parsed)
            .ok_or_else(|| Invalid::new("a date", hint))
    }
}

impl From<Time> for i64 {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl dyn Clock + '_ {
    /// Wall-clock time.
    pub fn now(&self) -> Time {
        Time::now(self)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = EPOCH.saturating_add(SignedDuration::from_secs((*self).min(Self::LAST).0));
        f.pad(&format!("{moment}Z"))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        encoding::serialize(serializer, self, &self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        encoding::deserialize(deserializer, |seconds| Ok(Self(seconds)))
    }
}
