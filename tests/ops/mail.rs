//! By which way mail leaves.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::mail::{Commit, Mailer};
use hallpass::model::audit::Outcome;
use hallpass::model::id::RecordId;
use hallpass::model::mail::SendError;
use hallpass::model::mail::{MailPassword, MailSettings, Message, Transport};
use hallpass::ops::mail::{Draft, Summary};
use hallpass::ops::{environment, mail};

use super::audit::logged;
use super::fixture::{TestStore, kind, message, p};

const PASSWORD: &str = "correct horse battery staple";

fn draft(url: &str) -> Draft {
    let password = url.contains('@').then(|| p::<MailPassword>(PASSWORD));
    Draft {
        transport: p(url),
        from: p("noreply@example.com"),
        password,
        authorities: None,
    }
}

fn set(bench: &mut TestStore, environment: Option<&str>, url: &str) -> Summary {
    let mut bag = Postbag::default();
    mail::set(
        &mut bench.core,
        &mut bag,
        environment.map(p).as_ref(),
        draft(url),
    )
    .unwrap()
}

/// Environments and ways, as they are shown.
fn shown(bench: &mut TestStore) -> Vec<(Option<String>, String)> {
    let settings = mail::show(&mut bench.core).unwrap().settings;
    let row = |it: &Summary| {
        (
            it.environment.as_ref().map(ToString::to_string),
            it.transport.to_string(),
        )
    };
    settings.iter().map(row).collect()
}

/// Keeps where messages were sent, or does not take them.
#[derive(Default)]
struct Postbag {
    took: Vec<(String, String, Option<RecordId>)>,
    ids: Vec<String>,
    fails: Option<SendError>,
    unready: Option<SendError>,
    asked: Vec<String>,
}

impl Mailer for Postbag {
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        _: Commit<'_>,
    ) -> Result<(), SendError> {
        self.took.push((
            by.transport.to_string(),
            message.to.to_string(),
            by.environment,
        ));
        self.ids.push(message.id.clone());
        self.fails.clone().map_or(Ok(()), Err)
    }

    fn ready(&mut self, way: &Transport) -> Result<(), SendError> {
        self.asked.push(way.to_string());
        self.unready.clone().map_or(Ok(()), Err)
    }
}

fn test(
    bench: &mut TestStore,
    bag: &mut Postbag,
    environment: Option<&str>,
) -> hallpass::Result<mail::Tested> {
    mail::test(&mut bench.core, bag, environment.map(p).as_ref(), None)
}

#[test]
fn an_environment_has_its_own_way_or_the_general_one() {
    let mut bench = TestStore::new();
    bench.environment("test");
    assert_eq!(shown(&mut bench), []);
    let general = set(&mut bench, None, "smtp://u@mail.example.com");
    assert_eq!(
        (general.security, general.has_password),
        (Some("starttls"), true)
    );
    assert_eq!(general.updated_at, bench.now());
    set(&mut bench, Some("TEST"), "outbox:/mails");
    let smtp = "smtp://u@mail.example.com:587".to_owned();
    let rows = [
        (None, smtp.clone()),
        (Some("test".to_owned()), "outbox:/mails".to_owned()),
    ];
    assert_eq!(shown(&mut bench), rows);

    let mut bag = Postbag::default();
    for (environment, way) in [
        (None, &*smtp),
        (Some("production"), &smtp),
        (Some("test"), "outbox:/mails"),
    ] {
        let tested = test(&mut bench, &mut bag, environment).unwrap();
        assert_eq!(tested.transport.to_string(), way);
        assert_eq!(
            tested.environment,
            (way == "outbox:/mails").then(|| p("test"))
        );
        let (used, to, _) = bag.took.last().unwrap();
        assert_eq!((used.as_str(), to.as_str()), (way, "noreply@example.com"));
    }
    bag.ids.dedup();
    assert_eq!(bag.ids.len(), 3, "each test mail has an id of its own");
}

#[test]
fn what_is_set_again_replaces_all_of_it() {
    let mut bench = TestStore::new();
    set(&mut bench, None, "smtps://u@mail.example.com");
    let again = set(&mut bench, None, "sendmail:/usr/sbin/sendmail");
    assert_eq!((again.security, again.has_password), (None, false));
    assert_eq!(
        shown(&mut bench),
        [(None, "sendmail:/usr/sbin/sendmail".to_owned())]
    );
}

#[test]
fn a_user_and_a_password_come_together() {
    let mut bench = TestStore::new();
    let alone = Draft {
        password: None,
        ..draft("smtp://u@h.example")
    };
    assert_eq!(
        message(mail::set(
            &mut bench.core,
            &mut Postbag::default(),
            None,
            alone
        )),
        "a user name needs a password"
    );
    for url in ["smtp://h.example", "outbox:/mails"] {
        let idle = Draft {
            password: Some(p(PASSWORD)),
            ..draft(url)
        };
        assert_eq!(
            kind(mail::set(
                &mut bench.core,
                &mut Postbag::default(),
                None,
                idle
            )),
            Kind::Refused
        );
        let pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
        let trusting = Draft {
            authorities: Some(p(pem)),
            ..draft("outbox:/mails")
        };
        assert_eq!(
            kind(mail::set(
                &mut bench.core,
                &mut Postbag::default(),
                None,
                trusting
            )),
            Kind::Refused
        );
    }
    assert_eq!(shown(&mut bench), []);
}

