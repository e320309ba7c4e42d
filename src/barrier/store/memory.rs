//! What this machine remembers of the store, outside of it.

use std::fs::File;

use super::{Seen, Session, Store, unwritable};
use crate::backend::{Fault, Mode};
use crate::barrier::anchor::{Anchor, Mark, Tombstone, Tombstones, newest};
use crate::barrier::reader::Reader;
use crate::barrier::standing::Pardon;
use crate::error::{Error, Result};

impl Store {
    /// What this machine knows to have ended or to be restricted, whatever the store says.
    pub fn tombstones(&self) -> Result<Tombstones> {
        let key = self.opened.anchor_key();
        let Some(anchor) = self.trusted_anchor()? else { return Ok(Tombstones::none(key)) };
        anchor.tombstones(key).map_err(|source| unreadable(anchor, source))
    }

    /// The newest state that this machine's anchor remembers, if there is one that authenticates.
    pub(in crate::barrier) fn anchored(&self) -> Result<Option<Mark>> {
        let Some(anchor) = self.trusted_anchor()? else { return Ok(None) };
        let (store, key) = (&self.opened.header.store, &self.opened.keys.anchor);
        let bytes = anchor.read().map_err(|source| unreadable(anchor, source))?;
        Ok(bytes.and_then(|bytes| newest(&bytes, store, key)))
    }

    /// The epoch that this machine has seen the store at.
    pub fn seen_epoch(&self) -> Result<Option<u64>> {
        Ok(self.anchored()?.map(|mark| mark.epoch))
    }

    /// Reads without remembering what was seen.
    pub(in crate::barrier) fn look<T>(
        &mut self,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let Session { mut reader, .. } = self.begin(Mode::Read, None)?;
        f(&mut reader)
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
        let Some(anchor) = self.trusted_anchor()? else { return Ok(Seen::Never) };
        let file = |source| unreadable(anchor, source);
        let known = anchor.known_here().map_err(file)?;
        let own = data_encoding::HEXLOWER.encode(&self.opened.header.store);
        let place_unknown = known.is_none();
        if known.is_some_and(|known| known != own)
            && !matches!(self.pardon, Pardon::Fork | Pardon::Any)
        {
            return Err(Error::Substituted("this machine knew one with another id here".into()));
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
        let Some(anchor) = self.anchor.as_ref().filter(|_| !draft) else { return Ok(None) };
        anchor.open().map_err(|source| unwritable(anchor, source))
    }

    /// The anchor, if there is to be one. What others could have written proves nothing.
    pub(super) fn trusted_anchor(&self) -> Result<Option<&Anchor>> {
        let Some(anchor) = &self.anchor else { return Ok(None) };
        anchor.judge().map_err(Fault::from)?;
        Ok(Some(anchor))
    }

    /// After a commit: keeps the tombstones of a draft for later, and lets go of those of the store that
    /// nobody needs any more.
    pub(super) fn after_tombstones(&mut self, tombstones: Vec<Tombstone>, mark: &Mark) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !tombstones.is_empty()) else { return };
        if self.draft {
            self.unrecorded.push((mark.epoch, tombstones));
            return;
        }
        // It is tried again after the next ones. What is there too long does no harm.
        let _ = anchor.compact(self.opened.anchor_key(), mark.wall);
    }
}

fn unreadable(anchor: &Anchor, source: std::io::Error) -> Error {
    if source.kind() == std::io::ErrorKind::Unsupported {
        return Fault::NewerFormat(source.to_string()).into();
    }
    Error::File { path: anchor.path().to_owned(), source }
}
