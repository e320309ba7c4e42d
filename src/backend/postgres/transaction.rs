//! A transaction: reads that come in flights, and changes that travel with the commit.

use std::cell::{RefCell, RefMut};

use super::commit;
use super::fault::corrupt;
use super::kinds::{Index, Kind, Log, Objects};
use super::pieces::Piece;
use super::state::State;
use super::statement::{Parameter, Statement, column, fitting, natural};
use super::table::Table;
use super::uses::LastUses;
use crate::backend::{Counts, Fault, IdxKey, LogRow, Mode, ObjId, Row, Transaction, Want};

/// How many last uses are read in one flight where they are read one by one.
const TOGETHER: usize = 500;

/// One transaction.
pub(super) struct PostgresTransaction<'a> {
    state: RefCell<State<'a>>,
}

impl<'a> PostgresTransaction<'a> {
    /// Begins. A writing transaction takes the lock of the root at once, unless it is optimistic; a reading
    /// one begins with its first read, in the same flight. `wants` is read in that flight too.
    pub(super) fn begin(mut state: State<'a>, wants: &[Want]) -> Result<Self, Fault> {
        state.link.ensure_connected()?;
        if state.mode != Mode::Read || !wants.is_empty() {
            let pieces: Vec<_> = wants.iter().flat_map(Piece::of).collect();
            state.run(&pieces)?;
        }
        Ok(Self {
            state: RefCell::new(state),
        })
    }

    /// The state of a transaction that has begun.
    fn state(&self) -> Result<RefMut<'_, State<'a>>, Fault> {
        let mut state = self.state.borrow_mut();
        if !state.begun {
            state.run(&[])?;
        }
        Ok(state)
    }

    /// The state of a transaction that may change something.
    fn changing(&self) -> Result<RefMut<'_, State<'a>>, Fault> {
        let state = self.state.borrow_mut();
        if state.mode == Mode::Read {
            return Err(Fault::ReadOnly("this transaction is read-only".into()));
        }
        Ok(state)
    }

    /// Visits the rows between two keys, as far as they are here, and then reads on.
    fn each<T: Kind>(
        &self,
        first: T::Key,
        last: T::Key,
        table: impl for<'s> Fn(&'s State<'a>) -> &'s Table<T>,
        piece: impl Fn(T::Key) -> Piece,
        visit: &mut dyn FnMut(T::Key, T::Value) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut next = Some(first).filter(|first| *first <= last);
        while let Some(from) = next {
            let mut state = self.state()?;
            if table(&state).from(from, last).is_none() {
                state.run(&[piece(from)])?;
            }
            let (end, rows) = table(&state)
                .from(from, last)
                .ok_or_else(|| corrupt("rows that were read are gone"))?;
            // The visitor may read too.
            drop(state);
            for (key, value) in rows {
                visit(key, value)?;
            }
            next = T::after(end).filter(|next| *next <= last);
        }
        Ok(())
    }
}

