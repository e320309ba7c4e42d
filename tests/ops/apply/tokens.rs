//! Which declared tokens are made, replaced, imported or left.

use hallpass::Kind;
use hallpass::model::time::Overlap;
use hallpass::ops::Suspend;
use hallpass::ops::apply::{self, Declaration};
use hallpass::ops::edit::Change;
use hallpass::ops::token::{Preset, Source};
use hallpass::secret::SecretText;

use super::{Place, connection as connection_of, declaration, profile, token, words};
use crate::ops::fixture::{DAY, TestStore, kind, p};

#[test]
fn a_token_is_replaced_where_its_place_lost_it_or_it_ends_too_soon() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let first = place.token();
    place.slow.borrow_mut().content = None;
    let done = bench.apply(declaration(&place)).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    let second = place.token();
    assert_eq!(
        (bench.reason(&first), bench.reason(&second)),
        ("valid".into(), "valid".into())
    );
    bench.wait(DAY + 1);
    assert_eq!(
        (bench.reason(&first), bench.reason(&second)),
        ("expired".into(), "valid".into())
    );
    assert!(bench.apply(declaration(&place)).unwrap().is_empty());
    bench.wait(355 * DAY);
    let done = bench.apply(declaration(&place)).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    assert_ne!(place.token().id(), second.id());
    let mut short = declaration(&place);
    short.tokens[0].expires = Some(p("7d"));
    short.tokens[0].uses.device = Change::Set(p("desk"));
    assert_eq!(
        kind(bench.apply(short).map(drop)),
        Kind::Refused,
        "less than `min_life`"
    );
}

#[test]
fn a_token_with_other_uses_is_replaced_and_the_log_says_which() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let first = place.token();
    let mut declared = declaration(&place);
    declared.tokens[0].uses.device = Change::Set(p("desk"));
    declared.tokens[0].uses.environment = Some(p("staging"));
    declared.tokens[0].overlap = Overlap::None;
    let plan = bench.plan(&mut declared).unwrap();
    assert_eq!(words(&plan), ["rotate token bot/laptop"]);
    let details = &plan.changes[0].details;
    assert_eq!(
        (&*details["device.before"], &*details["device.after"]),
        ("any", "desk")
    );
    assert_eq!(details["environment.after"], "staging");
    // The old one ends at once: that is something to agree to.
    assert!(plan.needs_consent());
    assert_eq!(
        (plan.stops.tokens, plan.stops.examples.clone()),
        (1, vec!["bot/laptop".to_owned()])
    );
    apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(())).unwrap();
    assert_eq!(bench.reason(&first), "expired");
    assert_eq!(bench.reason(&place.token()), "valid");
    let shown = bench.show("bot/laptop");
    assert_eq!(
        (shown.device, shown.predecessor),
        (Some(p("desk")), Some(first.id()))
    );
}

#[test]
fn a_place_that_cannot_be_read_is_given_another_token_only_when_the_old_one_ends() {
    let (mut bench, dark) = (TestStore::new(), Place::dark());
    bench.apply(declaration(&dark)).unwrap();
    assert!(bench.apply(declaration(&dark)).unwrap().is_empty());
    bench.wait(355 * DAY);
    assert_eq!(
        words(&bench.apply(declaration(&dark)).unwrap()),
        ["rotate token bot/laptop"]
    );
    assert_eq!(dark.deliveries(), 2);
}

#[test]
fn what_an_operator_has_stopped_is_left_alone() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    profile::suspend(&mut bench.core, &p("bot"), &Suspend::default()).unwrap();
    place.slow.borrow_mut().content = None;
    assert!(bench.apply(declaration(&place)).unwrap().is_empty());
    assert_eq!(place.content(), None);
    profile::resume(&mut bench.core, &p("bot")).unwrap();
    assert_eq!(bench.apply(declaration(&place)).unwrap().changes.len(), 1);
}

#[test]
fn a_token_without_a_place_has_to_be_there() {
    let mut bench = TestStore::with_sample_data();
    let declare = |it| Declaration {
        tokens: vec![it],
        ..Declaration::default()
    };
    let missing = bench.apply(declare(token("ci/laptop", Source::Nowhere)));
    assert_eq!(kind(missing.map(drop)), Kind::Refused);
    bench.token("ci/laptop");
    assert!(
        bench
            .apply(declare(token("ci/laptop", Source::Nowhere)))
            .unwrap()
            .is_empty()
    );
    let mut other = token("ci/laptop", Source::Nowhere);
    other.uses.device = Change::Set(p("desk"));
    assert_eq!(kind(bench.apply(declare(other)).map(drop)), Kind::Refused);
}

