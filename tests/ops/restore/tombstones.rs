//! Without a store that can be read, what this machine remembers.

use hallpass::ops::{Suspend, connection, profile, token};

use super::*;
use crate::ops::fixture::at;

const UNREADABLE: [Present; 2] = [Present::Nothing, Present::Damaged];

/// Something that this machine restricts, how it is lifted, and whether it is seen.
struct Restriction {
    name: &'static str,
    make: fn(&mut TestStore),
    lift: fn(&mut TestStore),
    holds: fn(&mut TestStore) -> bool,
}

const RESTRICTIONS: [Restriction; 3] = [
    Restriction {
        name: "a suspended profile",
        make: |bench| {
            drop(profile::suspend(
                &mut bench.core,
                &p("ci"),
                &Suspend::default(),
            ));
        },
        lift: |bench| drop(profile::resume(&mut bench.core, &p("ci"))),
        holds: |bench| {
            profile::show(&mut bench.core, &p("ci")).unwrap().state == profile::State::Suspended
        },
    },
    Restriction {
        name: "a suspended token",
        make: |bench| {
            drop(token::suspend(
                &mut bench.core,
                &[at("ci/laptop")],
                &Suspend::default(),
            ));
        },
        lift: |bench| drop(token::resume(&mut bench.core, &[at("ci/laptop")])),
        holds: |bench| bench.show("ci/laptop").state.word() == "suspended",
    },
    Restriction {
        name: "a blocked connection",
        make: |bench| drop(connection::block(&mut bench.core, &p("hr"), None)),
        lift: |bench| drop(connection::unblock(&mut bench.core, &p("hr"))),
        holds: |bench| {
            connection::show(&mut bench.core, &p("hr")).unwrap().state == connection::State::Blocked
        },
    },
];

fn machine() -> Machine {
    let mut machine = Machine::new();
    machine.bench.token("ci/laptop");
    machine
}

#[test]
fn what_this_machine_has_restricted_since_is_restricted() {
    for present in UNREADABLE {
        for Restriction {
            name,
            make,
            lift: _,
            holds,
        } in RESTRICTIONS
        {
            let mut machine = machine();
            let backup = machine.backup();
            make(&mut machine.bench);
            let Restored {
                carried, replaced, ..
            } = machine.restore(&backup, present);
            assert!(holds(&mut machine.bench), "{name}, {present:?}");
            assert_eq!(
                (counts(&carried), replaced),
                ((0, 1, 0), None),
                "{name}, {present:?}"
            );
        }
    }
}

#[test]
fn what_was_restricted_and_lifted_again_is_not() {
    for present in UNREADABLE {
        for Restriction {
            name,
            make,
            lift,
            holds,
        } in RESTRICTIONS
        {
            let mut machine = machine();
            let backup = machine.backup();
            make(&mut machine.bench);
            lift(&mut machine.bench);
            let Restored { carried, .. } = machine.restore(&backup, present);
            assert!(!holds(&mut machine.bench), "{name}, {present:?}");
            assert_eq!(counts(&carried), (0, 0, 0), "{name}, {present:?}");
        }
    }
}

#[test]
fn what_the_backup_shows_itself_is_left_alone() {
    for present in UNREADABLE {
        for Restriction {
            name,
            make,
            lift,
            holds,
        } in RESTRICTIONS
        {
            let mut machine = machine();
            make(&mut machine.bench);
            let restricted = machine.backup();
            lift(&mut machine.bench);
            let lifted = machine.backup();
            machine.restore(&restricted, present);
            assert!(holds(&mut machine.bench), "{name}, {present:?}");
            machine.restore(&lifted, present);
            assert!(!holds(&mut machine.bench), "{name}, {present:?}");
        }
    }
}

#[test]
fn a_suspension_ends_when_it_was_to_end() {
    for present in UNREADABLE {
        let mut machine = machine();
        let backup = machine.backup();
        let day = Suspend {
            until: Some(p("1d")),
            ..Suspend::default()
        };
        profile::suspend(&mut machine.bench.core, &p("ci"), &day).unwrap();
        machine.restore(&backup, present);
        let suspended = profile::show(&mut machine.bench.core, &p("ci"))
            .unwrap()
            .suspended;
        assert!(suspended.unwrap().until.is_some());
        machine.bench.wait(86_400);
        assert_eq!(machine.bench.show("ci/laptop").effective.word(), "valid");
    }
}

#[test]
fn what_another_store_has_carried_over_is_remembered_from_then_on() {
    let mut machine = machine();
    let held = machine.bench.token("ci/other");
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        bench.revoke("ci/other");
        profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    });
    machine.restore(&backup, Present::Store);
    // Now there is nothing left of the store that said so.
    let Restored { carried, .. } = machine.restore(&backup, Present::Nothing);
    assert_eq!(counts(&carried), (1, 1, 0));
    assert_eq!(machine.bench.verdict(&held).word(), "revoked");
}

#[test]
fn nothing_is_remembered_without_an_anchor() {
    let mut machine = machine();
    machine.state = State::off();
    let backup = machine.backup();
    machine.elsewhere(|bench| bench.revoke("ci/laptop"));
    let Restored { carried, .. } = machine.restore(&backup, Present::Nothing);
    assert_eq!(counts(&carried), (0, 0, 0));
    assert_eq!(doubts(&carried), ["store rules"]);
}
