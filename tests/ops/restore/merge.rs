//! Each field of each record, in both stores: the stricter of the two holds.

use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::{Suspend, connection, environment, profile};

use hallpass::Error;

use super::*;
use crate::ops::fixture::draft;
use crate::ops::otp::{ask, mailed, mailing, other, why_not};

mod properties;

use properties::{groups, link, restrict, suspend_token};

fn shown(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn suspend_profile(bench: &mut TestStore, how: &Suspend) {
    profile::suspend(&mut bench.core, &p("ci"), how).unwrap();
}

fn hr(bench: &mut TestStore) -> connection::Summary {
    connection::show(&mut bench.core, &p("hr")).unwrap()
}

fn edit_hr(bench: &mut TestStore, edits: &connection::Edits) {
    connection::edit(&mut bench.core, &p("hr"), edits).unwrap();
}

fn list<T: std::str::FromStr<Err: std::fmt::Debug>>(words: &[&str]) -> Vec<T> {
    words.iter().map(|it| p(it)).collect()
}

fn deny(bench: &mut TestStore, add: &[&str], remove: &[&str]) {
    let deny_ip = ListChange {
        add: list(add),
        remove: list(remove),
    };
    edit_hr(
        bench,
        &connection::Edits {
            deny_ip,
            ..connection::Edits::default()
        },
    );
}

/// Lets `hr` be used from these alone; from anywhere, if there are none.
fn allow(bench: &mut TestStore, ranges: &[&str]) {
    edit_hr(
        bench,
        &connection::Edits {
            any_ip: true,
            ..connection::Edits::default()
        },
    );
    let allow_ip = ListChange {
        add: list(ranges),
        remove: Vec::new(),
    };
    edit_hr(
        bench,
        &connection::Edits {
            allow_ip,
            ..connection::Edits::default()
        },
    );
}

fn machine() -> Machine {
    let mut machine = Machine::new();
    machine.bench.token("ci/laptop");
    machine.bench.profile("open", &[]);
    machine
}

#[test]
fn of_two_suspensions_the_one_that_ends_later_holds() {
    let until = |end: &str| Suspend {
        until: Some(p(end)),
        ..Suspend::default()
    };
    for (backup, since, expected) in [
        (until("2d"), until("1d"), Some(2)),
        (until("1d"), until("2d"), Some(2)),
        (until("1d"), until("never"), None),
        (until("never"), until("1d"), None),
    ] {
        let mut machine = machine();
        let start = machine.bench.now();
        for suspend in [suspend_profile, suspend_token] {
            suspend(&mut machine.bench, &backup);
        }
        let kept = machine.backup();
        machine.elsewhere(|bench| {
            for suspend in [suspend_profile, suspend_token] {
                suspend(bench, &since);
            }
        });
        machine.restore(&kept, Present::Store);
        let expected = expected.map(|days| start.seconds() + days * 86_400);
        let profile = profile::show(&mut machine.bench.core, &p("ci")).unwrap();
        let token = machine.bench.show("ci/laptop");
        assert_eq!(token.state.word(), "suspended");
        for until in [profile.suspended.unwrap().until, token.suspended_until] {
            assert_eq!(until.map(hallpass::model::time::Time::seconds), expected);
        }
    }
}

#[test]
fn mails_to_an_address_count_whatever_the_backup_knows_of_them() {
    let mut machine = Machine {
        bench: mailing(),
        ..Machine::new()
    };
    machine.bench.core = open(&machine.bench, &machine.state);
    let (backup, start) = (machine.backup(), machine.bench.now().seconds());
    machine.elsewhere(|bench| drop(ask(bench, None).unwrap()));
    machine.restore(&backup, Present::Store);
    match ask(&mut machine.bench, None) {
        Err(Error::TooSoon(free)) => assert_eq!(free.seconds(), start + 10),
        other => panic!("{other:?}"),
    }
}

#[test]
fn attempts_at_codes_count_whatever_the_backup_knows_of_them() {
    let mut machine = Machine {
        bench: mailing(),
        ..Machine::new()
    };
    machine.bench.core = open(&machine.bench, &machine.state);
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        for _ in 0..2 {
            let code = mailed(bench, None);
            for _ in 0..5 {
                why_not(bench, &other(&code));
            }
            bench.wait(60);
        }
    });
    machine.restore(&backup, Present::Store);
    let spent = ask(&mut machine.bench, None);
    assert!(matches!(spent, Err(Error::Throttled(_))), "{spent:?}");
}

