//! Drafts: what this machine knows of a store before, while and after it is published.

use std::fs;

use super::*;
use crate::backend::{Backend, Claim, Fault, FileStore, Mode, Transaction, Version};
use crate::barrier::anchor::{Notice, Tombstone};
use crate::kind::Kind;
use crate::model::id::RecordId;

const ENDED: RecordId = RecordId::from_bytes([3; 16]);

/// A storage that is not published: what happens instead, and why.
struct Refusing {
    inner: MemoryBackend,
    meanwhile: Box<dyn FnOnce() + Send>,
    fault: Fault,
}

impl Backend for Refusing {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.inner.begin(mode)
    }

    fn version(&mut self) -> Result<Version, Fault> {
        self.inner.version()
    }

    fn writable(&self) -> bool {
        false
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        self.inner.claim()
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        None
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        (self.meanwhile)();
        Err(self.fault)
    }
}

/// Fails to publish a draft of the store.
fn refused_with(
    held: &TestStore,
    state: &State,
    fault: Fault,
    meanwhile: impl FnOnce() + Send + 'static,
) -> crate::Error {
    let (inner, meanwhile) = (held.backend.clone(), Box::new(meanwhile));
    let backend = Box::new(Refusing {
        inner,
        meanwhile,
        fault,
    });
    let limits = KdfLimits::default();
    let draft = Store::open_copy(backend, &held.secret(), &limits, state).unwrap();
    assert!(!draft.writable());
    draft.publish().err().unwrap()
}

fn refused(
    held: &TestStore,
    fault: Fault,
    meanwhile: impl FnOnce() + Send + 'static,
) -> crate::Error {
    refused_with(held, &held.state(), fault, meanwhile)
}

/// A store of which only the path is remembered, and where its anchor was.
fn without_anchor() -> (TestStore, PathBuf) {
    let (held, store) = TestStore::published();
    let path = anchor(&store).to_owned();
    fs::remove_file(&path).unwrap();
    (held, path)
}

#[test]
fn a_draft_that_was_refused_before_it_was_published_is_not_announced() {
    for fault in [Fault::Busy, Fault::Exists("store.db".into())] {
        let (held, path) = without_anchor();
        let announced = path.clone();
        let seen = move || assert!(announced.exists(), "the premise");
        let kind = fault.kind();
        assert_eq!(refused(&held, fault, seen).kind(), kind);
        assert!(!path.exists());
    }
    let (held, path) = without_anchor();
    let unknown = Fault::Storage("it may be published".into());
    refused(&held, unknown, || ());
    assert!(path.exists());
}

/// Whether there is more in the anchor than its two slots.
fn has_announcement(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.iter().skip(2 * 4096).any(|byte| *byte != 0)
}

#[test]
fn an_anchor_is_told_of_a_draft_wherever_that_will_be() {
    let (held, store) = TestStore::published();
    let path = anchor(&store).to_owned();
    fs::remove_dir_all(held.state_folder().join("known")).unwrap();
    let announced = path.clone();
    let seen = move || assert!(has_announcement(&announced));
    refused(&held, Fault::Busy, seen);
    assert!(!has_announcement(&path));
}

#[test]
fn a_store_that_is_new_to_this_machine_is_not_announced() {
    let (held, _) = TestStore::published();
    let state = held.elsewhere();
    let path = anchor(&held.open(&state)).to_owned();
    let (unseen, made) = (path.clone(), path.clone());
    let meanwhile = move || {
        assert!(!unseen.exists());
        // By another program, which was faster.
        fs::write(made, "theirs").unwrap();
    };
    refused_with(&held, &state, Fault::Busy, meanwhile);
    assert_eq!(fs::read(path).unwrap(), b"theirs");
}

#[test]
fn another_store_is_forgotten_before_the_draft_takes_its_path() {
    let (held, _) = TestStore::published();
    let known = held.state_folder().join("known");
    let known = fs::read_dir(known).unwrap().next().unwrap().unwrap().path();
    fs::write(&known, format!("{}\n", "08".repeat(16))).unwrap();
    let other = known.clone();
    refused(&held, Fault::Busy, move || assert!(!other.exists()));
}

