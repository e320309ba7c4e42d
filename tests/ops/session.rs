//! Session tokens: never wider than what they are made from, and ended with it.

use hallpass::model::time::{Overlap, Span};
use hallpass::model::token::{Encoding, Presented, Token, TokenState};
use hallpass::model::verdict::{Caller, Reason};
use hallpass::ops::password::Strangers;
use hallpass::ops::session::{SessionOutcome, SessionRequest, from_password, from_token};
use hallpass::ops::token::{
    Filter, RotateRequest, SessionFilter, StateFilter, SuccessorLifetime, Unnamed, rotate,
};
use hallpass::ops::verify::Asked;
use hallpass::ops::{Suspend, password, profile, token};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use super::fixture::{DAY, Held, Sink, TestStore, at, draft, kind, p};

mod budget;
mod ends;
mod explained;
mod queue;

const GOOD: &str = "umbrella-vortex-lantern-88";
const HOUR: i64 = 3_600;

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn ci() -> SessionRequest {
    SessionRequest::new(p("CI"))
}

/// Profile `ci`, which may use `hr` and `crm`, with a password.
fn bench() -> TestStore {
    let mut bench = TestStore::new();
    bench.connection("hr");
    bench.connection("crm");
    bench.connection("erp");
    bench.profile("ci", &["hr", "crm"]);
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    bench
}

fn present(held: &Held) -> Presented {
    Presented::parse(held.token.encode(Encoding::Native).expose()).unwrap()
}

fn ask(bench: &mut TestStore, request: &SessionRequest, from: &Held) -> SessionOutcome {
    from_token(&mut bench.core, request, &present(from)).unwrap()
}

#[track_caller]
fn issued(outcome: SessionOutcome) -> Held {
    match outcome {
        SessionOutcome::Issued(issued) => (*issued).into(),
        other => panic!("{other:?}"),
    }
}

/// A session token from a token.
#[track_caller]
fn from(bench: &mut TestStore, held: &Held) -> Held {
    let outcome = ask(bench, &ci(), held);
    issued(outcome)
}

fn by_password(
    bench: &mut TestStore,
    request: &SessionRequest,
    password: &str,
) -> Result<SessionOutcome, Error> {
    let strangers = Strangers::default();
    from_password(&mut bench.core, request, &secret(password), &strangers)
}

/// A session token from the password.
#[track_caller]
fn signed_in(bench: &mut TestStore) -> Held {
    issued(by_password(bench, &ci(), GOOD).unwrap())
}

fn ends_in(bench: &TestStore, held: &Held) -> i64 {
    held.summary.expires_at.unwrap().seconds() - bench.now().seconds()
}

#[test]
fn a_token_makes_a_session_token_of_an_hour() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    assert_eq!(ends_in(&bench, &made), HOUR);
    assert!(made.summary.session);
    assert_eq!(made.summary.parent, Some(parent.summary.id));
    assert_eq!(made.summary.effective, Reason::Valid);
    assert!(made.summary.name.as_str().starts_with("session-"));
    assert_eq!(bench.verdict(&made), Reason::Valid);
    bench.wait(HOUR - 1);
    assert_eq!(bench.verdict(&made), Reason::Valid);
    bench.wait(1);
    assert_eq!(bench.verdict(&made), Reason::Expired);
    assert_eq!(bench.verdict(&parent), Reason::Valid);
}

#[test]
fn it_is_made_for_one_connection_of_an_open_token() {
    let mut bench = bench();
    let open = token::Draft {
        unnamed: Unnamed::Any,
        ..draft("ci/open")
    };
    let parent: Held = bench.issue(&open).unwrap().into();
    let for_hr = SessionRequest {
        connection: Some(p("hr")),
        ..ci()
    };
    let outcome = ask(&mut bench, &for_hr, &parent);
    let made = issued(outcome);
    assert_eq!(made.summary.connection, Some(p("hr")));
    let crm = Asked {
        connection: Some(p("crm")),
        ..Asked::default()
    };
    assert_eq!(bench.judge(&parent, &crm).reason, Reason::Valid);
    assert_eq!(bench.judge(&made, &crm).reason, Reason::WrongConnection);
    let for_erp = SessionRequest {
        connection: Some(p("erp")),
        ..ci()
    };
    let refused = ask(&mut bench, &for_erp, &parent);
    assert!(matches!(
        refused,
        SessionOutcome::NotValid(Reason::WrongConnection)
    ));
    let nowhere = SessionRequest {
        connection: Some(p("nowhere")),
        ..ci()
    };
    let missing = from_token(&mut bench.core, &nowhere, &present(&parent));
    assert_eq!(kind(missing), Kind::NotFound);
}

