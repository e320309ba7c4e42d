//! Identifiers. None of them is secret.

use std::fmt;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE, HEXUPPER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::invalid::Invalid;
use super::token::shape::{ID_DIGITS, ID_LENGTH, ID_PREFIX};
use super::{base62, encoding};
use crate::entropy::{Entropy, NoRandomness};

/// Declares an identifier of 16 random bytes, displayed in hex.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $shown:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Generates a new one.
            ///
            /// # Errors
            ///
            /// The random generator fails.
            pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
                let mut bytes = [0; 16];
                entropy.fill(&mut bytes)?;
                Ok(Self(bytes))
            }

            /// Constructs it from its bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            pub fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            /// Parses 32 hex digits in any case.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                hex(text).map(Self).ok_or_else(|| Invalid::new($what, "use its 32 hex digits"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&$shown.encode(&self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                encoding::serialize(serializer, self, &self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                encoding::deserialize(deserializer, |bytes| Ok(Self(bytes)))
            }
        }
    };
}

id!(
    /// The id of a record in the store. Internal: users see names and token ids.
    RecordId, "a record's id", HEXLOWER
);
id!(
    /// The identifier by which an application names its connection.
    ApiKey, "an API key", HEXUPPER
);
id!(
    /// The identifier by which an application names its environment.
    EnvironmentKey, "an environment key", HEXUPPER
);

id!(
    /// The id of a verification code, unique over all codes ever sent.
    CodeId, "a code's id", HEXLOWER
);
id!(
    /// The id of a password: another one each time that a password is set.
    PasswordId, "a password's id", HEXLOWER
);

fn hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let fits = text.len() == 2 * bytes.len();
    let read = fits.then(|| HEXLOWER_PERMISSIVE.decode_mut(text.as_bytes(), &mut bytes))?;
    read.is_ok().then_some(bytes)
}

/// A token's public id: the visible head of its native encoding, `hpass_` and 11 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(u64);

impl TokenId {
    /// The number of characters of its text.
    pub const LENGTH: usize = ID_LENGTH;

    /// The id with this number.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Its number in 8 bytes, big-endian: the first bytes of a token.
    pub fn bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The id that `text` starts with, whether `text` is a whole token or a truncated one.
    pub(super) fn prefix_of(text: &str) -> Option<Self> {
        text.get(..Self::LENGTH)?.parse().ok()
    }
}

impl FromStr for TokenId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text
            .strip_prefix(ID_PREFIX)
            .filter(|digits| digits.len() == ID_DIGITS);
        let mut number = [0; 8];
        digits
            .and_then(|digits| base62::decode(digits.as_bytes(), &mut number))
            .map(|()| Self(u64::from_be_bytes(number)))
            .ok_or_else(|| {
                Invalid::new("a token's id", "use `hpass_` and its 11 letters or digits")
            })
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(Self::LENGTH);
        text.push_str(ID_PREFIX);
        base62::encode(&self.bytes(), ID_DIGITS, &mut text);
        f.pad(&text)
    }
}

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        encoding::serialize(serializer, self, &self.0)
    }
}

impl<'de> Deserialize<'de> for TokenId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        encoding::deserialize(deserializer, |number| Ok(Self(number)))
    }
}
