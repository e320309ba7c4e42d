//! An open store: what stands before each transaction, and after it.

use std::fs::File;
use std::io;

use super::StoreId;
use super::anchor::{Anchor, Mark, Tombstone};
use super::header::Header;
use super::opened::{Opened, heads, root_row};
use super::reader::Reader;
use super::standing::{Judge, Pardon, Standing, gone};
use super::state::{Notice, State};
use super::stretch::KdfLimits;
use super::unlock::Unlock;
use super::writer::Writer;
use crate::backend::{Backend, Fault, Mode};
use crate::crypto::MacKey;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::model::audit::Actor;
use crate::model::time::Time;

mod draft;
mod memory;

/// How far behind the clock may be before anybody is told, in seconds.
pub const CLOCK_SLACK: i64 = 5 * 60;

/// An open store.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Store {
    backend: Box<dyn Backend>,
    opened: Opened,
    anchor: Option<Anchor>,
    require_anchor: bool,
    seen: bool,
    notices: Vec<Notice>,
    anchor_failure: Option<io::Error>,
    pardon: Pardon,
    /// Not in its place yet: what this machine remembers is left alone.
    draft: bool,
    /// Whether this machine knows no store at this place.
    place_unknown: bool,
    /// Whether anything was committed since it was opened.
    committed: bool,
    /// What a draft comes to, to be remembered once it is in its place; each with its epoch.
    unrecorded: Vec<(u64, Vec<Tombstone>)>,
}

impl Store {
    /// Unlocks a store. What it holds is checked by each transaction, beginning with the first.
    pub fn open(
        mut backend: Box<dyn Backend>,
        secret: &Unlock,
        limits: &KdfLimits,
        state: &State,
    ) -> Result<Self> {
        let heads = heads(&*backend.begin(Mode::Read)?)?;
        let opened = Opened::unlock(heads, secret, limits)?;
        Ok(Self::around(backend, opened, state))
    }

    /// Opens a copy that is not in its place: what this machine remembers can be asked for, but is
    /// neither compared with it nor changed.
    pub fn open_copy(
        backend: Box<dyn Backend>,
        secret: &Unlock,
        limits: &KdfLimits,
        state: &State,
    ) -> Result<Self> {
        Ok(Self { draft: true, ..Self::open(backend, secret, limits, state)? })
    }

    fn around(backend: Box<dyn Backend>, opened: Opened, state: &State) -> Self {
        let id = &opened.header.store;
        let place = state.place.as_deref();
        let anchor = state.folder.as_deref().map(|folder| Anchor::new(folder, place, id));
        Self {
            backend,
            opened,
            anchor,
            require_anchor: state.require,
            seen: false,
            notices: Vec::new(),
            anchor_failure: None,
            pardon: Pardon::Nothing,
            draft: false,
            place_unknown: false,
            committed: false,
            unrecorded: Vec::new(),
        }
    }

    /// Opens another file of this store, which has the same root key: what opens it now need not be
    /// known. No anchor is read or written.
    pub fn open_sibling(&self, mut backend: Box<dyn Backend>) -> Result<Self> {
        let heads = heads(&*backend.begin(Mode::Read)?)?;
        let opened = self.opened.sibling(heads)?;
        Ok(Self::around(backend, opened, &State::off()))
    }

    /// The id that never changes.
    pub fn id(&self) -> StoreId {
        self.opened.header.store
    }

    /// Whether this store can be written.
    pub fn writable(&self) -> bool {
        self.backend.writable() && !self.opened.header.newer_minor()
    }

    /// The storage below, for what only it can do: copies, publishing, cache sizes.
    pub fn backend(&mut self) -> &mut dyn Backend {
        &mut *self.backend
    }

    /// What an operator should be told; each once.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Why the anchor did not follow a change that was committed, if it did not.
    pub fn take_anchor_failure(&mut self) -> Option<io::Error> {
        self.anchor_failure.take()
    }

