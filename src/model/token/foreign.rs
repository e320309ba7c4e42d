//! Secrets issued by other systems, and text presented as a token.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;

use super::secret::{Malformed, Token};
use super::shape::{ID_PREFIX, looks_like_token};
use crate::model::invalid::Invalid;
use crate::secret::SecretText;

/// The minimum and maximum length of another system's secret, in bytes.
const SHORTEST: usize = 20;
const LONGEST: usize = 4096;

/// A secret issued by another system: one line of 20 to 4,096 visible ASCII characters that neither
/// is nor looks like a token of hallpass.
pub struct Foreign(SecretText);

impl Foreign {
    /// Parses a secret. Leading and trailing ASCII white space is ignored.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if its length or its characters are out of range, or it looks like a token of
    /// hallpass.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim_ascii();
        let fits = (SHORTEST..=LONGEST).contains(&text.len());
        let visible = text.bytes().all(|c| c.is_ascii_graphic());
        if fits && visible && !Self::is_own(text) {
            Ok(Self(SecretText::new(text.to_owned())))
        } else {
            Err(Malformed)
        }
    }

    /// Whether a text has the shape of a token of hallpass. Such text is never looked up as another
    /// system's.
    pub fn is_own(text: &str) -> bool {
        let text = text.trim_ascii();
        let head = text.get(..ID_PREFIX.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(ID_PREFIX)) || looks_like_token(text)
    }

    /// Whether random letters and digits of this length, from as large an alphabet, would be at
    /// least as hard to guess as a 128-bit number.
    ///
    /// Other characters count as separators. Text with few different characters is not random.
    pub fn is_strong(&self) -> bool {
        const BITS: f64 = 128.0;
        const DIFFERENT: u32 = 8;
        let mut seen = 0_u128;
        let mut count = 0_u32;
        let mut digits = false;
        let mut hex = true;
        let mut lower = false;
        let mut upper = false;
        for c in self.expose().bytes().filter(u8::is_ascii_alphanumeric) {
            seen |= 1 << c;
            count += 1;
            digits |= c.is_ascii_digit();
            lower |= c.is_ascii_lowercase();
            upper |= c.is_ascii_uppercase();
            hex &= c.is_ascii_hexdigit();
        }
        let letters = match (lower, upper) {
            (false, false) => 0,
            (true, true) => 52,
            _ if hex => 6,
            _ => 26,
        };
        let alphabet = letters + if digits { 10 } else { 0 };
        let bits = f64::from(count) * f64::from(alphabet.max(1)).log2();
        seen.count_ones() >= DIFFERENT && bits >= BITS
    }

    /// The secret. The only accessor.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Foreign(..)")
    }
}

/// SHA-256 of another system's secret: all that the store knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl FromStr for Digest {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let why = "use the 64 hex digits of the SHA-256 of the token's text, without a newline";
        let invalid = || Invalid::new("a SHA-256", why);
        let bytes = HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map_err(|_| invalid())?;
        bytes.try_into().map(Self).map_err(|_| invalid())
    }
}

/// Text presented as a token.
#[derive(Debug)]
pub enum Presented {
    /// A token of hallpass, in any encoding.
    Own(Token),
    /// Possibly a token of another system.
    Foreign(Foreign),
}

impl Presented {
    /// Parses presented text.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for a mistyped token of hallpass, and for text that no system would issue.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        match Token::parse(text) {
            Ok(token) => Ok(Self::Own(token)),
            Err(Malformed) => Foreign::parse(text).map(Self::Foreign),
        }
    }

    /// Parses text that a remote caller presents, as [`Token::parse_remote`].
    ///
    /// # Errors
    ///
    /// [`Malformed`], as [`Self::parse`]; also for a bare hex token.
    pub fn parse_remote(text: &str) -> Result<Self, Malformed> {
        match Token::parse_remote(text) {
            Ok(token) => Ok(Self::Own(token)),
            Err(Malformed) => Foreign::parse(text).map(Self::Foreign),
        }
    }
}

/// As [`Presented`], by reference.
#[derive(Debug, Clone, Copy)]
pub enum Presenting<'a> {
    /// A token of hallpass.
    Own(&'a Token),
    /// Possibly a token of another system.
    Foreign(&'a Foreign),
}

impl<'a> From<&'a Token> for Presenting<'a> {
    fn from(token: &'a Token) -> Self {
        Self::Own(token)
    }
}

impl<'a> From<&'a Presented> for Presenting<'a> {
    fn from(presented: &'a Presented) -> Self {
        match presented {
            Presented::Own(token) => Self::Own(token),
            Presented::Foreign(foreign) => Self::Foreign(foreign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(text: &str) -> bool {
        Foreign::parse(text).unwrap().is_strong()
    }

    #[test]
    fn strength_is_judged_by_length_and_alphabet() {
        for text in [
            "0123456789abcdef0123456789abcdef",
            "550e8400-e29b-41d4-a716-446655440000",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "Zm9vYmFyMTIzNDU2Nzg5MA",
            "123456789012345678901234567890123456789",
        ] {
            assert!(strong(text), "{text}");
        }
        for text in [
            "0123456789abcdef0123456789abcde",
            "12345678901234567890123456789012345678",
            "Zm9vYmFyMTIzNDU2Nzg5M",
            "abababababababababababababababababababab",
            "-----------------------------------------",
            "sk-0123456789abcdef",
        ] {
            assert!(
                Foreign::parse(text).is_ok_and(|it| !it.is_strong()) || text.len() < 20,
                "{text}"
            );
        }
    }

    #[test]
    fn what_was_meant_for_a_token_of_hallpass_is_no_others() {
        let hex = "ab".repeat(32);
        for text in [
            "hpass_000000000000000000000000000000000000000000000000001",
            "HPASS_000000000000000000",
            "<token><version>1</version>",
            "AfasTokenPHRva2VuPjx2ZXJz",
            &hex,
            "two words that are long enough",
            "ümlaut-ümlaut-ümlaut-ümlaut",
            "too-short",
        ] {
            assert!(Presented::parse(text).is_err(), "{text}");
        }
        assert!(matches!(
            Presented::parse(" 0123456789abcdefghij\r\n"),
            Ok(Presented::Foreign(_))
        ));
    }

    #[test]
    fn a_digest_is_64_hex_digits() {
        let text = "Ab".repeat(32);
        assert_eq!(text.parse::<Digest>().unwrap(), Digest([0xab; 32]));
        assert!(text[1..].parse::<Digest>().is_err() && "".parse::<Digest>().is_err());
    }
}
