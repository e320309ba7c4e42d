//! Tokens in any text are found by shape and checksum, wherever they lie in it.

use std::io::{self, Read};

use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};
use hallpass::scan::{Binary, Hit, Scanner, Seen};
use proptest::prelude::*;

mod patterns;

const FORMS: [Encoding; 3] = [Encoding::Native, Encoding::Xml, Encoding::Header];
/// How much the scanner reads at once, and a little more.
const CHUNK: usize = (1 << 16) + 512;

/// How other texts write a token: XML, JSON, URLs, and one in another.
const WAYS: [fn(&str) -> String; 13] = [
    |text| each(text, |_, name| format!("&{name};")),
    |text| each(text, |c, _| format!("&#{};", u32::from(c))),
    |text| each(text, |c, _| format!("&#x{:x};", u32::from(c))),
    |text| each(text, |c, _| format!("&#X{:04X};", u32::from(c))),
    |text| each(text, |c, _| format!("\\u{:04x}", u32::from(c))),
    |text| each(text, |c, _| format!("\\u{:04X}", u32::from(c))),
    |text| each(text, |c, _| format!("%{:02X}", u32::from(c))),
    |text| each(text, |c, _| format!("%{:02x}", u32::from(c))),
    |text| each(text, |c, _| format!("%25{:02X}", u32::from(c))),
    |text| each(text, |_, name| format!("&amp;{name};")),
    |text| each(text, |c, _| format!("\\\\u{:04x}", u32::from(c))),
    |text| text.replace('/', "\\/"),
    |text| {
        text.replace('<', "&lt;")
            .replace('>', "\\u003e")
            .replace('/', "%2f")
    },
];

/// `text` with what is no letter or digit written as `way` has it, which is given its name, too.
fn each(text: &str, way: fn(char, &str) -> String) -> String {
    let name = |c| match c {
        '<' => "lt",
        '>' => "gt",
        '/' => "sol",
        '+' => "plus",
        _ => "equals",
    };
    let write = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            way(c, name(c))
        }
    };
    text.chars().map(write).collect()
}

fn encoded(token: &Token, form: Encoding) -> String {
    token.encode(form).expose().to_owned()
}

fn token() -> Token {
    Token::generate(&mut OsEntropy).unwrap()
}

fn search(text: impl AsRef<[u8]>) -> Vec<Hit> {
    read(&mut text.as_ref(), Binary::Searched).0
}

/// As a file is searched that a walk comes across.
fn search_file(text: impl AsRef<[u8]>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut file = io::Cursor::new(text.as_ref());
    Scanner::default()
        .search_again(&mut file, Binary::Skipped, &mut |hit| hits.push(hit))
        .unwrap();
    hits
}

fn read(from: &mut dyn Read, binary: Binary) -> (Vec<Hit>, Seen) {
    let mut hits = Vec::new();
    let seen = Scanner::default()
        .search(from, binary, &mut |hit| hits.push(hit))
        .unwrap();
    (hits, seen)
}

/// Where it is, how it is encoded, and which.
fn told(hit: &Hit) -> (u64, u64, Encoding, [u8; 32]) {
    (hit.line, hit.column, hit.form, *hit.token.bytes())
}

/// A reader that gives little at a time, and is interrupted.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(7) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = (self.1 % 5 + 1).min(buffer.len());
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn each_spelling_is_found_and_told_by_line_and_column() {
    for form in FORMS {
        let token = token();
        let text = format!("a\r\nbc\n  x={} tail\n", encoded(&token, form));
        // The scheme of a header is none of the base64 that is found.
        let column = if form == Encoding::Header { 15 } else { 5 };
        let hits = search(&text);
        assert_eq!(
            hits.iter().map(told).collect::<Vec<_>>(),
            [(3, column, form, *token.bytes())]
        );
        let (dripped, seen) = read(&mut Dripping(text.as_bytes(), 0), Binary::Skipped);
        assert_eq!(
            dripped.iter().map(told).next(),
            hits.iter().map(told).next()
        );
        assert_eq!(seen, Seen::Searched(text.len() as u64));
    }
    let token = token();
    let hex = encoded(&token, Encoding::Hex);
    assert!(search(hex).is_empty(), "it cannot be told from a hash");
    let bare = encoded(&token, Encoding::Header)
        .split_once(' ')
        .unwrap()
        .1
        .to_owned();
    assert_eq!(search(bare).len(), 1);
}

#[test]
fn a_token_is_found_as_other_texts_write_it() {
    let token = token();
    for form in [Encoding::Xml, Encoding::Header] {
        let text = encoded(&token, form);
        let secret = text.strip_prefix("AfasToken ").unwrap_or(&text);
        for way in WAYS {
            let written = way(secret);
            let text = format!("a\n <x t=\"{written}\"/>\n{written}{written}");
            let places = [(2, 8), (3, 1), (3, 1 + written.len() as u64)];
            let expected = places.map(|(line, column)| (line, column, form, *token.bytes()));
            assert_eq!(
                search(&text).iter().map(told).collect::<Vec<_>>(),
                expected,
                "{written}"
            );
            let mut cut = vec![b'.'; CHUNK - written.len() / 2];
            cut.extend_from_slice(written.as_bytes());
            assert_eq!(search(&cut).len(), 1, "{written}");
            // One digit less is none.
            assert!(search(written.replacen(char::is_numeric, "", 40)).is_empty());
        }
    }
}

