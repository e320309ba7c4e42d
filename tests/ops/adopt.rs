//! What a machine knows to have ended ends in the history that it adopts, before anything is
//! answered.

use hallpass::Kind;
use hallpass::backend::memory::Tables;
use hallpass::barrier::{Acceptance, KdfLimits, Notice, State, Store, Unlock};
use hallpass::model::token::TokenState;
use hallpass::model::verdict::Reason;
use hallpass::ops::store::{self, adopt, remember_endings};
use hallpass::ops::verify::{Asked, judge};
use hallpass::ops::{
    Core, Suspend, before_write, connection, environment, password, profile, token,
};
use hallpass::secret::SecretText;
use tempfile::TempDir;

use super::fixture::{Held, TestStore, at, kind, p};
use super::otp::{exchange, mailed, mailing};
use crate::support::core::context;
use crate::support::private_folder;

/// Machines that use one store in a database, each of which remembers it.
struct Machines {
    bench: TestStore,
    folder: TempDir,
}

impl Machines {
    fn new() -> Self {
        Self::of(TestStore::with_sample_data())
    }

    fn of(bench: TestStore) -> Self {
        Self {
            bench,
            folder: private_folder(),
        }
    }

    /// A command on the machine of this name.
    fn on(&self, name: &str) -> Core {
        let mut core = self.unfollowing(name);
        core.follow_accepted(adopt);
        core
    }

    /// The same where nothing is followed by itself.
    fn unfollowing(&self, name: &str) -> Core {
        let state = State {
            folder: Some(self.folder.path().join(name)),
            ..State::off()
        };
        let key = SecretText::new(self.bench.key.expose().to_owned());
        let (unlock, limits) = (Unlock::KeyFile(key), KdfLimits::default());
        let backend = Box::new(self.bench.backend.clone());
        let store = Store::open(backend, &unlock, &limits, &state).unwrap();
        Core::new(store, context(self.bench.clock.clone()), before_write)
    }

    fn see(&self, names: &[&str]) {
        for name in names {
            self.on(name).read(|_| Ok(())).unwrap();
        }
    }

    /// The database is set back, and the machine `a` accepts that.
    fn set_back(&self, old: Tables) {
        self.bench.backend.restore(old);
        store::accept(&mut self.on("a"), Acceptance::Rollback).unwrap();
    }

    fn verdict(&self, name: &str, held: &Held) -> Reason {
        let verdict = judge(&mut self.on(name), &held.token, &Asked::default());
        verdict.unwrap().reason
    }
}

const FOREVER: Suspend = Suspend {
    reason: None,
    until: None,
};

#[test]
fn a_token_that_the_accepted_state_revived_is_refused_before_anything_is_answered() {
    let mut machines = Machines::new();
    let [leaked, other] = ["ci/leaked", "ci/other"].map(|name| machines.bench.token(name));
    let old = machines.bench.backend.tables();
    token::revoke(&mut machines.on("b"), &[at("ci/leaked")], None).unwrap();
    machines.see(&["a"]);
    machines.set_back(old);
    assert_eq!(
        machines.verdict("a", &leaked),
        Reason::Valid,
        "nobody told it"
    );
    let mut b = machines.on("b");
    let first = judge(&mut b, &leaked.token, &Asked::default()).unwrap();
    assert_eq!(first.reason, Reason::Revoked);
    assert!(matches!(*b.store.take_notices(), [Notice::Adopted(_)]));
    for name in ["a", "b"] {
        assert_eq!(machines.verdict(name, &leaked), Reason::Revoked);
        assert_eq!(machines.verdict(name, &other), Reason::Valid);
    }
    assert!(machines.on("b").store.take_notices().is_empty());
}

#[test]
fn a_machine_whose_tombstones_are_damaged_does_not_follow_by_itself() {
    let mut machines = Machines::new();
    machines.bench.token("ci/leaked");
    let old = machines.bench.backend.tables();
    token::revoke(&mut machines.on("b"), &[at("ci/leaked")], None).unwrap();
    machines.see(&["a"]);
    machines.set_back(old);
    let anchors = std::fs::read_dir(machines.folder.path().join("b/anchors")).unwrap();
    let mut paths = anchors.map(|entry| entry.unwrap().path());
    let path = paths
        .find(|path| path.extension().is_some_and(|it| it == "revoked"))
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(kind(machines.on("b").read(|_| Ok(()))), Kind::Fork);
    bytes[40] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    machines.see(&["b"]);
}

