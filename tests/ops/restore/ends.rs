//! What has an end: revoked, deleted, removed for good, replaced, a password that was changed.

use hallpass::model::verdict::Reason;
use hallpass::ops::token::{
    self, Filter, RotateAnswer, RotateRequest, Rotated, StateFilter, SuccessorLifetime,
};
use hallpass::ops::{connection, environment, password, profile};

use super::*;
use crate::ops::fixture::{DAY, Held, Sink, at, draft};

/// Gives `ci/laptop` a successor, with what is left of the old one.
pub(super) fn rotate(bench: &mut TestStore, overlap: &str) -> Held {
    let rotating = RotateRequest {
        target: at("ci/laptop"),
        overlap: p(overlap),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: p("native"),
        request: None,
    };
    let answer = token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
    let RotateAnswer::Now(rotated) = answer else {
        panic!("{answer:?}")
    };
    let Rotated { issued, .. } = *rotated;
    issued.into()
}

/// Something that ends `ci/laptop`, and the verdict on it afterwards.
type End = (&'static str, fn(&mut TestStore), Reason);

const ENDS: [End; 4] = [
    (
        "revoked",
        |bench| bench.revoke("ci/laptop"),
        Reason::Revoked,
    ),
    (
        "its profile is deleted",
        |bench| drop(profile::delete(&mut bench.core, &p("ci"))),
        Reason::Revoked,
    ),
    (
        "replaced without an overlap",
        |bench| drop(rotate(bench, "0")),
        Reason::Expired,
    ),
    (
        "removed for good",
        |bench| {
            bench.revoke("ci/laptop");
            bench.wait(60);
            let ended = Filter {
                which: StateFilter::Ended,
                ended_for: Some(p("1m")),
                ..Filter::default()
            };
            assert_eq!(token::prune(&mut bench.core, &ended).unwrap().len(), 1);
        },
        Reason::Revoked,
    ),
];

#[test]
fn a_token_that_has_ended_in_the_replaced_store_has_ended() {
    for (how, end, reason) in ENDS {
        let mut machine = Machine::new();
        let held = machine.bench.token("ci/laptop");
        let backup = machine.backup();
        machine.elsewhere(end);
        let Restored { carried, .. } = machine.restore(&backup, Present::Store);
        assert_eq!(machine.bench.verdict(&held), reason, "{how}");
        let (revoked, ended, _) = counts(&carried);
        assert_eq!(revoked + ended, 1, "{how}");
        assert_eq!(doubts(&carried), [""; 0], "{how}");
    }
}

#[test]
fn a_token_that_this_machine_has_ended_has_ended_whatever_is_there() {
    for present in [Present::Store, Present::Nothing, Present::Damaged] {
        for (how, end, reason) in ENDS {
            let mut machine = Machine::new();
            let held = machine.bench.token("ci/laptop");
            let other = machine.bench.token("ci/other");
            let backup = machine.backup();
            end(&mut machine.bench);
            machine.restore(&backup, present);
            assert_eq!(machine.bench.verdict(&held), reason, "{how}, {present:?}");
            let kept = if how == "its profile is deleted" {
                Reason::Revoked
            } else {
                Reason::Valid
            };
            assert_eq!(machine.bench.verdict(&other), kept, "{how}, {present:?}");
        }
    }
}

#[test]
fn the_earlier_end_of_a_token_holds() {
    for present in [Present::Store, Present::Nothing, Present::Damaged] {
        let mut machine = Machine::new();
        let held = machine.bench.token("ci/laptop");
        let backup = machine.backup();
        rotate(&mut machine.bench, "1d");
        let Restored { carried, .. } = machine.restore(&backup, present);
        assert_eq!(counts(&carried), (0, 1, 0), "{present:?}");
        assert_eq!(
            machine.bench.verdict(&held),
            Reason::Valid,
            "in its window, {present:?}"
        );
        machine.bench.wait(DAY);
        assert_eq!(machine.bench.verdict(&held), Reason::Expired, "{present:?}");
    }
}

#[test]
fn an_earlier_end_in_the_backup_stays() {
    let mut machine = Machine::new();
    let held = machine.bench.token("ci/laptop");
    rotate(&mut machine.bench, "1d");
    let backup = machine.backup();
    machine.elsewhere(|bench| drop(bench.token("ci/other")));
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(counts(&carried), (0, 0, 0));
    machine.bench.wait(DAY);
    assert_eq!(machine.bench.verdict(&held), Reason::Expired);
}

#[test]
fn a_password_stays_only_if_it_is_the_same_in_both() {
    type Step = fn(&mut TestStore);
    let set_old: Step = |bench| set_password(bench, OLD);
    let set_new: Step = |bench| set_password(bench, NEW);
    let clear: Step = |bench| drop(password::clear(&mut bench.core, &p("ci")).unwrap());
    let nothing: Step = |_| ();
    let cases: [(&str, Step, Step, bool, u64); 6] = [
        ("equal", set_old, nothing, true, 0),
        ("changed", set_old, set_new, false, 1),
        ("cleared", set_old, clear, false, 1),
        ("set to the same again", set_old, set_old, false, 1),
        ("only since", nothing, set_old, false, 0),
        ("never", nothing, nothing, false, 0),
    ];
    for (what, before, since, stays, cleared) in cases {
        let mut machine = Machine::new();
        before(&mut machine.bench);
        let backup = machine.backup();
        machine.elsewhere(since);
        let Restored { carried, .. } = machine.restore(&backup, Present::Store);
        assert_eq!(is_password(&mut machine.bench, OLD), stays, "{what}");
        assert!(!is_password(&mut machine.bench, NEW), "{what}");
        assert_eq!(counts(&carried), (0, 0, cleared), "{what}");
        assert_eq!(doubts(&carried), [""; 0], "{what}");
    }
}

#[test]
fn a_password_that_this_machine_has_changed_is_cleared_whatever_is_there() {
    for present in [Present::Store, Present::Nothing, Present::Damaged] {
        let mut machine = Machine::new();
        set_password(&mut machine.bench, OLD);
        let backup = machine.backup();
        set_password(&mut machine.bench, NEW);
        let later = machine.backup();
        let Restored { carried, .. } = machine.restore(&backup, present);
        assert_eq!(counts(&carried).2, 1, "{present:?}");
        assert!(!is_password(&mut machine.bench, OLD), "{present:?}");
        let Restored { carried, .. } = machine.restore(&later, Present::Nothing);
        assert_eq!(
            counts(&carried).2,
            1,
            "cleared by the first restore, {present:?}"
        );
    }
}

#[test]
fn failures_at_a_password_and_at_codes_are_not_forgotten() {
    let mut machine = Machine::new();
    set_password(&mut machine.bench, OLD);
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        for _ in 0..5 {
            assert!(!is_password(bench, NEW));
        }
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(counts(&carried), (0, 0, 0));
    let shown = profile::show(&mut machine.bench.core, &p("ci")).unwrap();
    assert_eq!(shown.failures, 5);
}

#[test]
fn a_connection_or_environment_that_was_deleted_is_gone_with_all_that_is_for_it() {
    for present in [Present::Store, Present::Nothing, Present::Damaged] {
        let mut machine = Machine::new();
        let bench = &mut machine.bench;
        bench.environment("test");
        let mut for_test = draft("ci/for-test");
        for_test.environment = Some(p("test"));
        let for_test: Held = bench.issue(&for_test).unwrap().into();
        bench.profile("both", &["hr", "crm"]);
        bench.profile("alone", &["crm"]);
        let for_crm = bench.token("alone/for-crm");
        let kept = bench.token("both/kept");
        let backup = machine.backup();
        let end = |bench: &mut TestStore| {
            // Their tokens are revoked and restrictions changed, by a machine that said no more of it.
            profile::delete(&mut bench.core, &p("alone")).unwrap();
            let remove = hallpass::ops::edit::ListChange {
                add: Vec::new(),
                remove: vec![p("crm")],
            };
            let edits = profile::Edits {
                connections: remove,
                ..profile::Edits::default()
            };
            profile::edit(&mut bench.core, &p("both"), &edits).unwrap();
            bench.revoke("ci/for-test");
            connection::delete(&mut bench.core, &p("crm")).unwrap();
            environment::delete(&mut bench.core, &p("test")).unwrap();
        };
        end(&mut machine.bench);
        let Restored { carried, .. } = machine.restore(&backup, present);
        let core = &mut machine.bench.core;
        assert!(connection::show(core, &p("crm")).is_err(), "{present:?}");
        assert!(environment::show(core, &p("test")).is_err(), "{present:?}");
        let both = profile::show(core, &p("both")).unwrap();
        assert_eq!(both.connections, Some(vec![p("hr")]), "{present:?}");
        for held in [&for_test, &for_crm] {
            assert_eq!(machine.bench.verdict(held), Reason::Revoked, "{present:?}");
        }
        assert_eq!(machine.bench.verdict(&kept), Reason::Valid, "{present:?}");
        let (revoked, ended, _) = counts(&carried);
        assert_eq!((revoked, ended), (3, 3), "{present:?}: {carried:?}");
        // Their names are free.
        machine.bench.connection("crm");
        machine.bench.environment("test");
    }
}

#[test]
fn one_environment_stays_the_default() {
    // Another one that the backup has is.
    let mut machine = Machine::new();
    machine.bench.environment("a");
    machine.bench.environment("b");
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        let edits = environment::Edits {
            make_default: true,
            ..environment::Edits::default()
        };
        environment::edit(&mut bench.core, &p("b"), &edits).unwrap();
        environment::delete(&mut bench.core, &p("production")).unwrap();
    });
    machine.restore(&backup, Present::Store);
    let environments = environment::list(&mut machine.bench.core).unwrap();
    let seen: Vec<_> = environments
        .iter()
        .map(|it| (it.name.as_str(), it.default))
        .collect();
    assert_eq!(seen, [("a", false), ("b", true)]);
    // It has none: the one that was deleted stays, and its tokens do not.
    let mut machine = Machine::new();
    let held = machine.bench.token("ci/laptop");
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        bench.environment("new");
        let edits = environment::Edits {
            make_default: true,
            ..environment::Edits::default()
        };
        environment::edit(&mut bench.core, &p("new"), &edits).unwrap();
        bench.revoke("ci/laptop");
        environment::delete(&mut bench.core, &p("production")).unwrap();
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(doubts(&carried), ["environment production default"]);
    assert_eq!(machine.bench.verdict(&held), Reason::Revoked);
    machine.bench.token("ci/new");
}

