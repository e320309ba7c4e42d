//! What a place that keeps the five tables must be able to do.

use std::any::Any;

use super::copy::{Progress, Target};
use super::fault::Fault;
use super::transaction::{Mode, Transaction};

/// A place that keeps the five tables.
pub trait Backend: Send {
    /// Starts a transaction; dropping it without [`Transaction::commit`] undoes it.
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault>;

    /// Whether the storage allows writing at all.
    fn writable(&self) -> bool;

    /// Raises the cache for bulk work, or puts it back.
    fn bulk(&mut self, on: bool) -> Result<(), Fault>;

    /// Keeps others from work on all of the store for as long as the claim lives; [`Fault::Busy`] if
    /// somebody is at it. It stops no transaction.
    fn claim(&mut self) -> Result<Claim, Fault>;

    /// Moves everything committed into the main file, so that neither an old row nor an old header
    /// lingers in a journal. What another process still reads stays where it is until it is done.
    fn checkpoint(&mut self) -> Result<(), Fault>;

    /// Gives back the space of removed rows and rewrites the file, then does as
    /// [`Backend::checkpoint`].
    fn compact(&mut self) -> Result<(), Fault>;

    /// Copies everything, as of now, into a draft: a store nobody sees until
    /// [`Backend::publish`]. It can be opened, checked and changed; dropping it removes it.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault>;

    /// Puts a draft in its place, durably and whole, and opens it there. A store that is no draft
    /// comes back as it was.
    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault>;
}

/// Says to others that somebody is at work on all of a store. It ends with the process at the latest.
pub struct Claim(
    #[expect(dead_code, reason = "it is what is held that counts")] pub(super) Box<dyn Any>,
);
