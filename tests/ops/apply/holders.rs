//! What becomes of the token that has a declared name already.

use hallpass::Kind;
use hallpass::model::token::{Encoding, TokenState};
use hallpass::ops::Suspend;
use hallpass::ops::apply::{self, Declaration, Undeclared};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{self, Declared, Preset, Source};
use hallpass::secret::SecretText;

use super::{Place, connection, declaration, profile, token as declared, words};
use crate::ops::audit::logged;
use crate::ops::fixture::{DAY, TestStore, at, draft, kind, p};
use crate::ops::meanwhile::killed_rotation;
use crate::ops::pending::killed;

fn only(token: Declared) -> Declaration {
    Declaration {
        tokens: vec![token],
        ..Declaration::default()
    }
}

/// A token of `ci` that is bound to `hr`.
fn bound(source: Source) -> Declared {
    let mut bound = declared("ci/laptop", source);
    bound.uses.connection = Change::Set(p("hr"));
    bound
}

/// Profile `ci` may use `crm` alone from now on.
fn take_hr(bench: &mut TestStore) {
    let edits = profile::Edits {
        connections: ListChange {
            add: vec![p("crm")],
            remove: vec![p("hr")],
        },
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
}

#[test]
fn one_that_is_being_delivered_is_waited_for_and_not_revoked() {
    let mut bench = TestStore::with_sample_data();
    killed(&mut bench, "ci/laptop");
    let waits = bench.apply(only(declared("ci/laptop", Source::Nowhere)));
    assert_eq!(kind(waits.map(drop)), Kind::Busy);
    let mut undeclared = Declaration {
        connections: vec![connection("hr"), connection("crm")],
        profiles: vec![profile("ci", &["hr"])],
        ..Declaration::default()
    };
    let plan = apply::plan(&mut bench.core, &mut undeclared, Undeclared::Remove).unwrap();
    apply::apply(&mut bench.core, &mut undeclared, &plan, &mut |_, _| Ok(())).unwrap();
    assert_eq!(bench.show("ci/laptop").state, TokenState::Pending);
}

#[test]
fn one_whose_successor_is_being_delivered_is_not_replaced_again() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench.token("ci/laptop");
    killed_rotation(&mut bench);
    let waits = bench.apply(only(declared("ci/laptop", place.source())));
    assert_eq!(kind(waits.map(drop)), Kind::Busy);
}

#[test]
fn the_same_import_for_other_uses_is_another_token() {
    let mut bench = TestStore::with_sample_data();
    let import = |device: Option<&str>| {
        let text = SecretText::new("kD83jf0sLq92mvNx71Bz6cYp4Wt5Re".to_owned());
        let mut moved = declared("ci/moved", Source::Preset(Preset::Value(text)));
        if let Some(device) = device {
            moved.uses.device = Change::Set(p(device));
        }
        only(moved)
    };
    bench.apply(import(None)).unwrap();
    assert!(bench.apply(import(None)).unwrap().is_empty());
    let other = bench.apply(import(Some("desk")));
    assert_eq!(kind(other.map(drop)), Kind::Exists);
    assert_eq!(bench.show("ci/moved").device, None);
}

#[test]
fn a_new_one_that_would_end_too_soon_is_refused() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let with_end = |end: &str| {
        let mut declared = declaration(&place);
        declared.tokens[0].expires = Some(p(end));
        declared
    };
    assert_eq!(kind(bench.apply(with_end("13d")).map(drop)), Kind::Refused);
    assert_eq!((bench.profiles().len(), place.deliveries()), (0, 0));
    bench.apply(with_end("14d")).unwrap();
}

#[test]
fn a_new_one_is_bound_to_the_only_connection_unless_it_is_for_any() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench
        .apply(only(declared("ci/bound", place.source())))
        .unwrap();
    assert_eq!(bench.show("ci/bound").connection, Some(p("hr")));
    let other = Place::default();
    let mut any = declared("ci/any", other.source());
    any.uses.connection = Change::Clear;
    bench.apply(only(any)).unwrap();
    assert_eq!(bench.show("ci/any").connection, None);
}

#[test]
fn a_replaced_token_names_its_successor() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let first = place.token();
    place.slow.borrow_mut().content = None;
    bench.apply(declaration(&place)).unwrap();
    let shown = bench.show(&first.id().to_string());
    assert_eq!(shown.successor, Some(place.token().id()));
}

