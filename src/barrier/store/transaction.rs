//! One transaction: the checks before it, the commit, and the bookkeeping after it.

use std::iter::repeat_n;
use std::thread::sleep;
use std::time::Duration;

use super::handle::Store;
use super::memory::{Seen, record, unwritable};
use crate::backend::{Backend, Fault, Mode, Row, Transaction, Want};
use crate::barrier::anchor::freshness::{Freshness, FreshnessCheck, Override, anchor_gone};
use crate::barrier::anchor::{Anchor, Mark, Notice, newest};
use crate::barrier::reader::Reader;
use crate::barrier::unlocking::unlocked::root_row;
use crate::barrier::writer::Writer;
use crate::crypto::MacKey;
use crate::entropy::Entropy;
use crate::error::{Error, History, Result};
use crate::model::audit::Actor;
use crate::model::time::Time;

/// How far the clock may be behind before a notice is raised and codes are refused, in seconds.
pub const CLOCK_SLACK: i64 = 5 * 60;

/// A transaction that has begun.
pub(super) struct Session<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) freshness: Freshness,
    pub(super) mark: Mark,
    /// The sealed root.
    pub(super) root_row: Row,
    pub(super) anchor: Option<&'a Anchor>,
    /// The key that authenticates the anchor.
    pub(super) key: &'a MacKey,
}

