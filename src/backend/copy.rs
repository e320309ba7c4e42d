//! Copies of a store, and where they go.

use std::path::Path;

use super::options::OpenOptions;

/// Where a copy goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The file.
    pub path: &'a Path,
    /// Whether one may be there already.
    pub placement: Placement,
    /// How it is made, and opened once it is in place.
    pub options: &'a OpenOptions,
}

/// What becomes of a store that stands where a draft goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// None may be there: [`Fault::Exists`](super::Fault::Exists).
    New,
    /// It is replaced; while another process has it open, [`Fault::Busy`](super::Fault::Busy).
    Replace,
}

/// How far a copy is, in pages or rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Copied so far.
    pub done: u64,
    /// In all.
    pub total: u64,
}
