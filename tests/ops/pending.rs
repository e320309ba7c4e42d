//! Pending, delivered, good: whatever takes its time gets a secret in between two transactions.

use std::io;

use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::model::token::{Token, TokenState};
use hallpass::model::verdict::Reason;
use hallpass::ops::delivery::DeferredSink;
use hallpass::ops::token::{self, Filter, How, Issued, StateFilter};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{Core, connection, profile};
use hallpass::{Error, Kind};

use super::audit::logged;
use super::fixture::{DAY, Held, Slow, TestStore, at, draft, kind, p};

mod profiles;

fn issue(bench: &mut TestStore, address: &str, sink: &mut Slow) -> Result<Issued, Error> {
    token::issue(&mut bench.core, &draft(address), sink.delivery())
}

fn judged(core: &mut Core, token: &Token) -> Reason {
    verify::judge(core, token, &Asked::default())
        .unwrap()
        .reason
}

fn all(bench: &mut TestStore) -> Vec<token::Summary> {
    bench.tokens(&Filter {
        which: StateFilter::All,
        ..Filter::default()
    })
}

/// Neither the activation nor the removal is committed.
fn stop_after_delivery(bench: &TestStore) {
    for _ in 0..2 {
        // The first of all is that of the pending token; an order that is carried out does not
        // count for the next one.
        bench
            .backend
            .faults()
            .fail_method("commit", 2, || Fault::Storage("killed".into()));
    }
}

/// A process that was killed while its sink had the token already: the rest never runs.
pub(super) fn killed(bench: &mut TestStore, address: &str) -> Slow {
    let mut sink = Slow::default();
    stop_after_delivery(bench);
    sink.stuck = true;
    let failed = issue(bench, address, &mut sink);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(all(bench).last().unwrap().state, TokenState::Pending);
    Slow {
        content: sink.content,
        ..Slow::default()
    }
}

#[test]
fn one_that_another_call_has_activated_and_that_cannot_be_revoked_is_said_to_be_valid() {
    let mut bench = TestStore::with_sample_data();
    let mut other = bench.beside();
    let faults = bench.backend.faults();
    let mut sink = Slow::doing(move |secret| {
        // The call repeated: it finds the token in the sink, and activates it.
        let mut holding = Slow {
            content: Some(secret.to_owned()),
            ..Slow::default()
        };
        token::issue(&mut other, &draft("ci/laptop"), holding.delivery()).unwrap();
        faults.fail_method("commit", 1, || Fault::Storage("disk full".into()));
        Err(io::Error::other("no room"))
    });
    let failed = issue(&mut bench, "ci/laptop", &mut sink);
    let Err(Error::StillValid { token, .. }) = failed else {
        panic!("{failed:?}")
    };
    let shown = bench.show("ci/laptop");
    assert_eq!((shown.id, shown.effective), (token, Reason::Valid));
}

#[test]
fn a_token_is_good_once_its_sink_has_it_and_not_before() {
    let mut bench = TestStore::with_sample_data();
    let mut other = bench.beside();
    let mut sink = Slow::doing(move |secret| {
        let token = Token::parse(secret).unwrap();
        assert_eq!(judged(&mut other, &token), Reason::Unknown);
        let shown = token::show(&mut other, &at("ci/laptop")).unwrap();
        assert_eq!(
            (shown.state, shown.effective),
            (TokenState::Pending, Reason::Unknown)
        );
        // No lock is held: the sink may change the store itself.
        let new = connection::Draft::new(p("meanwhile"));
        connection::add(&mut other, &new, hallpass::ops::edit::IfThere::Refuse).unwrap();
        // The name is held, though it is not known yet whether for good.
        let second = token::issue(&mut other, &draft("ci/LAPTOP"), Slow::default().delivery());
        assert_eq!(kind(second), Kind::Busy);
        Ok(())
    });
    let issued = issue(&mut bench, "ci/laptop", &mut sink).unwrap();
    assert_eq!(
        (issued.summary.state, issued.summary.effective),
        (TokenState::Active, Reason::Valid)
    );
    assert_eq!(issued.how, How::Made);
    assert_eq!(bench.show("ci/laptop"), issued.summary);
    assert_eq!(logged(&mut bench, "token.activate").len(), 1);
    assert_eq!(judged(&mut bench.core, &sink.token()), Reason::Valid);
    connection::show(&mut bench.core, &p("meanwhile")).unwrap();
}

#[test]
fn a_sink_that_is_not_ready_costs_nothing() {
    let mut bench = TestStore::with_sample_data();
    let before = bench.backend.tables();
    let mut sink = Slow {
        unready: true,
        ..Slow::default()
    };
    assert_eq!(
        kind(issue(&mut bench, "ci/laptop", &mut sink)),
        Kind::Undelivered
    );
    assert!(bench.backend.tables() == before);
}

