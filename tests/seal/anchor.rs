//! T08: an older or another file is not taken for the store, as long as its anchor is there.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::backend::{Backend, Placement, Target};
use hallpass::barrier::{Acceptance, KdfLimits, Notice, State, Store};
use hallpass::clock::FixedClock;
use hallpass::model::time::Time;
use hallpass::model::token::{TokenAddress, TokenState, Use};
use hallpass::ops::token::{Filter, StateFilter};
use hallpass::ops::{profile, store, token};
use hallpass::{Error, Kind};

use super::attack_store::{AttackStore, NOW, context};

/// One more transaction, in the file alone.
pub(super) fn step(lab: &mut AttackStore, name: &str) {
    let mut core = lab.open().unwrap();
    lab.issue(&mut core, "sync", name);
    core.store.checkpoint().unwrap();
    drop(core);
    lab.sweep();
}

pub(super) fn kind(answer: Result<String, Error>) -> Kind {
    answer.unwrap_err().kind()
}

pub(super) fn ask(lab: &AttackStore) -> Result<String, Error> {
    lab.ask(&mut lab.open()?)
}

#[test]
fn every_older_file_is_a_rollback() {
    let mut lab = AttackStore::new();
    let mut files = vec![lab.bytes()];
    for n in 0..20 {
        step(&mut lab, &format!("t{n}"));
        files.push(lab.bytes());
    }
    let (newest, older) = files.split_last().unwrap();
    for old in older {
        lab.put(old);
        assert_eq!(kind(ask(&lab)), Kind::Rollback);
    }
    lab.put(newest);
    assert!(ask(&lab).is_ok());
}

#[test]
fn two_histories_of_one_store_are_a_fork() {
    let mut lab = AttackStore::new();
    let common = lab.bytes();
    let anchors = lab.folder().join("state");
    let kept = lab.folder().join("kept");
    copy(&anchors, &kept);
    step(&mut lab, "ours");
    let ours = lab.bytes();
    // The other machine goes on from the common state, with its own memory.
    lab.put(&common);
    fs::remove_dir_all(&anchors).unwrap();
    copy(&kept, &anchors);
    step(&mut lab, "theirs");
    lab.put(&ours);
    assert_eq!(kind(ask(&lab)), Kind::Fork, "at the same epoch");
    lab.put(&common);
    fs::remove_dir_all(&anchors).unwrap();
    copy(&kept, &anchors);
    step(&mut lab, "theirs");
    let mut other = State::off();
    other.folder = Some(kept.clone());
    lab.put(&ours);
    let mut core = lab
        .open_with(&State {
            folder: Some(kept),
            ..other
        })
        .unwrap();
    lab.issue(&mut core, "sync", "more");
    core.store.checkpoint().unwrap();
    drop(core);
    assert_eq!(kind(ask(&lab)), Kind::Fork, "at a later epoch");
}

pub(super) fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn what_another_process_committed_is_caught_up_with() {
    let mut lab = AttackStore::new();
    let mut elsewhere = lab.open_with(&State::off()).unwrap();
    for n in 0..5 {
        lab.issue(&mut elsewhere, "sync", &format!("missed{n}"));
    }
    drop(elsewhere);
    assert!(ask(&lab).is_ok(), "the log continues what was seen");
    let old = lab.bytes();
    step(&mut lab, "later");
    lab.put(&old);
    assert_eq!(kind(ask(&lab)), Kind::Rollback, "and it was remembered");
}

#[test]
fn a_store_is_noticed_as_new_to_this_machine_once() {
    let lab = AttackStore::new();
    let state = State {
        folder: Some(lab.folder().join("elsewhere")),
        place: None,
        require: false,
    };
    let mut core = lab.open_with(&state).unwrap();
    lab.ask(&mut core).unwrap();
    assert_eq!(core.store.take_notices(), [Notice::FirstUse]);
    drop(core);
    let mut core = lab.open_with(&state).unwrap();
    lab.ask(&mut core).unwrap();
    assert_eq!(core.store.take_notices(), []);
    let require = State {
        folder: Some(lab.folder().join("nowhere")),
        place: None,
        require: true,
    };
    assert_eq!(
        kind(lab.ask(&mut lab.open_with(&require).unwrap())),
        Kind::Rollback
    );
}

