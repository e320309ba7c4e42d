//! An environment: a deployment that tokens are good in.

use serde::{Deserialize, Serialize};

use super::id::EnvironmentKey;
use super::name::EnvironmentName;
use super::text::FreeText;
use super::time::Time;

/// A deployment, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Environment {
    /// The name; kept by a tombstone, so that old tokens still say what they were for.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub key: EnvironmentKey,
    /// Whether tokens without an environment are for this one. Exactly one is.
    pub default: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
    /// Its place in the list of environments.
    pub position: u32,
}
