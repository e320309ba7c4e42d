//! The encodings of a token (`docs/file-format.md`).
//!
//! ```text
//! bytes   id 8 ‖ secret 24
//! native  hpass_ ‖ base62(id, 11) ‖ base62(secret, 33) ‖ base62(CRC-32/ISO-HDLC(all before), 6)
//! xml     <token><version>1</version><data> ‖ 64 upper-case hex ‖ </data></token>
//! header  AfasToken ‖ space ‖ base64(xml)
//! hex     64 upper-case hex
//! ```
//!
//! One vector, as id ‖ secret in hex and in the native encoding:
//!
//! ```text
//! 0123456789ABCDEF000102030405060708090A0B0C0D0E0F1011121314151617
//! hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez
//! ```

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXUPPER};
use zeroize::Zeroizing;

use super::secret::{Malformed, Token};
use super::shape::{
    BYTES, ID_DIGITS, ID_PREFIX, SCHEME, SECRET_DIGITS, SUM_DIGITS, SUMMED, XML_HEAD, checksum,
    split_native,
};
use crate::model::base62;
use crate::model::invalid::Invalid;
use crate::secret::{SecretBytes, SecretText};

const XML_TAIL: &str = "</data></token>";

/// The maximum length of an encoding, with allowance for line ends and spaces.
const LONGEST: usize = 512;

/// The encoding of a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `hpass_` and 50 characters, the last 6 of them a checksum.
    #[default]
    Native,
    /// The XML of the Profit flow.
    Xml,
    /// 64 upper-case hex digits.
    Hex,
    /// The value of an `Authorization` header of the Profit flow, scheme included:
    /// `AfasToken ` and the XML in base64.
    Header,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Native, Self::Xml, Self::Hex, Self::Header];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Xml => "xml",
            Self::Hex => "hex",
            Self::Header => "header",
        }
    }
}

impl FromStr for Encoding {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|form| form.word() == text);
        found.ok_or_else(|| Invalid::new("an encoding", "use `native`, `xml`, `hex` or `header`"))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Token {
    /// Parses any encoding: native, XML, header, bare base64 of the XML, bare hex.
    ///
    /// Leading and trailing ASCII white space is ignored, also at the end of the XML.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the text is not a token in any encoding.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim_ascii();
        Self::from_hex(text.as_bytes())
            .or_else(|| Self::parse_checked(text))
            .ok_or(Malformed)
    }

    /// Parses the encodings that remote callers may use: all but bare hex.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the text is not a token in one of them.
    pub fn parse_remote(text: &str) -> Result<Self, Malformed> {
        Self::parse_checked(text.trim_ascii()).ok_or(Malformed)
    }

    /// Reads a token in [`Encoding::Xml`] alone, the whole of it; whitespace around it is ignored.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the text is anything else.
    pub fn parse_xml(text: &str) -> Result<Self, Malformed> {
        Self::from_xml(text.trim_ascii().as_bytes()).ok_or(Malformed)
    }

    /// Whether a text, if it is a token, is in an encoding that has a checksum.
    pub fn has_checksum(text: &str) -> bool {
        text.trim_ascii().starts_with(ID_PREFIX)
    }

    fn parse_checked(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        match text.as_bytes().first()? {
            b'<' => Self::from_xml(text.as_bytes()),
            _ if text.starts_with(ID_PREFIX) => Self::from_native(text),
            _ => Self::from_base64(header_value(text).unwrap_or(text)),
        }
    }

    fn from_native(text: &str) -> Option<Self> {
        let (id, secret) = split_native(text.as_bytes())?;
        let mut token = Self::zero();
        let (id_bytes, secret_bytes) = token.bytes_mut().split_at_mut(8);
        base62::decode(id, id_bytes)?;
        base62::decode(secret, secret_bytes)?;
        Some(token)
    }

    fn from_xml(text: &[u8]) -> Option<Self> {
        let data = text.trim_ascii_end().strip_prefix(XML_HEAD.as_bytes())?;
        Self::from_hex(data.strip_suffix(XML_TAIL.as_bytes())?)
    }

    fn from_base64(text: &str) -> Option<Self> {
        Self::from_xml(SecretBytes::from_base64(text)?.expose())
    }

    fn from_hex(text: &[u8]) -> Option<Self> {
        if text.len() != 2 * BYTES {
            return None;
        }
        let mut token = Self::zero();
        HEXUPPER.decode_mut(text, token.bytes_mut()).ok()?;
        Some(token)
    }

    /// The token in that encoding.
    pub fn encode(&self, form: Encoding) -> SecretText {
        SecretText::new(match form {
            Encoding::Native => self.native(),
            Encoding::Xml => self.xml(),
            Encoding::Hex => self.hex(),
            Encoding::Header => self.header(),
        })
    }

    // Every string below is allocated at full size: growing would leave a copy in freed memory.

    fn native(&self) -> String {
        let (id, secret) = self.bytes().split_at(8);
        let mut text = String::with_capacity(SUMMED + SUM_DIGITS);
        text.push_str(ID_PREFIX);
        base62::encode(id, ID_DIGITS, &mut text);
        base62::encode(secret, SECRET_DIGITS, &mut text);
        let sum = checksum(text.as_bytes());
        base62::encode(&sum, SUM_DIGITS, &mut text);
        text
    }

    fn xml(&self) -> String {
        let mut text = String::with_capacity(XML_HEAD.len() + 2 * BYTES + XML_TAIL.len());
        text.push_str(XML_HEAD);
        HEXUPPER.encode_append(self.bytes(), &mut text);
        text.push_str(XML_TAIL);
        text
    }

    fn hex(&self) -> String {
        HEXUPPER.encode(self.bytes())
    }

    fn header(&self) -> String {
        let xml = Zeroizing::new(self.xml());
        let mut text = String::with_capacity(SCHEME.len() + 1 + BASE64.encode_len(xml.len()));
        text.push_str(SCHEME);
        text.push(' ');
        BASE64.encode_append(xml.as_bytes(), &mut text);
        text
    }
}

/// The credentials after the scheme, which is compared without regard to case (RFC 9110, section
/// 11.1).
fn header_value(text: &str) -> Option<&str> {
    let (scheme, value) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case(SCHEME)
        .then(|| value.trim_ascii_start())
}