#[test]
fn another_store_in_its_place_is_a_substitution() {
    let lab = AttackStore::new();
    let other = AttackStore::new();
    lab.put(&other.bytes());
    let backend = SqliteBackend::open(&lab.path(), &OpenOptions::default()).unwrap();
    let limits = KdfLimits::default();
    let foreign = Store::open(Box::new(backend), &other.secret(), &limits, &lab.state());
    let error = foreign.unwrap().read(|_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), Kind::Substituted);
}

pub(super) fn anchor_file(lab: &AttackStore) -> PathBuf {
    let folder = lab.folder().join("state/anchors");
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_none()).unwrap()
}

#[test]
fn a_foreign_or_damaged_anchor_is_refused() {
    let mut lab = AttackStore::new();
    step(&mut lab, "one");
    let anchor = anchor_file(&lab);
    let whole = fs::read(&anchor).unwrap();
    let truth = ask(&lab).unwrap();
    let (mut told, mut kept) = (0, 0);
    let slots = (0..160).chain(4096..4256);
    for bit in slots.flat_map(|byte| byte * 8..byte * 8 + 8).step_by(3) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&anchor, bytes).unwrap();
        match ask(&lab) {
            Ok(answer) => {
                assert_eq!(answer, truth);
                kept += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), Kind::Substituted);
                told += 1;
            }
        }
    }
    assert!(
        told == 0 && kept > 0,
        "one slot always holds: {told} {kept}"
    );
    fs::write(&anchor, vec![0; 8192]).unwrap();
    assert_eq!(kind(ask(&lab)), Kind::Substituted);
    fs::write(&anchor, b"").unwrap();
    assert_eq!(
        kind(ask(&lab)),
        Kind::Substituted,
        "an empty anchor is no first use"
    );
}

#[test]
fn an_accepted_rollback_does_not_revive_what_was_revoked() {
    let lab = AttackStore::new();
    let old = lab.bytes();
    let mut core = lab.open().unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    let newer = {
        core.store.checkpoint().unwrap();
        drop(core);
        lab.sweep();
        lab.bytes()
    };
    let revoked = ask(&lab).unwrap();
    assert!(revoked.contains("\"revoked\""));
    lab.put(&old);
    assert_eq!(kind(ask(&lab)), Kind::Rollback);
    let mut core = lab.open().unwrap();
    assert_eq!(
        store::accept(&mut core, Acceptance::Rollback)
            .unwrap()
            .revoked_again,
        1
    );
    drop(core);
    let verdicts = |answer: String| {
        answer
            .lines()
            .filter(|l| l.contains("\"valid\":true"))
            .count()
    };
    assert_eq!(verdicts(ask(&lab).unwrap()), verdicts(revoked));
    lab.put(&newer);
    assert_eq!(
        kind(ask(&lab)),
        Kind::Fork,
        "the lost history never comes back"
    );
}

#[test]
fn an_acceptance_that_was_cut_short_counts_until_the_next_change() {
    let mut lab = AttackStore::new();
    let old = lab.bytes();
    step(&mut lab, "lost");
    let lost = lab.bytes();
    lab.put(&old);
    let seen = fs::read(anchor_file(&lab)).unwrap();
    let mut core = lab.open().unwrap();
    store::accept(&mut core, Acceptance::Rollback).unwrap();
    core.store.checkpoint().unwrap();
    drop(core);
    lab.sweep();
    let accepted = lab.bytes();
    // As a kill between the commit and the anchor leaves it: announced behind what was seen before.
    let followed = fs::read(anchor_file(&lab)).unwrap();
    let mut announced = seen;
    announced.resize(8192, 0);
    announced.extend_from_slice(&followed[..160]);
    fs::write(anchor_file(&lab), &announced).unwrap();
    assert!(ask(&lab).is_ok(), "it was announced");
    fs::write(anchor_file(&lab), announced).unwrap();
    lab.put(&lost);
    assert!(ask(&lab).is_ok(), "this machine has seen it");
    step(&mut lab, "further");
    lab.put(&accepted);
    assert_eq!(kind(ask(&lab)), Kind::Fork, "the store went on without it");
}

