//! One hardened connection, from opening to closing.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::fault::sqlite;
use super::schema;
use super::store_file::FileAccess;
use crate::backend::options::{AtClose, OpenOptions};
use crate::backend::{Fault, LONGEST, Version};
use crate::sys::wal_index;

/// The oldest `SQLite` that is accepted: the bundled one, whatever the build was linked with. In
/// older ones, a journal next to the file can name another file, which is then deleted.
const OLDEST_SQLITE: i32 = rusqlite::ffi::SQLITE_VERSION_NUMBER;
/// The longest row of the format with its key and header; longer ones are not read.
const LONGEST_ROW: usize = LONGEST + 256;
/// Longer than every statement here and every text of the schema.
const LONGEST_STATEMENT: i32 = 4096;
/// Limit on the steps in which `SQLite` reads the schema of five tables. Without it, a file with
/// many more schema rows would be read into memory before they can be compared.
const SCHEMA_STEPS: i32 = 1000;
/// Size of the statement cache: larger than the number of statements, so each is parsed once.
const STATEMENTS: usize = 32;
/// Settings of a reader that differ from `SQLite`'s defaults. They do not touch the file.
const SETTINGS: &str = "PRAGMA cell_size_check=ON";
/// Settings of a writer, sent with its first transaction: those that differ from `SQLite`'s
/// defaults or depend on build flags. `synchronous=FULL` is the default, but explicit because
/// durability depends on it.
const WRITER: &str = "PRAGMA wal_autocheckpoint=256; PRAGMA journal_size_limit=1048576; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY";
/// Settings of a draft: it is synced once, when it is published; until then it is expendable.
const DRAFT: &str = "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY";
const READER_CACHE: &str = "PRAGMA cache_size=-2000";
const CACHE: &str = "PRAGMA cache_size=-8192";
const BULK_CACHE: &str = "PRAGMA cache_size=-131072";

/// Pages that [`AtClose::Leave`] keeps in the log: 256 KiB, read in about 0.1 ms.
const LEFT_FRAMES: i64 = 64;

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A store, with the access its files allow.
    Store(FileAccess),
    /// A store that nobody else sees yet.
    Draft,
    /// A store that is about to be replaced.
    Retire,
}

/// A connection that checkpoints the write-ahead log on drop, if it wrote to it.
pub(super) struct Link {
    pub(super) connection: Connection,
    purpose: Use,
    at_close: AtClose,
    patience: Duration,
    tuned: bool,
    wrote: bool,
    /// Commits of this connection, which `data_version` does not count.
    commits: u64,
    /// The schema cookie at the time of the last comparison.
    compared: Option<i64>,
    /// Whether the file has a write-ahead log, once that is known. It stays so: changing it takes the
    /// file for one connection alone.
    has_log: Option<bool>,
}

/// Refuses a version of `SQLite` that is too old.
fn ensure_new_enough(version: i32) -> Result<(), Fault> {
    if version < OLDEST_SQLITE {
        return Err(Fault::Engine(format!(
            "SQLite: {} is too old",
            rusqlite::version()
        )));
    }
    Ok(())
}

