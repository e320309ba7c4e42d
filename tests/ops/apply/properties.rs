//! Properties of what is declared: addresses, lifetimes, the default environment, states.

use hallpass::Kind;
use hallpass::ops::Suspend;
use hallpass::ops::apply::{Connection, Declaration, Environment, Profile};
use hallpass::ops::edit::Change;

use super::{connection, environment, profile, words};
use crate::ops::fixture::{TestStore, kind, p};

/// An environment that is to be the default, or not.
fn default(name: &str, is_default: bool) -> Environment {
    Environment {
        default: Some(is_default),
        ..environment(name)
    }
}

#[test]
fn addresses_lifetimes_and_the_default_environment_are_as_declared() {
    let mut bench = TestStore::with_sample_data();
    let ranges = |list: &[&str]| Change::Set(list.iter().map(|it| p(it)).collect());
    let declare = |it: &Connection| Declaration {
        environments: vec![default("staging", true)],
        connections: vec![it.clone()],
        ..Declaration::default()
    };
    let narrow = Connection {
        allow_ip: ranges(&["192.0.2.0/24"]),
        deny_ip: ranges(&["192.0.2.7"]),
        token_lifetime: Change::Set(p("30d")),
        group: Change::Set(p("staff")),
        ..connection("hr")
    };
    bench.apply(declare(&narrow)).unwrap();
    assert!(bench.apply(declare(&narrow)).unwrap().is_empty());
    let shown = connection::show(&mut bench.core, &p("hr")).unwrap();
    assert_eq!((shown.allow_ip.len(), shown.deny_ip.len()), (1, 1));
    assert!(
        environment::show(&mut bench.core, &p("staging"))
            .unwrap()
            .default
    );
    let not_default = default("staging", false);
    let none = Declaration {
        environments: vec![not_default.clone()],
        ..Declaration::default()
    };
    assert_eq!(
        kind(bench.apply(none).map(drop)),
        Kind::Refused,
        "there always is one"
    );
    let moved = Declaration {
        environments: vec![not_default, default("production", true)],
        ..Declaration::default()
    };
    assert_eq!(bench.apply(moved).unwrap().changes.len(), 1);
    bench.apply(declare(&narrow)).unwrap();
    let wide = Connection {
        allow_ip: Change::Clear,
        group: Change::Set(p("STAFF")),
        ..narrow
    };
    assert_eq!(
        words(&bench.apply(declare(&wide)).unwrap()),
        ["edit connection hr"]
    );
    assert!(
        connection::show(&mut bench.core, &p("hr"))
            .unwrap()
            .allow_ip
            .is_empty()
    );
    assert!(bench.apply(declare(&wide)).unwrap().is_empty());
}

#[test]
fn a_state_that_is_declared_is_brought_about_and_has_to_be_agreed_to() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let declare = |suspension, block| Declaration {
        connections: vec![Connection {
            block,
            ..connection("crm")
        }],
        profiles: vec![Profile {
            suspension,
            ..profile("ci", &[])
        }],
        ..Declaration::default()
    };
    let until = |time| Suspend {
        reason: Some(p("audit")),
        until: Some(time),
    };
    let stopped = || {
        let end = p("2030-01-01");
        declare(Change::Set(until(end)), Change::Set(Some(p("leaked"))))
    };
    let plan = bench.plan(&mut stopped()).unwrap();
    assert_eq!(words(&plan), ["suspend profile ci", "block connection crm"]);
    assert!(plan.needs_consent());
    assert_eq!(plan.stops.examples, ["ci/laptop"]);
    bench.apply(stopped()).unwrap();
    assert_eq!(bench.reason(&held.token), "profile_suspended");
    assert!(bench.apply(stopped()).unwrap().is_empty());
    assert!(
        bench
            .apply(declare(Change::Keep, Change::Keep))
            .unwrap()
            .is_empty()
    );
    let active = bench.apply(declare(Change::Clear, Change::Clear)).unwrap();
    assert_eq!(
        words(&active),
        ["unblock connection crm", "resume profile ci"]
    );
    // A suspension whose end is past is none, and no mistake.
    let over = || declare(Change::Set(until(p("2020-01-01"))), Change::Keep);
    assert!(bench.apply(over()).unwrap().is_empty());
    // It does not end one that an operator has put there, and an end that is not declared stays.
    bench.apply(stopped()).unwrap();
    assert!(bench.apply(over()).unwrap().is_empty());
    let open = Suspend {
        reason: Some(p("audit")),
        until: None,
    };
    assert!(
        bench
            .apply(declare(Change::Set(open), Change::Keep))
            .unwrap()
            .is_empty()
    );
    let shown = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(shown.suspended.unwrap().until, Some(p("2030-01-01")));
}
