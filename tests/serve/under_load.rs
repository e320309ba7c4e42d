//! A change counts for every request that begins after it was committed, however many are under way.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::barrier::{KdfLimits, State, Unlock};
use hallpass::clock::FixedClock;
use hallpass::open::Opening;
use hallpass::ops::connection::{self, Edits as ConnectionEdits};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::profile::{self, Edits as ProfileEdits};
use hallpass::ops::token::Target;
use hallpass::ops::{Core, Suspend, token};
use hallpass::secret::SecretText;

use super::{Reply, Running};
use crate::support::core::context;
use crate::support::test_home::TestHome;

/// The store of a home, as another process has it open.
fn opened(home: &TestHome) -> Core {
    let store = home.store();
    let opening = Opening {
        location: Location::parse(&store).unwrap(),
        options: OpenOptions::default(),
        state: State::of(&home.path().join("state/hallpass"), &store),
    };
    let key = std::fs::read_to_string(home.file("keys/store.key")).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let secret = Unlock::KeyFile(SecretText::new(key));
    let context = context(FixedClock::new(now));
    opening
        .open(&secret, &KdfLimits::default(), context)
        .unwrap()
}

/// A change that stops `github/laptop`, and what undoes it.
type Pair = (fn(&mut Core), fn(&mut Core));

/// One of each kind of change.
const CHANGES: [Pair; 6] = [
    (
        |core| drop(token::suspend(core, &[laptop()], &Suspend::default()).unwrap()),
        |core| drop(token::resume(core, &[laptop()]).unwrap()),
    ),
    (
        |core| drop(profile::suspend(core, &p("github"), &Suspend::default()).unwrap()),
        |core| drop(profile::resume(core, &p("github")).unwrap()),
    ),
    (
        |core| drop(connection::block(core, &p("ci"), None).unwrap()),
        |core| drop(connection::unblock(core, &p("ci")).unwrap()),
    ),
    (
        |core| restrict(core, "hr", "ci"),
        |core| restrict(core, "ci", "hr"),
    ),
    (
        |core| link(core, Change::Set(p("staff"))),
        |core| link(core, Change::Clear),
    ),
    (
        |core| deny(core, add("127.0.0.0/8")),
        |core| deny(core, remove("127.0.0.0/8")),
    ),
];

fn p<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn laptop() -> Target {
    Target::Address(p("github/laptop"))
}

fn add<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> ListChange<T> {
    ListChange {
        add: vec![p(text)],
        remove: Vec::new(),
    }
}

fn remove<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> ListChange<T> {
    ListChange {
        add: Vec::new(),
        remove: vec![p(text)],
    }
}

fn restrict(core: &mut Core, to: &str, from: &str) {
    let edits = ProfileEdits {
        connections: ListChange {
            add: vec![p(to)],
            remove: vec![p(from)],
        },
        ..ProfileEdits::default()
    };
    profile::edit(core, &p("github"), &edits).unwrap();
}

fn link(core: &mut Core, group: Change<hallpass::model::name::GroupName>) {
    let edits = ConnectionEdits {
        group,
        ..ConnectionEdits::default()
    };
    connection::edit(core, &p("ci"), &edits).unwrap();
}

fn deny(core: &mut Core, deny_ip: ListChange<hallpass::model::address::AddressRange>) {
    let edits = ConnectionEdits {
        deny_ip,
        ..ConnectionEdits::default()
    };
    connection::edit(core, &p("ci"), &edits).unwrap();
}

/// Asks on one connection until `ended`; returns how many requests were judged while nothing changed.
fn ask(address: SocketAddr, token: &str, phase: &AtomicU64, ended: &AtomicBool) -> u64 {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut settled = 0;
    while !ended.load(Ordering::SeqCst) {
        let before = phase.load(Ordering::SeqCst);
        stream.write_all(head.as_bytes()).unwrap();
        let status = Reply::read(&mut stream, false).status;
        // Only requests between two changes have one right answer.
        if phase.load(Ordering::SeqCst) == before && before != CHANGING {
            let is_stopped = before % 2 == 1;
            assert_eq!(status != 204, is_stopped, "phase {before}: {status}");
            settled += 1;
        }
    }
    settled
}

/// The phase while a change is under way.
const CHANGING: u64 = u64::MAX;

fn rounds(count: u64, connections: usize) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &["--access-log", "off"]);
    server.line(|line| line["event"] == "loaded");
    let address = server.address();
    let (phase, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    let settled: u64 = thread::scope(|scope| {
        let asking: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| ask(address, &token, &phase, &ended)))
            .collect();
        let mut core = opened(&home);
        for n in 0..count {
            let (stop, undo) = CHANGES[usize::try_from(n).unwrap() % CHANGES.len()];
            for (number, change) in [(2 * n + 1, stop), (2 * n + 2, undo)] {
                phase.store(CHANGING, Ordering::SeqCst);
                change(&mut core);
                phase.store(number, Ordering::SeqCst);
                // Requests that begin now have to find the change.
                for _ in 0..4 {
                    assert_eq!(server.verify(&token).status == 204, number % 2 == 0);
                }
            }
        }
        ended.store(true, Ordering::SeqCst);
        asking.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert!(
        settled > count,
        "hardly any request fell between two changes: {settled}"
    );
}

#[test]
fn no_request_that_begins_after_a_change_sees_the_old_state() {
    rounds(60, 8);
}

/// `cargo test --release --test serve full_ -- --ignored`
#[test]
#[ignore = "minutes"]
fn full_no_request_that_begins_after_a_change_sees_the_old_state() {
    rounds(10_000, 64);
}
