//! The interface of a backend.

use std::any::Any;
use std::time::Duration;

use super::copy::{Progress, Target};
use super::facts::DatabaseFacts;
use super::fault::Fault;
use super::transaction::{Mode, Transaction, Want};
use super::uses::Uses;

/// Storage for the five tables.
pub trait Backend: Send {
    /// Begins a transaction, which is rolled back unless it is committed.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if another writer does not finish in time, and whatever makes the store
    /// unusable.
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault>;

    /// As [`begin`](Self::begin), with a first [`fetch`](Transaction::fetch): over a network, both are
    /// one round trip.
    ///
    /// # Errors
    ///
    /// Those of both.
    fn begin_fetching(
        &mut self,
        mode: Mode,
        wants: &[Want],
    ) -> Result<Box<dyn Transaction + '_>, Fault> {
        let begun = self.begin(mode)?;
        if !wants.is_empty() {
            begun.fetch(wants)?;
        }
        Ok(begun)
    }

    /// As [`begin_fetching`](Self::begin_fetching), for a writing transaction that need not be the only
    /// one before it commits: if another was first, its commit is [`Fault::Conflict`].
    ///
    /// Over a network, others then wait for the commit only, and not for all that is read before.
    ///
    /// # Errors
    ///
    /// Those of [`begin_fetching`](Self::begin_fetching).
    fn begin_optimistic(&mut self, wants: &[Want]) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.begin_fetching(Mode::Write, wants)
    }

    /// Whether its transactions fetch ([`Transaction::fetches`]).
    fn fetches(&self) -> bool {
        false
    }

    /// Is told that a transaction runs again, because another was committed first: to be counted.
    fn runs_again(&mut self) {}

    /// Returns a value that differs from an earlier one of this connection if anything has been
    /// committed since, by this connection or another. Reads no table.
    ///
    /// It may also differ when nothing was committed, after another connection's maintenance.
    /// Values of two connections are not comparable. Call it outside a transaction.
    ///
    /// # Errors
    ///
    /// [`Fault`] if the storage fails. That it was replaced may be noticed only by
    /// [`begin`](Self::begin).
    fn version(&mut self) -> Result<Version, Fault>;

    /// Opens a watch over the commits of everybody, on a connection of its own. `None` if
    /// [`version`](Self::version) costs so little that it can be asked before each use of what is
    /// remembered, as it can for a file: nothing has to be watched then.
    ///
    /// # Errors
    ///
    /// Those of another connection.
    fn watch(&mut self) -> Result<Option<Box<dyn Watch>>, Fault> {
        Ok(None)
    }

    /// Asks what runs the storage; `None` for a file.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    fn facts(&mut self) -> Result<Option<DatabaseFacts>, Fault> {
        Ok(None)
    }

    /// Returns the table of last uses; `None` if each object keeps its own, as in a file.
    fn uses(&mut self) -> Option<&mut dyn Uses> {
        None
    }

    /// Whether the storage can be written.
    fn writable(&self) -> bool;

    /// Keeps others from maintenance of the whole store until the claim is dropped; [`Fault::Busy`]
    /// if another process has a claim. Transactions are not affected.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if another process has a claim.
    fn claim(&mut self) -> Result<Claim, Fault>;

    /// Returns the operations that only a store in a file supports; `None` for other storage.
    fn files(&mut self) -> Option<&mut dyn FileStore>;

    /// Publishes a draft at its path, durably and atomically, and opens it there. A store that is
    /// not a draft is returned unchanged.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] or [`Fault::Busy`] if the path is taken, and those of the storage.
    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault>;
}

/// Operations of a store that is a file, or behaves like one.
pub trait FileStore {
    /// Enlarges the cache for bulk work, or restores its normal size.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    fn bulk(&mut self, on: bool) -> Result<(), Fault>;

    /// Moves everything committed into the main file, so that no old row or header remains in a
    /// journal. Content that another process still reads stays until it has finished.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    fn checkpoint(&mut self) -> Result<(), Fault>;

    /// Frees the space of removed rows and rewrites the file, then runs
    /// [`FileStore::checkpoint`].
    ///
    /// # Errors
    ///
    /// Those of the storage.
    fn compact(&mut self) -> Result<(), Fault>;

    /// Copies the current content into a draft: a store that is not visible until
    /// [`Backend::publish`]. It can be opened, checked and changed; dropping it removes it.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] or [`Fault::Busy`] if the target is taken, and those of the storage.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault>;
}

/// Watches the commits of everybody, on a connection of its own. It connects again by itself.
pub trait Watch: Send {
    /// Returns the version, as soon as it is another than `seen` or `most` has passed. A version of a
    /// watch can be compared with the versions of the connection that opened it.
    ///
    /// # Errors
    ///
    /// The storage does not answer, or is not the same store any more. The next call connects again.
    fn wait(&mut self, seen: Option<Version>, most: Duration) -> Result<Observed, Fault>;
}

/// What a [`Watch`] observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// The version.
    pub version: Version,
    /// When it was asked for, as the time since boot, suspend included (`CLOCK_BOOTTIME`): what was
    /// committed before that is part of the version.
    pub asked_at: Duration,
}

/// The state of a store as one connection sees it: opaque, comparable for equality with an earlier
/// value of the same connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version([u8; 24]);

impl Version {
    /// A version from any bytes that differ between two states of a store.
    pub fn new(bytes: [u8; 24]) -> Self {
        Self(bytes)
    }

    /// A version from two counters: commits of other connections, and of this one.
    pub(super) fn counted(others: u64, own: u64) -> Self {
        let mut bytes = [0; 24];
        let counters = others.to_le_bytes().into_iter().chain(own.to_le_bytes());
        bytes
            .iter_mut()
            .zip(counters)
            .for_each(|(place, byte)| *place = byte);
        Self(bytes)
    }
}

/// Proof that this process alone may maintain the whole store. Ends with the process at the latest.
pub struct Claim(
    #[expect(dead_code, reason = "it is what is held that counts")] pub(super) Box<dyn Any>,
);
