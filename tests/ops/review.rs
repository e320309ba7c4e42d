//! Each finding is there exactly while its condition holds, and gone once its command was done. What
//! can happen within a day is tried with the commands themselves in `tests/cli/review.rs`.

use hallpass::barrier::NewSlot;
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::crypto::Argon2Params;
use hallpass::entropy::OsEntropy;
use hallpass::model::severity::Severity;
use hallpass::model::token::Encoding;
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::review::{Finding, Flaw, review};
use hallpass::ops::store::key;
use hallpass::ops::token::{RotateRequest, SuccessorLifetime};
use hallpass::ops::verify::Asked;
use hallpass::ops::{Suspend, connection, password, profile, token, verify};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use super::fixture::{DAY, Held, Sink, TestStore, at, draft, kind, p};

mod tokens;

const QUARTER: i64 = 90 * DAY;
const PASSWORD: &str = "correct horse battery staple 42";

fn findings(bench: &mut TestStore) -> Vec<Finding> {
    review(&mut bench.core).unwrap().findings
}

/// The finding of that sort on that subject.
fn found(bench: &mut TestStore, flaw: Flaw, subject: &str) -> Option<Finding> {
    findings(bench)
        .into_iter()
        .find(|it| it.id == flaw && it.subject.name == subject)
}

/// Severity and command of a finding that must be there.
#[track_caller]
fn told(bench: &mut TestStore, flaw: Flaw, subject: &str) -> (Severity, String) {
    let all = findings(bench);
    let it = all
        .iter()
        .find(|it| it.id == flaw && it.subject.name == subject);
    let it = it.unwrap_or_else(|| panic!("no {} on {subject}: {all:?}", flaw.word()));
    (it.severity, it.command.to_string())
}

#[track_caller]
fn gone(bench: &mut TestStore, flaw: Flaw, subject: &str) {
    assert_eq!(found(bench, flaw, subject), None);
}

fn says(severity: Severity, command: &str) -> (Severity, String) {
    (severity, command.to_owned())
}

fn rotate(bench: &mut TestStore, address: &str, expires: Option<&str>) -> Result<(), Error> {
    let rotating = RotateRequest {
        target: at(address),
        overlap: p("24h"),
        life: expires.map_or(SuccessorLifetime::Inherited, |it| {
            SuccessorLifetime::Requested(Some(p(it)))
        }),
        at_least: None,
        form: Encoding::Native,
        request: None,
    };
    token::rotate(&mut bench.core, &rotating, &mut Sink::default()).map(drop)
}

fn make(bench: &mut TestStore, address: &str, expires: &str) -> Held {
    let draft = token::Draft {
        expires: Some(p(expires)),
        ..draft(address)
    };
    bench.issue(&draft).unwrap().into()
}

fn used(bench: &mut TestStore, held: &Held) {
    let verdict = bench.judge(held, &Asked::default());
    assert!(verdict.valid, "{verdict:?}");
    verify::touch(&mut bench.core, &verdict);
}

fn edit(bench: &mut TestStore, profile: &str, edits: &profile::Edits) {
    profile::edit(&mut bench.core, &p(profile), edits).unwrap();
}

fn join(bench: &mut TestStore, profile: &str, group: &str) {
    let groups = ListChange {
        add: vec![p(group)],
        remove: Vec::new(),
    };
    edit(
        bench,
        profile,
        &profile::Edits {
            groups,
            ..profile::Edits::default()
        },
    );
}

#[test]
fn a_password_that_nothing_uses() {
    let mut bench = TestStore::with_sample_data();
    let secret = SecretText::new(PASSWORD.to_owned());
    password::set(&mut bench.core, &p("ci"), &secret).unwrap();
    let command = "hallpass password clear ci";
    assert_eq!(
        told(&mut bench, Flaw::PasswordUnused, "ci"),
        says(Severity::Low, command)
    );
    bench.wait(QUARTER);
    assert_eq!(
        told(&mut bench, Flaw::PasswordUnused, "ci"),
        says(Severity::Medium, command)
    );
    assert!(
        password::verify(&mut bench.core, &p("ci"), &secret)
            .unwrap()
            .valid
    );
    gone(&mut bench, Flaw::PasswordUnused, "ci");
    bench.wait(QUARTER);
    assert_eq!(
        told(&mut bench, Flaw::PasswordUnused, "ci"),
        says(Severity::Medium, command)
    );
    password::clear(&mut bench.core, &p("ci")).unwrap();
    gone(&mut bench, Flaw::PasswordUnused, "ci");
}

