//! A password in its normal form.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::secret::SecretText;

/// NFKC, so that every keyboard's way of typing it is the same password.
pub(super) fn normalised(password: &SecretText) -> Zeroizing<String> {
    // As large as NFKC can make it: growing would leave a copy in freed memory.
    let room = password.expose().len().saturating_mul(18);
    let mut normal = Zeroizing::new(String::with_capacity(room));
    normal.extend(password.expose().nfkc());
    normal
}