#[test]
fn a_suspension_that_is_over_is_not_carried_over() {
    let mut machine = machine();
    let backup = machine.backup();
    let day = Suspend {
        until: Some(p("1d")),
        ..Suspend::default()
    };
    machine.elsewhere(|bench| suspend_profile(bench, &day));
    suspend_token(&mut machine.bench, &day);
    machine.bench.wait(2 * 86_400);
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(counts(&carried), (0, 0, 0));
    assert_eq!(machine.bench.show("ci/laptop").effective.word(), "valid");
}

#[test]
fn lists_are_those_of_the_replaced_store_where_it_has_any_and_deny_rules_are_united() {
    let mut machine = machine();
    let first = |bench: &mut TestStore| {
        allow(bench, &["192.0.2.0/24", "198.51.100.0/24"]);
        deny(bench, &["192.0.2.7", "192.0.2.8"], &[]);
        link(bench, Change::Set(p("staff")));
        restrict(bench, "open", &["crm"]);
        groups(bench, &["staff", "night"], &[]);
    };
    let then = |bench: &mut TestStore| {
        allow(bench, &["203.0.113.0/24"]);
        deny(bench, &["192.0.2.9"], &["192.0.2.7"]);
        link(bench, Change::Set(p("night")));
        restrict(bench, "open", &["hr", "crm"]);
        groups(bench, &["ops"], &["staff"]);
    };
    first(&mut machine.bench);
    let backup = machine.backup();
    machine.elsewhere(then);
    machine.restore(&backup, Present::Store);
    let hr = hr(&mut machine.bench);
    assert_eq!(shown(&hr.allow_ip), r#"["203.0.113.0/24"]"#);
    assert_eq!(
        shown(&hr.deny_ip),
        r#"["192.0.2.7/32","192.0.2.8/32","192.0.2.9/32"]"#
    );
    assert_eq!(shown(&hr.group), r#""night""#);
    let open = profile::show(&mut machine.bench.core, &p("open")).unwrap();
    assert_eq!(shown(&open.connections), r#"["crm","hr"]"#);
    let ci = profile::show(&mut machine.bench.core, &p("ci")).unwrap();
    assert_eq!(
        shown(&ci.groups),
        r#"["night"]"#,
        "a group lets its members in: both must have it"
    );
}

#[test]
fn what_only_the_replaced_store_has_is_lost_and_a_restriction_to_it_opens_nothing() {
    let mut machine = machine();
    let held = machine.bench.token("open/any");
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        bench.connection("new");
        bench.environment("new");
        bench.profile("new", &["new"]);
        bench.token("new/token");
        restrict(bench, "open", &["new"]);
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(counts(&carried), (0, 1, 0));
    let core = &mut machine.bench.core;
    assert!(connection::show(core, &p("new")).is_err());
    assert!(environment::show(core, &p("new")).is_err());
    assert!(profile::show(core, &p("new")).is_err());
    let open = profile::show(core, &p("open")).unwrap();
    assert_eq!(
        open.connections,
        Some(Vec::new()),
        "it may use none, and not any"
    );
    let asked = hallpass::ops::verify::Asked {
        connection: Some(p("hr")),
        ..hallpass::ops::verify::Asked::default()
    };
    assert_eq!(
        machine.bench.judge(&held, &asked).reason.word(),
        "wrong_connection"
    );
    let add = ListChange {
        add: list(&["crm"]),
        remove: Vec::new(),
    };
    let edits = profile::Edits {
        connections: add,
        ..profile::Edits::default()
    };
    let edited = profile::edit(&mut machine.bench.core, &p("open"), &edits).unwrap();
    assert_eq!(shown(&edited.summary.connections), r#"["crm"]"#);
}

#[test]
fn the_allow_list_of_a_token_stays_and_its_uses_do() {
    let mut machine = machine();
    let mut bound = draft("ci/bound");
    (bound.allow_ip, bound.device) = (list(&["192.0.2.0/24"]), Some(p("desk")));
    machine.bench.issue(&bound).unwrap();
    let before = machine.bench.show("ci/bound");
    let backup = machine.backup();
    machine.elsewhere(|bench| bench.revoke("ci/laptop"));
    machine.restore(&backup, Present::Store);
    let after = machine.bench.show("ci/bound");
    assert_eq!(after.allow_ip, before.allow_ip);
    assert_eq!(
        (after.device, after.connection),
        (before.device, before.connection)
    );
}
