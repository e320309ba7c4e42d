//! The handle of an open store: what it holds, and what may be asked of it.

use std::io;

use crate::backend::{Backend, Claim, Fault, FileStore, Mode, Progress, Target};
use crate::barrier::anchor::freshness::Override;
use crate::barrier::anchor::{Anchor, Notice, State, Tombstone};
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::header::{Header, heads};
use crate::barrier::unlocking::passphrase::KdfLimits;
use crate::barrier::unlocking::secret::Unlock;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::Result;

/// An open store.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Store {
    pub(super) backend: Box<dyn Backend>,
    pub(super) unlocked: Unlocked,
    pub(super) anchor: Option<Anchor>,
    pub(super) require_anchor: bool,
    pub(super) seen: bool,
    pub(super) notices: Vec<Notice>,
    pub(super) anchor_failure: Option<io::Error>,
    pub(super) overridden: Override,
    /// Not in its place yet: what this machine remembers is left alone.
    pub(super) draft: bool,
    /// Whether this machine knows no store at this place.
    pub(super) place_unknown: bool,
    /// Whether anything was committed since it was opened.
    pub(super) committed: bool,
    /// What a draft comes to, to be remembered once it is in its place; each with its epoch.
    pub(super) unrecorded: Vec<(u64, Vec<Tombstone>)>,
}

impl Store {
    /// Unlocks a store. What it holds is checked by each transaction, beginning with the first.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKey`](crate::Error::WrongKey) if `secret` opens no slot, and whatever makes its
    /// header unreadable: [`Fault::Corrupt`], [`Fault::NewerFormat`], [`Error::Integrity`](crate::Error::Integrity).
    pub fn open(
        mut backend: Box<dyn Backend>,
        secret: &Unlock,
        limits: &KdfLimits,
        state: &State,
    ) -> Result<Self> {
        let heads = heads(&*backend.begin(Mode::Read)?)?;
        let unlocked = Unlocked::unlock(heads, secret, limits)?;
        Ok(Self::around(backend, unlocked, state))
    }

    /// Opens a copy that is not in its place: what this machine remembers can be asked for, but is
    /// neither compared with it nor changed.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn open_copy(
        backend: Box<dyn Backend>,
        secret: &Unlock,
        limits: &KdfLimits,
        state: &State,
    ) -> Result<Self> {
        Ok(Self {
            draft: true,
            ..Self::open(backend, secret, limits, state)?
        })
    }

    pub(super) fn around(backend: Box<dyn Backend>, unlocked: Unlocked, state: &State) -> Self {
        let id = &unlocked.header.store;
        let place = state.place.as_deref();
        let anchor = state
            .folder
            .as_deref()
            .map(|folder| Anchor::new(folder, place, id));
        Self {
            backend,
            unlocked,
            anchor,
            require_anchor: state.require,
            seen: false,
            notices: Vec::new(),
            anchor_failure: None,
            overridden: Override::Nothing,
            draft: false,
            place_unknown: false,
            committed: false,
            unrecorded: Vec::new(),
        }
    }

    /// Opens another connection to this store, or another file of it, with the root key that is unlocked
    /// already: no secret is needed. What this machine remembers of it is in `state`.
    ///
    /// # Errors
    ///
    /// [`History::Substituted`](crate::error::History::Substituted) if the file is another store, and those of
    /// [`Self::open`].
    pub fn open_sibling(&self, mut backend: Box<dyn Backend>, state: &State) -> Result<Self> {
        let heads = heads(&*backend.begin(Mode::Read)?)?;
        let unlocked = self.unlocked.sibling(heads)?;
        Ok(Self::around(backend, unlocked, state))
    }

    /// The id that never changes.
    pub fn id(&self) -> StoreId {
        self.unlocked.header.store
    }

    /// Whether this store can be written.
    pub fn writable(&self) -> bool {
        self.backend.writable() && !self.unlocked.header.newer_minor()
    }

    /// Keeps others from work on all of the store for as long as the claim lives.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if somebody is at such work.
    pub fn claim(&mut self) -> Result<Claim, Fault> {
        self.backend.claim()
    }

    /// Makes room for bulk work, or gives it back, where the storage can.
    ///
    /// # Errors
    ///
    /// What the storage says.
    pub fn bulk(&mut self, on: bool) -> Result<(), Fault> {
        self.backend.files().map_or(Ok(()), |files| files.bulk(on))
    }

    /// Leaves nothing that was replaced in a journal, where the storage keeps one.
    ///
    /// # Errors
    ///
    /// What the storage says.
    pub fn checkpoint(&mut self) -> Result<(), Fault> {
        self.backend.files().map_or(Ok(()), FileStore::checkpoint)
    }

    /// Copies what is committed to `target`, as a draft.
    pub(super) fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>> {
        let no_file = || Fault::Storage("only a store in a file can be copied".into());
        let files = self.backend.files().ok_or_else(no_file)?;
        Ok(files.copy_to(target, progress)?)
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

    pub(in crate::barrier) fn set_override(&mut self, allowed: Override) {
        self.overridden = allowed;
    }

    pub(in crate::barrier) fn unlocked(&self) -> &Unlocked {
        &self.unlocked
    }

    pub(in crate::barrier) fn adopt_header(&mut self, header: Header) {
        self.unlocked.adopt(header);
    }
}
