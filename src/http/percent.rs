//! Percent-encoding (RFC 3986, section 2.1), read strictly and written into headers.

use axum::http::HeaderValue;

/// What stands for a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// `+` is a space, as in a form or a query.
    Space,
    /// `+` is itself, as in a path.
    Itself,
}

/// Decodes a text. `None` if an escape is not one, or the bytes are not UTF-8.
pub(super) fn decode(text: &str, plus: Plus) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            b'+' if plus == Plus::Space => b' ',
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The value of a header that is never empty: visible ASCII, everything else and `%` encoded. `-`
/// stands for nothing, so a text that is `-` is encoded too.
pub(super) fn header(text: Option<&str>) -> HeaderValue {
    const NOTHING: HeaderValue = HeaderValue::from_static("-");
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return NOTHING;
    };
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'%';
    if text != "-" && text.bytes().all(is_plain) {
        return HeaderValue::from_str(text).unwrap_or(NOTHING);
    }
    let mut encoded = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        if is_plain(byte) && text != "-" {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(hex(byte >> 4));
            encoded.push(hex(byte & 0xf));
        }
    }
    HeaderValue::from_str(&encoded).unwrap_or(NOTHING)
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_read_strictly() {
        let query = |text| decode(text, Plus::Space);
        assert_eq!(query("a+b%20c").as_deref(), Some("a b c"));
        assert_eq!(query("%c3%A9").as_deref(), Some("é"));
        assert_eq!(decode("a+b", Plus::Itself).as_deref(), Some("a+b"));
        for wrong in [
            "%", "%2", "%2g", "%g2", "%%", "%ff", "%c3", "a%", "%u00e9", "%+2",
        ] {
            assert_eq!(query(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_header_is_visible_ascii_and_never_empty() {
        for (text, expected) in [
            (None, "-"),
            (Some(""), "-"),
            (Some("-"), "%2D"),
            (Some("--"), "--"),
            (Some("ci"), "ci"),
            (Some("a b"), "a%20b"),
            (Some("50%"), "50%25"),
            (Some("Büro, \"1\""), "B%C3%BCro,%20\"1\""),
        ] {
            assert_eq!(header(text), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "\\PC{1,40}") {
            let value = header(Some(&text));
            let value = value.to_str().unwrap();
            prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_ne!(value, "-");
            prop_assert_eq!(decode(value, Plus::Itself), Some(text));
        }

        #[test]
        fn no_text_brings_it_down(text in any::<String>()) {
            decode(&text, Plus::Space);
            header(Some(&text));
        }
    }
}
