use std::io;

use hallpass::Error;
use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::ops::Suspend;
use hallpass::ops::delivery::ImmediateSink;
use hallpass::ops::edit::{Effect, IfThere};
use hallpass::ops::password::{self, Cause, Generated};
use hallpass::ops::profile;
use hallpass::ops::verify::Asked;
use hallpass::secret::SecretText;

use super::fixture::{NOON, Step, TestStore, kind, made, message, p};

mod guessing;
mod record;

const GOOD: &str = "umbrella-vortex-lantern-88";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn with_password() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    bench
}

fn cause(bench: &mut TestStore, text: &str) -> Cause {
    password::verify(&mut bench.core, &p("ci"), &secret(text))
        .unwrap()
        .cause
}

fn failures(bench: &mut TestStore) -> u32 {
    profile::show(&mut bench.core, &p("ci")).unwrap().failures
}

#[test]
fn the_right_password_in_any_composition_is_right() {
    let mut bench = TestStore::with_sample_data();
    let composed = "für-übung-lantern-vortex-88";
    password::set(&mut bench.core, &p("CI"), &secret(composed)).unwrap();
    let decomposed = "fu\u{308}r-u\u{308}bung-lantern-vortex-88";
    assert_eq!(cause(&mut bench, decomposed), Cause::Right);
    assert_eq!(
        cause(&mut bench, "für-übung-lantern-vortex-89"),
        Cause::Wrong
    );
    let ci = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(
        (ci.has_password, ci.last_used_at.unwrap().seconds()),
        (true, NOON)
    );
}

#[test]
fn weak_passwords_are_refused_with_a_reason() {
    let mut bench = TestStore::with_sample_data();
    let long = "x1Q-".repeat(300);
    for (weak, why) in [
        ("vortex-8Q!z", "at least 15 characters"),
        (long.as_str(), "at most 1024 bytes"),
        ("passwordpassword", "weak"),
        ("aaaaaaaaaaaaaaaaaa", "weak"),
        ("hallpasshallpass", "weak"),
    ] {
        let refused = message(password::set(&mut bench.core, &p("ci"), &secret(weak)));
        assert!(refused.contains(why), "{refused}");
        assert!(
            !refused.contains('"') && !refused.ends_with('.'),
            "{refused}"
        );
    }
    let repeated = message(password::set(
        &mut bench.core,
        &p("ci"),
        &secret(&"a".repeat(18)),
    ));
    let settable = |core: &mut _, name: &str, text: &str| {
        password::ensure_settable(core, &p(name), &secret(text))
    };
    assert_eq!(kind(settable(&mut bench.core, "ci", "weak")), Kind::Refused);
    assert_eq!(
        kind(settable(&mut bench.core, "nobody", GOOD)),
        Kind::NotFound
    );
    settable(&mut bench.core, "ci", GOOD).unwrap();
    assert!(
        repeated.contains("repeats like `aaa`"),
        "the premise: it quotes: {repeated}"
    );
    assert!(
        !profile::show(&mut bench.core, &p("ci"))
            .unwrap()
            .has_password
    );
}

#[test]
fn a_profiles_own_words_make_a_password_weak() {
    let mut bench = TestStore::new();
    let draft = profile::Draft {
        email: Some(p("quetzalcoatlus@example.com")),
        ..profile::Draft::new(p("zephyranthes"))
    };
    made(profile::add(&mut bench.core, &draft, IfThere::Refuse));
    let own = "zephyranthesquetzalcoatlus";
    let refused = password::set(&mut bench.core, &p("zephyranthes"), &secret(own));
    assert_eq!(kind(refused), Kind::Refused);
    bench.profile("other", &[]);
    password::set(&mut bench.core, &p("other"), &secret(own)).unwrap();
}

#[test]
fn a_generated_password_is_strong_and_never_the_same() {
    let mut bench = TestStore::with_sample_data();
    let one = password::generate(&mut bench.core).unwrap();
    let two = password::generate(&mut bench.core).unwrap();
    assert_ne!(one.expose(), two.expose());
    assert_eq!(one.expose().len(), 29);
    password::set(&mut bench.core, &p("ci"), &one).unwrap();
    assert_eq!(cause(&mut bench, one.expose()), Cause::Right);
}