#[test]
fn a_way_that_cannot_be_gone_is_refused_and_what_was_set_stays() {
    let mut bench = TestStore::new();
    set(&mut bench, None, "outbox:/mails");
    let unready = Some(SendError::Permanent("no program".to_owned()));
    let mut bag = Postbag {
        unready,
        ..Postbag::default()
    };
    let refused = mail::set(
        &mut bench.core,
        &mut bag,
        None,
        draft("sendmail:/x/sendmail"),
    );
    assert_eq!(
        (kind(refused), &*bag.asked),
        (Kind::Refused, &["sendmail:/x/sendmail".to_owned()][..])
    );
    let lost = mail::set(
        &mut bench.core,
        &mut bag,
        Some(&p("nowhere")),
        draft("outbox:/new"),
    );
    assert_eq!(
        (kind(lost), bag.asked.len()),
        (Kind::NotFound, 1),
        "it is not looked at"
    );
    assert_eq!(shown(&mut bench), [(None, "outbox:/mails".to_owned())]);
}

#[test]
fn what_is_taken_away_is_gone_and_the_rest_stays() {
    let mut bench = TestStore::new();
    bench.environment("test");
    set(&mut bench, None, "outbox:/general");
    set(&mut bench, Some("test"), "outbox:/own");
    let own = p("test");
    let gone = mail::clear(&mut bench.core, Some(&own)).unwrap().unwrap();
    assert_eq!(gone.transport.to_string(), "outbox:/own");
    assert_eq!(mail::clear(&mut bench.core, Some(&own)).unwrap(), None);
    let mut bag = Postbag::default();
    let tested = test(&mut bench, &mut bag, Some("test")).unwrap();
    assert_eq!(tested.transport.to_string(), "outbox:/general");
    mail::clear(&mut bench.core, None).unwrap().unwrap();
    assert_eq!(
        message(test(&mut bench, &mut bag, None)),
        "mail is not configured"
    );
    let none = message(test(&mut bench, &mut bag, Some("test")));
    assert_eq!(
        none,
        "mail is not configured for environment `test`, nor in general"
    );
    assert_eq!(bag.took.len(), 1);
    assert_eq!(
        kind(test(&mut bench, &mut bag, Some("nowhere"))),
        Kind::NotFound
    );
}

#[test]
fn a_deleted_environment_takes_its_settings_along_and_a_renamed_one_keeps_them() {
    let mut bench = TestStore::new();
    bench.environment("test");
    set(&mut bench, Some("test"), "outbox:/own");
    let edits = environment::Edits {
        rename: Some(p("trial")),
        ..environment::Edits::default()
    };
    environment::edit(&mut bench.core, &p("test"), &edits).unwrap();
    assert_eq!(
        shown(&mut bench),
        [(Some("trial".to_owned()), "outbox:/own".to_owned())]
    );
    environment::delete(&mut bench.core, &p("trial")).unwrap();
    assert_eq!(shown(&mut bench), []);
    bench.environment("trial");
    assert_eq!(shown(&mut bench), [], "another of its name has nothing");
}

#[test]
fn a_mail_that_was_not_taken_is_an_error_with_its_cause() {
    let mut bench = TestStore::new();
    set(&mut bench, None, "outbox:/mails");
    let fails = Some(SendError::Transient("the folder is full".to_owned()));
    let mut bag = Postbag {
        fails,
        ..Postbag::default()
    };
    let error = test(&mut bench, &mut bag, None).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (Kind::Failed, "the message was not sent")
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the folder is full");
    let uncertain = Some(SendError::Uncertain("no answer".to_owned()));
    let error = test(
        &mut bench,
        &mut Postbag {
            fails: uncertain,
            ..Postbag::default()
        },
        None,
    );
    assert_eq!(message(error), "the message may or may not have been sent");
}

#[test]
fn how_a_test_mail_went_is_in_the_log() {
    let mut bench = TestStore::new();
    set(&mut bench, None, "outbox:/mails");
    test(&mut bench, &mut Postbag::default(), None).unwrap();
    for fails in [
        SendError::Transient("full".to_owned()),
        SendError::Uncertain("full".to_owned()),
    ] {
        let mut bag = Postbag {
            fails: Some(fails),
            ..Postbag::default()
        };
        test(&mut bench, &mut bag, None).unwrap_err();
    }
    // What cannot be logged is not sent.
    bench
        .backend
        .faults()
        .fail_method("begin", 1, || Fault::Busy);
    let mut bag = Postbag::default();
    assert_eq!(
        (kind(test(&mut bench, &mut bag, None)), bag.took.len()),
        (Kind::Busy, 0)
    );
    let rows = logged(&mut bench, "mail.test");
    let said: Vec<_> = rows
        .iter()
        .map(|it| (it.outcome, it.details.get("cause")))
        .collect();
    let full = "full".to_owned();
    assert_eq!(
        said,
        [
            (Outcome::Done, None),
            (Outcome::Failed, Some(&full)),
            (Outcome::Failed, Some(&full))
        ]
    );
}
