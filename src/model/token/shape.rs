//! The shape of a token: prefix, lengths, checksum.
//!
//! A module below both names and tokens: names and free text must not contain a token, and tokens
//! have names.

use crate::model::base62;

/// The prefix of tokens and their ids; no name starts with it.
pub const ID_PREFIX: &str = "hpass_";

/// The size of a token in bytes: 8 of its id, 24 of its secret.
pub(super) const BYTES: usize = 32;

/// The number of base62 digits of an id.
pub(in crate::model) const ID_DIGITS: usize = 11;

/// The number of characters of an id.
pub(in crate::model) const ID_LENGTH: usize = ID_PREFIX.len() + ID_DIGITS;

/// The number of base62 digits of the secret and of the checksum.
pub(super) const SECRET_DIGITS: usize = 33;
pub(super) const SUM_DIGITS: usize = 6;

/// The number of characters before the checksum.
pub(super) const SUMMED: usize = ID_LENGTH + SECRET_DIGITS;

/// The number of characters of the native encoding.
const NATIVE: usize = SUMMED + SUM_DIGITS;

/// The start of the XML, and the scheme of the `Authorization` header.
pub(super) const XML_HEAD: &str = "<token><version>1</version><data>";
pub(super) const SCHEME: &str = "AfasToken";

/// The checksum of a native token, over the characters before it (CRC-32/ISO-HDLC).
pub(super) fn checksum(summed: &[u8]) -> [u8; 4] {
    crc32fast::hash(summed).to_be_bytes()
}

/// The id and the secret of a native token as base62 digits, if its length, prefix and checksum are
/// valid.
pub(super) fn split_native(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (summed, sum) = text.split_at_checked(SUMMED)?;
    if sum.len() != SUM_DIGITS {
        return None;
    }
    let mut expected = [0; 4];
    base62::decode(sum, &mut expected)?;
    if checksum(summed) != expected {
        return None;
    }
    let (id, secret) = summed.split_at_checked(ID_LENGTH)?;
    Some((id.strip_prefix(ID_PREFIX.as_bytes())?, secret))
}

/// Whether a text contains a whole token in its native encoding.
pub fn holds_token(text: &str) -> bool {
    let heads = text.match_indices(ID_PREFIX);
    let mut candidates = heads.filter_map(|(at, _)| text.as_bytes().get(at..at + NATIVE));
    candidates.any(|candidate| split_native(candidate).is_some_and(is_number))
}

/// Whether the digits of an id and of a secret fit into their bytes.
fn is_number((id, secret): (&[u8], &[u8])) -> bool {
    // The number itself is a secret: it is not used further, and is wiped.
    let mut number = zeroize::Zeroizing::new([0; BYTES]);
    let (id_bytes, secret_bytes) = number.split_at_mut(8);
    base62::decode(id, id_bytes).is_some() && base62::decode(secret, secret_bytes).is_some()
}

/// Whether a text has the length and the digits of a token in hex, in any case.
pub(in crate::model) fn is_hex(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|c| c.is_ascii_hexdigit())
}

/// Whether `text` looks like a whole token in any encoding.
///
/// Wider than [`Token::parse`](super::Token::parse): a token with a typo is still a secret, and
/// must not be repeated in a message.
pub fn looks_like_token(text: &str) -> bool {
    let text = text.trim_ascii();
    let starts = |head: &str| {
        text.get(..head.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(head))
    };
    let is_native = starts(ID_PREFIX) && text.len() > ID_LENGTH;
    // `PHRva2Vu` is `<token` in base64.
    is_native || is_hex(text) || starts("<token") || starts(SCHEME) || text.starts_with("PHRva2Vu")
}
