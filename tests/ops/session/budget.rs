//! A profile has a budget of session tokens, however many tokens and passwords it makes them from.

use hallpass::model::token::SessionBudget;

use super::*;

/// Makes as many as the budget allows, half of them from each of two tokens.
fn spend(bench: &mut TestStore) -> Held {
    let [one, two] = ["ci/one", "ci/two"].map(|name| bench.token(name));
    for n in 0..SessionBudget::BURST {
        from(bench, if n % 2 == 0 { &one } else { &two });
    }
    one
}

#[track_caller]
fn waits(outcome: &SessionOutcome) -> u64 {
    match outcome {
        SessionOutcome::TooMany(wait) => wait.as_secs(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_too_many_is_refused_until_one_is_paid_off_and_changes_nothing() {
    let mut bench = bench();
    let parent = spend(&mut bench);
    let epoch = bench.epoch();
    assert_eq!(waits(&ask(&mut bench, &ci(), &parent)), 6);
    bench.wait(5);
    assert_eq!(waits(&ask(&mut bench, &ci(), &parent)), 1);
    assert_eq!(bench.epoch(), epoch);
    bench.wait(1);
    from(&mut bench, &parent);
    assert_eq!(waits(&ask(&mut bench, &ci(), &parent)), 6);
    // A password makes no more either, once it is proven.
    let refused = by_password(&mut bench, &ci(), GOOD).unwrap();
    assert_eq!(waits(&refused), 6);
    let wrong = by_password(&mut bench, &ci(), "wrong").unwrap();
    assert!(matches!(wrong, SessionOutcome::WrongPassword(_)));
    // Nor does it help to end them: their records are kept.
    let own = Filter {
        which: StateFilter::All,
        ..Filter::default()
    };
    for session in bench.tokens(&own) {
        if session.session {
            bench.revoke(&format!("ci/{}", session.name));
        }
    }
    assert_eq!(waits(&ask(&mut bench, &ci(), &parent)), 6);
}

#[test]
fn other_profiles_are_not_concerned() {
    let mut bench = bench();
    spend(&mut bench);
    bench.profile("web", &["hr"]);
    let theirs = bench.token("web/laptop");
    let request = SessionRequest::new(p("web"));
    issued(ask(&mut bench, &request, &theirs));
}
