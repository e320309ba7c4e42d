//! Verification codes: what they are exchanged for, and what of them stays.

mod addresses;
mod conditions;
mod digits;
mod ended;
mod failures;
mod limits;
mod mails;
mod memory;
mod race;
mod records;
mod refunds;
mod remote;
mod withdrawn;

use std::io;
use std::time::Duration;

use hallpass::backend::Fault;
use hallpass::backend::memory::{Around, Faults};
use hallpass::barrier::{Reader, Unique};
use hallpass::mail::{Commit, Mailer};
use hallpass::model::id::RecordId;
use hallpass::model::mail::SendError;
use hallpass::model::mail::{MailSettings, Message};
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::otp::{Code, CodeState, Delivery, Exchange};
use hallpass::model::token::{Encoding, Token};
use hallpass::ops::delivery::ImmediateSink;
use hallpass::ops::otp::{self, Answer, Binding, Request, Requested, Submission, WhyNot};
use hallpass::ops::profile::Edits;
use hallpass::ops::token::Issued;
use hallpass::ops::verify::Asked;
use hallpass::ops::{connection, outbox, profile, token};
use hallpass::{Error, Kind};

use super::fixture::{DAY, Sink, Step, TestStore, kind, p};

/// Ten minutes, the life of a code.
const LIFE: i64 = 600;
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// A mail server that does as it is told, and keeps what it took.
#[derive(Default)]
pub(super) struct Letterbox {
    pub(super) took: Vec<Mail>,
    pub(super) bounces: Vec<SendError>,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mail {
    pub(super) id: String,
    pub(super) to: String,
    pub(super) text: String,
}

impl Mailer for Letterbox {
    fn send(
        &mut self,
        _: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError> {
        let error = (!self.bounces.is_empty()).then(|| self.bounces.remove(0));
        if matches!(error, None | Some(SendError::Uncertain(_))) {
            commit()?;
        }
        if let Some(error) = error {
            return Err(error);
        }
        let (id, to, text) = (
            message.id.clone(),
            message.to.to_string(),
            message.text.clone(),
        );
        self.took.push(Mail { id, to, text });
        Ok(())
    }
}

impl Letterbox {
    fn bouncing(bounces: &[SendError]) -> Self {
        Self {
            took: Vec::new(),
            bounces: bounces.to_vec(),
        }
    }
}

impl Mail {
    /// The code, which stands on a line of its own.
    pub(super) fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|c| c.is_ascii_digit());
        self.text.lines().find(is_code).unwrap().to_owned()
    }
}

/// A store in which `ci` may get codes for `hr`.
pub(super) fn mailing() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    bench.mail();
    let email = hallpass::ops::edit::Change::Set(p("anna@example.com"));
    let edits = Edits {
        email,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    bench
}

pub(super) fn binding(profile: &str, connection: &str) -> Binding {
    Binding {
        profile: p(profile),
        connection: p(connection),
        environment: None,
    }
}

pub(super) fn ask(bench: &mut TestStore, device: Option<&str>) -> Result<Requested, Error> {
    let binding = binding("ci", "hr");
    let device = device.map(p);
    otp::request(
        &mut bench.core,
        &Request {
            binding,
            device,
            asked_from: None,
        },
    )
}

/// A code that was asked for, as it was mailed.
pub(super) fn mailed(bench: &mut TestStore, device: Option<&str>) -> String {
    let requested = ask(bench, device).unwrap();
    let mut box_ = Letterbox::default();
    let sent =
        outbox::send_one(&mut bench.core, requested.message, &mut box_, &mut |_| ()).unwrap();
    assert!(matches!(sent, Delivery::Sent(_)));
    assert_eq!(box_.took.len(), 1);
    box_.took[0].code()
}

pub(super) fn submission(code: &str) -> Submission {
    let code = Code::parse(code).unwrap();
    Submission {
        binding: binding("ci", "hr"),
        code,
        form: Encoding::Native,
    }
}

pub(super) fn submit(bench: &mut TestStore, code: &str) -> Result<Answer, Error> {
    otp::validate(&mut bench.core, &submission(code), &mut Sink::default())
}

#[track_caller]
pub(super) fn exchange(bench: &mut TestStore, code: &str) -> Issued {
    match submit(bench, code).unwrap() {
        Answer::Exchanged(issued) => *issued,
        Answer::Refused(refused) => panic!("{refused:?}"),
    }
}

#[track_caller]
pub(super) fn why_not(bench: &mut TestStore, code: &str) -> WhyNot {
    match submit(bench, code).unwrap() {
        Answer::Exchanged(_) => panic!("it was good"),
        Answer::Refused(refused) => refused.reason,
    }
}

/// A code that is not `code`.
pub(super) fn other(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:08}", (number + 1) % 100_000_000)
}

