//! Guessing: what a wrong password costs whoever tries it, and when it locks the profile.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hallpass::Error;
use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::clock::{BootTime, Clock, FixedClock};
use hallpass::ops::password::{self, Cause, LOCKED_AFTER, Strangers};
use hallpass::ops::profile;
use hallpass::ops::verify::Asked;

use super::{GOOD, cause, failures, secret, with_password};
use crate::ops::audit::logged;
use crate::ops::fixture::{TestStore, kind, p};

/// Fails as often as it takes, waiting as long as it must.
fn fail(bench: &mut TestStore, times: u32) {
    for _ in 0..times {
        assert_eq!(cause(bench, "wrong"), Cause::Wrong);
        bench.wait(900);
    }
}

#[test]
fn a_failed_and_an_impossible_try_look_alike() {
    let mut bench = with_password();
    bench.profile("bare", &[]);
    let mut verdict = |name: &str| {
        let tried = password::verify(&mut bench.core, &p(name), &secret("wrong")).unwrap();
        (tried.valid, tried.reason, tried.exit, tried.cause)
    };
    assert_eq!(verdict("ci"), (false, "wrong_password", 11, Cause::Wrong));
    assert_eq!(
        verdict("bare"),
        (false, "wrong_password", 11, Cause::NoPassword)
    );
    assert_eq!(
        verdict("nobody"),
        (false, "wrong_password", 11, Cause::NoProfile)
    );
}

#[test]
fn a_stranger_learns_no_names_by_the_delay() {
    let mut bench = with_password();
    bench.profile("bare", &[]);
    let strangers = Strangers::default();
    let mut prove = |name: &str, text: &str| {
        password::prove(&mut bench.core, &p(name), &secret(text), &strangers)
    };
    for name in ["nobody", "bare", "ci"] {
        for _ in 0..5 {
            let (verdict, stamp) = prove(name, "wrong").unwrap();
            assert_eq!((verdict.reason, stamp), ("wrong_password", None));
        }
        let early = prove(name, "wrong");
        assert!(
            matches!(early, Err(Error::Throttled(_))),
            "{name}: {early:?}"
        );
    }
    bench.wait(1);
    let proven = password::prove(&mut bench.core, &p("ci"), &secret(GOOD), &strangers);
    let (verdict, stamp) = proven.unwrap();
    assert!(verdict.valid && stamp.is_some());
}

#[test]
fn after_five_failures_each_try_waits_twice_as_long() {
    let mut bench = with_password();
    for _ in 0..5 {
        assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
    }
    let mut delay = 1;
    for _ in 5..9 {
        let early = password::verify(&mut bench.core, &p("CI"), &secret(GOOD));
        let Err(Error::Throttled(until)) = early else {
            panic!("{early:?}")
        };
        assert_eq!(until.seconds(), bench.now().seconds() + delay);
        bench.wait(delay);
        assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
        delay *= 2;
    }
    bench.wait(900);
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
    assert_eq!(failures(&mut bench), 0);
}