#[test]
fn what_writes_adopts_first_too() {
    let mut machines = Machines::new();
    let leaked = machines.bench.token("ci/leaked");
    let old = machines.bench.backend.tables();
    token::revoke(&mut machines.on("b"), &[at("ci/leaked")], None).unwrap();
    machines.see(&["a"]);
    machines.set_back(old);
    profile::suspend(&mut machines.on("b"), &p("ci"), &FOREVER).unwrap();
    profile::resume(&mut machines.on("a"), &p("ci")).unwrap();
    assert_eq!(machines.verdict("a", &leaked), Reason::Revoked);
}

#[test]
fn where_nothing_is_followed_a_person_accepts() {
    let mut machines = Machines::new();
    machines.bench.token("ci/one");
    let old = machines.bench.backend.tables();
    machines.bench.token("ci/two");
    machines.see(&["a", "b"]);
    machines.set_back(old);
    let read = machines.unfollowing("b").read(|_| Ok(()));
    assert_eq!(kind(read), Kind::Fork);
    let written = profile::suspend(&mut machines.unfollowing("b"), &p("ci"), &FOREVER);
    assert_eq!(kind(written), Kind::Fork);
    store::accept(&mut machines.unfollowing("b"), Acceptance::Fork).unwrap();
    machines.see(&["a"]);
}

#[test]
fn everything_of_which_a_machine_has_a_tombstone_ends_again() {
    let mut machines = Machines::new();
    let held = ["ci/suspended", "ci/kept"].map(|name| machines.bench.token(name));
    machines.bench.environment("test");
    machines.bench.profile("gone", &[]);
    let of_gone = machines.bench.token("gone/token");
    let secret = SecretText::new("umbrella-vortex-lantern-88".to_owned());
    password::set(&mut machines.bench.core, &p("ci"), &secret).unwrap();
    let old = machines.bench.backend.tables();
    let mut b = machines.on("b");
    token::suspend(&mut b, &[at("ci/suspended")], &FOREVER).unwrap();
    password::clear(&mut b, &p("ci")).unwrap();
    profile::delete(&mut b, &p("gone")).unwrap();
    connection::block(&mut b, &p("crm"), None).unwrap();
    environment::delete(&mut b, &p("test")).unwrap();
    machines.see(&["a"]);
    machines.set_back(old);
    machines.see(&["b"]);
    let mut a = machines.on("a");
    assert_eq!(machines.verdict("a", &held[0]), Reason::TokenSuspended);
    assert_eq!(machines.verdict("a", &held[1]), Reason::Valid);
    assert_eq!(machines.verdict("a", &of_gone), Reason::Revoked);
    assert!(!profile::show(&mut a, &p("ci")).unwrap().has_password);
    assert_eq!(kind(profile::show(&mut a, &p("gone"))), Kind::NotFound);
    assert_eq!(kind(environment::show(&mut a, &p("test"))), Kind::NotFound);
    let crm = connection::show(&mut a, &p("crm")).unwrap();
    assert_eq!(crm.state, connection::State::Blocked);
}

