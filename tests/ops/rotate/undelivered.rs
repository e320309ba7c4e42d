//! A rotation that fails or is killed on its way: the old token is as it was, or has one successor.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::model::token::{Token, TokenState};
use hallpass::model::verdict::Reason;
use hallpass::ops::token::{self, How, RotateAnswer};
use hallpass::ops::verify::{self, Asked};

use super::{all, asked_as, now, rotate, rotating};
use crate::ops::fixture::{Sink, Slow, Step, TestStore, at, kind};

/// Whatever fails, and whenever: the old one is as it was.
#[test]
fn a_successor_that_is_not_delivered_leaves_the_old_one_alone() {
    for step in [Step::Ready, Step::Offer, Step::Finish] {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let mut sink = Sink::failing_at(step);
        let failed = token::rotate(&mut bench.core, &asked_as("ci/laptop", "r"), &mut sink);
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(bench.show("ci/laptop"), old.summary, "{step:?}");
        assert_eq!(bench.verdict(&old), Reason::Valid);
        for token in &sink.took {
            let verdict = verify::judge(&mut bench.core, token, &Asked::default()).unwrap();
            assert!(!verdict.valid);
        }
        rotate(&mut bench, &asked_as("ci/laptop", "r")).unwrap();
    }
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let mut sink = Slow::failing();
    let failed = token::rotate(
        &mut bench.core,
        &rotating("ci/laptop", "0"),
        sink.delivery(),
    );
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(
        (bench.show("ci/laptop"), all(&mut bench).len()),
        (old.summary.clone(), 1)
    );
    assert_eq!(bench.verdict(&old), Reason::Valid);
}

/// What ends with an error has changed nothing, wherever it came from.
#[test]
fn no_fault_of_the_storage_leaves_half_a_rotation() {
    for printed in [true, false] {
        let mut nth = 1;
        loop {
            let mut bench = TestStore::with_sample_data();
            let old = bench.token("ci/laptop");
            let before = bench.backend.faults().calls();
            bench
                .backend
                .faults()
                .fail_call(nth, || Fault::Storage("I/O error".into()));
            let (mut sink, mut slow) = (Sink::default(), Slow::default());
            let rotating = rotating("ci/laptop", "0");
            let done = if printed {
                token::rotate(&mut bench.core, &rotating, &mut sink)
            } else {
                token::rotate(&mut bench.core, &rotating, slow.delivery())
            };
            let untouched = bench.backend.faults().calls() - before < nth;
            bench.backend.faults().clear();
            match done {
                Ok(_) => assert_eq!(bench.verdict(&old), Reason::Expired),
                Err(error) => {
                    // One that is swept when its time is over may be left.
                    bench.wait(65);
                    bench.connection("another");
                    assert_eq!(bench.show("ci/laptop"), old.summary, "call {nth}: {error}");
                    assert_eq!(bench.verdict(&old), Reason::Valid);
                }
            }
            if untouched {
                break;
            }
            nth += 1;
        }
        assert!(nth > 20, "only {nth} calls were tried");
    }
}

#[test]
fn a_commit_that_took_effect_though_it_failed_is_taken_back() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    bench
        .backend
        .faults()
        .fail_commit(Around::After, || Fault::Storage("I/O error".into()));
    assert_eq!(
        kind(rotate(&mut bench, &rotating("ci/laptop", "0"))),
        Kind::Undelivered
    );
    assert_eq!(bench.show("ci/laptop"), old.summary);
}

#[test]
fn while_it_is_delivered_the_old_one_keeps_its_name() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop").summary.id;
    let mut other = bench.beside();
    let mut sink = Slow::doing(move |secret| {
        let token = Token::parse(secret).unwrap();
        let verdict = verify::judge(&mut other, &token, &Asked::default()).unwrap();
        assert_eq!(verdict.reason, Reason::Unknown);
        let held = token::show(&mut other, &at("ci/laptop")).unwrap();
        assert_eq!((held.id, held.effective), (old, Reason::Valid));
        let second = token::rotate(
            &mut other,
            &rotating("ci/laptop", "0"),
            Slow::default().delivery(),
        );
        assert_eq!(kind(second), Kind::Busy);
        let printed = token::rotate(
            &mut other,
            &rotating("ci/laptop", "0"),
            &mut Sink::default(),
        );
        assert_eq!(kind(printed), Kind::Busy);
        Ok(())
    });
    let made = token::rotate(
        &mut bench.core,
        &rotating("ci/laptop", "0"),
        sink.delivery(),
    );
    let made = now(made.unwrap());
    assert_eq!(bench.show("ci/laptop"), made.issued.summary);
    assert_eq!((made.old.id, made.old.state), (old, TokenState::Expired));
}

/// Killed between any two steps and run again: one live successor, never none, never two.
#[test]
fn a_call_that_was_killed_is_repeated() {
    let mut nth = 1;
    loop {
        let mut bench = TestStore::with_sample_data();
        let old = bench.token("ci/laptop");
        let faults = bench.backend.faults();
        let request = asked_as("ci/laptop", "r");
        let mut sink = Slow {
            stuck: true,
            ..Slow::default()
        };
        // From one commit on, none succeeds: that is what a kill looks like to the others.
        for _ in 0..3 {
            faults.fail_method("commit", nth, || Fault::Storage("killed".into()));
        }
        let first = token::rotate(&mut bench.core, &request, sink.delivery());
        faults.clear();
        assert_eq!(bench.verdict(&old), Reason::Valid);
        let mut again = Slow {
            content: sink.content.clone(),
            ..Slow::default()
        };
        let second = token::rotate(&mut bench.core, &request, again.delivery()).unwrap();
        match (&first, &second) {
            (Ok(_), RotateAnswer::Before(_)) => {}
            (Err(_), RotateAnswer::Now(rotated)) => {
                let how = if sink.content.is_some() {
                    How::Finished
                } else {
                    How::Made
                };
                assert_eq!(rotated.issued.how, how);
            }
            both => panic!("{nth}: {both:?}"),
        }
        assert_eq!(all(&mut bench).len(), 2, "{nth}");
        let shown = bench.show("ci/laptop");
        assert_eq!(
            (again.token().id(), shown.effective),
            (shown.id, Reason::Valid)
        );
        if first.is_ok() {
            break;
        }
        nth += 1;
    }
    assert_eq!(nth, 3);
}

#[test]
fn a_successor_that_was_lost_is_swept_and_the_old_one_replaced_anew() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    for _ in 0..2 {
        bench
            .backend
            .faults()
            .fail_method("commit", 2, || Fault::Storage("killed".into()));
    }
    let mut sink = Slow {
        stuck: true,
        ..Slow::default()
    };
    let killed = token::rotate(
        &mut bench.core,
        &rotating("ci/laptop", "0"),
        sink.delivery(),
    );
    assert_eq!(kind(killed), Kind::Undelivered);
    let mut empty = Slow::default();
    let busy = token::rotate(
        &mut bench.core,
        &rotating("ci/laptop", "0"),
        empty.delivery(),
    );
    assert_eq!(kind(busy), Kind::Busy);
    bench.wait(65);
    assert_eq!(bench.verdict(&old), Reason::Valid);
    let done = token::rotate(
        &mut bench.core,
        &rotating("ci/laptop", "0"),
        empty.delivery(),
    );
    now(done.unwrap());
    assert_eq!(all(&mut bench).len(), 2);
}
