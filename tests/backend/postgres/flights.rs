//! How many network round trips an operation makes, and how long they take.

use std::cell::RefCell;
use std::io;
use std::str::FromStr;

use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::backend::traffic::Traffic;
use hallpass::barrier::{KdfLimits, State, Unlock};
use hallpass::clock::FixedClock;
use hallpass::model::token::Token;
use hallpass::model::verdict::Reason;
use hallpass::open::Opening;
use hallpass::ops::delivery::ImmediateSink;
use hallpass::ops::edit::IfThere;
use hallpass::ops::token::{Issued, Target};
use hallpass::ops::verify::Asked;
#[cfg(feature = "server")]
use hallpass::ops::verify::snapshot::Memory;
use hallpass::ops::{Core, connection, profile, token, verify};
use hallpass::secret::SecretText;
use tempfile::TempDir;

use super::Server;
use crate::support::core::{NOON, context, found};
use crate::support::private_folder;

/// More objects than are read whole.
const MANY: usize = 2_500;
/// How often each operation is measured.
const TIMES: usize = 5;

/// The most round trips of each operation.
struct Most {
    verdict: u64,
    write: u64,
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "of a server"))]
    refresh: u64,
}

const SMALL: Most = Most {
    verdict: 1,
    write: 2,
    refresh: 1,
};
const ANY: Most = Most {
    verdict: 4,
    write: 6,
    refresh: 3,
};
const OPENING: u64 = 2;

/// A store in a database, and what this machine has seen of it.
pub(super) struct Bench {
    opening: Opening,
    key: SecretText,
    _folder: TempDir,
}

impl Bench {
    pub(super) fn new(location: Location, tokens: usize) -> Self {
        let folder = private_folder();
        let opening = Opening {
            state: State::at(folder.path(), &location),
            location,
            options: OpenOptions::default(),
            adopt: false,
        };
        let storage = opening.location.create(&opening.options).unwrap();
        let (mut core, key) = found(storage, &opening.state, context(FixedClock::new(NOON)));
        for name in ["hr", "crm"] {
            let draft = connection::Draft::new(of(name));
            connection::add(&mut core, &draft, IfThere::Refuse).unwrap();
        }
        for name in ["ci", "ann"] {
            let draft = profile::Draft::new(of(name));
            profile::add(&mut core, &draft, IfThere::Refuse).unwrap();
        }
        let drafts: Vec<_> = (0..tokens)
            .map(|n| token::Draft::new(of("ann"), of(&format!("t{n}"))))
            .collect();
        token::issue_many(&mut core, &drafts).unwrap();
        Self {
            opening,
            key,
            _folder: folder,
        }
    }

    /// Opens the store on a connection of its own, with counters of its own.
    pub(super) fn open(&self) -> (Core, Traffic) {
        let traffic = Traffic::default();
        let opening = Opening {
            options: OpenOptions {
                traffic: traffic.clone(),
                ..self.opening.options.clone()
            },
            ..self.opening.clone()
        };
        let secret = Unlock::KeyFile(SecretText::new(self.key.expose().to_owned()));
        let core = opening.open(
            &secret,
            &KdfLimits::default(),
            context(FixedClock::new(NOON)),
        );
        (core.unwrap(), traffic)
    }
}

pub(super) fn of<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Takes everything.
pub(super) struct Sink;

