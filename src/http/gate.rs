//! Whether the store allows any answer.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::descriptors;
use super::freshness::is_outage;
use super::host::Host;
use super::telemetry::Telemetry;
use super::wish::Wish;
use crate::error::Error;
use crate::kind::Kind;

/// Closed as long as something is wrong with the store: then every door answers 503.
pub(super) struct Gate {
    host: Arc<dyn Host>,
    telemetry: Arc<Telemetry>,
    /// Has the whole store checked.
    keeper: Sender<Wish>,
    /// Whether anything was found: what each request looks at.
    is_shut: AtomicBool,
    found: Mutex<Found>,
}

/// What is wrong with the store, as far as it is known.
#[derive(Default)]
struct Found {
    /// What the last look at the newest state found.
    newest: Option<Closed>,
    /// What the last full check found.
    whole: Option<Closed>,
    /// What requests met since the last full check that found all well.
    met: Option<Closed>,
    /// How often a request met something.
    times: u64,
}

/// How often requests had met something when a full check began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CheckBegun(u64);

/// Why the gate is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    /// The kind of the error.
    pub(super) kind: Kind,
    /// The error, for the log.
    pub(super) why: String,
    /// Whether that is only that a database has not answered for too long.
    is_outage: bool,
}

impl Closed {
    /// For this error.
    pub(super) fn by(kind: Kind, error: &impl fmt::Display) -> Self {
        Self {
            kind,
            why: error.to_string(),
            is_outage: false,
        }
    }

    /// By a database that has not answered for too long.
    pub(super) fn by_outage() -> Self {
        Self {
            kind: Kind::Storage,
            why: "the database has not answered for too long".to_owned(),
            is_outage: true,
        }
    }
}

/// Where a fault was found.
#[derive(Debug, Clone, Copy)]
enum Look {
    /// At the root, and what this machine remembers of it.
    Newest,
    /// By a check of everything.
    Whole,
    /// By a request.
    Met,
}

impl Gate {
    /// An open gate, which reports to `host` when that changes.
    pub(super) fn new(
        host: Arc<dyn Host>,
        telemetry: Arc<Telemetry>,
        keeper: Sender<Wish>,
    ) -> Self {
        Self {
            host,
            telemetry,
            keeper,
            is_shut: AtomicBool::default(),
            found: Mutex::default(),
        }
    }

    /// Whether answers are allowed. What bypasses hallpass is seen by the watch alone: if that stands
    /// still, nothing is known of the store. What is in memory is as new as this says only if it is
    /// looked up afterwards.
    pub(super) fn is_open(&self) -> bool {
        !self.is_shut.load(Ordering::Acquire) && self.telemetry.health.is_watched()
    }

    /// Records what a look at the newest state found: `None` if all is well.
    pub(super) fn looked(&self, found: Option<Closed>) {
        self.change(|now| {
            // What was wrong with the root may have been wrong with more; an outage was not.
            if now.newest.as_ref().is_some_and(|it| !it.is_outage) && found.is_none() {
                self.wish_check();
            }
            now.newest = found;
            Look::Newest
        });
    }

    /// Records a fault that a request met. The gate stays closed until a full check that begins after
    /// this finds all well: whether that part of the store is right again, no look at the root tells.
    ///
    /// A lack of descriptors is no fault of the store. Whoever needs one gets no answer, and the gate
    /// stays as it is: there may never be enough of them for a check. Nor is it that a database does
    /// not answer: for how long that is borne is decided by how new it was seen.
    pub(super) fn met(&self, error: &Error) {
        if error.kind() == Kind::Storage && descriptors::are_missing() {
            return;
        }
        if self.telemetry.health.database().is_some() && is_outage(error) {
            return;
        }
        self.change(|now| {
            now.met = Some(Closed::by(error.kind(), error));
            now.times = now.times.wrapping_add(1);
            Look::Met
        });
        self.wish_check();
    }

    /// As [`Self::met`], for what a call of the core met that is not about verdicts: only if the store
    /// is not what it was. That a call cannot write closes no door.
    pub(super) fn met_by_call(&self, error: &Error) {
        let is_damage = matches!(
            error.kind(),
            Kind::Integrity | Kind::Corrupt | Kind::Rollback | Kind::Fork | Kind::Substituted
        );
        if is_damage {
            self.met(error);
        }
    }

    /// Notes that a full check begins.
    pub(super) fn begin_check(&self) -> CheckBegun {
        CheckBegun(self.lock().times)
    }

    /// Records what a full check found: `None` if all is well.
    pub(super) fn checked(&self, begun: CheckBegun, found: Option<Closed>) {
        self.change(|now| {
            // What was met meanwhile may be in a part that had been checked by then.
            if found.is_none() && now.times == begun.0 {
                now.met = None;
            }
            now.whole = found;
            Look::Whole
        });
    }

