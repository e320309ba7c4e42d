//! How far a connection is, and how long it may stay there.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::handover::Departures;

/// How long a connection may send nothing at first.
const FIRST_BYTE: Duration = Duration::from_secs(10);

/// How long the head of a request may take, from its first byte.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection is kept for another request: longer than proxies keep theirs.
const IDLE: Duration = Duration::from_secs(75);

/// How long the last answer may take to arrive.
const CLOSING: Duration = Duration::from_secs(2);

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was accepted, and has sent nothing.
    Silent,
    /// A part of a head is there.
    Head,
    /// A request is being answered.
    Busy,
    /// The answer waits for the body of its request.
    Body,
    /// Everything was answered.
    Idle,
    /// No more answers follow.
    Closing,
}

impl Phase {
    /// How long it may last. A request ends by limits of its own.
    fn longest(self) -> Option<Duration> {
        match self {
            Self::Silent => Some(FIRST_BYTE),
            Self::Head => Some(HEAD),
            Self::Busy | Self::Body => None,
            Self::Idle => Some(IDLE),
            Self::Closing => Some(CLOSING),
        }
    }
}

/// What a connection sent that is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    /// The PROXY protocol of a balancer.
    ProxyProtocol,
    /// A head that cannot be read, answered with this status.
    Malformed(u16),
}

/// How far a connection is. It is shared by its stream, its requests and the crowd.
#[derive(Debug)]
pub(super) struct Progress(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// The last time that it was useful: its last answer, or its beginning. Bytes alone do not
    /// count, so that a slow client is as idle as a silent one.
    useful: Instant,
    /// Whether what is written answers a request: from its arrival until all of it was sent.
    answering: bool,
    /// Whether the client may still be sending when no more answers follow.
    unread: bool,
    oddity: Option<Oddity>,
    /// Who is told when a piece of the present answer has left, until all of it has.
    departures: Option<Departures>,
}

impl Progress {
    /// A connection that was accepted now.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            phase: Phase::Silent,
            since: now,
            useful: now,
            answering: false,
            unread: false,
            oddity: None,
            departures: None,
        }))
    }

    /// It is encrypted now; it was accepted a moment ago, and a request may still take its time.
    pub(super) fn encrypted(&self) {
        self.state().enter(Phase::Silent);
    }

    /// Bytes arrived.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Silent | Phase::Idle) {
            state.enter(Phase::Head);
        }
    }

    /// A request is complete.
    pub(super) fn asked(&self) {
        let mut state = self.state();
        state.enter(Phase::Busy);
        state.answering = true;
    }

    /// The answer waits for the body. Until that comes, the connection is of no use: a client that
    /// sends none must not keep others out.
    pub(super) fn awaits_body(&self) {
        let mut state = self.state();
        if state.phase == Phase::Busy {
            state.enter(Phase::Body);
        }
    }

    /// The answer does not wait for the body any more.
    pub(super) fn goes_on(&self) {
        let mut state = self.state();
        if state.phase == Phase::Body {
            state.enter(Phase::Busy);
        }
    }

    /// Everything was sent that was written until now. Returns whether somebody waits until it has
    /// arrived.
    pub(super) fn sent(&self) -> bool {
        let mut state = self.state();
        state.answering = matches!(state.phase, Phase::Busy | Phase::Body);
        state.is_under_way()
    }

    /// Everything has arrived that was written until now.
    pub(super) fn arrived(&self) {
        let mut state = self.state();
        if state.departures.as_ref().is_some_and(|it| !it.arrived()) {
            state.departures = None;
            let phase = state.phase;
            state.enter(phase);
        }
    }

    /// Whether a piece of an answer was sent, and has not arrived as far as anybody knows.
    pub(super) fn is_under_way(&self) -> bool {
        self.state().is_under_way()
    }

    /// The answer comes in pieces: `departures` is told when each has left.
    pub(super) fn departs(&self, departures: Departures) {
        self.state().departures = Some(departures);
    }

    /// Whether what is written answers a request.
    pub(super) fn is_answering(&self) -> bool {
        self.state().answering
    }

    /// The answer to a request is complete.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.enter(Phase::Idle);
        state.useful = state.since;
    }

    /// No more answers follow.
    pub(super) fn closes(&self) {
        let mut state = self.state();
        if state.phase != Phase::Closing {
            state.enter(Phase::Closing);
        }
    }

    /// Notes what is odd about it. The rest of it is not read.
    pub(super) fn note(&self, oddity: Oddity) {
        let mut state = self.state();
        state.oddity = Some(oddity);
        state.unread = true;
    }

    /// A request was answered without its body.
    pub(super) fn leaves_body(&self) {
        self.state().unread = true;
    }

    /// Whether the client may still be sending what nobody reads.
    pub(super) fn has_unread(&self) -> bool {
        self.state().unread
    }

    /// What is odd about it.
    pub(super) fn oddity(&self) -> Option<Oddity> {
        self.state().oddity
    }

    /// How far it is.
    pub(super) fn phase(&self) -> Phase {
        self.state().effective()
    }

    /// When it is closed unless something happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        Some(state.since + state.effective().longest()?)
    }

    /// Since when it is of no use; `None` while a request is being answered.
    pub(super) fn useless_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.effective() != Phase::Busy).then_some(state.useful)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = Instant::now();
    }

    /// The phase that counts for limits: while an answer arrives, the connection is not idle.
    fn effective(&self) -> Phase {
        if self.departures.is_some() {
            Phase::Busy
        } else {
            self.phase
        }
    }

    fn is_under_way(&self) -> bool {
        let departures = self.departures.as_ref();
        departures.is_some_and(Departures::is_under_way)
    }
}
