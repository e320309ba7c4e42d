//! Masks our secrets in all output, except for the delivery of a new one: everything with the shape
//! and the checksum of a secret is masked.
//!
//! This happens where bytes leave the program ([`Masked`] before standard output, and
//! `stdio::Stderr`), so that no caller can forget it, and before texts are laid out (`sanitize`),
//! because a wrapped secret can no longer be recognized.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use hallpass::scan::{LONGEST_SECRET, Secret, secrets};
use zeroize::Zeroize as _;

/// How many bytes are buffered before they are searched together.
const CAPACITY: usize = 1 << 16;

/// Returns `text` with secrets masked.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let found = secrets(text.as_bytes());
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for Secret { range, kind } in found {
        masked.push_str(text.get(at..range.start).unwrap_or_default());
        masked.extend(["(", kind.word(), ")"]);
        at = range.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(masked)
}

/// Masks a message that repeats what was typed, including everything that resembles a key or a
/// recovery code: with a typo in it, it is still a secret.
pub(crate) fn message(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut at = 0;
    for word in words(message) {
        let Some(mask) = message.get(word.clone()).and_then(mask_for) else {
            continue;
        };
        masked.push_str(message.get(at..word.start).unwrap_or_default());
        masked.push_str(mask);
        at = word.end;
    }
    masked.push_str(message.get(at..).unwrap_or_default());
    masked
}

/// Finds the runs of characters that keys and recovery codes consist of.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(is_part)?;
        let rest = text.get(start..)?;
        at = start + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        Some(start..at)
    })
}

fn mask_for(word: &str) -> Option<&'static str> {
    let grouped = word.len() == 44 && word.split('-').all(|group| group.len() == 4);
    let key = word.len() > 40 && word.contains("HALLPASS-KEY-");
    match (key, grouped) {
        (true, _) => Some("(a key of a store)"),
        (_, true) => Some("(a recovery code)"),
        _ => None,
    }
}

/// A buffer in front of a stream that masks secrets, even if they are written in parts.
pub(crate) struct Masked<W: Write> {
    out: W,
    /// Bytes that were not passed on yet. The buffer never grows.
    held: Vec<u8>,
    /// How much of the buffer was ever used, and must be wiped: to wipe all of it takes longer than
    /// most output.
    used: usize,
}

impl<W: Write> Masked<W> {
    /// Masks what is written to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            held: Vec::with_capacity(CAPACITY),
            used: 0,
        }
    }

    /// Passes on the buffered bytes, except for the last `spare` bytes, in which a secret may have
    /// begun. Bytes that could not be passed on are dropped, not retried.
    fn pass_on(&mut self, spare: usize) -> io::Result<()> {
        let last = self.held.len().saturating_sub(spare);
        match pass(&mut self.out, &self.held, last) {
            Ok(end) => self.held.drain(..end).for_each(drop),
            Err(error) => {
                self.held.clear();
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Writes the text up to `last`, or to the end of a secret that spans it; returns how far.
fn pass(out: &mut impl Write, text: &[u8], last: usize) -> io::Result<usize> {
    let mut at = 0;
    for Secret { range, kind } in secrets(text) {
        if range.start >= last {
            break;
        }
        out.write_all(text.get(at..range.start).unwrap_or_default())?;
        write!(out, "({})", kind.word())?;
        at = range.end;
    }
    let end = last.max(at);
    out.write_all(text.get(at..end).unwrap_or_default())?;
    Ok(end)
}

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = CAPACITY.saturating_sub(self.held.len());
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.held.extend_from_slice(taken);
        self.used = self.used.max(self.held.len());
        if self.held.len() >= CAPACITY {
            self.pass_on(LONGEST_SECRET)?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(0)?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Masked<W> {
    fn drop(&mut self) {
        // Output that precedes an error is still printed; if that fails, the error counts.
        let _ = self.pass_on(0);
        self.held.resize(self.used, 0);
        self.held.as_mut_slice().zeroize();
    }
}

#[cfg(test)]
mod tests;