    fn wish_check(&self) {
        // Without a keeper the server ends.
        let _ = self.keeper.send(Wish::Now);
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known. What is new is logged, and that nothing is wrong any more.
    fn change(&self, change: impl FnOnce(&mut Found) -> Look) {
        let mut found = self.lock();
        let before = [&found.newest, &found.whole, &found.met].map(Clone::clone);
        let look = change(&mut found);
        let was_shut = before.iter().any(Option::is_some);
        let [newest, whole, met] = before;
        let (old, new) = match look {
            Look::Newest => (newest, &found.newest),
            Look::Whole => (whole, &found.whole),
            Look::Met => (met, &found.met),
        };
        let is_shut = found.newest.is_some() || found.whole.is_some() || found.met.is_some();
        self.is_shut.store(is_shut, Ordering::Release);
        if let Some(Closed { kind, why, .. }) = new
            && old.as_ref() != new.as_ref()
        {
            let event = json!({ "event": "closed", "kind": kind.word(), "why": why });
            self.host.log(&event.to_string());
            let _ = self.telemetry.store_failed(*kind);
        }
        if was_shut && !is_shut {
            self.host.log(&json!({ "event": "open" }).to_string());
            let _ = self.telemetry.health.store_recovered();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::clock::FixedClock;
    use crate::core::Context;
    use crate::entropy::OsEntropy;
    use crate::http::health::Health;
    use crate::http::{News, Options};
    use crate::model::audit::Actor;
    use crate::model::time::Span;

    fn telemetry(host: &Arc<dyn Host>) -> Telemetry {
        let context = Context {
            clock: Box::new(FixedClock::new(1_795_521_600_i64)),
            entropy: Box::new(OsEntropy),
            request: Actor::default().into(),
            token_lifetime: Span::YEAR,
        };
        Telemetry::start(Arc::clone(host), context, &Options::default()).unwrap()
    }

    #[derive(Default)]
    struct Lines(Mutex<Vec<String>>);

    impl Host for Lines {
        fn log(&self, line: &str) {
            self.0.lock().unwrap().push(line.to_owned());
        }

        fn reload(&self) -> Result<Options, String> {
            Ok(Options::default())
        }

        fn notify(&self, _: &News) {}
    }

    /// A gate, what it logs, and what it wishes for.
    fn gate() -> (Gate, Arc<Lines>, Receiver<Wish>) {
        let lines = Arc::new(Lines::default());
        let host: Arc<dyn Host> = Arc::<Lines>::clone(&lines);
        let telemetry = Arc::new(telemetry(&host));
        let (keeper, wishes) = channel();
        (Gate::new(host, telemetry, keeper), lines, wishes)
    }

    fn damage(what: &str) -> Error {
        Error::Integrity(what.to_owned())
    }

    fn closed(what: &str) -> Closed {
        Closed::by(Kind::Integrity, &damage(what))
    }

    #[test]
    fn it_is_closed_while_nobody_watches_the_store() {
        let host: Arc<dyn Host> = Arc::<Lines>::default();
        let mut telemetry = telemetry(&host);
        telemetry.health = Health::unwatched();
        let telemetry = Arc::new(telemetry);
        let gate = Gate::new(host, Arc::clone(&telemetry), channel().0);
        assert!(!gate.is_open());
        telemetry.health.watched();
        assert!(gate.is_open());
    }

    #[test]
    fn it_is_open_only_if_every_look_found_all_well() {
        let (gate, lines, _wishes) = gate();
        let is_ready = || gate.telemetry.health.checks().ready();
        assert!(gate.is_open() && is_ready());
        for _ in 0..2 {
            gate.checked(gate.begin_check(), Some(closed("row 7")));
        }
        assert!(!gate.is_open() && !is_ready());
        gate.looked(Some(closed("row 7")));
        gate.looked(None);
        assert!(!gate.is_open(), "the newest state does not show all damage");
        assert!(!is_ready());
        gate.checked(gate.begin_check(), None);
        assert!(gate.is_open() && is_ready());
        let lines = lines.0.lock().unwrap();
        assert_eq!(
            lines.len(),
            3,
            "what is known is not logged again: {lines:?}"
        );
        let shut = |line: &String| line.contains("closed") && line.contains("row 7");
        assert!(lines[..2].iter().all(shut));
        assert_eq!(lines[2], r#"{"event":"open"}"#);
    }

    #[test]
    fn what_a_request_met_closes_it_until_a_later_check_finds_all_well() {
        let (gate, lines, wishes) = gate();
        let earlier = gate.begin_check();
        gate.met(&damage("bucket 7"));
        assert!(wishes.try_iter().eq([Wish::Now]));
        gate.looked(None);
        assert!(
            !gate.is_open(),
            "a look at the root tells nothing of a bucket"
        );
        gate.checked(earlier, None);
        assert!(!gate.is_open(), "the bucket was right when it was checked");
        let later = gate.begin_check();
        gate.met(&damage("bucket 7"));
        gate.checked(later, None);
        assert!(!gate.is_open(), "it was met again");
        gate.checked(gate.begin_check(), Some(closed("bucket 7")));
        assert!(!gate.is_open());
        gate.checked(gate.begin_check(), None);
        assert!(gate.is_open());
        let lines = lines.0.lock().unwrap();
        assert_eq!(lines.len(), 3, "{lines:?}");
    }

    #[test]
    fn once_the_root_is_right_again_all_is_checked() {
        let (gate, _, wishes) = gate();
        gate.looked(None);
        gate.looked(Some(closed("root")));
        assert_eq!(wishes.try_iter().count(), 0);
        gate.looked(None);
        assert!(wishes.try_iter().eq([Wish::Now]));
    }

    #[test]
    fn calls_that_are_refused_close_nothing() {
        let (gate, _, wishes) = gate();
        let full = Error::from(crate::backend::Fault::Storage("disk full".into()));
        for error in [full, Error::Stopped] {
            gate.met_by_call(&error);
        }
        assert!(gate.is_open() && wishes.try_iter().count() == 0);
        gate.met_by_call(&damage("bucket 7"));
        assert!(!gate.is_open());
    }
}