#[test]
fn a_failed_delivery_leaves_nothing_behind() {
    let mut bench = TestStore::with_sample_data();
    let rows = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census().records)).unwrap();
    let before = rows(&mut bench);
    let mut sink = Slow::failing();
    sink.hold("what was there");
    let failed = issue(&mut bench, "ci/laptop", &mut sink);
    let Err(Error::Undelivered {
        token: None,
        source,
    }) = failed
    else {
        panic!("{failed:?}")
    };
    assert_eq!(source.to_string(), "no room");
    assert_eq!((all(&mut bench).len(), rows(&mut bench)), (0, before));
    assert_eq!(sink.content.unwrap(), "what was there");
    // The name is free at once.
    bench.token("ci/laptop");
}

#[test]
fn others_stay_in_their_places_when_one_is_removed() {
    let mut bench = TestStore::with_sample_data();
    let first = bench.token("ci/first");
    let mut other = bench.beside();
    let mut sink = Slow::doing(move |_| {
        let (mut slow, late) = (Slow::default(), draft("ci/late"));
        token::issue(&mut other, &late, slow.delivery())
            .map(drop)
            .map_err(io::Error::other)?;
        Err(io::ErrorKind::BrokenPipe.into())
    });
    assert_eq!(
        kind(issue(&mut bench, "ci/laptop", &mut sink)),
        Kind::Undelivered
    );
    let names: Vec<_> = all(&mut bench)
        .into_iter()
        .map(|it| it.name.to_string())
        .collect();
    assert_eq!(names, ["first", "late"]);
    assert_eq!(bench.verdict(&first), Reason::Valid);
    bench.revoke("ci/late");
}

#[test]
fn an_expired_token_has_its_name_back_when_the_next_one_is_not_delivered() {
    let mut bench = TestStore::with_sample_data();
    let mut short = draft("ci/laptop");
    short.expires = Some(p("1d"));
    let old = bench.issue(&short).unwrap().summary;
    bench.wait(DAY);
    assert_eq!(
        kind(issue(&mut bench, "ci/laptop", &mut Slow::failing())),
        Kind::Undelivered
    );
    assert_eq!(bench.show("ci/laptop").id, old.id);
}

#[test]
fn an_activation_that_fails_removes_the_token_and_the_sink_has_its_own_again() {
    for around in [Around::Before, Around::After] {
        let mut bench = TestStore::with_sample_data();
        let faults = bench.backend.faults();
        let mut sink = Slow::doing(move |_| {
            faults.fail_commit(around, || Fault::Storage("disk full".into()));
            Ok(())
        });
        sink.hold("mine");
        let issued = issue(&mut bench, "ci/laptop", &mut sink);
        match around {
            Around::Before => {
                assert_eq!(kind(issued), Kind::Undelivered);
                assert_eq!(
                    (all(&mut bench).len(), sink.content.as_deref()),
                    (0, Some("mine"))
                );
            }
            // It took effect, though it was said to have failed: both sides agree.
            Around::After => {
                assert_eq!(issued.unwrap().summary.state, TokenState::Active);
                assert_eq!(judged(&mut bench.core, &sink.token()), Reason::Valid);
            }
        }
    }
}

#[test]
fn a_token_that_is_taken_back_while_it_is_delivered_is_not_good() {
    for profile_too in [false, true] {
        let mut bench = TestStore::with_sample_data();
        let mut other = bench.beside();
        let mut sink = Slow::doing(move |_| {
            if profile_too {
                profile::delete(&mut other, &p("ci")).unwrap();
            } else {
                token::revoke(&mut other, &[at("ci/laptop")], None).unwrap();
            }
            Ok(())
        });
        sink.hold("mine");
        assert_eq!(
            kind(issue(&mut bench, "ci/laptop", &mut sink)),
            Kind::Undelivered
        );
        assert_eq!(sink.content.as_deref(), Some("mine"));
        assert!(
            all(&mut bench)
                .iter()
                .all(|it| it.state == TokenState::Revoked)
        );
    }
}

#[test]
fn a_sink_that_cannot_give_back_what_it_held_says_so() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = Slow {
        stuck: true,
        ..Slow::failing()
    };
    let failed = issue(&mut bench, "ci/laptop", &mut sink);
    let Err(Error::Undelivered { source, .. }) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(
        source.to_string(),
        "no room; and what was there before could not be restored: gone read-only"
    );
}

