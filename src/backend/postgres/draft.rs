//! A store that is not in its database yet.

use super::backend::PostgresBackend;
use super::database::Database;
use crate::backend::contract::{Backend, Claim, FileStore, Version};
use crate::backend::fault::Fault;
use crate::backend::memory::MemoryBackend;
use crate::backend::options::OpenOptions;
use crate::backend::row::LogRow;
use crate::backend::transaction::{Mode, Transaction};

/// Creates a store in a database whose tables are empty, as a draft in memory that
/// [`Backend::publish`] writes in one transaction.
///
/// # Errors
///
/// As [`PostgresBackend::open`], and [`Fault::Exists`] if there is a store.
pub fn create(database: &Database, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
    let mut target = PostgresBackend::open(database, options)?;
    target.ensure_empty()?;
    Ok(Box::new(Draft::new(target)))
}

/// A draft: its rows are in memory until it is published.
struct Draft {
    rows: MemoryBackend,
    target: PostgresBackend,
}

impl Draft {
    fn new(target: PostgresBackend) -> Self {
        Self {
            rows: MemoryBackend::new(),
            target,
        }
    }
}

impl Backend for Draft {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.rows.begin(mode)
    }

    fn version(&mut self) -> Result<Version, Fault> {
        self.rows.version()
    }

    fn writable(&self) -> bool {
        true
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        self.rows.claim()
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        None
    }

    /// Writes all rows in one transaction, if the tables are still empty: of two that publish at once,
    /// the second waits for the first and finds its rows.
    fn publish(mut self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        let rows = self.rows.tables();
        let place = self.target.place();
        let mut tx = self.target.begin(Mode::Write)?;
        let counts = tx.counts(1)?;
        if [counts.hdr, counts.man, counts.obj, counts.idx, counts.log]
            .iter()
            .any(|n| *n > 0)
        {
            return Err(Fault::Exists(place));
        }
        for (id, row) in &rows.obj {
            tx.obj_add(id, row)?;
        }
        for (h, id) in &rows.idx {
            tx.idx_add(h, id)?;
        }
        for (seq, row) in &rows.log {
            tx.log_put(&LogRow {
                seq: *seq,
                row: row.clone(),
            })?;
        }
        for (b, row) in &rows.man {
            tx.man_put(*b, row)?;
        }
        for (k, v) in &rows.hdr {
            tx.hdr_put(*k, v)?;
        }
        tx.commit()?;
        Ok(Box::new(self.target))
    }
}