#[test]
fn the_password_of_a_suspended_profile_is_no_good() {
    let mut bench = with_password();
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    let verdict = password::verify(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    assert_eq!(
        (verdict.valid, verdict.reason, verdict.exit),
        (false, "profile_suspended", 14)
    );
    assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
}

#[test]
fn a_cleared_password_is_gone_and_tokens_stay() {
    let mut bench = with_password();
    let held = bench.token("ci/laptop");
    let cleared = password::clear(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(cleared.effect, Effect::Changed);
    assert_eq!(cause(&mut bench, GOOD), Cause::NoPassword);
    assert!(bench.judge(&held, &Asked::default()).valid);
    let again = password::clear(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(again.effect, Effect::AlreadySo);
    assert_eq!(
        kind(password::clear(&mut bench.core, &p("nobody"))),
        Kind::NotFound
    );
}

#[test]
fn a_profile_can_be_made_with_a_password_but_not_with_a_weak_one() {
    let mut bench = TestStore::new();
    let with = |text: &str| profile::Draft {
        password: Some(secret(text)),
        ..profile::Draft::new(p("ci"))
    };
    let weak = profile::add(&mut bench.core, &with("weak"), IfThere::Refuse);
    assert_eq!(kind(weak), Kind::Refused);
    let summary = made(profile::add(&mut bench.core, &with(GOOD), IfThere::Refuse));
    assert!(summary.has_password);
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
}

/// Where a generated password is handed to; fails at one step.
struct Pocket {
    fails_at: Option<Step>,
    took: Option<String>,
}

impl Pocket {
    fn new(fails_at: Option<Step>) -> Self {
        Self {
            fails_at,
            took: None,
        }
    }

    fn reach(&self, step: Step) -> io::Result<()> {
        if self.fails_at == Some(step) {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(())
        }
    }
}

impl ImmediateSink<Generated> for Pocket {
    fn ready(&mut self) -> io::Result<()> {
        self.reach(Step::Ready)
    }

    fn offer(&mut self, new: &Generated) -> io::Result<()> {
        self.took = Some(new.password.expose().to_owned());
        self.reach(Step::Offer)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reach(Step::Finish)
    }
}

#[test]
fn a_generated_password_is_the_one_that_was_handed_over() {
    let mut bench = with_password();
    let mut pocket = Pocket::new(None);
    let new = password::set_generated(&mut bench.core, &p("ci"), &mut pocket).unwrap();
    assert_eq!(pocket.took.as_deref(), Some(new.password.expose()));
    assert_eq!(cause(&mut bench, new.password.expose()), Cause::Right);
    assert_eq!(cause(&mut bench, GOOD), Cause::Wrong);
}

#[test]
fn a_generated_password_that_cannot_be_handed_over_leaves_the_old_one() {
    for step in [Step::Ready, Step::Offer, Step::Finish] {
        let mut bench = with_password();
        assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
        let mut pocket = Pocket::new(Some(step));
        let failed = password::set_generated(&mut bench.core, &p("ci"), &mut pocket);
        assert!(
            matches!(failed, Err(Error::Undelivered { token: None, .. })),
            "{step:?}"
        );
        assert_eq!(failures(&mut bench), 1, "{step:?}: as if nothing was done");
        if let Some(lost) = pocket.took {
            assert_eq!(cause(&mut bench, &lost), Cause::Wrong, "{step:?}");
        }
        assert_eq!(cause(&mut bench, GOOD), Cause::Right, "{step:?}");
    }
}

#[test]
fn a_first_password_that_cannot_be_handed_over_leaves_none() {
    let mut bench = TestStore::with_sample_data();
    let mut pocket = Pocket::new(Some(Step::Finish));
    let failed = password::set_generated(&mut bench.core, &p("ci"), &mut pocket);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert!(
        !profile::show(&mut bench.core, &p("ci"))
            .unwrap()
            .has_password
    );
}

#[test]
fn a_password_that_can_be_neither_delivered_nor_put_back_is_said_to_be_set() {
    let mut bench = with_password();
    let mut pocket = Pocket::new(Some(Step::Finish));
    bench
        .backend
        .faults()
        .fail_method("commit", 2, || Fault::Storage("disk full".into()));
    let failed = password::set_generated(&mut bench.core, &p("ci"), &mut pocket);
    assert!(matches!(failed, Err(Error::StillSet { .. })), "{failed:?}");
    assert_eq!(cause(&mut bench, &pocket.took.unwrap()), Cause::Right);
}

#[test]
fn a_commit_that_fails_leaves_the_old_password() {
    let full: fn() -> Fault = || Fault::Storage("disk full".into());
    for (around, fault, expected) in [
        (Around::Before, full, Kind::Storage),
        (Around::After, full, Kind::Undelivered),
        (Around::Before, || Fault::Conflict, Kind::Undelivered),
    ] {
        let mut bench = with_password();
        bench.backend.faults().fail_commit(around, fault);
        let mut pocket = Pocket::new(None);
        let failed = password::set_generated(&mut bench.core, &p("ci"), &mut pocket);
        assert_eq!(kind(failed), expected);
        assert_eq!(cause(&mut bench, &pocket.took.unwrap()), Cause::Wrong);
        assert_eq!(cause(&mut bench, GOOD), Cause::Right);
    }
}
