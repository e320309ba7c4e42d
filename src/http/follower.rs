//! Follows the commits in a database, so that no verdict has to ask for them.
//!
//! What was committed is in memory within a second while the database answers. How long that is used
//! while it does not is the rule of [`Freshness`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::event::{self, in_full};
use super::freshness::{Freshness, is_outage};
use super::gate::Closed;
use super::host::{Host, News};
use super::judge::Judge;
use super::size::Size;
use super::telemetry::Telemetry;
use super::wish::Wish;
use crate::backend::{Version, Watch};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::{Error, History, Result};
use crate::kind::Kind;
use crate::model::audit::LogHead;

/// How often the database is asked, if it does not itself report a commit sooner.
pub(super) const EVERY: Duration = Duration::from_millis(250);

/// Follows the commits in a database.
pub(super) struct Follower {
    /// A connection of its own, by which the changes are read.
    pub(super) core: Core,
    /// Another, by which they are seen.
    pub(super) watch: Box<dyn Watch>,
    /// Where it is noted how new what is in memory is.
    pub(super) freshness: Arc<Freshness>,
    /// Whose memory is brought up to date, and whose gate is closed.
    pub(super) judge: Arc<Judge>,
    /// Reads the store again once it may fit into the memory.
    pub(super) keeper: Sender<Wish>,
    /// Reports what was seen.
    pub(super) telemetry: Arc<Telemetry>,
    /// The service manager ends a server whose follower stands still.
    pub(super) host: Arc<dyn Host>,
    /// What was seen.
    pub(super) seen: Seen,
}

/// What was seen of a database.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The version whose changes are in place.
    version: Option<Version>,
    root: Option<Root>,
    size: Size,
}

/// The newest state that was verified.
#[derive(Debug, Clone, Copy)]
struct Root {
    epoch: u64,
    head: LogHead,
    records: u64,
}

impl Follower {
    /// Follows until the sender of `stop` is dropped.
    pub(super) fn run(mut self, stop: &Receiver<()>) {
        loop {
            let begun = Instant::now();
            let rest = match self.step(EVERY) {
                // More may have been committed while it was read.
                Step::Changed => Duration::ZERO,
                Step::Same | Step::Failed => EVERY.saturating_sub(begun.elapsed()),
            };
            self.host.notify(&News::Alive);
            match stop.recv_timeout(rest) {
                Err(RecvTimeoutError::Timeout) => (),
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Waits for a change, at most for this time, and brings what is in memory up to it.
    pub(super) fn step(&mut self, most: Duration) -> Step {
        let looked = self.look(most);
        let has_answered = !looked.as_ref().is_err_and(is_outage);
        if has_answered && self.freshness.set_up(true) {
            event::log(&*self.host, "database_back", json!({}));
        }
        match &looked {
            Ok(_) => self.judge.gate.looked(None),
            Err(error) if !has_answered => self.missed(error),
            // A look at the root does not show that a bucket is right again: a check of all does.
            Err(error) if matches!(error.kind(), Kind::Integrity | Kind::Corrupt) => {
                self.judge.gate.met(error);
            }
            Err(error) => {
                let closed = Closed::by(error.kind(), error);
                self.judge.gate.looked(Some(closed));
            }
        }
        looked.unwrap_or(Step::Failed)
    }

    fn look(&mut self, most: Duration) -> Result<Step> {
        let observed = self.watch.wait(self.seen.version, most)?;
        let is_new = self.seen.version != Some(observed.version);
        if is_new || self.judge.can_follow() {
            self.catch_up()?;
            self.seen.version = Some(observed.version);
        }
        // Not before what was committed by then is in place, and not the time of now: meanwhile more may
        // have been committed.
        self.freshness.looked(observed.asked_at);
        Ok(if is_new { Step::Changed } else { Step::Same })
    }

    fn catch_up(&mut self) -> Result<()> {
        let before = self.seen.root;
        let root = self
            .judge
            .follow(&mut self.core, |r| Root::following(before, r))?;
        self.seen.root = Some(root);
        self.telemetry.metrics.set_epoch(root.epoch);
        let (judge, host) = (&self.judge, &*self.host);
        self.seen
            .size
            .follow(root.records, judge, host, &self.keeper);
        Ok(())
    }

    /// Notes that the database has not answered. Requests are answered until that has been so for too
    /// long.
    fn missed(&self, error: &Error) {
        if self.freshness.set_up(false) {
            let fields = json!({ "kind": error.kind().word(), "cause": in_full(error) });
            event::log(&*self.host, "database_away", fields);
        }
        if !self.freshness.is_fresh() {
            self.judge.gate.looked(Some(Closed::by_outage()));
        }
    }
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something was committed, and is in place.
    Changed,
    /// Nothing was.
    Same,
    /// The database did not answer, or there is something wrong with the store.
    Failed,
}

impl Root {
    /// The root of a state that continues an earlier one, if there is one. The anchor says the same and
    /// more, if this machine has one.
    fn following(before: Option<Self>, r: &Reader<'_>) -> Result<Self> {
        let now = Self {
            epoch: r.epoch(),
            head: r.log_head(),
            records: r.records(),
        };
        let Some(before) = before else {
            return Ok(now);
        };
        if now.epoch < before.epoch {
            return Err(Error::History(History::Rollback {
                found: now.epoch,
                seen: before.epoch,
            }));
        }
        if now.epoch == before.epoch && now.head != before.head {
            let why = format!("another change was made in epoch {}", now.epoch);
            return Err(Error::History(History::Fork(why)));
        }
        Ok(now)
    }
}

#[cfg(test)]
pub(super) mod tests;
