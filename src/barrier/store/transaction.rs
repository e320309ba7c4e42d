//! One transaction: what stands before it, and what follows it.

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
use crate::error::{Error, Result};
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
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let Session { mut reader, freshness, mark, .. } = self.begin(Mode::Read, None)?;
        let result = f(&mut reader);
        drop(reader);
        self.settle(freshness, &mark);
        result
    }

    /// Changes the store, all or nothing. A closure that changes nothing leaves it untouched.
    pub fn write<T>(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        self.transact(Mode::Write, at, who, entropy, |writer| {
            writer.advance_wall();
            f(writer)
        })
    }

    /// As [`Self::write`], for what is only nice to have: it never waits, and does not count as a
    /// time at which anything happened.
    pub fn write_quietly(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<()> {
        self.transact(Mode::WriteIfFree, at, who, entropy, f)
    }

    fn transact<T>(
        &mut self,
        mode: Mode,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        if self.unlocked.header.newer_minor() {
            return Err(Fault::NewerFormat("it can be read, not written".into()).into());
        }
        let mut anchor_file = self.open_anchor(self.draft)?;
        let Session { reader, freshness, mark: old, anchor, key } = self.begin(mode, Some(at))?;
        let mut writer = Writer::new(reader, entropy, who, at);
        let value = f(&mut writer)?;
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
        let committed = writer.commit(|mark| match (anchor, freshness) {
            (Some(anchor), Freshness::Overridden) => anchor
                .announce(anchor_file.as_ref(), mark, key)
                .map_err(|source| unwritable(anchor, source)),
            _ => Ok(()),
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
        let seen = self.read_anchor()?;
        let tx = self.backend.begin(mode)?;
        let row = root_row(&*tx)?;
        if !self.unlocked.fits(&row) {
            self.unlocked.reload(&*tx)?;
        }
        let mut root = self.unlocked.open_root(&row)?;
        if !self.unlocked.is_at(&root) {
            self.unlocked.reload(&*tx)?;
            root = self.unlocked.open_root(&row)?;
        }
        if !self.unlocked.is_at(&root) {
            return Err(Error::Integrity("header and keyring are not the newest".into()));
        }
        let mark = Mark::of(&root, &row, &self.unlocked.keys.manifest)?;
        let check = FreshnessCheck { unlocked: &self.unlocked, tx: &*tx, root: &root, mark: &mark };
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
            return Err(Error::AnchorMissing);
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
        Ok(Session { reader, freshness, mark, anchor, key })
    }

    /// After a read: remembers what was seen, if that can be.
    fn settle(&mut self, freshness: Freshness, mark: &Mark) {
        if self.draft || self.anchor.is_none() {
            return;
        }
        if freshness == Freshness::Same {
            return self.remember_place();
        }
        let file = self.anchor.as_ref().and_then(|anchor| anchor.open().ok().flatten());
        self.follow(file.as_ref(), freshness, mark);
        if let Some(failure) = self.anchor_failure.take() {
            self.notices.push(Notice::AnchorNotUpdated(failure.to_string()));
        }
    }
}

fn note_clock(notices: &mut Vec<Notice>, now: Option<Time>, wall_max: Time) {
    let behind = now.map_or(0, |now| wall_max.seconds() - now.seconds());
    if behind > CLOCK_SLACK {
        notices.push(Notice::ClockBehind(behind));
    }
}

#[cfg(test)]
mod tests;
