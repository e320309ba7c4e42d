//! New stores, copies and stores that are put in place of others.

use std::fs;
use std::path::Path;

use hallpass::backend::sqlite::{FolderPolicy, Journal, OpenOptions, SqliteBackend};
use hallpass::backend::{Backend, Fault, FileStore as _, Mode, Placement, Target};

use super::{Fixture, fill, filled, folder, objects, options, put};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

fn copy(
    store: &mut dyn Backend,
    path: &Path,
    placement: Placement,
    options: &OpenOptions,
) -> Result<Box<dyn Backend>, Fault> {
    store.files().unwrap().copy_to(
        &Target {
            path,
            placement,
            options,
        },
        &mut |_| (),
    )
}

fn fault(result: Result<Box<dyn Backend>, Fault>) -> Fault {
    result.map(drop).unwrap_err()
}

#[test]
fn a_new_store_appears_when_it_is_published_and_not_before() {
    let dir = folder();
    let path = dir.path().join("store.db");
    let mut draft = SqliteBackend::create(&path, &options()).unwrap();
    fill(&mut draft, 3);
    assert!(!path.exists());
    let mut store = Box::new(draft).publish().unwrap();
    assert_eq!(objects(store.as_mut()), 3);
    drop(store);
    assert!(
        names(dir.path())
            .iter()
            .all(|name| name.starts_with("store.db"))
    );
}

#[test]
fn a_draft_that_is_dropped_leaves_nothing() {
    let dir = folder();
    let mut draft = SqliteBackend::create(&dir.path().join("store.db"), &options()).unwrap();
    fill(&mut draft, 3);
    assert_eq!(names(dir.path()).len(), 1);
    drop(draft);
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn a_new_store_never_replaces_one() {
    let store = Fixture::new();
    let before = fs::read(&store.path).unwrap();
    let early = SqliteBackend::create(&store.path, &options()).map(drop);
    assert!(matches!(early, Err(Fault::Exists(_))));
    let late = store.dir.path().join("late.db");
    let draft = Box::new(SqliteBackend::create(&late, &options()).unwrap());
    fs::copy(&store.path, &late).unwrap();
    assert!(matches!(fault(draft.publish()), Fault::Exists(_)));
    assert_eq!(fs::read(&late).unwrap(), before);
}

#[test]
fn a_link_that_leads_nowhere_is_not_written_through() {
    let dir = folder();
    let path = dir.path().join("store.db");
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), &path).unwrap();
    let refused = SqliteBackend::create(&path, &options()).map(drop);
    assert!(matches!(refused, Err(Fault::Exists(_))));
}

#[test]
fn a_journal_is_chosen_when_a_store_is_made_and_stays() {
    for (journal, mode) in [(Journal::Wal, "wal"), (Journal::Portable, "delete")] {
        let store = Fixture::with(journal);
        put(&mut store.open().unwrap(), 1, b"x").unwrap();
        let connection = rusqlite::Connection::open(&store.path).unwrap();
        let found: String = connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, mode);
    }
}

#[test]
fn a_copy_holds_what_was_committed_and_can_be_checked_first() {
    let store = Fixture::new();
    let mut backend = store.open().unwrap();
    let mut writer = store.open().unwrap();
    put(&mut writer, 50, b"still in the write-ahead log").unwrap();
    let to = folder();
    let path = to.path().join("backup.db");
    let portable = OpenOptions {
        journal: Journal::Portable,
        folder: FolderPolicy::Any,
        ..options()
    };
    let mut reports = Vec::new();
    let target = Target {
        path: &path,
        placement: Placement::New,
        options: &portable,
    };
    let mut draft = backend
        .copy_to(&target, &mut |now| reports.push(now))
        .unwrap();
    assert!(
        reports
            .last()
            .is_some_and(|last| last.done == last.total && last.total > 0)
    );
    draft.begin(Mode::Read).unwrap().check_shape().unwrap();
    assert_eq!(objects(draft.as_mut()), 21);
    assert!(!path.exists());
    drop(draft.publish().unwrap());
    assert_eq!(names(to.path()), ["backup.db"]);
    let again = copy(&mut backend, &path, Placement::New, &portable);
    assert!(matches!(fault(again), Fault::Exists(_)));
}

#[test]
fn a_copy_of_what_is_no_store_is_refused() {
    let store = Fixture::new();
    store.sql("CREATE TABLE extra(x)");
    let mut backend = store.open().unwrap();
    let path = store.dir.path().join("backup.db");
    let refused = copy(&mut backend, &path, Placement::New, &options());
    assert!(matches!(fault(refused), Fault::Corrupt(_)));
    assert!(
        !names(store.dir.path())
            .iter()
            .any(|name| name.contains("backup"))
    );
}

