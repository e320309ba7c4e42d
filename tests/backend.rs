//! Both backends keep the contract of the trait; `SQLite`'s file keeps that of the format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::backend::memory::MemoryBackend;
use hallpass::backend::sqlite::{Journal, OpenOptions, SqliteBackend};
use hallpass::backend::{Backend, Fault, Mode, Row, conformance};
use tempfile::TempDir;

use crate::support::private_folder as folder;

mod drafts;
mod faults;
mod files;
mod hostile;
mod journals;
#[cfg(feature = "postgres")]
mod postgres;
mod storage;

/// A filled store in a folder of its own.
struct Fixture {
    dir: TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        Self::with(Journal::Wal)
    }

    fn with(journal: Journal) -> Self {
        let dir = folder();
        let path = dir.path().canonicalize().unwrap().join("store.db");
        drop(filled(
            &path,
            &OpenOptions {
                journal,
                ..options()
            },
        ));
        Self { dir, path }
    }

    fn open(&self) -> Result<SqliteBackend, Fault> {
        SqliteBackend::open(&self.path, &options())
    }

    /// What the barrier does first: open, and check the shape.
    fn check(&self) -> Result<(), Fault> {
        self.open()?.begin(Mode::Read)?.check_shape()
    }

    /// As an attacker, or a careless friend, with `SQLite`.
    fn sql(&self, sql: &str) {
        rusqlite::Connection::open(&self.path)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }
}

/// Default options that give up waiting at once.
fn options() -> OpenOptions {
    OpenOptions {
        busy_timeout: Duration::from_millis(20),
        ..OpenOptions::default()
    }
}

fn filled(path: &Path, options: &OpenOptions) -> Box<dyn Backend> {
    let mut draft = SqliteBackend::create(path, options).unwrap();
    fill(&mut draft, 20);
    Box::new(draft).publish().unwrap()
}

fn fill(store: &mut dyn Backend, objects: u8) {
    let mut tx = store.begin(Mode::Write).unwrap();
    tx.hdr_put(1, b"header").unwrap();
    tx.hdr_put(2, b"keyring").unwrap();
    tx.man_put(0, &row(b"root")).unwrap();
    for n in 0..objects {
        tx.obj_put(&[n; 16], &row(&[n; 400])).unwrap();
        tx.idx_put(&[n; 16], &[n; 16]).unwrap();
    }
    tx.commit().unwrap();
}

fn row(sealed: &[u8]) -> Row {
    Row {
        kid: 1,
        sealed: sealed.to_vec(),
    }
}

fn put(store: &mut dyn Backend, id: u8, sealed: &[u8]) -> Result<(), Fault> {
    let mut tx = store.begin(Mode::Write)?;
    tx.obj_put(&[id; 16], &row(sealed))?;
    tx.commit()
}

fn objects(store: &mut dyn Backend) -> u64 {
    store
        .begin(Mode::Read)
        .unwrap()
        .counts(u64::MAX)
        .unwrap()
        .obj
}

fn empty(dir: &TempDir, journal: Journal) -> Box<dyn Backend> {
    let mut number = 0;
    let path = loop {
        let path = dir.path().join(format!("{number}.db"));
        if !path.exists() {
            break path;
        }
        number += 1;
    };
    let options = OpenOptions {
        journal,
        ..options()
    };
    Box::new(SqliteBackend::create(&path, &options).unwrap())
        .publish()
        .unwrap()
}

#[test]
fn sqlite_conforms_with_a_write_ahead_log() {
    let dir = folder();
    conformance::run_all(&mut || empty(&dir, Journal::Wal));
}

#[test]
fn sqlite_conforms_with_a_rollback_journal() {
    let dir = folder();
    conformance::run_all(&mut || empty(&dir, Journal::Portable));
}

#[test]
fn a_sqlite_draft_conforms() {
    let dir = folder();
    let mut number = 0;
    conformance::run_all(&mut || {
        number += 1;
        let path = dir.path().join(format!("{number}.db"));
        Box::new(SqliteBackend::create(&path, &options()).unwrap())
    });
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        0,
        "dropped drafts are gone"
    );
}

#[test]
fn memory_conforms() {
    conformance::run_all(&mut || Box::new(MemoryBackend::new()));
}

/// A store in memory that is like a database.
fn watched() -> MemoryBackend {
    MemoryBackend::watched(|| Duration::ZERO).0
}

#[test]
fn memory_conforms_as_a_database() {
    conformance::run_all(&mut || Box::new(watched()));
    conformance::run_pairs(&mut || {
        let one = watched();
        (Box::new(one.clone()), Box::new(one))
    });
}

#[test]
fn two_connections_of_sqlite_conform() {
    let dir = folder();
    let mut number = 0;
    conformance::run_pairs(&mut || {
        number += 1;
        let path = dir.path().join(format!("{number}.db"));
        let one = Box::new(SqliteBackend::create(&path, &options()).unwrap())
            .publish()
            .unwrap();
        (
            one,
            Box::new(SqliteBackend::open(&path, &options()).unwrap()),
        )
    });
}

#[test]
fn two_connections_to_memory_conform() {
    conformance::run_pairs(&mut || {
        let one = MemoryBackend::new();
        (Box::new(one.clone()), Box::new(one))
    });
}
