//! Times as people write them: relative to now, or as a date.

use std::str::FromStr;

use super::instant::Time;
use super::span::Span;
use crate::model::invalid::Invalid;

/// A time in the future, as people write it: a duration from now, or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// That much later than now.
    In(Span),
    /// At that time.
    At(Time),
}

impl When {
    /// The absolute time, relative to `now`.
    pub fn resolve(self, now: Time) -> Time {
        match self {
            Self::In(span) => now.plus(span),
            Self::At(time) => time,
        }
    }

    fn parsed(text: &str) -> Option<Self> {
        text.parse()
            .map(Self::In)
            .or_else(|_| text.parse().map(Self::At))
            .ok()
    }
}

impl FromStr for When {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hint = "use a duration like `30m`, `12h`, `90d`, `8w`, `1y`, or a date like `2026-12-31` \
                    (its start in UTC) or `2026-12-31T12:00:00Z`";
        Self::parsed(text).ok_or_else(|| Invalid::new("a duration or a date", hint))
    }
}

/// A time in the past, as people write it: a duration before now, or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// That much earlier than now.
    Ago(Span),
    /// At that time.
    At(Time),
}

impl Since {
    /// The absolute time, relative to `now`.
    pub fn resolve(self, now: Time) -> Time {
        match self {
            Self::Ago(span) => now.minus(span),
            Self::At(time) => time,
        }
    }
}

impl FromStr for Since {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hint = "use a duration back from now like `30m`, `8h`, `7d`, or a date like `2026-12-31` \
                    (its start in UTC) or `2026-12-31T12:00:00Z`";
        match When::parsed(text) {
            Some(When::In(span)) => Ok(Self::Ago(span)),
            Some(When::At(time)) => Ok(Self::At(time)),
            None => Err(Invalid::new("a duration or a date", hint)),
        }
    }
}

/// The expiry of a token or a suspension, as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// That much later than now.
    In(Span),
    /// At that time: in that second it has expired.
    At(Time),
    /// No expiry.
    Never,
}

impl Expiry {
    /// The absolute expiry, relative to `now`; `None` for never.
    pub fn resolve(self, now: Time) -> Option<Time> {
        match self {
            Self::In(span) => Some(When::In(span).resolve(now)),
            Self::At(time) => Some(time),
            Self::Never => None,
        }
    }
}

impl FromStr for Expiry {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hint = "use a duration like `12h`, `90d`, `8w`, `1y`, a date like `2026-12-31` (its start \
                    in UTC) or `2026-12-31T12:00:00Z`, or `never`";
        match When::parsed(text) {
            Some(When::In(span)) => Ok(Self::In(span)),
            Some(When::At(time)) => Ok(Self::At(time)),
            None if text == "never" => Ok(Self::Never),
            None => Err(Invalid::new("an expiry", hint)),
        }
    }
}

/// How long an old token stays valid after its successor was activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Not at all: it expires when the successor becomes valid.
    None,
    /// At most that long.
    For(Span),
}

impl Overlap {
    /// The end of the overlap, if it begins `now`.
    pub fn end(self, now: Time) -> Time {
        match self {
            Self::None => now,
            Self::For(span) => now.plus(span),
        }
    }
}

impl FromStr for Overlap {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let why = "use `0`, or a duration like `30m`, `12h`, `7d`";
        match text {
            "0" => Ok(Self::None),
            span => span
                .parse()
                .map(Self::For)
                .map_err(|_| Invalid::new("an overlap", why)),
        }
    }
}
