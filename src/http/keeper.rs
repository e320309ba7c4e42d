//! Long work behind the answers: reading the store into memory, and checking all of it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::gate::{Closed, Look};
use super::host::Host;
use super::judge::Judge;
use super::telemetry::Telemetry;
use crate::core::Core;

/// What the keeper is asked for.
pub(super) enum Wish {
    /// To check the whole store again.
    Check,
}

/// After damage was found, the store is checked again this often, in case it is repaired.
const AGAIN: Duration = Duration::from_secs(10);

/// Between two checks there is a pause of so many times what the last one took.
const PAUSE: u32 = 10;

/// Does the long work.
pub(super) struct Keeper {
    /// A connection of its own.
    pub(super) core: Core,
    /// Whose memory is filled.
    pub(super) judge: Arc<Judge>,
    /// Where it is reported.
    pub(super) host: Arc<dyn Host>,
    /// Reports whether the store was checked.
    pub(super) telemetry: Arc<Telemetry>,
}

impl Keeper {
    /// Fills the memory, checks the store, and checks it again when that is wished, until nobody can
    /// wish for anything any more.
    pub(super) fn run(mut self, wishes: &Receiver<Wish>) {
        while self.load().is_none() {
            match wishes.recv_timeout(Duration::from_secs(1)) {
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(Wish::Check) | Err(RecvTimeoutError::Timeout) => (),
            }
        }
        loop {
            let begun = Instant::now();
            let is_whole = self.check();
            let wish = match rest(wishes, begun.elapsed() * PAUSE) {
                // It came meanwhile.
                Ok(Some(wish)) => Ok(wish),
                Ok(None) if is_whole => wishes.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Ok(None) => wishes.recv_timeout(AGAIN),
                Err(ended) => Err(ended),
            };
            if matches!(wish, Err(RecvTimeoutError::Disconnected)) {
                return;
            }
            // Wishes that came meanwhile are granted by the same check.
            while wishes.try_recv().is_ok() {}
        }
    }

    /// Reads the store into memory. `None` if that failed.
    fn load(&mut self) -> Option<()> {
        let begun = Instant::now();
        match self.judge.refresh(&mut self.core) {
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
                let closed = Closed::by(error.kind(), &error);
                self.judge.gate.record(Look::Newest, Some(closed));
                None
            }
        }
    }

    /// Checks the whole store. Returns whether all is well.
    fn check(&mut self) -> bool {
        let checked = self.core.read(|r| r.check(&mut |_, _| ()));
        let closed = checked.err().map(|error| Closed::by(error.kind(), &error));
        let is_whole = closed.is_none();
        self.judge.gate.record(Look::Whole, closed);
        self.telemetry.metrics.set_checked(is_whole);
        is_whole
    }
}

/// Waits, but not for longer than anybody can wish for something; returns a wish that came meanwhile.
fn rest(wishes: &Receiver<Wish>, pause: Duration) -> Result<Option<Wish>, RecvTimeoutError> {
    let end = Instant::now() + pause;
    let mut wished = None;
    loop {
        match wishes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(wish) => wished = Some(wish),
            Err(RecvTimeoutError::Timeout) => return Ok(wished),
            Err(ended) => return Err(ended),
        }
    }
}
