//! Signing in: a password for a short-lived token.

use hallpass::error::Refusal;
use hallpass::model::name::TokenName;
use hallpass::model::time::Span;
use hallpass::model::token::TokenState;
use hallpass::model::verdict::Reason;
use hallpass::ops::login::{Login, LoginOutcome, login};
use hallpass::ops::password::{self, Cause};
use hallpass::ops::token::{Filter, Issued, StateFilter};
use hallpass::ops::{Suspend, connection, edit, profile};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use super::fixture::{Held, Sink, Step, TestStore, at, kind, p};

mod guessing;

const GOOD: &str = "umbrella-vortex-lantern-88";
const HOUR: i64 = 3_600;

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// Profile `ci`, restricted to connection `hr`, with a password.
fn bench() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    bench
}

fn sign_in(bench: &mut TestStore, asked: &Login, text: &str) -> Result<LoginOutcome, Error> {
    login(&mut bench.core, asked, &secret(text), &mut Sink::default())
}

#[track_caller]
fn issued(bench: &mut TestStore, asked: &Login) -> Issued {
    match sign_in(bench, asked, GOOD) {
        Ok(LoginOutcome::Issued(issued)) => *issued,
        other => panic!("{other:?}"),
    }
}

fn cause(bench: &mut TestStore, asked: &Login, text: &str) -> Cause {
    match sign_in(bench, asked, text).unwrap() {
        LoginOutcome::Refused(verdict) => verdict.cause,
        LoginOutcome::Issued(issued) => panic!("{issued:?}"),
    }
}

fn ci() -> Login {
    Login::new(p("CI"))
}

fn named(bench: &mut TestStore) -> Vec<String> {
    let live = bench.tokens(&Filter::default());
    live.into_iter()
        .map(|token| token.name.to_string())
        .collect()
}

fn edit_hr(bench: &mut TestStore, edits: &connection::Edits) {
    connection::edit(&mut bench.core, &p("hr"), edits).unwrap();
}

#[test]
fn a_password_is_exchanged_for_a_token_of_an_hour() {
    let mut bench = bench();
    let new = issued(&mut bench, &ci());
    assert_eq!(new.summary.name.as_str(), "login");
    assert_eq!(new.summary.profile, Some(p("ci")));
    assert_eq!(
        new.summary.connection,
        Some(p("hr")),
        "the only one of the restriction"
    );
    assert_eq!(
        new.summary.expires_at.unwrap().seconds(),
        bench.now().seconds() + HOUR
    );
    assert_eq!(new.assumed.lifetime, None);
    let held: Held = new.into();
    bench.wait(HOUR - 1);
    assert_eq!(bench.verdict(&held), Reason::Valid);
    bench.wait(1);
    assert_eq!(bench.verdict(&held), Reason::Expired);
}

#[test]
fn a_sign_in_lasts_as_long_as_is_asked_up_to_twelve_hours() {
    let mut bench = bench();
    for (asked, seconds) in [("1m", 60), ("12h", 12 * HOUR)] {
        let asked = Login {
            lifetime: Some(p(asked)),
            ..ci()
        };
        let end = issued(&mut bench, &asked).summary.expires_at.unwrap();
        assert_eq!(end.seconds(), bench.now().seconds() + seconds);
    }
    let asked = Login {
        lifetime: Some(p("721m")),
        ..ci()
    };
    let refused = sign_in(&mut bench, &asked, "not even tried");
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::LoginTooLong(_)))),
        "{refused:?}"
    );
    assert_eq!(
        profile::show(&mut bench.core, &p("ci")).unwrap().failures,
        0
    );
}

