use hallpass::backend::Fault;
use hallpass::model::token::Use;
use hallpass::model::verdict::Reason;
use hallpass::ops::token;
use hallpass::ops::verify::{self, Asked};

use super::{in_a_day, rotating, rows};
use crate::ops::fixture::{DAY, Held, Slow, TestStore, p};

#[test]
fn it_is_shown_whether_the_old_one_is_still_used() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let (new, before) = in_a_day(&mut bench, "ci/laptop");
    assert_eq!(new.summary.predecessor_expires_at, before.expires_at);
    assert_eq!(new.summary.predecessor_last_used_at, None);
    assert_eq!(new.summary.predecessor_used, Some(Use::Never));
    bench.wait(3600);
    let verdict = bench.judge(&old, &Asked::default());
    verify::touch(&mut bench.core, &verdict);
    let used = bench.now();
    assert_eq!(bench.show("ci/laptop").predecessor_last_used_at, Some(used));
    bench.wait(3600);
    let verdict = bench.judge(&new, &Asked::default());
    verify::touch(&mut bench.core, &verdict);
    let shown = bench.show("ci/laptop");
    assert_eq!(
        (shown.predecessor_used, shown.successor_used),
        (Some(Use::Known), None)
    );
    let shown = bench.show(&before.id.to_string());
    assert_eq!(
        (shown.predecessor_used, shown.successor_used),
        (None, Some(Use::Known))
    );
    assert_eq!(
        (shown.last_used_at, shown.successor_last_used_at),
        (Some(used), Some(bench.now()))
    );
}

#[test]
fn a_use_that_is_refused_within_the_window_is_not_late() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    in_a_day(&mut bench, "ci/laptop");
    let before = rows(&mut bench);
    let elsewhere = Asked {
        connection: Some(p("crm")),
        ..Asked::default()
    };
    let verdict = bench.judge(&old, &elsewhere);
    assert_eq!(verdict.reason, Reason::WrongConnection);
    verify::touch(&mut bench.core, &verdict);
    assert_eq!(rows(&mut bench), before);
}

#[test]
fn the_end_of_one_that_nothing_replaces_any_more_is_no_window() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    bench.revoke(&new.summary.id.to_string());
    let id = old.summary.id.to_string();
    let mut failing = Slow::failing();
    token::rotate(&mut bench.core, &rotating(&id, "24h"), failing.delivery()).unwrap_err();
    assert_eq!(bench.show(&id).successor, None, "the premise");
    bench.wait(DAY);
    let before = rows(&mut bench);
    let verdict = bench.judge(&old, &Asked::default());
    assert_eq!(verdict.reason, Reason::Expired);
    verify::touch(&mut bench.core, &verdict);
    assert_eq!(rows(&mut bench), before);
}

#[test]
fn the_use_of_an_old_one_after_its_window_is_an_event_and_harms_nothing() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    let usual = bench.token("ci/other");
    bench.revoke("ci/other");
    bench.wait(DAY);
    let used = |bench: &mut TestStore, held: &Held| {
        let before = rows(bench);
        let verdict = bench.judge(held, &Asked::default());
        verify::touch(&mut bench.core, &verdict);
        (verdict.reason, rows(bench) - before)
    };
    assert_eq!(used(&mut bench, &old), (Reason::Expired, 1));
    assert_eq!(
        used(&mut bench, &old),
        (Reason::Expired, 0),
        "once a minute"
    );
    bench.wait(59);
    assert_eq!(used(&mut bench, &old), (Reason::Expired, 0));
    bench.wait(1);
    assert_eq!(used(&mut bench, &old), (Reason::Expired, 1));
    assert_eq!(
        used(&mut bench, &usual),
        (Reason::Revoked, 0),
        "it has no successor"
    );
    assert_eq!(used(&mut bench, &new), (Reason::Valid, 0));
    assert_eq!(
        bench.show(&old.summary.id.to_string()).last_used_at,
        None,
        "it was not found valid"
    );
    // Never in the way of the answer. The verdict is read once by the operation, and the same verdict
    // twice from memory, if there is a server.
    let touch = if cfg!(feature = "server") { 5 } else { 3 };
    bench.wait(60);
    bench
        .backend
        .faults()
        .fail_method("begin", touch, || Fault::Busy);
    assert_eq!(used(&mut bench, &old).0, Reason::Expired);
}
