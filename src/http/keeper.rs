//! Long work behind the answers: reading the store into memory, and checking all of it.

use std::convert::Infallible;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::available_parallelism;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::descriptors;
use super::freshness::is_outage;
use super::gate::Closed;
use super::host::Host;
use super::judge::Judge;
use super::pool::NewContext;
use super::telemetry::Telemetry;
use super::wish::Wish;
use crate::core::Core;
use crate::error::Result;
use crate::kind::Kind;
use crate::open::Opening;

/// After damage was found, the store is checked again this often, in case it is repaired. So long is
/// also waited if a check at once has found nothing, and a request meets something again.
const AGAIN: Duration = Duration::from_secs(10);

/// If the store could not be read for a check, another attempt is made after this time.
const SOON: Duration = Duration::from_secs(1);

/// Between two checks there is a pause of so many times what the last one took.
const PAUSE: u32 = 10;

/// From so many records on, a store is read on several connections at once: a smaller one is read in less
/// time than they take to be opened.
const LARGE: u64 = 20_000;

/// How many connections read a store at once at most.
const MOST_READERS: usize = 8;

/// As [`PAUSE`], if the files of the store have changed by commits only, as far as it is known.
const LONG_PAUSE: u32 = 30;

/// Does the long work.
pub(super) struct Keeper {
    /// A connection of its own.
    pub(super) core: Core,
    /// How another is opened.
    pub(super) opening: Opening,
    /// The context of that.
    pub(super) new_context: Arc<NewContext>,
    /// Whose memory is filled.
    pub(super) judge: Arc<Judge>,
    /// Where it is reported.
    pub(super) host: Arc<dyn Host>,
    /// Reports whether the store was checked.
    pub(super) telemetry: Arc<Telemetry>,
}

impl Keeper {
    /// Fills the memory, checks the store, and checks it again when that is wished, until it is told to
    /// end.
    pub(super) fn run(mut self, wishes: &Receiver<Wish>) {
        // That nobody can wish for anything any more is an end too.
        let _ended = self.keep(wishes);
    }

    fn keep(&mut self, wishes: &Receiver<Wish>) -> Result<Infallible, RecvTimeoutError> {
        self.fill(wishes)?;
        let mut cause = Wish::Check;
        loop {
            let begun = Instant::now();
            let found = self.check();
            let mut rest = Rest {
                ended: Instant::now(),
                took: begun.elapsed(),
                found,
                was_urgent: cause == Wish::Now,
                wished: None,
            };
            cause = loop {
                match rest.next(wishes)? {
                    Wish::Load if self.judge.snapshot().is_none() => self.fill(wishes)?,
                    Wish::Load => (),
                    due => break due,
                }
            };
        }
    }

    /// Reads the store into memory, as often as it takes.
    fn fill(&mut self, wishes: &Receiver<Wish>) -> Result<(), RecvTimeoutError> {
        while self.load().is_none() {
            match wishes.recv_timeout(Duration::from_secs(1)) {
                Ok(Wish::End) => return Err(RecvTimeoutError::Disconnected),
                Ok(_) | Err(RecvTimeoutError::Timeout) => (),
                Err(ended) => return Err(ended),
            }
        }
        Ok(())
    }

    /// Reads the store into memory. `None` if that failed.
    fn load(&mut self) -> Option<()> {
        let begun = Instant::now();
        let loaded = match self.readers() {
            Ok(mut readers) if !readers.is_empty() => self.judge.fill(&mut self.core, &mut readers),
            // For a lack of descriptors, say: one connection can do it, too.
            Ok(_) | Err(_) => self.judge.refresh(&mut self.core),
        };
        match loaded {
            Ok(snapshot) => {
                let event = json!({
                    "event": "loaded",
                    "tokens": snapshot.as_ref().map(|snapshot| snapshot.tokens()),
                    "epoch": snapshot.as_ref().map(|snapshot| snapshot.epoch()),
                    "ms": begun.elapsed().as_millis(),
                });
                self.host.log(&event.to_string());
                Some(())
            }
            Err(error) => {
                self.judge.gate.met(&error);
                None
            }
        }
    }

    /// Connections on which a large store is read at once: one for each processor.
    fn readers(&mut self) -> Result<Vec<Core>> {
        let records = self.core.read(|r| Ok(r.records()))?;
        let processors = available_parallelism().map_or(1, NonZero::get);
        if records < LARGE || processors < 2 {
            return Ok(Vec::new());
        }
        (0..processors.min(MOST_READERS))
            .map(|_| self.opening.sibling(&self.core, (self.new_context)()))
            .collect()
    }

