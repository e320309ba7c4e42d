//! A store in a database, as a backend.

use std::cell::Cell;

use super::database::Database;
use super::fault::fault;
use super::link::{FLIGHT, Link};
use super::merging;
use super::rights;
use super::server::Server;
use super::state::State;
use super::statement::Statement;
use super::transaction::PostgresTransaction;
use super::watch::{self, PostgresWatch};
use crate::backend::contract::{Backend, Claim, FileStore, Version, Watch};
use crate::backend::facts::DatabaseFacts;
use crate::backend::fault::Fault;
use crate::backend::options::OpenOptions;
use crate::backend::row::ObjId;
use crate::backend::transaction::{Mode, Transaction, Want};
use crate::backend::uses::{Merge, Uses};

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
    /// certificate that is not trusted, [`Fault::Engine`] for another engine,
    /// [`Fault::NoDatabase`], and [`Fault::NoTables`].
    pub fn open(database: &Database, options: &OpenOptions) -> Result<Self, Fault> {
        let link = Link::open(database, options)?;
        link.check_tables()?;
        Ok(Self {
            link,
            is_large: Cell::new(false),
        })
    }

    /// What is known of the server, while connected.
    pub fn server(&self) -> Option<&Server> {
        self.link.server()
    }

    /// The place of the store, for messages.
    pub(super) fn place(&self) -> String {
        self.link.database().to_string()
    }

    /// Refuses tables that hold anything.
    pub(super) fn ensure_empty(&mut self) -> Result<(), Fault> {
        let place = self.place();
        let tx = self.begin(Mode::Read)?;
        let counts = tx.counts(1)?;
        if [counts.hdr, counts.man, counts.obj, counts.idx, counts.log]
            .iter()
            .any(|n| *n > 0)
        {
            return Err(Fault::Exists(place));
        }
        Ok(())
    }
}

impl Uses for PostgresBackend {
    fn change(&mut self, ids: &[ObjId], merge: Merge<'_>) -> Result<(), Fault> {
        merging::change(&mut self.link, ids, merge)
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

    fn begin_optimistic(&mut self, wants: &[Want]) -> Result<Box<dyn Transaction + '_>, Fault> {
        let state = State::optimistic(&mut self.link, &self.is_large);
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

    fn facts(&mut self) -> Result<Option<DatabaseFacts>, Fault> {
        rights::facts(&mut self.link).map(Some)
    }

    fn uses(&mut self) -> Option<&mut dyn Uses> {
        Some(self)
    }

    fn writable(&self) -> bool {
        self.link.server().is_none_or(|server| server.takes_writes)
    }

    /// A lock of a table that only other claims and maintenance of the table conflict with, held by a
    /// connection of its own.
    fn claim(&mut self) -> Result<Claim, Fault> {
        let mut link = self.link.another()?;
        let schema = link.schema();
        let lock = format!("LOCK TABLE {schema}.obj IN SHARE UPDATE EXCLUSIVE MODE");
        let statements = vec![
            Statement::plain("BEGIN"),
            claim_limits(),
            Statement::plain(lock),
        ];
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

/// Limits of a claim. An automatic vacuum gives way after a second to whoever waits, another claim does
/// not. The connection is idle for as long as the claim lasts.
fn claim_limits() -> Statement {
    Statement::plain(
        "SELECT set_config('lock_timeout', '3s', true), \
         set_config('idle_in_transaction_session_timeout', '0', true)",
    )
}
