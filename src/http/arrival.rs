//! Waiting until a client has what was sent to it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long each piece of an answer may take to arrive.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The first pause between two looks. The system does not say when something has arrived.
const FIRST: Duration = Duration::from_millis(1);

/// The longest pause: it is how much later an answer can be completed than it could.
const LONGEST: Duration = Duration::from_millis(50);

/// The pauses of one wait.
#[derive(Debug)]
pub(super) struct Pauses {
    until: Instant,
    pause: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Pauses {
    /// A wait that begins now.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            until: now + PATIENCE,
            pause: FIRST,
            timer: Box::pin(sleep_until(now + FIRST)),
        }
    }

    /// Ready when it is time to look again; an error when the time of the wait is over.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.timer.as_mut().poll(cx));
        let now = Instant::now();
        if now >= self.until {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.pause = LONGEST.min(self.pause * 2);
        let next = self.until.min(now + self.pause);
        self.timer.as_mut().reset(next);
        Poll::Ready(Ok(()))
    }
}