impl Link {
    /// Opens the file `path`, which was checked before.
    pub(super) fn open(path: &Path, purpose: Use, options: &OpenOptions) -> Result<Self, Fault> {
        ensure_new_enough(rusqlite::version_number())?;
        let connection = connect(path, purpose)?;
        harden(&connection).map_err(sqlite)?;
        let longest = i32::try_from(LONGEST_ROW).unwrap_or(i32::MAX);
        connection
            .set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)
            .map_err(sqlite)?;
        let statement = Limit::SQLITE_LIMIT_SQL_LENGTH;
        connection
            .set_limit(statement, LONGEST_STATEMENT)
            .map_err(sqlite)?;
        connection
            .busy_timeout(options.busy_timeout)
            .map_err(sqlite)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch(SETTINGS).map_err(sqlite)?;
        let mut link = Self {
            connection,
            purpose,
            at_close: options.at_close,
            patience: options.busy_timeout,
            tuned: false,
            wrote: false,
            commits: 0,
            compared: None,
            has_log: None,
        };
        link.prepare_purpose().map_err(sqlite)?;
        if let Some(pages) = options.max_pages {
            let sql = format!("PRAGMA max_page_count={pages}");
            link.reading_schema(|link| link.run(&sql))?;
        }
        Ok(link)
    }

    pub(super) fn writable(&self) -> bool {
        !matches!(
            self.purpose,
            Use::Store(FileAccess::ReadOnly | FileAccess::Immutable)
        )
    }

    /// Begins a writing transaction.
    pub(super) fn begin_write(&mut self) -> Result<(), Fault> {
        if !self.writable() {
            return Err(Fault::ReadOnly(
                "the file or its folder is read-only".into(),
            ));
        }
        self.tune()?;
        self.run_cached("BEGIN IMMEDIATE")
    }

    /// Verifies, in the current transaction, that the schema is that of a store.
    ///
    /// `SQLite` caches the parsed schema as long as the schema cookie is the same, so the cookie is
    /// checked each time. If it changed, the schema is read and compared again in this snapshot.
    pub(super) fn compare_schema(&mut self) -> Result<(), Fault> {
        let mut statement = self
            .connection
            .prepare_cached("PRAGMA schema_version")
            .map_err(sqlite)?;
        let cookie = statement.query_row([], |row| row.get(0)).map_err(sqlite)?;
        drop(statement);
        if self.compared != Some(cookie) {
            self.reading_schema(|link| schema::check_tables(&link.connection))?;
            self.limit_cache()?;
            self.compared = Some(cookie);
        }
        Ok(())
    }

    /// Overrides the cache size that the file's header may ask for.
    fn limit_cache(&self) -> Result<(), Fault> {
        let first = self.compared.is_none() && !self.tuned && self.purpose != Use::Draft;
        if first {
            self.run(READER_CACHE)
        } else {
            Ok(())
        }
    }

    /// Runs `f`, which may read the schema, and fails if there is more of it than a store has.
    fn reading_schema<T>(
        &mut self,
        read: impl FnOnce(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.connection
            .progress_handler(SCHEMA_STEPS, Some(|| true))
            .map_err(sqlite)?;
        let done = read(self);
        self.connection
            .progress_handler(0, None::<fn() -> bool>)
            .map_err(sqlite)?;
        done
    }

    /// Applies the writer's settings. Not in a transaction, where `synchronous` cannot change.
    pub(super) fn tune(&mut self) -> Result<(), Fault> {
        if !self.tuned && self.purpose != Use::Draft {
            self.reading_schema(|link| link.run(WRITER))?;
            self.tuned = true;
        }
        Ok(())
    }

    /// As [`Self::begin_write`], but fails at once if there is another writer.
    pub(super) fn begin_write_if_free(&mut self) -> Result<(), Fault> {
        self.connection
            .busy_timeout(Duration::ZERO)
            .map_err(sqlite)?;
        let begun = self.begin_write();
        self.connection
            .busy_timeout(self.patience)
            .map_err(sqlite)?;
        begun
    }

    /// Commits the transaction durably.
    pub(super) fn commit_write(&mut self) -> Result<(), Fault> {
        // Counted first: after a failed commit it is uncertain whether anything was kept.
        self.commits += 1;
        if let Err(fault) = self.run_cached("COMMIT") {
            self.disown();
            return Err(fault);
        }
        self.wrote = true;
        Ok(())
    }

    /// Makes sure that a failed commit does not take effect later.
    ///
    /// If the write-ahead log cannot be synced, it already contains the whole transaction. `SQLite`
    /// forgets it in this process, but the next one to recover the log would apply it. Emptying the
    /// log prevents that.
    fn disown(&mut self) {
        if matches!(self.purpose, Use::Store(_)) {
            if !self.connection.is_autocommit() {
                let _ = self.run("ROLLBACK");
            }
            // If this fails too, the storage cannot guarantee anything any more.
            let _ = self.checkpoint();
        }
    }

    /// Moves the write-ahead log into the file, as far as readers allow.
    pub(super) fn checkpoint(&mut self) -> Result<(), Fault> {
        if !self.writable() {
            return Ok(());
        }
        let busy: i64 = self.number("PRAGMA wal_checkpoint(TRUNCATE)", 0)?;
        self.wrote &= busy != 0;
        Ok(())
    }

    pub(super) fn bulk(&self, on: bool) -> Result<(), Fault> {
        self.run(if on { BULK_CACHE } else { CACHE })
    }

    /// Sets the file's persistent journal mode; fails while another connection is open.
    pub(super) fn set_journal(&mut self, mode: &str) -> Result<(), Fault> {
        let sql = format!("PRAGMA journal_mode={mode}");
        let set = |link: &Self| link.connection.query_row(&sql, [], |row| row.get(0));
        let now: String = self.reading_schema(|link| set(link).map_err(sqlite))?;
        if now.eq_ignore_ascii_case(mode) {
            Ok(())
        } else {
            Err(Fault::Busy)
        }
    }

    /// The newest commit, from the shared index of the write-ahead log, without a system call. `None`
    /// if there is no log, or this connection has not read yet.
    pub(super) fn newest_commit(&mut self) -> Result<Option<Version>, Fault> {
        if !self.has_log()? {
            return Ok(None);
        }
        Ok(wal_index::newest_commit(&self.connection).map(Version::new))
    }

    fn has_log(&mut self) -> Result<bool, Fault> {
        if let Some(known) = self.has_log {
            return Ok(known);
        }
        // The index of a file that cannot be written may be in memory of `SQLite`'s own; and before
        // the first reading there is none.
        if self.compared.is_none() || self.purpose != Use::Store(FileAccess::ReadWrite) {
            return Ok(false);
        }
        let sql = "PRAGMA journal_mode";
        let mode: String = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(sqlite)?;
        let has_log = mode.eq_ignore_ascii_case("wal");
        self.has_log = Some(has_log);
        Ok(has_log)
    }

    /// The state of the file as this connection sees it.
    pub(super) fn version(&self) -> Result<Version, Fault> {
        let mut statement = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .map_err(sqlite)?;
        let others: i64 = statement.query_row([], |row| row.get(0)).map_err(sqlite)?;
        Ok(Version::counted(others.cast_unsigned(), self.commits))
    }

    fn number(&self, sql: &str, column: usize) -> Result<i64, Fault> {
        self.connection
            .query_row(sql, [], |row| row.get(column))
            .map_err(sqlite)
    }

    /// Whether to checkpoint now: opening a file with a long log is slow.
    fn has_to_merge(&self) -> bool {
        match self.at_close {
            AtClose::Merge => true,
            AtClose::Leave => self
                .number("PRAGMA wal_checkpoint(NOOP)", 1)
                .map_or(true, |frames| frames > LEFT_FRAMES),
        }
    }

    /// Runs statements and ignores their rows.
    pub(super) fn run(&self, sql: &str) -> Result<(), Fault> {
        self.connection.execute_batch(sql).map_err(sqlite)
    }

    pub(super) fn run_cached(&self, sql: &str) -> Result<(), Fault> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(sqlite)
    }

    fn prepare_purpose(&self) -> rusqlite::Result<()> {
        match self.purpose {
            // A reader leaves the journal as it is: creating and removing it would cost more than
            // everything else it does. A writer checkpoints in `drop`.
            Use::Store(_) => set(
                &self.connection,
                DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                true,
            ),
            Use::Draft => self.connection.execute_batch(DRAFT),
            Use::Retire => Ok(()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.wrote && matches!(self.purpose, Use::Store(_)) && self.has_to_merge() {
            // Another process may be reading; the last one to write after it does this.
            let _ = self.connection.busy_timeout(Duration::ZERO);
            let _ = self.checkpoint();
        }
    }
}

fn connect(path: &Path, purpose: Use) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let opened = match purpose {
        Use::Store(FileAccess::ReadOnly) => {
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_ONLY)
        }
        Use::Store(FileAccess::Immutable) => Connection::open_with_flags(
            immutable(path),
            flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
        ),
        _ => Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE),
    };
    opened.map_err(sqlite)
}

/// The file as an `immutable` URI, for which `SQLite` needs no lock file.
fn immutable(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            _ => uri.extend(format!("%{byte:02X}").chars()),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn harden(connection: &Connection) -> rusqlite::Result<()> {
    for (switch, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        set(connection, switch, on)?;
    }
    Ok(())
}

fn set(connection: &Connection, switch: DbConfig, on: bool) -> rusqlite::Result<()> {
    connection.set_db_config(switch, on).map(drop)
}

#[cfg(test)]
mod tests;
