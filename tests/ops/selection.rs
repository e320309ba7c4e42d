//! Tokens that are chosen by what is true of them: the same ones that were shown, all or none.

use hallpass::Kind;
use hallpass::model::token::TokenState;
use hallpass::model::verdict::Reason;
use hallpass::ops::edit::Effect;
use hallpass::ops::token::{self, Filter, Previewed, Selection, StateFilter, Target};
use hallpass::ops::verify::{Asked, touch};
use hallpass::ops::{Suspend, profile};

use super::fixture::{DAY, TestStore, at, draft, kind, p};

mod selectors;

fn preview<'a>(bench: &mut TestStore, which: impl Into<Selection<'a>>) -> (Previewed, Vec<String>) {
    let mut shown = Vec::new();
    let previewed = token::preview(&mut bench.core, which, &mut |token| {
        shown.push(token.address());
        Ok(())
    });
    (previewed.unwrap(), shown)
}

fn names(tokens: &[token::Summary]) -> Vec<String> {
    let mut names: Vec<_> = tokens.iter().map(|it| it.name.to_string()).collect();
    names.sort();
    names
}

fn revoke(bench: &mut TestStore, filter: &Filter) -> Vec<String> {
    let revoked = token::revoke(&mut bench.core, filter, None).unwrap();
    assert!(revoked.iter().all(|it| it.effect == Effect::Changed));
    names(&revoked.into_iter().map(|it| it.summary).collect::<Vec<_>>())
}

/// Tokens of two profiles, connections, environments and ages.
fn varied() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    bench.profile("web", &[]);
    bench.token("ci/old");
    let mut crm = draft("web/crm");
    crm.connection = Some(p("crm"));
    bench.issue(&crm).unwrap();
    let mut test = draft("web/test");
    test.environment = Some(p("test"));
    bench.issue(&test).unwrap();
    let mut short = draft("web/short");
    short.expires = Some(p("1d"));
    bench.issue(&short).unwrap();
    bench.wait(10 * DAY);
    bench.token("ci/new");
    bench.token("web/new");
    bench
}

#[test]
fn what_has_ended_is_picked_and_cannot_be_suspended() {
    for which in [StateFilter::Expired, StateFilter::Ended, StateFilter::All] {
        let mut bench = varied();
        let filter = Filter {
            which,
            ..Filter::default()
        };
        let before = bench.epoch();
        let refused = token::suspend(&mut bench.core, &filter, &Suspend::default());
        assert_eq!(kind(refused), Kind::Refused, "{which:?}");
        assert_eq!(bench.epoch(), before);
        let suspended = bench.tokens(&Filter {
            which: StateFilter::Suspended,
            ..Filter::default()
        });
        assert!(suspended.is_empty(), "all or none");
    }
}

#[test]
fn of_those_that_are_named_the_selectors_pick() {
    let mut bench = varied();
    let named = [at("ci/old"), at("ci/new"), at("web/new")];
    let filter = Filter {
        profile: Some(p("ci")),
        issued_after: Some(p("5d")),
        ..Filter::default()
    };
    let which = || Selection {
        named: Some(&named),
        filter: Some(&filter),
        ..Selection::default()
    };
    assert_eq!(preview(&mut bench, which()).1, ["ci/new"]);
    let revoked = token::revoke(&mut bench.core, which(), None).unwrap();
    assert_eq!(revoked.len(), 1);
    let missing = [at("ci/old"), at("ci/nope")];
    let which = Selection {
        named: Some(&missing),
        filter: Some(&filter),
        ..Selection::default()
    };
    assert_eq!(
        kind(token::revoke(&mut bench.core, which, None)),
        Kind::NotFound
    );
    assert_eq!(bench.show("ci/old").state, TokenState::Active);
}

#[test]
fn only_what_was_agreed_to_is_touched() {
    let mut bench = varied();
    let filter = Filter {
        unused_for: Some(p("10d")),
        ..Filter::default()
    };
    let (previewed, shown) = preview(&mut bench, &filter);
    assert_eq!(shown, ["ci/old", "web/crm", "web/test"]);
    assert_eq!(previewed.impact.tokens, 3);
    // While somebody thinks it over, one is used, and others grow old enough.
    bench.wait(10 * DAY);
    let used = {
        let mut draft = draft("ci/x");
        draft.expires = Some(p("1y"));
        bench.issue(&draft).unwrap();
        let all = bench.tokens(&filter);
        assert_eq!(
            names(&all),
            ["crm", "new", "new", "old", "test"],
            "the premise"
        );
        all.into_iter()
            .find(|it| it.name.as_str() == "old")
            .unwrap()
    };
    bench.revoke("ci/old");
    let which = Selection {
        filter: Some(&filter),
        agreed: Some(&previewed.ids),
        ..Selection::default()
    };
    let revoked = token::revoke(&mut bench.core, which, None).unwrap();
    let revoked: Vec<_> = revoked.into_iter().map(|it| it.summary).collect();
    assert_eq!(names(&revoked), ["crm", "test"]);
    assert!(previewed.ids.contains(&used.id));
}

