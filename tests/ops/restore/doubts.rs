//! What may be valid again is said, and nothing else.

use hallpass::barrier::Acceptance;
use hallpass::model::name::EnvironmentName;
use hallpass::ops::edit::Change;
use hallpass::ops::{Suspend, connection, environment, mail, profile};

use super::*;
use crate::ops::otp::Letterbox;

const NONE: [&str; 0] = [];

#[test]
fn a_store_that_can_be_read_whole_leaves_no_doubt() {
    let mut machine = Machine::new();
    set_password(&mut machine.bench, OLD);
    let backup = machine.backup();
    machine.elsewhere(|bench| drop(bench.profile("new", &[])));
    let Restored {
        carried, replaced, ..
    } = machine.restore(&backup, Present::Store);
    assert_eq!(doubts(&carried), NONE);
    assert!(replaced.is_some());
}

#[test]
fn without_one_every_password_is_in_doubt() {
    for present in [Present::Nothing, Present::Damaged] {
        let mut machine = Machine::new();
        machine.bench.profile("other", &[]);
        set_password(&mut machine.bench, OLD);
        let backup = machine.backup();
        let Restored { carried, .. } = machine.restore(&backup, present);
        assert_eq!(
            doubts(&carried),
            ["store rules", "profile ci password"],
            "{present:?}"
        );
        assert!(is_password(&mut machine.bench, OLD));
    }
}

#[test]
fn a_store_that_is_older_than_this_machine_has_seen_it_proves_nothing_of_passwords() {
    let mut machine = Machine::new();
    set_password(&mut machine.bench, OLD);
    let backup = machine.backup();
    machine.bench.profile("first", &[]);
    let older = machine.backup();
    machine.bench.profile("second", &[]);
    machine.bench.backend.restore(older);
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(doubts(&carried), ["store rules", "profile ci password"]);
}

