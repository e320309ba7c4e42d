//! What a plan counts, and all that is wrong at once.

use std::io;

use hallpass::Kind;
use hallpass::model::token::Token;
use hallpass::ops::apply::{self, Access, Declaration, Profile};
use hallpass::ops::delivery::DeferredSink;
use hallpass::ops::edit::Change;
use hallpass::ops::token::Source;
use hallpass::secret::SecretText;
use hallpass::{Error, Result};
use zeroize::Zeroizing;

use super::{Place, connection, profile, token};
use crate::ops::fixture::{TestStore, draft, kind, p};

/// A place that cannot be looked at.
struct Blind;

impl DeferredSink for Blind {
    fn timeout_seconds(&self) -> u32 {
        60
    }

    fn display_name(&self) -> String {
        "a place".to_owned()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn overwrites(&self) -> bool {
        false
    }

    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn deliver(&mut self, _: &SecretText, _: Option<&[u8]>) -> io::Result<()> {
        Ok(())
    }

    fn restore(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_made_with_the_rest_neither_stops_nor_opens() {
    let (mut bench, place) = (TestStore::with_sample_data(), Place::default());
    bench.profile("bot", &["crm"]);
    let mut bound = token("bot/laptop", place.source());
    bound.uses.connection = Change::Set(p("erp"));
    let narrow = apply::Connection {
        deny_ip: Change::Set(vec![p("192.0.2.7")]),
        ..connection("crm")
    };
    let plan = bench
        .apply(Declaration {
            connections: vec![narrow, connection("erp")],
            profiles: vec![profile("bot", &["crm", "erp"])],
            tokens: vec![bound],
            ..Declaration::default()
        })
        .unwrap();
    assert!(!plan.stops.stops(), "{:?}", plan.stops);
    assert_eq!(plan.stops.wider, 0, "it was not there before");
    assert_eq!(
        plan.stops.opens.len(),
        1,
        "but what its profile may use is more"
    );
    assert!(!plan.needs_consent());
    assert_eq!(bench.reason(&place.token()), "valid");
}

#[test]
fn what_would_stop_more_than_was_agreed_to_is_not_done() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/laptop");
    let access = Some(Access::Only(vec![p("crm")]));
    let mut declared = Declaration {
        profiles: vec![Profile {
            access,
            ..profile("ci", &[])
        }],
        ..Declaration::default()
    };
    let plan = bench.plan(&mut declared).unwrap();
    assert_eq!(plan.stops.examples, ["ci/laptop"]);
    let late = bench.another().issue(&draft("ci/phone")).unwrap();
    let done = apply::apply(&mut bench.core, &mut declared, &plan, &mut |_, _| Ok(()));
    assert_eq!(kind(done), Kind::Busy);
    let late = Token::parse(late.secret.expose()).unwrap();
    assert_eq!(bench.reason(&late), "valid");
}

/// What is wrong with each thing.
fn wrong(result: Result<apply::Plan>) -> Vec<String> {
    match result.map(drop) {
        Err(Error::Parts(all)) => all.iter().map(ToString::to_string).collect(),
        Err(part @ Error::Part { .. }) => vec![part.to_string()],
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_goes_on_where_something_is_wrong_and_says_all_of_it() {
    let mut bench = TestStore::with_sample_data();
    let edits = connection::Edits {
        token_lifetime: Change::Set(p("30d")),
        ..connection::Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    let places: Vec<_> = (0..3).map(|_| Place::default()).collect();
    let mut tokens: Vec<_> = places
        .iter()
        .zip(["ci/a", "ci/b", "ci/c"])
        .map(|(place, address)| token(address, place.source()))
        .collect();
    tokens[1].expires = Some(p("90d"));
    let blind = Source::Sink {
        sink: Box::new(Blind),
        display_name: "a place".to_owned(),
    };
    tokens.push(token("ci/blind", blind));
    tokens.push(token("gone/a", Place::default().source()));
    let mut declared = Declaration {
        profiles: vec![profile("gone", &["nowhere"])],
        tokens,
        ..Declaration::default()
    };
    // What cannot be looked at is wrong by itself; tokens of a profile that is wrong are not named.
    let mut all = wrong(bench.plan(&mut declared));
    all.sort();
    assert_eq!(all, ["profile `gone`", "token `ci/b`", "token `ci/blind`"]);
    declared.profiles.clear();
    declared.tokens.truncate(3);
    assert_eq!(wrong(bench.plan(&mut declared)), ["token `ci/b`"]);
    assert_eq!(kind(bench.plan(&mut declared).map(drop)), Kind::Refused);
    // Of one that is wrong alone it is said, too.
    let blind = Source::Sink {
        sink: Box::new(Blind),
        display_name: "a place".to_owned(),
    };
    let mut declared = Declaration {
        tokens: vec![token("ci/blind", blind)],
        ..Declaration::default()
    };
    assert_eq!(kind(bench.plan(&mut declared).map(drop)), Kind::Undelivered);
}
