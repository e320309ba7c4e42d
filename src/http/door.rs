//! Groups of routes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::model::invalid::Invalid;

/// A group of routes that is served, or is not there at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// Verdicts for proxies: `/verify` and `/authz`.
    Verify,
    /// What the holder of a credential may do: `/token`, `/self`, `/revoke`, `/login`.
    Token,
    /// Verdicts for services: `/introspect`.
    Introspect,
    /// The Profit flow: `/profitrestservices` and `/profitservices`.
    Profit,
}

impl Door {
    /// All doors.
    pub const ALL: [Self; 4] = [Self::Verify, Self::Token, Self::Introspect, Self::Profit];

    /// The doors of a server whose settings name none.
    pub fn usual() -> BTreeSet<Self> {
        BTreeSet::from([Self::Verify])
    }

    /// The word in settings, logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Token => "token",
            Self::Introspect => "introspect",
            Self::Profit => "profit",
        }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Door {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let door = Self::ALL.into_iter().find(|door| door.word() == text);
        door.ok_or_else(|| {
            Invalid::new("a door", "use `verify`, `token`, `introspect` or `profit`")
        })
    }
}