#[test]
fn what_is_not_delivered_by_its_deadline_is_swept_by_the_next_write() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = killed(&mut bench, "ci/laptop");
    let lost = sink.token();
    sink.content = None;
    bench.wait(64);
    assert_eq!(
        kind(issue(&mut bench, "ci/laptop", &mut sink)),
        Kind::Busy,
        "until its deadline"
    );
    assert_eq!(all(&mut bench).len(), 1);
    bench.wait(1);
    bench.connection("another");
    assert_eq!(all(&mut bench).len(), 0);
    assert_eq!(judged(&mut bench.core, &lost), Reason::Unknown);
    issue(&mut bench, "ci/laptop", &mut sink).unwrap();
}

/// A write that goes through all records finds those that are left.
#[test]
fn a_sweep_is_seen_by_the_write_that_makes_it() {
    let mut bench = TestStore::with_sample_data();
    killed(&mut bench, "ci/a");
    killed(&mut bench, "ci/b");
    bench.wait(65);
    // It looks for tokens that are bound to it, in the write that sweeps.
    connection::delete(&mut bench.core, &p("crm")).unwrap();
    assert_eq!(all(&mut bench).len(), 0);
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    connection::delete(&mut bench.core, &p("hr")).unwrap();
    assert_eq!(all(&mut bench).len(), 0);
}

#[test]
fn a_call_repeated_after_a_kill_finishes_what_its_sink_holds() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = killed(&mut bench, "ci/laptop");
    let token = sink.token();
    assert_eq!(judged(&mut bench.core, &token), Reason::Unknown);
    // Not if another one is asked for.
    let mut other = draft("ci/laptop");
    other.device = Some(p("elsewhere"));
    assert_eq!(
        kind(token::issue(&mut bench.core, &other, sink.delivery())),
        Kind::Busy
    );
    bench.wait(64);
    let issued = issue(&mut bench, "ci/laptop", &mut sink).unwrap();
    assert_eq!((issued.how, issued.summary.id), (How::Finished, token.id()));
    assert_eq!(judged(&mut bench.core, &sink.token()), Reason::Valid);
    assert_eq!(all(&mut bench).len(), 1);
    // Once it is done, it is there.
    assert_eq!(
        kind(issue(&mut bench, "ci/laptop", &mut sink)),
        Kind::Exists
    );
}

/// Two calls with one file: the second finds in it what the first has not finished yet.
#[test]
fn a_token_that_another_call_has_finished_is_good_for_both() {
    let mut bench = TestStore::with_sample_data();
    let mut other = bench.beside();
    let mut sink = Slow::doing(move |secret| {
        let mut same = Slow {
            content: Some(secret.to_owned()),
            ..Slow::default()
        };
        let done = token::issue(&mut other, &draft("ci/laptop"), same.delivery()).unwrap();
        assert_eq!(done.how, How::Finished);
        Ok(())
    });
    issue(&mut bench, "ci/laptop", &mut sink).unwrap();
    assert_eq!(judged(&mut bench.core, &sink.token()), Reason::Valid);
    assert_eq!(all(&mut bench).len(), 1);
}

#[test]
fn no_fault_of_the_storage_makes_a_token_good_that_its_sink_has_not() {
    let mut nth = 1;
    loop {
        let mut bench = TestStore::with_sample_data();
        let before = bench.backend.faults().calls();
        bench
            .backend
            .faults()
            .fail_call(nth, || Fault::Storage("I/O error".into()));
        let mut sink = Slow::default();
        let issued = issue(&mut bench, "ci/laptop", &mut sink);
        let untouched = bench.backend.faults().calls() - before < nth;
        bench.backend.faults().clear();
        let good = all(&mut bench)
            .iter()
            .filter(|it| it.effective == Reason::Valid)
            .count();
        match (&issued, DeferredSink::held_token(&mut sink).unwrap()) {
            (Ok(_), Some(token)) => {
                assert_eq!(judged(&mut bench.core, &token), Reason::Valid, "call {nth}");
            }
            (Err(error), held) => {
                let there = held.is_some_and(|it| judged(&mut bench.core, &it) == Reason::Valid);
                assert_eq!((good, there), (0, false), "call {nth}: {error}");
            }
            (Ok(_), None) => panic!("call {nth}: delivered, and not there"),
        }
        if untouched {
            break;
        }
        nth += 1;
    }
    assert!(nth > 20, "only {nth} calls were tried");
}

#[test]
fn a_token_waits_under_its_name_until_it_is_revoked() {
    let mut bench = TestStore::with_sample_data();
    killed(&mut bench, "ci/laptop");
    bench.revoke("ci/laptop");
    let held: Held = bench.token("ci/laptop");
    assert_eq!(bench.verdict(&held), Reason::Valid);
    bench.wait(3600);
    bench.connection("another");
    assert_eq!(all(&mut bench).len(), 2, "a tombstone is not swept");
}
