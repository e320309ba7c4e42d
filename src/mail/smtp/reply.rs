//! The replies of a mail server (RFC 5321, 4.2).

use crate::mail::words::plain;

/// A reply: a code, and lines of text that only people interpret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    code: u16,
    lines: Vec<Vec<u8>>,
}

/// The first digit of a code (RFC 5321, 4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// 2yz: done.
    Completion,
    /// 3yz: continue.
    Intermediate,
    /// 4yz: temporary refusal.
    Transient,
    /// 5yz: permanent refusal.
    Permanent,
}

/// One line of a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    code: u16,
    text: &'a [u8],
    is_last: bool,
}

impl<'a> Line<'a> {
    /// Parses a line without its line ending: three digits, and then nothing, or a space or a
    /// hyphen and any bytes. A text after the code is recommended, but not required.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let (digits, rest) = line.split_at_checked(3)?;
        let code = digits.iter().try_fold(0, |code, digit| {
            let digit = digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
            Some(code * 10 + digit)
        })?;
        class(code)?;
        match rest.split_first() {
            None => Some(Self {
                code,
                text: &[],
                is_last: true,
            }),
            Some((b' ', text)) => Some(Self {
                code,
                text,
                is_last: true,
            }),
            Some((b'-', text)) => Some(Self {
                code,
                text,
                is_last: false,
            }),
            Some(_) => None,
        }
    }

    /// Whether it is the last line of the reply.
    pub(super) fn is_last(&self) -> bool {
        self.is_last
    }
}

fn class(code: u16) -> Option<Class> {
    match code / 100 {
        2 => Some(Class::Completion),
        3 => Some(Class::Intermediate),
        4 => Some(Class::Transient),
        5 => Some(Class::Permanent),
        _ => None,
    }
}

impl Reply {
    /// Adds a line to the reply so far; returns `None` if its code differs.
    pub(super) fn with(begun: Option<Self>, line: &Line<'_>) -> Option<Self> {
        let mut reply = begun.unwrap_or_else(|| Self {
            code: line.code,
            lines: Vec::new(),
        });
        reply.lines.push(line.text.to_owned());
        (reply.code == line.code).then_some(reply)
    }

    /// Returns the class of the code.
    pub(super) fn class(&self) -> Class {
        // A line parses only if its code has a class.
        class(self.code).unwrap_or(Class::Transient)
    }

    /// Returns its lines as received, in any encoding.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(Vec::as_slice)
    }

    /// Formats code and text in one line; `discreet` removes secrets from the text. The encoding of
    /// bytes that are not UTF-8 is unknown.
    pub(super) fn words(&self, discreet: &dyn Fn(&str) -> String) -> String {
        let lines: Vec<_> = self.lines().map(String::from_utf8_lossy).collect();
        let repeated = lines.first().and_then(|first| enhanced(first));
        let lines = lines.iter().enumerate().map(|(n, line)| match repeated {
            Some(code) if n > 0 => line.strip_prefix(code).unwrap_or(line),
            _ => line,
        });
        let text = lines.collect::<Vec<_>>().join(" ");
        plain(&format!("{} {}", self.code, discreet(&text)))
    }
}

/// Returns the enhanced status code (RFC 2034) that a text begins with. Servers repeat it on each
/// line.
fn enhanced(text: &str) -> Option<&str> {
    let word = text.split(' ').next()?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let parts: Vec<_> = word.split('.').collect();
    (parts.len() == 3 && parts.into_iter().all(is_number)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &[u8]) -> Option<(u16, &[u8], bool)> {
        Line::parse(text).map(|line| (line.code, line.text, line.is_last))
    }

    fn reply(lines: &[&[u8]]) -> Option<Reply> {
        lines.iter().try_fold(None, |begun, line| {
            Reply::with(begun, &Line::parse(line)?).map(Some)
        })?
    }

    #[test]
    fn a_line_is_three_digits_and_maybe_more() {
        assert_eq!(line(b"250"), Some((250, &b""[..], true)));
        assert_eq!(line(b"250 "), Some((250, &b""[..], true)));
        assert_eq!(line(b"250-"), Some((250, &b""[..], false)));
        assert_eq!(line(b"571 5.7.1 no"), Some((571, &b"5.7.1 no"[..], true)));
        assert_eq!(
            line(b"550-refus\xe9"),
            Some((550, &b"refus\xe9"[..], false))
        );
        for bad in [
            &b""[..],
            b"25",
            b"2500",
            b"250\ttab",
            b"+50 ok",
            b"25O ok",
            b"150 x",
            b"650 x",
            b" 250",
        ] {
            assert_eq!(line(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_reply_is_shown_in_one_line_in_which_its_status_stands_once() {
        let shown = |lines: &[&[u8]]| reply(lines).unwrap().words(&str::to_owned);
        assert_eq!(shown(&[b"250"]), "250");
        assert_eq!(
            shown(&[b"535-5.7.8 wrong.", b"535 5.7.8 see there"]),
            "535 5.7.8 wrong. see there"
        );
        assert_eq!(
            shown(&[b"250-a.b.c x", b"250 a.b.c y"]),
            "250 a.b.c x a.b.c y"
        );
        assert_eq!(shown(&[b"550 bo\xeete \x1b[2J"]), "550 bo\u{fffd}te [2J");
    }

    #[test]
    fn all_lines_of_a_reply_have_its_code() {
        assert_eq!(
            reply(&[b"250-a", b"250-b", b"250"]).unwrap().class(),
            Class::Completion
        );
        assert_eq!(reply(&[b"250-a", b"550 b"]), None);
    }
}
