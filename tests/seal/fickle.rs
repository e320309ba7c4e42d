//! T44: a storage that answers a question one way and the next one another way.
//!
//! What a backend may do to a transaction, short of stopping it: any of its readings, or all from some
//! point on, are of another state of the same store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::backend::{
    Backend, Claim, Counts, Fault, FileStore, IdxKey, LogRow, Mode, ObjId, Row, Transaction,
    Version,
};
use hallpass::barrier::State;
use hallpass::{Error, Kind, ops};

use super::operations::{self, Kit, Operation, Said};
use super::past::Past;
use crate::support::private_folder;

/// Which readings are of the other state, counted from 1 over all transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lies {
    Never,
    Once(u64),
    From(u64),
}

/// A storage of two states.
#[derive(Clone)]
struct Fickle {
    true_one: MemoryBackend,
    other: MemoryBackend,
    lies: Lies,
    readings: Arc<AtomicU64>,
}

struct FickleTransaction<'a> {
    true_one: Box<dyn Transaction + 'a>,
    other: Box<dyn Transaction + 'a>,
    lies: Lies,
    readings: Arc<AtomicU64>,
}

impl Fickle {
    fn new(newest: &Tables, other: &Tables, lies: Lies) -> Self {
        let [true_one, other] = [newest, other].map(|it| MemoryBackend::with(it.clone()));
        Self {
            true_one,
            other,
            lies,
            readings: Arc::default(),
        }
    }
}

impl Backend for Fickle {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        let true_one = self.true_one.begin(mode)?;
        let other = self.other.begin(Mode::Read)?;
        let readings = Arc::clone(&self.readings);
        Ok(Box::new(FickleTransaction {
            true_one,
            other,
            lies: self.lies,
            readings,
        }))
    }

    fn version(&mut self) -> Result<Version, Fault> {
        self.true_one.version()
    }

    fn writable(&self) -> bool {
        true
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        self.true_one.claim()
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        self.true_one.files()
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        Ok(self)
    }
}

impl FickleTransaction<'_> {
    /// Whoever answers now.
    fn asked(&self) -> &dyn Transaction {
        let reading = self.readings.fetch_add(1, Ordering::SeqCst) + 1;
        let lie = match self.lies {
            Lies::Never => false,
            Lies::Once(at) => reading == at,
            Lies::From(at) => reading >= at,
        };
        if lie { &*self.other } else { &*self.true_one }
    }
}

impl Transaction for FickleTransaction<'_> {
    fn check_shape(&self) -> Result<(), Fault> {
        self.asked().check_shape()
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.asked().hdr_get(k)
    }

    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault> {
        self.true_one.hdr_put(k, v)
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.asked().obj_range(first, last, visit)
    }

    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        self.true_one.obj_put(id, row)
    }

    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        self.true_one.obj_add(id, row)
    }

    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault> {
        self.true_one.obj_del(id)
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.asked().idx_range(first, last, visit)
    }

    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        self.true_one.idx_put(h, id)
    }

    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        self.true_one.idx_add(h, id)
    }

    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault> {
        self.true_one.idx_del(h)
    }

    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault> {
        self.asked().man_get(b)
    }

    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault> {
        self.true_one.man_put(b, row)
    }

    fn man_del(&mut self, b: u16) -> Result<(), Fault> {
        self.true_one.man_del(b)
    }

    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.asked().log_range(first, last, visit)
    }

    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault> {
        self.asked().log_bounds()
    }

    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault> {
        self.true_one.log_put(row)
    }

    fn log_prune(&mut self, last: u64) -> Result<(), Fault> {
        self.true_one.log_prune(last)
    }

    fn counts(&self, most: u64) -> Result<Counts, Fault> {
        self.asked().counts(most)
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        let Self {
            true_one, other, ..
        } = *self;
        drop(other);
        true_one.commit()
    }
}

/// What an operation came to, and what it left.
struct Done {
    said: Said,
    left: Tables,
    readings: u64,
}

fn run(past: &Past, operation: &Operation, other: &Tables, lies: Lies) -> Done {
    let backend = Fickle::new(&past.history.newest, other, lies);
    let dir = private_folder();
    let folder = dir.path().canonicalize().unwrap();
    let state = past.remember_in(&folder);
    let again = || -> Result<Box<dyn Backend>, Error> { Ok(Box::new(backend.clone())) };
    let kit = Kit {
        past,
        again: &again,
        state: &state,
        folder: &folder,
    };
    let said = past
        .open(Box::new(backend.clone()), &state)
        .and_then(|core| (operation.run)(core, &kit));
    let readings = backend.readings.load(Ordering::SeqCst);
    Done {
        said,
        left: backend.true_one.tables(),
        readings,
    }
}

