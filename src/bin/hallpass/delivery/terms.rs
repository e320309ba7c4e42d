//! The terms of one delivery.

use crate::cli::sink::{Destination, Patience};

/// The time limit of a delivery, what it may replace, and the sink's name in messages.
#[derive(Clone)]
pub(crate) struct Terms {
    /// The time limit.
    pub(crate) patience: Patience,
    /// Whether a value that is not a secret of ours may be replaced.
    pub(crate) overwrite: bool,
    /// The sink's name in messages.
    pub(super) called: String,
}

impl Terms {
    /// Builds the terms of a delivery to `named`.
    pub(crate) fn new(named: &Destination, patience: Patience, overwrite: bool) -> Self {
        Self {
            patience,
            overwrite,
            called: named.to_string(),
        }
    }
}
