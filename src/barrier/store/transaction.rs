//! One transaction: what stands before it, and what follows it.

use std::iter::repeat_n;
use std::thread::sleep;
use std::time::Duration;

use super::handle::Store;
use super::memory::{Seen, record, unwritable};
use crate::backend::{Fault, Mode};
use crate::barrier::anchor::freshness::{Freshness, FreshnessCheck, Override, gone};
use crate::barrier::anchor::{Anchor, Mark, Notice};
use crate::barrier::reader::Reader;
use crate::barrier::unlocking::unlocked::root_row;
use crate::barrier::writer::Writer;
use crate::crypto::MacKey;
use crate::entropy::Entropy;
use crate::error::{Error, History, Result};
use crate::model::audit::Actor;
use crate::model::time::Time;

/// How far behind the clock may be before anybody is told, in seconds.
pub const CLOCK_SLACK: i64 = 5 * 60;

/// A transaction that has begun.
pub(super) struct Session<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) freshness: Freshness,
    pub(super) mark: Mark,
    pub(super) anchor: Option<&'a Anchor>,
    /// What the anchor is authenticated with.
    pub(super) key: &'a MacKey,
}

impl Store {
    /// Reads from one consistent state.
    ///
    /// # Errors
    ///
    /// Those of `f`, and all that makes a store refused: damage, a rollback, a fork.
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

    /// Changes the store, all or nothing. A closure that changes nothing leaves it untouched.
    ///
    /// `change` may be run again, from its start and on a newer state: some storage finds only at the
    /// end that another writer was faster. So it has no effect outside the store, and draws ids anew.
    ///
    /// # Errors
    ///
    /// Those of `change`, [`Fault::Busy`] if others are always faster, and all that makes a store
    /// refused: damage, a rollback, a fork.
    pub fn write<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnMut(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        self.until_kept(at, who, entropy, change, None::<fn(&mut T) -> Result<()>>)
    }

    /// As [`Self::write`]; `last` runs once, between the last change and the commit, unless nothing was
    /// changed.
    ///
    /// It is for what cannot be done twice, like printing a secret: once it has begun, nothing is run
    /// again. If it fails, or the commit after it, the store stays as it was.
    ///
    /// # Errors
    ///
    /// As [`Self::write`], and those of `last`. After it, [`Fault::Conflict`] is one too.
    pub fn write_then<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnMut(&mut Writer<'_>) -> Result<T>,
        last: impl FnOnce(&mut T) -> Result<()>,
    ) -> Result<T> {
        self.until_kept(at, who, entropy, change, Some(last))
    }

    /// Tries until no other writer was faster.
    fn until_kept<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        mut change: impl FnMut(&mut Writer<'_>) -> Result<T>,
        mut last: Option<impl FnOnce(&mut T) -> Result<()>>,
    ) -> Result<T> {
        let has_last = last.is_some();
        let mut pauses = pauses();
        loop {
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
            // What `last` did cannot be taken back here, so that its caller must be told.
            let was_last = has_last && last.is_none();
            if !lost || was_last {
                return done;
            }
            let pause = pauses.next().ok_or(Fault::Busy)?;
            sleep(jittered(pause, entropy)?);
        }
    }

    /// As [`Self::write`], for what is only nice to have: it never waits, and does not count as a
    /// time at which anything happened.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] if somebody else is writing, and those of [`Self::write`].
    pub fn write_quietly(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        change: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<()> {
        self.transact(Mode::WriteIfFree, at, who, entropy, change, |()| Ok(()))
    }

    /// One attempt: begin, change, remember outside what must be, commit, and let the anchor follow.
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
        // Before anything is changed: a write that the anchor could not follow is refused.
        let mut anchor_file = self.open_anchor(self.draft)?;
        let Session {
            reader,
            freshness,
            mark: old,
            anchor,
            key,
        } = self.begin(mode, Some(at))?;
        let mut writer = Writer::new(reader, entropy, who, at);
        let mut value = change(&mut writer)?;
        if !writer.has_changed() {
            drop(writer);
            self.settle(freshness, &old);
            return Ok(value);
        }
        let tombstones = writer.tombstones().to_vec();
        // Before the commit: if it fails, what stays valid may be ended by a later restore, which is the
        // safe side to be wrong on.
        if let (Some(anchor), [_, ..]) = (anchor, &*tombstones) {
            let recorded = record(anchor, &mut anchor_file, (freshness, &old), &writer, key);
            recorded.map_err(|source| unwritable(anchor, source))?;
        }
        // What does not continue the past is announced, as a kill may come before the anchor follows.
        let committed = writer.commit(|mark| {
            if let (Some(anchor), Freshness::Overridden) = (anchor, freshness) {
                let announced = anchor.announce(anchor_file.as_ref(), mark, key);
                announced.map_err(|source| unwritable(anchor, source))?;
            }
            // After all that can still fail here, so that what it does is seldom for nothing.
            last(&mut value)
        });
        let mark = match (committed, anchor, freshness) {
            (Err(error), Some(anchor), Freshness::Overridden) => {
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

    /// Reads without remembering what was seen.
    pub(in crate::barrier) fn look<T>(
        &mut self,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let Session { mut reader, .. } = self.begin(Mode::Read, None)?;
        f(&mut reader)
    }

    /// Begins a transaction on a state that is whole, and no older than this machine has seen.
    pub(super) fn begin(&mut self, mode: Mode, now: Option<Time>) -> Result<Session<'_>> {
        // Before the transaction: an anchor that is read later may be ahead of this snapshot, as another
        // process commits in between, and that would look like a rollback.
        let seen = self.read_anchor()?;
        let tx = self.backend.begin(mode)?;
        let row = root_row(&*tx)?;
        // Another process may have replaced the keyring, or the header, or both.
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
        // From here on the root is the store's own; whether it is the newest, only the anchor says.
        let mark = Mark::of(&root, &row, &self.unlocked.keys.manifest)?;
        let check = FreshnessCheck {
            unlocked: &self.unlocked,
            tx: &*tx,
            root: &root,
            mark: &mark,
        };
        let freshness = match &seen {
            Seen::Never => Freshness::Unseen,
            Seen::Before(Some(bytes)) => check.run(bytes, self.overridden)?,
            Seen::Before(None) if matches!(self.overridden, Override::Fork | Override::Any) => {
                Freshness::Overridden
            }
            Seen::Before(None) => return Err(gone()),
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
            anchor,
            key,
        })
    }

    /// After a read: remembers what was seen, if that can be.
    fn settle(&mut self, freshness: Freshness, mark: &Mark) {
        if self.draft || self.anchor.is_none() {
            return;
        }
        if freshness == Freshness::Same {
            return self.remember_place();
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

/// How long to wait before a transaction is run again: 5 s in all.
fn pauses() -> impl Iterator<Item = Duration> {
    let growing = [5, 10, 20, 40, 80, 160];
    growing
        .into_iter()
        .chain(repeat_n(200, 23))
        .map(Duration::from_millis)
}

/// A half to the whole of `pause`, so that two that lost against each other do not meet again.
fn jittered(pause: Duration, entropy: &mut dyn Entropy) -> Result<Duration> {
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
