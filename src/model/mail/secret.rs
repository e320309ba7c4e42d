//! What mail needs to be kept sealed: secrets that are written down in the store and nowhere else.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::model::invalid::Invalid;

/// What signs in at a mail server: 1 to 1,024 bytes in one line.
///
/// Unlike other secrets it has to be kept as it is. It goes into sealed records only: a format that
/// people read refuses it.
pub struct MailPassword(Zeroizing<String>);

impl MailPassword {
    /// The one door to the text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailPassword {
    type Err = Invalid;

    /// The password as RFC 8265, 4.2 has it: in NFC, however it was typed.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        // As large as NFC can make it: a text that grows leaves copies behind.
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

/// Certificates in PEM whose holders alone vouch for a mail server; no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Authorities(String);

impl Authorities {
    /// The text, all of the file.
    pub fn pem(&self) -> &str {
        &self.0
    }

    /// How many certificates there are.
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

/// Whether what follows the first line of a block is base64 of a DER sequence, and ends.
fn is_certificate(block: &str) -> bool {
    let base64 = block
        .split_once(END)
        .map(|(base64, _)| base64.split_whitespace().collect::<String>());
    let der = base64.and_then(|it| data_encoding::BASE64.decode(it.as_bytes()).ok());
    der.is_some_and(|der| der.starts_with(&[0x30]))
}

impl TryFrom<String> for Authorities {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

/// Text that is written down in the store, and that no format for people takes.
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