#[test]
fn the_longest_wait_is_a_quarter_of_an_hour() {
    let mut bench = with_password();
    let mut delays = Vec::new();
    while failures(&mut bench) < LOCKED_AFTER - 1 {
        // Only the debit: hashing as often would take long.
        bench
            .backend
            .faults()
            .fail_method("begin", 3, || Fault::Storage("killed".into()));
        assert_eq!(
            kind(password::verify(
                &mut bench.core,
                &p("ci"),
                &secret("wrong")
            )),
            Kind::Storage
        );
        let lock = profile::show(&mut bench.core, &p("ci"))
            .unwrap()
            .password_lock;
        let until = lock.and_then(|lock| lock.until);
        delays.push(until.map_or(0, |until| until.seconds() - bench.now().seconds()));
        bench.wait(900);
    }
    assert_eq!(
        delays[..16],
        [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    );
    assert!(delays[16..].iter().all(|delay| *delay == 900), "{delays:?}");
}

/// A clock by which something else is done the third time that somebody asks for the time.
struct Meddling<F>(FixedClock, AtomicU32, Mutex<Option<F>>);

impl<F: FnOnce() + Send> Clock for Meddling<F> {
    fn unix_seconds(&self) -> i64 {
        if self.1.fetch_add(1, Ordering::SeqCst) == 2
            && let Some(act) = self.2.lock().unwrap().take()
        {
            act();
        }
        self.0.unix_seconds()
    }

    fn boot(&self) -> BootTime {
        self.0.boot()
    }

    fn since_boot(&self) -> Duration {
        self.0.since_boot()
    }
}

#[test]
fn a_password_that_was_changed_while_it_was_hashed_is_wrong() {
    const NEWER: &str = "turbine-saffron-otter-51";
    for clears in [false, true] {
        let mut bench = with_password();
        let mut other = bench.another();
        let act = move || {
            if clears {
                password::clear(&mut other.core, &p("ci")).unwrap();
            } else {
                password::set(&mut other.core, &p("ci"), &secret(NEWER)).unwrap();
            }
        };
        // Asked whether it is too early, for the debit, and then for the verdict.
        let clock = Meddling(
            FixedClock::new(bench.now()),
            AtomicU32::new(0),
            Mutex::new(Some(act)),
        );
        bench.core.clock = Box::new(clock);
        assert_eq!(cause(&mut bench, GOOD), Cause::Wrong);
        let (old, newer) = (cause(&mut bench, GOOD), cause(&mut bench, NEWER));
        let expected = if clears {
            (Cause::NoPassword, Cause::NoPassword)
        } else {
            (Cause::Wrong, Cause::Right)
        };
        assert_eq!((old, newer), expected, "the premise: it was changed");
    }
}

#[test]
fn a_try_that_comes_too_early_costs_nothing() {
    let mut bench = with_password();
    fail(&mut bench, 6);
    cause(&mut bench, "wrong");
    let before = failures(&mut bench);
    assert!(password::verify(&mut bench.core, &p("ci"), &secret(GOOD)).is_err());
    assert_eq!(failures(&mut bench), before);
}

#[test]
fn a_failure_is_debited_before_anything_is_compared() {
    let mut bench = with_password();
    // The debit is committed; then the program dies at the next thing it asks of the storage.
    let debit = 2;
    bench
        .backend
        .faults()
        .fail_method("begin", debit + 1, || Fault::Storage("killed".into()));
    let died = password::verify(&mut bench.core, &p("ci"), &secret(GOOD));
    assert_eq!(kind(died), Kind::Storage);
    assert_eq!(failures(&mut bench), 1);
}

#[test]
fn a_hundred_failures_lock_until_an_admin_acts() {
    let mut bench = with_password();
    lock(&mut bench);
    bench.wait(1_000_000);
    let locked = password::verify(&mut bench.core, &p("ci"), &secret(GOOD));
    assert!(matches!(locked, Err(Error::Locked(_))), "{locked:?}");
    let held = bench.token("ci/laptop");
    assert!(
        bench.judge(&held, &Asked::default()).valid,
        "the lock covers passwords alone"
    );
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
}

#[test]
fn an_unlock_forgets_the_failures() {
    let mut bench = with_password();
    lock(&mut bench);
    let edits = profile::Edits {
        unlock: true,
        ..Default::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
}

/// Failing a hundred times would hash a hundred times; the debit alone is what locks.
fn lock(bench: &mut TestStore) {
    for _ in 0..LOCKED_AFTER {
        bench
            .backend
            .faults()
            .fail_method("begin", 3, || Fault::Storage("killed".into()));
        assert!(password::verify(&mut bench.core, &p("ci"), &secret("wrong")).is_err());
        bench.wait(900);
    }
    assert_eq!(failures(bench), LOCKED_AFTER);
}

fn prove(
    bench: &mut TestStore,
    name: &str,
    text: &str,
    strangers: &Strangers,
) -> Result<Cause, Error> {
    let proved = password::prove(&mut bench.core, &p(name), &secret(text), strangers);
    proved.map(|(verdict, _)| verdict.cause)
}

#[test]
fn what_strangers_try_too_early_is_not_hashed_and_one_a_minute_is_noted() {
    for name in ["ci", "nobody"] {
        let mut bench = with_password();
        let strangers = Strangers::default();
        for _ in 0..6 {
            prove(&mut bench, name, "wrong", &strangers).unwrap();
            bench.wait(1);
        }
        let rows = |bench: &mut TestStore| logged(bench, "password.verify").len();
        let early = |bench: &mut TestStore| {
            let refused = prove(bench, name, GOOD, &strangers);
            assert_eq!(kind(refused), Kind::Throttled, "{name}");
        };
        early(&mut bench);
        assert_eq!(rows(&mut bench), 7, "the premise: it is noted");
        for _ in 0..3 {
            let epoch = bench.epoch();
            let more = || Fault::Storage("more".into());
            bench.backend.faults().fail_method("begin", 2, more);
            early(&mut bench);
            // The one transaction after the one that it takes.
            let next = bench.core.read(|_| Ok(()));
            assert_eq!(kind(next), Kind::Storage);
            assert_eq!((rows(&mut bench), bench.epoch()), (7, epoch));
        }
        bench.clock.set_back(1);
        early(&mut bench);
        assert_eq!(rows(&mut bench), 7);
    }
}

#[test]
fn strangers_lock_nobody_out() {
    let mut bench = with_password();
    let strangers = Strangers::default();
    for _ in 0..LOCKED_AFTER + 20 {
        let killed = || Fault::Storage("killed".into());
        bench.backend.faults().fail_method("begin", 3, killed);
        let died = prove(&mut bench, "ci", "wrong", &strangers);
        assert_eq!(kind(died), Kind::Storage);
        bench.wait(900);
    }
    assert_eq!(failures(&mut bench), LOCKED_AFTER - 1);
    let right = prove(&mut bench, "ci", GOOD, &strangers);
    assert_eq!(right.unwrap(), Cause::Right);
    assert_eq!(failures(&mut bench), 0);
}

#[test]
fn strangers_are_not_told_that_a_profile_is_locked() {
    let mut bench = with_password();
    lock(&mut bench);
    let strangers = Strangers::default();
    for _ in 0..2 {
        let rows = logged(&mut bench, "password.verify").len();
        let locked = prove(&mut bench, "ci", GOOD, &strangers);
        assert_eq!(locked.unwrap(), Cause::Locked);
        // The operator is.
        assert_eq!(logged(&mut bench, "password.verify").len(), rows + 1);
        let early = prove(&mut bench, "ci", GOOD, &strangers);
        assert_eq!(kind(early), Kind::Throttled);
        bench.wait(900);
    }
    assert_eq!(failures(&mut bench), LOCKED_AFTER);
}