#[test]
fn the_connections_lifetime_is_the_most_and_shortens_the_hour() {
    let mut bench = bench();
    let lives = |span: &str| connection::Edits {
        token_lifetime: edit::Change::Set(p(span)),
        ..connection::Edits::default()
    };
    edit_hr(&mut bench, &lives("30m"));
    let new = issued(&mut bench, &ci());
    assert_eq!(
        new.summary.expires_at.unwrap().seconds(),
        bench.now().seconds() + HOUR / 2
    );
    assert_eq!(new.assumed.lifetime.unwrap().connection, Some(p("hr")));
    let longer = Login {
        lifetime: Some(Span::HOUR),
        ..ci()
    };
    let refused = sign_in(&mut bench, &longer, GOOD);
    let too_long = |error: &Error| matches!(error, Error::Refused(Refusal::LifetimeTooLong { .. }));
    assert!(too_long(&refused.unwrap_err()));
    // One that allows more leaves the hour as it is.
    edit_hr(&mut bench, &lives("90d"));
    let end = issued(&mut bench, &ci()).summary.expires_at.unwrap();
    assert_eq!(end.seconds(), bench.now().seconds() + HOUR);
}

#[test]
fn tokens_are_numbered_and_expired_ones_give_their_names_up() {
    let mut bench = bench();
    for _ in 0..3 {
        issued(&mut bench, &ci());
    }
    assert_eq!(named(&mut bench), ["login", "login-2", "login-3"]);
    bench.revoke("ci/login-2");
    issued(&mut bench, &ci());
    assert_eq!(named(&mut bench), ["login", "login-2", "login-3"]);
    bench.wait(HOUR);
    assert_eq!(issued(&mut bench, &ci()).summary.name.as_str(), "login");
    assert_eq!(named(&mut bench), ["login"]);
    let all = bench.tokens(&Filter {
        which: StateFilter::All,
        ..Filter::default()
    });
    assert_eq!(all.len(), 5, "what expired stays as a tombstone");
    let expired = all.iter().filter(|it| it.state == TokenState::Expired);
    assert_eq!(expired.count(), 3);
}

#[test]
fn a_token_is_named_after_its_device() {
    let mut bench = bench();
    bench.token("ci/Ann-s-laptop");
    let asked = Login {
        device: Some(p("Ann's laptop")),
        ..ci()
    };
    let new = issued(&mut bench, &asked);
    assert_eq!(new.summary.name.as_str(), "Ann-s-laptop-2");
    assert_eq!(new.summary.device, Some(p("Ann's laptop")));
    let long: TokenName = p(&"x".repeat(64));
    let long = long.numbered(4_000_000_000);
    assert_eq!(
        (
            long.as_str().len(),
            long.as_str().ends_with("xx-4000000000")
        ),
        (64, true)
    );
}

#[test]
fn a_suspended_profile_does_not_sign_in() {
    let mut bench = bench();
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(cause(&mut bench, &ci(), GOOD), Cause::Suspended);
    assert_eq!(
        cause(&mut bench, &ci(), "wrong"),
        Cause::Wrong,
        "only who knows it is told"
    );
    assert!(named(&mut bench).is_empty());
}

#[test]
fn the_rules_of_a_token_hold_for_a_sign_in() {
    let mut bench = bench();
    let to = |connection: &str| Login {
        connection: Some(p(connection)),
        ..ci()
    };
    assert_eq!(kind(sign_in(&mut bench, &to("crm"), GOOD)), Kind::Refused);
    assert_eq!(kind(sign_in(&mut bench, &to("none"), GOOD)), Kind::NotFound);
    let elsewhere = Login {
        environment: Some(p("none")),
        ..ci()
    };
    assert_eq!(kind(sign_in(&mut bench, &elsewhere, GOOD)), Kind::NotFound);
    assert_eq!(
        cause(&mut bench, &to("none"), "wrong"),
        Cause::Wrong,
        "the password comes first"
    );
    let linked = connection::Edits {
        group: edit::Change::Set(p("builders")),
        ..connection::Edits::default()
    };
    edit_hr(&mut bench, &linked);
    let refused = sign_in(&mut bench, &ci(), GOOD);
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::NotAMember { .. }))),
        "{refused:?}"
    );
    let open = connection::Edits {
        group: edit::Change::Clear,
        ..connection::Edits::default()
    };
    edit_hr(&mut bench, &open);
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(kind(sign_in(&mut bench, &ci(), GOOD)), Kind::Refused);
    assert!(named(&mut bench).is_empty());
    assert_eq!(
        profile::show(&mut bench.core, &p("ci")).unwrap().failures,
        0,
        "it was right"
    );
}

