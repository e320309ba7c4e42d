//! Names of things, and how they are compared.

use super::any::{self, is_any};
use super::invalid::Invalid;
use super::text::Device;
use super::token::shape::{ID_PREFIX, is_hex};
use super::validated::validated;

/// How many characters a name has at most.
pub const LONGEST: usize = 64;

/// A name as it is looked up, counted and compared: lower-case.
///
/// It is made from a name and in no other way, so that a look-up, an index and a failure counter
/// cannot disagree about two spellings of one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical(String);

impl Canonical {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares a sort of name.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        name!($(#[$doc])* $name, parse);
    };
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        validated!($(#[$doc])* $name, $parse);

        impl $name {
            /// The name as it is compared.
            pub fn canonical(&self) -> Canonical {
                Canonical(self.0.to_ascii_lowercase())
            }

            /// Whether both name the same thing. `==` compares what was typed.
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
    /// The name of a token, unique among the live ones of its profile.
    TokenName
);
name!(
    /// The name of a group of users.
    GroupName,
    parse_restricting
);
name!(
    /// What a caller calls one request, so that it can be repeated: `2026-11`, a UUID.
    RequestId
);

impl TokenName {
    /// The name of a token that is named after its device: `-` for what a name may not have.
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

    /// The `n`th name of a row that begins with this one: `laptop`, `laptop-2`, `laptop-3`.
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

/// As [`parse`], for what a restriction names: [`any::ANY`] lifts one.
fn parse_restricting(text: &str) -> Result<String, Invalid> {
    if is_any(text) {
        return Err(Invalid::new("a name", any::RESERVED));
    }
    parse(text)
}

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+')
}

/// What looks like a token's id, without regard to case as names are compared, or is a token in hex:
/// a secret that was pasted where a name belongs would be stored and shown.
fn is_reserved(text: &str) -> bool {
    let like_an_id = text
        .get(..ID_PREFIX.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(ID_PREFIX));
    like_an_id || is_hex(text)
}
