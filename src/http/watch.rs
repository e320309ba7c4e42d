//! The watch over the store while it is served.
//!
//! What hallpass commits is seen by the verdict that comes next. What bypasses hallpass is seen
//! here, within a second: a file that was renamed over, unlinked or overwritten, an older state, a
//! forked one.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use serde_json::json;

use super::event;
use super::gate::Closed;
use super::host::{Host, News};
use super::judge::Judge;
use super::pool::NewContext;
use super::size::Size;
use super::telemetry::Telemetry;
use super::wish::Wish;
use crate::backend::Version;
use crate::backend::location::{Location, store_paths};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::{Error, History, Result};
use crate::model::audit::LogHead;
use crate::open::Opening;
use crate::ops::store::remember_endings;
use crate::ops::verify::RecordUse;

/// How often the store is looked at.
const EVERY: Duration = Duration::from_millis(400);

/// How often uses of tokens are written to a database.
const SELDOM: Duration = Duration::from_secs(1);

/// How many uses of tokens are written to a database at once.
const FEW: usize = 1000;

/// How long the end waits for a check of the whole store.
const LAST_CHECK: Duration = Duration::from_secs(2);

/// The watch over a store in a file. Of a database it only records the uses of tokens: that is watched
/// by the [`follower`](super::follower).
pub(super) struct Watch {
    /// A connection of its own.
    pub(super) core: Core,
    /// How another is opened.
    pub(super) opening: Opening,
    /// The context of that.
    pub(super) new_context: Arc<NewContext>,
    /// Whose gate is closed, and whose uses are recorded.
    pub(super) judge: Arc<Judge>,
    /// Has the whole store checked.
    pub(super) keeper: Sender<Wish>,
    /// Hangs up when the keeper has closed its connection.
    pub(super) keeper_ended: Receiver<()>,
    /// Reports what was seen.
    pub(super) telemetry: Arc<Telemetry>,
    /// The service manager ends a server whose watch stands still.
    pub(super) host: Arc<dyn Host>,
}