#[test]
fn a_token_of_another_system_is_imported_once() {
    let mut bench = TestStore::with_sample_data();
    let declare = |text: &str| {
        let preset = Preset::Value(SecretText::new(text.to_owned()));
        let tokens = vec![token("ci/moved", Source::Preset(preset))];
        Declaration {
            tokens,
            ..Declaration::default()
        }
    };
    let value = "kD83jf0sLq92mvNx71Bz6cYp4Wt5Re";
    assert_eq!(
        words(&bench.apply(declare(value)).unwrap()),
        ["import token ci/moved"]
    );
    assert!(bench.apply(declare(value)).unwrap().is_empty());
    let other = bench.apply(declare("Another83jf0sLq92mvNx71Bz6cYp4"));
    assert_eq!(kind(other.map(drop)), Kind::Exists);
    assert_eq!(
        kind(bench.apply(declare("guessable")).map(drop)),
        Kind::Refused
    );
}

#[test]
fn a_token_whose_profile_may_not_use_its_connection_is_a_mistake() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    let declare = |allowed: &str| {
        let mut bound = token("ci/laptop", place.source());
        bound.uses.connection = Change::Set(p("hr"));
        let profiles = vec![profile("ci", &[allowed])];
        Declaration {
            profiles,
            tokens: vec![bound],
            ..Declaration::default()
        }
    };
    bench.apply(declare("hr")).unwrap();
    assert_eq!(kind(bench.apply(declare("crm")).map(drop)), Kind::Refused);
    assert_eq!(bench.reason(&place.token()), "valid");
    // A connection that is blocked for a while is none.
    hallpass::ops::connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert!(bench.apply(declare("hr")).unwrap().is_empty());
}

#[test]
fn what_a_place_holds_is_replaced_if_it_is_ours_and_the_plan_says_so() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    place.slow.borrow_mut().content = Some("notes".to_owned());
    let Err(refused) = bench.plan(&mut declaration(&place)) else {
        panic!("it would be lost")
    };
    assert_eq!(refused.kind(), Kind::UnsafeFile);
    assert_eq!(refused.to_string(), "token `bot/laptop`");
    assert_eq!(
        (place.content().as_deref(), bench.profiles().len()),
        (Some("notes"), 0)
    );
    // It is agreed to.
    place.slow.borrow_mut().overwrites = true;
    let plan = bench.plan(&mut declaration(&place)).unwrap();
    let step = plan
        .changes
        .iter()
        .find(|step| step.kind == "token")
        .unwrap();
    assert_eq!(
        (&*step.details["to"], &*step.details["to.replaces"]),
        ("a place", "what was there")
    );
    bench.apply(declaration(&place)).unwrap();
    let first = place.content().unwrap();
    place.slow.borrow_mut().overwrites = false;
    // Nothing is replaced that stays as it is, and a token may be.
    assert!(bench.plan(&mut declaration(&place)).unwrap().is_empty());
    bench.wait(355 * DAY);
    let plan = bench.plan(&mut declaration(&place)).unwrap();
    assert_eq!(plan.changes[0].details["to.replaces"], "a token");
    bench.apply(declaration(&place)).unwrap();
    assert_ne!(place.content().unwrap(), first);
    // What came there after the plan stays.
    bench.wait(355 * DAY);
    let mut declared = declaration(&place);
    let plan = bench.plan(&mut declared).unwrap();
    place.slow.borrow_mut().content = Some(first.clone());
    let changed = apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()));
    assert_eq!(kind(changed), Kind::Undelivered);
    assert_eq!(place.content().unwrap(), first);
}

#[test]
fn a_successor_keeps_the_device_of_its_predecessor_and_takes_nobody_elses() {
    let (mut bench, place, other) = (TestStore::new(), Place::default(), Place::default());
    let declared = |device: &str, connection: &str| {
        let mut declared = declaration(&place);
        declared.connections.push(connection_of("crm"));
        declared.profiles[0] = profile("bot", &["hr", "crm"]);
        declared.tokens.push(token("bot/phone", other.source()));
        for (token, device) in declared.tokens.iter_mut().zip([device, "phone"]) {
            token.uses.device = Change::Set(p(device));
            token.uses.connection = Change::Set(p("hr"));
        }
        declared.tokens[0].uses.connection = Change::Set(p(connection));
        declared
    };
    bench.apply(declared("desk", "hr")).unwrap();
    place.slow.borrow_mut().content = None;
    let done = bench.apply(declared("DESK", "hr")).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    let taken = bench.apply(declared("phone", "hr"));
    assert_eq!(kind(taken.map(drop)), Kind::Exists);
    let done = bench.apply(declared("phone", "crm")).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    let back = bench.apply(declared("phone", "hr"));
    assert_eq!(
        kind(back.map(drop)),
        Kind::Exists,
        "the same device, on another connection"
    );
}
