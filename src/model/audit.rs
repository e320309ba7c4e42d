//! What the audit log says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::time::Time;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, by the wall clock.
    pub at: Time,
    /// The store's epoch that the change made.
    pub epoch: u64,
    /// Who.
    pub actor: Actor,
    /// What, as noun and verb: `token.add`.
    pub action: String,
    /// To what.
    pub object: Object,
    /// How it went: `done`, `refused`, `failed`.
    pub outcome: String,
    /// Allow-listed facts, before and after. Never a secret.
    pub details: BTreeMap<String, String>,
}

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Real user id.
    pub uid: u32,
    /// Effective user id.
    pub euid: u32,
    /// Login name, where known.
    pub login: Option<String>,
    /// Who called `sudo`, as `sudo` says.
    pub sudo_user: Option<String>,
    /// The terminal.
    pub tty: Option<String>,
    /// The host's name.
    pub host: Option<String>,
    /// Process id.
    pub pid: u32,
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The noun: `profile`, `token`, `store`.
    pub kind: String,
    /// Public id, or the record's id in hex.
    pub id: String,
    /// Its name then.
    pub name: Option<String>,
}
