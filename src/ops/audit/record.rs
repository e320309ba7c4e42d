//! An entry of the log, as it is shown.

use serde::Serialize;

use crate::model::audit::Entry;

/// An entry of the log, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRecord {
    /// Its number, from 1.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}
