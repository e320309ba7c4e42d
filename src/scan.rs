//! Searches any text for tokens, by their shape and checksum, without a store.
//!
//! Three encodings are found (`docs/file-format.md`): the native one, which its checksum proves;
//! the XML; and its base64, with or without `AfasToken` before it. The latter two are also found as
//! XML, JSON and URLs escape them. Bare hex is not found: it looks like any other hash. The text
//! around a token does not matter: one in a URL, in a JSON text after `\n`, or between other
//! letters is found too. A look-alike fails the checksum.

use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use memchr::{memchr, memchr_iter, memrchr};
use zeroize::Zeroizing;

use crate::model::token::{Encoding, Token};

mod escaped;
mod secret;
mod shape;
mod wide;

pub use secret::{Kind, LONGEST_SECRET, Secret, holds_secret, secrets};

use shape::{Finders, Found, LONGEST};
use wide::{Narrowed, fill};

/// The number of bytes searched at once: they stay in a core's own cache. Measured: twice as many
/// are a fifth slower where cores share a cache.
const CHUNK: usize = 1 << 16;
/// A zero byte within this many bytes makes a file binary, as in git.
const PROBE: usize = 8000;

/// A token found in a text.
#[derive(Debug)]
pub struct Hit {
    /// Its line, from 1.
    pub line: u64,
    /// The byte offset in its line, from 1.
    pub column: u64,
    /// Its encoding.
    pub form: Encoding,
    /// The token itself: a secret.
    pub token: Token,
}

/// How binary text is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// It is not searched.
    Skipped,
    /// It is searched like any other.
    Searched,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All of it; the number of bytes.
    Searched(u64),
    /// It is binary.
    Skipped,
}

/// Searches one text after another. Its buffer is wiped on drop.
pub struct Scanner {
    finders: Finders,
    buffer: Zeroizing<Vec<u8>>,
}

impl Default for Scanner {
    fn default() -> Self {
        let buffer = Zeroizing::new(vec![0; CHUNK + LONGEST]);
        Self {
            finders: Finders::default(),
            buffer,
        }
    }
}

impl Scanner {
    /// Passes each token in `from` to the caller, in order. A line may be longer than memory, and a
    /// token may cross the boundary between two reads. UTF-16 with a byte order mark is decoded.
    ///
    /// # Errors
    ///
    /// The text cannot be read.
    pub fn search(
        &mut self,
        from: &mut dyn Read,
        binary: Binary,
        hit: &mut dyn FnMut(Hit),
    ) -> io::Result<Seen> {
        let mut position = Position::default();
        self.each_chunk(from, binary, &mut |text, found, next| {
            for Found {
                start, form, token, ..
            } in found
            {
                position.pass(text, start);
                let column = position.offset + start as u64 - position.begin + 1;
                hit(Hit {
                    line: position.line + 1,
                    column,
                    form,
                    token,
                });
            }
            position.leave(text, next);
            ControlFlow::Continue(())
        })
    }

    /// As [`Self::search`], for a text that can be read twice: lines are counted only if it
    /// contains a token, which most texts do not.
    ///
    /// # Errors
    ///
    /// The text cannot be read.
    pub fn search_again(
        &mut self,
        from: &mut (impl Read + Seek),
        binary: Binary,
        hit: &mut dyn FnMut(Hit),
    ) -> io::Result<Seen> {
        let mut any = false;
        let seen = self.each_chunk(from, binary, &mut |_, found, _| {
            any = !found.is_empty();
            if any {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        if !any {
            return Ok(seen);
        }
        from.rewind()?;
        self.search(from, binary, hit)
    }

    /// Passes on the text chunk by chunk, with the tokens that begin in each chunk and the start of
    /// the next.
    fn each_chunk(
        &mut self,
        from: &mut dyn Read,
        binary: Binary,
        visit: Visit<'_>,
    ) -> io::Result<Seen> {
        let mut from = Narrowed::new(from)?;
        let mut kept = 0;
        let mut total = 0_u64;
        loop {
            let filled = kept + fill(&mut from, self.buffer.get_mut(kept..).unwrap_or_default())?;
            let text = self.buffer.get(..filled).unwrap_or_default();
            let probe = text.get(..PROBE.min(filled)).unwrap_or_default();
            if total == 0 && binary == Binary::Skipped && memchr(0, probe).is_some() {
                return Ok(Seen::Skipped);
            }
            // Any token that begins before this end is in the buffer as a whole.
            let last = filled < self.buffer.len();
            let end = if last { filled } else { filled - (LONGEST - 1) };
            let found = self.finders.tokens(text, end);
            let next = found.iter().map(|found| found.end).fold(end, usize::max);
            total += next as u64;
            if visit(text, found, next).is_break() || last {
                return Ok(Seen::Searched(total));
            }
            self.buffer.copy_within(next..filled, 0);
            kept = filled - next;
        }
    }
}

/// Receives a chunk of the text, the tokens found in it, and the start of the next chunk.
type Visit<'a> = &'a mut dyn FnMut(&[u8], Vec<Found>, usize) -> ControlFlow<()>;

/// The current position of the search.
#[derive(Default)]
struct Position {
    /// Line ends so far.
    line: u64,
    /// Offset of the current line from the start of the text.
    begin: u64,
    /// Offset of the buffer from the start of the text.
    offset: u64,
    /// How much of the buffer was searched for line ends.
    counted: usize,
}

impl Position {
    /// Counts line ends up to `to` in the buffer.
    fn pass(&mut self, text: &[u8], to: usize) {
        let Some(passed) = text.get(self.counted..to) else {
            return;
        };
        self.line += memchr_iter(b'\n', passed).count() as u64;
        if let Some(end) = memrchr(b'\n', passed) {
            self.begin = self.offset + (self.counted + end) as u64 + 1;
        }
        self.counted = to;
    }

    /// Moves on to a buffer that begins at `next` in this one.
    fn leave(&mut self, text: &[u8], next: usize) {
        self.pass(text, next);
        self.offset += next as u64;
        self.counted = 0;
    }
}
