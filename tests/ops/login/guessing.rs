//! Signing in is a try at the password: it waits, it locks, and it says nothing of who there is.

use hallpass::backend::Fault;
use hallpass::model::verdict::Reason;
use hallpass::ops::login::{Login, LoginOutcome};
use hallpass::ops::password::{self, Cause, LOCKED_AFTER};
use hallpass::ops::{edit, profile};
use hallpass::{Error, Kind};

use super::{GOOD, bench, cause, ci, issued, named, secret, sign_in};
use crate::ops::fixture::{TestStore, kind, p};

#[test]
fn a_wrong_password_a_missing_one_and_no_profile_are_one_answer() {
    let mut bench = bench();
    bench.profile("bare", &[]);
    for (name, text, why) in [
        ("ci", "wrong", Cause::Wrong),
        ("bare", GOOD, Cause::NoPassword),
        ("nobody", GOOD, Cause::NoProfile),
    ] {
        let refused = sign_in(&mut bench, &Login::new(p(name)), text).unwrap();
        let LoginOutcome::Refused(verdict) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            (verdict.reason, verdict.exit),
            ("wrong_password", 11),
            "{name}"
        );
        assert_eq!(verdict.cause, why);
    }
    assert!(named(&mut bench).is_empty());
}

#[test]
fn a_sign_in_is_a_try_at_the_password() {
    let mut bench = bench();
    for n in 1..=5 {
        assert_eq!(cause(&mut bench, &ci(), "wrong"), Cause::Wrong);
        assert_eq!(
            profile::show(&mut bench.core, &p("ci")).unwrap().failures,
            n
        );
    }
    let throttled = sign_in(&mut bench, &ci(), GOOD);
    let Err(Error::Throttled(next)) = throttled else {
        panic!("{throttled:?}")
    };
    assert_eq!(next.seconds(), bench.now().seconds() + 1);
    let verified = password::verify(&mut bench.core, &p("ci"), &secret(GOOD));
    assert!(
        matches!(verified, Err(Error::Throttled(_))),
        "there is one budget"
    );
    bench.wait(1);
    issued(&mut bench, &ci());
    assert_eq!(
        profile::show(&mut bench.core, &p("ci")).unwrap().failures,
        0
    );
}

#[test]
fn a_delay_and_a_lock_show_and_an_unlock_lifts_them() {
    let mut bench = bench();
    let lock = |bench: &mut TestStore| {
        profile::show(&mut bench.core, &p("ci"))
            .unwrap()
            .password_lock
    };
    let fail = |bench: &mut TestStore, times: u32| {
        for _ in 0..times {
            bench.wait(900);
            bench
                .backend
                .faults()
                .fail_method("begin", 3, || Fault::Storage("killed".into()));
            assert_eq!(kind(sign_in(bench, &ci(), "wrong")), Kind::Storage);
        }
    };
    fail(&mut bench, 4);
    assert_eq!(lock(&mut bench), None);
    fail(&mut bench, 3);
    let slow = lock(&mut bench).unwrap();
    assert_eq!((slow.failures, slow.locked), (7, false));
    assert_eq!(slow.until.unwrap().seconds(), bench.now().seconds() + 4);
    bench.wait(4);
    assert_eq!(
        lock(&mut bench).unwrap().until,
        None,
        "the next try is taken now"
    );
    fail(&mut bench, LOCKED_AFTER - 7);
    let locked = lock(&mut bench).unwrap();
    assert_eq!(
        (locked.failures, locked.locked, locked.until),
        (LOCKED_AFTER, true, None)
    );
    bench.wait(1_000_000);
    assert!(matches!(
        sign_in(&mut bench, &ci(), GOOD),
        Err(Error::Locked(_))
    ));
    assert_eq!(lock(&mut bench).unwrap().failures, LOCKED_AFTER);
    let unlock = profile::Edits {
        unlock: true,
        ..profile::Edits::default()
    };
    let lifted = profile::edit(&mut bench.core, &p("ci"), &unlock).unwrap();
    assert_eq!(
        (lifted.effect, lifted.summary.password_lock),
        (edit::Effect::Changed, None)
    );
    let again = profile::edit(&mut bench.core, &p("ci"), &unlock).unwrap();
    assert_eq!(again.effect, edit::Effect::AlreadySo);
    issued(&mut bench, &ci());
}

#[test]
fn a_lock_stops_no_token() {
    let mut bench = bench();
    let held = bench.token("ci/laptop");
    for _ in 0..LOCKED_AFTER {
        bench.wait(900);
        bench
            .backend
            .faults()
            .fail_method("begin", 3, || Fault::Storage("killed".into()));
        assert_eq!(kind(sign_in(&mut bench, &ci(), "wrong")), Kind::Storage);
    }
    assert!(matches!(
        sign_in(&mut bench, &ci(), GOOD),
        Err(Error::Locked(_))
    ));
    assert_eq!(bench.verdict(&held), Reason::Valid);
    bench.token("ci/another");
}

#[test]
fn a_name_that_no_profile_has_is_never_slowed_down() {
    let mut bench = bench();
    for _ in 0..8 {
        assert_eq!(
            cause(&mut bench, &Login::new(p("nobody")), "wrong"),
            Cause::NoProfile
        );
    }
}
