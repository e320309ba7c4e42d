//! What a front end hands in about this machine, and what it is told.

use std::path::PathBuf;

use super::StoreId;
use super::anchor::Anchor;

/// Where this machine remembers stores.
#[derive(Debug, Clone)]
pub struct State {
    /// The state folder; `None` with `--no-anchor`: no anchor is read or written.
    pub folder: Option<PathBuf>,
    /// The store's real path, by which a substitution is noticed.
    pub place: Option<PathBuf>,
    /// Refuse a store that this machine has not seen.
    pub require: bool,
}

impl State {
    /// Whether this machine remembers the store, and not at this place.
    pub fn knows_elsewhere(&self, store: &StoreId) -> bool {
        let Some(folder) = &self.folder else { return false };
        let anchor = Anchor::new(folder, self.place.as_deref(), store);
        let own = data_encoding::HEXLOWER.encode(store);
        let here = anchor.known_here().ok().flatten();
        anchor.path().exists() && here.is_none_or(|known| known != own)
    }

    /// Whether this machine remembers the store at this place.
    pub fn knows_here(&self, store: &StoreId) -> bool {
        let Some(folder) = &self.folder else { return false };
        let known = Anchor::new(folder, self.place.as_deref(), store).known_here();
        known.ok().flatten().is_some_and(|known| known == data_encoding::HEXLOWER.encode(store))
    }

    /// No memory at all.
    pub fn off() -> Self {
        Self { folder: None, place: None, require: false }
    }
}

/// Something an operator should know, that does not stop the work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// This machine had not seen the store before.
    FirstUse,
    /// The anchor could not be brought up to date by a read.
    AnchorNotUpdated(String),
    /// The clock is this many seconds behind the store's last change; expiry is judged by that.
    ClockBehind(i64),
}
