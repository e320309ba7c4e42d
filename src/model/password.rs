//! The stored record of a profile's password.

use serde::{Deserialize, Serialize};

use super::id::PasswordId;
use super::time::Time;

/// The stored record of a password; never the password itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct Password {
    /// Its id. It stays the same when the password is hashed again.
    pub id: PasswordId,
    /// PHC string (Argon2id), keyed with the pepper.
    pub phc: String,
    /// The id of the pepper.
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
