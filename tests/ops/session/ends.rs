//! A session token ends with what it was made from, in every way in which that can end.

use super::*;

#[track_caller]
fn ends(end: impl FnOnce(&mut TestStore), reason: Reason, state: TokenState) {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    assert_eq!(bench.verdict(&made), Reason::Valid);
    end(&mut bench);
    assert_eq!(bench.verdict(&made), reason);
    let shown = bench
        .tokens(&Filter {
            which: StateFilter::All,
            ..Filter::default()
        })
        .into_iter()
        .find(|it| it.id == made.summary.id)
        .unwrap();
    assert_eq!((shown.effective, shown.state), (reason, state));
    if state == TokenState::Revoked {
        let live = bench.tokens(&Filter::default());
        assert!(live.iter().all(|it| it.id != made.summary.id));
    }
}

#[test]
fn with_a_parent_that_is_revoked() {
    ends(
        |bench| bench.revoke("ci/laptop"),
        Reason::Revoked,
        TokenState::Revoked,
    );
}

#[test]
fn with_a_parent_that_is_pruned() {
    ends(
        |bench| {
            bench.revoke("ci/laptop");
            let ended = Filter {
                which: StateFilter::Ended,
                ..Filter::default()
            };
            // The session token has ended too, and goes with it in another order.
            let target = [bench
                .tokens(&ended)
                .into_iter()
                .find(|it| !it.session)
                .map(|it| hallpass::model::token::TokenAddress::Id(it.id).into())
                .unwrap()];
            token::prune(&mut bench.core, &target).unwrap();
        },
        Reason::Revoked,
        TokenState::Revoked,
    );
}

#[test]
fn with_a_parent_that_is_replaced_once_that_expires() {
    ends(
        |bench| {
            let rotating = RotateRequest {
                target: at("ci/laptop"),
                overlap: Overlap::None,
                life: SuccessorLifetime::Inherited,
                at_least: None,
                form: Encoding::Native,
                request: None,
            };
            rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
        },
        Reason::Revoked,
        TokenState::Revoked,
    );
}

#[test]
fn with_its_profile() {
    ends(
        |bench| {
            profile::delete(&mut bench.core, &p("ci")).unwrap();
        },
        Reason::Revoked,
        TokenState::Revoked,
    );
}

#[test]
fn with_a_parent_that_is_suspended_for_as_long() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    let how = Suspend::default();
    token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
    assert_eq!(bench.verdict(&made), Reason::TokenSuspended);
    token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
    assert_eq!(bench.verdict(&made), Reason::Valid);
}

#[test]
fn a_password_that_changes_or_goes_ends_what_was_made_from_it() {
    for change in [
        |bench: &mut TestStore| {
            password::set(
                &mut bench.core,
                &p("ci"),
                &secret("another-vortex-lantern-99"),
            )
            .unwrap();
        },
        // The same words: it is set anew, which ends what the old one made.
        |bench: &mut TestStore| password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap(),
        |bench: &mut TestStore| {
            password::clear(&mut bench.core, &p("ci")).unwrap();
        },
    ] {
        let mut bench = bench();
        let parent = bench.token("ci/laptop");
        let of_token = from(&mut bench, &parent);
        let made = signed_in(&mut bench);
        // Verifying it changes nothing.
        password::verify(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
        assert_eq!(bench.verdict(&made), Reason::Valid);
        let impact = password::preview_change(&mut bench.core, &p("ci")).unwrap();
        assert_eq!((impact.tokens, impact.sessions), (1, 1));
        assert!(impact.password);
        change(&mut bench);
        assert_eq!(bench.verdict(&made), Reason::Revoked);
        assert_eq!(bench.verdict(&of_token), Reason::Valid);
    }
}

#[test]
fn what_ends_with_a_token_is_counted_before_it_is_revoked() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let other = bench.token("ci/phone");
    let first = from(&mut bench, &parent);
    from(&mut bench, &parent);
    from(&mut bench, &other);
    let named = [at("ci/laptop")];
    let previewed = token::preview(&mut bench.core, &named, &mut |_| Ok(())).unwrap();
    assert_eq!(previewed.ids.len(), 1);
    let impact = previewed.impact;
    assert_eq!((impact.tokens, impact.sessions), (3, 2));
    // One that is selected itself is counted once.
    let both = [at("ci/laptop"), at(&format!("ci/{}", first.summary.name))];
    let impact = token::preview(&mut bench.core, &both, &mut |_| Ok(()))
        .unwrap()
        .impact;
    assert_eq!((impact.tokens, impact.sessions), (3, 2));
}

#[test]
fn a_plan_counts_what_ends_with_the_tokens_that_it_revokes() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    from(&mut bench, &parent);
    let summary = profile::preview_delete(&mut bench.core, &p("ci"))
        .unwrap()
        .1;
    assert_eq!((summary.tokens, summary.sessions), (2, 1));
}

#[test]
fn the_count_of_a_profile_leaves_out_what_ended_with_a_parent() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    from(&mut bench, &parent);
    let count = |bench: &mut TestStore| profile::show(&mut bench.core, &p("ci")).unwrap().tokens;
    assert_eq!(count(&mut bench), 2);
    bench.revoke("ci/laptop");
    assert_eq!(count(&mut bench), 0);
    assert_eq!(profile::list(&mut bench.core).unwrap()[0].tokens, 0);
}