#[test]
fn what_was_decided_in_the_accepted_history_counts_more_than_a_tombstone() {
    for decides in [false, true] {
        let mut machines = Machines::new();
        let held = machines.bench.token("ci/one");
        let secret = |text: &str| SecretText::new(text.to_owned());
        let mut core = machines.on("b");
        password::set(&mut core, &p("ci"), &secret("umbrella-vortex-lantern-88")).unwrap();
        let old = machines.bench.backend.tables();
        let mut b = machines.on("b");
        token::suspend(&mut b, &[at("ci/one")], &FOREVER).unwrap();
        profile::suspend(&mut b, &p("ci"), &FOREVER).unwrap();
        connection::block(&mut b, &p("hr"), None).unwrap();
        password::clear(&mut b, &p("ci")).unwrap();
        machines.see(&["a"]);
        machines.set_back(old);
        let mut a = machines.on("a");
        if decides {
            token::suspend(&mut a, &[at("ci/one")], &FOREVER).unwrap();
            token::resume(&mut a, &[at("ci/one")]).unwrap();
            profile::suspend(&mut a, &p("ci"), &FOREVER).unwrap();
            profile::resume(&mut a, &p("ci")).unwrap();
            connection::block(&mut a, &p("hr"), None).unwrap();
            connection::unblock(&mut a, &p("hr")).unwrap();
            password::set(&mut a, &p("ci"), &secret("another-lantern-vortex-99")).unwrap();
        }
        machines.see(&["b"]);
        let ci = profile::show(&mut a, &p("ci")).unwrap();
        assert_eq!(ci.has_password, decides);
        assert_eq!(ci.state == profile::State::Active, decides);
        let hr = connection::show(&mut a, &p("hr")).unwrap();
        assert_eq!(hr.state == connection::State::Active, decides);
        let shown = token::show(&mut a, &at("ci/one")).unwrap();
        assert_eq!(shown.state == TokenState::Active, decides);
        assert_eq!(machines.verdict("a", &held) == Reason::Valid, decides);
    }
}

#[test]
fn a_code_that_was_requested_in_the_accepted_history_stays_valid() {
    let mut machines = Machines::of(mailing());
    machines.bench.token("ci/one");
    let old = machines.bench.backend.tables();
    token::revoke(&mut machines.on("b"), &[at("ci/one")], None).unwrap();
    machines.see(&["a"]);
    machines.set_back(old);
    machines.bench.core = machines.on("a");
    let code = mailed(&mut machines.bench, None);
    machines.see(&["b"]);
    exchange(&mut machines.bench, &code);
}

/// The endings that a machine has seen, as a server does that reads the log again and again.
#[test]
fn a_machine_that_watches_remembers_what_others_have_ended() {
    let mut machines = Machines::new();
    let names = ["ci/revoked", "ci/suspended", "ci/lifted", "ci/kept"];
    let held = names.map(|name| machines.bench.token(name));
    let old = machines.bench.backend.tables();
    let mut server = machines.on("server");
    let before = server.read(|r| Ok(r.log_head())).unwrap();
    let mut other = machines.on("other");
    token::revoke(&mut other, &[at("ci/revoked")], None).unwrap();
    token::suspend(&mut other, &[at("ci/suspended")], &FOREVER).unwrap();
    token::suspend(&mut other, &[at("ci/lifted")], &FOREVER).unwrap();
    let middle = remember_endings(&mut server, &before).unwrap();
    token::resume(&mut other, &[at("ci/lifted")]).unwrap();
    connection::block(&mut other, &p("hr"), None).unwrap();
    connection::unblock(&mut other, &p("hr")).unwrap();
    connection::block(&mut other, &p("crm"), None).unwrap();
    let reached = remember_endings(&mut server, &middle).unwrap();
    assert_eq!(reached, server.read(|r| Ok(r.log_head())).unwrap());
    assert_eq!(remember_endings(&mut server, &reached).unwrap(), reached);
    // All that this machine knows of is from the log.
    machines.bench.backend.restore(old);
    let carried = store::accept(&mut machines.on("server"), Acceptance::Rollback).unwrap();
    assert_eq!((carried.revoked_again, carried.ended_again), (1, 2));
    let verdict = |held| machines.verdict("server", held);
    assert_eq!(verdict(&held[0]), Reason::Revoked);
    assert_eq!(verdict(&held[1]), Reason::TokenSuspended);
    assert_eq!(verdict(&held[2]), Reason::Valid);
    assert_eq!(verdict(&held[3]), Reason::Valid);
    let crm = connection::show(&mut machines.on("server"), &p("crm")).unwrap();
    assert_eq!(crm.state, connection::State::Blocked);
}

#[test]
fn a_machine_without_an_anchor_remembers_nothing() {
    let mut machines = Machines::new();
    machines.bench.token("ci/one");
    let before = machines.bench.core.read(|r| Ok(r.log_head())).unwrap();
    machines.bench.revoke("ci/one");
    let reached = remember_endings(&mut machines.bench.core, &before).unwrap();
    assert_ne!(reached, before);
    let mut files = std::fs::read_dir(machines.folder.path()).unwrap();
    assert!(files.next().is_none());
}
