//! Whether a text that a client chose may hold a secret: then it is neither logged nor sent back.

use crate::scan::holds_secret;

/// The longest run of letters and digits in what proxies and hosts are called: half a token in hex.
const LONGEST_RUN: usize = 32;

/// The same if there are letters of both cases in it: half a token in base62.
const LONGEST_MIXED: usize = 22;

/// How tokens and their public ids begin.
const ID_PREFIX: &str = "hpass_";

/// Whether it is a secret of hallpass, the key of a connection or an environment, or could be a part of
/// one. What proxies make has shorter runs of letters and digits, or none with both cases: `$request_id`,
/// UUIDs, ULIDs, `traceparent`, X-Ray.
pub(super) fn may_be_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let runs = || text.split(|c: char| !c.is_ascii_alphanumeric());
    lower.contains(ID_PREFIX) || runs().any(may_be_part) || holds_secret(text.as_bytes()).is_some()
}

/// Whether letters and digits in a row may be a part of a token, of its hex, of base62, or of base64; or
/// a key.
fn may_be_part(run: &str) -> bool {
    let has_both =
        run.bytes().any(|c| c.is_ascii_uppercase()) && run.bytes().any(|c| c.is_ascii_lowercase());
    run.len() > LONGEST_RUN || (has_both && run.len() > LONGEST_MIXED) || is_key(run)
}

/// Whether it is written like the key of a connection or an environment: 32 capital hex digits. Proxies
/// write theirs in small letters, or with hyphens.
fn is_key(run: &str) -> bool {
    let is_capital = |c: u8| c.is_ascii_digit() || (b'A'..=b'F').contains(&c);
    run.len() == 32 && run.bytes().all(is_capital)
}
