use super::*;
use crate::barrier::anchor::{announced, newest};
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::model::id::RecordId;

const STORE: StoreId = [3; 16];

fn mark(epoch: u64) -> Mark {
    let incarnation = [1; 16];
    let root = [7; 32];
    let log_head = [2; 32];
    Mark {
        incarnation,
        epoch,
        root,
        log_last: epoch,
        log_head,
        wall: Time::from_seconds(9),
    }
}

#[test]
fn an_anchor_only_ever_moves_forward() {
    let folder = tempfile::tempdir().unwrap();
    let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
    let anchor = Anchor::new(folder.path(), None, &STORE);
    anchor.create(&mark(5), &key).unwrap();
    let seen = || {
        newest(&anchor.read().unwrap().unwrap(), &STORE, &key)
            .unwrap()
            .epoch
    };
    let file = anchor.open().unwrap().unwrap();
    for (epoch, expected) in [(6, 6), (4, 6), (6, 6), (7, 7), (5, 7), (20, 20), (19, 20)] {
        let newest = seen();
        let before = anchor.read().unwrap();
        anchor.advance(&file, &mark(epoch), &key).unwrap();
        assert_eq!(seen(), expected, "after {epoch}");
        let touched = anchor.read().unwrap() != before;
        assert_eq!(touched, epoch > newest, "{epoch} after {newest}");
    }
}

#[test]
fn the_anchor_is_the_first_trace_of_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
    let anchor = Anchor::new(folder.path(), Some(Path::new("/store.db")), &STORE);
    let end = [Tombstone::revoked(RecordId::from_bytes([8; 16]), None)];
    anchor.remember_path().unwrap_err();
    anchor.record(&end, 5, &key).unwrap_err();
    assert!(!anchor.has_traces().unwrap());
    anchor.create(&mark(5), &key).unwrap();
    fs::remove_file(anchor.path()).unwrap();
    assert!(anchor.has_traces().unwrap(), "its place");
    anchor.record(&end, 5, &key).unwrap();
}

#[test]
fn both_slots_are_used_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
    let anchor = Anchor::new(folder.path(), None, &STORE);
    anchor.create(&mark(1), &key).unwrap();
    let file = anchor.open().unwrap().unwrap();
    for epoch in 2..6 {
        anchor.advance(&file, &mark(epoch), &key).unwrap();
        let bytes = anchor.read().unwrap().unwrap();
        let epochs: Vec<_> = slots(&bytes)
            .map(|s| Mark::decode(s, &STORE, &key).unwrap().epoch)
            .collect();
        assert_eq!(epochs.iter().max(), Some(&epoch));
        assert_eq!(
            epochs.iter().min(),
            Some(&(epoch - 1)),
            "the one before is kept"
        );
    }
}

/// A change of the anchor's file, which is open.
type Write = fn(&Anchor, &File, &MacKey) -> io::Result<()>;

#[test]
fn an_anchor_is_changed_by_one_call_at_a_time() {
    let writes: [Write; 3] = [
        |anchor, file, key| anchor.advance(file, &mark(6), key),
        |anchor, file, key| anchor.announce(Some(file), &mark(6), key),
        |anchor, file, _| anchor.withdraw(Some(file)),
    ];
    for write in writes {
        let folder = tempfile::tempdir().unwrap();
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let anchor = Anchor::new(folder.path(), None, &STORE);
        anchor.create(&mark(5), &key).unwrap();
        let [file, other] = [(); 2].map(|()| anchor.open().unwrap().unwrap());
        lock_or_give_up(&other).unwrap();
        let (done, waiting) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                write(&anchor, &file, &key).unwrap();
                done.send(()).unwrap();
            });
            let brief = std::time::Duration::from_millis(100);
            assert!(waiting.recv_timeout(brief).is_err(), "the file is locked");
            drop(other);
            waiting.recv().unwrap();
        });
    }
}

#[test]
fn what_is_announced_is_found_until_it_is_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
    let anchor = Anchor::new(folder.path(), None, &STORE);
    let found = || {
        let bytes = anchor.read().unwrap()?;
        let announced = announced(&bytes, &STORE, &key).map(|mark| mark.epoch);
        Some((
            announced,
            newest(&bytes, &STORE, &key).map(|mark| mark.epoch),
        ))
    };
    anchor.announce(None, &mark(9), &key).unwrap();
    assert_eq!(found(), Some((Some(9), None)));
    anchor.withdraw(None).unwrap();
    assert_eq!(found(), None);
    anchor.withdraw(None).unwrap();
    anchor.create(&mark(5), &key).unwrap();
    let file = anchor.open().unwrap();
    anchor.announce(file.as_ref(), &mark(9), &key).unwrap();
    assert_eq!(found(), Some((Some(9), Some(5))));
    anchor.withdraw(file.as_ref()).unwrap();
    assert_eq!(found(), Some((None, Some(5))));
}

#[test]
fn only_a_missing_file_is_no_anchor() {
    let folder = tempfile::tempdir().unwrap();
    let anchor = Anchor::new(folder.path(), None, &STORE);
    assert!(anchor.open().unwrap().is_none());
    assert!(!anchor.has_traces().unwrap());
    std::os::unix::fs::symlink("elsewhere", anchor.path()).unwrap();
    anchor.open().unwrap_err();
    fs::remove_file(anchor.path()).unwrap();
    fs::create_dir(anchor.path()).unwrap();
    anchor.withdraw(None).unwrap_err();
    fs::write(folder.path().join("known"), "").unwrap();
    anchor.has_traces().unwrap_err();
}

#[test]
fn only_another_store_is_forgotten_at_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
    let path = Path::new("/store.db");
    let first = Anchor::new(folder.path(), Some(path), &STORE);
    first.create(&mark(5), &key).unwrap();
    first.forget_other().unwrap();
    assert_eq!(first.known_here().unwrap(), Some(HEXLOWER.encode(&STORE)));
    let other = Anchor::new(folder.path(), Some(path), &[4; 16]);
    other.forget_other().unwrap();
    assert_eq!(other.known_here().unwrap(), None);
    assert!(first.has_traces().unwrap() || first.path().exists());
}