#[test]
fn a_store_that_is_damaged_in_part_says_what_it_can() {
    let mut machine = Machine::new();
    let held = machine.bench.token("ci/laptop");
    for n in 0..40 {
        machine.bench.token(&format!("ci/t{n}"));
    }
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        let all: Vec<_> = (0..40)
            .map(|n| crate::ops::fixture::at(&format!("ci/t{n}")))
            .collect();
        hallpass::ops::token::revoke(&mut bench.core, &all[..], None).unwrap();
    });
    // Nothing that is near it is vouched for either.
    let near = machine.bench.backend.tamper(|tables| {
        let first = *tables.obj.keys().next().unwrap();
        let near = tables.obj.keys().filter(|id| id[0] == first[0]).count();
        tables.obj.remove(&first).unwrap();
        near
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    let revoked = usize::try_from(counts(&carried).0).unwrap();
    assert!(
        near < 20 && (40 - near..=40).contains(&revoked),
        "{revoked} without {near}"
    );
    assert!(doubts(&carried).contains(&"store rules".to_owned()));
    assert_eq!(machine.bench.verdict(&held).word(), "valid");
}

#[test]
fn what_is_named_otherwise_since_is_in_doubt() {
    let mut machine = Machine::new();
    let email = |bench: &mut TestStore, address: &str| {
        let edits = profile::Edits {
            email: Change::Set(p(address)),
            ..profile::Edits::default()
        };
        profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    };
    email(&mut machine.bench, "old@example.org");
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        email(bench, "new@example.org");
        connection::rotate_key(&mut bench.core, &p("hr")).unwrap();
        environment::rotate_key(&mut bench.core, &p("production")).unwrap();
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    let expected = [
        "profile ci email",
        "connection hr api_key",
        "environment production key",
    ];
    assert_eq!(doubts(&carried), expected);
}

#[test]
fn mail_that_left_by_another_way_is_in_doubt() {
    fn set(bench: &mut TestStore, environment: Option<&str>, server: &str) {
        let way = mail::Draft {
            transport: p(server),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        let environment = environment.map(p::<EnvironmentName>);
        mail::set(
            &mut bench.core,
            &mut Letterbox::default(),
            environment.as_ref(),
            way,
        )
        .unwrap();
    }
    let mut machine = Machine::new();
    machine.bench.environment("test");
    set(&mut machine.bench, None, "smtp://one.example.com");
    set(&mut machine.bench, Some("test"), "smtp://two.example.com");
    let backup = machine.backup();
    machine.elsewhere(|bench| drop(bench.profile("other", &[])));
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(doubts(&carried), NONE);
    machine.elsewhere(|bench| {
        bench.wait(1);
        set(bench, None, "smtp://one.example.com");
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(
        doubts(&carried),
        ["mail settings"],
        "the same way, and another password"
    );
    machine.elsewhere(|bench| drop(mail::clear(&mut bench.core, Some(&p("test"))).unwrap()));
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(
        doubts(&carried),
        ["mail settings", "mail test settings"],
        "that is gone"
    );
}

#[test]
fn what_two_histories_do_not_both_have_is_in_doubt() {
    let mut machine = Machine::new();
    let common = machine.backup();
    machine.elsewhere(|bench| {
        bench.profile("theirs", &[]);
        bench.token("theirs/token");
        bench.connection("theirs");
        bench.environment("theirs");
    });
    let theirs = machine.backup();
    machine.bench.backend.restore(common);
    machine.elsewhere(|bench| drop(bench.profile("ours", &[])));
    let Restored { carried, .. } = machine.restore(&theirs, Present::Store);
    assert_eq!(
        doubts(&carried),
        [
            "profile theirs removal",
            "token theirs/token removal",
            "connection theirs removal",
            "environment theirs removal",
        ]
    );
}

#[test]
fn keys_that_may_have_been_removed_are_in_doubt() {
    use hallpass::barrier::NewSlot;
    use hallpass::ops::store::key;
    let code =
        hallpass::barrier::recovery::RecoveryCode::generate(&mut hallpass::entropy::OsEntropy);
    let code = code.unwrap();
    let mut machine = Machine::new();
    let added = key::add(&mut machine.bench.core, &NewSlot::Recovery(&code)).unwrap();
    let backup = machine.backup();
    let doubt = format!("key {} key", added.id);
    let Restored { carried, .. } = machine.restore(&backup, Present::Nothing);
    assert_eq!(doubts(&carried), ["store rules", &*doubt]);
    let mut machine = Machine::new();
    let added = key::add(&mut machine.bench.core, &NewSlot::Recovery(&code)).unwrap();
    let backup = machine.backup();
    machine.elsewhere(|bench| {
        let limits = KdfLimits {
            available_kib: None,
        };
        key::remove(&mut bench.core, &added, None, &limits).unwrap();
    });
    let Restored { carried, .. } = machine.restore(&backup, Present::Store);
    assert_eq!(doubts(&carried), [format!("key {} key", added.id)]);
}

#[test]
fn damage_of_what_this_machine_remembers_is_in_doubt() {
    let mut machine = Machine::new();
    machine.bench.token("ci/laptop");
    machine.bench.token("ci/other");
    let backup = machine.backup();
    machine.bench.revoke("ci/laptop");
    machine.bench.revoke("ci/other");
    let folder = machine.state.folder.clone().unwrap().join("anchors");
    let tombstones = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path());
    let tombstones = tombstones
        .filter(|it| it.extension().is_some())
        .last()
        .unwrap();
    let mut bytes = std::fs::read(&tombstones).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&tombstones, bytes).unwrap();
    let Restored { carried, .. } = machine.restore(&backup, Present::Nothing);
    assert_eq!(counts(&carried).0, 1, "the rest counts");
    assert_eq!(doubts(&carried), ["store rules", "store tombstones"]);
}

#[test]
fn an_accepted_rollback_carries_over_what_a_restore_does() {
    let mut machine = Machine::new();
    machine.bench.token("ci/laptop");
    set_password(&mut machine.bench, OLD);
    machine.bench.profile("other", &[]);
    let other = password(OLD);
    hallpass::ops::password::set(&mut machine.bench.core, &p("other"), &other).unwrap();
    let old = machine.backup();
    connection::block(&mut machine.bench.core, &p("hr"), None).unwrap();
    profile::suspend(&mut machine.bench.core, &p("other"), &Suspend::default()).unwrap();
    set_password(&mut machine.bench, NEW);
    machine.bench.revoke("ci/laptop");
    machine.bench.backend.restore(old);
    let core = &mut machine.bench.core;
    let previewed = store::preview_acceptance(core, Acceptance::Rollback).unwrap();
    assert!(core.read(|_| Ok(())).is_err(), "a trial accepts nothing");
    let carried = store::accept(core, Acceptance::Rollback).unwrap();
    assert_eq!(previewed, carried);
    assert_eq!(counts(&carried), (1, 2, 1));
    assert_eq!(doubts(&carried), ["store rules", "profile other password"]);
    assert!(!is_password(&mut machine.bench, OLD));
    let hr = connection::show(&mut machine.bench.core, &p("hr")).unwrap();
    assert_eq!(hr.state, connection::State::Blocked);
}

#[test]
fn an_accepted_fork_says_what_may_have_been_restricted_before() {
    let mut machine = Machine::new();
    machine.bench.token("ci/laptop");
    let common = machine.backup();
    profile::suspend(&mut machine.bench.core, &p("ci"), &Suspend::default()).unwrap();
    connection::block(&mut machine.bench.core, &p("hr"), None).unwrap();
    machine.bench.backend.restore(common);
    machine.elsewhere(|bench| {
        for n in 0..4 {
            bench.profile(&format!("theirs{n}"), &[]);
        }
    });
    // Further than this machine has been, so that nobody knows which came first.
    let carried = store::accept(&mut machine.bench.core, Acceptance::Fork).unwrap();
    assert_eq!(counts(&carried), (0, 0, 0));
    let expected = [
        "store rules",
        "profile ci suspension",
        "connection hr block",
    ];
    assert_eq!(doubts(&carried), expected);
}

#[test]
fn a_clock_that_is_accepted_revives_nothing_and_leaves_no_doubt() {
    let mut machine = Machine::new();
    set_password(&mut machine.bench, OLD);
    machine.bench.wait(86_400);
    machine.bench.profile("later", &[]);
    machine.bench.clock.set_back(86_400);
    let carried = store::accept(&mut machine.bench.core, Acceptance::Clock).unwrap();
    assert_eq!((counts(&carried), doubts(&carried).len()), ((0, 0, 0), 0));
}
