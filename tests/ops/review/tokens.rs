//! Findings about tokens: how long they last, and who uses them from where.

use hallpass::Kind;
use hallpass::model::severity::Severity;
use hallpass::model::token::{Encoding, Presented};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::review::Flaw;
use hallpass::ops::session::{SessionOutcome, SessionRequest, from_token};
use hallpass::ops::{Suspend, connection, token};

use super::{QUARTER, findings, found, gone, make, rotate, says, told, used};
use crate::ops::fixture::{DAY, TestStore, at, draft, kind, p};

#[test]
fn a_token_that_never_ends() {
    let mut bench = TestStore::with_sample_data();
    make(&mut bench, "ci/a", "never");
    let command = "hallpass token rotate ci/a --expires 1y";
    assert_eq!(
        told(&mut bench, Flaw::TokenWithoutExpiry, "ci/a"),
        says(Severity::High, command)
    );
    rotate(&mut bench, "ci/a", Some("1y")).unwrap();
    assert!(
        findings(&mut bench)
            .iter()
            .all(|it| it.id != Flaw::TokenWithoutExpiry)
    );
    // A lifetime that came later is the most that a successor may have.
    make(&mut bench, "ci/b", "never");
    let edits = connection::Edits {
        token_lifetime: Change::Set(p("30d")),
        ..Default::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    let command = "hallpass token rotate ci/b --expires 30d";
    assert_eq!(
        told(&mut bench, Flaw::TokenWithoutExpiry, "ci/b"),
        says(Severity::High, command)
    );
    rotate(&mut bench, "ci/b", Some("30d")).unwrap();
    gone(&mut bench, Flaw::TokenWithoutExpiry, "ci/b");
}

#[test]
fn a_token_that_is_older_than_a_year() {
    let mut bench = TestStore::with_sample_data();
    make(&mut bench, "ci/a", "3y");
    bench.wait(365 * DAY);
    gone(&mut bench, Flaw::TokenOld, "ci/a");
    bench.wait(1);
    let command = "hallpass token rotate ci/a";
    assert_eq!(
        told(&mut bench, Flaw::TokenOld, "ci/a"),
        says(Severity::Medium, command)
    );
    rotate(&mut bench, "ci/a", None).unwrap();
    assert!(
        findings(&mut bench)
            .iter()
            .all(|it| it.id != Flaw::TokenOld)
    );
}

#[test]
fn a_token_that_nothing_uses_or_ever_used() {
    let mut bench = TestStore::with_sample_data();
    let held = make(&mut bench, "ci/a", "3y");
    let command = "hallpass token revoke ci/a";
    assert_eq!(
        told(&mut bench, Flaw::TokenNeverUsed, "ci/a"),
        says(Severity::Low, command)
    );
    bench.wait(QUARTER);
    assert_eq!(
        told(&mut bench, Flaw::TokenNeverUsed, "ci/a"),
        says(Severity::Medium, command)
    );
    gone(&mut bench, Flaw::TokenUnused, "ci/a");
    used(&mut bench, &held);
    gone(&mut bench, Flaw::TokenNeverUsed, "ci/a");
    bench.wait(QUARTER - 1);
    gone(&mut bench, Flaw::TokenUnused, "ci/a");
    bench.wait(1);
    assert_eq!(
        told(&mut bench, Flaw::TokenUnused, "ci/a"),
        says(Severity::Medium, command)
    );
    bench.revoke("ci/a");
    assert!(
        findings(&mut bench)
            .iter()
            .all(|it| it.subject.kind != "token")
    );
}

#[test]
fn a_token_that_ends_within_fourteen_days() {
    let mut bench = TestStore::with_sample_data();
    make(&mut bench, "ci/a", "30d");
    bench.wait(16 * DAY - 1);
    gone(&mut bench, Flaw::TokenExpiring, "ci/a");
    bench.wait(1);
    let command = "hallpass token rotate ci/a";
    assert_eq!(
        told(&mut bench, Flaw::TokenExpiring, "ci/a"),
        says(Severity::Medium, command)
    );
    rotate(&mut bench, "ci/a", None).unwrap();
    assert!(
        findings(&mut bench)
            .iter()
            .all(|it| it.id != Flaw::TokenExpiring),
        "nor the old one"
    );
    // As long again would be found again.
    make(&mut bench, "ci/b", "7d");
    let command = "hallpass token rotate ci/b --expires 1y";
    assert_eq!(
        told(&mut bench, Flaw::TokenExpiring, "ci/b"),
        says(Severity::Medium, command)
    );
    rotate(&mut bench, "ci/b", Some("1y")).unwrap();
    gone(&mut bench, Flaw::TokenExpiring, "ci/b");
    // A sign-in is meant to end, and what has ended is none of it.
    make(&mut bench, "ci/c", "1d");
    gone(&mut bench, Flaw::TokenExpiring, "ci/c");
    make(&mut bench, "ci/d", "2d");
    bench.wait(2 * DAY);
    gone(&mut bench, Flaw::TokenExpiring, "ci/d");
}

#[test]
fn a_token_that_cannot_be_replaced_goes() {
    let mut bench = TestStore::with_sample_data();
    make(&mut bench, "ci/a", "never");
    token::suspend(&mut bench.core, &[at("ci/a")], &Suspend::default()).unwrap();
    assert_eq!(
        kind(rotate(&mut bench, "ci/a", Some("1y"))),
        Kind::Refused,
        "the premise"
    );
    let command = "hallpass token revoke ci/a";
    assert_eq!(
        told(&mut bench, Flaw::TokenWithoutExpiry, "ci/a"),
        says(Severity::High, command)
    );
}

#[test]
fn a_replaced_token_is_judged_once_its_successor_is_gone_and_by_its_id() {
    let mut bench = TestStore::with_sample_data();
    let old = make(&mut bench, "ci/a", "1y").summary.id.to_string();
    rotate(&mut bench, "ci/a", None).unwrap();
    gone(&mut bench, Flaw::TokenNeverUsed, &old);
    let new = bench.show("ci/a").id.to_string();
    bench.revoke(&new);
    let revoke = says(Severity::Low, &format!("hallpass token revoke {old}"));
    assert_eq!(told(&mut bench, Flaw::TokenNeverUsed, &old), revoke);
}

#[test]
fn a_token_that_may_be_used_from_anywhere() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("both", &["hr", "crm"]);
    bench.token("ci/a");
    bench.token("both/open");
    let flaw = Flaw::TokenWithoutAddress;
    let from = "--add-allow-ip CIDR";
    let hr = says(
        Severity::Low,
        &format!("hallpass connection edit hr {from}"),
    );
    let crm = says(
        Severity::Low,
        &format!("hallpass connection edit crm {from}"),
    );
    assert_eq!(told(&mut bench, flaw, "ci/a"), hr);
    assert_eq!(told(&mut bench, flaw, "both/open"), crm);
    for (name, left) in [("crm", Some(hr)), ("hr", None)] {
        let allow_ip = ListChange {
            add: vec![p("192.0.2.0/24")],
            remove: Vec::new(),
        };
        let edits = connection::Edits {
            allow_ip,
            ..connection::Edits::default()
        };
        connection::edit(&mut bench.core, &p(name), &edits).unwrap();
        let still =
            found(&mut bench, flaw, "both/open").map(|it| (it.severity, it.command.to_string()));
        assert_eq!(still, left);
    }
    gone(&mut bench, flaw, "ci/a");
    let draft = token::Draft {
        allow_ip: vec![p("192.0.2.7")],
        ..draft("ci/own")
    };
    bench.issue(&draft).unwrap();
    gone(&mut bench, flaw, "ci/own");
}

#[test]
fn a_session_token_is_not_judged() {
    let mut bench = TestStore::with_sample_data();
    let parent = bench.token("ci/a");
    let before = findings(&mut bench);
    let text = parent.token.encode(Encoding::Native);
    let presented = Presented::parse(text.expose()).unwrap();
    let request = SessionRequest::new(p("ci"));
    let made = from_token(&mut bench.core, &request, &presented).unwrap();
    assert!(matches!(made, SessionOutcome::Issued(_)));
    let after = findings(&mut bench);
    assert_eq!(
        before.iter().map(|it| it.id).collect::<Vec<_>>(),
        after.iter().map(|it| it.id).collect::<Vec<_>>()
    );
}
