//! When a token was last used: true, never backwards, at most one write a minute.

use hallpass::model::token::Use;
use hallpass::ops::token::{self, Filter};
use hallpass::ops::verify::{Asked, judge, note, touch};

use super::fixture::{DAY, Held, TestStore, p};

fn use_it(bench: &mut TestStore, held: &Held) {
    let verdict = bench.judge(held, &Asked::default());
    touch(&mut bench.core, &verdict);
}

#[test]
fn a_use_is_written_at_most_once_a_minute_and_never_backwards() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    assert_eq!(bench.show("ci/a").used, Use::Never);
    let start = (bench.epoch(), bench.now());
    for _ in 0..5 {
        use_it(&mut bench, &held);
        bench.wait(11);
    }
    assert_eq!(
        bench.epoch(),
        start.0 + 1,
        "one write for five uses in 44 seconds"
    );
    assert_eq!(bench.show("ci/a").last_used_at, Some(start.1));
    bench.wait(5);
    use_it(&mut bench, &held);
    assert_eq!(bench.epoch(), start.0 + 2);
    let last = bench.show("ci/a").last_used_at;
    assert_eq!(last, Some(bench.now()));
    bench.clock.set_back(3 * DAY);
    use_it(&mut bench, &held);
    assert_eq!(
        (bench.show("ci/a").last_used_at, bench.epoch()),
        (last, start.0 + 2)
    );
}

#[test]
fn of_two_that_use_it_at_once_one_writes() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    let before = bench.epoch();
    let mut other = bench.beside();
    let verdicts = [
        bench.judge(&held, &Asked::default()),
        judge(&mut other, &held.token, &Asked::default()).unwrap(),
    ];
    touch(&mut bench.core, &verdicts[0]);
    touch(&mut other, &verdicts[1]);
    assert_eq!(bench.epoch(), before + 1);
}

#[test]
fn a_use_that_is_noted_late_does_not_hide_a_later_one() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    let early = bench.judge(&held, &Asked::default());
    bench.wait(120);
    use_it(&mut bench, &held);
    let later = bench.show("ci/a").last_used_at;
    assert_eq!(later, Some(bench.now()));
    let before = bench.epoch();
    touch(&mut bench.core, &early);
    assert_eq!(
        (bench.show("ci/a").last_used_at, bench.epoch()),
        (later, before)
    );
}

#[test]
fn uses_of_many_are_recorded_together() {
    let mut bench = TestStore::with_sample_data();
    let tokens = ["ci/a", "ci/b"].map(|address| bench.token(address));
    let uses: Vec<_> = tokens
        .iter()
        .map(|held| bench.judge(held, &Asked::default()))
        .map(|verdict| verdict.record_use().unwrap().clone())
        .collect();
    assert!(uses.iter().all(|it| it.at() == bench.now()));
    assert_ne!(uses[0].record(), uses[1].record());
    let before = bench.epoch();
    bench.wait(20);
    note(&mut bench.core, &[]).unwrap();
    assert_eq!(bench.epoch(), before);
    note(&mut bench.core, &uses).unwrap();
    assert_eq!(bench.epoch(), before + 1);
    for address in ["ci/a", "ci/b"] {
        assert_eq!(bench.show(address).last_used_at, Some(uses[0].at()));
    }
    let again = bench.judge(&tokens[0], &Asked::default());
    assert_eq!(again.record_use(), None);
}

#[test]
fn one_that_is_refused_is_not_used() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    let elsewhere = Asked {
        connection: Some(p("crm")),
        ..Asked::default()
    };
    let verdict = bench.judge(&held, &elsewhere);
    assert!(!verdict.valid);
    touch(&mut bench.core, &verdict);
    let shown = bench.show("ci/a");
    assert_eq!((shown.used, shown.last_used_at), (Use::Never, None));
}

#[test]
fn use_counts_for_lists_as_it_was_noted() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    bench.wait(80 * DAY);
    use_it(&mut bench, &held);
    bench.wait(20 * DAY);
    let unused = |long: &str| Filter {
        unused_for: Some(p(long)),
        ..Filter::default()
    };
    assert!(bench.tokens(&unused("90d")).is_empty());
    assert_eq!(bench.tokens(&unused("20d")).len(), 1);
    let gone = token::revoke(&mut bench.core, &unused("90d"), None).unwrap();
    assert!(gone.is_empty());
}
