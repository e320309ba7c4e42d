//! What cannot be delivered is taken back, and what it had replaced comes back as it was left. Where
//! somebody else has had to do with it meanwhile, nothing comes back that he withdrew (L33).

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::model::audit::Outcome;
use hallpass::model::time::{Expiry, Overlap};
use hallpass::model::token::{Encoding, Token};
use hallpass::model::verdict::Reason;
use hallpass::ops::Suspend;
use hallpass::ops::delivery::ImmediateSink;
use hallpass::ops::token::{
    self, EnsureRequest, Ensured, Needed, RotateRequest, SuccessorLifetime,
};

use super::audit::logged;
use super::fixture::{Slow, TestStore, at, draft, kind, p};

mod passwords;
mod successors;

/// Where everything is written but the last newline. What somebody does before that, and the store he
/// does it with.
pub(super) struct Cut<F>(pub(super) TestStore, pub(super) F);

impl<New, F: FnMut(&mut TestStore)> ImmediateSink<New> for Cut<F> {
    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn offer(&mut self, _: &New) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        (self.1)(&mut self.0);
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

pub(super) fn at_once(address: &str) -> RotateRequest {
    RotateRequest {
        target: at(address),
        overlap: p::<Overlap>("0"),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: Encoding::Native,
        request: None,
    }
}

#[test]
fn a_replaced_token_is_good_again_if_its_successor_is_as_it_was_left() {
    fn nothing(_: &mut TestStore) {}
    fn revokes(bench: &mut TestStore) {
        bench.revoke("ci/laptop");
    }
    fn replaces(bench: &mut TestStore) {
        let mut sink = Slow::default();
        token::rotate(&mut bench.core, &at_once("ci/laptop"), sink.delivery()).unwrap();
    }
    type Act = fn(&mut TestStore);
    let acts: [(Act, Reason); 3] = [
        (nothing, Reason::Valid),
        (revokes, Reason::Expired),
        (replaces, Reason::Expired),
    ];
    for (n, (act, reason)) in acts.into_iter().enumerate() {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let mut cut = Cut(bench.another(), act);
        let failed = token::rotate(&mut bench.core, &at_once("ci/laptop"), &mut cut);
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(bench.verdict(&old), reason, "{n}");
        let revoked = logged(&mut bench, "token.revoke");
        let expected = if n == 1 {
            Outcome::Done
        } else {
            Outcome::Undelivered
        };
        assert_eq!(
            revoked.iter().map(|it| it.outcome).collect::<Vec<_>>(),
            [expected],
            "{n}"
        );
    }
}

fn suspends(bench: &mut TestStore) {
    token::suspend(&mut bench.core, &[at("ci/laptop")], &Suspend::default()).unwrap();
}

#[test]
fn a_token_that_somebody_stops_while_its_successor_is_delivered_is_not_replaced() {
    fn revokes(bench: &mut TestStore) {
        bench.revoke("ci/laptop");
    }
    type Act = fn(&mut TestStore);
    let acts: [(Act, Reason); 2] = [
        (revokes, Reason::Revoked),
        (suspends, Reason::TokenSuspended),
    ];
    for (act, reason) in acts {
        for overlap in ["0", "1d"] {
            let mut bench = TestStore::with_sample_data();
            let old = bench.token("ci/laptop");
            let mut other = bench.another();
            let given = Rc::new(RefCell::new(None));
            let taken = Rc::clone(&given);
            let mut sink = Slow::doing(move |secret| {
                *taken.borrow_mut() = Some(Token::parse(secret).unwrap());
                act(&mut other);
                Ok(())
            });
            sink.hold("what was there");
            let rotating = RotateRequest {
                overlap: p(overlap),
                ..at_once("ci/laptop")
            };
            let refused = token::rotate(&mut bench.core, &rotating, sink.delivery());
            assert_eq!(kind(refused), Kind::Refused, "{reason} {overlap}");
            assert_eq!(sink.content.as_deref(), Some("what was there"));
            let new = given.borrow_mut().take().unwrap();
            assert_eq!(bench.reason(&new), "unknown");
            assert_eq!(bench.verdict(&old), reason);
            assert_eq!(bench.show(&old.summary.id.to_string()).successor, None);
            assert_eq!(logged(&mut bench, "token.undo").len(), 1);
        }
    }
}

#[test]
fn a_token_that_is_suspended_only_while_its_successor_is_delivered_is_replaced() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let mut other = bench.another();
    let mut sink = Slow::doing(move |_| {
        suspends(&mut other);
        token::resume(&mut other.core, &[at("ci/laptop")]).unwrap();
        Ok(())
    });
    token::rotate(&mut bench.core, &at_once("ci/laptop"), sink.delivery()).unwrap();
    let new = sink.token();
    assert_eq!(bench.reason(&new), "valid");
    assert_eq!(bench.verdict(&old), Reason::Expired);
}

