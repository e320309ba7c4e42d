//! A reading transaction that begins only if something is read.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use crate::backend::{Backend, Counts, Fault, IdxKey, LogRow, Mode, ObjId, Row, Transaction, Want};

/// A reading transaction on a state that is known already, by its root. It begins at the first read.
/// If the state is another by then, that is [`Fault::Conflict`].
pub(super) struct Deferred<'a> {
    backend: RefCell<Option<&'a mut dyn Backend>>,
    begun: OnceCell<Box<dyn Transaction + 'a>>,
    /// The sealed root of the state.
    root: Arc<Row>,
    fetches: bool,
}

impl<'a> Deferred<'a> {
    pub(super) fn new(backend: &'a mut dyn Backend, root: Arc<Row>) -> Self {
        Self {
            fetches: backend.fetches(),
            backend: RefCell::new(Some(backend)),
            begun: OnceCell::new(),
            root,
        }
    }

    fn begun(&self) -> Result<&dyn Transaction, Fault> {
        match self.begun.get() {
            Some(begun) => Ok(&**begun),
            None => self.begin(&[]),
        }
    }

    fn begin(&self, wants: &[Want]) -> Result<&dyn Transaction, Fault> {
        let backend = self.backend.borrow_mut().take();
        // It began before, and failed.
        let backend = backend.ok_or(Fault::Conflict)?;
        let begun = backend.begin_fetching(Mode::Read, wants)?;
        // Each root is sealed anew, so equal bytes are the same state.
        if begun.man_get(0)?.as_ref() != Some(&*self.root) {
            return Err(Fault::Conflict);
        }
        Ok(&**self.begun.get_or_init(|| begun))
    }
}

fn read_only() -> Fault {
    Fault::ReadOnly("this transaction is read-only".into())
}

