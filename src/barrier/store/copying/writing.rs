//! Writing to the target of a copy: rows in batches, and the transaction that finishes it.

use std::thread::sleep;

use super::snapshot::Snapshot;
use super::terms::{Copying, Source};
use super::uses::{LastUses, fold};
use crate::backend::{Backend, Fault, IdxKey, LogRow, Mode, ObjId, Row, Transaction};
use crate::barrier::admin::store_object;
use crate::barrier::log::chain::Details;
use crate::barrier::log::transition::Incarnation;
use crate::barrier::reader::Reader;
use crate::barrier::rows::root::Root;
use crate::barrier::store::transaction::{jittered, pauses};
use crate::barrier::unlocking::header::heads;
use crate::barrier::unlocking::unlocked::{Unlocked, root_row};
use crate::barrier::writer::Writer;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::audit::Action;

/// How many rows are written in one transaction.
const ROWS: usize = if cfg!(test) { 7 } else { 5000 };

/// From so many bytes on, a transaction is ended before it has that many rows.
const BYTES: usize = 16 << 20;

/// A change of one row.
enum Change {
    Object(ObjId, Option<Row>),
    Entry(IdxKey, Option<ObjId>),
    Log(LogRow),
    /// Removes the log up to this row.
    Prune(u64),
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Self::Object(_, Some(row)) => row.sealed.len(),
            Self::Log(row) => row.row.sealed.len(),
            _ => 0,
        }
    }

    fn make(&self, tx: &mut dyn Transaction) -> Result<(), Fault> {
        match self {
            Self::Object(id, Some(row)) => tx.obj_put(id, row),
            Self::Object(id, None) => tx.obj_del(id),
            Self::Entry(h, Some(id)) => tx.idx_put(h, id),
            Self::Entry(h, None) => tx.idx_del(h),
            Self::Log(row) => tx.log_put(row),
            Self::Prune(last) => tx.log_prune(*last),
        }
    }
}

/// Changes that are collected until they are worth a transaction.
pub(super) struct Batch<'a> {
    target: &'a mut dyn Backend,
    entropy: &'a mut dyn Entropy,
    changes: Vec<Change>,
    bytes: usize,
}

impl<'a> Batch<'a> {
    pub(super) fn new(target: &'a mut dyn Backend, entropy: &'a mut dyn Entropy) -> Self {
        Self {
            target,
            entropy,
            changes: Vec::new(),
            bytes: 0,
        }
    }

    /// Looks at what has been written so far.
    pub(super) fn look<T>(&mut self, f: impl FnOnce(&dyn Transaction) -> Result<T>) -> Result<T> {
        f(&*self.target.begin(Mode::Read)?)
    }

    pub(super) fn object(&mut self, id: ObjId, row: Option<Row>) -> Result<()> {
        self.add(Change::Object(id, row))
    }

    pub(super) fn entry(&mut self, h: IdxKey, id: Option<ObjId>) -> Result<()> {
        self.add(Change::Entry(h, id))
    }

    pub(super) fn log(&mut self, row: LogRow) -> Result<()> {
        self.add(Change::Log(row))
    }

    pub(super) fn prune(&mut self, last: u64) -> Result<()> {
        self.add(Change::Prune(last))
    }

    fn add(&mut self, change: Change) -> Result<()> {
        self.bytes += change.bytes();
        self.changes.push(change);
        if self.changes.len() < ROWS && self.bytes < BYTES {
            return Ok(());
        }
        self.flush()
    }

    /// Writes what is collected.
    pub(super) fn flush(&mut self) -> Result<()> {
        let changes = std::mem::take(&mut self.changes);
        self.bytes = 0;
        if changes.is_empty() {
            return Ok(());
        }
        let mut pauses = pauses();
        loop {
            match write(self.target, &changes) {
                Err(Fault::Conflict) => {
                    let pause = pauses.next().ok_or(Fault::Busy)?;
                    sleep(jittered(pause, self.entropy)?);
                }
                done => return Ok(done?),
            }
        }
    }
}

fn write(target: &mut dyn Backend, changes: &[Change]) -> Result<(), Fault> {
    let mut tx = target.begin(Mode::Write)?;
    for change in changes {
        change.make(&mut *tx)?;
    }
    tx.commit()
}

/// Writes what covers the rows of a state: header, keyring and manifest.
pub(super) fn cover(tx: &mut dyn Transaction, snapshot: &Snapshot) -> Result<()> {
    tx.hdr_put(1, &snapshot.header)?;
    tx.hdr_put(2, &snapshot.keyring)?;
    for (b, row) in &snapshot.manifest {
        tx.man_put(*b, row)?;
    }
    Ok(tx.man_put(0, &snapshot.root_row)?)
}

/// Finishes a copy, whose rows are those of `snapshot`: it becomes a store, in an incarnation of its
/// own. Rows that were not `checked` before are checked now. `uses` become part of the records.
pub(super) fn finish(
    target: &mut dyn Backend,
    unlocked: &Unlocked,
    (snapshot, checked): (&Snapshot, bool),
    uses: &LastUses,
    copying: &Copying<'_>,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    let mut tx = target.begin(Mode::Write)?;
    if tx.hdr_get(1)?.is_some() {
        return Err(Fault::Exists(copying.to.to_owned()).into());
    }
    cover(&mut *tx, snapshot)?;
    let mut reader = Reader::new(tx, unlocked, snapshot.root.clone());
    if checked {
        reader.check_counts(&snapshot.root)?;
    } else {
        reader.check(&mut |_, _| ())?;
    }
    let root = &snapshot.root;
    let seen = (root.incarnation, root.epoch);
    begin(reader, seen, uses, copying, entropy)
}

/// Begins another incarnation of a finished copy, whose source has reached an epoch since at which
/// machines may have seen it.
pub(super) fn begin_again(
    target: &mut dyn Backend,
    unlocked: &Unlocked,
    source: &Root,
    copying: &Copying<'_>,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    let tx = target.begin(Mode::Write)?;
    let own = unlocked.sibling(heads(&*tx)?)?;
    let root = own.open_root(&root_row(&*tx)?)?;
    let reader = Reader::new(tx, &own, root);
    let seen = (source.incarnation, source.epoch);
    begin(reader, seen, &[], copying, entropy)
}

/// Begins an incarnation of the copy, in which it lacks nothing of its source as `seen`: in this
/// incarnation and at this epoch.
fn begin(
    reader: Reader<'_>,
    seen: (Incarnation, u64),
    uses: &LastUses,
    copying: &Copying<'_>,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    let mut incarnation = [0; 16];
    entropy.fill(&mut incarnation)?;
    let mut writer = Writer::new(reader, entropy, copying.actor, copying.at);
    writer.advance_wall();
    fold(&mut writer, uses)?;
    let transition = writer.begin_copy(incarnation, seen);
    let mut details = Details::from([
        ("place".into(), copying.from.to_owned()),
        ("source".into(), copying.source.word().into()),
    ]);
    // A copy beside its source is no successor of it: no machine follows it by itself.
    if copying.source == Source::Moved {
        details.extend(transition.details());
    }
    writer.audit(Action::StoreCopy, store_object(), details)?;
    writer.commit(|_| Ok(())).map(drop)
}
