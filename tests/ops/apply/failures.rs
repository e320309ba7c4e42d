//! What fails, or happens meanwhile: the store and the places are as before, or all is done.

use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::ops::apply::{self, Declaration, Undeclared};
use hallpass::ops::edit::Change;
use hallpass::ops::edit::IfThere;
use hallpass::ops::token::{RotateRequest, SuccessorLifetime, rotate};
use hallpass::{Error, Kind};

use super::{Place, connection, declaration, environment, token};
use crate::ops::fixture::{Sink as ToNobody, Slow, TestStore, at, draft, kind, p};

#[test]
fn a_place_that_fails_leaves_the_store_and_the_other_places_as_they_were() {
    let (mut bench, good, bad) = (TestStore::new(), Place::default(), Place::failing());
    good.slow.borrow_mut().hold("what stood there");
    let mut declared = declaration(&good);
    declared.tokens.push(token("bot/phone", bad.source()));
    let epoch = bench.epoch();
    let Err(failure) = bench.apply(declared) else {
        panic!("it is done")
    };
    assert_eq!(failure.kind(), Kind::Undelivered);
    assert_eq!(failure.to_string(), "token `bot/phone`");
    assert_eq!(bench.epoch(), epoch);
    assert!(bench.profiles().is_empty());
    assert_eq!(good.content().as_deref(), Some("what stood there"));
    // One that is not ready stops it before anything is delivered.
    bad.slow.borrow_mut().unready = true;
    let (good, mut declared) = (Place::default(), declaration(&bad));
    declared.tokens.insert(0, token("bot/phone", good.source()));
    assert_eq!(kind(bench.apply(declared).map(drop)), Kind::Undelivered);
    assert_eq!(good.deliveries(), 0);
}

#[test]
fn a_place_that_cannot_give_back_what_it_held_is_named() {
    let (mut bench, stuck, bad) = (TestStore::new(), Place::default(), Place::failing());
    stuck.slow.borrow_mut().stuck = true;
    let mut declared = declaration(&stuck);
    declared.tokens.push(token("bot/phone", bad.source()));
    let Err(failure) = bench.apply(declared) else {
        panic!("it is done")
    };
    assert_eq!(failure.kind(), Kind::Undelivered);
    let cause = std::error::Error::source(&failure).unwrap().to_string();
    assert!(
        cause.starts_with("token `bot/phone`: the secret could not be delivered"),
        "{cause}"
    );
    assert!(
        cause.ends_with("what token `bot/laptop` replaced could not be restored: gone read-only"),
        "{cause}"
    );
    // What it holds is good for nothing.
    assert_eq!(bench.reason(&stuck.token()), "unknown");
}

#[test]
fn whatever_call_of_the_store_fails_it_is_before_or_after() {
    let (mut before, mut after) = (0, 0);
    for nth in 1.. {
        let (mut bench, place) = (TestStore::new(), Place::default());
        place.slow.borrow_mut().hold("what stood there");
        let calls = bench.backend.faults().calls();
        bench
            .backend
            .faults()
            .fail_call(nth, || Fault::Storage("I/O error".into()));
        let done = bench.apply(declaration(&place));
        let untouched = bench.backend.faults().calls() - calls < nth;
        bench.backend.faults().clear();
        if bench.profiles().is_empty() {
            before += 1;
            assert_eq!(kind(done.map(drop)), Kind::Storage, "{nth}");
            assert_eq!(
                place.content().as_deref(),
                Some("what stood there"),
                "{nth}"
            );
        } else {
            after += 1;
            assert_eq!(bench.reason(&place.token()), "valid", "{nth}");
        }
        if untouched {
            break;
        }
    }
    assert!(before > 50 && after >= 1, "{before} {after}");
}