#[test]
fn a_token_that_cannot_be_handed_over_is_not_valid() {
    for step in [Step::Ready, Step::Offer, Step::Finish] {
        let mut bench = bench();
        let mut sink = Sink::failing_at(step);
        let failed = login(&mut bench.core, &ci(), &secret(GOOD), &mut sink);
        assert_eq!(kind(failed), Kind::Undelivered, "{step:?}");
        assert!(named(&mut bench).is_empty(), "{step:?}");
        assert_eq!(issued(&mut bench, &ci()).summary.name.as_str(), "login");
    }
}

#[test]
fn a_sign_in_leaves_audit_rows_and_a_failed_one_too() {
    let mut bench = bench();
    let rows = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census())).unwrap().audit_rows;
    let before = rows(&mut bench);
    issued(&mut bench, &ci());
    assert_eq!(rows(&mut bench), before + 2, "the password, and the token");
    cause(&mut bench, &ci(), "wrong");
    cause(&mut bench, &Login::new(p("nobody")), "wrong");
    assert_eq!(rows(&mut bench), before + 4);
}

/// Somebody acts after the password was found right and before the token is made.
struct Meanwhile<F>(Option<F>, Sink);

impl<F: FnOnce()> hallpass::ops::delivery::ImmediateSink for Meanwhile<F> {
    fn ready(&mut self) -> std::io::Result<()> {
        if let Some(act) = self.0.take() {
            act();
        }
        self.1.ready()
    }

    fn offer(&mut self, issued: &Issued) -> std::io::Result<()> {
        self.1.offer(issued)
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.1.finish()
    }
}

#[test]
fn a_password_that_is_changed_meanwhile_gives_no_token() {
    let acts: [fn(&mut TestStore); 4] = [
        |it| {
            password::set(
                &mut it.core,
                &p("ci"),
                &secret("lantern-vortex-umbrella-99"),
            )
            .unwrap();
        },
        |it| drop(password::clear(&mut it.core, &p("ci")).unwrap()),
        |it| drop(profile::delete(&mut it.core, &p("ci")).unwrap()),
        |it| {
            profile::delete(&mut it.core, &p("ci")).unwrap();
            it.profile("ci", &["hr"]);
        },
    ];
    for act in acts {
        let mut bench = bench();
        let mut other = bench.another();
        let mut sink = Meanwhile(Some(|| act(&mut other)), Sink::default());
        let late = login(&mut bench.core, &ci(), &secret(GOOD), &mut sink);
        assert_eq!(kind(late), Kind::Refused);
        drop(sink);
        assert!(named(&mut bench).is_empty());
    }
    let mut bench = bench();
    let mut other = bench.another();
    let rename = profile::Edits {
        rename: Some(p("renamed")),
        ..profile::Edits::default()
    };
    let act = || {
        profile::edit(&mut other.core, &p("ci"), &rename).unwrap();
        other.profile("ci", &["crm"]);
    };
    let mut sink = Meanwhile(Some(act), Sink::default());
    let outcome = login(&mut bench.core, &ci(), &secret(GOOD), &mut sink).unwrap();
    let LoginOutcome::Issued(new) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        new.summary.profile,
        Some(p("renamed")),
        "never the one that took the name"
    );
    let shown = hallpass::ops::token::show(&mut bench.core, &at("renamed/login")).unwrap();
    assert_eq!(shown.id, new.summary.id);
}
