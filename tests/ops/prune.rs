//! Tombstones that are removed for good: nothing points to them afterwards.

use hallpass::Kind;
use hallpass::model::token::TokenState;
use hallpass::model::verdict::Reason;
use hallpass::ops::token::{
    self, Filter, RotateAnswer, RotateRequest, Rotated, Selection, StateFilter, SuccessorLifetime,
    Summary,
};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{Suspend, profile};

use super::audit::logged;
use super::fixture::{DAY, Held, Sink, Slow, TestStore, at, draft, kind, p};

fn ended(long: &str) -> Filter {
    Filter {
        which: StateFilter::Ended,
        ended_for: Some(p(long)),
        ..Filter::default()
    }
}

fn prune(bench: &mut TestStore, filter: &Filter) -> Vec<String> {
    let mut pruned: Vec<_> = token::prune(&mut bench.core, filter).unwrap();
    pruned.sort_by_key(|it| it.name.canonical());
    pruned.iter().map(|it| it.name.to_string()).collect()
}

fn all(bench: &mut TestStore) -> Vec<Summary> {
    bench.tokens(&Filter {
        which: StateFilter::All,
        ..Filter::default()
    })
}

fn records(bench: &mut TestStore) -> u64 {
    bench.core.read(|r| Ok(r.census())).unwrap().records
}

fn rotating(address: &str, overlap: &str) -> RotateRequest {
    RotateRequest {
        target: at(address),
        overlap: p(overlap),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: p("native"),
        request: None,
    }
}

fn rotate(bench: &mut TestStore, address: &str) -> (Held, Summary) {
    let rotating = rotating(address, "1d");
    let answer = token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
    let RotateAnswer::Now(rotated) = answer else {
        panic!("{answer:?}")
    };
    let Rotated { issued, old } = *rotated;
    (issued.into(), old)
}

#[test]
fn what_ended_long_ago_is_unknown_afterwards() {
    let mut bench = TestStore::with_sample_data();
    let before = records(&mut bench);
    let revoked = bench.token("ci/revoked");
    let mut short = draft("ci/short");
    short.expires = Some(p("1d"));
    let expired: Held = bench.issue(&short).unwrap().into();
    bench.revoke("ci/revoked");
    bench.wait(29 * DAY);
    let live = bench.token("ci/live");
    let late = bench.token("ci/late");
    bench.revoke("ci/late");
    assert!(prune(&mut bench, &ended("30d")).is_empty());
    bench.wait(DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["revoked"]);
    assert_eq!(bench.verdict(&revoked), Reason::Unknown);
    assert_eq!(bench.verdict(&expired), Reason::Expired);
    bench.wait(DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["short"]);
    assert_eq!(bench.verdict(&expired), Reason::Unknown);
    assert_eq!(bench.verdict(&late), Reason::Revoked);
    assert_eq!(bench.verdict(&live), Reason::Valid);
    assert_eq!(records(&mut bench), before + 2);
    let gone = token::show(&mut bench.core, &at(&revoked.summary.id.to_string()));
    assert_eq!(kind(gone), Kind::NotFound);
    // Names and devices are free, and the list of the profile is whole.
    bench.token("ci/short");
    assert_eq!(profile::show(&mut bench.core, &p("ci")).unwrap().tokens, 2);
    let of_ci = Filter {
        profile: Some(p("ci")),
        which: StateFilter::All,
        ..Filter::default()
    };
    assert_eq!(bench.tokens(&of_ci).len(), 3);
}

#[test]
fn what_is_live_is_never_removed() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    token::suspend(&mut bench.core, &[at("ci/a")], &Suspend::default()).unwrap();
    bench.token("ci/b");
    let everything = Filter {
        which: StateFilter::All,
        ..Filter::default()
    };
    assert!(prune(&mut bench, &everything).is_empty());
    assert!(
        token::prune(&mut bench.core, &[at("ci/b")])
            .unwrap()
            .is_empty()
    );
    assert_eq!(bench.verdict(&held), Reason::TokenSuspended);
}

