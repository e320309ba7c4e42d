//! Verdicts, for every door that needs one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::freshness::Freshness;
use super::gate::Gate;
use super::pool::Pool;
use super::uses::Uses;
use crate::backend::{Fault, Version};
use crate::barrier::Reader;
use crate::core::{Core, Request};
use crate::error::{Error, Result};
use crate::kind::Kind;
use crate::model::token::Presented;
use crate::model::verdict::Reason;
use crate::ops::verify::snapshot::{Memory, Snapshot};
use crate::ops::verify::{self, Asked, Verdict};

/// Judges tokens: never by a state that is older than the last commit before the call.
///
/// Every verdict begins with asking the store whether anything was committed; only if so, anything is
/// read. What was read is in memory, shared by all threads.
///
/// A database is a network away and is not asked: a verdict is made of what is in memory, as long as
/// that is new enough ([`Freshness`]). If nothing is in memory, each verdict is a transaction of its
/// own, as new as that.
pub(super) struct Judge {
    desks: Mutex<Vec<Desk>>,
    /// What verdicts are made of; `None` until it is read, and for a store that is too large.
    snapshot: ArcSwapOption<Snapshot>,
    memory: Mutex<Memory>,
    limit: usize,
    /// How many records the store had when it was too large; 0 if it is not.
    too_large: AtomicU64,
    pool: Arc<Pool>,
    pub(super) gate: Arc<Gate>,
    pub(super) uses: Uses,
    /// How new what is in memory is, if the store is in a database.
    database: Option<Arc<Freshness>>,
    /// Whether `memory` has all of a database, and the follower is to keep it up to date.
    is_filled: AtomicBool,
}

/// A connection to the store that serves one verdict at a time.
struct Desk {
    core: Core,
    /// The version of the store when this snapshot showed its newest state.
    current: Option<(Version, Arc<Snapshot>)>,
}

/// How long the verdict on an unknown token is kept back.
///
/// An id that is known, with a wrong secret, takes the same steps as one that is not, but what lies in the
/// processor's caches differs: 0.1 microseconds, which a million requests show. Timers go off at whole
/// milliseconds only, so that the time of the answer says nothing about what came before.
const BLUR: Duration = Duration::from_millis(1);

/// How many bytes of verified rows each connection remembers while there is no snapshot: at the start,
/// and of a store that is too large for one.
const REMEMBERED: usize = 16 << 20;

impl Judge {
    /// A judge of the tokens in the store of `pool`, with connections of its own: one for each thread
    /// that answers requests. `limit` is how many tokens are kept in memory at most.
    pub(super) fn new(pool: Arc<Pool>, cores: Vec<Core>, limit: usize, gate: Arc<Gate>) -> Self {
        let desks = cores.into_iter().map(|mut core| {
            Self::prepare(&mut core);
            Desk {
                core,
                current: None,
            }
        });
        Self {
            desks: Mutex::new(desks.collect()),
            snapshot: ArcSwapOption::empty(),
            memory: Mutex::new(Memory::new(limit)),
            limit,
            too_large: AtomicU64::default(),
            pool,
            gate,
            uses: Uses::new(),
            database: None,
            is_filled: AtomicBool::default(),
        }
    }

    /// A judge of the tokens in a database: without connections of its own.
    pub(super) fn remote(
        pool: Arc<Pool>,
        limit: usize,
        gate: Arc<Gate>,
        database: Arc<Freshness>,
    ) -> Self {
        Self {
            database: Some(database),
            ..Self::new(pool, Vec::new(), limit, gate)
        }
    }

    /// Judges a presented token, and has its use recorded later.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if `asked` names what does not exist; any other
    /// error means that no verdict is possible now.
    pub(super) async fn judge(
        &self,
        request: Request,
        presented: Presented,
        asked: Asked,
    ) -> Result<Verdict> {
        if !self.gate.is_open() {
            return Err(closed());
        }
        let judged = match &self.database {
            Some(database) => self.judge_remote(database, request, presented, asked).await,
            None => self.judge_local(request, presented, asked).await,
        };
        match &judged {
            Ok(verdict) => verdict
                .record_use()
                .into_iter()
                .for_each(|noted| self.uses.add(noted)),
            Err(error) => self.close_for(error),
        }
        if matches!(&judged, Ok(verdict) if verdict.reason == Reason::Unknown) {
            // Boxed, because it is rare: every request would carry its size.
            Box::pin(sleep(BLUR)).await;
        }
        judged
    }

    async fn judge_local(
        &self,
        request: Request,
        presented: Presented,
        asked: Asked,
    ) -> Result<Verdict> {
        if let Some(mut desk) = self.take() {
            desk.core.begin(request);
            let judged = self.judge_at(&mut desk, &presented, &asked);
            self.give_back(desk);
            return judged;
        }
        // More requests at once than threads: some threads are waiting for the store.
        let call = move |core: &mut Core| verify::judge(core, &presented, &asked);
        // Boxed, because it is rare: every request would carry its size.
        Box::pin(self.pool.run(request, call)).await
    }

    async fn judge_remote(
        &self,
        database: &Freshness,
        request: Request,
        presented: Presented,
        asked: Asked,
    ) -> Result<Verdict> {
        // Only now, after the gate was open: it cannot be older than the gate went by.
        if let Some(snapshot) = self.snapshot() {
            let now = request.now.unwrap_or_else(|| database.now());
            return snapshot.judge(now, &presented, &asked);
        }
        let call = move |core: &mut Core| verify::judge(core, &presented, &asked);
        Box::pin(self.pool.judge(request, call)).await
    }

