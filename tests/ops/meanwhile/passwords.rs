//! What somebody does to a password or a profile while a secret is on its way to its sink stays done.

use std::io;

use hallpass::Kind;
use hallpass::model::audit::Outcome;
use hallpass::model::name::{ProfileName, TokenName};
use hallpass::ops::edit::Change;
use hallpass::ops::password::{self, Cause};
use hallpass::ops::profile::{self, Draft, Edits};
use hallpass::ops::token;
use hallpass::secret::SecretText;

use super::Cut;
use crate::ops::audit::logged;
use crate::ops::fixture::{Slow, TestStore, draft, kind, p};

const GOOD: &str = "umbrella-vortex-lantern-88";
const NEWER: &str = "turbine-saffron-otter-51";

fn set(bench: &mut TestStore, text: &str) {
    password::set(&mut bench.core, &p("ci"), &SecretText::new(text.to_owned())).unwrap();
}

fn cause(bench: &mut TestStore, name: &str, text: &str) -> Cause {
    let password = SecretText::new(text.to_owned());
    password::verify(&mut bench.core, &p(name), &password)
        .unwrap()
        .cause
}

#[test]
fn a_password_that_was_cleared_or_set_meanwhile_stays_so() {
    for clears in [false, true] {
        let mut bench = TestStore::with_sample_data();
        set(&mut bench, GOOD);
        let mut cut = Cut(bench.another(), |other: &mut TestStore| {
            if clears {
                password::clear(&mut other.core, &p("ci")).unwrap();
            } else {
                set(other, NEWER);
            }
        });
        let failed = password::set_generated(&mut bench.core, &p("ci"), &mut cut);
        assert_eq!(kind(failed), Kind::Undelivered);
        let (old, newer) = (
            cause(&mut bench, "ci", GOOD),
            cause(&mut bench, "ci", NEWER),
        );
        let expected = if clears {
            (Cause::NoPassword, Cause::NoPassword)
        } else {
            (Cause::Wrong, Cause::Right)
        };
        assert_eq!((old, newer), expected);
    }
}

#[test]
fn wrong_tries_count_whatever_password_they_were_made_at() {
    let mut bench = TestStore::with_sample_data();
    set(&mut bench, GOOD);
    assert_eq!(cause(&mut bench, "ci", "wrong"), Cause::Wrong);
    let mut cut = Cut(bench.another(), |other: &mut TestStore| {
        for _ in 0..2 {
            assert_eq!(cause(other, "ci", "wrong"), Cause::Wrong);
        }
    });
    let failed = password::set_generated(&mut bench.core, &p("ci"), &mut cut);
    assert_eq!(kind(failed), Kind::Undelivered);
    let undone = logged(&mut bench, "password.undo");
    assert_eq!(
        undone.iter().map(|it| it.outcome).collect::<Vec<_>>(),
        [Outcome::Undelivered]
    );
    assert_eq!(
        profile::show(&mut bench.core, &p("ci")).unwrap().failures,
        3
    );
    assert_eq!(cause(&mut bench, "ci", GOOD), Cause::Right);
}

#[test]
fn a_delivered_password_is_set_for_the_profile_it_was_made_for() {
    for is_deleted in [false, true] {
        let mut bench = TestStore::with_sample_data();
        let mut other = bench.another();
        let mut sink = Slow::doing(move |_| {
            if is_deleted {
                profile::delete(&mut other.core, &p("ci")).unwrap();
            } else {
                other.rename("ci", "build");
            }
            other.profile("ci", &["hr"]);
            Ok(())
        });
        let generated = password::set_generated(&mut bench.core, &p("ci"), sink.delivery());
        let has = |bench: &mut TestStore, name: &str| {
            profile::show(&mut bench.core, &p::<ProfileName>(name))
                .unwrap()
                .has_password
        };
        assert!(!has(&mut bench, "ci"), "another one has its name by now");
        match generated {
            Ok(_) => {
                assert!(!is_deleted && has(&mut bench, "build"));
                let held = sink.content.clone().unwrap();
                assert_eq!(cause(&mut bench, "build", &held), Cause::Right);
            }
            Err(error) => {
                assert!(is_deleted, "{error}");
                assert_eq!((error.kind(), sink.content), (Kind::Undelivered, None));
            }
        }
    }
}

#[test]
fn a_new_profile_that_somebody_has_changed_stays_without_its_token() {
    for is_changed in [false, true] {
        let mut bench = TestStore::with_sample_data();
        let mut other = bench.another();
        let mut sink = Slow::doing(move |_| {
            other.wait(1);
            if is_changed {
                let email = Change::Set(p("web@example.com"));
                let edits = Edits {
                    email,
                    ..Edits::default()
                };
                profile::edit(&mut other.core, &p("web"), &edits).unwrap();
            }
            Err(io::ErrorKind::BrokenPipe.into())
        });
        let web = Draft {
            connections: vec![p("hr")],
            ..Draft::new(p("web"))
        };
        let first = token::Draft {
            name: p::<TokenName>("first"),
            ..draft("web/first")
        };
        let failed = profile::add_with_token(&mut bench.core, &web, &first, sink.delivery());
        assert_eq!(kind(failed), Kind::Undelivered);
        let there = profile::show(&mut bench.core, &p("web"));
        assert_eq!(there.is_ok_and(|it| it.tokens == 0), is_changed);
        let undone = logged(&mut bench, "profile.undo");
        assert!(undone.iter().all(|it| it.outcome == Outcome::Undelivered));
        assert_eq!(undone.is_empty(), is_changed);
    }
}
