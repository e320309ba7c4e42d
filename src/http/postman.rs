//! Sends the queued mails while the store is served.
//!
//! Mails wait for each other only if they leave by the same settings: each route in use has a thread
//! of its own ([`lane`]), so that a mail server that does not answer delays its own mails alone.

mod lane;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::time::Instant;

use super::gate::Gate;
use super::host::Host;
use super::pool::NewContext;
use super::telemetry::Telemetry;
use crate::core::Core;
use crate::error::Error;
use crate::kind::Kind;
use crate::mail::Mailer;
use crate::model::id::RecordId;
use crate::open::Opening;
use crate::ops::outbox::{self, Route};
use lane::{Carrier, Lane};

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How long a mail is left to the command that queued it, in seconds.
const LEISURE: u32 = 2;

/// After an error of the store, the queue is left alone for so long.
const REST: Duration = Duration::from_secs(10);

/// How many routes have a thread at the same time: each has a connection to the store, too. The
/// mails of further ones wait until one of these has nothing to send.
const MOST: usize = 8;

/// After so long without a mail, a route has no thread any more.
const IDLE: Duration = Duration::from_mins(1);

/// Makes a mailer for one more thread.
pub type NewMailer = Box<dyn Fn() -> Box<dyn Mailer + Send> + Send + Sync>;

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

#[cfg(test)]
impl Orders {
    /// How many mails were handed in since the last call.
    pub(super) fn mails(&self) -> usize {
        let orders = self.0.try_iter();
        orders
            .filter(|order| matches!(order, Order::Send(_)))
            .count()
    }
}

/// Sends the queued mails.
pub(super) struct Postman {
    /// A connection of its own, to look at the queue.
    pub(super) core: Core,
    /// How a connection is opened for each route.
    pub(super) opening: Opening,
    /// The context of each.
    pub(super) new_context: Arc<NewContext>,
    /// How mails leave.
    pub(super) new_mailer: NewMailer,
    /// Nothing is sent while the store is at fault.
    pub(super) gate: Arc<Gate>,
    /// Counts codes.
    pub(super) telemetry: Arc<Telemetry>,
    /// Gets a line of the log for each attempt.
    pub(super) host: Arc<dyn Host>,
}

/// Why a mail was not passed on.
#[derive(Debug, thiserror::Error)]
enum Stuck {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] Error),
    /// The system gives no thread.
    #[error("there is no thread for it")]
    Thread(#[source] io::Error),
}

/// The threads that send.
struct Lanes {
    all: HashMap<Route, Lane>,
    /// Each of them has a copy, until it ends.
    at_work: Sender<()>,
}

impl Postman {
    /// Has sent what is handed in at once, and what else is queued when it is due, until it is told
    /// to end. `at_work` is dropped when nothing is being sent any more.
    pub(super) fn run(mut self, orders: &Orders, at_work: Sender<()>) {
        let mut lanes = Lanes {
            all: HashMap::new(),
            at_work,
        };
        let mut next = Instant::now();
        loop {
            let now = Instant::now();
            let (passed, pause) = match orders.0.recv_timeout(next.saturating_duration_since(now)) {
                // The threads end with what they are sending; the rest stays queued.
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Order::Send(mail)) => (self.pass_on(&mut lanes, mail), None),
                Err(RecvTimeoutError::Timeout) => {
                    lanes.end_idle(IDLE);
                    (self.pass_on_due(&mut lanes), Some(EVERY))
                }
            };
            if let Err(error) = passed {
                self.report(&error);
                next = Instant::now() + REST;
            } else if let Some(pause) = pause {
                next = Instant::now() + pause;
            }
        }
    }

    fn pass_on_due(&mut self, lanes: &mut Lanes) -> Result<(), Stuck> {
        if !self.gate.is_open() {
            return Ok(());
        }
        for (mail, route) in outbox::due(&mut self.core, LEISURE)? {
            self.give(lanes, mail, route)?;
        }
        Ok(())
    }

    fn pass_on(&mut self, lanes: &mut Lanes, mail: RecordId) -> Result<(), Stuck> {
        if !self.gate.is_open() {
            return Ok(());
        }
        match outbox::route(&mut self.core, mail)? {
            Some(route) => self.give(lanes, mail, route),
            None => Ok(()),
        }
    }

    /// Gives a mail to the thread of its route, which is begun if there is none. If there are too
    /// many, the mail stays queued for the next look.
    fn give(&self, lanes: &mut Lanes, mail: RecordId, route: Route) -> Result<(), Stuck> {
        if let Some(lane) = lanes.all.get_mut(&route)
            && lane.add(mail)
        {
            return Ok(());
        }
        // Its thread may have ended by a panic.
        lanes.all.remove(&route);
        if lanes.all.len() >= MOST {
            lanes.end_idle(Duration::ZERO);
        }
        if lanes.all.len() < MOST {
            let carrier = Carrier {
                core: self.opening.sibling(&self.core, (self.new_context)())?,
                mailer: (self.new_mailer)(),
                gate: Arc::clone(&self.gate),
                telemetry: Arc::clone(&self.telemetry),
                host: Arc::clone(&self.host),
            };
            let lane = Lane::begin(carrier, mail, lanes.at_work.clone()).map_err(Stuck::Thread)?;
            lanes.all.insert(route, lane);
        }
        Ok(())
    }

    fn report(&self, stuck: &Stuck) {
        match stuck {
            Stuck::Store(error) => lane::report(&*self.host, error.kind(), error),
            Stuck::Thread(_) => lane::report(&*self.host, Kind::Failed, stuck),
        }
    }
}

impl Lanes {
    /// Ends the threads that have had nothing to send for so long.
    fn end_idle(&mut self, time: Duration) {
        self.all.retain(|_, lane| !lane.is_idle_for(time));
    }
}

#[cfg(test)]
mod tests;
