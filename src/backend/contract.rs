//! What a place that keeps the five tables must be able to do.

use std::any::Any;

use super::copy::{Progress, Target};
use super::fault::Fault;
use super::transaction::{Mode, Transaction};

/// A place that keeps the five tables.
pub trait Backend: Send {
    /// Starts a transaction; dropping it without [`Transaction::commit`] undoes it.
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault>;

    /// Tells whether anything has been committed since an earlier call on this same connection, by
    /// this connection or by another: then it differs. It reads no table.
    ///
    /// It may differ although nothing was committed, after another connection's upkeep. Values of two
    /// connections say nothing about each other. No transaction is open meanwhile.
    fn version(&mut self) -> Result<Version, Fault>;

    /// Whether the storage allows writing at all.
    fn writable(&self) -> bool;

    /// Keeps others from work on all of the store for as long as the claim lives; [`Fault::Busy`] if
    /// somebody is at it. It stops no transaction.
    fn claim(&mut self) -> Result<Claim, Fault>;

    /// What only a store in a file can do; `None` for all others.
    fn files(&mut self) -> Option<&mut dyn FileStore>;

    /// Puts a draft in its place, durably and whole, and opens it there. A store that is no draft
    /// comes back as it was.
    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault>;
}

/// What can be done with a store because it is a file, or behaves as one.
pub trait FileStore {
    /// Raises the cache for bulk work, or puts it back.
    fn bulk(&mut self, on: bool) -> Result<(), Fault>;

    /// Moves everything committed into the main file, so that neither an old row nor an old header
    /// lingers in a journal. What another process still reads stays where it is until it is done.
    fn checkpoint(&mut self) -> Result<(), Fault>;

    /// Gives back the space of removed rows and rewrites the file, then does as
    /// [`FileStore::checkpoint`].
    fn compact(&mut self) -> Result<(), Fault>;

    /// Copies everything, as of now, into a draft: a store nobody sees until
    /// [`Backend::publish`]. It can be opened, checked and changed; dropping it removes it.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault>;
}

/// The state of a store as one connection sees it: opaque, and to be compared for equality with an
/// earlier one of the same connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version([u8; 24]);

impl Version {
    /// A version of whatever tells two states of a store apart.
    pub fn new(bytes: [u8; 24]) -> Self {
        Self(bytes)
    }

    /// A version of two counters: the commits of others, and one's own.
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

/// Says to others that somebody is at work on all of a store. It ends with the process at the latest.
pub struct Claim(
    #[expect(dead_code, reason = "it is what is held that counts")] pub(super) Box<dyn Any>,
);
