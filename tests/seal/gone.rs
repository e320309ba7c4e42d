//! A missing anchor is a first use only where nothing else shows that the store was seen before.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use hallpass::backend::Fault;
use hallpass::backend::memory::{Around, MemoryBackend};
use hallpass::backend::sqlite::OpenOptions;
use hallpass::barrier::{Acceptance, Notice, State, Unique};
use hallpass::model::token::TokenAddress;
use hallpass::ops::{Core, store, token};
use hallpass::{Error, Kind};

use super::attack_store::AttackStore;

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

fn anchors(lab: &AttackStore) -> PathBuf {
    lab.folder().join("state/anchors")
}

fn anchor(lab: &AttackStore) -> PathBuf {
    let mut files = files(&anchors(lab)).into_iter();
    files.find(|path| path.extension().is_none()).unwrap()
}

fn lose_anchor(lab: &AttackStore) {
    fs::remove_file(anchor(lab)).unwrap();
}

fn lose_tombstones(lab: &AttackStore) {
    let tombstones = files(&anchors(lab)).into_iter();
    let tombstones = tombstones.filter(|path| path.extension().is_some());
    tombstones.for_each(|path| fs::remove_file(path).unwrap());
}

fn ask(lab: &AttackStore) -> Result<String, Error> {
    lab.ask(&mut lab.open()?)
}

#[track_caller]
fn refused(lab: &AttackStore, kind: Kind) {
    assert_eq!(ask(lab).unwrap_err().kind(), kind);
}

fn revoke(core: &mut Core, name: &str) {
    let name: TokenAddress = name.parse().unwrap();
    token::revoke(core, &[name.into()], None).unwrap();
}

fn valid(answer: &str) -> usize {
    answer
        .lines()
        .filter(|line| line.contains("\"valid\":true"))
        .count()
}

#[test]
fn a_missing_anchor_of_a_store_that_is_known_here_is_a_fork_until_it_is_accepted() {
    let lab = AttackStore::new();
    let truth = ask(&lab).unwrap();
    lose_anchor(&lab);
    lose_tombstones(&lab);
    refused(&lab, Kind::Fork);
    assert!(files(&anchors(&lab)).is_empty(), "none was made");
    let mut core = lab.open().unwrap();
    let rollback = store::accept(&mut core, Acceptance::Rollback).map(drop);
    assert_eq!(
        rollback.unwrap_err().kind(),
        Kind::Fork,
        "nobody knows that it is one"
    );
    store::accept(&mut core, Acceptance::Fork).unwrap();
    drop(core);
    assert_eq!(valid(&ask(&lab).unwrap()), valid(&truth));
}

#[test]
fn an_older_store_does_not_revive_what_the_tombstones_name_where_the_anchor_is_gone() {
    let lab = AttackStore::new();
    let old = lab.bytes();
    let mut core = lab.open().unwrap();
    revoke(&mut core, "ci/laptop");
    core.store.checkpoint().unwrap();
    drop(core);
    let revoked = ask(&lab).unwrap();
    lab.put(&old);
    lose_anchor(&lab);
    fs::remove_dir_all(lab.folder().join("state/known")).unwrap();
    refused(&lab, Kind::Fork);
    let mut core = lab.open().unwrap();
    assert_eq!(
        store::accept(&mut core, Acceptance::Fork)
            .unwrap()
            .revoked_again,
        1
    );
    drop(core);
    assert_eq!(valid(&ask(&lab).unwrap()), valid(&revoked));
}

#[test]
fn a_store_that_was_seen_at_another_path_was_seen() {
    let lab = AttackStore::new();
    lose_anchor(&lab);
    lose_tombstones(&lab);
    let moved = State {
        path: Some(lab.folder().join("moved.db")),
        ..lab.state()
    };
    let error = lab.open_with(&moved).unwrap().read(|_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), Kind::Fork);
}

#[test]
fn a_store_that_nothing_speaks_of_is_here_for_the_first_time() {
    let lab = AttackStore::new();
    lose_anchor(&lab);
    lose_tombstones(&lab);
    for path in files(&lab.folder().join("state/known")) {
        // Another store at another path says nothing of this one.
        fs::rename(&path, path.with_file_name("0".repeat(32))).unwrap();
        fs::write(path.with_file_name("0".repeat(32)), "1".repeat(32)).unwrap();
    }
    let mut core = lab.open().unwrap();
    lab.ask(&mut core).unwrap();
    assert_eq!(core.store.take_notices(), [Notice::FirstUse]);
}

#[test]
fn another_store_that_is_known_here_is_a_substitution_with_or_without_an_anchor() {
    let (lab, other) = (AttackStore::new(), AttackStore::new());
    lose_anchor(&lab);
    lose_tombstones(&lab);
    let known = files(&lab.folder().join("state/known")).remove(0);
    fs::copy(files(&other.folder().join("state/known")).remove(0), known).unwrap();
    refused(&lab, Kind::Substituted);
    let mut core = lab.open().unwrap();
    store::accept(&mut core, Acceptance::Fork).unwrap();
    drop(core);
    ask(&lab).unwrap();
}

