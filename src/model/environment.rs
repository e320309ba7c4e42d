//! Environments: deployments that tokens are valid in.

use serde::{Deserialize, Serialize};

use super::id::EnvironmentKey;
use super::name::EnvironmentName;
use super::text::FreeText;
use super::time::Time;

/// A deployment, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Environment {
    /// The name. A tombstone keeps it, so that old tokens still show what they were for.
    pub name: EnvironmentName,
    /// Description.
    pub description: Option<FreeText>,
    /// The identifier that applications send.
    pub key: EnvironmentKey,
    /// Whether it is the default for tokens without an environment. Exactly one environment is.
    pub default: bool,
    /// Time of creation.
    pub created_at: Time,
    /// Time of deletion.
    pub deleted_at: Option<Time>,
    /// Its position in the list of environments.
    pub position: u32,
}
