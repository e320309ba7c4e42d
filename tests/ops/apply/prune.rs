//! What is not declared goes, once somebody has agreed.

use hallpass::Kind;
use hallpass::model::audit::Entry;
use hallpass::model::token::{Encoding, Presented};
use hallpass::ops::apply::{self, Declaration, Plan, Undeclared};
use hallpass::ops::export::export;
use hallpass::ops::session::{SessionOutcome, SessionRequest, from_token};
use hallpass::ops::token::{RotateRequest, Source, rotate};

use super::{Place, connection, declaration, environment, profile, token, words};
use crate::ops::audit::logged;
use crate::ops::fixture::{Held, Sink, TestStore, kind, p};
use crate::ops::meanwhile::at_once;
use crate::ops::pending::killed;

fn prune(bench: &mut TestStore, mut declared: Declaration) -> hallpass::Result<Plan> {
    let plan = apply::plan(&mut bench.core, &mut declared, Undeclared::Remove)?;
    apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()))?;
    Ok(plan)
}

#[test]
fn tokens_profiles_connections_and_environments_go_in_one_transaction() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench.environment("old");
    bench.profile("gone", &["crm"]);
    let (own, other) = (bench.token("ci/laptop"), bench.token("gone/laptop"));
    bench.apply(declaration(&place)).unwrap();
    let mut declared = declaration(&place);
    declared.profiles.push(profile("ci", &["hr"]));
    let before = bench.epoch();
    let plan = apply::plan(&mut bench.core, &mut declared, Undeclared::Remove).unwrap();
    assert!(plan.needs_consent());
    assert_eq!(plan.stops.examples, ["ci/laptop", "gone/laptop"]);
    apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(())).unwrap();
    assert_eq!(bench.epoch(), before + 1);
    let mut done = words(&plan);
    done.sort();
    assert_eq!(
        done,
        [
            "delete connection crm",
            "delete environment old",
            "delete profile gone",
            "revoke token ci/laptop"
        ]
    );
    let reason = |bench: &mut TestStore, held: &Held| bench.verdict(held).to_string();
    assert_eq!(reason(&mut bench, &own), "revoked");
    assert_eq!(reason(&mut bench, &other), "revoked");
    assert_eq!(bench.reason(&place.token()), "valid");
    // The default environment stays, though nobody named it.
    let names = environment::list(&mut bench.core).unwrap();
    assert_eq!(
        names
            .iter()
            .map(|it| it.name.to_string())
            .collect::<Vec<_>>(),
        ["production", "staging"]
    );
    let mut again = declaration(&place);
    again.profiles.push(profile("ci", &["hr"]));
    assert!(prune(&mut bench, again).unwrap().is_empty());
}

#[test]
fn session_tokens_end_with_what_they_were_made_from_and_not_before() {
    let mut bench = TestStore::with_sample_data();
    let parent = bench.token("ci/laptop");
    bench.token("ci/more");
    let text = parent.token.encode(Encoding::Native);
    let presented = Presented::parse(text.expose()).unwrap();
    let request = SessionRequest::new(p("ci"));
    let made = from_token(&mut bench.core, &request, &presented).unwrap();
    let SessionOutcome::Issued(made) = made else {
        panic!("{made:?}")
    };
    let added = logged(&mut bench, "token.add");
    let is_of_parent =
        |it: &Entry| it.details.get("parent") == Some(&parent.summary.id.to_string());
    assert_eq!(added.iter().filter(|it| is_of_parent(it)).count(), 1);
    let made: Held = (*made).into();
    let declared = Declaration {
        connections: vec![connection("hr"), connection("crm")],
        profiles: vec![profile("ci", &["hr"])],
        tokens: vec![token("ci/laptop", Source::Nowhere)],
        ..Declaration::default()
    };
    assert_eq!(
        words(&prune(&mut bench, declared).unwrap()),
        ["revoke token ci/more"]
    );
    assert_eq!(bench.verdict(&made).to_string(), "valid");
}

#[test]
fn what_has_no_name_of_its_own_is_not_exported() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let id = bench.show("ci/laptop").id.to_string();
    let rotating = RotateRequest {
        overlap: p("1d"),
        ..at_once(&id)
    };
    rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
    killed(&mut bench, "ci/pending");
    let inventory = export(&mut bench.core, &mut |_, _| ()).unwrap();
    let ids: Vec<_> = inventory.tokens.iter().map(|it| it.id).collect();
    assert_eq!(ids, [bench.show("ci/laptop").id]);
}

#[test]
fn one_that_was_replaced_stays_for_its_overlap() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let first = place.token();
    place.slow.borrow_mut().content = None;
    let plan = prune(&mut bench, declaration(&place)).unwrap();
    assert_eq!(words(&plan), ["rotate token bot/laptop"]);
    assert_eq!(bench.reason(&first), "valid");
    assert!(prune(&mut bench, declaration(&place)).unwrap().is_empty());
}

#[test]
fn what_is_still_used_is_refused_and_nothing_is_done() {
    let mut bench = TestStore::with_sample_data();
    let declared = Declaration {
        profiles: vec![profile("ci", &[])],
        ..Declaration::default()
    };
    let refused = prune(&mut bench, declared);
    assert_eq!(kind(refused.map(|plan| words(&plan))), Kind::Refused);
    assert_eq!(connection::list(&mut bench.core).unwrap().len(), 2);
    let declared = Declaration {
        connections: vec![connection("hr"), connection("crm")],
        profiles: vec![profile("ci", &[])],
        tokens: vec![token("ci/laptop", Source::Nowhere)],
        ..Declaration::default()
    };
    assert_eq!(
        kind(prune(&mut bench, declared).map(|plan| words(&plan))),
        Kind::Refused
    );
    assert!(profile::show(&mut bench.core, &p("ci")).is_ok());
}

#[test]
fn an_empty_declaration_leaves_the_default_environment_alone() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let plan = prune(&mut bench, Declaration::default()).unwrap();
    assert_eq!(
        (plan.stops.tokens, bench.verdict(&held).to_string()),
        (1, "revoked".to_owned())
    );
    assert!(bench.profiles().is_empty() && connection::list(&mut bench.core).unwrap().is_empty());
    assert_eq!(environment::list(&mut bench.core).unwrap().len(), 1);
}