impl Watch {
    /// Looks at the store again and again, until the sender of `stop` is dropped.
    pub(super) fn run(mut self, stop: &Receiver<()>) {
        let mut seen = Seen::default();
        let is_remote = self.telemetry.health.database().is_some();
        let every = if is_remote { SELDOM } else { EVERY };
        loop {
            if !is_remote {
                self.look(&mut seen);
                self.host.notify(&News::Alive);
            }
            self.record_uses(&mut seen);
            match stop.recv_timeout(every) {
                Err(RecvTimeoutError::Timeout) => (),
                Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // The write-ahead log is merged into the store by the last connection that wrote, which a
        // check on another would prevent. A long one is not waited for: it changes nothing.
        self.wish(Wish::End);
        let _ = self.keeper_ended.recv_timeout(LAST_CHECK);
        self.record_uses(&mut seen);
    }

    fn look(&mut self, seen: &mut Seen) {
        let found = self.newest(seen).err();
        let closed = found.map(|error| Closed::by(error.kind(), &error));
        self.judge.gate.looked(closed);
        self.telemetry.health.watched();
    }

    /// Reads root and anchor again. Fails if the state is not the newest that was seen.
    fn newest(&mut self, seen: &mut Seen) -> Result<()> {
        let files = Files::of(&self.opening.location);
        let version = self.core.store.version()?;
        let read = |r: &mut Reader<'_>| Ok((r.epoch(), r.records(), r.log_head()));
        let (epoch, records, head) = self.core.read(read)?;
        ensure_not_older(epoch, seen.epoch)?;
        if seen.files != files {
            // This connection may have old pages and an old log in memory, also after a commit that it
            // has seen; a new connection has not.
            let mut other = self.opening.sibling(&self.core, (self.new_context)())?;
            ensure_not_older(other.read(|r| Ok(r.epoch()))?, epoch)?;
        }
        if let Some(check) = seen.check_for(&files, version) {
            self.wish(check);
        }
        self.remember_endings(seen, head);
        self.telemetry.metrics.set_epoch(epoch);
        seen.size
            .follow(records, &self.judge, &*self.host, &self.keeper);
        seen.files = files;
        seen.version = Some(version);
        seen.epoch = epoch;
        Ok(())
    }

    /// Remembers what others have ended since the last look, should the store be rolled back.
    fn remember_endings(&mut self, seen: &mut Seen, head: LogHead) {
        let Some(before) = seen.head.filter(|before| *before != head) else {
            seen.head = Some(head);
            return;
        };
        match remember_endings(&mut self.core, &before) {
            Ok(reached) => (seen.head, seen.forgets) = (Some(reached), false),
            // The next look tries again; if the store cannot be read, it closes the doors.
            Err(error) => {
                if !seen.forgets {
                    let why = event::in_full(&error);
                    event::log(&*self.host, "not_remembered", json!({ "why": why }));
                }
                seen.forgets = true;
            }
        }
    }

    /// Asks the keeper for something. If there is none any more, the server ends.
    fn wish(&self, wish: Wish) {
        let _ = self.keeper.send(wish);
    }

    /// Records some of the uses that wait. What fails is dropped, because the next use of the token is
    /// recorded again; except what belongs in the audit log.
    fn record_in_database(&mut self) {
        let mut uses = self.judge.uses.take(self.core.now(), FEW);
        if crate::ops::verify::note(&mut self.core, &uses).is_err() {
            uses.retain(RecordUse::is_audited);
            self.judge.uses.give_back(uses);
        }
    }

    fn record_uses(&mut self, seen: &mut Seen) {
        if let Some(database) = self.telemetry.health.database() {
            // While it is away, an attempt would take long.
            if database.is_up() {
                self.record_in_database();
            }
            return;
        }
        let uses = self.judge.uses.take(self.core.now(), usize::MAX);
        if uses.is_empty() {
            return;
        }
        let is_as_seen = Files::of(&self.opening.location) == seen.files;
        if crate::ops::verify::note(&mut self.core, &uses).is_err() {
            self.judge.uses.give_back(uses);
            return;
        }
        // The next look is not to take this commit for another's.
        if is_as_seen && let Ok(version) = self.core.store.version() {
            seen.files = Files::of(&self.opening.location);
            seen.version = Some(version);
        }
    }
}

/// What was seen of the store.
#[derive(Default)]
struct Seen {
    files: Files,
    version: Option<Version>,
    epoch: u64,
    /// Where its log ended, up to which this machine remembers what has ended.
    head: Option<LogHead>,
    /// Whether that could not be recorded.
    forgets: bool,
    size: Size,
}

impl Seen {
    /// The check that is due if the store is like this now.
    fn check_for(&self, files: &Files, version: Version) -> Option<Wish> {
        let before = self.version.filter(|_| self.files != *files)?;
        // If nothing was committed, by a checkpoint or by something else than hallpass; and else
        // something may have hidden behind the commit.
        Some(if before == version {
            Wish::Check
        } else {
            Wish::Later
        })
    }
}

/// The state of the store's files: device, inode, size, and time of the last change in nanoseconds.
#[derive(Default, PartialEq, Eq)]
struct Files(Vec<Option<[i128; 4]>>);

impl Files {
    fn of(location: &Location) -> Self {
        // Of a database nothing is to be seen here.
        let paths = location.file().map(store_paths).unwrap_or_default();
        // Readers change the index of the write-ahead log too.
        let is_counted = |path: &PathBuf| !path.as_os_str().as_encoded_bytes().ends_with(b"-shm");
        let paths: Vec<PathBuf> = paths.into_iter().filter(is_counted).collect();
        let state = |path: &PathBuf| {
            let found = fs::metadata(path).ok()?;
            let changed =
                i128::from(found.ctime()) * 1_000_000_000 + i128::from(found.ctime_nsec());
            Some([
                found.dev().into(),
                found.ino().into(),
                found.size().into(),
                changed,
            ])
        };
        Self(paths.iter().map(state).collect())
    }
}

fn ensure_not_older(epoch: u64, seen: u64) -> Result<()> {
    if epoch >= seen {
        return Ok(());
    }
    Err(Error::History(History::Rollback { found: epoch, seen }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::memory::MemoryBackend;
    use crate::backend::{Backend as _, Mode};

    #[test]
    fn every_change_of_the_files_is_followed_by_a_check() {
        let files = |size| Files(vec![Some([1, 2, size, 3]), None]);
        let mut backend = MemoryBackend::new();
        let before = backend.version().unwrap();
        backend.begin(Mode::Write).unwrap().commit().unwrap();
        let after = backend.version().unwrap();
        assert_ne!(before, after);
        let first = Seen::default();
        assert_eq!(first.check_for(&files(1), before), None);
        let seen = Seen {
            files: files(1),
            version: Some(before),
            ..Seen::default()
        };
        for (size, version, check) in [
            (1, before, None),
            (1, after, None),
            (2, before, Some(Wish::Check)),
            (2, after, Some(Wish::Later)),
        ] {
            assert_eq!(seen.check_for(&files(size), version), check);
        }
    }
}
