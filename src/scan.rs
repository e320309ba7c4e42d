//! Finding tokens in any text, by their shape and checksum, without a store.
//!
//! Three forms are found (`docs/file-format.md`): the native one, which its checksum proves; the XML;
//! and the base64 of that, with or without `AfasToken` before it; the latter two also as XML, JSON and
//! URLs write them. Bare hex is not: it cannot be told from any other hash. What is around a token does
//! not matter, so that one in a URL, in a JSON text after `\n`, or between other letters is found too; a
//! look-alike fails the checksum.

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

/// How much is searched at once: it stays in a core's own cache. Measured: twice as much is a fifth
/// slower where cores share one.
const CHUNK: usize = 1 << 16;
/// A zero byte among the first so many makes a file binary, as git has it.
const PROBE: usize = 8000;

/// A token that was found.
#[derive(Debug)]
pub struct Hit {
    /// Its line, from 1.
    pub line: u64,
    /// The byte of its line that it begins at, from 1.
    pub column: u64,
    /// How it is spelt.
    pub form: Encoding,
    /// The token itself: a secret.
    pub token: Token,
}

/// What becomes of a text that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// It is not searched.
    Skipped,
    /// It is searched all the same.
    Searched,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All of it: so many bytes.
    Searched(u64),
    /// It is binary.
    Skipped,
}

/// Searches one text after another. What it read last is wiped with it.
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
    /// Hands over each token in `from`, in order. A line may be longer than memory, and a token may
    /// lie across what is read at once. UTF-16 with a byte order mark is read as the text it is.
    pub fn search(
        &mut self,
        from: &mut dyn Read,
        binary: Binary,
        hit: &mut dyn FnMut(Hit),
    ) -> io::Result<Seen> {
        let mut place = Place::default();
        self.each_chunk(from, binary, &mut |text, found, next| {
            for Found {
                start, form, token, ..
            } in found
            {
                place.pass(text, start);
                let column = place.offset + start as u64 - place.begin + 1;
                hit(Hit {
                    line: place.line + 1,
                    column,
                    form,
                    token,
                });
            }
            place.leave(text, next);
            ControlFlow::Continue(())
        })
    }

    /// As [`Self::search`], for a text that can be read twice, as most hold nothing: lines are only
    /// counted if there is a token in it.
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

    /// Hands over the text piece by piece, with what begins in each piece and where the next begins.
    fn each_chunk(
        &mut self,
        from: &mut dyn Read,
        binary: Binary,
        visit: Visit<'_>,
    ) -> io::Result<Seen> {
        let mut from = Narrowed::new(from)?;
        let (mut kept, mut total) = (0, 0_u64);
        loop {
            let filled = kept + fill(&mut from, self.buffer.get_mut(kept..).unwrap_or_default())?;
            let text = self.buffer.get(..filled).unwrap_or_default();
            let probe = text.get(..PROBE.min(filled)).unwrap_or_default();
            if total == 0 && binary == Binary::Skipped && memchr(0, probe).is_some() {
                return Ok(Seen::Skipped);
            }
            // Whatever begins before this end lies in the buffer as a whole.
            let last = filled < self.buffer.len();
            let end = if last { filled } else { filled - (LONGEST - 1) };
            let found = self.finders.tokens(text, end);
            let next = found.iter().map(|it| it.end).fold(end, usize::max);
            total += next as u64;
            if visit(text, found, next).is_break() || last {
                return Ok(Seen::Searched(total));
            }
            self.buffer.copy_within(next..filled, 0);
            kept = filled - next;
        }
    }
}

/// What is done with a piece of the text, what was found in it, and where the next one begins.
type Visit<'a> = &'a mut dyn FnMut(&[u8], Vec<Found>, usize) -> ControlFlow<()>;

/// Where the search is.
#[derive(Default)]
struct Place {
    /// Line ends so far.
    line: u64,
    /// Where the present line begins, from the beginning of the text.
    begin: u64,
    /// Where the buffer begins, likewise.
    offset: u64,
    /// How much of the buffer was looked through for line ends.
    counted: usize,
}

impl Place {
    /// Looks for line ends up to `to` in the buffer.
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

    /// Goes on to a buffer that begins at `next` in this one.
    fn leave(&mut self, text: &[u8], next: usize) {
        self.pass(text, next);
        self.offset += next as u64;
        self.counted = 0;
    }
}