#[test]
fn an_anchor_that_is_required_and_gone_is_a_fork_and_not_a_first_use() {
    let lab = AttackStore::new();
    lose_anchor(&lab);
    let require = State {
        require: true,
        ..lab.state()
    };
    let error = lab
        .open_with(&require)
        .unwrap()
        .read(|_| Ok(()))
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Fork);
}

#[test]
fn a_first_change_that_fails_leaves_no_store_that_is_refused() {
    let backend = MemoryBackend::new();
    let (lab, core) = AttackStore::refound(backend.clone());
    drop(core);
    fs::remove_dir_all(lab.folder().join("state")).unwrap();
    let mut core = lab.open_backend(backend.clone()).unwrap();
    backend
        .faults()
        .fail_commit(Around::Before, || Fault::Storage("full".into()));
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap_err();
    drop(core);
    assert_eq!(
        files(&anchors(&lab)).len(),
        2,
        "the tombstones were there before the commit"
    );
    let mut core = lab.open_backend(backend).unwrap();
    lab.ask(&mut core).unwrap();
}

#[test]
fn an_anchor_that_could_not_be_made_is_not_taken_for_one_that_is_gone() {
    let backend = MemoryBackend::new();
    let (lab, core) = AttackStore::refound(backend.clone());
    drop(core);
    fs::remove_dir_all(lab.folder().join("state")).unwrap();
    let mut core = lab.open_backend(backend.clone()).unwrap();
    core.write(|w| {
        // In the way from now on, after everything was looked at.
        fs::remove_dir(anchors(&lab)).unwrap();
        fs::write(anchors(&lab), "").unwrap();
        let somebody = w.fresh_id()?;
        w.index(Unique::Email("somebody@example.org"), somebody)
    })
    .unwrap();
    core.store.take_anchor_failure().unwrap();
    drop(core);
    fs::remove_file(anchors(&lab)).unwrap();
    let mut core = lab.open_backend(backend).unwrap();
    lab.ask(&mut core).unwrap();
    assert!(
        core.store
            .take_notices()
            .iter()
            .any(|it| matches!(it, Notice::FirstUse))
    );
}

#[test]
fn an_acceptance_that_was_killed_is_made_or_not_where_there_was_no_anchor() {
    let lab = AttackStore::new();
    let before = lab.bytes();
    lose_anchor(&lab);
    let mut core = lab.open().unwrap();
    store::accept(&mut core, Acceptance::Fork).unwrap();
    core.store.checkpoint().unwrap();
    drop(core);
    lab.sweep();
    // As the kill leaves it: nothing but an announcement.
    let mut announced = vec![0; 8192];
    announced.extend_from_slice(&fs::read(anchor(&lab)).unwrap()[..160]);
    let after = lab.bytes();
    lab.put(&before);
    fs::write(anchor(&lab), &announced).unwrap();
    refused(&lab, Kind::Fork);
    lab.put(&after);
    ask(&lab).unwrap();
    assert_ne!(
        fs::read(anchor(&lab)).unwrap(),
        announced,
        "from now on it is seen"
    );
}

#[test]
fn an_acceptance_that_failed_is_not_expected_where_there_was_no_anchor() {
    let backend = MemoryBackend::new();
    let (lab, core) = AttackStore::refound(backend.clone());
    drop(core);
    lose_anchor(&lab);
    let mut core = lab.open_backend(backend.clone()).unwrap();
    backend
        .faults()
        .fail_commit(Around::Before, || Fault::Storage("full".into()));
    store::accept(&mut core, Acceptance::Fork).unwrap_err();
    assert!(
        files(&anchors(&lab))
            .iter()
            .all(|path| path.extension().is_some())
    );
    let error = core.read(|_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), Kind::Fork);
}

#[test]
fn a_restore_needs_no_anchor_and_is_remembered() {
    let lab = AttackStore::new();
    let backup = lab.folder().join("b.db");
    let mut core = lab.open().unwrap();
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    revoke(&mut core, "ci/laptop");
    drop(core);
    lose_anchor(&lab);
    refused(&lab, Kind::Fork);
    let restored = lab.restore(&backup, None, &lab.state());
    drop(restored.unwrap());
    ask(&lab).unwrap();
}

#[test]
fn of_many_first_uses_at_once_none_is_refused() {
    for _ in 0..5 {
        let lab = AttackStore::new();
        fs::remove_dir_all(lab.folder().join("state")).unwrap();
        thread::scope(|scope| {
            let users: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| lab.open().unwrap().read(|_| Ok(())).map_err(|it| it.kind()))
                })
                .collect();
            for user in users {
                assert_eq!(user.join().unwrap(), Ok(()));
            }
        });
    }
}

#[test]
fn a_restore_trusts_no_memory_that_others_could_have_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = AttackStore::new();
    let backup = lab.folder().join("b.db");
    let mut core = lab.open().unwrap();
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    drop(core);
    let before = lab.bytes();
    fs::set_permissions(anchors(&lab), fs::Permissions::from_mode(0o777)).unwrap();
    let refused = lab.restore(&backup, None, &lab.state());
    assert_eq!(refused.err().unwrap().kind(), Kind::UnsafeFile);
    assert_eq!(lab.bytes(), before);
}
