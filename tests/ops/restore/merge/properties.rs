//! Each property that is strict in one of the two stores and lax in the other is strict afterwards.

use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::{Suspend, connection, profile, token};

use super::{allow, deny, edit_hr, hr, list, machine, shown, suspend_profile};
use crate::ops::fixture::at;
use crate::ops::restore::*;

/// A property, in a strict and in a lax state, and how it goes from one to the other.
struct Property {
    name: &'static str,
    tighten: fn(&mut TestStore),
    loosen: fn(&mut TestStore),
    seen: fn(&mut TestStore) -> String,
}

const PROPERTIES: [Property; 9] = [
    Property {
        name: "a profile's suspension",
        tighten: |bench| suspend_profile(bench, &Suspend::default()),
        loosen: |bench| drop(profile::resume(&mut bench.core, &p("ci")).unwrap()),
        seen: |bench| shown(&profile::show(&mut bench.core, &p("ci")).unwrap().state),
    },
    Property {
        name: "a token's suspension",
        tighten: |bench| suspend_token(bench, &Suspend::default()),
        loosen: |bench| drop(token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap()),
        seen: |bench| shown(&bench.show("ci/laptop").state),
    },
    Property {
        name: "a block",
        tighten: |bench| drop(connection::block(&mut bench.core, &p("hr"), None).unwrap()),
        loosen: |bench| drop(connection::unblock(&mut bench.core, &p("hr")).unwrap()),
        seen: |bench| shown(&hr(bench).state),
    },
    Property {
        name: "a deny rule",
        tighten: |bench| deny(bench, &["192.0.2.0/24"], &[]),
        loosen: |bench| deny(bench, &[], &["192.0.2.0/24"]),
        seen: |bench| shown(&hr(bench).deny_ip),
    },
    Property {
        name: "an allow list",
        tighten: |bench| allow(bench, &["192.0.2.0/24"]),
        loosen: |bench| allow(bench, &[]),
        seen: |bench| shown(&hr(bench).allow_ip),
    },
    Property {
        name: "the group of a connection",
        tighten: |bench| link(bench, Change::Set(p("staff"))),
        loosen: |bench| link(bench, Change::Clear),
        seen: |bench| shown(&hr(bench).group),
    },
    Property {
        name: "the lifetime of a connection's tokens",
        tighten: |bench| lifetime(bench, "1d"),
        loosen: |bench| lifetime(bench, "365d"),
        seen: |bench| shown(&hr(bench).token_lifetime),
    },
    Property {
        name: "a restriction",
        tighten: |bench| restrict(bench, "open", &["crm"]),
        loosen: |bench| restrict(bench, "open", &[]),
        seen: |bench| {
            shown(
                &profile::show(&mut bench.core, &p("open"))
                    .unwrap()
                    .connections,
            )
        },
    },
    Property {
        name: "a group of a profile",
        tighten: |bench| groups(bench, &[], &["staff"]),
        loosen: |bench| groups(bench, &["staff"], &[]),
        seen: |bench| shown(&profile::show(&mut bench.core, &p("ci")).unwrap().groups),
    },
];

pub(super) fn suspend_token(bench: &mut TestStore, how: &Suspend) {
    token::suspend(&mut bench.core, &[at("ci/laptop")], how).unwrap();
}

pub(super) fn link(bench: &mut TestStore, group: Change<hallpass::model::name::GroupName>) {
    edit_hr(
        bench,
        &connection::Edits {
            group,
            ..connection::Edits::default()
        },
    );
}

fn lifetime(bench: &mut TestStore, span: &str) {
    let token_lifetime = Change::Set(p(span));
    edit_hr(
        bench,
        &connection::Edits {
            token_lifetime,
            ..connection::Edits::default()
        },
    );
}

/// Lets a profile use these alone; any, if there are none.
pub(super) fn restrict(bench: &mut TestStore, name: &str, connections: &[&str]) {
    let any = profile::Edits {
        any_connection: true,
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p(name), &any).unwrap();
    let connections = ListChange {
        add: list(connections),
        remove: Vec::new(),
    };
    let edits = profile::Edits {
        connections,
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p(name), &edits).unwrap();
}

pub(super) fn groups(bench: &mut TestStore, add: &[&str], remove: &[&str]) {
    let groups = ListChange {
        add: list(add),
        remove: list(remove),
    };
    let edits = profile::Edits {
        groups,
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
}

#[test]
fn what_the_replaced_store_holds_more_strictly_is_carried_over() {
    for Property {
        name,
        tighten,
        loosen,
        seen,
    } in PROPERTIES
    {
        let mut machine = machine();
        loosen(&mut machine.bench);
        let lax = seen(&mut machine.bench);
        let backup = machine.backup();
        machine.elsewhere(tighten);
        let strict = seen(&mut machine.bench);
        assert_ne!(lax, strict, "{name}: the premise");
        let Restored { carried, .. } = machine.restore(&backup, Present::Store);
        assert_eq!(seen(&mut machine.bench), strict, "{name}");
        assert_eq!(counts(&carried), (0, 1, 0), "{name}");
        assert_eq!(doubts(&carried), [""; 0], "{name}");
    }
}

#[test]
fn what_the_backup_holds_more_strictly_stays() {
    for Property {
        name,
        tighten,
        loosen,
        seen,
    } in PROPERTIES
    {
        let mut machine = machine();
        tighten(&mut machine.bench);
        let strict = seen(&mut machine.bench);
        let backup = machine.backup();
        machine.elsewhere(loosen);
        assert_ne!(seen(&mut machine.bench), strict, "{name}: the premise");
        let Restored { carried, .. } = machine.restore(&backup, Present::Store);
        assert_eq!(seen(&mut machine.bench), strict, "{name}");
        assert_eq!(counts(&carried), (0, 0, 0), "{name}");
    }
}

#[test]
fn what_both_hold_alike_is_left_alone() {
    for Property {
        name,
        tighten,
        loosen,
        seen,
    } in PROPERTIES
    {
        for make in [tighten, loosen] {
            let mut machine = machine();
            make(&mut machine.bench);
            let before = seen(&mut machine.bench);
            let backup = machine.backup();
            machine.elsewhere(|bench| drop(bench.profile("other", &[])));
            let Restored { carried, .. } = machine.restore(&backup, Present::Store);
            assert_eq!(seen(&mut machine.bench), before, "{name}");
            assert_eq!(counts(&carried), (0, 0, 0), "{name}");
        }
    }
}

#[test]
fn a_backup_that_went_on_from_the_replaced_store_says_all_itself() {
    for Property {
        name,
        tighten,
        loosen,
        seen,
    } in PROPERTIES
    {
        let mut machine = machine();
        tighten(&mut machine.bench);
        let older = machine.backup();
        machine.elsewhere(loosen);
        let lax = seen(&mut machine.bench);
        let backup = machine.backup();
        machine.bench.backend.restore(older);
        let Restored { carried, .. } = machine.restore(&backup, Present::Store);
        assert_eq!(seen(&mut machine.bench), lax, "{name}");
        assert_eq!(counts(&carried), (0, 0, 0), "{name}");
        assert_eq!(doubts(&carried), [""; 0], "{name}");
    }
}
