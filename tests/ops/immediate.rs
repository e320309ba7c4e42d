use hallpass::Error;
use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::model::token::Token;
use hallpass::model::verdict::Reason;
use hallpass::ops::token::{self, Filter, StateFilter};
use hallpass::ops::verify::{self, Asked};

use super::fixture::{Sink, Step, TestStore, draft, kind};

fn reason(bench: &mut TestStore, token: &Token) -> Reason {
    verify::judge(&mut bench.core, token, &Asked::default())
        .unwrap()
        .reason
}

#[test]
fn a_sink_that_is_not_ready_costs_nothing() {
    let mut bench = TestStore::with_sample_data();
    let before = bench.backend.tables();
    let mut sink = Sink::failing_at(Step::Ready);
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    assert!(matches!(
        failed,
        Err(Error::Undelivered { token: None, .. })
    ));
    assert_eq!(
        (sink.took.len(), bench.backend.tables() == before),
        (0, true)
    );
}

#[test]
fn a_sink_that_fails_in_the_transaction_leaves_the_store_as_it_was() {
    let mut bench = TestStore::with_sample_data();
    let before = bench.backend.tables();
    let mut sink = Sink::failing_at(Step::Offer);
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    assert!(matches!(
        failed,
        Err(Error::Undelivered { token: None, .. })
    ));
    assert!(bench.backend.tables() == before);
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Unknown);
}

#[test]
fn a_sink_that_fails_after_the_commit_has_its_token_revoked() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = Sink::failing_at(Step::Finish);
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    let Err(Error::Undelivered {
        token: Some(id), ..
    }) = failed
    else {
        panic!("{failed:?}")
    };
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Revoked);
    let tombstone = bench.show(&id.to_string());
    assert_eq!(tombstone.reason.unwrap().as_str(), "could not be delivered");
    // The name is free again: a second try is not refused.
    let again = bench.token("ci/laptop");
    assert_eq!(bench.verdict(&again), Reason::Valid);
}

#[test]
fn what_was_offered_before_a_failed_commit_was_never_valid() {
    let mut bench = TestStore::with_sample_data();
    bench
        .backend
        .faults()
        .fail_commit(Around::Before, || Fault::Storage("disk full".into()));
    let mut sink = Sink::default();
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    assert_eq!(kind(failed), Kind::Storage);
    assert_eq!(sink.steps, [Step::Ready, Step::Offer]);
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Unknown);
}

#[test]
fn a_secret_that_was_shown_before_another_writer_won_is_not_shown_again() {
    let mut bench = TestStore::with_sample_data();
    bench
        .backend
        .faults()
        .fail_commit(Around::Before, || Fault::Conflict);
    let mut sink = Sink::default();
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(sink.steps, [Step::Ready, Step::Offer]);
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Unknown);
}

#[test]
fn if_nobody_knows_whether_it_was_committed_it_is_looked_up_and_else_said() {
    let lost = || Fault::UnknownOutcome("the database".into());
    for (around, expected, is_now) in [
        (Around::Before, Kind::UnknownOutcome, Reason::Unknown),
        (Around::After, Kind::Undelivered, Reason::Revoked),
    ] {
        let mut bench = TestStore::with_sample_data();
        bench.backend.faults().fail_commit(around, lost);
        let mut sink = Sink::default();
        let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
        assert_eq!(kind(failed), expected);
        assert_eq!(sink.steps, [Step::Ready, Step::Offer]);
        assert_eq!(reason(&mut bench, &sink.took[0]), is_now);
    }
}

#[test]
fn a_commit_that_took_effect_though_it_failed_is_taken_back() {
    let mut bench = TestStore::with_sample_data();
    bench
        .backend
        .faults()
        .fail_commit(Around::After, || Fault::Storage("I/O error".into()));
    let mut sink = Sink::default();
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Revoked);
}

#[test]
fn one_that_can_be_neither_delivered_nor_revoked_is_said_to_be_valid() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = Sink::failing_at(Step::Finish);
    let faults = bench.backend.faults();
    faults.fail_method("commit", 2, || Fault::Storage("disk full".into()));
    let failed = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
    let Err(Error::StillValid { token, .. }) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(token, sink.took[0].id());
    assert_eq!(reason(&mut bench, &sink.took[0]), Reason::Valid);
}

#[test]
fn no_fault_of_the_storage_leaves_a_token_that_nobody_was_told_of() {
    let mut nth = 1;
    loop {
        let mut bench = TestStore::with_sample_data();
        bench
            .backend
            .faults()
            .fail_call(nth, || Fault::Storage("I/O error".into()));
        let mut sink = Sink::default();
        let issued = token::issue(&mut bench.core, &draft("ci/laptop"), &mut sink);
        bench.backend.faults().clear();
        let all = Filter {
            which: StateFilter::All,
            ..Filter::default()
        };
        let there = bench.tokens(&all).len();
        match issued {
            Ok(_) => {
                assert_eq!(there, 1);
                break;
            }
            Err(error) => assert_eq!((error.kind(), there), (Kind::Storage, 0), "call {nth}"),
        }
        nth += 1;
    }
    assert!(nth > 10, "only {nth} calls were tried");
}
