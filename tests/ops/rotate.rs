//! Rotation: a successor with the name, and an old one that is good for a while.

mod undelivered;
mod window;
use hallpass::error::Existing;
use hallpass::model::name::RequestId;
use hallpass::model::time::Overlap;
use hallpass::model::token::{Encoding, TokenState};
use hallpass::model::verdict::Reason;
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{
    self, Filter, RotateAnswer, RotateRequest, Rotated, StateFilter, SuccessorLifetime,
};
use hallpass::ops::{Suspend, connection, profile};
use hallpass::{Error, Kind};

use super::fixture::{DAY, Held, NOON, Sink, Slow, TestStore, at, draft, kind, message, p};

fn rotating(address: &str, overlap: &str) -> RotateRequest {
    RotateRequest {
        target: at(address),
        overlap: p::<Overlap>(overlap),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: Encoding::Native,
        request: None,
    }
}

fn asked_as(address: &str, request: &str) -> RotateRequest {
    RotateRequest {
        request: Some(p::<RequestId>(request)),
        ..rotating(address, "24h")
    }
}

fn now(answer: RotateAnswer) -> Rotated {
    match answer {
        RotateAnswer::Now(rotated) => *rotated,
        RotateAnswer::Before(token) => panic!("answered before: {token:?}"),
    }
}

fn rotate(bench: &mut TestStore, rotating: &RotateRequest) -> Result<Rotated, Error> {
    token::rotate(&mut bench.core, rotating, &mut Sink::default()).map(now)
}

pub(super) fn in_a_day(bench: &mut TestStore, address: &str) -> (Held, token::Summary) {
    let rotated = rotate(bench, &rotating(address, "24h")).unwrap();
    (rotated.issued.into(), rotated.old)
}

fn all(bench: &mut TestStore) -> Vec<token::Summary> {
    bench.tokens(&Filter {
        which: StateFilter::All,
        ..Filter::default()
    })
}

pub(super) fn rows(bench: &mut TestStore) -> u64 {
    bench.core.read(|r| Ok(r.census())).unwrap().audit_rows
}

#[test]
fn the_successor_is_for_the_same_uses_and_has_the_name() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    let mut asked = draft("ci/laptop");
    asked.environment = Some(p("test"));
    asked.device = Some(p("Laptop 7"));
    asked.allow_ip = vec![p("192.0.2.0/24")];
    asked.expires = Some(p("30d"));
    let old: Held = bench.issue(&asked).unwrap().into();
    bench.wait(10 * DAY);
    let (new, before) = in_a_day(&mut bench, "ci/laptop");
    let token = &new.summary;
    assert_eq!(
        (&token.connection, &token.environment),
        (&Some(p("hr")), &p("test"))
    );
    assert_eq!(
        (&token.device, &token.allow_ip),
        (&asked.device, &asked.allow_ip)
    );
    assert_eq!(
        token.expires_at.unwrap().seconds(),
        NOON + 40 * DAY,
        "as long as the old one"
    );
    assert_eq!(
        (token.predecessor, before.successor),
        (Some(before.id), Some(token.id))
    );
    assert_eq!(bench.show("ci/laptop"), *token);
    assert_eq!(before.expires_at.unwrap().seconds(), NOON + 11 * DAY);
    assert_eq!(
        (bench.verdict(&old), bench.verdict(&new)),
        (Reason::Valid, Reason::Valid)
    );
    bench.wait(DAY);
    assert_eq!(
        (bench.verdict(&old), bench.verdict(&new)),
        (Reason::Expired, Reason::Valid)
    );
}

#[test]
fn the_old_one_ends_at_once_or_no_later_than_by_itself() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/now");
    let rotated = rotate(&mut bench, &rotating("ci/now", "0")).unwrap();
    assert_eq!(
        (bench.verdict(&old), rotated.old.state),
        (Reason::Expired, TokenState::Expired)
    );
    let mut short = draft("ci/short");
    short.expires = Some(p("1h"));
    let end = bench.issue(&short).unwrap().summary.expires_at;
    assert_eq!(in_a_day(&mut bench, "ci/short").1.expires_at, end);
}

#[test]
fn a_lifetime_that_was_lowered_since_holds_for_the_successor() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let edits = connection::Edits {
        token_lifetime: Change::Set(p("30d")),
        ..connection::Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    assert_eq!(new.summary.expires_at.unwrap().seconds(), NOON + 30 * DAY);
    let mut longer = rotating("ci/laptop", "24h");
    longer.life = SuccessorLifetime::Requested(Some(p("never")));
    assert_eq!(kind(rotate(&mut bench, &longer)), Kind::Refused);
}

