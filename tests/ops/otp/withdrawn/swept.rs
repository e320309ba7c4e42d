//! A code whose call was killed while its token was on its way.

use hallpass::barrier::Acceptance;

use super::{FINAL, HARMLESS, is_good};
use crate::ops::fixture::Slow;
use crate::ops::otp::*;

/// A call that is killed while its sink has the token.
pub(super) fn killed(bench: &mut TestStore, code: &str) {
    for _ in 0..2 {
        // The debit and the pending token are committed; what follows is not.
        bench
            .backend
            .faults()
            .fail_method("commit", 3, || Fault::Storage("killed".into()));
    }
    let mut sink = Slow {
        stuck: true,
        ..Slow::default()
    };
    let failed = otp::validate(&mut bench.core, &submission(code), sink.delivery());
    assert_eq!(kind(failed), Kind::Undelivered);
    assert_eq!(newest(bench).state, CodeState::Used);
}

#[test]
fn a_code_comes_back_when_the_token_of_a_killed_call_is_swept_if_it_is_as_it_was_left() {
    for (acts, comes_back) in [(&HARMLESS[..], true), (&FINAL[..], false)] {
        for (n, act) in acts.iter().enumerate() {
            let mut bench = mailing();
            let code = mailed(&mut bench, None);
            let id = newest(&mut bench).id;
            killed(&mut bench, &code);
            act(&mut bench);
            bench.wait(65);
            bench.connection("another");
            assert_eq!(bench.tokens(&token::Filter::default()).len(), 0);
            assert_eq!(
                is_good(&mut bench, id, &code),
                comes_back,
                "{comes_back}: {n}"
            );
        }
    }
}

pub(super) fn cancels_what_is_pending(bench: &mut TestStore) {
    let cancelled = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(cancelled.summary.state, CodeState::Cancelled);
}

#[test]
fn a_code_whose_token_was_on_its_way_does_not_come_back_in_a_restored_store() {
    let mut bench = mailing();
    let code = mailed(&mut bench, None);
    killed(&mut bench, &code);
    let before = bench.backend.tables();
    bench.connection("another");
    bench.backend.restore(before);
    hallpass::ops::store::accept(&mut bench.core, Acceptance::Rollback).unwrap();
    bench.wait(65);
    bench.connection("another");
    assert_eq!(bench.tokens(&token::Filter::default()).len(), 0);
    assert_eq!(why_not(&mut bench, &code), WhyNot::Used);
}
