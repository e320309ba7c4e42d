//! Authenticated encryption: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03; RFC 8439).

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::key::Key;
use crate::entropy::{Entropy, NoRandomness};

const NONCE: usize = 24;
const TAG: usize = 16;

/// The bytes that sealing adds: a nonce in front and a tag at the end.
pub const OVERHEAD: usize = NONCE + TAG;

/// An encryption key.
///
/// A sealed value is `nonce 24 ‖ ciphertext ‖ tag 16`. Each nonce is generated inside `seal`, from
/// random bytes; at 192 bits, a collision is negligible for any number of values.
pub struct SealKey(Key);

impl SealKey {
    /// Prepares `key` for sealing and opening.
    pub fn new(key: &Key) -> Self {
        Self(key.duplicate())
    }

    /// Seals `plain` so that it opens only with the same `aad`.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if no nonce can be generated.
    pub fn seal(
        &self,
        aad: &[u8],
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE);
        let nonce = XNonce::from(nonce);
        let Ok(tag) = self
            .cipher()
            .encrypt_inout_detached(&nonce, aad, body.into())
        else {
            unreachable!(
                "fails beyond 256 GiB alone (RFC 8439, 2.8), and a frame is at most 1 MiB"
            );
        };
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens a value of [`SealKey::seal`]. `None` does not reveal the cause: another key, another
    /// `aad`, damage and missing bytes look the same.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (body, tag) = rest.split_last_chunk::<TAG>()?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher()
            .decrypt_inout_detached(nonce.into(), aad, plain.as_mut_slice().into(), tag.into())
            .ok()?;
        Some(plain)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose().into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// The tag at the end of a sealed value; `None` if it is too short.
pub fn tag_of(sealed: &[u8]) -> Option<[u8; 16]> {
    let (_, rest) = sealed.split_first_chunk::<NONCE>()?;
    rest.last_chunk().copied()
}
