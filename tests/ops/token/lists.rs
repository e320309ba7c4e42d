//! Lists of tokens: what they show, and what picks from them.

use hallpass::ops::token::{self, Filter, StateFilter};
use hallpass::ops::verify::Asked;

use crate::ops::fixture::{DAY, TestStore, draft, p};

#[test]
fn lists_show_live_tokens_and_on_demand_the_rest() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("web", &["crm"]);
    bench.token("web/a");
    bench.token("ci/b");
    bench.token("ci/a");
    let mut short = draft("ci/c");
    short.expires = Some(p("1d"));
    bench.issue(&short).unwrap();
    bench.token("ci/d");
    bench.revoke("ci/d");
    bench.wait(DAY);
    let mut names = |filter: Filter| -> Vec<String> {
        let tokens = bench.tokens(&filter);
        tokens
            .iter()
            .map(|it| format!("{}/{}", it.profile.as_ref().unwrap(), it.name))
            .collect()
    };
    assert_eq!(names(Filter::default()), ["ci/a", "ci/b", "web/a"]);
    let all = Filter {
        which: StateFilter::All,
        ..Filter::default()
    };
    assert_eq!(
        names(all.clone()),
        ["ci/a", "ci/b", "ci/c", "ci/d", "web/a"]
    );
    let ci = Filter {
        profile: Some(p("CI")),
        ..all
    };
    assert_eq!(names(ci), ["ci/a", "ci/b", "ci/c", "ci/d"]);
    let expired = Filter {
        which: StateFilter::Expired,
        ..Filter::default()
    };
    assert_eq!(names(expired), ["ci/c"]);
    let crm = Filter {
        connection: Some(p("crm")),
        ..Filter::default()
    };
    assert_eq!(names(crm), ["web/a"]);
}

/// A long list does not wait for its last line.
#[test]
fn a_list_is_sorted_up_to_a_thousand_and_longer_in_the_order_of_the_store() {
    let mut bench = TestStore::with_sample_data();
    let mut names = |numbers: std::ops::Range<usize>| -> Vec<String> {
        let drafts: Vec<_> = numbers.map(|n| draft(&format!("ci/t{n:04}"))).collect();
        token::issue_many(&mut bench.core, &drafts).unwrap();
        let tokens = bench.tokens(&Filter::default());
        tokens.iter().map(|it| it.name.to_string()).collect()
    };
    assert!(names(0..1000).is_sorted());
    let all = names(1000..1040);
    assert_eq!(all.len(), 1040);
    let (first, rest) = all.split_at(1001);
    assert!(!first.is_sorted() && !rest.is_sorted());
}

#[test]
fn lists_pick_by_use_and_by_end() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/idle");
    let used = bench.token("ci/used");
    let mut soon = draft("ci/soon");
    soon.expires = Some(p("100d"));
    bench.issue(&soon).unwrap();
    bench.wait(90 * DAY);
    let verdict = bench.judge(&used, &Asked::default());
    hallpass::ops::verify::touch(&mut bench.core, &verdict);
    let mut names = |filter: Filter| -> Vec<String> {
        bench
            .tokens(&filter)
            .iter()
            .map(|it| it.name.to_string())
            .collect()
    };
    let unused = Filter {
        unused_for: Some(p("90d")),
        ..Filter::default()
    };
    assert_eq!(names(unused), ["idle", "soon"]);
    let ending = Filter {
        expiring_in: Some(p("14d")),
        ..Filter::default()
    };
    assert_eq!(names(ending), ["soon"]);
    let before = Filter {
        issued_before: Some(p("2026-11-25")),
        ..Filter::default()
    };
    assert_eq!(names(before).len(), 3);
    let after = Filter {
        issued_after: Some(p("2026-11-25")),
        ..Filter::default()
    };
    assert_eq!(names(after).len(), 0);
}
