//! What tokens look like in a text.

use memchr::memmem::Finder;
use zeroize::Zeroizing;

use super::escaped;
use crate::model::token::{Encoding, Token};

/// The longest text that a token is found in, however it is written.
pub(super) const LONGEST: usize = 512;

/// How many characters the longest form has.
const MOST: usize = 152;

/// A form of a token, and what of it is looked for.
struct Shape {
    form: Encoding,
    /// What is looked for: characters that no text writes in another way.
    needle: &'static str,
    /// What precedes it, which may be written in another way.
    before: Option<u8>,
    /// What it begins with.
    head: &'static str,
    /// How many characters it has.
    length: usize,
}

/// `PHRva2Vu…` is base64 of what the XML begins with.
const SHAPES: [Shape; 3] = [
    Shape {
        form: Encoding::Native,
        needle: "hpass_",
        before: None,
        head: "hpass_",
        length: 56,
    },
    Shape {
        form: Encoding::Xml,
        needle: "token",
        before: Some(b'<'),
        head: "<token><version>1</version><data>",
        length: 112,
    },
    Shape {
        form: Encoding::Header,
        needle: "PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24",
        before: None,
        head: "PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24+PGRhdGE+",
        length: MOST,
    },
];

/// A token in a text.
pub(super) struct Found {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// How it is spelled.
    pub(super) form: Encoding,
    /// Which it is.
    pub(super) token: Token,
}

/// What looks for all of them.
pub(super) struct Finders([Finder<'static>; SHAPES.len()]);

impl Default for Finders {
    fn default() -> Self {
        Self(SHAPES.map(|shape| Finder::new(shape.needle)))
    }
}

impl Finders {
    /// The tokens that begin before `end`, in order.
    ///
    /// Three searches, each for a rare pair of bytes, are faster than one for all: measured, by a
    /// fifth.
    pub(super) fn tokens(&self, text: &[u8], end: usize) -> Vec<Found> {
        let mut found = Vec::new();
        for (finder, shape) in self.0.iter().zip(&SHAPES) {
            let mut at = 0;
            while let Some(needle) = text.get(at..).and_then(|rest| finder.find(rest)) {
                let needle = at + needle;
                at = needle + shape.needle.len();
                let Some(start) = shape.start(text, needle) else {
                    continue;
                };
                if start >= end {
                    break;
                }
                if let Some(token) = shape.token(text, start) {
                    at = token.end;
                    found.push(token);
                }
            }
        }
        found.sort_by_key(|it| it.start);
        found
    }
}

impl Shape {
    /// Where it would begin whose needle is at `needle`.
    fn start(&self, text: &[u8], needle: usize) -> Option<usize> {
        let Some(before) = self.before else {
            return Some(needle);
        };
        // `>` follows, plain or by one of what can write it; most words that are found go on otherwise.
        let after = text.get(needle + self.needle.len())?;
        if !matches!(after, b'>' | b'&' | b'\\' | b'%') {
            return None;
        }
        escaped::begin(text, needle, before)
    }

    fn token(&self, text: &[u8], start: usize) -> Option<Found> {
        let text = text.get(..text.len().min(start + LONGEST))?;
        let mut plain = Zeroizing::new([0; MOST]);
        let mut at = start;
        let mut head = self.head.bytes();
        for place in plain.iter_mut().take(self.length) {
            let (byte, next) = escaped::read(text, at)?;
            if head.next().is_some_and(|expected| expected != byte) {
                return None;
            }
            (*place, at) = (byte, next);
        }
        let plain = str::from_utf8(plain.get(..self.length)?).ok()?;
        let token = Token::parse(plain).ok()?;
        Some(Found {
            start,
            end: at,
            form: self.form,
            token,
        })
    }
}
