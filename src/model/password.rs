//! A profile's password, as it is kept.

use serde::{Deserialize, Serialize};

use super::time::Time;

/// What is kept of a password: never the password.
#[derive(Clone, Serialize, Deserialize)]
pub struct Password {
    /// PHC string (Argon2id), keyed by the pepper.
    pub phc: String,
    /// Which pepper.
    pub kid: u32,
    /// When it was set.
    pub set_at: Time,
    /// When it was last verified.
    pub used_at: Option<Time>,
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}
