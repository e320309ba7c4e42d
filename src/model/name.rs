//! Names, and how they are compared.

use super::any::{self, is_any};
use super::invalid::Invalid;
use super::text::Device;
use super::token::shape::{ID_PREFIX, holds_token, is_hex};
use super::validated::validated;

/// The maximum length of a name, in characters.
pub const LONGEST: usize = 64;

/// A name in its normal form for look-ups, counters and comparisons: lower-case.
///
/// It is constructed only from a name, so that a look-up, an index and a failure counter cannot
/// disagree about two spellings of one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical(String);

impl Canonical {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares a type of name.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        name!($(#[$doc])* $name, parse);
    };
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        validated!($(#[$doc])* $name, $parse);

        impl $name {
            /// The normal form, for comparison.
            pub fn canonical(&self) -> Canonical {
                Canonical(self.0.to_ascii_lowercase())
            }

            /// Whether both are the same name without regard to case. `==` compares what was typed.
            pub fn same_as(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }
    };
}

name!(
    /// The name of a profile.
    ProfileName
);
name!(
    /// The name of a connection.
    ConnectionName,
    parse_restricting
);
name!(
    /// The name of an environment.
    EnvironmentName
);
name!(
    /// The name of a token, unique among the live tokens of its profile.
    TokenName
);
name!(
    /// The name of a group of users.
    GroupName,
    parse_restricting
);
name!(
    /// A caller's idempotency key for one request: `2026-11`, a UUID.
    RequestId
);

impl TokenName {
    /// The name of a token that is named after its device: `-` replaces what a name cannot contain.
    pub fn from_device(device: &Device) -> Self {
        let fitting = device
            .as_str()
            .chars()
            .map(|c| if allowed(c) { c } else { '-' });
        let name: String = fitting
            .skip_while(|c| !c.is_ascii_alphanumeric())
            .take(LONGEST)
            .collect();
        parse(&name).map_or_else(|_| Self("device".to_owned()), Self)
    }

    /// The `n`th name with this base: `laptop`, `laptop-2`, `laptop-3`.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        if n < 2 {
            return self.clone();
        }
        let number = format!("-{n}");
        let head = self.0.chars().take(LONGEST - number.len());
        Self(head.chain(number.chars()).collect())
    }
}

fn parse(text: &str) -> Result<String, Invalid> {
    let why = if text.is_empty() || text.len() > LONGEST {
        "use 1 to 64 characters"
    } else if !text.chars().all(allowed) {
        "use only ASCII letters, digits and `. _ - @ +`"
    } else if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "start with a letter or a digit"
    } else if is_reserved(text) {
        "tokens and their ids start with `hpass_`; choose another name"
    } else {
        return Ok(text.to_owned());
    };
    Err(Invalid::new("a name", why))
}

/// Parses a name that a restriction refers to. As [`parse`], but refuses [`any::ANY`], which lifts
/// a restriction.
fn parse_restricting(text: &str) -> Result<String, Invalid> {
    if is_any(text) {
        return Err(Invalid::new("a name", any::RESERVED));
    }
    parse(text)
}

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+')
}

/// Whether the text looks like a token id (without regard to case, as names are compared) or a
/// token in hex, or holds a token: a secret pasted as a name would be stored and displayed.
fn is_reserved(text: &str) -> bool {
    let like_an_id = text
        .get(..ID_PREFIX.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(ID_PREFIX));
    like_an_id || is_hex(text) || holds_token(text)
}