impl Store {
    /// Runs `f` on one consistent snapshot.
    ///
    /// # Errors
    ///
    /// Those of `f`, and every reason to refuse a store: damage, a rollback, a fork.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let Session {
            mut reader,
            freshness,
            mark,
            ..
        } = self.begin(Mode::Read, None)?;
        let result = f(&mut reader);
        drop(reader);
        self.settle(freshness, &mark);
        result
    }

    /// Changes the store, all or nothing. If `change` changes nothing, the store is not touched.
    ///
    /// `change` may be run again from its start, on a newer state: some storage reports only at the
    /// end that another writer was faster. It must therefore have no effect outside the store, and
    /// must generate new ids in each run.
    ///
    /// # Errors
    ///
    /// Those of `change`, [`Fault::Busy`] if other writers are faster every time, and every reason
    /// to refuse a store: damage, a rollback, a fork.
    pub fn write<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnMut(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        self.until_committed(at, who, entropy, change, None::<fn(&mut T) -> Result<()>>)
    }

    /// As [`Self::write`], with a final step: `last` runs once, between the last change and the
    /// commit, unless nothing was changed.
    ///
    /// It is for effects that cannot be repeated, like printing a secret: once it has begun,
    /// nothing is run again. If it fails, the store is unchanged. If the commit fails, it may still
    /// have taken effect.
    ///
    /// # Errors
    ///
    /// As [`Self::write`], and those of `last`. Once `last` has run, [`Fault::Conflict`] is
    /// returned too.
    pub fn write_then<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnMut(&mut Writer<'_>) -> Result<T>,
        last: impl FnOnce(&mut T) -> Result<()>,
    ) -> Result<T> {
        self.until_committed(at, who, entropy, change, Some(last))
    }

    /// Runs a transaction until it commits without a conflict.
    fn until_committed<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        mut change: impl FnMut(&mut Writer<'_>) -> Result<T>,
        mut last: Option<impl FnOnce(&mut T) -> Result<()>>,
    ) -> Result<T> {
        let has_last = last.is_some();
        let mut pauses = pauses();
        // Whoever was overtaken twice waits for the others, and then reads: it is not overtaken again.
        let mut optimistic_left = if has_last { 0 } else { 2 };
        let prefetched = std::mem::take(&mut self.prefetched);
        loop {
            self.prefetched.clone_from(&prefetched);
            self.optimistic = optimistic_left > 0;
            let done = self.transact(
                Mode::Write,
                at,
                who,
                entropy,
                |writer| {
                    writer.advance_wall();
                    change(writer)
                },
                |value| last.take().map_or(Ok(()), |last| last(value)),
            );
            let lost = matches!(done, Err(Error::Storage(Fault::Conflict)));
            // The effect of `last` cannot be undone here, so the caller has to be informed.
            let was_last = has_last && last.is_none();
            if !lost || was_last {
                return done;
            }
            optimistic_left = u32::saturating_sub(optimistic_left, 1);
            let pause = pauses.next().ok_or(Fault::Busy)?;
            self.backend.runs_again();
            sleep(jittered(pause, entropy)?);
        }
    }

    /// As [`Self::write`], for changes that may be skipped: it never waits, and does not
    /// advance the clock of the store.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if there is another writer, and those of [`Self::write`].
    pub fn write_quietly(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<()> {
        self.transact(Mode::WriteIfFree, at, who, entropy, change, |()| Ok(()))
    }

    /// One attempt: begin, change, record tombstones, commit, and advance the anchor.
    fn transact<T>(
        &mut self,
        mode: Mode,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnOnce(&mut Writer<'_>) -> Result<T>,
        last: impl FnOnce(&mut T) -> Result<()>,
    ) -> Result<T> {
        if self.unlocked.header.newer_minor() {
            return Err(Fault::NewerFormat("it can be read, but not written".into()).into());
        }
        // Opened before anything changes: a write that the anchor could not follow is refused.
        let anchor_file = self.open_anchor(self.draft)?;
        let Session {
            reader,
            freshness,
            mark: old,
            anchor,
            key,
            ..
        } = self.begin(mode, Some(at))?;
        let mut writer = Writer::new(reader, entropy, who, at);
        if let Freshness::Adopted(adoption) = freshness {
            writer.adoption = Some(adoption);
        }
        let mut value = change(&mut writer)?;
        if !writer.has_changed() {
            drop(writer);
            self.settle(freshness, &old);
            return Ok(value);
        }
        let tombstones = writer.tombstones().to_vec();
        // Before the commit. If that fails, a later restore may end records that are still valid;
        // the opposite order could revive ended ones.
        if let (Some(anchor), [_, ..]) = (anchor, &*tombstones) {
            let recorded = record(anchor, (freshness, &old), &writer, key);
            recorded.map_err(|source| unwritable(anchor, source))?;
        }
        // A state that does not continue the past is announced: a kill may precede the anchor
        // update.
        let committed = writer.commit(|mark| {
            if let (Some(anchor), true) = (anchor, freshness.starts_anew()) {
                let announced = anchor.announce(anchor_file.as_ref(), mark, key);
                announced.map_err(|source| unwritable(anchor, source))?;
            }
            // After every step that can still fail, so that its effect is rarely in vain.
            last(&mut value)
        });
        let mark = match (committed, anchor, freshness.starts_anew()) {
            (Err(error), Some(anchor), true) => {
                let withdrawn = anchor.withdraw(anchor_file.as_ref());
                withdrawn.map_err(|source| unwritable(anchor, source))?;
                return Err(error);
            }
            (committed, ..) => committed?,
        };
        self.follow(anchor_file.as_ref(), freshness, &mark);
        self.committed |= mode == Mode::Write;
        self.after_tombstones(tombstones, &mark);
        Ok(value)
    }

    /// Reads without updating the anchor.
    pub(in crate::barrier) fn look<T>(
        &mut self,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let Session { mut reader, .. } = self.begin(Mode::Read, None)?;
        f(&mut reader)
    }

    /// Begins a transaction on a state that is intact, and no older than this machine has seen,
    /// unless the operator accepted that.
    pub(super) fn begin(&mut self, mode: Mode, now: Option<Time>) -> Result<Session<'_>> {
        // Read before the transaction begins: another process may commit in between, and an anchor
        // read later would then be ahead of this snapshot, which looks like a rollback.
        let seen = self.read_anchor()?;
        let mut wants = std::mem::take(&mut self.prefetched);
        wants.extend(self.log_to_come(&seen));
        let optimistic = std::mem::take(&mut self.optimistic) && mode == Mode::Write;
        let tx = start(&mut *self.backend, mode, optimistic, &wants)?;
        let row = root_row(&*tx)?;
        // Another process may have replaced the keyring or the header.
        if !self.unlocked.fits(&row) {
            self.unlocked.reload(&*tx)?;
        }
        let mut root = self.unlocked.open_root(&row)?;
        if !self.unlocked.is_at(&root) {
            self.unlocked.reload(&*tx)?;
            root = self.unlocked.open_root(&row)?;
        }
        if !self.unlocked.is_at(&root) {
            return Err(Error::Integrity(
                "header and keyring are not the newest".into(),
            ));
        }
        let moved = self.unlocked.header.moved && self.overridden != Override::Moved;
        if moved && !(self.admits_moved && mode == Mode::Read) {
            let place = Reader::new(tx, &self.unlocked, root).moved_to()?;
            return Err(Error::History(History::Moved(place.unwrap_or_default())));
        }
        // The root is authentic from here on; whether it is the newest, only the anchor can show.
        let mark = Mark::of(&root, &row, &self.unlocked.keys.manifest)?;
        let check = FreshnessCheck {
            unlocked: &self.unlocked,
            tx: &*tx,
            root: &root,
            mark: &mark,
        };
        let freshness = match &seen {
            _ if moved => Freshness::Moved,
            Seen::Never => Freshness::Unseen,
            Seen::Before(Some(bytes)) => check.run(bytes, self.overridden)?,
            Seen::Before(None) if self.overridden.is_of_any_store() => Freshness::Overridden,
            Seen::Before(None) => return Err(anchor_gone()),
        };
        let missing = freshness == Freshness::Unseen && self.anchor.is_some() && !self.draft;
        if missing && self.require_anchor && self.overridden != Override::Any {
            return Err(Error::History(History::AnchorMissing));
        }
        if !self.seen {
            self.seen = true;
            note_clock(&mut self.notices, now, root.wall_max);
            if missing {
                self.notices.push(Notice::FirstUse);
            }
        }
        let key = &self.unlocked.keys.anchor;
        let reader = Reader::new(tx, &self.unlocked, root);
        let anchor = self.anchor.as_ref().filter(|_| !self.draft);
        Ok(Session {
            reader,
            freshness,
            mark,
            root_row: row,
            anchor,
            key,
        })
    }

    /// The end of the log, from the last row that this machine has seen on: what it has not seen is
    /// followed, and what is written must follow the last.
    fn log_to_come(&self, seen: &Seen) -> Option<Want> {
        let Seen::Before(Some(bytes)) = seen else {
            return None;
        };
        if !self.backend.fetches() {
            return None;
        }
        let (store, key) = (&self.unlocked.header.store, &self.unlocked.keys.anchor);
        let mark = newest(bytes, store, key)?;
        Some(Want::Log(mark.log_last.max(1), u64::MAX))
    }

    /// After a transaction without changes: updates the anchor, if possible.
    pub(super) fn settle(&mut self, freshness: Freshness, mark: &Mark) {
        if self.draft || freshness == Freshness::Moved {
            return;
        }
        if freshness == Freshness::Same {
            return self.remember_path();
        }
        let file = self
            .anchor
            .as_ref()
            .and_then(|anchor| anchor.open().ok().flatten());
        self.follow(file.as_ref(), freshness, mark);
        if let Some(failure) = self.anchor_failure.take() {
            self.notices
                .push(Notice::AnchorNotUpdated(failure.to_string()));
        }
    }
}