impl ImmediateSink for Sink {
    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn offer(&mut self, _: &Issued) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts the round trips of what is done several times, and compares the largest count.
fn measure<T>(what: &str, traffic: &Traffic, most: u64, run: impl FnMut(usize) -> T) -> Vec<T> {
    measure_after(what, traffic, most, |_| (), run)
}

/// As [`measure`], with something before each time that is not measured.
fn measure_after<T>(
    what: &str,
    traffic: &Traffic,
    most: u64,
    mut first: impl FnMut(usize),
    mut run: impl FnMut(usize) -> T,
) -> Vec<T> {
    let mut done = Vec::new();
    let mut counts = Vec::new();
    for n in 0..TIMES {
        first(n);
        let before = traffic.flights();
        done.push(run(n));
        counts.push(traffic.flights() - before);
    }
    assert!(counts.iter().all(|it| *it <= most), "{what}: {counts:?}");
    done
}

fn issue(core: &mut Core, name: &str) -> Token {
    let draft = token::Draft {
        connection: Some(of("hr")),
        ..token::Draft::new(of("ci"), of(name))
    };
    let issued = token::issue(core, &draft, &mut Sink).unwrap();
    Token::parse(issued.secret.expose()).unwrap()
}

fn verdicts(bench: &Bench, most: &Most, token: &Token) {
    let asked = Asked {
        connection: Some(of("hr")),
        ..Asked::default()
    };
    let (mut core, traffic) = bench.open();
    let judged = measure("verify", &traffic, most.verdict, |_| {
        verify::judge(&mut core, token, &asked).unwrap()
    });
    assert!(judged.iter().all(|it| it.reason == Reason::Valid));
    let unknown = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
    let judged = measure("verify, unknown", &traffic, most.verdict, |_| {
        verify::judge(&mut core, &unknown, &asked).unwrap()
    });
    assert!(judged.iter().all(|it| it.reason == Reason::Unknown));
}

fn writes(bench: &Bench, most: &Most) {
    let (mut core, traffic) = bench.open();
    measure("token add", &traffic, most.write, |n| {
        issue(&mut core, &format!("new{n}"))
    });
    measure("profile add", &traffic, most.write, |n| {
        let draft = profile::Draft {
            email: Some(of(&format!("p{n}@example.org"))),
            connections: vec![of("hr")],
            ..profile::Draft::new(of(&format!("p{n}")))
        };
        profile::add(&mut core, &draft, IfThere::Refuse).unwrap()
    });
    measure("token revoke, by name", &traffic, most.write, |n| {
        let target = Target::Address(of(&format!("ci/new{n}")));
        token::revoke(&mut core, &[target], None).unwrap()
    });
    let (mut other, _) = bench.open();
    let made = RefCell::new(Vec::new());
    measure_after(
        "token revoke, by id, after another's write",
        &traffic,
        most.write,
        |n| {
            let token = issue(&mut other, &format!("other{n}"));
            made.borrow_mut().push(token);
        },
        |_| {
            let target = Target::from(made.borrow_mut().pop().unwrap());
            token::revoke(&mut core, &[target], None).unwrap()
        },
    );
}

#[cfg(feature = "server")]
fn refreshes(bench: &Bench, most: &Most) {
    let (mut core, traffic) = bench.open();
    let mut memory = Memory::new(usize::MAX);
    core.read(|r| memory.refresh(r)).unwrap().unwrap();
    let (mut other, _) = bench.open();
    let asked = Asked {
        connection: Some(of("hr")),
        ..Asked::default()
    };
    let fresh = RefCell::new(Vec::new());
    measure_after(
        "refresh",
        &traffic,
        most.refresh,
        |n| {
            let token = issue(&mut other, &format!("fresh{n}"));
            fresh.borrow_mut().push(token);
        },
        |_| {
            let snapshot = core.read(|r| memory.refresh(r)).unwrap().unwrap();
            let newest = &fresh.borrow()[fresh.borrow().len() - 1];
            let verdict = snapshot.judge(core.now(), newest, &asked).unwrap();
            assert_eq!(verdict.reason, Reason::Valid);
        },
    );
}

fn operations(tokens: usize, most: &Most) {
    let server = Server::named();
    let bench = Bench::new(server.store(), tokens);
    let (mut core, traffic) = bench.open();
    assert!(traffic.flights() <= OPENING);
    let token = issue(&mut core, "first");
    drop(core);
    verdicts(&bench, most, &token);
    writes(&bench, most);
    #[cfg(feature = "server")]
    refreshes(&bench, most);
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn a_small_store_is_read_in_the_first_flight() {
    operations(20, &SMALL);
}

#[test]
#[ignore = "it needs a server: tests/interop/run postgres"]
fn a_store_of_any_size_needs_few_flights() {
    operations(MANY, &ANY);
}
