//! The handle of an open store.

use std::io;

use super::verified::Memory;
use std::time::UNIX_EPOCH;

use crate::backend::{
    Backend, Claim, DatabaseFacts, Fault, FileStore, Mode, Progress, Target, Version, Want, Watch,
};
use crate::barrier::anchor::freshness::Override;
use crate::barrier::anchor::{Anchor, Notice, State, Tombstone};
use crate::barrier::reader::{Announced, Lookup};
use crate::barrier::rows::index::Indexer;
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::header::{Header, heads};
use crate::barrier::unlocking::passphrase::KdfLimits;
use crate::barrier::unlocking::secret::Unlock;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::Result;
use crate::model::time::Time;

/// An open store.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Store {
    pub(super) backend: Box<dyn Backend>,
    pub(super) unlocked: Unlocked,
    pub(super) anchor: Option<Anchor>,
    pub(super) require_anchor: bool,
    pub(super) seen: bool,
    pub(in crate::barrier) notices: Vec<Notice>,
    pub(super) anchor_failure: Option<io::Error>,
    pub(super) overridden: Override,
    /// Not published yet: the anchor is left alone.
    pub(super) draft: bool,
    /// Whether it can be read even though it was moved to another place.
    pub(super) admits_moved: bool,
    /// Whether this machine has no record of a store at this path.
    pub(super) path_unknown: bool,
    /// Whether anything was committed through this handle.
    pub(super) committed: bool,
    /// Whether the next writing transaction is locked only when it commits, if the storage can do that.
    pub(super) optimistic: bool,
    /// What the next transaction will read, as far as that is known.
    pub(super) prefetched: Vec<Want>,
    /// What was verified before, if that is remembered.
    pub(super) memory: Option<Memory>,
    /// A draft's tombstones, with their epochs, to be recorded once it is published.
    pub(super) unrecorded: Vec<(u64, Vec<Tombstone>)>,
}

impl Store {
    /// Unlocks a store. Its content is verified by each transaction, not here.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKey`](crate::Error::WrongKey) if `secret` does not open any slot; and
    /// [`Fault::Corrupt`], [`Fault::NewerFormat`] or [`Error::Integrity`](crate::Error::Integrity)
    /// if the header cannot be read.
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

    /// Opens a copy of a store, such as a backup. The anchor can be read, but is neither compared
    /// with the copy nor changed.
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
        let path = state.path.as_deref();
        let anchor = state
            .folder
            .as_deref()
            .map(|folder| Anchor::new(folder, path, id));
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
            admits_moved: false,
            path_unknown: false,
            committed: false,
            optimistic: false,
            prefetched: Vec::new(),
            memory: None,
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

    /// The store's id, which never changes.
    pub fn id(&self) -> StoreId {
        self.unlocked.header.store
    }

    /// Names what the next transaction will look up, so that remote storage returns it in the round
    /// trip that the transaction begins with. It does nothing else: each look-up can be made without,
    /// and need not be made.
    pub fn prefetch(&mut self, lookups: &[Lookup<'_>]) {
        if !self.backend.fetches() {
            return;
        }
        let indexer = Indexer {
            key: &self.unlocked.keys.index,
            store: &self.unlocked.header.store,
        };
        let mut announced = Announced::default();
        for lookup in lookups {
            announced.add(&lookup.target(&indexer));
        }
        self.prefetched.extend(announced.wants(|_| false));
    }

    /// A value that differs from an earlier one of this handle if anything was committed since, by
    /// anyone. Reads no row; what it says is not verified.
    ///
    /// # Errors
    ///
    /// Those of the storage, in particular if the store was replaced.
    pub fn version(&mut self) -> Result<Version, Fault> {
        self.backend.version()
    }

    /// Opens a watch over the commits of everybody ([`Backend::watch`]); `None` if
    /// [`version`](Self::version) can be asked before each use of what is remembered.
    ///
    /// # Errors
    ///
    /// Those of another connection.
    pub fn watch(&mut self) -> Result<Option<Box<dyn Watch>>, Fault> {
        self.backend.watch()
    }

    /// Asks what runs the storage ([`Backend::facts`]); `None` for a file.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn facts(&mut self) -> Result<Option<DatabaseFacts>, Fault> {
        self.backend.facts()
    }

    /// Whether the store can be written.
    pub fn writable(&self) -> bool {
        self.backend.writable() && !self.unlocked.header.newer_minor()
    }

    /// Reads the store, from now on, also if it was moved to another place. Nothing that it says is
    /// the newest then, and its anchor is left alone.
    pub fn admit_moved(&mut self) {
        self.admits_moved = true;
    }

    /// Keeps others from maintenance of the whole store until the claim is dropped.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if another process has a claim.
    pub fn claim(&mut self) -> Result<Claim, Fault> {
        self.backend.claim()
    }

    /// Enlarges the storage's cache for bulk work, or restores its normal size, where supported.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn bulk(&mut self, on: bool) -> Result<(), Fault> {
        self.backend.files().map_or(Ok(()), |files| files.bulk(on))
    }

    /// Removes replaced content from the storage's journal, where there is one.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn checkpoint(&mut self) -> Result<(), Fault> {
        self.backend.files().map_or(Ok(()), FileStore::checkpoint)
    }

    /// Copies the committed content to `target`, as a draft.
    pub(super) fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>> {
        let no_file = || Fault::Storage("only a store in a file can be copied".into());
        let files = self.backend.files().ok_or_else(no_file)?;
        Ok(files.copy_to(target, progress)?)
    }

    /// Takes the notices that have accumulated for the operator.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Takes the reason why the anchor did not follow a committed change, if it did not.
    pub fn take_anchor_failure(&mut self) -> Option<io::Error> {
        self.anchor_failure.take()
    }

    /// Whether anything was committed through this handle, except by [`Self::write_quietly`].
    pub fn has_committed(&self) -> bool {
        self.committed
    }

    /// The path of the anchor, if there is one.
    pub fn anchor_path(&self) -> Option<&std::path::Path> {
        self.anchor.as_ref().map(Anchor::path)
    }

    /// When the anchor was last written, if there is one, by the clock of its file system.
    pub fn anchor_written_at(&self) -> Option<Time> {
        let written = std::fs::metadata(self.anchor_path()?)
            .ok()?
            .modified()
            .ok()?;
        let since = written.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok().map(Time::from_seconds)
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