    /// Reads what verdicts depend on, as far as it changed, and returns it; `None` if it is too much.
    /// The first time this takes long: until it is done, the store itself is asked.
    ///
    /// Of a database it is not used yet: the follower, which knows how new it is, takes it from here.
    ///
    /// # Errors
    ///
    /// Those of every read.
    pub(super) fn refresh(&self, core: &mut Core) -> Result<Option<Arc<Snapshot>>> {
        self.refresh_after(core, |_| Ok(true))
    }

    /// As [`refresh`](Self::refresh), for a large store of which nothing is in memory: it is read on all
    /// of `others` at once.
    ///
    /// # Errors
    ///
    /// Those of every read.
    pub(super) fn fill(
        &self,
        core: &mut Core,
        others: &mut [Core],
    ) -> Result<Option<Arc<Snapshot>>> {
        self.refresh_after(core, |memory| memory.fill(others))
    }

    /// Reads what changed, after what `before` has read if it returns that it fits.
    fn refresh_after(
        &self,
        core: &mut Core,
        before: impl FnOnce(&mut Memory) -> Result<bool>,
    ) -> Result<Option<Arc<Snapshot>>> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = before(&mut memory)?;
        let (snapshot, records) = core.read(|r| {
            let snapshot = if fits { memory.refresh(r)? } else { None };
            Ok((snapshot, r.records()))
        })?;
        let snapshot = snapshot.map(Arc::new);
        if snapshot.is_none() {
            *memory = Memory::new(self.limit);
        }
        let too_large = if snapshot.is_none() { records } else { 0 };
        self.too_large.store(too_large, Ordering::Relaxed);
        if self.database.is_some() {
            self.is_filled.store(snapshot.is_some(), Ordering::Release);
        } else {
            // The lock is held: a newer one is never replaced by an older one.
            self.snapshot.store(snapshot.clone());
        }
        Ok(snapshot)
    }

    /// Brings what is in memory to the newest state of a database, after `ensure` has found nothing wrong
    /// with that, and returns what `ensure` returns. Until everything was read once, only the root
    /// is verified.
    ///
    /// Only its follower calls this, and nobody else replaces what is in memory.
    ///
    /// # Errors
    ///
    /// Those of every read. What is in memory is as it was then.
    pub(super) fn follow<T>(
        &self,
        core: &mut Core,
        ensure: impl FnOnce(&Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        if !self.is_filled.load(Ordering::Acquire) {
            return core.read(|r| ensure(r));
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (ensured, snapshot, records) = core.read(|r| {
            let ensured = ensure(r)?;
            Ok((ensured, memory.refresh(r)?, r.records()))
        })?;
        if snapshot.is_none() {
            *memory = Memory::new(self.limit);
            self.too_large.store(records, Ordering::Relaxed);
            self.is_filled.store(false, Ordering::Release);
        }
        if let Some(database) = &self.database {
            database.set_in_memory(snapshot.is_some());
        }
        self.snapshot.store(snapshot.map(Arc::new));
        Ok(ensured)
    }

    /// Whether there is something in memory that verdicts could be made of, and are not yet.
    pub(super) fn can_follow(&self) -> bool {
        self.is_filled.load(Ordering::Acquire) && self.snapshot.load().is_none()
    }

    /// How many records the store had when there were too many tokens for the memory, if there are.
    pub(super) fn too_large(&self) -> Option<u64> {
        Some(self.too_large.load(Ordering::Relaxed)).filter(|records| *records > 0)
    }

    /// Whether a store of so many records may fit into the memory again: it has lost a tenth of what
    /// fits. It is not read again for less, since it may grow again, and reading it takes long.
    pub(super) fn may_fit(&self, records: u64) -> bool {
        let least = u64::try_from(self.limit / 10).unwrap_or(u64::MAX).max(1);
        let before = self.too_large();
        before.is_some_and(|before| records.saturating_add(least) <= before)
    }

    /// What verdicts are made of, if that is in memory.
    pub(super) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full()
    }

    /// Has a connection on which verdicts are made remember what it verified.
    pub(super) fn prepare(core: &mut Core) {
        core.store.remember(REMEMBERED);
    }

    fn judge_at(&self, desk: &mut Desk, presented: &Presented, asked: &Asked) -> Result<Verdict> {
        let version = desk.core.store.version()?;
        let shown = desk.current.as_ref().map(|(version, _)| *version);
        if shown != Some(version) {
            // The version from before the reading: a commit in between makes it differ again.
            let catch_up = |snapshot| block_in_place(|| self.catch_up(&mut desk.core, snapshot));
            let newest = self.snapshot().map(catch_up).transpose()?.flatten();
            desk.current = newest.map(|snapshot| (version, snapshot));
        }
        match &desk.current {
            Some((_, snapshot)) => {
                let now = desk.core.now();
                snapshot.judge(now, presented, asked)
            }
            // A few rows, most of them in memory: moving other requests to another thread takes longer.
            None => verify::judge(&mut desk.core, presented, asked),
        }
    }

    /// A snapshot of the newest state: this one, or a newer one; `None` if it is too much by now.
    fn catch_up(&self, core: &mut Core, snapshot: Arc<Snapshot>) -> Result<Option<Arc<Snapshot>>> {
        if core.read(|r| Ok(snapshot.is_at(r)))? {
            return Ok(Some(snapshot));
        }
        self.refresh(core)
    }

    /// Closes the gate if the store itself is at fault: a check of all of it opens it again.
    fn close_for(&self, error: &Error) {
        if !matches!(error.kind(), Kind::NotFound | Kind::Busy | Kind::Failed) {
            self.gate.met(error);
        }
    }

    fn take(&self) -> Option<Desk> {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.pop()
    }

    fn give_back(&self, desk: Desk) {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.push(desk);
    }
}

fn closed() -> Error {
    Fault::Storage("no verdict is given while something is wrong with the store".into()).into()
}

#[cfg(test)]
mod tests;
