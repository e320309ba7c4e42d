//! The thread that sends the mails of one route, one after the other.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::core::Core;
use crate::error::Result;
use crate::http::event;
use crate::http::gate::Gate;
use crate::http::host::Host;
use crate::http::metrics::CodeEvent;
use crate::http::telemetry::Telemetry;
use crate::kind::Kind;
use crate::mail::Mailer;
use crate::model::id::RecordId;
use crate::model::otp::Delivery;
use crate::ops::outbox::{self, Attempted};

/// After an error of the store, nothing is sent for so long.
const REST: Duration = Duration::from_secs(10);

/// A thread that sends. It ends when this is dropped, after the mail that it is sending.
pub(super) struct Lane {
    tray: Arc<Tray>,
    thread: JoinHandle<()>,
}

/// What it sends with.
pub(super) struct Carrier {
    /// A connection of its own.
    pub(super) core: Core,
    /// How mails leave.
    pub(super) mailer: Box<dyn Mailer + Send>,
    /// Nothing is sent while the store is at fault.
    pub(super) gate: Arc<Gate>,
    /// Counts codes.
    pub(super) telemetry: Arc<Telemetry>,
    /// Gets a line of the log for each attempt.
    pub(super) host: Arc<dyn Host>,
}

impl Lane {
    /// Begins a thread, with a first mail. It drops `at_work` when it has closed its connection.
    pub(super) fn begin(
        mut carrier: Carrier,
        mail: RecordId,
        at_work: Sender<()>,
    ) -> io::Result<Self> {
        let tray = Arc::new(Tray::with(mail));
        let own = Arc::clone(&tray);
        let thread = Builder::new().spawn(move || {
            while let Some(mail) = own.take() {
                if let Err(error) = carrier.send(mail) {
                    report(&*carrier.host, error.kind(), &error);
                    own.rest(REST);
                }
            }
            drop(carrier);
            drop(at_work);
        })?;
        Ok(Self { tray, thread })
    }

    /// Adds a mail, unless it waits already. `false` if the thread has ended: it panicked.
    pub(super) fn add(&self, mail: RecordId) -> bool {
        self.tray.add(mail);
        !self.thread.is_finished()
    }

    /// Whether nothing was sent for so long, and nothing is to be.
    pub(super) fn is_idle_for(&self, time: Duration) -> bool {
        let state = self.tray.state();
        let idle = state
            .idle_since
            .is_some_and(|since| since.elapsed() >= time);
        self.thread.is_finished() || (idle && state.mails.is_empty())
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.tray.close();
    }
}

/// The mails that wait for a thread.
struct Tray {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    mails: VecDeque<RecordId>,
    /// Since when the thread waits for a mail.
    idle_since: Option<Instant>,
    closed: bool,
}

impl Tray {
    fn with(mail: RecordId) -> Self {
        let state = State {
            mails: VecDeque::from([mail]),
            idle_since: None,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, mail: RecordId) {
        let mut state = self.state();
        // It is due until it is sent, and so it is added again and again.
        if !state.mails.contains(&mail) {
            state.mails.push_back(mail);
            self.changed.notify_all();
        }
    }

    fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Waits for the next mail; `None` when no more are sent.
    fn take(&self) -> Option<RecordId> {
        let mut state = self.state();
        if state.mails.is_empty() {
            state.idle_since = Some(Instant::now());
        }
        let waited = self
            .changed
            .wait_while(state, |state| state.mails.is_empty() && !state.closed);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.idle_since = None;
        if state.closed {
            return None;
        }
        state.mails.pop_front()
    }

    /// Waits so long, unless it is closed meanwhile.
    fn rest(&self, time: Duration) {
        let state = self.state();
        // A poisoned lock is met by the next one who takes it, too.
        let _ = self
            .changed
            .wait_timeout_while(state, time, |state| !state.closed);
    }
}

impl Carrier {
    fn send(&mut self, mail: RecordId) -> Result<()> {
        if !self.gate.is_open() {
            return Ok(());
        }
        let attempted = outbox::try_to_send(&mut self.core, mail, &mut *self.mailer)?;
        if let Some(attempted) = attempted {
            self.note(&attempted);
        }
        Ok(())
    }

    fn note(&self, attempted: &Attempted) {
        let Attempted { code, delivery } = attempted;
        let counted = match delivery {
            Delivery::Sent(_) | Delivery::Outbox(_) => Some(CodeEvent::Sent),
            Delivery::Failed(_) | Delivery::Uncertain(_) => Some(CodeEvent::Undelivered),
            Delivery::Queued(_) => None,
        };
        if let Some(counted) = counted {
            self.telemetry.metrics.code(counted);
        }
        let fields = json!({
            "code": code,
            "delivery": delivery.word(),
            "cause": delivery.cause(),
        });
        event::log(&*self.host, "mail", fields);
    }
}

/// Logs why mails are not sent.
pub(super) fn report(host: &dyn Host, kind: Kind, error: &dyn Error) {
    let fields = json!({ "kind": kind.word(), "cause": event::in_full(error) });
    event::log(host, "mail_failed", fields);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: RecordId = RecordId::from_bytes([1; 16]);

    #[test]
    fn a_mail_waits_once_and_what_is_closed_gives_none() {
        let tray = Tray::with(MAIL);
        tray.add(MAIL);
        assert_eq!(tray.state().mails.len(), 1);
        assert_eq!(tray.take(), Some(MAIL));
        assert!(tray.state().mails.is_empty());
        tray.add(MAIL);
        tray.close();
        assert_eq!(tray.take(), None);
        let begun = Instant::now();
        tray.rest(Duration::from_mins(1));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