/// The record of the codes that `ci` has for a connection in the default environment.
fn exchange_of(r: &mut Reader<'_>, connection: &str) -> (RecordId, Exchange) {
    let find = |r: &mut Reader<'_>, what: Unique<'_>| r.find(what).unwrap().unwrap();
    let profile = find(r, Unique::Profile(&p::<ProfileName>("ci").canonical()));
    let connection = p::<ConnectionName>(connection).canonical();
    let connection = find(r, Unique::Connection(&connection));
    let environment = p::<EnvironmentName>("production").canonical();
    let environment = find(r, Unique::Environment(&environment));
    let id = find(r, Unique::Codes(profile, connection, environment));
    (id, r.require(id).unwrap())
}

fn newest(bench: &mut TestStore) -> otp::Summary {
    otp::list(&mut bench.core, Some(&p("ci")), true)
        .unwrap()
        .remove(0)
}

#[test]
fn a_mailed_code_is_exchanged_once_for_a_token_of_its_binding() {
    let mut bench = mailing();
    let code = mailed(&mut bench, Some("Anna's phone"));
    let issued = exchange(&mut bench, &code);
    let token = &issued.summary;
    assert_eq!(token.name.as_str(), "Anna-s-phone");
    assert_eq!(token.profile, Some(p("ci")));
    assert_eq!(token.connection, Some(p("hr")));
    assert_eq!(token.environment.as_str(), "production");
    assert_eq!(token.device, Some(p("Anna's phone")));
    let held = issued.into();
    assert!(
        bench
            .judge(
                &held,
                &Asked {
                    connection: Some(p("hr")),
                    ..Asked::default()
                }
            )
            .valid
    );
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
    let listed = newest(&mut bench);
    assert_eq!(
        (listed.state, listed.token),
        (CodeState::Used, Some(held.summary.id))
    );
    assert_eq!((listed.delivery, listed.tries), ("sent", 1));
}

#[test]
fn a_token_without_a_device_is_named_after_the_connection_and_numbered() {
    let mut bench = mailing();
    let mut names = Vec::new();
    for _ in 0..3 {
        let code = mailed(&mut bench, None);
        names.push(exchange(&mut bench, &code).summary.name.to_string());
        bench.wait(MINUTE);
    }
    assert_eq!(names, ["hr", "hr-2", "hr-3"]);
}

#[test]
fn a_second_device_gets_a_second_token_and_revoking_one_leaves_the_other() {
    let mut bench = mailing();
    let code = mailed(&mut bench, Some("phone"));
    let phone = exchange(&mut bench, &code).into();
    bench.wait(MINUTE);
    let code = mailed(&mut bench, Some("tablet"));
    let tablet = exchange(&mut bench, &code).into();
    bench.revoke("ci/phone");
    assert_eq!(bench.verdict(&phone).to_string(), "revoked");
    assert_eq!(bench.verdict(&tablet).to_string(), "valid");
    bench.wait(MINUTE);
    assert_eq!(kind(ask(&mut bench, Some("TABLET"))), Kind::Exists);
    ask(&mut bench, Some("phone")).unwrap();
}

#[test]
fn a_code_is_good_for_its_own_binding_alone() {
    let mut bench = mailing();
    let edits = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    let code = mailed(&mut bench, None);
    let elsewhere = |connection: &str, profile: &str, environment: Option<&str>| Submission {
        binding: Binding {
            environment: environment.map(p),
            ..binding(profile, connection)
        },
        ..submission(&code)
    };
    bench.environment("test");
    bench.profile("other", &[]);
    for wrong in [
        elsewhere("crm", "ci", None),
        elsewhere("hr", "other", None),
        elsewhere("hr", "ci", Some("test")),
    ] {
        let answer = otp::validate(&mut bench.core, &wrong, &mut Sink::default()).unwrap();
        assert!(matches!(answer, Answer::Refused(refused) if refused.reason == WhyNot::NoCode));
    }
    exchange(&mut bench, &code);
}

#[test]
fn the_lifetime_of_the_connection_holds_for_the_token() {
    let mut bench = mailing();
    let lifetime = hallpass::ops::edit::Change::Set(p("90d"));
    let edits = connection::Edits {
        token_lifetime: lifetime,
        ..connection::Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    let code = mailed(&mut bench, None);
    let issued = exchange(&mut bench, &code);
    let end = issued.summary.expires_at.unwrap().seconds();
    assert_eq!(end, bench.now().seconds() + 90 * DAY);
    assert_eq!(
        token::show(&mut bench.core, &super::fixture::at("ci/hr"))
            .unwrap()
            .expires_at,
        issued.summary.expires_at
    );
    let _: Token = Token::parse(issued.secret.expose()).unwrap();
}