#[test]
fn an_open_token_stays_open() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("any", &[]);
    bench.token("any/laptop");
    let edits = profile::Edits {
        connections: ListChange {
            add: vec![p("crm")],
            remove: vec![],
        },
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("any"), &edits).unwrap();
    assert_eq!(
        in_a_day(&mut bench, "any/laptop").0.summary.connection,
        None
    );
}

#[test]
fn what_is_not_good_by_itself_is_not_replaced() {
    let mut bench = TestStore::with_sample_data();
    let id = bench.token("ci/laptop").summary.id.to_string();
    let how = Suspend {
        reason: None,
        until: None,
    };
    token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
    assert_eq!(
        kind(rotate(&mut bench, &rotating("ci/laptop", "24h"))),
        Kind::Refused
    );
    token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
    profile::suspend(&mut bench.core, &p("ci"), &how).unwrap();
    let suspended = rotate(&mut bench, &rotating("ci/laptop", "24h"));
    assert_eq!(message(suspended), "profile `ci` is suspended");
    profile::resume(&mut bench.core, &p("ci")).unwrap();
    bench.revoke("ci/laptop");
    let ended = rotate(&mut bench, &rotating(&id, "24h"));
    assert_eq!(message(ended), format!("token `{id}` is revoked"));
    assert_eq!(
        kind(rotate(&mut bench, &rotating("ci/none", "24h"))),
        Kind::NotFound
    );
}

#[test]
fn a_token_has_one_live_successor() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop").summary.id.to_string();
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    let again = rotate(&mut bench, &rotating(&old, "24h"));
    let successor = new.summary.id;
    assert_eq!(
        message(again),
        format!("token `{old}` was replaced already, by `{successor}`")
    );
    // By its name the successor is meant.
    let (third, second) = in_a_day(&mut bench, "ci/laptop");
    assert_eq!(
        (second.id, third.summary.predecessor),
        (successor, Some(successor))
    );
    // Once they are gone, the old one can be replaced, and the name goes with it.
    bench.revoke(&third.summary.id.to_string());
    bench.revoke(&successor.to_string());
    let (fourth, first) = in_a_day(&mut bench, &old);
    assert_eq!(
        (first.id.to_string(), bench.show("ci/laptop").id),
        (old, fourth.summary.id)
    );
}

#[test]
fn a_name_that_somebody_else_has_by_now_is_not_taken() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop").summary.id.to_string();
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    bench.revoke(&new.summary.id.to_string());
    let other = bench.token("ci/laptop").summary.id;
    assert_eq!(
        kind(rotate(&mut bench, &rotating(&old, "24h"))),
        Kind::Exists
    );
    let mut sink = Slow::default();
    let refused = token::rotate(&mut bench.core, &rotating(&old, "24h"), sink.delivery());
    assert_eq!(kind(refused), Kind::Exists);
    assert!(sink.former.is_empty(), "before anything is delivered");
    assert_eq!(bench.show("ci/laptop").id, other);
}

#[test]
fn a_repeated_request_makes_no_other_token() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop").summary.id.to_string();
    let first = rotate(&mut bench, &asked_as("ci/laptop", "2026-11")).unwrap();
    let made = first.issued.summary.id;
    // By its name, which the successor has by now, and by the old one's id.
    for address in ["ci/laptop", &old] {
        let again = rotate(&mut bench, &asked_as(address, "2026-11"));
        let Err(Error::Exists(Existing::Answer { successor, .. })) = again else {
            panic!("{again:?}")
        };
        assert_eq!(successor, made);
    }
    rotate(&mut bench, &asked_as("ci/laptop", "2026-12")).unwrap();
    let again = rotate(&mut bench, &asked_as("ci/laptop", "2026-11"));
    assert_eq!(kind(again), Kind::Exists, "later ones do not hide it");
    assert_eq!(all(&mut bench).len(), 3);
    // Another token may be asked for in the same words.
    bench.token("ci/phone");
    rotate(&mut bench, &asked_as("ci/phone", "2026-11")).unwrap();
}

#[test]
fn a_repeated_request_whose_sink_has_the_token_is_done() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let request = asked_as("ci/laptop", "r1");
    let mut sink = Slow::default();
    let first = now(token::rotate(&mut bench.core, &request, sink.delivery()).unwrap());
    let again = token::rotate(&mut bench.core, &request, sink.delivery()).unwrap();
    let RotateAnswer::Before(token) = again else {
        panic!("{again:?}")
    };
    assert_eq!(
        (token.id, token.state),
        (first.issued.summary.id, TokenState::Active)
    );
    sink.content = Some("something else".to_owned());
    let lost = token::rotate(&mut bench.core, &request, sink.delivery());
    assert!(matches!(lost, Err(Error::Exists(Existing::Answer { .. }))));
    assert_eq!(all(&mut bench).len(), 2);
}
