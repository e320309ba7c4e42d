//! The anchor before and after a transaction.

use std::fs::File;
use std::io;

use super::handle::Store;
use crate::backend::Fault;
use crate::barrier::anchor::freshness::Freshness;
use crate::barrier::anchor::{Anchor, Mark, Tombstone, Tombstones, newest};
use crate::barrier::writer::Writer;
use crate::crypto::MacKey;
use crate::error::{Error, History, Result};

/// What this machine has recorded of a store before a transaction.
pub(super) enum Seen {
    /// Nothing: the store is new to this machine.
    Never,
    /// The anchor's bytes; `None` if only other traces are left.
    Before(Option<Vec<u8>>),
}

impl Store {
    /// Reads this machine's tombstones: records that ended or are restricted, whatever the store
    /// holds.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others could have written the file, and [`Error::File`] if it is
    /// unreadable.
    pub fn tombstones(&self) -> Result<Tombstones> {
        let key = self.unlocked.anchor_key();
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(Tombstones::none(key));
        };
        anchor
            .tombstones(key)
            .map_err(|source| unreadable(anchor, source))
    }

    /// Adds tombstones of changes that others have committed, each with its epoch, to those of this
    /// machine.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others could have written the file, and [`Error::AnchorUnwritable`] if it
    /// cannot be written.
    pub fn record_tombstones(&mut self, tombstones: &[(u64, Tombstone)]) -> Result<()> {
        let Some(mark) = self.anchored()?.filter(|_| !tombstones.is_empty()) else {
            return Ok(());
        };
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(());
        };
        let recorded = anchor.record_each(tombstones, &self.unlocked.keys.anchor);
        recorded.map_err(|source| unwritable(anchor, source))?;
        // A failure is harmless: surplus tombstones stay until the next attempt.
        let _ = anchor.compact(self.unlocked.anchor_key(), mark.wall);
        Ok(())
    }

    /// Reads the newest state in this machine's anchor; `None` if no slot authenticates.
    pub(in crate::barrier) fn anchored(&self) -> Result<Option<Mark>> {
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(None);
        };
        let store = &self.unlocked.header.store;
        let key = &self.unlocked.keys.anchor;
        let bytes = anchor.read().map_err(|source| unreadable(anchor, source))?;
        Ok(bytes.and_then(|bytes| newest(&bytes, store, key)))
    }

    /// The newest epoch that this machine has seen of the store.
    ///
    /// # Errors
    ///
    /// Those of [`Self::tombstones`].
    pub fn seen_epoch(&self) -> Result<Option<u64>> {
        Ok(self.anchored()?.map(|mark| mark.epoch))
    }

    /// The highest epoch known from the anchor and the tombstones.
    pub(in crate::barrier) fn latest_epoch(&self) -> Result<u64> {
        let anchored = self.anchored()?.map_or(0, |mark| mark.epoch);
        Ok(anchored.max(self.tombstones()?.newest()))
    }

    /// Reads the anchor of a published store.
    pub(super) fn read_anchor(&mut self) -> Result<Seen> {
        if self.draft {
            return Ok(Seen::Never);
        }
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(Seen::Never);
        };
        let file = |source| unreadable(anchor, source);
        let known = anchor.known_here().map_err(file)?;
        let own = data_encoding::HEXLOWER.encode(&self.unlocked.header.store);
        let path_unknown = known.is_none();
        if known.is_some_and(|known| known != own) && !self.overridden.is_of_any_store() {
            return Err(Error::History(History::Substituted(
                "this machine has seen one with another id at this path".into(),
            )));
        }
        let seen = match anchor.read().map_err(file)? {
            Some(bytes) => Seen::Before(Some(bytes)),
            // Looked for again: another process may have created the anchor since the first look.
            None if anchor.has_traces().map_err(file)? => {
                Seen::Before(anchor.read().map_err(file)?)
            }
            None => Seen::Never,
        };
        self.path_unknown = path_unknown;
        Ok(seen)
    }

    /// Opens the anchor's file, if it exists; whether to trust it is decided when it is read.
    pub(super) fn open_anchor(&self, draft: bool) -> Result<Option<File>> {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !draft) else {
            return Ok(None);
        };
        anchor.open().map_err(|source| unwritable(anchor, source))
    }

    /// Returns the anchor, unless it is disabled. Refuses one that others could have written.
    pub(super) fn trusted_anchor(&self) -> Result<Option<&Anchor>> {
        let Some(anchor) = &self.anchor else {
            return Ok(None);
        };
        anchor.judge().map_err(Fault::from)?;
        Ok(Some(anchor))
    }

    /// After a commit: keeps a draft's tombstones until it is published; for a published store,
    /// drops tombstones that are no longer needed.
    pub(super) fn after_tombstones(&mut self, tombstones: Vec<Tombstone>, mark: &Mark) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !tombstones.is_empty()) else {
            return;
        };
        if self.draft {
            self.unrecorded.push((mark.epoch, tombstones));
            return;
        }
        // A failure is harmless: surplus tombstones stay until the next attempt.
        let _ = anchor.compact(self.unlocked.anchor_key(), mark.wall);
    }

    /// Records the path of a store that was moved, or is opened by another path.
    pub(super) fn remember_path(&self) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| self.path_unknown) else {
            return;
        };
        // If this fails, a substitution at this path goes unnoticed, as it did before.
        let _ = anchor.remember_path();
    }

    /// After a commit: advances the anchor to the new state.
    pub(super) fn follow(&mut self, file: Option<&File>, freshness: Freshness, mark: &Mark) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !self.draft) else {
            return;
        };
        let key = &self.unlocked.keys.anchor;
        let done = match (freshness, file) {
            (Freshness::Same | Freshness::Newer, Some(file)) => anchor.advance(file, mark, key),
            _ => anchor.create(mark, key),
        };
        self.anchor_failure = done.err();
        self.remember_path();
    }
}

/// Records tombstones before the commit that causes them. Creates the anchor first: tombstones
/// without one would later be taken as evidence that the anchor was deleted.
pub(super) fn record(
    anchor: &Anchor,
    (freshness, old): (Freshness, &Mark),
    writer: &Writer<'_>,
    key: &MacKey,
) -> io::Result<()> {
    if freshness == Freshness::Unseen {
        anchor.create(old, key)?;
    }
    anchor.record(writer.tombstones(), writer.epoch(), key)
}

pub(super) fn unwritable(anchor: &Anchor, source: io::Error) -> Error {
    Error::AnchorUnwritable {
        path: anchor.path().to_owned(),
        source,
    }
}

fn unreadable(anchor: &Anchor, source: io::Error) -> Error {
    if source.kind() == io::ErrorKind::Unsupported {
        return Fault::NewerFormat(source.to_string()).into();
    }
    Error::File {
        path: anchor.path().to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_file_that_cannot_be_read_is_not_called_newer() {
        let anchor = Anchor::new(Path::new("/state"), None, &[7; 16]);
        let error = unreadable(&anchor, io::Error::other("a fault"));
        assert!(matches!(error, Error::File { .. }), "{error}");
    }
}