/// A backup of 20 objects and a store that has one more since, which only its log holds.
fn old_and_new(journal: Journal) -> (Fixture, Fixture) {
    let (store, backup) = (Fixture::with(journal), Fixture::with(Journal::Portable));
    let mut killed = store.open().unwrap();
    put(&mut killed, 50, b"x").unwrap();
    if journal == Journal::Wal {
        let log = fs::read(store.beside("-wal")).unwrap();
        drop(killed);
        fs::write(store.beside("-wal"), log).unwrap();
    }
    (store, backup)
}

#[test]
fn a_restored_store_replaces_the_old_one_and_its_journal() {
    for journal in [Journal::Wal, Journal::Portable] {
        let (store, backup) = old_and_new(journal);
        assert_eq!(objects(&mut store.open().unwrap()), 21);
        let mut source = backup.open().unwrap();
        let mut draft = copy(&mut source, &store.path, Placement::Replace, &options()).unwrap();
        put(draft.as_mut(), 60, b"a tombstone").unwrap();
        put(draft.as_mut(), 61, b"another").unwrap();
        assert_eq!(
            objects(&mut store.open().unwrap()),
            21,
            "nothing has happened yet"
        );
        let mut restored = draft.publish().unwrap();
        assert_eq!(objects(restored.as_mut()), 22);
        drop(restored);
        assert_eq!(objects(&mut store.open().unwrap()), 22);
        let hidden = names(store.dir.path());
        assert!(
            !hidden.iter().any(|name| name.contains(".tmp")),
            "{hidden:?}"
        );
    }
}

#[test]
fn a_store_that_is_gone_or_ruined_can_be_restored() {
    let ruin: [fn(&Fixture); 4] = [
        |store| fs::remove_file(&store.path).unwrap(),
        |store| fs::write(&store.path, b"").unwrap(),
        |store| fs::write(&store.path, [7; 8192]).unwrap(),
        |store| {
            fs::write(&store.path, [7; 8192]).unwrap();
            fs::write(store.beside("-wal"), [7; 100]).unwrap();
            fs::set_permissions(
                store.beside("-wal"),
                fs::metadata(&store.path).unwrap().permissions(),
            )
            .unwrap();
        },
    ];
    let backup = Fixture::new();
    for ruin in ruin {
        let store = Fixture::new();
        ruin(&store);
        let mut source = backup.open().unwrap();
        let draft = copy(&mut source, &store.path, Placement::Replace, &options()).unwrap();
        assert_eq!(objects(draft.publish().unwrap().as_mut()), 20);
        store.check().unwrap();
    }
}

#[test]
fn a_store_in_use_is_not_replaced() {
    for journal in [Journal::Wal, Journal::Portable] {
        let (store, backup) = (Fixture::with(journal), Fixture::new());
        let mut user = store.open().unwrap();
        let tx = user.begin(Mode::Read).unwrap();
        assert_eq!(tx.counts(u64::MAX).unwrap().obj, 20);
        let mut source = backup.open().unwrap();
        let draft = copy(&mut source, &store.path, Placement::Replace, &options()).unwrap();
        assert!(matches!(fault(draft.publish()), Fault::Busy));
        assert_eq!(tx.counts(u64::MAX).unwrap().obj, 20);
        drop(tx);
        put(&mut user, 50, b"x").unwrap();
    }
}

#[test]
fn of_two_restores_one_is_told_at_once() {
    let (store, backup) = (Fixture::new(), Fixture::new());
    let mut source = backup.open().unwrap();
    let first = copy(&mut source, &store.path, Placement::Replace, &options()).unwrap();
    let second = copy(&mut source, &store.path, Placement::Replace, &options());
    assert!(matches!(fault(second), Fault::Busy));
    drop(first);
    copy(&mut source, &store.path, Placement::Replace, &options()).unwrap();
}

#[test]
fn a_killed_draft_is_in_nobodys_way() {
    let dir = folder();
    let path = dir.path().join("store.db");
    let leftover = format!(".store.db.{}-0.tmp", std::process::id());
    fs::write(
        dir.path().join(&leftover),
        b"from a process that was killed",
    )
    .unwrap();
    drop(filled(&path, &options()));
    assert!(names(dir.path()).contains(&leftover));
}