#[test]
fn a_token_whose_time_ends_while_its_successor_is_delivered_is_replaced() {
    let mut bench = TestStore::with_sample_data();
    let short = token::Draft {
        expires: Some(p("1m")),
        ..draft("ci/laptop")
    };
    let old = bench.issue(&short).unwrap().into();
    let other = bench.another();
    let mut sink = Slow::doing(move |_| {
        other.wait(60);
        Ok(())
    });
    let rotating = RotateRequest {
        life: SuccessorLifetime::Requested(None),
        ..at_once("ci/laptop")
    };
    token::rotate(&mut bench.core, &rotating, sink.delivery()).unwrap();
    let new = sink.token();
    assert_eq!(bench.reason(&new), "valid");
    assert_eq!(bench.verdict(&old), Reason::Expired);
}

#[test]
fn what_is_not_back_is_told_where_a_token_may_not_be_replaced() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let mut other = bench.another();
    let mut sink = Slow::doing(move |_| {
        suspends(&mut other);
        Ok(())
    });
    sink.stuck = true;
    let failed = token::rotate(&mut bench.core, &at_once("ci/laptop"), sink.delivery());
    let error = failed.unwrap_err();
    assert_eq!(error.kind(), Kind::Undelivered);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("is suspended; and what was there before could not be restored"),
        "{cause}"
    );
}

/// A rotation that is killed while its sink has the new token, which is pending then.
pub(super) fn killed_rotation(bench: &mut TestStore) -> Slow {
    for _ in 0..2 {
        // The pending token is committed; what follows is not.
        bench
            .backend
            .faults()
            .fail_method("commit", 2, || Fault::Storage("killed".into()));
    }
    let mut sink = Slow {
        stuck: true,
        ..Slow::default()
    };
    let failed = token::rotate(&mut bench.core, &at_once("ci/laptop"), sink.delivery());
    assert_eq!(kind(failed), Kind::Undelivered);
    Slow {
        content: sink.content,
        ..Slow::default()
    }
}