#[test]
fn an_expired_token_gives_up_its_name_and_device_and_no_others() {
    let mut bench = TestStore::with_sample_data();
    let mut short = draft("ci/a");
    (short.expires, short.device) = (Some(p("1d")), Some(p("laptop")));
    bench.issue(&short).unwrap();
    bench.wait(2 * DAY);
    // A later one has both by now.
    short.expires = None;
    let later: Held = bench.issue(&short).unwrap().into();
    bench.wait(30 * DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["a"]);
    assert_eq!(bench.show("ci/a").id, later.summary.id);
    assert_eq!(kind(bench.issue(&short)), Kind::Exists);
    let mut other = draft("ci/b");
    other.device = Some(p("laptop"));
    assert_eq!(kind(bench.issue(&other)), Kind::Exists);
}

#[test]
fn the_tokens_of_a_deleted_profile_go_and_it_goes_with_the_last() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("gone", &[]);
    let held = bench.token("gone/a");
    let mut short = draft("gone/b");
    short.expires = Some(p("1d"));
    bench.issue(&short).unwrap();
    bench.wait(10 * DAY);
    profile::delete(&mut bench.core, &p("gone")).unwrap();
    let before = records(&mut bench);
    bench.wait(21 * DAY);
    // It had ended by itself before the profile was deleted.
    assert_eq!(prune(&mut bench, &ended("30d")), ["b"]);
    assert_eq!(bench.verdict(&held), Reason::Revoked);
    assert_eq!(records(&mut bench), before - 1);
    bench.wait(9 * DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["a"]);
    assert_eq!(bench.verdict(&held), Reason::Unknown);
    assert_eq!(logged(&mut bench, "token.prune").len(), 2);
    assert_eq!(logged(&mut bench, "profile.prune").len(), 1);
    assert_eq!(
        records(&mut bench),
        before - 3,
        "the profile's tombstone, too"
    );
    let again = bench.profile("gone", &[]);
    assert_eq!(again.tokens, 0);
}

#[test]
fn other_tokens_do_not_name_what_is_gone() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/a");
    let (second, first) = rotate(&mut bench, "ci/a");
    bench.wait(2 * DAY);
    let (third, _) = rotate(&mut bench, "ci/a");
    bench.wait(30 * DAY);
    let id = first.id.to_string();
    let first_only = [at(&id)];
    let filter = ended("30d");
    let which = Selection {
        named: Some(&first_only),
        filter: Some(&filter),
        ..Selection::default()
    };
    let before = records(&mut bench);
    assert_eq!(token::prune(&mut bench.core, which).unwrap().len(), 1);
    assert_eq!(
        records(&mut bench),
        before - 2,
        "the record of the rotation, too"
    );
    let shown = bench.show(&second.summary.id.to_string());
    assert_eq!(
        (shown.predecessor, shown.successor),
        (None, Some(third.summary.id))
    );
    bench.wait(DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["a"]);
    let shown = bench.show("ci/a");
    assert_eq!((shown.id, shown.predecessor), (third.summary.id, None));
    assert_eq!(bench.verdict(&third), Reason::Valid);
    // What is left can be replaced as any other.
    rotate(&mut bench, "ci/a");
}

#[test]
fn one_whose_successor_has_gone_still_says_that_it_was_replaced() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/a");
    let rotating = rotating("ci/a", "90d");
    token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
    // By its id: by name, the one it replaced would go with it.
    let new = bench.show("ci/a").id.to_string();
    bench.revoke(&new);
    bench.wait(30 * DAY);
    assert_eq!(prune(&mut bench, &ended("30d")).len(), 1);
    assert_eq!(bench.verdict(&old), Reason::Valid);
    let id = old.summary.id.to_string();
    let shown = bench.show(&id);
    assert_eq!(
        (shown.successor.unwrap().to_string(), shown.state),
        (new, TokenState::Active)
    );
    assert_eq!((shown.successor_used, shown.address()), (None, id.clone()));
    let (new, _) = rotate(&mut bench, &id);
    assert_eq!(bench.show("ci/a").id, new.summary.id);
    assert_eq!(all(&mut bench).len(), 2);
}

