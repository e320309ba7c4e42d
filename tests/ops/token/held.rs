//! Tokens that their holder gives up.

use hallpass::model::token::{Encoding, Presented, Token, TokenState};
use hallpass::model::verdict::Reason;
use hallpass::ops::token::{self, Summary, revoke_own};
use hallpass::ops::{Suspend, profile};

use crate::ops::fixture::{DAY, TestStore, at, draft, p};
use crate::ops::pending::killed;

fn give_up(bench: &mut TestStore, token: &Token) -> Option<Summary> {
    let presented = Presented::parse(token.encode(Encoding::Native).expose()).unwrap();
    revoke_own(&mut bench.core, &presented).unwrap()
}

/// Nothing happens, and nobody has to wait for it.
#[track_caller]
fn nothing_to_give_up(bench: &mut TestStore, token: &Token) {
    let begun = |bench: &TestStore| bench.backend.faults().calls_by_method()["begin"];
    let (epoch, before) = (bench.epoch(), begun(bench));
    assert_eq!(give_up(bench, token), None);
    assert_eq!(begun(bench), before + 1);
    assert_eq!(bench.epoch(), epoch);
}

#[test]
fn a_holder_revokes_what_is_in_force() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let revoked = give_up(&mut bench, &held.token).unwrap();
    assert_eq!(
        (revoked.id, revoked.state),
        (held.summary.id, TokenState::Revoked)
    );
    assert_eq!(revoked.reason, Some(p("by holder")));
    assert_eq!(bench.verdict(&held), Reason::Revoked);
    nothing_to_give_up(&mut bench, &held.token);
    let held = bench.token("ci/laptop");
    let how = Suspend::default();
    token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
    assert!(give_up(&mut bench, &held.token).is_some());
    assert_eq!(bench.verdict(&held), Reason::Revoked);
}

#[test]
fn what_nobody_holds_or_is_over_stays_as_it_is() {
    let mut bench = TestStore::with_sample_data();
    let others = TestStore::with_sample_data().token("ci/laptop");
    nothing_to_give_up(&mut bench, &others.token);
    let mut sink = killed(&mut bench, "ci/pending");
    nothing_to_give_up(&mut bench, &sink.token());
    assert_eq!(bench.show("ci/pending").state, TokenState::Pending);
    let short = token::Draft {
        expires: Some(p("1d")),
        ..draft("ci/short")
    };
    let expired: crate::ops::fixture::Held = bench.issue(&short).unwrap().into();
    bench.wait(DAY);
    nothing_to_give_up(&mut bench, &expired.token);
    let deleted = bench.token("ci/laptop");
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    nothing_to_give_up(&mut bench, &deleted.token);
}