#[test]
fn a_commit_that_failed_and_took_effect_all_the_same_is_done() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench
        .backend
        .faults()
        .fail_commit(Around::After, || Fault::Storage("I/O error".into()));
    bench.apply(declaration(&place)).unwrap();
    assert_eq!(bench.reason(&place.token()), "valid");
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench
        .backend
        .faults()
        .fail_commit(Around::Before, || Fault::Storage("disk full".into()));
    assert_eq!(
        kind(bench.apply(declaration(&place)).map(drop)),
        Kind::Storage
    );
    assert_eq!(place.content(), None);
    // Where it cannot be seen, the place keeps what may be good.
    let (mut bench, place) = (TestStore::new(), Place::default());
    let mut declared = declaration(&place);
    let plan = bench.plan(&mut declared).unwrap();
    bench
        .backend
        .faults()
        .fail_commit(Around::After, || Fault::Storage("I/O error".into()));
    bench
        .backend
        .faults()
        .fail_method("begin", 2, || Fault::Busy);
    let unseen = apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()));
    assert_eq!(kind(unseen), Kind::Storage);
    assert_eq!(bench.reason(&place.token()), "valid");
}

#[test]
fn no_lock_is_held_while_places_are_reached_and_what_was_planned_is_what_happens() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let mut other = bench.beside();
    place.slow.borrow_mut().meanwhile = Some(Box::new(move |_| {
        let draft = environment::Draft {
            name: p("elsewhere"),
            description: None,
        };
        environment::add(&mut other, &draft, IfThere::Refuse).unwrap();
        Ok(())
    }));
    bench.apply(declaration(&place)).unwrap();
    assert_eq!(environment::list(&mut bench.core).unwrap().len(), 3);
    assert_eq!(bench.reason(&place.token()), "valid");

    // Another call makes the connection meanwhile: that is not what was looked at.
    let (mut bench, place) = (TestStore::new(), Place::default());
    let mut other = bench.beside();
    place.slow.borrow_mut().meanwhile = Some(Box::new(move |_| {
        let draft = connection::Draft::new(p("hr"));
        connection::add(&mut other, &draft, IfThere::Refuse).unwrap();
        Ok(())
    }));
    let moved = bench.apply(declaration(&place)).map(drop);
    assert!(matches!(moved, Err(Error::Moved)), "{moved:?}");
    assert_eq!(place.content(), None);
    assert!(bench.profiles().is_empty());
    place.slow.borrow_mut().meanwhile = None;
    bench.apply(declaration(&place)).unwrap();
}

#[test]
fn one_is_at_work_at_a_time_so_that_a_place_cannot_apply_its_own_declaration() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let mut rival = bench.another();
    place.slow.borrow_mut().meanwhile = Some(Box::new(move |_| {
        // The place is lent out here: theirs is another one.
        let mut declared = declaration(&Place::default());
        let plan = rival.plan(&mut declared).unwrap();
        let refused = apply::apply(&mut rival.core, &mut declared, &plan, &mut |_, _| Ok(()));
        assert!(matches!(refused, Err(Error::AtWork)), "{refused:?}");
        Ok(())
    }));
    bench.apply(declaration(&place)).unwrap();
    assert_eq!(bench.reason(&place.token()), "valid");
    // Whoever is done lets others.
    place.slow.borrow_mut().meanwhile = None;
    place.slow.borrow_mut().content = None;
    assert_eq!(bench.apply(declaration(&place)).unwrap().changes.len(), 1);
}

/// Does `meanwhile` in the middle of the delivery of a token that is replaced.
fn replaced_while(meanwhile: fn(&mut TestStore, &Place)) -> (TestStore, Place, Result<(), Error>) {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let mut declared = declaration(&place);
    declared.tokens[0].uses.device = Change::Set(p("desk"));
    let other = Place::default();
    declared.tokens.push(token("bot/other", other.source()));
    let plan = bench.plan(&mut declared).unwrap();
    let (mut rival, theirs) = (bench.another(), place.clone());
    other.slow.borrow_mut().meanwhile = Some(Box::new(move |_| {
        meanwhile(&mut rival, &theirs);
        Ok(())
    }));
    let done = apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()));
    assert!(done.is_ok() || other.content().is_none());
    (bench, place, done)
}