impl Transaction for Deferred<'_> {
    fn fetch(&self, wants: &[Want]) -> Result<(), Fault> {
        match self.begun.get() {
            Some(begun) => begun.fetch(wants),
            None => self.begin(wants).map(drop),
        }
    }

    fn fetches(&self) -> bool {
        self.fetches
    }

    fn check_shape(&self) -> Result<(), Fault> {
        self.begun()?.check_shape()
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.begun()?.hdr_get(k)
    }

    fn hdr_put(&mut self, _: u8, _: &[u8]) -> Result<(), Fault> {
        Err(read_only())
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.begun()?.obj_range(first, last, visit)
    }

    fn obj_put(&mut self, _: &ObjId, _: &Row) -> Result<(), Fault> {
        Err(read_only())
    }

    fn obj_add(&mut self, _: &ObjId, _: &Row) -> Result<(), Fault> {
        Err(read_only())
    }

    fn obj_del(&mut self, _: &ObjId) -> Result<(), Fault> {
        Err(read_only())
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.begun()?.idx_range(first, last, visit)
    }

    fn idx_put(&mut self, _: &IdxKey, _: &ObjId) -> Result<(), Fault> {
        Err(read_only())
    }

    fn idx_add(&mut self, _: &IdxKey, _: &ObjId) -> Result<(), Fault> {
        Err(read_only())
    }

    fn idx_del(&mut self, _: &IdxKey) -> Result<(), Fault> {
        Err(read_only())
    }

    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault> {
        self.begun()?.man_get(b)
    }

    fn man_put(&mut self, _: u16, _: &Row) -> Result<(), Fault> {
        Err(read_only())
    }

    fn man_del(&mut self, _: u16) -> Result<(), Fault> {
        Err(read_only())
    }

    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.begun()?.log_range(first, last, visit)
    }

    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault> {
        self.begun()?.log_bounds()
    }

    fn log_put(&mut self, _: &LogRow) -> Result<(), Fault> {
        Err(read_only())
    }

    fn log_prune(&mut self, _: u64) -> Result<(), Fault> {
        Err(read_only())
    }

    fn use_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.begun()?.use_range(first, last, visit)
    }

    fn uses_of(
        &self,
        ids: &[ObjId],
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.begun()?.uses_of(ids, visit)
    }

    fn counts(&self, most: u64) -> Result<Counts, Fault> {
        self.begun()?.counts(most)
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        Err(read_only())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::memory::{MemoryBackend, Tables};

    #[test]
    fn it_begins_only_on_the_state_that_is_known() {
        let root = |byte| Row {
            kid: 1,
            sealed: vec![byte; 8],
        };
        let mut backend = MemoryBackend::with(Tables {
            man: [(0, root(1)), (5, root(5))].into(),
            ..Tables::default()
        });
        let begins =
            |backend: &MemoryBackend| backend.faults().calls_by_method().get("begin").copied();
        let observed = backend.clone();
        let known = Deferred::new(&mut backend, root(1).into());
        assert_eq!(begins(&observed), None, "nothing was read yet");
        assert_eq!(known.man_get(5).unwrap(), Some(root(5)));
        assert_eq!(known.man_get(6).unwrap(), None);
        assert_eq!(begins(&observed), Some(1));
        drop(known);
        let other = Deferred::new(&mut backend, root(2).into());
        for _ in 0..2 {
            assert!(matches!(other.man_get(5), Err(Fault::Conflict)));
        }
    }
    fn row(byte: u8) -> Row {
        Row {
            kid: 1,
            sealed: vec![byte; 8],
        }
    }

    /// One row of each kind, and a root.
    fn tables() -> Tables {
        Tables {
            hdr: [(1, vec![1]), (2, vec![2])].into(),
            obj: [([1; 16], row(3))].into(),
            idx: [([2; 16], [1; 16])].into(),
            man: [(0, row(1)), (5, row(5))].into(),
            log: [(1, row(4))].into(),
        }
    }

    #[test]
    fn it_reads_all_tables() {
        let mut backend = MemoryBackend::with(tables());
        let observed = backend.clone();
        let it = Deferred::new(&mut backend, row(1).into());
        it.check_shape().unwrap();
        let calls = observed.faults().calls_by_method();
        assert_eq!(calls.get("check_shape"), Some(&1));
        it.fetch(&[Want::Man(5)]).unwrap();
        assert_eq!(observed.faults().take_wants(), [Want::Man(5)]);
        assert_eq!(it.hdr_get(2).unwrap(), Some(vec![2]));
        let mut found = (Vec::new(), Vec::new(), Vec::new());
        it.obj_range(&[0; 16], &[9; 16], &mut |id, row| {
            found.0.push((id, row));
            Ok(())
        })
        .unwrap();
        it.idx_range(&[0; 16], &[9; 16], &mut |h, id| {
            found.1.push((h, id));
            Ok(())
        })
        .unwrap();
        it.log_range(1, 9, &mut |entry| {
            found.2.push((entry.seq, entry.row));
            Ok(())
        })
        .unwrap();
        assert_eq!(found.0, [([1; 16], row(3))]);
        assert_eq!(found.1, [([2; 16], [1; 16])]);
        assert_eq!(found.2, [(1, row(4))]);
        assert_eq!(it.log_bounds().unwrap(), Some((1, 1)));
        assert_eq!(it.counts(9).unwrap().hdr, 2);
    }

    #[test]
    fn it_changes_nothing() {
        let mut backend = MemoryBackend::with(tables());
        let mut it = Deferred::new(&mut backend, row(1).into());
        let entry = LogRow {
            seq: 2,
            row: row(4),
        };
        let changes = [
            it.hdr_put(1, &[7]),
            it.obj_put(&[1; 16], &row(7)),
            it.obj_add(&[7; 16], &row(7)),
            it.obj_del(&[1; 16]),
            it.idx_put(&[2; 16], &[7; 16]),
            it.idx_add(&[7; 16], &[1; 16]),
            it.idx_del(&[2; 16]),
            it.man_put(5, &row(7)),
            it.man_del(5),
            it.log_put(&entry),
            it.log_prune(1),
            Box::new(it).commit(),
        ];
        for change in changes {
            assert!(matches!(change, Err(Fault::ReadOnly(_))));
        }
    }
}
