//! Mail secrets that the store has to keep readable: sealed there and stored nowhere else.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::model::invalid::Invalid;

/// The password for a mail server: 1 to 1,024 bytes in one line.
///
/// Unlike other secrets it cannot be stored as a hash. It is serialized into sealed records only:
/// human-readable formats refuse it.
pub struct MailPassword(Zeroizing<String>);

impl MailPassword {
    /// The password. The only accessor.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailPassword {
    type Err = Invalid;

    /// Normalizes the password to NFC (RFC 8265, section 4.2), however it was typed.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Allocated at the largest size NFC can produce: a string that grows leaves copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(text.len().saturating_mul(3)));
        normal.extend(text.nfc());
        Self::kept(normal)
    }
}

impl MailPassword {
    fn kept(text: Zeroizing<String>) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > 1024 || text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "a mail password",
                "use one line of 1 to 1024 bytes",
            ));
        }
        Ok(Self(text))
    }
}

impl Serialize for MailPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        sealed::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for MailPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(sealed::deserialize(deserializer)?);
        Self::kept(text).map_err(D::Error::custom)
    }
}

impl fmt::Debug for MailPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailPassword(..)")
    }
}

/// PEM certificates that alone authenticate a mail server; not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Authorities(String);

impl Authorities {
    /// The PEM text, the whole file.
    pub fn pem(&self) -> &str {
        &self.0
    }

    /// The number of certificates.
    pub fn count(&self) -> usize {
        self.0.matches(BEGIN).count()
    }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const LONGEST: usize = 64 * 1024;

impl FromStr for Authorities {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: &str = "a file of certificates";
        if text.len() > LONGEST {
            return Err(Invalid::new(WHAT, "use at most 64 KiB"));
        }
        if text.contains("PRIVATE KEY") {
            return Err(Invalid::new(
                WHAT,
                "it holds a private key, which must not be shared",
            ));
        }
        let mut blocks = text.split(BEGIN).skip(1).peekable();
        if blocks.peek().is_none() || !blocks.all(is_certificate) {
            let why = "use PEM: `-----BEGIN CERTIFICATE-----`, base64, `-----END CERTIFICATE-----`";
            return Err(Invalid::new(WHAT, why));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether the lines after a block's first line are base64 of a DER sequence, up to its end.
fn is_certificate(block: &str) -> bool {
    let base64 = block
        .split_once(END)
        .map(|(base64, _)| base64.split_whitespace().collect::<String>());
    let der = base64.and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok());
    der.is_some_and(|der| der.starts_with(&[0x30]))
}

impl TryFrom<String> for Authorities {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

/// Serializes text into the store's format only; human-readable formats refuse it.
pub(super) mod sealed {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    const ELSEWHERE: &str = "this is stored only in the sealed store";

    pub(in crate::model::mail) fn serialize<S: Serializer>(
        text: &str,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Err(S::Error::custom(ELSEWHERE));
        }
        serializer.serialize_str(text)
    }

    pub(in crate::model::mail) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<String, D::Error> {
        if deserializer.is_human_readable() {
            return Err(D::Error::custom(ELSEWHERE));
        }
        String::deserialize(deserializer)
    }
}