/// The store that an operation left, whole by a storage that does not lie.
fn is_whole(past: &Past, tables: Tables) -> bool {
    let core = past.open(Box::new(MemoryBackend::with(tables)), &State::off());
    core.and_then(|mut core| ops::store::check(&mut core, &mut |_, _| ()))
        .is_ok()
}

/// One of damage, which may have come between the delivery of a secret and its end.
pub(super) fn is_refusal(error: &Error) -> bool {
    // An old header is renewed before anything is changed, and a change to it has to be made again.
    [
        Kind::Integrity,
        Kind::Corrupt,
        Kind::Rollback,
        Kind::Fork,
        Kind::Undelivered,
        Kind::Busy,
    ]
    .contains(&error.kind())
}

/// Lets readings of each operation lie, so many of them at most; says how many were refused.
fn lie_to_all(most: u64) -> (u64, u64) {
    let past = Past::new();
    let (mut lied, mut refused) = (0, 0);
    for operation in operations::all() {
        let honest = run(&past, &operation, &past.history.newest, Lies::Never);
        let stride = (honest.readings / most).max(1);
        let at = (1..=honest.readings).step_by(usize::try_from(stride).unwrap());
        // A backup may be of any state, as long as it is of one.
        let may_be_old = ["store::preview", "store::restore"].contains(&operation.name);
        let lies = at.flat_map(|at| {
            [
                Some(Lies::Once(at)),
                (!may_be_old).then_some(Lies::From(at)),
            ]
        });
        for lies in lies.flatten() {
            let other =
                &past.history.others[usize::try_from(lied).unwrap() % past.history.others.len()];
            let done = run(&past, &operation, other, lies);
            lied += 1;
            refused += u64::from(judge(&past, &operation, lies, &honest, done));
        }
    }
    (lied, refused)
}

/// Whether it was refused; it may not be believed.
fn judge(past: &Past, operation: &Operation, lies: Lies, honest: &Done, done: Done) -> bool {
    let what = format!("{}, {lies:?} of {}", operation.name, honest.readings);
    match (&honest.said, done.said) {
        // The threat model says so: the newest entries are shown without following the chain from its
        // beginning, and one of the same number may be from another history.
        (Ok(_), Ok(_)) if operation.name == "audit::last" => {}
        (Ok(truth), Ok(answer)) => assert_eq!(*truth, answer, "{what}"),
        (Err(truth), Err(error)) if truth.kind() == error.kind() => {}
        (_, Err(error)) => {
            assert!(is_refusal(&error), "{what}: {error}");
            assert!(is_whole(past, done.left), "{what} left damage");
            return true;
        }
        (Err(truth), Ok(answer)) => panic!("{what}: {truth}, and now {answer}"),
    }
    // Last uses are noted if that goes well.
    let left_out = operation.name == "verify::touch" && done.left == past.history.newest;
    assert!(
        done.left == honest.left || left_out,
        "{what} left another store"
    );
    false
}

#[test]
fn doing_it_twice_leaves_the_same_bytes() {
    let past = Past::new();
    for operation in operations::all() {
        let [one, other] =
            [(); 2].map(|()| run(&past, &operation, &past.history.newest, Lies::Never));
        let [one_said, other_said] = [&one, &other].map(|done| format!("{:?}", done.said));
        assert_eq!(one_said, other_said, "{}", operation.name);
        assert!(one.left == other.left, "{}", operation.name);
        assert!(one.said.is_ok(), "{}: {one_said}", operation.name);
    }
}

#[test]
fn no_operation_believes_what_it_was_not_told_at_once() {
    let (lied, refused) = lie_to_all(5);
    assert!(lied > 500, "the premise: operations read, {lied}");
    assert!(
        refused * 3 > lied,
        "the premise: most readings matter, {refused} of {lied}"
    );
}

#[test]
#[ignore = "T44 in full takes minutes"]
fn full_no_operation_believes_what_it_was_not_told_at_once() {
    lie_to_all(u64::MAX);
}
