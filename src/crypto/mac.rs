//! Tags: HMAC-SHA-256 (RFC 2104, FIPS 198-1) over labelled, length-prefixed parts.

use std::fmt;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::key::Key;
use super::label::Label;

/// SHA-256's block size in bytes, to which HMAC pads its key.
const BLOCK: usize = 64;

/// A MAC key.
///
/// It stores the state after HMAC's two key blocks, which each tag copies: half the work for a
/// short message. Boxed, so that moving it leaves no copy behind.
pub struct MacKey(Box<Hmac<Sha256>>);

impl MacKey {
    /// Prepares `key` for MACs.
    pub fn new(key: &Key) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        let (start, _) = block.split_at_mut(key.expose().len());
        start.copy_from_slice(key.expose());
        // Padded here: the constructor for any length returns a `Result` that never fails.
        Self(Box::new(<Hmac<Sha256> as KeyInit>::new((&*block).into())))
    }

    /// `HMAC(key, label ‖ (length as u32 ‖ bytes)*)`, lengths in little endian.
    ///
    /// The lengths make the input unambiguous: two different lists of parts never encode to the
    /// same bytes. No part of the format is near 4 GiB, where its length would no longer fit.
    pub fn tag(&self, label: Label, parts: &[&[u8]]) -> Tag {
        let mut mac = Hmac::clone(&self.0);
        mac.update(&label.bytes());
        for part in parts {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            mac.update(&length.to_le_bytes());
            mac.update(part);
        }
        Tag(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(..)")
    }
}

/// A MAC tag, compared only in constant time.
pub struct Tag([u8; 32]);

impl Tag {
    /// Whether `other` equals this tag, in constant time.
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }

    /// The bytes, to store or send.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(..)")
    }
}