#[test]
fn what_stands_around_it_does_not_matter() {
    let token = token();
    for form in FORMS {
        let text = encoded(&token, form);
        for (before, after) in [
            ("", ""),
            (r#"{"x":"\n"#, r#"\n"}"#),
            ("a%20", "&b"),
            ("é", "é"),
            ("hpass_", "hpass_"),
        ] {
            let hits = search(format!("{before}{text}{after}"));
            assert_eq!(hits.len(), 1, "{before}…{after}");
            assert_eq!(hits[0].token.bytes(), token.bytes());
        }
        assert_eq!(search(text.repeat(3)).len(), 3);
    }
    let native = encoded(&token, Encoding::Native);
    assert_eq!(search(format!("A{native}B")).len(), 1);
    let mut broken = b"\xff\xfa".to_vec();
    broken.extend_from_slice(native.as_bytes());
    assert_eq!(search(broken).len(), 1, "the rest need not be UTF-8");
}

#[test]
fn nothing_is_lost_where_one_read_ends_and_the_next_begins() {
    let token = token();
    for form in FORMS {
        let text = encoded(&token, form);
        for start in (CHUNK - 1040..CHUNK + 8).chain([2 * CHUNK - 200]) {
            let mut around = vec![b'.'; start];
            around[start / 2] = b'\n';
            around.extend_from_slice(text.as_bytes());
            around.extend_from_slice(b" and more\n");
            let hits = search(&around);
            let scheme = text.find("PHRva2Vu").unwrap_or(0);
            let column = (start - start / 2 + scheme) as u64;
            let told: Vec<_> = hits.iter().map(told).collect();
            assert_eq!(
                told,
                [(2, column, form, *token.bytes())],
                "{form} at {start}"
            );
            let again: Vec<_> = search_file(&around).iter().map(self::told).collect();
            assert_eq!(again, told, "{form} at {start}");
        }
    }
}

#[test]
fn a_line_may_be_longer_than_anything_read_at_once() {
    let token = token();
    let far = 3 * CHUNK + 17;
    let text = format!(
        "\n{}{}\n{}",
        "x".repeat(far),
        encoded(&token, Encoding::Native),
        "y"
    );
    let hits = search(text);
    assert_eq!((hits[0].line, hits[0].column), (2, far as u64 + 1));
}

/// T18 for the scanner: no slip of the finger makes another token, and no look-alike is one.
#[test]
fn what_only_looks_like_one_is_not_found() {
    let native = encoded(&token(), Encoding::Native);
    let mut count = 0;
    for at in 0..native.len() {
        for c in ('0'..='9').chain('A'..='Z').chain('a'..='z').chain(['_']) {
            let mut text = native.clone();
            text.replace_range(at..=at, &c.to_string());
            if text != native {
                count += 1;
                assert!(search(&text).is_empty(), "{at} {c}");
            }
        }
    }
    assert!(count > 3000);
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = 1_u64;
    let mut alike = String::new();
    for _ in 0..20_000 {
        alike.push_str("hpass_");
        for _ in 0..50 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            alike.push(char::from(digits[(state >> 33) as usize % 62]));
        }
        alike.push('\n');
    }
    assert!(search(alike).is_empty());
    for form in [Encoding::Xml, Encoding::Header] {
        let text = encoded(&token(), form);
        assert!(search(&text[..text.len() - 1]).is_empty());
        assert!(search(text.to_lowercase()).is_empty());
    }
}

#[test]
fn utf_16_is_read_as_the_text_it_is() {
    let token = token();
    let text = format!(
        "\u{feff}Grüße 日本\r\nkey: {}\r\n",
        encoded(&token, Encoding::Native)
    );
    let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for wide in [low, high] {
        let (hits, seen) = read(&mut wide.as_slice(), Binary::Skipped);
        assert_eq!(
            hits.iter().map(told).collect::<Vec<_>>(),
            [(2, 6, Encoding::Native, *token.bytes())]
        );
        assert_ne!(seen, Seen::Skipped);
        let (dripped, _) = read(&mut Dripping(&wide, 0), Binary::Skipped);
        assert_eq!(dripped.len(), 1);
    }
}

#[test]
fn a_binary_file_is_skipped_unless_it_is_meant() {
    let mut bytes = b"\x7fELF\0".to_vec();
    bytes.extend_from_slice(encoded(&token(), Encoding::Native).as_bytes());
    let (hits, seen) = read(&mut bytes.as_slice(), Binary::Skipped);
    assert_eq!((hits.len(), seen), (0, Seen::Skipped));
    assert_eq!(read(&mut bytes.as_slice(), Binary::Searched).0.len(), 1);
    for tiny in [&b""[..], b"h", b"hp", b"hpass_"] {
        let (hits, seen) = read(&mut { tiny }, Binary::Skipped);
        assert_eq!((hits.len(), seen), (0, Seen::Searched(tiny.len() as u64)));
    }
}

#[test]
fn a_text_that_cannot_be_read_is_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let done = Scanner::default().search(&mut Broken, Binary::Searched, &mut |_| ());
    assert_eq!(done.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

proptest! {
    /// Any bytes between tokens: each is found once, where it is.
    #[test]
    fn each_is_found_where_it_was_put(parts in prop::collection::vec(("[ -~\n]{0,300}", 0..3_usize), 0..12)) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (filling, form) in parts {
            let (token, form) = (token(), FORMS[form]);
            text.push_str(&filling);
            let one = encoded(&token, form);
            let start = text.len() + one.find("PHRva2Vu").unwrap_or(0);
            text.push_str(&one);
            let line = text[..start].matches('\n').count() as u64 + 1;
            let column = (start - text[..start].rfind('\n').map_or(0, |it| it + 1)) as u64 + 1;
            expected.push((line, column, form, *token.bytes()));
        }
        prop_assert_eq!(search_file(&text).iter().map(told).collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!(search(&text).iter().map(told).collect::<Vec<_>>(), expected);
    }
}