#[test]
fn an_anchor_that_cannot_be_written_stops_a_change_before_it_begins() {
    let mut lab = AttackStore::new();
    let before = lab.bytes();
    let state = lab.folder().join("state");
    fs::remove_dir_all(&state).unwrap();
    fs::write(&state, b"in the way").unwrap();
    let mut core = lab.open().unwrap();
    let draft = token::Draft::new("sync".parse().unwrap(), "x".parse().unwrap());
    let error = token::issue_many(&mut core, &[draft]).unwrap_err();
    assert_eq!(error.kind(), Kind::ReadOnly, "{error}");
    drop(core);
    lab.sweep();
    assert_eq!(lab.bytes(), before);
    let mut core = lab.open_with(&State::off()).unwrap();
    lab.issue(&mut core, "sync", "y");
}

#[test]
fn a_restore_asks_the_store_that_it_replaces_what_was_revoked() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    drop(core);
    // Without an anchor nothing outside the store knows of this.
    let mut core = lab.open_with(&State::off()).unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    drop(core);
    let options = OpenOptions::default();
    let open = |path: &std::path::Path| -> Box<dyn Backend> {
        Box::new(SqliteBackend::open(path, &options).unwrap())
    };
    let secret = lab.secret();
    let limits = KdfLimits::default();
    let backup = store::Backup {
        backend: open(&backup),
        secret: &secret,
        limits,
    };
    let path = lab.path();
    let target = Target {
        path: &path,
        placement: Placement::Replace,
        options: &options,
    };
    let (present, state) = (Some(open(&path)), lab.state());
    let restored = store::restore(backup, present, &target, &state, context(), &mut |_| ());
    let (mut core, restored) = restored.unwrap();
    assert_eq!(restored.carried.revoked_again, 1);
    // What was used between the backup and now, nobody knows any more.
    let name: TokenAddress = "sync/a".parse().unwrap();
    let shown = token::show(&mut core, &name.into()).unwrap();
    assert_eq!((shown.used, shown.last_used_at), (Use::Unknown, None));
}

#[test]
fn what_was_pruned_is_not_revived_by_an_older_backup() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    profile::delete(&mut core, &"sync".parse().unwrap()).unwrap();
    drop(core);
    // Nothing but the pruning itself may be what is remembered.
    let tombstones = fs::read_dir(lab.folder().join("state/anchors")).unwrap();
    let tombstones = tombstones.map(|it| it.unwrap().path());
    let tombstones = tombstones.filter(|it| it.extension().is_some_and(|it| it == "revoked"));
    tombstones.for_each(|it| fs::remove_file(it).unwrap());
    let later = Time::from_seconds(NOW.seconds() + 40 * 86_400);
    let mut core = lab.open().unwrap();
    core.clock = Box::new(FixedClock::new(later));
    let ended_for = Some("30d".parse().unwrap());
    let ended = Filter {
        which: StateFilter::Ended,
        ended_for,
        ..Filter::default()
    };
    let pruned = token::prune(&mut core, &ended).unwrap();
    let ids: Vec<_> = pruned.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), 3, "{pruned:?}");
    drop(core);
    let options = OpenOptions::default();
    let (secret, limits) = (lab.secret(), KdfLimits::default());
    let opened: Box<dyn Backend> = Box::new(SqliteBackend::open(&backup, &options).unwrap());
    let backup = store::Backup {
        backend: opened,
        secret: &secret,
        limits,
    };
    let path = lab.path();
    let target = Target {
        path: &path,
        placement: Placement::Replace,
        options: &options,
    };
    let restored = store::restore(backup, None, &target, &lab.state(), context(), &mut |_| ());
    let (mut core, restored) = restored.unwrap();
    assert_eq!(
        restored.carried.revoked_again, 3,
        "two tokens and a profile: {restored:?}"
    );
    for id in ids {
        let shown = token::show(&mut core, &TokenAddress::Id(id).into()).unwrap();
        assert_eq!(shown.state, TokenState::Revoked, "{shown:?}");
    }
    store::check(&mut core, &mut |_, _| ()).unwrap();
}

