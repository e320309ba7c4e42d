//! Sends the queued mails while the store is served.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::event;
use super::gate::Gate;
use super::host::Host;
use super::metrics::CodeEvent;
use super::telemetry::Telemetry;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::mail::Mailer;
use crate::model::id::RecordId;
use crate::model::otp::Delivery;
use crate::ops::outbox::{self, Attempted};

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How long a mail is left to the command that queued it, in seconds.
const LEISURE: u32 = 2;

/// After an error of the store, the queue is left alone for so long.
const REST: Duration = Duration::from_secs(10);

/// What the postman is told.
enum Order {
    /// This mail was queued by this server.
    Send(RecordId),
    /// The server ends.
    End,
}

/// Where mails are handed in that this server has queued.
#[derive(Debug, Clone)]
pub(super) struct Postbox(Sender<Order>);

impl Postbox {
    /// A postbox, and what is handed in there.
    pub(super) fn new() -> (Self, Orders) {
        let (sender, orders) = channel();
        (Self(sender), Orders(orders))
    }

    /// Has a mail sent at once. If nobody empties the postbox any more, a later server or `mail
    /// send` sends it.
    pub(super) fn hand_in(&self, mail: RecordId) {
        let _ = self.0.send(Order::Send(mail));
    }

    /// Ends the postman.
    pub(super) fn end(&self) {
        let _ = self.0.send(Order::End);
    }
}

/// What was handed in.
#[derive(Debug)]
pub(super) struct Orders(Receiver<Order>);

/// Sends the queued mails.
pub(super) struct Postman {
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

impl Postman {
    /// Sends what is handed in at once, and what else is queued when it is due, until it is told to
    /// end.
    pub(super) fn run(mut self, orders: &Orders) {
        let mut next = Instant::now();
        loop {
            let now = Instant::now();
            let (sent, pause) = match orders.0.recv_timeout(next.saturating_duration_since(now)) {
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Order::Send(mail)) => (self.send(mail), None),
                Err(RecvTimeoutError::Timeout) => (self.send_due(), Some(EVERY)),
            };
            if let Err(error) = sent {
                self.report(&error);
                next = Instant::now() + REST;
            } else if let Some(pause) = pause {
                next = Instant::now() + pause;
            }
        }
    }

    fn send_due(&mut self) -> Result<()> {
        if !self.gate.is_open() {
            return Ok(());
        }
        let due = outbox::due(&mut self.core, LEISURE)?;
        due.into_iter().try_for_each(|mail| self.send(mail))
    }

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

    fn report(&self, error: &Error) {
        let fields = json!({ "kind": error.kind().word(), "cause": event::in_full(error) });
        event::log(&*self.host, "mail_failed", fields);
    }
}
