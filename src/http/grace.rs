//! How long a server answers while its database does not.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::model::invalid::Invalid;
use crate::model::token::looks_like_token;

/// The longest grace, in seconds.
const LONGEST: u32 = 300;

/// How much longer than a second a server answers while its database does not: at most five minutes.
/// Nothing can be revoked in that time, or a server that alone is cut off does not see that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace(u32);

impl Grace {
    /// Half a minute: a little longer than a failover takes.
    pub fn usual() -> Self {
        Self(30)
    }

    /// Its length.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl FromStr for Grace {
    type Err = Invalid;

    /// Parses `0`, or a number of seconds or minutes, as in `30s` or `2m`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let units = [('s', 1), ('m', 60)].into_iter();
        let parsed = units.filter_map(|(unit, seconds)| {
            let number = text.strip_suffix(unit)?;
            // `parse` would accept `+5`.
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            let number: u32 = number.parse().ok().filter(|_| is_number)?;
            number.checked_mul(seconds)
        });
        let parsed = parsed.chain((text == "0").then_some(0)).next();
        let why = if looks_like_token(text) {
            "this is a token"
        } else {
            "use `0`, or seconds or minutes, as in `30s` or `2m`, at most `5m`"
        };
        parsed
            .filter(|seconds| *seconds <= LONGEST)
            .map(Self)
            .ok_or_else(|| Invalid::new("a grace", why))
    }
}

impl fmt::Display for Grace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_is_five_minutes_at_most() {
        let seconds = |text: &str| text.parse::<Grace>().ok().map(|it| it.duration().as_secs());
        for (text, expected) in [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1s", Some(1)),
            ("30s", Some(30)),
            ("5m", Some(300)),
            ("300s", Some(300)),
            ("301s", None),
            ("6m", None),
            ("30", None),
            ("", None),
            ("s", None),
            ("+5s", None),
            ("-1s", None),
            ("1h", None),
            ("99999999999m", None),
            ("4294967295m", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(Grace::usual().to_string().parse(), Ok(Grace::usual()));
    }
}