#[test]
fn a_killed_rotation_of_a_token_that_was_stopped_since_is_not_finished() {
    let ensuring = || EnsureRequest {
        draft: draft("ci/laptop"),
        min_life: p("1h"),
        overlap: p::<Overlap>("0"),
    };
    for ensures in [false, true] {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let mut sink = killed_rotation(&mut bench);
        let new = sink.token();
        suspends(&mut bench);
        if ensures {
            let previewed = token::preview_ensure(&mut bench.core, &ensuring(), &mut sink);
            assert_eq!(kind(previewed), Kind::Refused);
            assert_eq!(
                kind(token::ensure(&mut bench.core, &ensuring(), &mut sink)),
                Kind::Refused
            );
        } else {
            let again = token::rotate(&mut bench.core, &at_once("ci/laptop"), sink.delivery());
            assert_eq!(kind(again), Kind::Refused);
        }
        assert_eq!(
            logged(&mut bench, "token.undo").len(),
            1,
            "at once, not when its time is over"
        );
        token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
        assert_eq!(bench.verdict(&old), Reason::Valid);
        assert_eq!(bench.reason(&new), "unknown");
    }
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let mut sink = killed_rotation(&mut bench);
    let new = sink.token();
    bench.revoke("ci/laptop");
    let previewed = token::preview_ensure(&mut bench.core, &ensuring(), &mut sink).unwrap();
    assert!(matches!(previewed, Needed::Making(_)), "{previewed:?}");
    let ensured = token::ensure(&mut bench.core, &ensuring(), &mut sink).unwrap();
    assert!(matches!(ensured, Ensured::Made(_)), "{ensured:?}");
    let made = sink.token();
    assert_eq!(
        bench.reason(&new),
        "unknown",
        "it was to take the place of one that is revoked"
    );
    assert_eq!(bench.reason(&made), "valid");
}

#[test]
fn a_token_that_comes_back_is_suspended_if_its_successor_was() {
    for (overlap, resumes) in [("0", false), ("1d", false), ("0", true)] {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let mut cut = Cut(bench.another(), |other: &mut TestStore| {
            suspends(other);
            if resumes {
                token::resume(&mut other.core, &[at("ci/laptop")]).unwrap();
            }
        });
        let rotating = RotateRequest {
            overlap: p(overlap),
            ..at_once("ci/laptop")
        };
        let failed = token::rotate(&mut bench.core, &rotating, &mut cut);
        assert_eq!(kind(failed), Kind::Undelivered);
        let reason = if resumes {
            Reason::Valid
        } else {
            Reason::TokenSuspended
        };
        assert_eq!(bench.verdict(&old), reason, "{overlap}");
        let shown = bench.show("ci/laptop");
        assert_eq!(
            (shown.id, shown.expires_at),
            (old.summary.id, old.summary.expires_at)
        );
        // With a window both were suspended by their name; without one, the old one as it came back.
        let outcomes: Vec<_> = logged(&mut bench, "token.suspend")
            .iter()
            .map(|it| it.outcome)
            .collect();
        let expected = match (overlap, resumes) {
            ("0", false) => vec![Outcome::Undelivered, Outcome::Done],
            ("0", true) => vec![Outcome::Done],
            _ => vec![Outcome::Done, Outcome::Done],
        };
        assert_eq!(outcomes.len(), expected.len(), "{outcomes:?}");
        assert!(
            expected.iter().all(|it| outcomes.contains(it)),
            "{outcomes:?}"
        );
    }
}

#[test]
fn of_two_suspensions_the_one_that_lasts_longer_comes_back() {
    for (old_until, new_until, kept) in [
        (Some("1h"), Some("2h"), true),
        (Some("2h"), Some("1h"), true),
        (None, Some("1h"), false),
    ] {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let id = old.summary.id.to_string();
        let mut cut = Cut(bench.another(), |other: &mut TestStore| {
            let new = other.show("ci/laptop").id.to_string();
            for (address, until) in [(&id, old_until), (&new, new_until)] {
                let how = Suspend {
                    until: until.map(p::<Expiry>),
                    ..Suspend::default()
                };
                token::suspend(&mut other.core, &[at(address)], &how).unwrap();
            }
        });
        let rotating = RotateRequest {
            overlap: p("1d"),
            ..at_once("ci/laptop")
        };
        assert_eq!(
            kind(token::rotate(&mut bench.core, &rotating, &mut cut)),
            Kind::Undelivered
        );
        drop(cut);
        bench.wait(90 * 60);
        assert_eq!(bench.verdict(&old), Reason::TokenSuspended);
        bench.wait(3600);
        let later = if kept {
            Reason::Valid
        } else {
            Reason::TokenSuspended
        };
        assert_eq!(bench.verdict(&old), later);
    }
}