#[test]
fn it_is_never_wider_than_its_parent() {
    let mut bench = bench();
    bench.environment("test");
    let narrow = token::Draft {
        connection: Some(p("hr")),
        environment: Some(p("test")),
        device: Some(p("laptop")),
        expires: Some(hallpass::model::time::Expiry::In(
            Span::from_seconds(600).unwrap(),
        )),
        allow_ip: vec![p("10.0.0.0/8")],
        ..draft("ci/laptop")
    };
    let parent: Held = bench.issue(&narrow).unwrap().into();
    let elsewhere = SessionRequest {
        connection: Some(p("crm")),
        ..ci()
    };
    let refused = ask(&mut bench, &elsewhere, &parent);
    assert!(matches!(
        refused,
        SessionOutcome::NotValid(Reason::WrongConnection)
    ));
    let from_outside = SessionRequest {
        caller: Caller::At("192.0.2.1".parse().unwrap()),
        ..ci()
    };
    let refused = ask(&mut bench, &from_outside, &parent);
    assert!(matches!(
        refused,
        SessionOutcome::NotValid(Reason::AddressNotAllowed)
    ));
    // The environment of a request is for passwords.
    let request = SessionRequest {
        environment: Some(p("production")),
        lifetime: Span::DAY,
        caller: Caller::At("10.1.1.1".parse().unwrap()),
        ..ci()
    };
    let outcome = ask(&mut bench, &request, &parent);
    let made = issued(outcome).summary;
    assert_eq!(made.connection, parent.summary.connection);
    assert_eq!(made.environment, p("test"));
    assert_eq!(made.device, parent.summary.device);
    assert_eq!(made.allow_ip, parent.summary.allow_ip);
    assert_eq!(made.expires_at, parent.summary.expires_at);
    // The parent still holds the device.
    let second = bench.issue(&token::Draft {
        name: p("second"),
        ..narrow
    });
    assert_eq!(kind(second), Kind::Exists);
}

#[test]
fn no_lifetime_is_longer_than_an_hour_or_than_the_connection_allows() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let lives = |bench: &mut TestStore, seconds, connection: Option<&str>| {
        let request = SessionRequest {
            lifetime: Span::from_seconds(seconds).unwrap(),
            connection: connection.map(p),
            ..ci()
        };
        let outcome = ask(bench, &request, &parent);
        let made = issued(outcome);
        ends_in(bench, &made)
    };
    assert_eq!(lives(&mut bench, DAY, None), HOUR);
    assert_eq!(lives(&mut bench, 60, None), 60);
    let edits = hallpass::ops::connection::Edits {
        token_lifetime: hallpass::ops::edit::Change::Set(Span::TEN_MINUTES),
        ..Default::default()
    };
    hallpass::ops::connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(lives(&mut bench, DAY, Some("hr")), 600);
}

#[test]
fn a_session_token_makes_no_other_and_is_not_replaced() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    assert!(matches!(
        ask(&mut bench, &ci(), &made),
        SessionOutcome::IsSession
    ));
    let name = format!("ci/{}", made.summary.name);
    let rotating = RotateRequest {
        target: at(&name),
        overlap: Overlap::None,
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: Encoding::Native,
        request: None,
    };
    let refused = rotate(&mut bench.core, &rotating, &mut Sink::default());
    assert_eq!(kind(refused), Kind::Refused);
    assert_eq!(bench.verdict(&made), Reason::Valid);
}

#[test]
fn only_the_profiles_own_valid_token_makes_one() {
    let mut bench = bench();
    bench.profile("web", &["hr"]);
    let foreign = bench.token("web/laptop");
    let refused = ask(&mut bench, &ci(), &foreign);
    assert!(matches!(refused, SessionOutcome::NotValid(Reason::Unknown)));
    let revoked = bench.token("ci/old");
    bench.revoke("ci/old");
    let refused = ask(&mut bench, &ci(), &revoked);
    assert!(matches!(refused, SessionOutcome::NotValid(Reason::Revoked)));
    let mut guessed = bench.token("ci/guessed");
    // The same id with another secret.
    let mut hex = guessed.token.encode(Encoding::Hex).expose().to_owned();
    let last = hex.pop().unwrap();
    hex.push(if last == '0' { '1' } else { '0' });
    guessed.token = Token::parse(&hex).unwrap();
    let refused = ask(&mut bench, &ci(), &guessed);
    assert!(matches!(refused, SessionOutcome::NotValid(Reason::Unknown)));
}

#[test]
fn a_password_makes_one_within_the_profiles_restriction() {
    let mut bench = bench();
    let made = signed_in(&mut bench);
    assert_eq!((made.summary.session, made.summary.parent), (true, None));
    assert_eq!(ends_in(&bench, &made), HOUR);
    let erp = SessionRequest {
        connection: Some(p("erp")),
        ..ci()
    };
    let refused = by_password(&mut bench, &erp, GOOD);
    assert_eq!(kind(refused), Kind::Refused);
    let wrong = by_password(&mut bench, &ci(), "wrong").unwrap();
    assert!(matches!(wrong, SessionOutcome::WrongPassword(_)));
}

#[test]
fn sessions_are_listed_and_not_declared() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    let listed = bench.tokens(&Filter::default());
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|it| it.id == made.summary.id));
    let inventory = hallpass::ops::export::export(&mut bench.core, &mut |_, _| ()).unwrap();
    let declared: Vec<_> = inventory.tokens.iter().map(|it| it.id).collect();
    assert_eq!(declared, [parent.summary.id]);
}

#[test]
fn lists_pick_session_tokens_or_the_others() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    let mut ids = |sessions| -> Vec<_> {
        let filter = Filter {
            sessions,
            ..Filter::default()
        };
        bench.tokens(&filter).iter().map(|it| it.id).collect()
    };
    assert_eq!(ids(Some(SessionFilter::Only)), [made.summary.id]);
    assert_eq!(ids(Some(SessionFilter::None)), [parent.summary.id]);
    assert_eq!(ids(None).len(), 2);
}
