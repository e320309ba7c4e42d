//! Reading the audit log: all of it, from an entry on, or from where an earlier reading ended.

use super::chain::{self, PAGE};
use crate::barrier::reader::Reader;
use crate::error::{Error, History, Result};
use crate::model::audit::{Entry, LogHead};

/// Receives the number of an entry and the entry.
type Visit<'a> = &'a mut dyn FnMut(u64, Entry) -> Result<()>;

impl Reader<'_> {
    /// The number of the newest entry and the chain's head there, from the root.
    pub fn log_head(&self) -> LogHead {
        LogHead {
            seq: self.root.log_last,
            head: self.root.log_head,
        }
    }

    /// The chain's head just before the first entry that is kept.
    pub fn log_start(&self) -> LogHead {
        let before = self.root.log_first.saturating_sub(1);
        LogHead {
            seq: before,
            head: self.root.log_first_head,
        }
    }

    /// Visits every entry, oldest first, with the chain's head there, and verifies the log: no
    /// entry is missing, added, moved, changed or from another history. This is certain only once
    /// the call returns; a changed entry is never visited.
    ///
    /// # Errors
    ///
    /// Those of `visit`, and [`Error::Integrity`] where the chain breaks.
    pub fn log_whole(&mut self, visit: &mut dyn FnMut(LogHead, Entry) -> Result<()>) -> Result<()> {
        let bounds = (self.root.log_first, self.root.log_last);
        let expected = (bounds.0 <= bounds.1).then_some(bounds);
        if self.tx.log_bounds()? != expected {
            return Err(Error::Integrity(
                "rows of `log` were added or dropped".into(),
            ));
        }
        let keys = &self.unlocked.keys;
        let store = &self.unlocked.header.store;
        let before = self.root.log_first_head;
        if chain::follow(&*self.tx, keys, store, bounds, before, visit)? == self.root.log_head {
            return Ok(());
        }
        Err(Error::Integrity(
            "the log's chain does not end at its head".into(),
        ))
    }

    /// Visits the entries from number `first` to the newest. Each was sealed by this store for its
    /// position, and none is missing; if `first` is the first entry kept, the chain is verified
    /// too.
    ///
    /// # Errors
    ///
    /// Those of `visit`, and [`Error::Integrity`] for a row that is missing or was changed.
    pub fn log_from(&mut self, first: u64, visit: Visit<'_>) -> Result<()> {
        if first <= self.root.log_first {
            return self.log_whole(&mut |at, entry| visit(at.seq, entry));
        }
        self.ends_at_root()?;
        let keys = &self.unlocked.keys;
        let store = &self.unlocked.header.store;
        chain::pages(&*self.tx, first..=self.root.log_last, &mut |row| {
            visit(row.seq, chain::unseal(keys, store, row)?.0)
        })
    }

    /// The number of the oldest among the newest `count` entries that match `picks`; if fewer
    /// match, the number of the first entry kept. `count` is at least 1.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] for a row that is missing or was changed.
    pub fn log_last_of(&mut self, count: u64, picks: &dyn Fn(&Entry) -> bool) -> Result<u64> {
        self.ends_at_root()?;
        let keys = &self.unlocked.keys;
        let store = &self.unlocked.header.store;
        let first = self.root.log_first;
        let mut end = self.root.log_last;
        let mut left = count;
        while end >= first {
            let begin = first.max((end + 1).saturating_sub(PAGE));
            for row in chain::page(&*self.tx, begin, end)?.iter().rev() {
                let is_picked = picks(&chain::unseal(keys, store, row)?.0);
                left = left.saturating_sub(u64::from(is_picked));
                if left == 0 {
                    return Ok(row.seq);
                }
            }
            end = begin.saturating_sub(1);
        }
        Ok(first)
    }

    /// Visits the entries after `seen`, verifies that they continue its chain, and returns the
    /// newest.
    ///
    /// # Errors
    ///
    /// [`History::Fork`] if they do not continue it, those of `visit`, and
    /// [`Error::Integrity`] where the chain breaks.
    pub fn log_after(&mut self, seen: &LogHead, visit: Visit<'_>) -> Result<LogHead> {
        let end = self.log_head();
        let parted = || {
            Error::History(History::Fork(
                "its log does not continue what was shown".into(),
            ))
        };
        if end.seq < seen.seq || seen.seq < self.log_start().seq {
            return Err(parted());
        }
        let keys = &self.unlocked.keys;
        let store = &self.unlocked.header.store;
        let bounds = (seen.seq + 1, end.seq);
        let head = chain::follow(
            &*self.tx,
            keys,
            store,
            bounds,
            seen.head,
            &mut |at, entry| visit(at.seq, entry),
        )?;
        if head == end.head {
            Ok(end)
        } else {
            Err(parted())
        }
    }

    /// The place to which the store was moved, if it was.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] for a row that is missing or was changed.
    pub fn moved_to(&self) -> Result<Option<String>> {
        if !self.unlocked.header.moved {
            return Ok(None);
        }
        // Nothing is written after that.
        let last = self.root.log_last;
        let (keys, store) = (&self.unlocked.keys, &self.unlocked.header.store);
        let mut place = None;
        for row in chain::page(&*self.tx, last, last)? {
            place = chain::unseal(keys, store, &row)?.0.details.remove("place");
        }
        Ok(Some(place.unwrap_or_else(|| "another place".into())))
    }

    /// Checks that the log ends where the root records it: nothing was cut off or appended.
    fn ends_at_root(&self) -> Result<()> {
        let end = self
            .tx
            .log_bounds()?
            .map_or(self.log_start().seq, |(_, last)| last);
        if end == self.root.log_last {
            return Ok(());
        }
        Err(Error::Integrity(
            "rows of `log` were added or dropped at its end".into(),
        ))
    }
}