    /// Checks the whole store.
    fn check(&mut self) -> Found {
        let begun = self.judge.gate.begin_check();
        // On a new connection: this one may have old pages in memory, and would find no damage that was
        // done to the file since, nor that it was repaired.
        let fresh = self.opening.sibling(&self.core, (self.new_context)());
        if let Err(error) = &fresh
            && error.kind() == Kind::Storage
        {
            // There may be no descriptors. That the store is gone is seen by the watch.
            self.telemetry.metrics.set_checked(false);
            return Found::Nothing;
        }
        let checked = fresh.and_then(|mut core| core.read(|r| r.check(&mut |_, _| ())));
        let is_remote = self.telemetry.health.database().is_some();
        if is_remote && checked.as_ref().is_err_and(is_outage) {
            // For how long that is borne is decided elsewhere: by how new the database was seen.
            self.telemetry.metrics.set_checked(false);
            return Found::Nothing;
        }
        let closed = checked.err().map(|error| Closed::by(error.kind(), &error));
        let found = match &closed {
            None => Found::AllWell,
            Some(closed) if closed.kind == Kind::Storage => Found::Nothing,
            Some(_) => Found::Damage,
        };
        // The descriptors may have gone after the store was opened.
        if found != Found::Nothing || !descriptors::are_missing() {
            self.judge.gate.checked(begun, closed);
        }
        self.telemetry.metrics.set_checked(found == Found::AllWell);
        found
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    AllWell,
    Damage,
    /// The store could not be read for it.
    Nothing,
}

/// The time after a check.
struct Rest {
    ended: Instant,
    took: Duration,
    found: Found,
    /// Whether the check was one at once.
    was_urgent: bool,
    /// The most urgent wish so far.
    wished: Option<Wish>,
}

impl Rest {
    /// Waits until it is time for another check, and returns why; or for a wish that needs none.
    fn next(&mut self, wishes: &Receiver<Wish>) -> Result<Wish, RecvTimeoutError> {
        loop {
            let wish = match self.due() {
                Some((why, due)) => {
                    match wishes.recv_timeout(due.saturating_duration_since(Instant::now())) {
                        Err(RecvTimeoutError::Timeout) => return Ok(why),
                        wish => wish?,
                    }
                }
                None => wishes.recv().map_err(|_| RecvTimeoutError::Disconnected)?,
            };
            match wish {
                Wish::End => return Err(RecvTimeoutError::Disconnected),
                Wish::Load => return Ok(wish),
                // Wishes that came meanwhile are granted by the same check.
                check => self.wished = self.wished.max(Some(check)),
            }
        }
    }

    /// The next check: why, and when.
    fn due(&self) -> Option<(Wish, Instant)> {
        let pause = self.took * PAUSE;
        let by_itself = match self.found {
            Found::AllWell => None,
            Found::Damage => Some((Wish::Check, pause.max(AGAIN))),
            Found::Nothing => Some((Wish::Check, pause.max(SOON))),
        };
        let by_wish = self.wished.map(|wish| match wish {
            // What requests meet again and again, and no check finds, is not to keep it busy.
            Wish::Now if self.was_urgent && self.found == Found::AllWell => (wish, AGAIN),
            Wish::Now if self.found == Found::Nothing => (wish, pause.max(SOON)),
            Wish::Now => (wish, Duration::ZERO),
            Wish::Later => (wish, self.took * LONG_PAUSE),
            _ => (wish, pause),
        });
        let first = by_wish.into_iter().chain(by_itself);
        let first = first.min_by_key(|(_, pause)| *pause);
        first.map(|(why, pause)| (why, self.ended + pause))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const TOOK: Duration = Duration::from_secs(3);

    fn rest(found: Found, was_urgent: bool, wished: Option<Wish>) -> Option<(Wish, u64)> {
        let ended = Instant::now();
        let rest = Rest {
            ended,
            took: TOOK,
            found,
            was_urgent,
            wished,
        };
        let due = rest.due();
        due.map(|(why, due)| (why, due.duration_since(ended).as_secs()))
    }

    #[test]
    fn a_check_waits_for_its_turn_unless_a_request_met_something() {
        assert_eq!(rest(Found::AllWell, false, None), None);
        assert_eq!(rest(Found::Damage, false, None), Some((Wish::Check, 30)));
        let wished = |wish| rest(Found::AllWell, false, Some(wish)).unwrap();
        assert_eq!(wished(Wish::Later), (Wish::Later, 90));
        assert_eq!(wished(Wish::Check), (Wish::Check, 30));
        assert_eq!(wished(Wish::Now), (Wish::Now, 0));
        assert_eq!(
            rest(Found::Damage, true, Some(Wish::Now)),
            Some((Wish::Now, 0))
        );
        assert_eq!(
            rest(Found::AllWell, true, Some(Wish::Now)),
            Some((Wish::Now, 10))
        );
        assert_eq!(
            rest(Found::Nothing, true, Some(Wish::Now)),
            Some((Wish::Now, 30))
        );
        assert_eq!(rest(Found::Nothing, true, None), Some((Wish::Check, 30)));
        assert_eq!(
            rest(Found::Damage, false, Some(Wish::Later)),
            Some((Wish::Check, 30))
        );
    }

    #[test]
    fn the_most_urgent_wish_counts() {
        let (keeper, wishes) = channel();
        let mut rest = Rest {
            ended: Instant::now(),
            took: TOOK,
            found: Found::AllWell,
            was_urgent: false,
            wished: None,
        };
        for wish in [Wish::Check, Wish::Load, Wish::Now, Wish::Later] {
            keeper.send(wish).unwrap();
        }
        assert_eq!(rest.next(&wishes), Ok(Wish::Load));
        assert_eq!(rest.next(&wishes), Ok(Wish::Now));
        keeper.send(Wish::End).unwrap();
        rest.wished = None;
        assert_eq!(rest.next(&wishes), Err(RecvTimeoutError::Disconnected));
    }
}
