//! Tokens in any text: where they are found does not depend on how the text is read.
//!
//! The first byte is how much is read at once, the second moves the text across the boundary of what
//! is searched at once.
#![no_main]

use std::cell::RefCell;
use std::io::{Cursor, Read};

use hallpass::model::token::Token;
use hallpass::scan::{Binary, Scanner, Seen, holds_secret, secrets};
use hallpass_fuzz::store::Sample;
use hallpass_fuzz::words::Words;
use libfuzzer_sys::{Corpus, fuzz_target};

/// How much is searched at once, with the longest token (`scan.rs`).
const CHUNK: usize = (1 << 16) + 512;

thread_local! {
    static WORDS: Words = Words::of(&Sample::new());
    static SCANNER: RefCell<Scanner> = RefCell::default();
}

/// Where a token is, and its bytes.
type Place = (u64, u64, [u8; 32]);

fuzz_target!(|input: &[u8]| -> Corpus {
    let [at_once, moved, rest @ ..] = input else {
        return Corpus::Reject;
    };
    let text = WORDS.with(|words| words.expand(rest));
    let text = if *moved < 128 {
        text
    } else {
        // Lines before it, so that it begins shortly before the end of what is searched at once.
        let before = CHUNK - 4 * usize::from(moved - 127);
        [b"0123456\n".repeat(before / 8), text].concat()
    };
    let whole = found(&mut Cursor::new(&text));
    let mut slow = Slow(Cursor::new(&text), usize::from(*at_once) + 1);
    assert_eq!(whole, found(&mut slow));
    assert_eq!(whole, found_again(&text));
    if !text.starts_with(b"\xff\xfe") && !text.starts_with(b"\xfe\xff") {
        for place in plain(&text) {
            assert!(whole.contains(&place), "{place:?} was not found");
        }
        assert_eq!(whole.is_empty(), !holds_token(&text));
    }
    let mut end = 0;
    for secret in secrets(&text) {
        assert!(secret.range.start >= end && secret.range.end <= text.len());
        end = secret.range.end;
    }
    assert!(whole.is_empty() || holds_secret(&text).is_some() || text[0] >= 0xfe);
    Corpus::Keep
});

fn holds_token(text: &[u8]) -> bool {
    let kinds = secrets(text).into_iter().map(|secret| secret.kind);
    kinds
        .into_iter()
        .any(|kind| kind == hallpass::scan::Kind::Token)
}

fn found(from: &mut dyn Read) -> Vec<Place> {
    let mut places = Vec::new();
    let seen = SCANNER.with_borrow_mut(|scanner| {
        scanner.search(from, Binary::Searched, &mut |hit| {
            places.push((hit.line, hit.column, *hit.token.bytes()));
        })
    });
    assert!(matches!(seen, Ok(Seen::Searched(_))));
    places
}

fn found_again(text: &[u8]) -> Vec<Place> {
    let mut places = Vec::new();
    let seen = SCANNER.with_borrow_mut(|scanner| {
        scanner.search_again(&mut Cursor::new(text), Binary::Searched, &mut |hit| {
            places.push((hit.line, hit.column, *hit.token.bytes()));
        })
    });
    assert!(matches!(seen, Ok(Seen::Searched(_))));
    places
}

/// The native tokens of a text, looked for at each byte.
fn plain(text: &[u8]) -> Vec<Place> {
    let starts = memchr::memmem::find_iter(text, b"hpass_");
    let places = starts.filter_map(|start| {
        let native = std::str::from_utf8(text.get(start..start + 56)?).ok()?;
        let token = Token::parse(native).ok()?;
        let before = &text[..start];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let begin = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        Some((line as u64, (start - begin + 1) as u64, *token.bytes()))
    });
    places.collect()
}

/// Reads a few bytes at a time.
struct Slow<R>(R, usize);

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}