fn start<'a>(
    backend: &'a mut dyn Backend,
    mode: Mode,
    optimistic: bool,
    wants: &[Want],
) -> Result<Box<dyn Transaction + 'a>, Fault> {
    if optimistic {
        backend.begin_optimistic(wants)
    } else {
        backend.begin_fetching(mode, wants)
    }
}

/// The pauses between attempts: about 5 s in total, before jitter.
pub(super) fn pauses() -> impl Iterator<Item = Duration> {
    let growing = [5, 10, 20, 40, 80, 160];
    growing
        .into_iter()
        .chain(repeat_n(200, 23))
        .map(Duration::from_millis)
}

/// A random duration between half of `pause` and all of it, so that two losers do not collide
/// again.
pub(super) fn jittered(pause: Duration, entropy: &mut dyn Entropy) -> Result<Duration> {
    let mut byte = [0; 1];
    entropy.fill(&mut byte)?;
    let [byte] = byte;
    Ok(pause / 2 + pause / 512 * u32::from(byte))
}

fn note_clock(notices: &mut Vec<Notice>, now: Option<Time>, wall_max: Time) {
    let behind = now.map_or(0, |now| wall_max.seconds() - now.seconds());
    if behind > CLOCK_SLACK {
        notices.push(Notice::ClockBehind(behind));
    }
}

#[cfg(test)]
mod tests;