impl Transaction for PostgresTransaction<'_> {
    fn fetch(&self, wants: &[Want]) -> Result<(), Fault> {
        let mut state = self.state.borrow_mut();
        let missing = |want: &&Want| match **want {
            Want::Hdr(_) | Want::Man(0) => false,
            Want::Man(b) => !state.man.covers(b, b),
            Want::Objects(first, last) => !state.obj.covers(first, last),
            Want::Index(first, last) => !state.idx.covers(first, last),
            Want::Log(first, last) => !state.log.covers(first, last),
            Want::Named(h) => state.lacks_named(h),
        };
        let pieces: Vec<_> = wants.iter().filter(missing).flat_map(Piece::of).collect();
        if state.begun && pieces.is_empty() {
            return Ok(());
        }
        state.run(&pieces)
    }

    fn fetches(&self) -> bool {
        true
    }

    fn check_shape(&self) -> Result<(), Fault> {
        let mut state = self.state()?;
        state.link.check_tables()?;
        match state.keys()? {
            (2, [Some(1), Some(2), Some(0), Some(0..=512)]) => Ok(()),
            (0, [None, None, None, None]) => Err(Fault::Missing(state.link.database().to_string())),
            (2, [Some(1), Some(2), ..]) => {
                Err(corrupt("the rows of table `man` are not those of a store"))
            }
            _ => Err(corrupt("the rows of table `hdr` are not those of a store")),
        }
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        let mut state = self.state()?;
        // Forgotten, if changes were sent since.
        if !state.hdr.covers(k, k) {
            state.run(&[Piece::Heads])?;
        }
        let found = state.hdr.from(k, k);
        Ok(found
            .and_then(|(_, rows)| rows.into_iter().next())
            .map(|(_, v)| v))
    }

    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault> {
        let mut state = self.changing()?;
        state.hdr.put(k, fitting(v)?.to_vec());
        Ok(())
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let piece = |from| Piece::Objects(from, *last);
        self.each::<Objects>(*first, *last, |state| &state.obj, piece, visit)
    }

    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        let mut state = self.changing()?;
        fitting(&row.sealed)?;
        state.obj.put(*id, row.clone());
        state.kept(row.sealed.len())
    }

    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        let mut state = self.changing()?;
        fitting(&row.sealed)?;
        state.obj.add(*id, row.clone())?;
        state.kept(row.sealed.len())
    }

    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault> {
        let mut state = self.changing()?;
        state.unused.push(*id);
        state.obj.remove(*id)
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let piece = |from| Piece::Index(from, *last);
        self.each::<Index>(*first, *last, |state| &state.idx, piece, visit)
    }

    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        let mut state = self.changing()?;
        state.idx.put(*h, *id);
        state.kept(id.len())
    }

    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        let mut state = self.changing()?;
        state.idx.add(*h, *id)?;
        state.kept(id.len())
    }

    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault> {
        self.changing()?.idx.remove(*h)
    }

    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault> {
        let mut state = self.state()?;
        if !state.man.covers(b, b) {
            state.run(&[Piece::Manifest(b)])?;
        }
        let found = state.man.from(b, b);
        Ok(found
            .and_then(|(_, rows)| rows.into_iter().next())
            .map(|(_, row)| row))
    }

    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault> {
        let mut state = self.changing()?;
        fitting(&row.sealed)?;
        if b == 0 {
            state.witness.1 = Some(row.clone());
        }
        state.man.put(b, row.clone());
        Ok(())
    }

    fn man_del(&mut self, b: u16) -> Result<(), Fault> {
        self.changing()?.man.remove(b)
    }

    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        // No row has a larger number than the column can hold.
        let most = i64::MAX.unsigned_abs();
        if first > most {
            return Ok(());
        }
        let last = last.min(most);
        let piece = |from| Piece::Log(from, last);
        let visit = &mut |seq, row| visit(LogRow { seq, row });
        self.each::<Log>(first, last, |state| &state.log, piece, visit)
    }

    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault> {
        let mut state = self.state()?;
        let schema = state.link.schema();
        let sql = format!(
            "SELECT min(seq), max(seq) FROM {schema}.log WHERE (SELECT max(seq) FROM {schema}.log) IS NOT NULL"
        );
        let Some(row) = state.ask(Statement::plain(sql))? else {
            return Ok(None);
        };
        let lowest: Option<i64> = column(&row, 0)?;
        match lowest {
            None => Ok(None),
            Some(_) => Ok(Some((natural(&row, 0)?, natural(&row, 1)?))),
        }
    }

    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault> {
        let LogRow { seq, row } = row;
        let mut state = self.changing()?;
        fitting(&row.sealed)?;
        state.log.add(*seq, row.clone())?;
        state.witness.0 = Some((*seq, row.clone()));
        state.kept(row.sealed.len())
    }

    fn log_prune(&mut self, last: u64) -> Result<(), Fault> {
        let mut state = self.changing()?;
        state.secure()?;
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let schema = state.link.schema();
        let sql = format!("DELETE FROM {schema}.log WHERE seq <= $1");
        let prune = Statement::with(sql, [Parameter::Number(last)]);
        state.ask(prune)?;
        state.log.forget();
        Ok(())
    }

    fn use_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.state()?.expect_uses()?;
        let piece = |from| Piece::Uses(from, *last);
        self.each::<LastUses>(*first, *last, |state| &state.uses, piece, visit)
    }

    fn uses_of(
        &self,
        ids: &[ObjId],
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut state = self.state()?;
        state.expect_uses()?;
        let missing = ids.iter().filter(|id| !state.uses.covers(**id, **id));
        let pieces: Vec<_> = missing.map(|id| Piece::Uses(*id, *id)).collect();
        for pieces in pieces.chunks(TOGETHER) {
            state.run(pieces)?;
        }
        drop(state);
        ids.iter().try_for_each(|id| self.use_range(id, id, visit))
    }

    fn counts(&self, most: u64) -> Result<Counts, Fault> {
        let mut state = self.state()?;
        let schema = state.link.schema();
        let tables = ["hdr", "obj", "idx", "man", "log"];
        let counts = tables.map(|table| {
            format!("(SELECT count(*) FROM (SELECT 1 FROM {schema}.{table} LIMIT $1) AS n)")
        });
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let sql = format!("SELECT {}", counts.join(", "));
        let row = state.ask(Statement::with(sql, [Parameter::Number(most)]))?;
        let row = row.ok_or_else(|| corrupt("the rows cannot be counted"))?;
        Ok(Counts {
            hdr: natural(&row, 0)?,
            obj: natural(&row, 1)?,
            idx: natural(&row, 2)?,
            man: natural(&row, 3)?,
            log: natural(&row, 4)?,
        })
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        let mut state = self.state.borrow_mut();
        if state.mode == Mode::Read {
            // Dropping it ends it.
            return Ok(());
        }
        commit::commit(&mut state)
    }
}

impl Drop for PostgresTransaction<'_> {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if state.begun {
            // Sent without waiting: what comes next on this connection comes after it.
            state.link.send(Statement::plain("ROLLBACK"));
        }
    }
}
