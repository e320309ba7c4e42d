//! Shorthands to write and read rows.

use crate::backend::{Backend, Counts, IdxKey, LogRow, Mode, ObjId, Row, Transaction};

pub(super) fn row(kid: u32, sealed: &[u8]) -> Row {
    Row {
        kid,
        sealed: sealed.to_vec(),
    }
}

pub(super) fn log(seq: u64, sealed: &[u8]) -> LogRow {
    LogRow {
        seq,
        row: row(1, sealed),
    }
}

pub(super) fn write(store: &mut dyn Backend, change: impl FnOnce(&mut dyn Transaction)) {
    let mut tx = store.begin(Mode::Write).unwrap();
    change(tx.as_mut());
    tx.commit().unwrap();
}

pub(super) fn object(tx: &dyn Transaction, id: ObjId) -> Option<Row> {
    objects(tx, id, id).pop().map(|(_, row)| row)
}

/// The number of objects and of index entries.
pub(super) fn counts(tx: &dyn Transaction) -> [u64; 2] {
    let Counts { obj, idx, .. } = tx.counts(u64::MAX).unwrap();
    [obj, idx]
}

pub(super) fn objects(tx: &dyn Transaction, first: ObjId, last: ObjId) -> Vec<(ObjId, Row)> {
    let mut found = Vec::new();
    tx.obj_range(&first, &last, &mut |id, row| {
        found.push((id, row));
        Ok(())
    })
    .unwrap();
    found
}

pub(super) fn index(tx: &dyn Transaction, first: IdxKey, last: IdxKey) -> Vec<(IdxKey, ObjId)> {
    let mut found = Vec::new();
    tx.idx_range(&first, &last, &mut |h, id| {
        found.push((h, id));
        Ok(())
    })
    .unwrap();
    found
}

pub(super) fn entries(tx: &dyn Transaction, first: u64, last: u64) -> Vec<LogRow> {
    let mut found = Vec::new();
    tx.log_range(first, last, &mut |entry| {
        found.push(entry);
        Ok(())
    })
    .unwrap();
    found
}
