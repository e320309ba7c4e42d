//! A store that is being given a past, one change after another.

use std::sync::atomic::Ordering;

use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::barrier::{KdfLimits, NewSlot, State, Store, Unlock};
use hallpass::crypto::Key;
use hallpass::model::token::Encoding;
use hallpass::model::token::TokenAddress;
use hallpass::ops::delivery::{Delivery, ImmediateSink};
use hallpass::ops::edit::{IfThere, ListChange};
use hallpass::ops::otp::{self, Binding, Request};
use hallpass::ops::token::{
    self, Draft, Filter, Issued, RotateRequest, StateFilter, SuccessorLifetime,
};
use hallpass::ops::{
    Core, Suspend, before_write, connection, environment, mail, outbox, password, profile, store,
};
use hallpass::secret::SecretText;

use super::{FOREIGN, FORMER, PASSWORD, Told, seeded};
use crate::seal::operations::{Nobody, binding, p};
use crate::support::chance::Chance;
use crate::support::core::DAY;

/// A store that is being given a past.
pub(super) struct Making {
    pub(super) core: Core,
    pub(super) backend: MemoryBackend,
    pub(super) clock: Told,
    pub(super) tokens: Vec<(&'static str, SecretText)>,
    pub(super) others: Vec<Tables>,
}

/// Takes a secret and does nothing with it.
struct Taker(Option<SecretText>);

impl ImmediateSink for Taker {
    fn ready(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn offer(&mut self, issued: &Issued) -> std::io::Result<()> {
        self.0 = Some(SecretText::new(issued.secret.expose().to_owned()));
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Making {
    /// Remembers the present state, and lets a minute go by.
    fn keep(&mut self) {
        self.others.push(self.backend.tables());
        self.clock.0.fetch_add(60, Ordering::SeqCst);
    }

    pub(super) fn furnish(&mut self) {
        let core = &mut self.core;
        for name in ["test", "spare"] {
            let draft = environment::Draft {
                name: p(name),
                description: None,
            };
            environment::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for name in ["hr", "crm", "idle", "shut"] {
            let draft = connection::Draft {
                guide: Some(p("# How")),
                ..connection::Draft::new(p(name))
            };
            connection::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for (name, connections) in [
            ("ci", &["hr"][..]),
            ("sync", &[]),
            ("batch", &["hr", "crm"]),
            ("gone", &[]),
            ("still", &["shut"]),
        ] {
            let draft = profile::Draft {
                connections: connections.iter().map(|it| p(it)).collect(),
                email: Some(p(&format!("{name}@example.org"))),
                groups: vec![p("staff")],
                ..profile::Draft::new(p(name))
            };
            profile::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for name in ["ci", "sync"] {
            password::set(core, &p(name), &SecretText::new(FORMER.to_owned())).unwrap();
        }
        let way = mail::Draft {
            transport: p("smtp://mail.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        mail::set(core, &mut Nobody, None, way).unwrap();
        self.keep();
    }

    pub(super) fn tokens(&mut self) {
        for address in [
            "ci/laptop",
            "ci/runner",
            "sync/a",
            "batch/b",
            "gone/x",
            "still/y",
            "ci/old",
            "ci/past",
        ] {
            let (profile, name) = address.split_once('/').unwrap();
            let device = (name == "laptop").then(|| p("Laptop 7"));
            let draft = Draft {
                device,
                ..Draft::new(p(profile), p(name))
            };
            let mut taker = Taker(None);
            token::issue(&mut self.core, &draft, Delivery::Immediate(&mut taker)).unwrap();
            self.tokens.push((address, taker.0.unwrap()));
        }
        let draft = Draft::new(p("batch"), p("legacy"));
        let preset = token::Preset::Value(SecretText::new(FOREIGN.to_owned()));
        token::import(&mut self.core, &draft, &preset).unwrap();
        self.keep();
    }

    /// What was allowed before is not allowed now.
    pub(super) fn second_thoughts(&mut self) {
        let at = |address: &str| token::Target::Address(p::<TokenAddress>(address));
        token::revoke(&mut self.core, &[at("ci/past")], None).unwrap();
        self.keep();
        profile::suspend(&mut self.core, &p("still"), &Suspend::default()).unwrap();
        connection::block(&mut self.core, &p("shut"), None).unwrap();
        self.keep();
        password::set(
            &mut self.core,
            &p("ci"),
            &SecretText::new(PASSWORD.to_owned()),
        )
        .unwrap();
        let wrong = SecretText::new("wrong".to_owned());
        password::verify(&mut self.core, &p("ci"), &wrong).unwrap();
        self.keep();
        let only = ListChange {
            add: vec![p("10.0.0.0/8")],
            remove: Vec::new(),
        };
        let edits = connection::Edits {
            allow_ip: only,
            ..connection::Edits::default()
        };
        connection::edit(&mut self.core, &p("hr"), &edits).unwrap();
        let fewer = ListChange {
            add: Vec::new(),
            remove: vec![p("crm")],
        };
        let edits = profile::Edits {
            connections: fewer,
            ..profile::Edits::default()
        };
        profile::edit(&mut self.core, &p("batch"), &edits).unwrap();
        self.keep();
    }

    /// A further key that opens it, and one that did for a while.
    pub(super) fn slots(&mut self) {
        for key in (0..2).map(|n| Key::generate(&mut Chance::of(n)).unwrap()) {
            store::key::add(&mut self.core, &NewSlot::KeyFile(&key)).unwrap();
            self.keep();
        }
        let slot = store::key::list(&mut self.core).unwrap().pop().unwrap();
        store::key::remove(&mut self.core, &slot, None, &KdfLimits::default()).unwrap();
        self.keep();
    }

    pub(super) fn more_thoughts(&mut self) {
        let rotating = RotateRequest {
            target: token::Target::Address(p("sync/a")),
            overlap: p("0"),
            life: SuccessorLifetime::Inherited,
            at_least: None,
            form: Encoding::Native,
            request: None,
        };
        let mut taker = Taker(None);
        token::rotate(&mut self.core, &rotating, Delivery::Immediate(&mut taker)).unwrap();
        self.tokens.push(("sync/new", taker.0.unwrap()));
        profile::delete(&mut self.core, &p("gone")).unwrap();
        self.keep();
        profile::add(
            &mut self.core,
            &profile::Draft::new(p("gone")),
            IfThere::Refuse,
        )
        .unwrap();
        let edits = environment::Edits {
            make_default: true,
            ..environment::Edits::default()
        };
        environment::edit(&mut self.core, &p("test"), &edits).unwrap();
        connection::rotate_key(&mut self.core, &p("hr")).unwrap();
        environment::rotate_key(&mut self.core, &p("production")).unwrap();
        self.keep();
        self.clock.0.fetch_add(40 * DAY, Ordering::SeqCst);
        let filter = Filter {
            which: StateFilter::Ended,
            ended_for: Some(p("39d")),
            ..Filter::default()
        };
        assert!(!token::prune(&mut self.core, &filter).unwrap().is_empty());
        self.keep();
        let runner = token::Target::Address(p::<TokenAddress>("ci/runner"));
        token::revoke(&mut self.core, &[runner], None).unwrap();
        self.keep();
    }

    /// Codes that were cancelled, replaced and are pending.
    pub(super) fn codes(&mut self) -> String {
        // A message that waits.
        let batch = Binding {
            profile: p("batch"),
            ..binding()
        };
        let request = Request {
            binding: batch,
            device: None,
            asked_from: None,
        };
        otp::request(&mut self.core, &request).unwrap();
        let mut code = String::new();
        for n in 0..3 {
            self.clock.0.fetch_add(600, Ordering::SeqCst);
            let request = Request {
                binding: binding(),
                device: None,
                asked_from: None,
            };
            let requested = otp::request(&mut self.core, &request).unwrap();
            let message = requested.message;
            outbox::send_one(&mut self.core, message, &mut Nobody, &mut |_| ()).unwrap();
            if n == 0 {
                otp::cancel(&mut self.core, &binding()).unwrap();
            }
            requested.code.expose().clone_into(&mut code);
            if n < 2 {
                self.keep();
            }
        }
        code
    }

    /// Another history, which parted from this one before its newest change.
    pub(super) fn part(&mut self, key: &SecretText) {
        let fork = MemoryBackend::with(self.others.last().unwrap().clone());
        let unlock = Unlock::KeyFile(SecretText::new(key.expose().to_owned()));
        let (limits, state) = (KdfLimits::default(), State::off());
        let store = Store::open(Box::new(fork.clone()), &unlock, &limits, &state).unwrap();
        let mut core = Core::new(store, seeded(2, self.clock.clone()), before_write);
        profile::resume(&mut core, &p("still")).unwrap();
        self.others.push(fork.tables());
        connection::unblock(&mut core, &p("shut")).unwrap();
        self.others.push(fork.tables());
    }
}