    /// Whether anything was committed since it was opened, apart from what is only nice to have.
    pub fn has_committed(&self) -> bool {
        self.committed
    }

    /// Where this machine remembers the store.
    pub fn anchor_path(&self) -> Option<&std::path::Path> {
        self.anchor.as_ref().map(Anchor::path)
    }

    /// Reads from one consistent state.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let Session { mut reader, standing, mark, .. } = self.begin(Mode::Read, None)?;
        let result = f(&mut reader);
        drop(reader);
        self.settle(standing, &mark);
        result
    }

    /// Changes the store, all or nothing. A closure that changes nothing leaves it untouched.
    pub fn write<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        self.transact(Mode::Write, at, who, entropy, |writer| {
            writer.advance_wall();
            f(writer)
        })
    }

    /// As [`Self::write`], for what is only nice to have: it never waits, and does not count as a
    /// time at which anything happened.
    pub fn write_quietly(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<()> {
        self.transact(Mode::WriteIfFree, at, who, entropy, f)
    }

    fn transact<T>(
        &mut self,
        mode: Mode,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        if self.opened.header.newer_minor() {
            return Err(Fault::NewerFormat("it can be read, not written".into()).into());
        }
        let mut anchor_file = self.open_anchor(self.draft)?;
        let Session { reader, standing, mark: old, anchor, key } = self.begin(mode, Some(at))?;
        let mut writer = Writer::new(reader, entropy, who, at);
        let value = f(&mut writer)?;
        if !writer.has_changed() {
            drop(writer);
            self.settle(standing, &old);
            return Ok(value);
        }
        let tombstones = writer.tombstones().to_vec();
        // Before the commit: if it fails, what stays valid may be ended by a later restore, which is the
        // safe side to be wrong on.
        if let (Some(anchor), [_, ..]) = (anchor, &*tombstones) {
            let recorded = record(anchor, &mut anchor_file, (standing, &old), &writer, key);
            recorded.map_err(|source| unwritable(anchor, source))?;
        }
        // What does not continue the past is announced, as a kill may come before the anchor follows.
        let committed = writer.commit(|mark| match (anchor, standing) {
            (Some(anchor), Standing::Pardoned) => anchor
                .announce(anchor_file.as_ref(), mark, key)
                .map_err(|source| unwritable(anchor, source)),
            _ => Ok(()),
        });
        let mark = match (committed, anchor, standing) {
            (Err(error), Some(anchor), Standing::Pardoned) => {
                let withdrawn = anchor.withdraw(anchor_file.as_ref());
                withdrawn.map_err(|source| unwritable(anchor, source))?;
                return Err(error);
            }
            (committed, ..) => committed?,
        };
        self.follow(anchor_file.as_ref(), standing, &mark);
        self.committed |= mode == Mode::Write;
        self.after_tombstones(tombstones, &mark);
        Ok(value)
    }

    /// Begins a transaction on a state that is whole, and no older than this machine has seen.
    fn begin(&mut self, mode: Mode, now: Option<Time>) -> Result<Session<'_>> {
        let seen = self.read_anchor()?;
        let tx = self.backend.begin(mode)?;
        let row = root_row(&*tx)?;
        if !self.opened.fits(&row) {
            self.opened.reload(&*tx)?;
        }
        let mut root = self.opened.open_root(&row)?;
        if !self.opened.is_at(&root) {
            self.opened.reload(&*tx)?;
            root = self.opened.open_root(&row)?;
        }
        if !self.opened.is_at(&root) {
            return Err(Error::Integrity("header and keyring are not the newest".into()));
        }
        let mark = self.opened.mark(&root, &row)?;
        let judge = Judge { opened: &self.opened, tx: &*tx, root: &root, mark: &mark };
        let standing = match &seen {
            Seen::Never => Standing::Unseen,
            Seen::Before(Some(bytes)) => judge.standing(bytes, self.pardon)?,
            Seen::Before(None) if matches!(self.pardon, Pardon::Fork | Pardon::Any) => {
                Standing::Pardoned
            }
            Seen::Before(None) => return Err(gone()),
        };
        let missing = standing == Standing::Unseen && self.anchor.is_some() && !self.draft;
        if missing && self.require_anchor && self.pardon != Pardon::Any {
            return Err(Error::AnchorMissing);
        }
        if !self.seen {
            self.seen = true;
            note_clock(&mut self.notices, now, root.wall_max);
            if missing {
                self.notices.push(Notice::FirstUse);
            }
        }
        let key = &self.opened.keys.anchor;
        let reader = Reader::new(tx, &self.opened, root);
        let anchor = self.anchor.as_ref().filter(|_| !self.draft);
        Ok(Session { reader, standing, mark, anchor, key })
    }

    /// After a read: remembers what was seen, if that can be.
    fn settle(&mut self, standing: Standing, mark: &Mark) {
        if self.draft || self.anchor.is_none() {
            return;
        }
        if standing == Standing::Same {
            return self.remember_place();
        }
        let file = self.anchor.as_ref().and_then(|anchor| anchor.open().ok().flatten());
        self.follow(file.as_ref(), standing, mark);
        if let Some(failure) = self.anchor_failure.take() {
            self.notices.push(Notice::AnchorNotUpdated(failure.to_string()));
        }
    }

    /// Remembers a store that was moved, or is opened by another path, at its new place too.
    fn remember_place(&mut self) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| self.place_unknown) else { return };
        // Where this fails, a substitution at this place goes unnoticed, as it did before.
        self.place_unknown = anchor.remember_place().is_err();
    }

    /// After a commit: brings the anchor up to the new state.
    fn follow(&mut self, file: Option<&File>, standing: Standing, mark: &Mark) {
        let Some(anchor) = self.anchor.as_ref().filter(|_| !self.draft) else { return };
        let key = &self.opened.keys.anchor;
        let done = match (standing, file) {
            (Standing::Same | Standing::Newer, Some(file)) => anchor.advance(file, mark, key),
            _ => anchor.create(mark, key),
        };
        self.anchor_failure = done.err();
        self.remember_place();
    }

    pub(super) fn set_pardon(&mut self, pardon: Pardon) {
        self.pardon = pardon;
    }

    pub(super) fn opened(&self) -> &Opened {
        &self.opened
    }

    pub(super) fn adopt_header(&mut self, header: Header) {
        self.opened.adopt(header);
    }
}

