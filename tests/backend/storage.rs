//! Busy, full and read-only storage, and what is left at rest.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use hallpass::backend::sqlite::{AtClose, Journal, OpenOptions, SqliteBackend};
use hallpass::backend::{Backend, Fault, FileStore as _, Mode};

use super::{Fixture, folder, objects, options, put, row};
use crate::support::alone;

#[test]
fn the_second_writer_is_told_that_the_store_is_busy() {
    for journal in [Journal::Wal, Journal::Portable] {
        let store = Fixture::with(journal);
        let (mut one, mut other) = (store.open().unwrap(), store.open().unwrap());
        let tx = one.begin(Mode::Write).unwrap();
        assert!(matches!(other.begin(Mode::Write), Err(Fault::Busy)));
        drop(tx);
        other.begin(Mode::Write).unwrap();
    }
}

#[test]
fn a_full_disk_leaves_the_state_before_and_writing_works_again() {
    let store = Fixture::new();
    let pages = u32::try_from(fs::metadata(&store.path).unwrap().len() / 4096).unwrap();
    let tight = OpenOptions {
        max_pages: Some(pages + 2),
        ..options()
    };
    let mut full = SqliteBackend::open(&store.path, &tight).unwrap();
    assert!(matches!(
        put(&mut full, 99, &vec![0; 40_000]),
        Err(Fault::Storage(_))
    ));
    assert_eq!(objects(&mut full), 20);
    put(&mut full, 99, b"small").unwrap();
    drop(full);
    let mut again = store.open().unwrap();
    assert_eq!(objects(&mut again), 21);
    put(&mut again, 100, &vec![0; 40_000]).unwrap();
}

#[test]
fn a_store_is_in_one_file_after_a_writer_left() {
    let store = Fixture::new();
    let mut writer = store.open().unwrap();
    put(&mut writer, 50, b"x").unwrap();
    assert!(fs::metadata(store.beside("-wal")).unwrap().len() > 0);
    drop(writer);
    assert_eq!(
        fs::metadata(store.beside("-wal")).map_or(0, |wal| wal.len()),
        0
    );
    fs::copy(&store.path, store.dir.path().join("copy.db")).unwrap();
    let mut copy = SqliteBackend::open(&store.dir.path().join("copy.db"), &options()).unwrap();
    assert_eq!(objects(&mut copy), 21);
}

#[test]
fn a_writer_may_leave_a_short_log_and_never_a_long_one() {
    let store = Fixture::new();
    let leave = OpenOptions {
        at_close: AtClose::Leave,
        ..options()
    };
    let mut lengths = Vec::new();
    for n in 30..60 {
        put(
            &mut SqliteBackend::open(&store.path, &leave).unwrap(),
            n,
            &[n; 12_000],
        )
        .unwrap();
        lengths.push(fs::metadata(store.beside("-wal")).unwrap().len());
    }
    assert!(lengths[0] > 0 && lengths.contains(&0), "{lengths:?}");
    assert!(
        lengths.iter().all(|length| *length < 300_000),
        "{lengths:?}"
    );
    assert_eq!(objects(&mut store.open().unwrap()), 50);
}

#[test]
fn a_kill_keeps_what_was_committed() {
    let store = Fixture::new();
    let mut killed = store.open().unwrap();
    put(&mut killed, 50, b"x").unwrap();
    let copy = folder();
    for suffix in ["", "-wal"] {
        let mut to = copy.path().join("store.db").into_os_string();
        to.push(suffix);
        fs::copy(store.beside(suffix), to).unwrap();
    }
    let mut after = SqliteBackend::open(&copy.path().join("store.db"), &options()).unwrap();
    assert_eq!(objects(&mut after), 21);
}

/// Runs the ignored test `name`, which must pass, as somebody who is not root, on `path`.
#[track_caller]
fn as_somebody(name: &str, path: &Path, what: &str) {
    let mut command = alone::test(module_path!(), name);
    alone::as_somebody(&mut command);
    command.env("HALLPASS_TEST_STORE", path);
    alone::passes(command, what);
}

/// Gives a store and its folder to the one who opens it, with these modes.
fn hand_over(store: &Fixture, file: u32, folder: u32) {
    let owner = rustix::process::geteuid()
        .is_root()
        .then_some(alone::SOMEBODY);
    for entry in fs::read_dir(store.dir.path()).unwrap() {
        chown(entry.unwrap().path(), owner, None).unwrap();
    }
    chown(store.dir.path(), owner, None).unwrap();
    fs::set_permissions(&store.path, Permissions::from_mode(file)).unwrap();
    fs::set_permissions(store.dir.path(), Permissions::from_mode(folder)).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "set by `as_somebody`")]
fn given() -> PathBuf {
    std::env::var_os("HALLPASS_TEST_STORE").unwrap().into()
}

#[test]
#[ignore = "run by the tests below, as somebody who is not root"]
fn opens_to_read_only() {
    let mut store = SqliteBackend::open(&given(), &options()).unwrap();
    assert!(!store.writable());
    store.begin(Mode::Read).unwrap().check_shape().unwrap();
    assert_eq!(objects(&mut store), 20);
    assert!(matches!(store.begin(Mode::Write), Err(Fault::ReadOnly(_))));
    assert!(matches!(store.compact(), Err(Fault::ReadOnly(_))));
    store.checkpoint().unwrap();
}

#[test]
#[ignore = "run by the tests below, as somebody who is not root"]
fn is_refused_as_read_only() {
    let refused = SqliteBackend::open(&given(), &options()).map(drop);
    assert!(matches!(refused, Err(Fault::ReadOnly(_))));
}

#[test]
fn a_file_or_folder_that_cannot_be_written_can_be_read() {
    for journal in [Journal::Wal, Journal::Portable] {
        for (file, folder) in [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)] {
            let store = Fixture::with(journal);
            hand_over(&store, file, folder);
            let what = format!("{journal:?} {file:o} {folder:o}");
            as_somebody("opens_to_read_only", &store.path, &what);
        }
    }
}

#[test]
fn a_pending_journal_in_a_read_only_folder_is_refused() {
    for (journal, suffix) in [(Journal::Wal, "-wal"), (Journal::Portable, "-journal")] {
        let store = Fixture::with(journal);
        fs::write(store.beside(suffix), b"something").unwrap();
        fs::set_permissions(store.beside(suffix), Permissions::from_mode(0o600)).unwrap();
        hand_over(&store, 0o600, 0o500);
        as_somebody("is_refused_as_read_only", &store.path, suffix);
    }
}

#[test]
fn one_transaction_is_all_or_nothing_under_a_fault_inside_it() {
    let store = Fixture::new();
    let mut backend = store.open().unwrap();
    let mut tx = backend.begin(Mode::Write).unwrap();
    tx.obj_put(&[77; 16], &row(b"x")).unwrap();
    tx.obj_del(&[88; 16]).unwrap_err();
    drop(tx);
    assert_eq!(objects(&mut backend), 20);
}
