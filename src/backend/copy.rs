//! Targets and progress of a copy.

use std::path::Path;

use super::options::OpenOptions;

/// The target of a copy.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The file.
    pub path: &'a Path,
    /// What to do if a store exists there.
    pub placement: Placement,
    /// How it is created, and opened once it is published.
    pub options: &'a OpenOptions,
}

/// What to do with an existing store at a draft's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Fail with [`Fault::Exists`](super::Fault::Exists).
    New,
    /// Replace it; [`Fault::Busy`](super::Fault::Busy) while another process has it open.
    Replace,
}

/// The progress of a copy, in pages or rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Copied so far.
    pub done: u64,
    /// The total.
    pub total: u64,
}
