//! The token itself: the secret that is shown once.

use std::fmt;

use zeroize::Zeroizing;

use super::shape::BYTES;
use crate::entropy::{Entropy, NoRandomness};
use crate::model::id::TokenId;

/// A token, the secret that is shown once.
///
/// Its bytes stay in one place on the heap, so that moving the token leaves no copy behind.
pub struct Token(Box<Zeroizing<[u8; BYTES]>>);

/// A text that is no token in any spelling, or one that was mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct Malformed;

impl Token {
    /// Makes a new one.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        let mut token = Self::zero();
        entropy.fill(token.0.as_mut_slice())?;
        Ok(token)
    }

    /// Its public half.
    pub fn id(&self) -> TokenId {
        let id = self.bytes().iter().take(8);
        TokenId::new(id.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The 32 bytes, id and secret: what the store keeps a keyed hash of.
    pub fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Where a token is made or read into.
    pub(super) fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; BYTES])))
    }

    /// The 32 bytes, to read a token into.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.as_mut_slice()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}
