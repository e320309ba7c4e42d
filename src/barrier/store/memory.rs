//! What this machine remembers of the store, outside of it.

use std::fs::File;
use std::io;

use super::handle::Store;
use crate::backend::Fault;
use crate::barrier::anchor::freshness::{Freshness, Override};
use crate::barrier::anchor::{Anchor, Mark, Tombstone, Tombstones, newest};
use crate::barrier::writer::Writer;
use crate::crypto::MacKey;
use crate::error::{Error, History, Result};

/// What this machine remembers of a store before a transaction.
pub(super) enum Seen {
    /// Nothing: it is here for the first time.
    Never,
    /// This; or no more than that it was here.
    Before(Option<Vec<u8>>),
}

impl Store {
    /// What this machine knows to have ended or to be restricted, whatever the store says.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others could have written them, and [`Error::File`] if they cannot be read.
    pub fn tombstones(&self) -> Result<Tombstones> {
        let key = self.unlocked.anchor_key();
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(Tombstones::none(key));
        };
        anchor
            .tombstones(key)
            .map_err(|source| unreadable(anchor, source))
    }

    /// The newest state that this machine's anchor remembers, if there is one that authenticates.
    pub(in crate::barrier) fn anchored(&self) -> Result<Option<Mark>> {
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(None);
        };
        let store = &self.unlocked.header.store;
        let key = &self.unlocked.keys.anchor;
        let bytes = anchor.read().map_err(|source| unreadable(anchor, source))?;
        Ok(bytes.and_then(|bytes| newest(&bytes, store, key)))
    }

    /// The epoch that this machine has seen the store at.
    ///
    /// # Errors
    ///
    /// Those of [`Self::tombstones`].
    pub fn seen_epoch(&self) -> Result<Option<u64>> {
        Ok(self.anchored()?.map(|mark| mark.epoch))
    }

    /// An epoch above which nothing was seen.
    pub(in crate::barrier) fn latest_epoch(&self) -> Result<u64> {
        let anchored = self.anchored()?.map_or(0, |mark| mark.epoch);
        Ok(anchored.max(self.tombstones()?.newest()))
    }

    /// The anchor of a store that is in its place, and what it says.
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
        let place_unknown = known.is_none();
        if known.is_some_and(|known| known != own)
            && !matches!(self.overridden, Override::Fork | Override::Any)
        {
            return Err(Error::History(History::Substituted(
                "this machine has seen one with another id at this path".into(),
            )));
        }
        let seen = match anchor.read().map_err(file)? {
            Some(bytes) => Seen::Before(Some(bytes)),
            // Another process may have made it since it was looked for.
            None if anchor.has_traces().map_err(file)? => {
                Seen::Before(anchor.read().map_err(file)?)
            }
            None => Seen::Never,
        };
        self.place_unknown = place_unknown;
        Ok(seen)
    }

    /// The anchor's file, if there is one; whether it is trusted is found out when it is read.
    pub(super) fn open_anchor(&self, draft: bool) -> Result<Option<File>> {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !draft) else {
            return Ok(None);
        };
        anchor.open().map_err(|source| unwritable(anchor, source))
    }

    /// The anchor, if there is to be one. What others could have written proves nothing.
    pub(super) fn trusted_anchor(&self) -> Result<Option<&Anchor>> {
        let Some(anchor) = &self.anchor else {
            return Ok(None);
        };
        anchor.judge().map_err(Fault::from)?;
        Ok(Some(anchor))
    }

    /// After a commit: keeps the tombstones of a draft for later, and lets go of those of the store that
    /// nobody needs any more.
    pub(super) fn after_tombstones(&mut self, tombstones: Vec<Tombstone>, mark: &Mark) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !tombstones.is_empty()) else {
            return;
        };
        if self.draft {
            self.unrecorded.push((mark.epoch, tombstones));
            return;
        }
        // It is tried again after the next ones. What is there too long does no harm.
        let _ = anchor.compact(self.unlocked.anchor_key(), mark.wall);
    }

    /// Remembers a store that was moved, or is opened by another path, at its new place too.
    pub(super) fn remember_place(&mut self) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| self.place_unknown) else {
            return;
        };
        // Where this fails, a substitution at this place goes unnoticed, as it did before.
        self.place_unknown = anchor.remember_place().is_err();
    }

    /// After a commit: brings the anchor up to the new state.
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
        self.remember_place();
    }
}

/// Remembers what a transaction ends, before it is committed. The anchor comes first: without one, what
/// is remembered would say that it is gone.
pub(super) fn record(
    anchor: &Anchor,
    file: &mut Option<File>,
    (freshness, old): (Freshness, &Mark),
    writer: &Writer<'_>,
    key: &MacKey,
) -> io::Result<()> {
    if freshness == Freshness::Unseen {
        anchor.create(old, key)?;
        *file = anchor.open()?;
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