#[test]
fn a_key_that_is_weaker_than_one_made_today() {
    let mut bench = TestStore::new();
    let secret = SecretText::new(PASSWORD.to_owned());
    let weak = NewSlot::Passphrase(&secret, Argon2Params::SLOT_FLOOR);
    let weak = key::add(&mut bench.core, &weak).unwrap();
    let first = says(Severity::High, "hallpass store key add");
    assert_eq!(told(&mut bench, Flaw::KeyWeak, &weak.id), first);
    let strong = NewSlot::Passphrase(&secret, Argon2Params::SLOT_DEFAULT);
    key::add(&mut bench.core, &strong).unwrap();
    let then = format!("hallpass store key remove {}", weak.id);
    assert_eq!(
        told(&mut bench, Flaw::KeyWeak, &weak.id),
        says(Severity::High, &then)
    );
    let limits = hallpass::barrier::KdfLimits {
        available_kib: None,
    };
    key::remove(&mut bench.core, &weak, None, &limits).unwrap();
    gone(&mut bench, Flaw::KeyWeak, &weak.id);
}

#[test]
fn a_store_without_a_recovery_code() {
    let mut bench = TestStore::new();
    let only = findings(&mut bench);
    assert_eq!(
        only.len(),
        1,
        "a new store has nothing else to be said of: {only:?}"
    );
    assert_eq!(only[0].id, Flaw::StoreWithoutRecovery);
    assert_eq!(
        only[0].command.to_string(),
        "hallpass store key add --recovery-file recovery.txt"
    );
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    key::add(&mut bench.core, &NewSlot::Recovery(&code)).unwrap();
    assert_eq!(findings(&mut bench), []);
}

#[test]
fn a_connection_relies_on_mail_when_a_profile_has_an_address_for_codes() {
    let mut bench = TestStore::with_sample_data();
    let (flaw, mail) = (Flaw::MailNotSet, "production");
    gone(&mut bench, flaw, mail);
    let email = Change::Set(p("ci@example.com"));
    edit(
        &mut bench,
        "ci",
        &profile::Edits {
            email,
            ..profile::Edits::default()
        },
    );
    let command = "hallpass mail set smtp://USER@HOST --from ADDRESS";
    assert_eq!(
        told(&mut bench, flaw, mail),
        says(Severity::Medium, command)
    );
    let suspend = Suspend::default();
    profile::suspend(&mut bench.core, &p("ci"), &suspend).unwrap();
    gone(&mut bench, flaw, mail);
    profile::resume(&mut bench.core, &p("ci")).unwrap();
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    gone(&mut bench, flaw, mail);
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
    let link = connection::Edits {
        group: Change::Set(p("staff")),
        ..Default::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &link).unwrap();
    gone(&mut bench, flaw, mail);
    join(&mut bench, "ci", "staff");
    assert_eq!(
        told(&mut bench, flaw, mail),
        says(Severity::Medium, command)
    );
    bench.mail();
    gone(&mut bench, flaw, mail);
}