#[test]
fn the_latest_time_that_was_seen_stays_seen() {
    for present in [Present::Store, Present::Nothing] {
        let mut machine = Machine::new();
        let mut short = draft("ci/short");
        short.expires = Some(p("1d"));
        let held: Held = machine.bench.issue(&short).unwrap().into();
        let backup = machine.backup();
        machine.bench.wait(2 * DAY);
        machine.bench.profile("later", &[]);
        machine.bench.clock.set_back(2 * DAY);
        assert_eq!(machine.bench.verdict(&held), Reason::Expired);
        machine.restore(&backup, present);
        assert_eq!(machine.bench.verdict(&held), Reason::Expired, "{present:?}");
    }
}

#[test]
fn a_store_whose_key_was_changed_since_is_read_all_the_same() {
    use hallpass::barrier::NewSlot;
    use hallpass::ops::store::key;
    let mut machine = Machine::new();
    let held = machine.bench.token("ci/laptop");
    let backup = machine.backup();
    let old = secret(&machine.bench);
    let passphrase = password("cobalt lantern quiet otter");
    machine.elsewhere(|bench| {
        bench.revoke("ci/laptop");
        let first = key::list(&mut bench.core).unwrap().remove(0);
        let params = hallpass::crypto::kdf::Argon2Params {
            m_kib: 65_536,
            t: 3,
            p: 1,
        };
        key::add(&mut bench.core, &NewSlot::Passphrase(&passphrase, params)).unwrap();
        let proof = Unlock::Passphrase(password("cobalt lantern quiet otter"));
        let limits = KdfLimits {
            available_kib: None,
        };
        key::remove(&mut bench.core, &first, Some(&proof), &limits).unwrap();
    });
    let Restored {
        carried, replaced, ..
    } = machine.restore_with(&backup, Present::Store, &old);
    assert_eq!((counts(&carried), replaced.is_some()), ((1, 0, 0), true));
    assert_eq!(machine.bench.verdict(&held), Reason::Revoked);
}
