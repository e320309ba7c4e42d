//! The backend, which is not part of this program yet: no value of it exists.

use super::database::Database;
use crate::backend::contract::{Backend, Claim, FileStore, Version};
use crate::backend::fault::Fault;
use crate::backend::options::OpenOptions;
use crate::backend::transaction::{Mode, Transaction};

/// A store in a database.
pub enum PostgresBackend {}

impl PostgresBackend {
    /// Opens the store of a database.
    ///
    /// # Errors
    ///
    /// Always: the adapter is not part of this program yet.
    pub fn open(database: &Database, _options: &OpenOptions) -> Result<Self, Fault> {
        Err(absent(database))
    }

    /// Creates a store in a database, as a draft.
    ///
    /// # Errors
    ///
    /// Always: the adapter is not part of this program yet.
    pub fn create(database: &Database, _options: &OpenOptions) -> Result<Self, Fault> {
        Err(absent(database))
    }
}

fn absent(database: &Database) -> Fault {
    Fault::Engine(format!("`{database}`: this program has no adapter for it"))
}

impl Backend for PostgresBackend {
    fn begin(&mut self, _mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        match *self {}
    }

    fn version(&mut self) -> Result<Version, Fault> {
        match *self {}
    }

    fn writable(&self) -> bool {
        match *self {}
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        match *self {}
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        match *self {}
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        match *self {}
    }
}
