//! A store in memory that is watched as a database is, over a line that can fail.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use super::tables::Shared;
use crate::backend::{Fault, Observed, Version, Watch};

/// How often a watch looks at the tables.
const EVERY: Duration = Duration::from_millis(1);

/// The line to a store in memory, shared by its clones.
#[derive(Clone)]
pub struct Line(Arc<Inner>);

struct Inner {
    now: Box<dyn Fn() -> Duration + Send + Sync>,
    content: Mutex<Content>,
    changed: Condvar,
}

#[derive(Default)]
struct Content {
    /// Of the store itself.
    store: State,
    /// Of the connection of a watch.
    watch: State,
    /// How many calls wait because a connection hangs.
    waiting: usize,
    /// What happens once a watch has asked, and has no answer yet.
    meanwhile: Option<Box<dyn FnOnce() + Send>>,
}

/// The state of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Everything is answered.
    #[default]
    Up,
    /// Everything fails.
    Cut,
    /// Nothing is answered until that changes.
    Hung,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(..)")
    }
}

impl Line {
    /// A line that is up. `now` is the time since boot.
    pub(super) fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            now: Box::new(now),
            content: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Sets the state of all connections.
    pub fn set(&self, state: State) {
        let mut content = self.lock();
        content.store = state;
        content.watch = state;
        self.0.changed.notify_all();
    }

    /// Sets the state of the connections of watches only.
    pub fn set_watch(&self, state: State) {
        self.lock().watch = state;
        self.0.changed.notify_all();
    }

    /// Has `act` done by the next watch that asks, before it is answered: an answer that is late, or
    /// that something has overtaken.
    pub fn meanwhile(&self, act: impl FnOnce() + Send + 'static) {
        self.lock().meanwhile = Some(Box::new(act));
    }

    /// How many calls wait because a connection hangs.
    pub fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// Fails unless the store can be reached.
    pub(super) fn reach_store(&self) -> Result<(), Fault> {
        self.reach(|content| content.store)
    }

    fn reach(&self, state: impl Fn(&Content) -> State) -> Result<(), Fault> {
        let mut content = self.lock();
        content.waiting += 1;
        let hangs = |content: &mut Content| state(content) == State::Hung;
        let waited = self.0.changed.wait_while(content, hangs);
        let mut content = waited.unwrap_or_else(PoisonError::into_inner);
        content.waiting -= 1;
        match state(&content) {
            State::Up => Ok(()),
            State::Cut | State::Hung => Err(Fault::Storage("the database does not answer".into())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        let content = self.0.content.lock();
        content.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A watch over a store in memory.
pub(super) struct MemoryWatch {
    pub(super) line: Line,
    pub(super) shared: Shared,
}

impl Watch for MemoryWatch {
    fn wait(&mut self, seen: Option<Version>, most: Duration) -> Result<Observed, Fault> {
        let mut waited = Duration::ZERO;
        loop {
            let asked_at = (self.line.0.now)();
            self.line.reach(|content| content.watch)?;
            let version = version(&self.shared);
            let meanwhile = self.line.lock().meanwhile.take();
            if let Some(act) = meanwhile {
                act();
            }
            if seen != Some(version) || waited >= most {
                return Ok(Observed { version, asked_at });
            }
            sleep(EVERY);
            waited += EVERY;
        }
    }
}

/// The first bytes of the sealed root: they are a nonce, and differ for each commit.
pub(super) fn version(shared: &Shared) -> Version {
    let mut bytes = [0; 24];
    let tables = &shared.lock().tables;
    let root = tables.man.get(&0).map(|row| row.sealed.as_slice());
    bytes
        .iter_mut()
        .zip(root.unwrap_or_default())
        .for_each(|(place, byte)| *place = *byte);
    Version::new(bytes)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::backend::memory::MemoryBackend;
    use crate::backend::{Backend as _, Mode, Row};

    const MOST: Duration = Duration::from_millis(5);

    fn commit(backend: &mut MemoryBackend, nonce: u8) {
        let mut tx = backend.begin(Mode::Write).unwrap();
        let root = Row {
            kid: 1,
            sealed: vec![nonce; 40],
        };
        tx.man_put(0, &root).unwrap();
        tx.commit().unwrap();
    }

    #[test]
    fn a_watch_sees_the_commits_of_everybody_and_the_way_back() {
        let (mut backend, _line) = MemoryBackend::watched(|| Duration::from_secs(7));
        let mut watch = backend.watch().unwrap().unwrap();
        let first = watch.wait(None, MOST).unwrap();
        assert_eq!(first.asked_at, Duration::from_secs(7));
        assert_eq!(first.version, backend.version().unwrap());
        let old = backend.tables();
        let mut other = backend.clone();
        let committing = thread::spawn(move || commit(&mut other, 1));
        let second = watch.wait(Some(first.version), Duration::from_secs(30));
        committing.join().unwrap();
        let second = second.unwrap().version;
        assert_ne!(second, first.version);
        assert_eq!(second, backend.version().unwrap());
        let same = watch.wait(Some(second), MOST).unwrap();
        assert_eq!(same.version, second);
        backend.restore(old);
        assert_eq!(
            watch.wait(Some(second), MOST).unwrap().version,
            first.version
        );
    }

    #[test]
    fn a_line_that_is_cut_fails_and_one_that_hangs_waits() {
        let (mut backend, line) = MemoryBackend::watched(|| Duration::ZERO);
        let mut watch = backend.watch().unwrap().unwrap();
        line.set_watch(State::Cut);
        assert!(watch.wait(None, MOST).is_err());
        assert!(backend.version().is_ok());
        line.set(State::Cut);
        assert!(backend.version().is_err() && backend.begin(Mode::Read).is_err());
        assert!(backend.watch().is_err());
        line.set(State::Hung);
        let release = line.clone();
        let releasing = thread::spawn(move || release.set(State::Up));
        assert!(watch.wait(None, MOST).is_ok() && backend.begin(Mode::Read).is_ok());
        releasing.join().unwrap();
        assert!(MemoryBackend::new().watch().unwrap().is_none(), "as a file");
    }
}
