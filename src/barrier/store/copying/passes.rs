//! Making the rows of a target those of the source.

use std::collections::BTreeMap;

use super::snapshot::Snapshot;
use super::target::Found;
use super::terms::Step;
use super::writing::{Batch, cover};
use crate::backend::{Backend, IdxKey, Mode, ObjId, Row};
use crate::barrier::check::Report;
use crate::barrier::log::chain::{self, PAGE};
use crate::barrier::reader::Reader;
use crate::barrier::rows::manifest::Space;
use crate::barrier::store::handle::Store;
use crate::barrier::store::transaction::Session;
use crate::entropy::Entropy;
use crate::error::{Error, Result};

/// How often the rows of a store pass by: they are checked, copied, and checked in the copy.
const ROUNDS: u64 = 3;

/// How many parts of a table are announced to the storage at once.
const TOGETHER: usize = 8;

/// Which rows a pass looks at.
#[derive(Clone, Copy)]
enum Rows<'a> {
    /// All of them, in a target that has none.
    New,
    /// All of them.
    All,
    /// Those whose sums differ from an earlier state of the source.
    ChangedSince(&'a Snapshot),
}

impl Rows<'_> {
    fn include(self, now: &Snapshot, b: u16) -> bool {
        match self {
            Self::New | Self::All => true,
            Self::ChangedSince(then) => then.manifest_row(b) != now.manifest_row(b),
        }
    }
}

impl Store {
    /// Checks the source, and copies the state that was checked.
    pub(super) fn first_pass(
        &mut self,
        target: &mut dyn Backend,
        found: &Found,
        entropy: &mut dyn Entropy,
        progress: Step<'_>,
    ) -> Result<(Snapshot, Report)> {
        let Session {
            mut reader,
            freshness,
            mark,
            ..
        } = self.begin(Mode::Read, None)?;
        let report = reader.check(&mut |done, total| progress(done, total * ROUNDS))?;
        let snapshot = Snapshot::of(&reader)?;
        let rows = match found {
            Found::Empty => Rows::New,
            _ => Rows::All,
        };
        let total = report.records + report.entries + report.audit_rows;
        let mut done = total;
        let mut step = |n: u64| {
            done += n;
            progress(done, total * ROUNDS);
        };
        pass(&reader, &snapshot, target, rows, entropy, &mut step)?;
        drop(reader);
        self.settle(freshness, &mark);
        Ok((snapshot, report))
    }

    /// Copies what changed since an earlier state.
    pub(super) fn next_pass(
        &mut self,
        target: &mut dyn Backend,
        since: Snapshot,
        entropy: &mut dyn Entropy,
    ) -> Result<Snapshot> {
        let Session {
            reader,
            freshness,
            mark,
            root_row,
            ..
        } = self.begin(Mode::Read, None)?;
        let now = catch_up(&reader, &root_row, since, target, entropy)?;
        drop(reader);
        self.settle(freshness, &mark);
        Ok(now)
    }

    /// Compares the copy with the sums and the log of the source.
    pub(super) fn check_copy(
        &mut self,
        target: &mut dyn Backend,
        snapshot: &Snapshot,
        progress: Step<'_>,
    ) -> Result<()> {
        // It is as if the copy were finished, and undone.
        let mut tx = target.begin(Mode::Write)?;
        cover(&mut *tx, snapshot)?;
        let mut reader = Reader::new(tx, &self.unlocked, snapshot.root.clone());
        reader
            .check(&mut |done, total| progress(total * (ROUNDS - 1) + done, total * ROUNDS))
            .map(drop)
            .map_err(|error| match error {
                Error::Integrity(why) => Error::Integrity(format!(
                    "the copy differs from its source; empty the target and copy again: {why}"
                )),
                other => other,
            })
    }
}

/// Copies what changed between `since` and the state that `reader` sees, whose sealed root is
/// `root_row`.
pub(super) fn catch_up(
    reader: &Reader<'_>,
    root_row: &Row,
    since: Snapshot,
    target: &mut dyn Backend,
    entropy: &mut dyn Entropy,
) -> Result<Snapshot> {
    // Each root is sealed anew, so equal bytes are the same state.
    if *root_row == since.root_row {
        return Ok(since);
    }
    let now = Snapshot::of(reader)?;
    let rows = Rows::ChangedSince(&since);
    pass(reader, &now, target, rows, entropy, &mut |_| ())?;
    Ok(now)
}

