//! From a passphrase to a key, at a cost that is bounded before anything is trusted.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::backend::Fault;
use crate::crypto::Key;
use crate::crypto::kdf::{Argon2Params, argon2id};
use crate::error::Result;
use crate::secret::SecretText;

/// How much memory a slot may ask for before anything is authenticated.
#[derive(Debug, Clone, Copy, Default)]
pub struct KdfLimits {
    /// Memory that is free now, in KiB; half of it may be used. `None` lifts this bound.
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
    // As large as NFKC can make it, so that no half of it stays behind in a moved buffer.
    let mut normal = Zeroizing::new(String::with_capacity(
        text.expose().len().saturating_mul(18),
    ));
    normal.extend(text.expose().nfkc());
    Ok(argon2id(normal.as_bytes(), salt, &[], bound, params)?)
}
