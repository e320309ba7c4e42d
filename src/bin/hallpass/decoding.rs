//! Decodes bytes to text, the same way for every input.
//!
//! Windows tools put a byte order mark at the beginning of a text (U+FEFF), or write UTF-16.
//! Neither may become part of a secret: one that was set from such a file would differ from the
//! same secret read anywhere else.

use hallpass::secret::SecretText;
use zeroize::Zeroizing;

/// The byte order mark; it does not belong to the text.
const MARK: char = '\u{feff}';
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The encoding of a text, as far as its first bytes show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little-endian, with a byte order mark.
    Utf16Low,
    /// UTF-16, big-endian, with a byte order mark.
    Utf16High,
    /// UTF-32 with a byte order mark: nobody writes it on purpose.
    Utf32,
}

impl Encoding {
    /// Detects the encoding of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes {
            // Before UTF-16: the little-endian mark of UTF-16 is the first half of this one.
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Self::Utf32,
            [0xFF, 0xFE, ..] => Self::Utf16Low,
            [0xFE, 0xFF, ..] => Self::Utf16High,
            _ => Self::Utf8,
        }
    }
}

/// Decodes `bytes`, without one byte order mark before the text. The error continues a sentence:
/// "is not UTF-8".
pub(crate) fn text(bytes: Zeroizing<Vec<u8>>) -> Result<SecretText, &'static str> {
    match Encoding::of(&bytes) {
        Encoding::Utf8 => utf8(bytes),
        Encoding::Utf16Low => utf16(&bytes, u16::from_le_bytes),
        Encoding::Utf16High => utf16(&bytes, u16::from_be_bytes),
        Encoding::Utf32 => Err("is UTF-32; save it as UTF-8"),
    }
}

/// Removes one byte order mark from a text that was typed.
pub(crate) fn typed(text: SecretText) -> SecretText {
    match text.expose().strip_prefix(MARK) {
        Some(rest) => SecretText::new(rest.to_owned()),
        None => text,
    }
}

fn utf8(mut bytes: Zeroizing<Vec<u8>>) -> Result<SecretText, &'static str> {
    if bytes.starts_with(UTF8_MARK) {
        bytes.drain(..UTF8_MARK.len());
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(SecretText::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err("is not UTF-8")
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<SecretText, &'static str> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().skip(1).map(|pair| unit(*pair));
    // Full capacity from the start (no unit needs more): a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(3 * pairs.len()));
    for decoded in char::decode_utf16(units) {
        text.push(decoded.map_err(|_| BROKEN)?);
    }
    if rest.is_empty() {
        Ok(SecretText::new(std::mem::take(&mut *text)))
    } else {
        Err(BROKEN)
    }
}

const BROKEN: &str = "starts like UTF-16 but is not valid; save it as UTF-8";

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Result<String, &'static str> {
        text(Zeroizing::new(bytes.to_vec())).map(|text| text.expose().to_owned())
    }

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_text_is_the_same_in_each_encoding() {
        let plain = "pässword 日本 \u{1f511}\r\n";
        let marked = format!("\u{feff}{plain}");
        assert_eq!(decoded(plain.as_bytes()), Ok(plain.to_owned()));
        assert_eq!(decoded(marked.as_bytes()), Ok(plain.to_owned()));
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(decoded(&wide(&marked, bytes)), Ok(plain.to_owned()));
        }
        assert_eq!(typed(SecretText::new(marked)).expose(), plain);
    }

    #[test]
    fn one_mark_is_taken_off_and_no_more() {
        assert_eq!(
            decoded("\u{feff}\u{feff}a".as_bytes()),
            Ok("\u{feff}a".to_owned())
        );
        assert_eq!(decoded("a\u{feff}".as_bytes()), Ok("a\u{feff}".to_owned()));
        assert_eq!(
            decoded(&wide("\u{feff}\u{feff}a", u16::to_le_bytes)),
            Ok("\u{feff}a".into())
        );
        for nothing in [&b""[..], UTF8_MARK, b"\xFF\xFE", b"\xFE\xFF"] {
            assert_eq!(decoded(nothing), Ok(String::new()));
        }
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        assert_eq!(decoded(b"caf\xE9"), Err("is not UTF-8"));
        assert_eq!(decoded(b"\xFF\xFEa\0b"), Err(BROKEN));
        assert_eq!(decoded(b"\xFE\xFF\xD8\0\0a"), Err(BROKEN));
        for wider in [&b"\xFF\xFE\0\0a\0\0\0"[..], b"\0\0\xFE\xFF\0\0\0a"] {
            assert_eq!(decoded(wider), Err("is UTF-32; save it as UTF-8"));
        }
    }
}
