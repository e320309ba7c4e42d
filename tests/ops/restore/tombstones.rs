//! Without a store that can be read, what this machine remembers.

use hallpass::model::verdict::Reason;
use hallpass::ops::token::{Filter, RotateRequest, StateFilter, SuccessorLifetime};
use hallpass::ops::{Suspend, connection, profile, token};

use super::ends::rotate;
use super::*;
use crate::ops::fixture::{DAY, Slow, at, draft};
use crate::ops::meanwhile::{Cut, at_once};

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

/// A replaced token ends sooner than its copy in a backup.
#[test]
fn a_revoked_token_that_was_replaced_before_is_revoked_as_long_as_a_backup_has_it() {
    type Act = fn(&mut TestStore, &str);
    let acts: [(&str, Act); 3] = [
        ("its successor is there", |_, _| ()),
        ("its successor is removed", |bench, _| {
            bench.wait(DAY);
            let ended = Filter {
                which: StateFilter::Ended,
                ended_for: Some(p("1d")),
                ..Filter::default()
            };
            assert_eq!(token::prune(&mut bench.core, &ended).unwrap().len(), 1);
        }),
        ("another successor was not delivered", |bench, old| {
            let rotating = RotateRequest {
                target: at(old),
                overlap: p("90d"),
                life: SuccessorLifetime::Inherited,
                at_least: None,
                form: p("native"),
                request: None,
            };
            token::rotate(&mut bench.core, &rotating, Slow::failing().delivery()).unwrap_err();
            assert_eq!(bench.show(old).successor, None);
        }),
    ];
    for (what, act) in acts {
        let mut machine = Machine::new();
        let old = machine.bench.token("ci/laptop");
        let backup = machine.backup();
        // Somewhere else, so that this machine remembers nothing of it.
        machine.elsewhere(|bench| drop(rotate(bench, "90d")));
        let new = machine.bench.show("ci/laptop").id;
        machine.bench.revoke(&new.to_string());
        let id = old.summary.id.to_string();
        act(&mut machine.bench, &id);
        machine.bench.revoke(&id);
        machine.bench.wait(100 * DAY);
        fill(&mut machine.bench);
        machine.restore(&backup, Present::Nothing);
        assert_eq!(machine.bench.verdict(&old), Reason::Revoked, "{what}");
    }
}

/// Writes so many tombstones that those which are not needed any more are removed.
fn fill(bench: &mut TestStore) {
    let drafts: Vec<_> = (0..1100).map(|n| draft(&format!("ci/t{n}"))).collect();
    token::issue_many(&mut bench.core, &drafts).unwrap();
    let live = Filter::default();
    let revoked = token::revoke(&mut bench.core, &live, None).unwrap();
    assert_eq!(revoked.len(), drafts.len());
}

/// Removes the one token that has ended, a day later.
fn remove_the_ended(machine: &mut Machine) {
    machine.bench.wait(DAY);
    let ended = Filter {
        which: StateFilter::Ended,
        ..Filter::default()
    };
    assert_eq!(
        token::prune(&mut machine.bench.core, &ended).unwrap().len(),
        1
    );
}

/// It was revoked somewhere else, and removed here.
#[test]
fn a_token_that_was_removed_for_good_is_revoked() {
    let mut machine = Machine::new();
    let held = machine.bench.token("ci/laptop");
    let backup = machine.backup();
    machine.elsewhere(|bench| bench.revoke("ci/laptop"));
    remove_the_ended(&mut machine);
    machine.restore(&backup, Present::Nothing);
    assert_eq!(machine.bench.verdict(&held), Reason::Revoked);
}

/// It was deleted somewhere else, and its last token was removed here.
#[test]
fn a_profile_that_went_with_its_last_token_is_deleted() {
    let mut machine = machine();
    let backup = machine.backup();
    machine.elsewhere(|bench| drop(profile::delete(&mut bench.core, &p("ci")).unwrap()));
    remove_the_ended(&mut machine);
    machine.restore(&backup, Present::Nothing);
    let gone = profile::show(&mut machine.bench.core, &p("ci"));
    assert_eq!(gone.unwrap_err().kind(), hallpass::Kind::NotFound);
}

#[test]
fn a_token_whose_rotation_was_undone_is_as_it_was() {
    for suspends in [false, true] {
        let mut machine = Machine::new();
        let old = machine.bench.token("ci/laptop");
        let backup = machine.backup();
        let mut cut = Cut(machine.bench.another(), |other: &mut TestStore| {
            if suspends {
                let how = Suspend::default();
                token::suspend(&mut other.core, &[at("ci/laptop")], &how).unwrap();
            }
        });
        let rotating = at_once("ci/laptop");
        token::rotate(&mut machine.bench.core, &rotating, &mut cut).unwrap_err();
        machine.restore(&backup, Present::Nothing);
        let reason = if suspends {
            Reason::TokenSuspended
        } else {
            Reason::Valid
        };
        assert_eq!(machine.bench.verdict(&old), reason);
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
