//! How a secret is put into one place.

use crate::cli::sink::{Destination, Patience};

/// How long a delivery may take, what it may replace, and what messages call its place.
#[derive(Clone)]
pub(crate) struct Terms {
    /// How long that may take.
    pub(crate) patience: Patience,
    /// Whether what is no secret of ours may be replaced.
    pub(crate) overwrite: bool,
    /// What people call the place.
    pub(super) called: String,
}

impl Terms {
    /// The terms of a delivery to `named`.
    pub(crate) fn new(named: &Destination, patience: Patience, overwrite: bool) -> Self {
        Self {
            patience,
            overwrite,
            called: named.to_string(),
        }
    }
}