#[test]
fn a_token_or_a_place_that_another_call_has_changed_meanwhile_is_not_what_was_planned() {
    let (mut bench, place, done) = replaced_while(|rival, _| {
        let rotating = RotateRequest {
            target: at("bot/laptop"),
            overlap: p("0"),
            life: SuccessorLifetime::Inherited,
            at_least: None,
            form: p("native"),
            request: None,
        };
        rotate(&mut rival.core, &rotating, &mut ToNobody::default()).unwrap();
    });
    assert!(matches!(done, Err(Error::Moved)), "{done:?}");
    assert_eq!(
        bench.reason(&place.token()),
        "expired",
        "it has back what it held"
    );

    let (_, _, done) = replaced_while(|_, place| {
        place.slow.borrow_mut().content = Some("another call was here".to_owned());
    });
    assert!(matches!(done, Err(Error::Moved)), "{done:?}");

    let (mut bench, place, done) = replaced_while(|rival, _| {
        rival.connection("unrelated");
    });
    done.unwrap();
    assert_eq!(bench.reason(&place.token()), "valid");
}

#[test]
fn a_token_that_somebody_is_delivering_is_waited_for() {
    let mut bench = TestStore::with_sample_data();
    let mut rival = bench.another();
    let mut slow = Slow::doing(move |_| {
        let declared = vec![token("ci/laptop", Place::default().source())];
        let declared = Declaration {
            tokens: declared,
            ..Declaration::default()
        };
        let refused = rival.apply(declared).map(drop);
        assert_eq!(kind(refused), Kind::Busy);
        Ok(())
    });
    token::issue(&mut bench.core, &draft("ci/laptop"), slow.delivery()).unwrap();
    assert_eq!(
        token::show(&mut bench.core, &at("ci/laptop")).unwrap().id,
        slow.token().id()
    );
}

#[test]
fn what_is_called_off_in_the_middle_leaves_everything_as_it_was() {
    let (mut bench, first, second) = (TestStore::new(), Place::default(), Place::default());
    first.slow.borrow_mut().hold("what stood there");
    let mut declared = declaration(&first);
    declared.tokens.push(token("bot/phone", second.source()));
    let plan = bench.plan(&mut declared).unwrap();
    for last in 1..=2 {
        let epoch = bench.epoch();
        let mut onwards = |done, _| {
            if done == last {
                Err(std::io::Error::other("interrupted"))
            } else {
                Ok(())
            }
        };
        let off = apply::apply(&mut bench.core, &mut declared, &plan, &mut onwards);
        assert_eq!(kind(off), Kind::Undelivered);
        assert_eq!(bench.epoch(), epoch);
        assert_eq!(first.content().as_deref(), Some("what stood there"));
        assert_eq!(second.content(), None);
    }
}

#[test]
fn nothing_stops_that_nobody_has_agreed_to() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("old", &["hr"]);
    let mut declared = Declaration {
        connections: vec![connection("hr"), connection("crm")],
        profiles: vec![super::profile("ci", &["hr"])],
        ..Declaration::default()
    };
    let plan = apply::plan(&mut bench.core, &mut declared, Undeclared::Remove).unwrap();
    assert_eq!(plan.stops.tokens, 0);
    let held = bench.token("old/new");
    let done = apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()));
    assert!(matches!(done, Err(Error::Moved)), "{done:?}");
    assert_eq!(bench.reason(&held.token), "valid");
}

#[test]
fn a_command_that_keeps_a_secret_that_is_good_for_nothing_is_named() {
    let (mut bench, dark, bad) = (TestStore::new(), Place::dark(), Place::failing());
    let mut declared = declaration(&dark);
    declared
        .tokens
        .push(token("bot/phone", Place { dark: true, ..bad }.source()));
    let Err(failure) = bench.apply(declared) else {
        panic!("it is done")
    };
    assert_eq!(failure.kind(), Kind::Undelivered);
    assert!(
        failure
            .to_string()
            .ends_with("a secret that is not valid, for `bot/laptop`"),
        "{failure}"
    );
}
