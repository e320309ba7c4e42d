//! From a passphrase to a key, with the cost bounded before anything is authenticated.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::backend::Fault;
use crate::crypto::Key;
use crate::crypto::kdf::{Argon2Params, argon2id};
use crate::error::Result;
use crate::secret::SecretText;

/// A limit on the memory that an unauthenticated slot may request.
#[derive(Debug, Clone, Copy, Default)]
pub struct KdfLimits {
    /// Free memory in KiB, of which half may be used. `None` lifts this limit.
    pub available_kib: Option<u64>,
}

impl KdfLimits {
    pub(in crate::barrier) fn check(&self, params: &Argon2Params) -> Result<()> {
        params
            .check_stored_slot(self.available_kib)
            .map_err(|why| Fault::Corrupt(why.into()).into())
    }
}

/// `Argon2id(P = NFKC(passphrase), S = salt, X = store_id ‖ slot_id)`.
pub(in crate::barrier) fn passphrase_key(
    text: &SecretText,
    salt: &[u8; 16],
    bound: &[u8],
    params: &Argon2Params,
) -> Result<Key> {
    // Sized for the longest NFKC result, so that growing leaves no copy in a freed buffer.
    let mut normal = Zeroizing::new(String::with_capacity(
        text.expose().len().saturating_mul(18),
    ));
    normal.extend(text.expose().nfkc());
    Ok(argon2id(normal.as_bytes(), salt, &[], bound, params)?)
}
