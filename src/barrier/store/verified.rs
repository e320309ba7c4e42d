//! What a store remembers between two readings.

use std::sync::Arc;

use crate::backend::{Row, Version};
use crate::barrier::reader::Remembered;
use crate::barrier::rows::root::Root;

/// What a store remembers between two readings.
pub(super) struct Memory {
    pub(super) rows: Remembered,
    /// The newest state that was verified: the version of the storage before it was read, its
    /// sealed root, and that opened.
    pub(super) newest: Option<(Version, Arc<Row>, Root)>,
}
