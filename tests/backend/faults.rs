//! The faults that the store in memory is told to have.

use hallpass::backend::memory::{Around, MemoryBackend};
use hallpass::backend::{Backend, Fault, Mode};

use super::{fill, objects, put};

fn full() -> Fault {
    Fault::Storage("no space is left".into())
}

fn store() -> MemoryBackend {
    let mut store = MemoryBackend::new();
    fill(&mut store, 5);
    store
}

#[test]
fn every_call_of_a_change_can_fail_and_leaves_the_state_before() {
    let mut store = store();
    let before = store.calls_of(|store| put(store, 9, b"x"));
    assert_eq!(before, 3, "begin, obj_put, commit");
    for nth in 1..=before {
        let tables = store.tables();
        store.faults().fail_call(nth, full);
        assert!(
            matches!(put(&mut store, 10, b"y"), Err(Fault::Storage(_))),
            "{nth}"
        );
        assert_eq!(store.tables(), tables);
    }
    put(&mut store, 10, b"y").unwrap();
}

trait Calls {
    fn calls_of(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Fault>) -> u64;
}

impl Calls for MemoryBackend {
    fn calls_of(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Fault>) -> u64 {
        let before = self.faults().calls();
        work(self).unwrap();
        self.faults().calls() - before
    }
}

#[test]
fn a_named_method_fails_at_its_nth_call() {
    let mut store = store();
    store.faults().fail_method("man_get", 2, || Fault::Busy);
    let tx = store.begin(Mode::Read).unwrap();
    tx.man_get(1).unwrap();
    tx.hdr_get(1).unwrap();
    assert!(matches!(tx.man_get(1), Err(Fault::Busy)));
    tx.man_get(1).unwrap();
}

#[test]
fn a_commit_can_fail_before_and_after_it_took_effect() {
    let mut store = store();
    store.faults().fail_commit(Around::Before, full);
    put(&mut store, 9, b"x").unwrap_err();
    assert_eq!(objects(&mut store), 5);
    store.faults().fail_commit(Around::After, full);
    put(&mut store, 9, b"x").unwrap_err();
    assert_eq!(objects(&mut store), 6);
    store.faults().fail_call(1, full);
    store.faults().clear();
    put(&mut store, 10, b"x").unwrap();
}

#[test]
fn tables_can_be_tampered_with_and_put_back() {
    let mut store = store();
    let before = store.tables();
    store.tamper(|tables| tables.obj.clear());
    assert_eq!(objects(&mut store), 0);
    store.restore(before.clone());
    assert_eq!(objects(&mut store), 5);
    let mut apart = MemoryBackend::with(before);
    put(&mut apart, 9, b"x").unwrap();
    assert_eq!(objects(&mut store), 5);
}
