//! Searches a text for every kind of hallpass secret: tokens, store keys, recovery codes.
//!
//! Text with their shape and checksum is refused where a name or a path is expected, and masked in
//! all output except the delivery of a new secret.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use zeroize::Zeroizing;

use super::escaped;
use super::shape::{Finders, LONGEST};
use crate::barrier::key_file;
use crate::barrier::recovery::RecoveryCode;

/// The maximum length of the text of one secret.
pub const LONGEST_SECRET: usize = LONGEST;

/// The minimum length of one: a recovery code without dashes.
const SHORTEST: usize = CODE;

/// The number of characters of a recovery code without dashes, and of one of its groups.
const CODE: usize = 36;
const GROUP: usize = 4;

/// The kind of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A token, in any encoding but bare hex, which looks like any hash.
    Token,
    /// The line of a key file.
    Key,
    /// A recovery code.
    RecoveryCode,
}

impl Kind {
    /// What messages call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "a whole token",
            Self::Key => "a key of a store",
            Self::RecoveryCode => "a recovery code",
        }
    }
}

/// The position of a secret in a text; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The bytes that it occupies.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: Kind,
}

struct Finding {
    tokens: Finders,
    key: Finder<'static>,
}

static FINDING: LazyLock<Finding> = LazyLock::new(|| Finding {
    tokens: Finders::default(),
    key: Finder::new(key_file::MAGIC),
});

/// The secrets in a text, in order, without overlaps.
pub fn secrets(text: &[u8]) -> Vec<Secret> {
    let mut found = Vec::new();
    if text.len() < SHORTEST {
        return found;
    }
    let tokens = FINDING.tokens.tokens(text, text.len());
    found.extend(tokens.iter().map(|token| Secret {
        range: token.start..token.end,
        kind: Kind::Token,
    }));
    keys(text, &mut found);
    recovery_codes(text, &mut found);
    found.sort_by_key(|secret| (secret.range.start, secret.range.end));
    let mut end = 0;
    found.retain(|secret| {
        let apart = secret.range.start >= end;
        end = end.max(secret.range.end);
        apart
    });
    found
}

/// The kind of secret that typed text contains or is, if any. A recovery code may have spaces and
/// dashes anywhere.
pub fn holds_secret(text: &[u8]) -> Option<Kind> {
    if let Some(secret) = secrets(text).first() {
        return Some(secret.kind);
    }
    let code = str::from_utf8(text).is_ok_and(|text| RecoveryCode::parse(text).is_ok());
    code.then_some(Kind::RecoveryCode)
}

fn keys(text: &[u8], found: &mut Vec<Secret>) {
    for start in FINDING.key.find_iter(text) {
        let mut line = Zeroizing::new([0; key_file::LENGTH]);
        let mut at = start;
        for position in line.iter_mut() {
            let Some((byte, next)) = escaped::read(text, at) else {
                return;
            };
            (*position, at) = (byte, next);
        }
        if str::from_utf8(&*line).is_ok_and(key_file::is_line) {
            found.push(Secret {
                range: start..at,
                kind: Kind::Key,
            });
        }
    }
}

/// Searches for nine groups of four characters, with spaces or dashes between any two of them.
/// Letters and digits may directly precede or follow them.
fn recovery_codes(text: &[u8], found: &mut Vec<Secret>) {
    let mut at = 0;
    let mut positions: Vec<usize> = Vec::new();
    while let Some(run) = run(text, at) {
        at = run.end;
        let is_part = |position: &usize| text.get(*position).is_some_and(u8::is_ascii_alphanumeric);
        positions.clear();
        positions.extend(run.filter(is_part));
        let mut first = 0;
        while let Some(window) = positions.get(first..first + CODE) {
            first += match code(text, window) {
                Some(range) => {
                    found.push(Secret {
                        range,
                        kind: Kind::RecoveryCode,
                    });
                    CODE
                }
                None => 1,
            };
        }
    }
}

/// The range of the recovery code whose characters are at these positions, if it is one.
fn code(text: &[u8], positions: &[usize]) -> Option<Range<usize>> {
    let range = *positions.first()?..*positions.last()? + 1;
    // A word boundary is also a group boundary.
    let apart = |pair: &[usize]| matches!(pair, [one, next] if one + 1 < *next);
    let broken = |(n, pair): (usize, &[usize])| (n + 1) % GROUP != 0 && apart(pair);
    if range.len() > LONGEST || positions.windows(2).enumerate().any(broken) {
        return None;
    }
    let is_code = (is_isolated(text, &range) || may_be_embedded(text, positions))
        && text.get(range.clone()).is_some_and(is_code);
    is_code.then_some(range)
}

/// Whether neither a letter nor a digit is directly before or after it.
fn is_isolated(text: &[u8], range: &Range<usize>) -> bool {
    let before = range
        .start
        .checked_sub(1)
        .and_then(|before| text.get(before));
    let around = [before, text.get(range.end)];
    !around.into_iter().flatten().any(u8::is_ascii_alphanumeric)
}

/// Whether the characters at these positions may be a code within a longer word. Every offset of
/// such a word is a candidate, and the checksum has only 20 bits. So hex digits are excluded, which
/// a code consists of once in 10^10 times, and so is mixed case, as in base64.
fn may_be_embedded(text: &[u8], positions: &[usize]) -> bool {
    let mut characters = positions.iter().filter_map(|position| text.get(*position));
    let any = |is: fn(&u8) -> bool| characters.clone().any(is);
    let mixed = any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase);
    !mixed && !characters.all(u8::is_ascii_hexdigit)
}

/// The next run of recovery-code characters that is at least as long as a code. Skips most of the
/// text: if the last byte of a candidate is not such a character, the next candidate begins after
/// it.
fn run(text: &[u8], mut start: usize) -> Option<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b' ' | b'\t');
    while let Some(other) = text
        .get(start..start + CODE)?
        .iter()
        .rposition(|byte| !is_part(byte))
    {
        start += other + 1;
    }
    let rest = text.get(start..)?.iter();
    Some(start..start + rest.take_while(|byte| is_part(byte)).count())
}

fn is_code(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| RecoveryCode::parse(text).is_ok())
}