/// What this machine remembers of a store before a transaction.
enum Seen {
    /// Nothing: it is here for the first time.
    Never,
    /// This; or no more than that it was here.
    Before(Option<Vec<u8>>),
}

/// A transaction that has begun.
struct Session<'a> {
    reader: Reader<'a>,
    standing: Standing,
    mark: Mark,
    anchor: Option<&'a Anchor>,
    /// What the anchor is authenticated with.
    key: &'a MacKey,
}

fn note_clock(notices: &mut Vec<Notice>, now: Option<Time>, wall_max: Time) {
    let behind = now.map_or(0, |now| wall_max.seconds() - now.seconds());
    if behind > CLOCK_SLACK {
        notices.push(Notice::ClockBehind(behind));
    }
}

/// Remembers what a transaction ends, before it is committed. The anchor comes first: without one, what
/// is remembered would say that it is gone.
fn record(
    anchor: &Anchor,
    file: &mut Option<File>,
    (standing, old): (Standing, &Mark),
    writer: &Writer<'_>,
    key: &MacKey,
) -> io::Result<()> {
    if standing == Standing::Unseen {
        anchor.create(old, key)?;
        *file = anchor.open()?;
    }
    anchor.record(writer.tombstones(), writer.epoch(), key)
}

fn unwritable(anchor: &Anchor, source: io::Error) -> Error {
    Error::AnchorUnwritable { path: anchor.path().to_owned(), source }
}

#[cfg(test)]
mod tests;