fn pass(
    reader: &Reader<'_>,
    snapshot: &Snapshot,
    target: &mut dyn Backend,
    rows: Rows<'_>,
    entropy: &mut dyn Entropy,
    step: &mut dyn FnMut(u64),
) -> Result<()> {
    let mut batch = Batch::new(target, entropy);
    // First the log: its rows tell whose unfinished copy this is.
    log(reader, snapshot, &mut batch, step)?;
    let space = Space::Objects;
    parts(reader, snapshot, space, rows, &mut |top| {
        objects(reader, top, rows, &mut batch, step)
    })?;
    let space = Space::Index;
    parts(reader, snapshot, space, rows, &mut |top| {
        entries(reader, top, rows, &mut batch, step)
    })?;
    batch.flush()
}

/// Visits the parts of a table that a pass looks at, by the first byte of their keys, in ascending
/// order.
fn parts(
    reader: &Reader<'_>,
    snapshot: &Snapshot,
    space: Space,
    rows: Rows<'_>,
    visit: &mut dyn FnMut(u8) -> Result<()>,
) -> Result<()> {
    let all = 0..=u8::MAX;
    let included: Vec<_> = all
        .filter(|top| rows.include(snapshot, space.row(*top)))
        .collect();
    for together in included.chunks(TOGETHER) {
        let wants = together.iter().map(|top| space.range(space.bounds(*top)));
        reader.tx.fetch(&wants.collect::<Vec<_>>())?;
        together.iter().try_for_each(|top| visit(*top))?;
    }
    Ok(())
}

/// Adds the entries that the target lacks. An entry is never changed.
fn log(
    reader: &Reader<'_>,
    snapshot: &Snapshot,
    batch: &mut Batch<'_>,
    step: &mut dyn FnMut(u64),
) -> Result<()> {
    let (first, last) = (snapshot.root.log_first, snapshot.root.log_last);
    let there = batch.look(|tx| Ok(tx.log_bounds()?))?;
    let mut next = first;
    if let Some((begin, end)) = there {
        if begin > first || end > last {
            return Err(Error::Integrity(
                "the log of the copy is not that of its source; empty the target and copy again"
                    .into(),
            ));
        }
        if begin < first {
            batch.prune(first - 1)?;
        }
        next = first.max(end + 1);
    }
    step(next - first);
    while next <= last {
        let end = last.min(next + PAGE - 1);
        for row in chain::page(&*reader.tx, next, end)? {
            batch.log(row)?;
            step(1);
        }
        next = end + 1;
    }
    Ok(())
}

fn objects(
    reader: &Reader<'_>,
    top: u8,
    rows: Rows<'_>,
    batch: &mut Batch<'_>,
    step: &mut dyn FnMut(u64),
) -> Result<()> {
    let (first, last) = Space::Objects.bounds(top);
    let mut there: BTreeMap<ObjId, Row> = BTreeMap::new();
    if !matches!(rows, Rows::New) {
        batch.look(|tx| {
            let read = tx.obj_range(&first, &last, &mut |id, row| {
                there.insert(id, row);
                Ok(())
            });
            Ok(read?)
        })?;
    }
    let mut here = Vec::new();
    reader.tx.obj_range(&first, &last, &mut |id, row| {
        here.push((id, row));
        Ok(())
    })?;
    for (id, row) in here {
        if there.remove(&id).as_ref() != Some(&row) {
            batch.object(id, Some(row))?;
        }
        step(1);
    }
    there
        .into_keys()
        .try_for_each(|surplus| batch.object(surplus, None))
}

fn entries(
    reader: &Reader<'_>,
    top: u8,
    rows: Rows<'_>,
    batch: &mut Batch<'_>,
    step: &mut dyn FnMut(u64),
) -> Result<()> {
    let (first, last) = Space::Index.bounds(top);
    let mut there: BTreeMap<IdxKey, ObjId> = BTreeMap::new();
    if !matches!(rows, Rows::New) {
        batch.look(|tx| {
            let read = tx.idx_range(&first, &last, &mut |h, id| {
                there.insert(h, id);
                Ok(())
            });
            Ok(read?)
        })?;
    }
    let mut here = Vec::new();
    reader.tx.idx_range(&first, &last, &mut |h, id| {
        here.push((h, id));
        Ok(())
    })?;
    for (h, id) in here {
        if there.remove(&h) != Some(id) {
            batch.entry(h, Some(id))?;
        }
        step(1);
    }
    there
        .into_keys()
        .try_for_each(|surplus| batch.entry(surplus, None))
}
