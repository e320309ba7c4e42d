//! An audit log entry with its number.

use serde::Serialize;

use crate::model::audit::Entry;

/// An audit log entry with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRecord {
    /// Its number, from 1.
    pub seq: u64,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}