#[test]
fn the_log_says_what_a_successor_is_for_that_the_old_one_was_not() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench.profile("bot", &["hr", "crm"]);
    let for_uses = |connection: &str, ranges: &[&str]| {
        let mut declared = declared("bot/laptop", place.source());
        declared.uses.connection = Change::Set(p(connection));
        declared.uses.allow_ip = Change::Set(ranges.iter().map(|it| p(it)).collect());
        only(declared)
    };
    bench.apply(for_uses("hr", &["192.0.2.0/24"])).unwrap();
    bench.apply(for_uses("crm", &["198.51.100.0/24"])).unwrap();
    let rotated = logged(&mut bench, "token.rotate");
    let fact = |key: &str| rotated[0].details[key].as_str();
    assert_eq!(
        (fact("connection.before"), fact("connection.after")),
        ("hr", "crm")
    );
    let ranges = (fact("allow_ip.before"), fact("allow_ip.after"));
    assert_eq!(ranges, ("192.0.2.0/24", "198.51.100.0/24"));
    assert_eq!(rotated[0].details.get("environment.before"), None);
}

#[test]
fn one_that_an_operator_has_suspended_is_left_alone() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let how = Suspend::default();
    token::suspend(&mut bench.core, &[at("bot/laptop")], &how).unwrap();
    place.slow.borrow_mut().content = None;
    assert!(bench.apply(declaration(&place)).unwrap().is_empty());
    assert_eq!(place.content(), None);
    let mut other = declaration(&place);
    other.tokens[0].uses.device = Change::Set(p("desk"));
    assert_eq!(kind(bench.apply(other).map(drop)), Kind::Refused);
}

#[test]
fn a_place_that_holds_another_token_has_lost_its_own() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    let first = place.token();
    let another = bench.issue(&draft("bot/desk")).unwrap();
    place.slow.borrow_mut().content = Some(another.secret.expose().to_owned());
    let done = bench.apply(declaration(&place)).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    assert_eq!(bench.show("bot/laptop").predecessor, Some(first.id()));
    assert_eq!(place.token().id(), bench.show("bot/laptop").id);
}

#[test]
fn a_limit_that_was_lowered_since_holds_for_the_successor() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    bench.apply(declaration(&place)).unwrap();
    place.slow.borrow_mut().content = None;
    let mut lowered = declaration(&place);
    lowered.connections[0].token_lifetime = Change::Set(p("30d"));
    bench.apply(lowered).unwrap();
    let end = bench.show("bot/laptop").expires_at.unwrap();
    assert_eq!(end.seconds(), bench.now().seconds() + 30 * DAY);
}

#[test]
fn a_successor_has_the_lifetime_of_the_old_one_where_none_is_declared() {
    let (mut bench, place) = (TestStore::new(), Place::default());
    let mut with_end = declaration(&place);
    with_end.tokens[0].expires = Some(p("60d"));
    bench.apply(with_end).unwrap();
    place.slow.borrow_mut().content = None;
    bench.wait(DAY);
    let done = bench.apply(declaration(&place)).unwrap();
    assert_eq!(words(&done), ["rotate token bot/laptop"]);
    let end = bench.show("bot/laptop").expires_at.unwrap();
    assert_eq!(end.seconds(), bench.now().seconds() + 60 * DAY);
}

#[test]
fn declaring_a_token_and_that_its_profile_may_not_use_its_connection_is_a_mistake() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let both = Declaration {
        profiles: vec![profile("ci", &["crm"])],
        ..only(bound(Source::Nowhere))
    };
    assert_eq!(kind(bench.apply(both).map(drop)), Kind::Refused);
    assert!(
        bench
            .apply(only(bound(Source::Nowhere)))
            .unwrap()
            .is_empty()
    );
    // One that has no place and was of no use before is not what is declared here.
    take_hr(&mut bench);
    assert!(
        bench
            .apply(only(bound(Source::Nowhere)))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn one_that_goes_to_a_place_has_to_be_of_use() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench.apply(only(bound(place.source()))).unwrap();
    take_hr(&mut bench);
    let useless = bench.apply(only(bound(place.source())));
    assert_eq!(kind(useless.map(drop)), Kind::Refused);
    let held = place.token().encode(Encoding::Native);
    assert_eq!(place.content().as_deref(), Some(held.expose()));
}
