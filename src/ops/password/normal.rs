//! The normal form of a password.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::secret::SecretText;

/// Normalizes a password to NFKC, so that every keyboard's encoding of it is the same password.
pub(super) fn normalised(password: &SecretText) -> Zeroizing<String> {
    // Allocated at the largest size NFKC can produce: growing would leave a copy in freed memory.
    let room = password.expose().len().saturating_mul(18);
    let mut normal = Zeroizing::new(String::with_capacity(room));
    normal.extend(password.expose().nfkc());
    normal
}
