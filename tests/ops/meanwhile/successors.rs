//! What happens to a token or its name while its successor is on its way.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::error::Existing;
use hallpass::model::verdict::Reason;
use hallpass::ops::profile;
use hallpass::ops::token::{self, RotateRequest, SuccessorLifetime};
use hallpass::{Error, ops::Suspend};

use super::{Cut, at_once, killed_rotation};
use crate::ops::audit::logged;
use crate::ops::fixture::{DAY, Held, Sink, Slow, Step, TestStore, at, draft, kind, p};

/// As [`at_once`], with the old one valid for a day more.
fn in_a_day(address: &str) -> RotateRequest {
    RotateRequest {
        overlap: p("1d"),
        ..at_once(address)
    }
}

#[test]
fn one_that_was_revoked_meanwhile_does_not_get_its_name_back() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let id = old.summary.id.to_string();
    let mut cut = Cut(bench.another(), |other: &mut TestStore| other.revoke(&id));
    let failed = token::rotate(&mut bench.core, &in_a_day("ci/laptop"), &mut cut);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(bench.verdict(&old), Reason::Revoked);
    let gone = token::show(&mut bench.core, &at("ci/laptop"));
    assert_eq!(kind(gone), Kind::NotFound);
}

#[test]
fn a_name_that_somebody_else_has_meanwhile_stays_with_them() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let mut cut = Cut(bench.another(), |other: &mut TestStore| {
        other.wait(DAY);
        other.token("ci/laptop");
    });
    let rotating = RotateRequest {
        overlap: p("2d"),
        life: SuccessorLifetime::Requested(Some(p("1d"))),
        ..at_once("ci/laptop")
    };
    let failed = token::rotate(&mut bench.core, &rotating, &mut cut);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(bench.verdict(&old), Reason::Valid);
    let holder = bench.show("ci/laptop");
    assert_ne!(holder.id, old.summary.id);
    assert_eq!(
        (holder.predecessor, holder.effective),
        (None, Reason::Valid)
    );
}

#[test]
fn nothing_is_left_of_a_rotation_that_is_undone_but_a_revoked_token() {
    let mut bench = TestStore::with_sample_data();
    let records = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census().records)).unwrap();
    bench.token("ci/laptop");
    let before = records(&mut bench);
    for failed in 1..=2 {
        let mut sink = Sink::failing_at(Step::Finish);
        let undone = token::rotate(&mut bench.core, &in_a_day("ci/laptop"), &mut sink);
        assert_eq!(kind(undone), Kind::Undelivered);
        assert_eq!(records(&mut bench), before + failed);
    }
}

#[test]
fn a_token_that_is_on_its_way_or_has_a_successor_is_not_replaced() {
    let mut bench = TestStore::with_sample_data();
    crate::ops::pending::killed(&mut bench, "ci/pending");
    let pending = token::rotate(
        &mut bench.core,
        &at_once("ci/pending"),
        &mut Sink::default(),
    );
    assert_eq!(kind(pending), Kind::Busy);
    let old = bench.token("ci/laptop").summary.id.to_string();
    let mut sink = Slow::default();
    token::rotate(&mut bench.core, &in_a_day("ci/laptop"), sink.delivery()).unwrap();
    for place in [&mut Slow::default(), &mut sink] {
        let again = token::rotate(&mut bench.core, &in_a_day(&old), place.delivery());
        assert!(
            matches!(again, Err(Error::Exists(Existing::Successor { .. }))),
            "{again:?}"
        );
    }
}

#[test]
fn a_token_whose_successor_has_expired_is_replaced_again() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop").summary.id.to_string();
    let rotating = RotateRequest {
        overlap: p("2d"),
        life: SuccessorLifetime::Requested(Some(p("1d"))),
        ..at_once("ci/laptop")
    };
    token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
    let first = bench.show("ci/laptop").id;
    bench.wait(DAY);
    token::rotate(&mut bench.core, &in_a_day(&old), &mut Sink::default()).unwrap();
    let second = bench.show("ci/laptop");
    assert_ne!(second.id, first);
    assert_eq!(second.predecessor.unwrap().to_string(), old);
}

#[test]
fn a_token_that_is_revoked_while_its_activation_fails_is_not_handed_out() {
    let mut bench = TestStore::with_sample_data();
    let (mut other, faults) = (bench.another(), bench.backend.faults());
    let mut sink = Slow::doing(move |_| {
        other.revoke("ci/laptop");
        faults.fail_method("begin", 1, || Fault::Storage("I/O error".into()));
        Ok(())
    });
    sink.hold("what was there");
    let issued = token::issue(&mut bench.core, &draft("ci/laptop"), sink.delivery());
    assert_eq!(kind(issued), Kind::Undelivered);
    assert_eq!(sink.content.as_deref(), Some("what was there"));
}

#[test]
fn a_token_that_goes_with_its_profile_is_not_revoked_once_more() {
    let mut bench = TestStore::with_sample_data();
    let mut cut = Cut(bench.another(), |other: &mut TestStore| {
        profile::delete(&mut other.core, &p("ci")).unwrap();
    });
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut cut);
    let Err(Error::Undelivered {
        token: Some(id), ..
    }) = failed
    else {
        panic!("{failed:?}")
    };
    let shown = bench.show(&id.to_string());
    assert_eq!((shown.effective, shown.reason), (Reason::Revoked, None));
    assert_eq!(
        logged(&mut bench, "token.revoke").len(),
        1,
        "with its profile"
    );
}

#[test]
fn a_successor_that_is_revoked_on_its_way_is_none() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let new = killed_rotation(&mut bench).token().id();
    assert_eq!(bench.show("ci/laptop").successor, Some(new));
    bench.revoke(&new.to_string());
    assert_eq!(bench.show("ci/laptop").successor, None);
}

#[test]
fn a_killed_rotation_is_not_finished_for_another_profile_or_name() {
    let mut bench = TestStore::with_sample_data();
    let old: Held = bench.token("ci/laptop");
    let mut sink = killed_rotation(&mut bench);
    let new = sink.token();
    let issued = token::issue(&mut bench.core, &draft("ci/desk"), sink.delivery()).unwrap();
    assert_ne!(issued.summary.id, new.id());
    assert_eq!(bench.reason(&new), "unknown");
    assert_eq!(bench.verdict(&old), Reason::Valid);
    let how = Suspend::default();
    token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
    assert_eq!(bench.verdict(&old), Reason::TokenSuspended);
}
