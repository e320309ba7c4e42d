//! The token itself: a secret that is displayed once.

use std::fmt;

use zeroize::Zeroizing;

use super::shape::BYTES;
use crate::entropy::{Entropy, NoRandomness};
use crate::model::id::TokenId;

/// A token: a secret that is displayed once.
///
/// Its bytes stay at one address on the heap, so that moving the token leaves no copy behind.
pub struct Token(Box<Zeroizing<[u8; BYTES]>>);

/// The error for text that is not a token in any encoding, or a mistyped one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct Malformed;

impl Token {
    /// Generates a new token.
    ///
    /// # Errors
    ///
    /// The random generator fails.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        let mut token = Self::zero();
        entropy.fill(token.0.as_mut_slice())?;
        Ok(token)
    }

    /// Its public id.
    pub fn id(&self) -> TokenId {
        let id = self.bytes().iter().take(8);
        TokenId::new(id.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The 32 bytes, id and secret. The store keeps a keyed hash of them.
    pub fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// A token of zeros: to generate or decode into, or one that nobody has.
    pub(crate) fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; BYTES])))
    }

    /// The 32 bytes, mutable, to decode into.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.as_mut_slice()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}