#[test]
fn one_whose_successor_is_on_its_way_waits() {
    let mut bench = TestStore::with_sample_data();
    let mut short = draft("ci/a");
    short.expires = Some(p("1m"));
    bench.issue(&short).unwrap();
    bench.wait(59);
    let mut other = bench.another();
    let mut sink = Slow::doing(move |_| {
        other.wait(62);
        let ended = ended("1m");
        let seen = token::preview(&mut other.core, &ended, &mut |_| Ok(())).unwrap();
        assert_eq!(seen.ids.len(), 1, "the premise");
        assert!(token::prune(&mut other.core, &ended).unwrap().is_empty());
        Ok(())
    });
    let rotating = RotateRequest {
        life: SuccessorLifetime::Requested(Some(p("1y"))),
        ..rotating("ci/a", "1d")
    };
    token::rotate(&mut bench.core, &rotating, sink.delivery()).unwrap();
    bench.wait(60);
    assert_eq!(prune(&mut bench, &ended("1m")), ["a"]);
    let shown = bench.show("ci/a");
    assert_eq!((shown.effective, shown.predecessor), (Reason::Valid, None));
}

/// A token, replaced by one that has ended since, which was replaced by another: `ci/a` three times.
fn chain(bench: &mut TestStore) -> [Held; 3] {
    let first = bench.token("ci/a");
    let mut next = |overlap| -> Held {
        let rotating = rotating("ci/a", overlap);
        let answer = token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
        let RotateAnswer::Now(rotated) = answer else {
            panic!("{answer:?}")
        };
        rotated.issued.into()
    };
    let (second, third) = (next("8w"), next("0"));
    [first, second, third]
}

#[test]
fn by_its_name_a_token_is_taken_back_with_all_that_it_replaced() {
    for pruned in [false, true] {
        let mut bench = TestStore::with_sample_data();
        let tokens = chain(&mut bench);
        let state = |bench: &mut TestStore| [0, 1, 2].map(|n| bench.reason(&tokens[n].token));
        assert_eq!(state(&mut bench), ["valid", "expired", "valid"]);
        if pruned {
            bench.wait(DAY);
            assert_eq!(prune(&mut bench, &ended("1d")), ["a"]);
            let first = bench.show(&tokens[0].token.id().to_string());
            assert_eq!(first.successor, Some(tokens[2].token.id()));
            assert_eq!(bench.show("ci/a").predecessor, Some(tokens[0].token.id()));
        }
        let previewed = token::preview(&mut bench.core, &[at("ci/a")], &mut |_| Ok(())).unwrap();
        assert_eq!(previewed.impact.tokens, 2);
        bench.revoke("ci/a");
        let between = if pruned { "unknown" } else { "expired" };
        assert_eq!(state(&mut bench), ["revoked", between, "revoked"]);
    }
}

#[test]
fn a_late_use_names_the_successor_that_is_left() {
    let mut bench = TestStore::with_sample_data();
    let [first, _, third] = chain(&mut bench);
    bench.wait(DAY);
    assert_eq!(prune(&mut bench, &ended("1d")), ["a"]);
    bench.wait(8 * 7 * DAY);
    let verdict = bench.judge(&first, &Asked::default());
    assert_eq!(verdict.reason, Reason::Expired);
    verify::touch(&mut bench.core, &verdict);
    let late = logged(&mut bench, "token.late_use");
    let successor = third.token.id().to_string();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].details.get("successor"), Some(&successor));
}

#[test]
fn one_that_was_replaced_is_never_called_by_the_name_that_another_has() {
    let mut bench = TestStore::with_sample_data();
    let [first, _, third] = chain(&mut bench);
    bench.revoke(third.token.id().to_string().as_str());
    bench.wait(31 * DAY);
    assert_eq!(prune(&mut bench, &ended("30d")), ["a", "a"]);
    let other = bench.token("ci/a");
    let shown = bench.show(&first.token.id().to_string());
    assert_eq!(shown.address(), first.token.id().to_string());
    assert_eq!(bench.show("ci/a").address(), "ci/a");
    // What `review` says of it is true of it.
    let review = hallpass::ops::review::review(&mut bench.core).unwrap();
    let of_first = format!("{}", first.token.id());
    let said: Vec<_> = review
        .findings
        .iter()
        .filter(|it| it.subject.name == of_first)
        .collect();
    assert!(!said.is_empty(), "{:?}", review.findings);
    assert!(
        said.iter()
            .all(|it| !it.command.to_string().contains("ci/a")),
        "{said:?}"
    );
    assert_eq!(bench.verdict(&other), Reason::Valid);
}