#[test]
fn an_announcement_that_cannot_be_withdrawn_is_said() {
    let (held, path) = without_anchor();
    let gone = path.clone();
    let vanish = move || fs::remove_file(gone).unwrap();
    assert_eq!(refused(&held, Fault::Busy, vanish).kind(), Kind::Busy);
    let stuck = path.clone();
    let replace = move || {
        fs::remove_file(&stuck).unwrap();
        fs::create_dir(stuck).unwrap();
    };
    let error = refused(&held, Fault::Busy, replace);
    assert!(
        matches!(error, crate::Error::AnchorUnwritable { .. }),
        "{error}"
    );
}

#[test]
fn a_store_that_is_published_and_cannot_be_read_back_is_published() {
    let held = TestStore::new();
    let draft = held.draft(&held.state());
    held.backend
        .faults()
        .fail_method("begin", 2, || Fault::Storage("a fault".into()));
    let mut store = draft.publish().unwrap();
    let notices = store.take_notices();
    assert!(
        matches!(&*notices, [Notice::AnchorNotUpdated(why)] if why.contains("a fault")),
        "{notices:?}"
    );
    look(&mut store).unwrap();
}

#[test]
fn only_publishing_accepts_any_history() {
    let (held, mut store) = TestStore::published();
    let before = held.backend.tables();
    change(&mut store);
    held.backend.restore(before);
    assert_eq!(look(&mut store).unwrap_err().kind(), Kind::Rollback);
}

fn end(w: &mut Writer<'_>) -> Result<()> {
    w.record_tombstone(Tombstone::deleted(ENDED));
    note(w)
}

#[test]
fn what_ended_in_a_draft_is_remembered_once_it_is_published() {
    let held = TestStore::new();
    let mut draft = held.draft(&held.state());
    change(&mut draft);
    write_at(&mut draft, NOW, end).unwrap();
    assert!(!held.state_folder().exists());
    let mut store = draft.publish().unwrap();
    assert!(store.tombstones().unwrap().of(ENDED).has_ended());
    assert_eq!(store.take_notices(), []);
}

#[test]
fn a_store_in_which_nothing_ended_has_no_file_of_tombstones() {
    let (_held, mut store) = TestStore::published();
    change(&mut store);
    let file = anchor(&store).with_extension("revoked");
    assert!(!file.exists());
    write_at(&mut store, NOW, end).unwrap();
    assert!(file.exists());
}

#[test]
fn a_store_whose_ends_cannot_be_remembered_is_published_and_that_is_said() {
    let held = TestStore::new();
    let mut draft = held.draft(&held.state());
    write_at(&mut draft, NOW, end).unwrap();
    let file = anchor(&draft).with_extension("revoked");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, [7; 200]).unwrap();
    let mut store = draft.publish().unwrap();
    let notices = store.take_notices();
    assert!(
        matches!(&*notices, [Notice::AnchorNotUpdated(_)]),
        "{notices:?}"
    );
}

#[test]
fn tombstones_that_nobody_needs_are_dropped_with_the_next() {
    let (_held, mut store) = TestStore::published();
    let many = |w: &mut Writer<'_>| {
        (0..1025).for_each(|_| w.record_tombstone(Tombstone::resumed(ENDED)));
        note(w)
    };
    let file = anchor(&store).with_extension("revoked");
    write_at(&mut store, NOW, end).unwrap();
    let small = fs::metadata(&file).unwrap().len();
    write_at(&mut store, NOW, many).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), small);
    assert!(store.tombstones().unwrap().of(ENDED).has_ended());
}

#[test]
fn tombstones_of_a_newer_format_are_refused_for_that() {
    let (_held, mut store) = TestStore::published();
    write_at(&mut store, NOW, end).unwrap();
    let file = anchor(&store).with_extension("revoked");
    let mut bytes = fs::read(&file).unwrap();
    bytes[8] += 1;
    fs::write(&file, bytes).unwrap();
    let error = store.tombstones().err().unwrap();
    assert_eq!(error.kind(), Kind::NewerFormat);
}
