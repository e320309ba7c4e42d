use std::sync::Arc;

use super::*;
use crate::backend::Fault;
use crate::clock::BootTime;
use crate::error::History;

/// A clock since boot that tests turn. The wall clock stands still.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct SinceBoot(Arc<AtomicU64>);

impl SinceBoot {
    /// A clock that shows so many milliseconds.
    pub(in crate::http) fn at(milliseconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(milliseconds)))
    }

    /// Lets so many milliseconds pass.
    pub(in crate::http) fn pass(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for SinceBoot {
    fn unix_seconds(&self) -> i64 {
        1_795_521_600
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot: [0; 16],
            seconds: i64::try_from(self.since_boot().as_secs()).unwrap(),
        }
    }

    fn since_boot(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

const START: Duration = Duration::from_secs(100);

/// What is in memory, looked at just now.
fn fresh(grace: &str) -> (Freshness, SinceBoot) {
    let clock = SinceBoot::at(100_000);
    let boxed = Box::new(clock.clone());
    let freshness = Freshness::new(boxed, START, grace.parse().unwrap(), Traffic::default());
    freshness.set_in_memory(true);
    (freshness, clock)
}

#[test]
fn what_is_served_is_as_old_as_the_grace_allows_and_no_older() {
    for (grace, most) in [("0", 1_000), ("1m", 61_000), ("30s", 31_000)] {
        let (freshness, clock) = fresh(grace);
        clock.pass(most);
        assert!(freshness.is_fresh(), "{grace}");
        clock.pass(1);
        assert!(!freshness.is_fresh(), "{grace}");
        freshness.looked(START + Duration::from_millis(1));
        assert!(freshness.is_fresh(), "{grace}");
        freshness.set_grace("0".parse().unwrap());
        assert_eq!(freshness.is_fresh(), grace == "0", "{grace}");
    }
}

#[test]
fn there_is_no_grace_for_what_is_not_in_memory() {
    let (freshness, clock) = fresh("30s");
    freshness.set_in_memory(false);
    clock.pass(1_000);
    assert!(freshness.is_fresh());
    clock.pass(1);
    assert!(!freshness.is_fresh());
    freshness.set_in_memory(true);
    assert!(freshness.is_fresh());
}

#[test]
fn an_older_look_and_one_that_has_not_come_yet_prolong_nothing() {
    let (freshness, clock) = fresh("0");
    freshness.looked(START.saturating_sub(Duration::from_secs(50)));
    assert_eq!(freshness.outlook().staleness, Duration::ZERO);
    freshness.looked(START + Duration::from_hours(1));
    clock.pass(1_001);
    assert!(!freshness.is_fresh());
}

#[test]
fn only_a_database_that_does_not_answer_is_an_outage() {
    let outages = [
        Fault::Storage("away".into()),
        Fault::Busy,
        Fault::ReadOnly("a replica".into()),
        Fault::UnknownOutcome("lost".into()),
    ];
    for fault in outages {
        let error = Error::from(fault);
        assert!(is_outage(&error), "{error}");
    }
    let faults = [
        Error::from(Fault::Missing("x".into())),
        Fault::Corrupt("x".into()).into(),
        Fault::Damaged("x".into()).into(),
        Fault::NewerFormat("x".into()).into(),
        Fault::Engine("x".into()).into(),
        Error::Integrity("x".into()),
        Error::History(History::Rollback { found: 1, seen: 2 }),
        Error::History(History::Fork("x".into())),
        Error::File {
            path: "/anchor".into(),
            source: std::io::Error::other("x"),
        },
    ];
    for error in faults {
        assert!(!is_outage(&error), "{error}");
    }
}
