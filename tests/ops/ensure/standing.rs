//! Which token counts as the one that a sink should hold.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::model::token::Encoding;
use hallpass::ops::token::{
    self, EnsureRequest, Ensured, Needed, RotateRequest, SuccessorLifetime,
};

use super::{ensure, for_at_least, kept, wanted};
use crate::ops::fixture::{DAY, Held, Slow, TestStore, at, draft, kind, p};
use crate::ops::pending::killed;

/// A sink that holds this token.
fn holding(held: &Held) -> Slow {
    let text = held.token.encode(Encoding::Native);
    Slow {
        content: Some(text.expose().to_owned()),
        ..Slow::default()
    }
}

fn preview(bench: &mut TestStore, wanted: &EnsureRequest, sink: &mut Slow) -> Needed {
    token::preview_ensure(&mut bench.core, wanted, sink).unwrap()
}

/// A token of 30 days.
fn short(address: &str) -> token::Draft {
    token::Draft {
        expires: Some(p("30d")),
        ..draft(address)
    }
}

/// A token that was replaced and is valid for 20 days more, and whose successor was revoked.
fn without_successor(bench: &mut TestStore) -> Held {
    let old = bench.issue(&short("ci/laptop")).unwrap().into();
    let replacing = EnsureRequest {
        overlap: p("20d"),
        ..for_at_least(short("ci/laptop"), "25d")
    };
    let ensured = ensure(bench, &replacing, &mut Slow::default()).unwrap();
    let Ensured::Rotated(rotated) = ensured else {
        panic!("{ensured:?}")
    };
    bench.revoke(&rotated.issued.summary.id.to_string());
    old
}

#[test]
fn one_that_has_expired_is_not_replaced_but_made_anew() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.issue(&short("ci/laptop")).unwrap().summary;
    bench.wait(30 * DAY);
    assert_eq!(bench.show("ci/laptop").id, old.id, "it has its name still");
    let made = ensure(&mut bench, &wanted("ci/laptop"), &mut Slow::default()).unwrap();
    assert!(matches!(made, Ensured::Made(_)), "{made:?}");
}

#[test]
fn the_token_of_another_profile_is_not_the_one_whatever_its_name() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("other", &["hr"]);
    let others = bench.token("other/laptop");
    let mut sink = holding(&others);
    kept(&mut bench, &wanted("other/laptop"), &mut sink);
    let made = ensure(&mut bench, &wanted("ci/laptop"), &mut sink).unwrap();
    let Ensured::Made(made) = made else {
        panic!("{made:?}")
    };
    assert_eq!(made.summary.profile, Some(p("ci")));
    assert_eq!(sink.token().id(), made.summary.id);
}

#[test]
fn one_whose_successor_is_revoked_is_replaced_though_it_has_no_name() {
    let mut bench = TestStore::with_sample_data();
    let old = without_successor(&mut bench);
    assert_eq!(
        kind(token::show(&mut bench.core, &at("ci/laptop"))),
        Kind::NotFound
    );
    let replacing = for_at_least(short("ci/laptop"), "25d");
    let ensured = ensure(&mut bench, &replacing, &mut holding(&old)).unwrap();
    assert!(
        matches!(&ensured, Ensured::Rotated(it) if it.old.id == old.summary.id),
        "{ensured:?}"
    );
}

#[test]
fn one_whose_successor_is_being_delivered_is_waited_for() {
    let mut bench = TestStore::with_sample_data();
    let old = without_successor(&mut bench);
    let rotating = RotateRequest {
        target: at(&old.summary.id.to_string()),
        overlap: p("0"),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: Encoding::Native,
        request: None,
    };
    for _ in 0..2 {
        let killed = || Fault::Storage("killed".into());
        bench.backend.faults().fail_method("commit", 2, killed);
    }
    let failed = token::rotate(&mut bench.core, &rotating, Slow::default().delivery());
    assert_eq!(kind(failed), Kind::Undelivered);
    let replacing = for_at_least(short("ci/laptop"), "25d");
    let busy = ensure(&mut bench, &replacing, &mut holding(&old));
    assert_eq!(kind(busy), Kind::Busy);
}

#[test]
fn a_preview_says_what_is_left_to_finish() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("other", &["hr"]);
    let mut sink = killed(&mut bench, "ci/laptop");
    let id = sink.token().id();
    let needed = preview(&mut bench, &wanted("CI/Laptop"), &mut sink);
    assert!(
        matches!(&needed, Needed::Finishing(token) if token.id == id),
        "{needed:?}"
    );
    for another in ["other/laptop", "ci/desk"] {
        let needed = preview(&mut bench, &wanted(another), &mut sink);
        assert!(matches!(needed, Needed::Making(_)), "{another}: {needed:?}");
    }
    bench.wait(65);
    let needed = preview(&mut bench, &wanted("ci/laptop"), &mut sink);
    assert!(matches!(needed, Needed::Making(_)), "too late: {needed:?}");
}

#[test]
fn a_preview_says_that_a_token_which_ends_too_soon_is_replaced() {
    let mut bench = TestStore::with_sample_data();
    let old: Held = bench.issue(&short("ci/laptop")).unwrap().into();
    let mut sink = holding(&old);
    let needed = preview(
        &mut bench,
        &for_at_least(draft("ci/laptop"), "31d"),
        &mut sink,
    );
    assert!(
        matches!(&needed, Needed::Replacing(it) if it.old.id == old.summary.id),
        "{needed:?}"
    );
    let needed = preview(
        &mut bench,
        &for_at_least(draft("ci/laptop"), "30d"),
        &mut sink,
    );
    assert!(matches!(needed, Needed::Nothing(_)), "{needed:?}");
}
