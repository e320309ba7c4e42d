//! Whether the store allows any answer.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde_json::json;

use super::host::Host;
use super::telemetry::Telemetry;
use crate::kind::Kind;

/// Closed as long as something is wrong with the store: then every door answers 503.
pub(super) struct Gate {
    host: Arc<dyn Host>,
    telemetry: Arc<Telemetry>,
    /// What the last look at the newest state found.
    newest: ArcSwapOption<Closed>,
    /// What the last full check found.
    whole: ArcSwapOption<Closed>,
}

/// Why the gate is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    /// The kind of the error.
    pub(super) kind: Kind,
    /// The error, for the log.
    pub(super) why: String,
}

impl Closed {
    /// For this error.
    pub(super) fn by(kind: Kind, error: &impl fmt::Display) -> Self {
        Self {
            kind,
            why: error.to_string(),
        }
    }
}

/// A look at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// At its root, and what this machine remembers of it.
    Newest,
    /// At everything in it.
    Whole,
}

impl Gate {
    /// An open gate, which reports to `host` when that changes.
    pub(super) fn new(host: Arc<dyn Host>, telemetry: Arc<Telemetry>) -> Self {
        Self {
            host,
            telemetry,
            newest: ArcSwapOption::empty(),
            whole: ArcSwapOption::empty(),
        }
    }

    /// Whether answers are allowed. What bypasses hallpass is seen by the watch alone: if that stands
    /// still, nothing is known of the store.
    pub(super) fn is_open(&self) -> bool {
        self.newest.load().is_none()
            && self.whole.load().is_none()
            && self.telemetry.health.is_watched()
    }

    /// Records what a look at the store found: `None` if all is well. It is logged if it is new.
    pub(super) fn record(&self, look: Look, found: Option<Closed>) {
        let slot = match look {
            Look::Newest => &self.newest,
            Look::Whole => &self.whole,
        };
        let found = found.map(Arc::new);
        let before = slot.swap(found.clone());
        if before == found {
            return;
        }
        let event = match found.as_deref() {
            Some(Closed { kind, why }) => {
                json!({ "event": "closed", "kind": kind.word(), "why": why })
            }
            None if self.is_open() => json!({ "event": "open" }),
            None => return,
        };
        self.host.log(&event.to_string());
        match found.as_deref() {
            Some(Closed { kind, .. }) => drop(self.telemetry.store_failed(*kind)),
            None => drop(self.telemetry.health.store_recovered()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

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

    #[test]
    fn it_is_closed_while_nobody_watches_the_store() {
        let host: Arc<dyn Host> = Arc::<Lines>::default();
        let mut telemetry = telemetry(&host);
        telemetry.health = Health::unwatched();
        let telemetry = Arc::new(telemetry);
        let gate = Gate::new(host, Arc::clone(&telemetry));
        assert!(!gate.is_open());
        telemetry.health.watched();
        assert!(gate.is_open());
    }

    #[test]
    fn it_is_open_only_if_every_look_found_all_well() {
        let lines = Arc::new(Lines::default());
        let host: Arc<dyn Host> = Arc::<Lines>::clone(&lines);
        let telemetry = Arc::new(telemetry(&host));
        let gate = Gate::new(host, Arc::clone(&telemetry));
        let is_ready = || telemetry.health.checks().ready();
        let damage = || Some(Closed::by(Kind::Integrity, &"row 7"));
        assert!(gate.is_open() && is_ready());
        gate.record(Look::Whole, damage());
        gate.record(Look::Whole, damage());
        assert!(!gate.is_open() && !is_ready());
        gate.record(Look::Newest, damage());
        gate.record(Look::Newest, None);
        assert!(!gate.is_open(), "the newest state does not show all damage");
        assert!(!is_ready());
        gate.record(Look::Whole, None);
        assert!(gate.is_open() && is_ready());
        let closed = r#"{"event":"closed","kind":"integrity","why":"row 7"}"#;
        let open = r#"{"event":"open"}"#;
        assert_eq!(
            *lines.0.lock().unwrap(),
            [closed, closed, open],
            "what is known is not logged again"
        );
    }
}
