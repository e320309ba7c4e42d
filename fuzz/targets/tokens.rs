//! Tokens in all their encodings, compared with a plain reading of `docs/file-format.md`.
#![no_main]

use hallpass::model::token::{Encoding, Presented, Token, looks_like_token};
use hallpass::scan::holds_secret;
use libfuzzer_sys::fuzz_target;

const HEAD: &str = "<token><version>1</version><data>";
const TAIL: &str = "</data></token>";

/// Longer texts are no tokens, however much white space is in them.
const LONGEST: usize = 512;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (local, remote) = (Token::parse(text), Token::parse_remote(text));
    let hex = hex(text.trim_ascii());
    let others = others(text.trim_ascii());
    let bytes = |token: &Result<Token, _>| token.as_ref().ok().map(|token| *token.bytes());
    assert_eq!(bytes(&remote), others);
    assert_eq!(bytes(&local), hex.or(others), "bare hex is read here alone");
    match Presented::parse_remote(text) {
        Ok(Presented::Own(token)) => assert_eq!(Some(*token.bytes()), others),
        Ok(Presented::Foreign(_)) => assert!(others.is_none() && !looks_like_token(text)),
        Err(_) => assert!(others.is_none()),
    }
    if let Ok(token) = local {
        assert!(looks_like_token(text), "it would be shown");
        ensure_kept(&token);
    }
});

/// A token is itself in each encoding, and found in all but bare hex.
fn ensure_kept(token: &Token) {
    for form in Encoding::ALL {
        let text = token.encode(form);
        let again = Token::parse(text.expose()).unwrap();
        assert_eq!(again.bytes(), token.bytes(), "{form}");
        let is_found = holds_secret(text.expose().as_bytes()).is_some();
        assert_eq!(is_found, form != Encoding::Hex, "{form}");
    }
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let is_upper = |digit: u8| digit.is_ascii_digit() || (b'A'..=b'F').contains(&digit);
    if text.len() != 64 || !text.bytes().all(is_upper) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

fn others(text: &str) -> Option<[u8; 32]> {
    if text.len() > LONGEST {
        None
    } else if text.starts_with('<') {
        xml(text)
    } else if text.starts_with("hpass_") {
        native(text)
    } else {
        let scheme = text
            .get(..10)
            .filter(|it| it.eq_ignore_ascii_case("AfasToken "));
        let base64 = scheme.map_or(text, |_| text[10..].trim_ascii_start());
        xml(&decoded(base64)?)
    }
}

fn xml(text: &str) -> Option<[u8; 32]> {
    let data = text.trim_ascii_end().strip_prefix(HEAD)?;
    hex(data.strip_suffix(TAIL)?)
}

fn native(text: &str) -> Option<[u8; 32]> {
    if text.len() != 56 || !text.is_ascii() {
        return None;
    }
    let sum: [u8; 4] = number(&text[50..])?;
    if sum != crc32(text[..50].as_bytes()).to_be_bytes() {
        return None;
    }
    let id: [u8; 8] = number(&text[6..17])?;
    let secret: [u8; 24] = number(&text[17..50])?;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&id);
    bytes[8..].copy_from_slice(&secret);
    Some(bytes)
}

/// A number of so many bytes in base62; `None` if it is greater.
fn number<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    let mut number = [0; BYTES];
    for digit in digits.bytes() {
        let mut carry = u32::from(match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            _ => return None,
        });
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 62;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(number)
}

/// CRC-32/ISO-HDLC, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let odd = sum & 1 == 1;
            sum >>= 1;
            if odd {
                sum ^= 0xedb8_8320;
            }
        }
    }
    !sum
}

/// Base64 with its padding, and no bit too many.
fn decoded(text: &str) -> Option<String> {
    let plain = text.trim_end_matches('=');
    let padding = text.len() - plain.len();
    if !text.len().is_multiple_of(4) || padding != (4 - plain.len() % 4) % 4 {
        return None;
    }
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for digit in plain.bytes() {
        let six = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    let left = bits & ((1 << count) - 1);
    (left == 0 && count < 6).then(|| String::from_utf8(bytes).ok())?
}
