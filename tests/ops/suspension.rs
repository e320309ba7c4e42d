use hallpass::Kind;
use hallpass::model::time::Time;
use hallpass::model::verdict::Reason;
use hallpass::ops::edit::Effect;
use hallpass::ops::profile::{self, State};
use hallpass::ops::{Suspend, token};

use super::fixture::{DAY, NOON, TestStore, at, draft, kind, p};

#[test]
fn suspending_a_profile_stops_its_tokens_and_resuming_revives_exactly_the_others() {
    let mut bench = TestStore::with_sample_data();
    let kept = bench.token("ci/kept");
    let stopped = bench.token("ci/stopped");
    let revoked = bench.token("ci/revoked");
    token::suspend(&mut bench.core, &[at("ci/stopped")], &Suspend::default()).unwrap();
    bench.revoke("ci/revoked");

    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(bench.verdict(&kept), Reason::ProfileSuspended);
    assert_eq!(bench.show("ci/kept").state.word(), "active");
    assert_eq!(bench.show("ci/kept").effective, Reason::ProfileSuspended);

    profile::resume(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(bench.verdict(&kept), Reason::Valid);
    assert_eq!(bench.verdict(&stopped), Reason::TokenSuspended);
    assert_eq!(bench.verdict(&revoked), Reason::Revoked);
}

#[test]
fn resuming_a_token_does_not_resume_its_profile() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    token::suspend(&mut bench.core, &[at("ci/laptop")], &Suspend::default()).unwrap();
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
    assert_eq!(bench.verdict(&held), Reason::ProfileSuspended);
}

#[test]
fn a_suspension_with_an_end_ends_by_itself() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let for_a_day = Suspend {
        reason: Some(p("holiday")),
        until: Some(p("1d")),
    };
    let suspended = profile::suspend(&mut bench.core, &p("ci"), &for_a_day)
        .unwrap()
        .summary;
    assert_eq!(
        suspended.suspended.unwrap().until.unwrap().seconds(),
        NOON + DAY
    );
    bench.wait(DAY - 1);
    assert_eq!(bench.verdict(&held), Reason::ProfileSuspended);
    bench.wait(1);
    assert_eq!(bench.verdict(&held), Reason::Valid);
    let ci = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!((ci.state, ci.suspended), (State::Active, None));
    assert_eq!(
        profile::resume(&mut bench.core, &p("ci")).unwrap().effect,
        Effect::AlreadySo
    );
}

#[test]
fn an_end_in_the_past_is_refused() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let past = Suspend {
        reason: None,
        until: Some(p("2026-11-24")),
    };
    assert_eq!(
        kind(profile::suspend(&mut bench.core, &p("ci"), &past)),
        Kind::Refused
    );
    assert_eq!(
        kind(token::suspend(&mut bench.core, &[at("ci/laptop")], &past)),
        Kind::Refused
    );
}

#[test]
fn suspending_again_keeps_the_beginning_and_the_end_unless_there_is_a_new_one() {
    let mut bench = TestStore::with_sample_data();
    let first = Suspend {
        reason: Some(p("holiday")),
        until: Some(p("1d")),
    };
    profile::suspend(&mut bench.core, &p("ci"), &first).unwrap();
    bench.wait(60);
    let again = profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(again.effect, Effect::AlreadySo);
    let later = Suspend {
        reason: None,
        until: Some(p("2d")),
    };
    let suspension = profile::suspend(&mut bench.core, &p("ci"), &later).unwrap();
    let suspension = suspension.summary.suspended.unwrap();
    let end = NOON + 60 + 2 * DAY;
    assert_eq!(
        (suspension.at.seconds(), suspension.until.unwrap().seconds()),
        (NOON, end)
    );
    assert_eq!(suspension.reason, Some(p("holiday")));
    let never = Suspend {
        reason: None,
        until: Some(p("never")),
    };
    let open = profile::suspend(&mut bench.core, &p("ci"), &never).unwrap();
    assert_eq!(open.summary.suspended.unwrap().until, None);
    let again = profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(again.effect, Effect::AlreadySo);
}

#[test]
fn a_token_that_is_suspended_again_keeps_its_end_until_it_is_to_have_none() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let mut suspend = |until: Option<&str>| {
        let how = Suspend {
            reason: None,
            until: until.map(p),
        };
        let changed = token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
        let end = changed[0].summary.suspended_until;
        (changed[0].effect, end.map(Time::seconds))
    };
    assert_eq!(suspend(Some("1d")), (Effect::Changed, Some(NOON + DAY)));
    assert_eq!(suspend(None), (Effect::AlreadySo, Some(NOON + DAY)));
    assert_eq!(suspend(Some("never")), (Effect::Changed, None));
    assert_eq!(suspend(None), (Effect::AlreadySo, None));
}

#[test]
fn a_suspended_profile_is_given_no_token() {
    let mut bench = TestStore::with_sample_data();
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(kind(bench.issue(&draft("ci/laptop"))), Kind::Refused);
}

#[test]
fn a_suspended_token_holds_its_name() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    token::suspend(&mut bench.core, &[at("ci/laptop")], &Suspend::default()).unwrap();
    assert_eq!(kind(bench.issue(&draft("ci/LAPTOP"))), Kind::Exists);
}

#[test]
fn what_has_ended_is_neither_suspended_nor_resumed() {
    let mut bench = TestStore::with_sample_data();
    let id = bench.token("ci/laptop").summary.id.to_string();
    bench.revoke("ci/laptop");
    let suspended = token::suspend(&mut bench.core, &[at(&id)], &Suspend::default());
    assert_eq!(kind(suspended), Kind::Refused);
    assert_eq!(
        kind(token::resume(&mut bench.core, &[at(&id)])),
        Kind::Refused
    );
}

#[test]
fn of_several_tokens_all_are_suspended_or_none() {
    let mut bench = TestStore::with_sample_data();
    let one = bench.token("ci/one");
    let two = bench.token("ci/two").summary.id.to_string();
    bench.revoke("ci/two");
    let both = [at("ci/one"), at(&two)];
    assert_eq!(
        kind(token::suspend(&mut bench.core, &both, &Suspend::default())),
        Kind::Refused
    );
    assert_eq!(bench.verdict(&one), Reason::Valid);
}

#[test]
fn a_suspension_after_one_that_ended_begins_anew() {
    let mut bench = TestStore::with_sample_data();
    let first = Suspend {
        reason: Some(p("holiday")),
        until: Some(p("1d")),
    };
    profile::suspend(&mut bench.core, &p("ci"), &first).unwrap();
    bench.wait(2 * DAY);
    let second = profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    let suspension = second.summary.suspended.unwrap();
    assert_eq!((suspension.at, suspension.reason), (bench.now(), None));
}
