//! Characters as XML, JSON and URLs escape them, nested in any order.
//!
//! ```text
//! XML    &lt; &#60; &#x3c;      JSON   \/ \u003c \x3c      URL    %3C
//! ```

/// The maximum depth of nesting: JSON in XML in a URL.
const DEPTH: u8 = 4;

/// The maximum length of a name or number in an XML reference, without `&` and `;`.
const LONGEST_REFERENCE: usize = 8;

/// The maximum length of one escaped character, when it is searched backwards from its end.
const LONGEST: usize = 24;

/// Decodes the ASCII character at `at`; returns it and the start of the next one.
pub(super) fn read(text: &[u8], at: usize) -> Option<(u8, usize)> {
    within(text, at, DEPTH)
}

/// The start of the character that ends at `end`, if it is `wanted`.
pub(super) fn begin(text: &[u8], end: usize, wanted: u8) -> Option<usize> {
    // Longest first: a shorter match may be part of a longer one.
    let mut starts = (1..=LONGEST.min(end)).rev().map(|length| end - length);
    starts.find(|start| read(text, *start) == Some((wanted, end)))
}

fn within(text: &[u8], at: usize, depth: u8) -> Option<(u8, usize)> {
    let mut byte = *text.get(at)?;
    let mut end = at + 1;
    // The characters of an escape may be escaped themselves.
    for depth in (0..depth).rev() {
        match escape(text, byte, end, depth) {
            Some(written) => (byte, end) = written,
            None => break,
        }
    }
    Some((byte, end))
}

/// Decodes the escape that begins with `lead`.
fn escape(text: &[u8], lead: u8, at: usize, depth: u8) -> Option<(u8, usize)> {
    match lead {
        b'%' => number(text, at, 2, depth),
        b'\\' => match within(text, at, depth)? {
            (b'u', at) => number(text, at, 4, depth),
            (b'x', at) => number(text, at, 2, depth),
            same @ (b'/' | b'\\', _) => Some(same),
            // Text nested in JSON text has its backslashes doubled.
            written @ (_, next) if next > at + 1 => Some(written),
            _ => None,
        },
        b'&' => reference(text, at, depth),
        _ => None,
    }
}

/// Decodes a character by its number, in so many hex digits.
fn number(text: &[u8], mut at: usize, digits: u8, depth: u8) -> Option<(u8, usize)> {
    let mut number = 0;
    for _ in 0..digits {
        let (digit, next) = within(text, at, depth)?;
        number = number << 4 | char::from(digit).to_digit(16)?;
        at = next;
    }
    Some((u8::try_from(number).ok()?, at))
}

/// Decodes an XML reference, by name or number, up to the `;`.
fn reference(text: &[u8], mut at: usize, depth: u8) -> Option<(u8, usize)> {
    let mut name = [0; LONGEST_REFERENCE];
    let mut length = 0;
    loop {
        let (byte, next) = within(text, at, depth)?;
        at = next;
        if byte == b';' {
            return Some((named(name.get(..length)?)?, at));
        }
        *name.get_mut(length)? = byte;
        length += 1;
    }
}

fn named(name: &[u8]) -> Option<u8> {
    let digits = |digits: &[u8], radix| {
        let digits = str::from_utf8(digits).ok()?;
        u8::from_str_radix(digits, radix).ok()
    };
    match name {
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"amp" => Some(b'&'),
        b"sol" => Some(b'/'),
        b"plus" => Some(b'+'),
        b"equals" => Some(b'='),
        [b'#', b'x' | b'X', hex @ ..] => digits(hex, 16),
        [b'#', decimal @ ..] => digits(decimal, 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_read_however_it_is_written() {
        for written in [
            "<",
            "&lt;",
            "&#60;",
            "&#060;",
            "&#x3c;",
            "&#X3C;",
            "&#x003C;",
            "\\u003c",
            "\\u003C",
            "\\x3c",
            "%3c",
            "%3C",
            "&amp;lt;",
            "&amp;#60;",
            "%26lt%3B",
            "\\u0026lt;",
            "%253C",
            "\\\\u003c",
            "%5Cu003c",
            "&amp;amp;lt;",
        ] {
            let text = format!("{written}token");
            assert_eq!(
                read(text.as_bytes(), 0),
                Some((b'<', written.len())),
                "{written}"
            );
            let before = format!("x{text}");
            let begin = begin(before.as_bytes(), 1 + written.len(), b'<').unwrap();
            assert_eq!(
                read(before.as_bytes(), begin),
                Some((b'<', 1 + written.len()))
            );
        }
        assert_eq!(read(b"\\/x", 0), Some((b'/', 2)));
        assert_eq!(read(b"&plus;", 0), Some((b'+', 6)));
    }

    #[test]
    fn what_writes_nothing_is_itself() {
        for plain in [
            "&",
            "&lt",
            "&nothing;",
            "%3",
            "%zz",
            "\\",
            "\\u00",
            "\\n",
            "&#999;",
            "a",
        ] {
            assert_eq!(
                read(plain.as_bytes(), 0),
                Some((plain.as_bytes()[0], 1)),
                "{plain}"
            );
        }
        assert_eq!(read(b"", 0), None);
        assert_eq!(begin(b"x>", 2, b'<'), None);
    }
}