#[test]
fn a_place_that_the_store_was_moved_to_is_remembered() {
    let lab = AttackStore::new();
    let state = State {
        place: Some(lab.folder().join("elsewhere.db")),
        ..lab.state()
    };
    lab.open_with(&state).unwrap().read(|_| Ok(())).unwrap();
    assert!(state.knows_here(&lab.open().unwrap().store.id()));
}

#[test]
fn what_others_could_have_written_or_exchanged_proves_nothing() {
    let lab = AttackStore::new();
    let outer = lab.folder().join("outer");
    let folder = outer.join("state");
    let memory = State {
        folder: Some(folder.clone()),
        ..lab.state()
    };
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    let mut core = lab.open_with(&memory).unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    drop(core);
    let (anchors, known) = (folder.join("anchors"), folder.join("known"));
    let inside = |folder: &PathBuf| {
        fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect::<Vec<_>>()
    };
    let files = [inside(&anchors), inside(&known)].concat();
    assert_eq!(files.len(), 3, "the anchor, the tombstones, and the path");
    for path in [outer, folder.clone(), anchors.clone(), known]
        .into_iter()
        .chain(files)
    {
        let before = fs::metadata(&path).unwrap().permissions();
        for more in [0o020, 0o002] {
            let mode = before.mode() | more;
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let mut core = lab.open_with(&memory).unwrap();
            let error = core.read(|_| Ok(())).unwrap_err();
            assert_eq!(
                error.kind(),
                Kind::UnsafeFile,
                "{} {mode:o}",
                path.display()
            );
            assert_eq!(
                core.store.tombstones().err().unwrap().kind(),
                Kind::UnsafeFile
            );
        }
        fs::set_permissions(&path, before).unwrap();
        lab.open_with(&memory).unwrap().read(|_| Ok(())).unwrap();
    }
    // A link that only its owner could have made is as good as what it leads to.
    let linked = lab.folder().join("linked");
    std::os::unix::fs::symlink(&folder, &linked).unwrap();
    let by_link = State {
        folder: Some(linked),
        ..lab.state()
    };
    lab.open_with(&by_link).unwrap().read(|_| Ok(())).unwrap();
    let anchor = inside(&anchors)
        .into_iter()
        .find(|it| it.extension().is_none())
        .unwrap();
    fs::rename(&anchor, anchors.join("other")).unwrap();
    std::os::unix::fs::symlink("other", &anchor).unwrap();
    let error = lab
        .open_with(&memory)
        .unwrap()
        .read(|_| Ok(()))
        .unwrap_err();
    assert_eq!(
        error.kind(),
        Kind::UnsafeFile,
        "but not a file of the memory"
    );
}

#[test]
fn a_restore_that_was_refused_is_not_expected_any_more() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    lab.ask(&mut core).unwrap();
    let options = OpenOptions {
        busy_timeout: Duration::from_millis(50),
        ..OpenOptions::default()
    };
    let open = |path: &std::path::Path| -> Box<dyn Backend> {
        Box::new(SqliteBackend::open(path, &options).unwrap())
    };
    let (secret, limits) = (lab.secret(), KdfLimits::default());
    let backup = store::Backup {
        backend: open(&backup),
        secret: &secret,
        limits,
    };
    let path = lab.path();
    let target = Target {
        path: &path,
        placement: Placement::Replace,
        options: &options,
    };
    // `core` still has the store open.
    let refused = store::restore(backup, None, &target, &lab.state(), context(), &mut |_| ());
    assert_eq!(refused.err().unwrap().kind(), Kind::Busy);
    let anchor = fs::read(anchor_file(&lab)).unwrap();
    assert!(
        anchor.iter().skip(8192).all(|byte| *byte == 0),
        "an announcement is left"
    );
    assert!(anchor.len() > 8192, "the premise: it was announced");
    drop(core);
}
