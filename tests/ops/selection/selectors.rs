//! Each selector by itself, and all of them together: whom it picks.

use hallpass::Kind;
use hallpass::model::token::TokenState;
use hallpass::ops::Suspend;
use hallpass::ops::token::{self, Filter, StateFilter};

use super::{names, preview, revoke, varied};
use crate::ops::fixture::{kind, p};

/// A filter that picks by this alone.
fn filter(set: fn(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    set(&mut filter);
    filter
}

#[test]
fn each_selector_picks_and_all_of_them_together() {
    let cases: [(Filter, &[&str]); 9] = [
        (filter(|it| it.profile = Some(p("ci"))), &["new", "old"]),
        (filter(|it| it.connection = Some(p("crm"))), &["crm"]),
        (filter(|it| it.environment = Some(p("test"))), &["test"]),
        (
            filter(|it| it.issued_before = Some(p("5d"))),
            &["crm", "old", "test"],
        ),
        (
            filter(|it| it.issued_after = Some(p("2026-11-30"))),
            &["new", "new"],
        ),
        (
            filter(|it| it.unused_for = Some(p("10d"))),
            &["crm", "old", "test"],
        ),
        (filter(|it| it.which = StateFilter::Expired), &["short"]),
        (
            filter(|it| {
                it.profile = Some(p("WEB"));
                it.issued_after = Some(p("5d"));
            }),
            &["new"],
        ),
        (
            filter(|it| {
                it.profile = Some(p("ci"));
                it.connection = Some(p("crm"));
            }),
            &[],
        ),
    ];
    for (filter, expected) in cases {
        let mut bench = varied();
        let (previewed, shown) = preview(&mut bench, &filter);
        assert_eq!(shown.len(), expected.len(), "{filter:?}");
        let before = bench.core.read(|r| Ok(r.epoch())).unwrap();
        assert_eq!(revoke(&mut bench, &filter), expected, "{filter:?}");
        assert_eq!(previewed.ids.len(), expected.len());
        let epochs = bench.core.read(|r| Ok(r.epoch())).unwrap() - before;
        assert_eq!(
            epochs,
            u64::from(!expected.is_empty()),
            "one transaction, or none"
        );
        let all = Filter {
            which: StateFilter::All,
            ..Filter::default()
        };
        let gone = bench
            .tokens(&all)
            .into_iter()
            .filter(|it| it.state == TokenState::Revoked);
        assert_eq!(names(&gone.collect::<Vec<_>>()), expected);
    }
}

/// Each selector, and whom it picks of the tokens of [`varied`] that are live, and of all of them once
/// they have ended.
fn selectors() -> [(Filter, &'static [&'static str], &'static [&'static str]); 8] {
    let before: &[&str] = &["crm", "old", "short", "test"];
    [
        (
            filter(|it| it.profile = Some(p("ci"))),
            &["new", "old"],
            &["new", "old"],
        ),
        (
            filter(|it| it.connection = Some(p("crm"))),
            &["crm"],
            &["crm"],
        ),
        (
            filter(|it| it.environment = Some(p("test"))),
            &["test"],
            &["test"],
        ),
        (
            filter(|it| it.issued_before = Some(p("5d"))),
            &["crm", "old", "test"],
            before,
        ),
        (
            filter(|it| it.issued_after = Some(p("5d"))),
            &["new", "new"],
            &["new", "new"],
        ),
        (
            filter(|it| it.unused_for = Some(p("10d"))),
            &["crm", "old", "test"],
            before,
        ),
        (
            filter(|it| {
                it.profile = Some(p("web"));
                it.issued_before = Some(p("5d"));
            }),
            &["crm", "test"],
            &["crm", "short", "test"],
        ),
        (
            filter(|it| {
                it.profile = Some(p("ci"));
                it.connection = Some(p("crm"));
            }),
            &[],
            &[],
        ),
    ]
}

#[test]
fn each_selector_picks_whom_to_suspend() {
    for (filter, live, _) in selectors() {
        let mut bench = varied();
        let (previewed, _) = preview(&mut bench, &filter);
        let before = bench.epoch();
        let suspended = token::suspend(&mut bench.core, &filter, &Suspend::default()).unwrap();
        let suspended: Vec<_> = suspended.into_iter().map(|it| it.summary).collect();
        assert_eq!(names(&suspended), live, "{filter:?}");
        assert!(suspended.iter().all(|it| previewed.ids.contains(&it.id)));
        assert_eq!(
            bench.epoch() - before,
            u64::from(!live.is_empty()),
            "one transaction, or none"
        );
        let all = bench.tokens(&Filter {
            which: StateFilter::Suspended,
            ..Filter::default()
        });
        assert_eq!(names(&all), live);
    }
}

#[test]
fn each_selector_picks_whom_to_forget() {
    let expired = (
        Filter {
            which: StateFilter::Expired,
            ..Filter::default()
        },
        &[][..],
        &["short"][..],
    );
    for (filter, _, ended) in selectors().into_iter().chain([expired]) {
        let mut bench = varied();
        assert_eq!(revoke(&mut bench, &Filter::default()).len(), 5);
        bench.token("ci/live");
        let which = if filter.which == StateFilter::Live {
            StateFilter::Ended
        } else {
            filter.which
        };
        let filter = Filter { which, ..filter };
        let (previewed, _) = preview(&mut bench, &filter);
        let (before, all) = (
            bench.epoch(),
            Filter {
                which: StateFilter::All,
                ..Filter::default()
            },
        );
        let pruned = token::prune(&mut bench.core, &filter).unwrap();
        assert_eq!(names(&pruned), ended, "{filter:?}");
        assert!(pruned.iter().all(|it| previewed.ids.contains(&it.id)));
        assert_eq!(
            bench.epoch() - before,
            u64::from(!ended.is_empty()),
            "one transaction, or none"
        );
        let left = bench.tokens(&all);
        assert_eq!(left.len(), 7 - ended.len(), "{filter:?}");
        assert!(left.iter().all(|it| !previewed.ids.contains(&it.id)));
    }
}

#[test]
fn what_a_selector_names_must_be_there() {
    let mut bench = varied();
    for filter in [
        Filter {
            profile: Some(p("nope")),
            ..Filter::default()
        },
        Filter {
            connection: Some(p("nope")),
            ..Filter::default()
        },
        Filter {
            environment: Some(p("nope")),
            ..Filter::default()
        },
    ] {
        assert_eq!(
            kind(token::revoke(&mut bench.core, &filter, None)),
            Kind::NotFound
        );
        assert_eq!(kind(token::prune(&mut bench.core, &filter)), Kind::NotFound);
        let suspended = token::suspend(&mut bench.core, &filter, &Suspend::default());
        assert_eq!(kind(suspended), Kind::NotFound);
    }
}
