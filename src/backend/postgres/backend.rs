//! A store in a database, as a backend.

use std::cell::Cell;

use super::database::Database;
use super::draft::Draft;
use super::fault::fault;
use super::link::{FLIGHT, Link};
use super::server::Server;
use super::state::State;
use super::statement::Statement;
use super::transaction::PostgresTransaction;
use super::watch::{self, PostgresWatch};
use crate::backend::contract::{Backend, Claim, FileStore, Version, Watch};
use crate::backend::fault::Fault;
use crate::backend::options::OpenOptions;
use crate::backend::transaction::{Mode, Transaction, Want};

/// A store in a database.
pub struct PostgresBackend {
    link: Link,
    /// Whether the store was found to be too large to be read whole.
    is_large: Cell<bool>,
}

impl PostgresBackend {
    /// Connects to a database. Whether there is a store in it is found by its first transaction.
    ///
    /// # Errors
    ///
    /// [`Fault::Storage`] if no server answers or lets the role in, [`Fault::ReadOnly`] if none takes
    /// writes, [`Fault::Unsafe`] for a key or password file that others can read and for a
    /// certificate that is not trusted, [`Fault::Engine`] for another engine, and [`Fault::Missing`]
    /// if the tables do not exist.
    pub fn open(database: &Database, options: &OpenOptions) -> Result<Self, Fault> {
        let link = Link::open(database, options)?;
        let who = link.who();
        link.server()
            .map_or(Ok(()), |server| server.check_tables(&who))?;
        Ok(Self {
            link,
            is_large: Cell::new(false),
        })
    }

    /// Creates a store in a database whose tables are empty, as a draft in memory that
    /// [`Backend::publish`] writes in one transaction.
    ///
    /// # Errors
    ///
    /// As [`Self::open`], and [`Fault::Exists`] if there is a store.
    pub fn create(database: &Database, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        let mut target = Self::open(database, options)?;
        target.ensure_empty()?;
        Ok(Box::new(Draft::new(target)))
    }

    /// What is known of the server, while connected.
    pub fn server(&self) -> Option<&Server> {
        self.link.server()
    }

    /// Role and database, for messages.
    pub(super) fn who(&self) -> String {
        self.link.who()
    }

    /// Refuses tables that hold anything.
    fn ensure_empty(&mut self) -> Result<(), Fault> {
        let who = self.link.who();
        let tx = self.begin(Mode::Read)?;
        let counts = tx.counts(1)?;
        if [counts.hdr, counts.man, counts.obj, counts.idx, counts.log]
            .iter()
            .any(|n| *n > 0)
        {
            return Err(Fault::Exists(who));
        }
        Ok(())
    }
}

impl Backend for PostgresBackend {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.begin_fetching(mode, &[])
    }

    fn begin_fetching(
        &mut self,
        mode: Mode,
        wants: &[Want],
    ) -> Result<Box<dyn Transaction + '_>, Fault> {
        let state = State::new(&mut self.link, &self.is_large, mode);
        Ok(Box::new(PostgresTransaction::begin(state, wants)?))
    }

    fn begin_hopeful(&mut self, wants: &[Want]) -> Result<Box<dyn Transaction + '_>, Fault> {
        let state = State::hopeful(&mut self.link, &self.is_large);
        Ok(Box::new(PostgresTransaction::begin(state, wants)?))
    }

    fn fetches(&self) -> bool {
        true
    }

    fn runs_again(&mut self) {
        self.link.options().traffic.retried();
    }

    fn version(&mut self) -> Result<Version, Fault> {
        watch::version_again(&mut self.link)
    }

    fn watch(&mut self) -> Result<Option<Box<dyn Watch>>, Fault> {
        Ok(Some(Box::new(PostgresWatch::new(self.link.another()?))))
    }

    fn writable(&self) -> bool {
        self.link.server().is_none_or(|server| server.takes_writes)
    }

    /// A lock of a table that only other claims conflict with, held by a connection of its own.
    fn claim(&mut self) -> Result<Claim, Fault> {
        let mut link = self.link.another()?;
        let schema = link.schema();
        let lock = format!("LOCK TABLE {schema}.obj IN SHARE UPDATE EXCLUSIVE MODE NOWAIT");
        let statements = vec![Statement::plain("BEGIN"), Statement::plain(lock)];
        let claimed = link.flight(statements, FLIGHT);
        claimed.map_err(|failure| fault(&failure, &link.who()))?;
        Ok(Claim(Box::new(link)))
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        None
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        Ok(self)
    }
}