#[test]
fn what_is_used_is_not_what_goes() {
    let mut bench = TestStore::with_sample_data();
    // All members use it: the last gets a connection of its own first.
    let link = connection::Edits {
        group: Change::Set(p("staff")),
        ..Default::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &link).unwrap();
    bench.profile("zed", &["hr"]);
    join(&mut bench, "ci", "staff");
    gone(&mut bench, Flaw::ConnectionGroupShared, "hr");
    join(&mut bench, "zed", "STAFF");
    let flaw = Flaw::ConnectionGroupShared;
    let zed = says(
        Severity::Medium,
        "hallpass profile edit zed --remove-group staff",
    );
    assert_eq!(told(&mut bench, flaw, "hr"), zed);
    bench.token("zed/a");
    let ci = says(
        Severity::Medium,
        "hallpass profile edit ci --remove-group staff",
    );
    assert_eq!(told(&mut bench, flaw, "hr"), ci);
    bench.token("ci/a");
    let own = says(Severity::Medium, "hallpass connection add hr-zed");
    assert_eq!(told(&mut bench, flaw, "hr"), own);
    bench.connection("hr-zed");
    assert_eq!(told(&mut bench, flaw, "hr"), zed);
    // As with a profile of two connections.
    let flaw = Flaw::ProfileSeveralConnections;
    bench.profile("both", &["hr", "crm"]);
    join(&mut bench, "both", "staff");
    let idle = says(
        Severity::Medium,
        "hallpass profile edit both --remove-connection hr",
    );
    assert_eq!(told(&mut bench, flaw, "both"), idle);
    bench.token("both/open");
    let own = says(
        Severity::Medium,
        "hallpass profile add both-hr --connection hr --group staff",
    );
    assert_eq!(told(&mut bench, flaw, "both"), own);
    bench.profile("both-hr", &["hr"]);
    assert_eq!(told(&mut bench, flaw, "both"), idle);
}

#[test]
fn the_worst_comes_first_and_the_order_is_always_the_same() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("Any", &[]);
    bench.profile("other", &[]);
    make(&mut bench, "other/b", "never");
    make(&mut bench, "Any/a", "never");
    let found = findings(&mut bench);
    let order: Vec<_> = found
        .iter()
        .map(|it| {
            (
                it.severity,
                it.subject.kind,
                it.subject.name.to_lowercase(),
                it.id.word(),
            )
        })
        .collect();
    let mut sorted = order.clone();
    sorted.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then_with(|| (a.1, &a.2, a.3).cmp(&(b.1, &b.2, b.3)))
    });
    assert_eq!(order, sorted);
    assert_eq!(
        order[0],
        (
            Severity::High,
            "profile",
            "any".to_owned(),
            "profile-unrestricted"
        )
    );
    assert_eq!(findings(&mut bench), found);
}

#[test]
fn ten_thousand_tokens_are_read_once() {
    let mut bench = TestStore::new();
    let mut drafts = Vec::new();
    for n in 0..100 {
        let name = format!("c{n}");
        bench.connection(&name);
        bench.profile(&format!("p{n}"), &[&name]);
        drafts.extend((0..100).map(|token| draft(&format!("p{n}/t{token}"))));
    }
    token::issue_many(&mut bench.core, &drafts).unwrap();
    let epoch = bench.epoch();
    let before = bench.backend.faults().rows();
    let review = review(&mut bench.core).unwrap();
    let read = bench.backend.faults().rows() - before;
    let count = |flaw| review.findings.iter().filter(|it| it.id == flaw).count();
    assert_eq!(review.survey.tokens.len(), 10_000);
    assert_eq!(
        (
            count(Flaw::TokenNeverUsed),
            count(Flaw::TokenWithoutAddress)
        ),
        (10_000, 10_000)
    );
    assert_eq!(count(Flaw::ConnectionSeveralTokens), 100);
    // Records, and for the lists of profiles and connections all index entries, three of each token.
    assert!((10_000..60_000).contains(&read), "{read} rows were read");
    assert_eq!(bench.epoch(), epoch, "nothing was written");
}

#[test]
fn a_damaged_row_ends_it() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/a");
    let good = bench.backend.tables();
    bench.backend.tamper(|tables| {
        let (_, row) = tables.obj.iter_mut().next().unwrap();
        row.sealed[40] ^= 1;
    });
    assert_eq!(kind(review(&mut bench.core)), Kind::Integrity);
    bench.backend.restore(good);
}