#[test]
fn what_was_used_meanwhile_is_not_unused() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    bench.token("ci/b");
    bench.wait(90 * DAY);
    let filter = Filter {
        unused_for: Some(p("90d")),
        ..Filter::default()
    };
    let (previewed, _) = preview(&mut bench, &filter);
    assert_eq!(previewed.ids.len(), 2);
    let verdict = bench.judge(&held, &Asked::default());
    touch(&mut bench.core, &verdict);
    let which = Selection {
        filter: Some(&filter),
        agreed: Some(&previewed.ids),
        ..Selection::default()
    };
    let revoked = token::revoke(&mut bench.core, which, None).unwrap();
    assert_eq!(revoked.len(), 1);
    assert_eq!(bench.verdict(&held), Reason::Valid);
}

#[test]
fn suspending_and_resuming_take_selectors_too() {
    let mut bench = varied();
    let ci = Filter {
        profile: Some(p("ci")),
        ..Filter::default()
    };
    let suspended = token::suspend(&mut bench.core, &ci, &Suspend::default()).unwrap();
    assert_eq!(suspended.len(), 2);
    profile::suspend(&mut bench.core, &p("web"), &Suspend::default()).unwrap();
    // What a profile stops is not suspended itself.
    let which = Filter {
        which: StateFilter::Suspended,
        ..Filter::default()
    };
    let resumed = token::resume(&mut bench.core, &which).unwrap();
    assert_eq!(resumed.len(), 2);
    assert_eq!(bench.show("ci/old").effective, Reason::Valid);
    assert_eq!(bench.show("web/new").effective, Reason::ProfileSuspended);
    assert!(token::resume(&mut bench.core, &which).unwrap().is_empty());
}

#[test]
fn many_are_revoked_and_removed_in_one_transaction_each() {
    revoke_and_remove(3000);
}

#[test]
#[ignore = "a hundred thousand; run with --ignored full_"]
fn full_a_hundred_thousand_are_revoked_and_removed_in_one_transaction_each() {
    revoke_and_remove(100_000);
}

fn revoke_and_remove(many: usize) {
    let mut bench = TestStore::with_sample_data();
    let drafts: Vec<_> = (0..many).map(|n| draft(&format!("ci/t{n}"))).collect();
    let issued = token::issue_many(&mut bench.core, &drafts).unwrap();
    let kept = bench.token("ci/kept");
    let filter = Filter {
        issued_before: Some(p("2026-11-25")),
        ..Filter::default()
    };
    let (mut previewed, _) = preview(&mut bench, &filter);
    previewed.ids.remove(&kept.summary.id);
    let census = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census())).unwrap();
    let before = census(&mut bench);
    let mut steps = Vec::new();
    let mut progress = |done, total| steps.push((done, total));
    let which = Selection {
        filter: Some(&filter),
        agreed: Some(&previewed.ids),
        progress: Some(&mut progress),
        ..Selection::default()
    };
    assert_eq!(
        token::revoke(&mut bench.core, which, None).unwrap().len(),
        many
    );
    let (count, many) = (many, many as u64);
    assert_eq!((steps.len(), steps.last()), (count, Some(&(many, many))));
    assert_eq!(census(&mut bench).epoch, before.epoch + 1);
    assert_eq!(census(&mut bench).audit_rows, before.audit_rows + many);
    bench.wait(31 * DAY);
    let filter = Filter {
        which: StateFilter::Ended,
        ended_for: Some(p("30d")),
        ..Filter::default()
    };
    assert_eq!(token::prune(&mut bench.core, &filter).unwrap().len(), count);
    assert_eq!(census(&mut bench).epoch, before.epoch + 2);
    assert_eq!(
        bench.verdict(&issued.into_iter().next().unwrap().into()),
        Reason::Unknown
    );
    assert_eq!(bench.verdict(&kept), Reason::Valid);
}

#[test]
fn each_token_that_is_revoked_or_removed_is_a_step() {
    let mut bench = TestStore::with_sample_data();
    for address in ["ci/a", "ci/b", "ci/c"] {
        bench.token(address);
    }
    let all = Filter {
        which: StateFilter::All,
        ..Filter::default()
    };
    let steps = std::cell::RefCell::new(Vec::new());
    for removes in [false, true] {
        let mut progress = |done, total| steps.borrow_mut().push((done, total));
        let which = Selection {
            filter: Some(&all),
            progress: Some(&mut progress),
            ..Selection::default()
        };
        let changed = if removes {
            token::prune(&mut bench.core, which).unwrap().len()
        } else {
            token::revoke(&mut bench.core, which, None).unwrap().len()
        };
        assert_eq!(changed, 3);
        assert_eq!(steps.take(), [(1, 3), (2, 3), (3, 3)]);
    }
}

#[test]
fn a_token_named_twice_is_changed_once() {
    let mut bench = TestStore::with_sample_data();
    let id = bench.token("ci/a").summary.id;
    let twice: [Target; 2] = [at("ci/a"), at(&id.to_string())];
    assert_eq!(
        token::revoke(&mut bench.core, &twice, None).unwrap().len(),
        1
    );
}
