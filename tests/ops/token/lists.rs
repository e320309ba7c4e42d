//! Lists of tokens: what they show, and what picks from them.

use hallpass::ops::token::{Filter, StateFilter};
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
