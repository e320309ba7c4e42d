//! A change counts for every request that begins after it was committed, however many are under way,
//! and whatever else happens to the server meanwhile.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::barrier::{KdfLimits, State, Unlock};
use hallpass::clock::FixedClock;
use hallpass::open::Opening;
use hallpass::ops::connection::{self, Edits as ConnectionEdits};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::profile::{self, Edits as ProfileEdits};
use hallpass::ops::token::{Draft, Target};
use hallpass::ops::{Core, Suspend, token};
use hallpass::secret::SecretText;
use rustix::process::Signal;

use super::Running;
use super::sockets::activated;
use crate::support::core::context;
use crate::support::test_home::TestHome;

/// The store of a home, as another process has it open.
fn opened(home: &TestHome) -> Core {
    let store = home.store();
    let opening = Opening {
        location: Location::File(store.clone()),
        options: OpenOptions::default(),
        state: State::of(&home.path().join("state/hallpass"), &store),
        adopt: true,
    };
    let key = std::fs::read_to_string(home.file("keys/store.key")).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let secret = Unlock::KeyFile(SecretText::new(key));
    let context = context(FixedClock::new(now));
    opening
        .open(&secret, &KdfLimits::default(), context)
        .unwrap()
}

/// What changes: the store, and the token that everybody presents.
struct Scene<'a> {
    core: Core,
    token: &'a RwLock<String>,
}

/// A change that stops the token, and what undoes it.
type Pair = (fn(&mut Scene<'_>), fn(&mut Scene<'_>));

/// One of each kind of change.
const CHANGES: [Pair; 7] = [
    (
        |it| drop(token::suspend(&mut it.core, &[laptop()], &Suspend::default()).unwrap()),
        |it| drop(token::resume(&mut it.core, &[laptop()]).unwrap()),
    ),
    (
        |it| drop(profile::suspend(&mut it.core, &p("github"), &Suspend::default()).unwrap()),
        |it| drop(profile::resume(&mut it.core, &p("github")).unwrap()),
    ),
    (
        |it| drop(connection::block(&mut it.core, &p("ci"), None).unwrap()),
        |it| drop(connection::unblock(&mut it.core, &p("ci")).unwrap()),
    ),
    (
        |it| restrict(&mut it.core, "hr", "ci"),
        |it| restrict(&mut it.core, "ci", "hr"),
    ),
    (
        |it| link(&mut it.core, Change::Set(p("staff"))),
        |it| link(&mut it.core, Change::Clear),
    ),
    (
        |it| deny(&mut it.core, add("127.0.0.0/8")),
        |it| deny(&mut it.core, remove("127.0.0.0/8")),
    ),
    (
        |it| drop(token::revoke(&mut it.core, &[laptop()], None).unwrap()),
        another_token,
    ),
];

fn p<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// What is revoked stays so: from now on everybody presents another one.
fn another_token(scene: &mut Scene<'_>) {
    let draft = Draft::new(p("github"), p("laptop"));
    let issued = token::issue_many(&mut scene.core, &[draft]).unwrap();
    let mut token = scene.token.write().unwrap();
    issued[0].secret.expose().clone_into(&mut token);
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

/// Asks on a connection. An error if the server closed it instead of answering.
fn status(stream: &mut TcpStream, token: &str) -> io::Result<u16> {
    let head = format!("GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        answer.push(byte[0]);
    }
    let answer = String::from_utf8(answer).unwrap().to_lowercase();
    let length = answer
        .split("\r\n")
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    stream.read_exact(&mut vec![0; length])?;
    Ok(answer["http/1.1 ".len()..][..3].parse().unwrap())
}

/// What all have in view who ask.
struct View<'a> {
    address: SocketAddr,
    token: &'a RwLock<String>,
    phase: AtomicU64,
    ended: AtomicBool,
    /// How often a connection was closed instead of an answer.
    unanswered: AtomicU64,
}

impl View<'_> {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream
    }

    /// Asks on a connection, and on a new one where that is closed. Returns the phase before the
    /// request that was answered, and its status.
    fn ask(&self, stream: &mut TcpStream) -> (u64, u16) {
        loop {
            let before = self.phase.load(Ordering::SeqCst);
            let token = self.token.read().unwrap().clone();
            match status(stream, &token) {
                Ok(status) => return (before, status),
                Err(error) => {
                    let is_end = !matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    );
                    assert!(is_end, "no answer: {error}");
                    self.unanswered.fetch_add(1, Ordering::SeqCst);
                    *stream = self.connect();
                }
            }
        }
    }

    /// Asks on one connection until the end; returns how many requests were judged while nothing
    /// changed.
    fn ask_on(&self) -> u64 {
        let mut stream = self.connect();
        let mut settled = 0;
        while !self.ended.load(Ordering::SeqCst) {
            let (before, status) = self.ask(&mut stream);
            // Only requests between two changes have one right answer.
            if self.phase.load(Ordering::SeqCst) == before && before != CHANGING {
                let is_stopped = before % 2 == 1;
                assert_eq!(status != 204, is_stopped, "phase {before}: {status}");
                settled += 1;
            }
        }
        settled
    }
}

/// The phase while a change is under way.
const CHANGING: u64 = u64::MAX;

/// What else happens meanwhile, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Nothing,
    /// SIGHUP.
    Reload,
    /// The service manager ends the server, and starts another one on the socket that it holds.
    Restart,
    /// `store backup`.
    Backup,
}

/// How often it happens at least.
const LEAST: u64 = 3;

impl Trouble {
    /// Makes it until the end. Returns the server, which some may still be asking.
    fn make(
        self,
        home: &TestHome,
        socket: &TcpListener,
        mut server: Running,
        view: &View<'_>,
        times: &AtomicU64,
    ) -> Running {
        let backup = home.file("backup.db");
        while !view.ended.load(Ordering::SeqCst) {
            match self {
                Self::Nothing => thread::sleep(Duration::from_millis(10)),
                Self::Reload => {
                    server.signal(Signal::HUP);
                    server.line(|line| line["event"] == "reloaded");
                }
                Self::Restart => {
                    server.signal(Signal::TERM);
                    assert!(server.end().success());
                    server = serve(home, socket);
                    // For a while it answers from the store itself, then from memory.
                    server.line(|line| line["event"] == "loaded");
                    thread::sleep(Duration::from_millis(100));
                }
                Self::Backup => {
                    home.done(&["store", "backup", backup.to_str().unwrap()]);
                    std::fs::remove_file(&backup).unwrap();
                }
            }
            times.fetch_add(1, Ordering::SeqCst);
        }
        server
    }
}

/// A server on a socket of the service manager.
fn serve(home: &TestHome, socket: &TcpListener) -> Running {
    let server = activated(home, socket.try_clone().unwrap().into(), "http", "fd:http");
    // Before that, a signal ends it.
    server.line(|line| line["event"] == "listening");
    server
}

#[expect(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "the figures are what the long form is for"
)]
fn rounds(trouble: Trouble, count: u64, connections: usize) {
    let home = TestHome::with_sample_data();
    let mut settings = std::fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\naccess_log = \"off\"\n");
    std::fs::write(home.config(), settings).unwrap();
    let token = RwLock::new(home.token(&["github/laptop"]));
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = serve(&home, &socket);
    server.line(|line| line["event"] == "loaded");
    let view = View {
        address: socket.local_addr().unwrap(),
        token: &token,
        phase: AtomicU64::new(0),
        ended: AtomicBool::new(false),
        unanswered: AtomicU64::new(0),
    };
    let times = AtomicU64::new(0);
    let mut scene = Scene {
        core: opened(&home),
        token: &token,
    };
    let settled: u64 = thread::scope(|scope| {
        // Also if an assertion fails: the others are to end.
        let _ended = Ended(&view.ended);
        let asking: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| view.ask_on()))
            .collect();
        let making = scope.spawn(|| trouble.make(&home, &socket, server, &view, &times));
        let mut n = 0;
        while n < count || times.load(Ordering::SeqCst) < LEAST {
            let (stop, undo) = CHANGES[usize::try_from(n).unwrap() % CHANGES.len()];
            for (number, change) in [(2 * n + 1, stop), (2 * n + 2, undo)] {
                view.phase.store(CHANGING, Ordering::SeqCst);
                change(&mut scene);
                view.phase.store(number, Ordering::SeqCst);
                // Requests that begin now have to find the change.
                for _ in 0..4 {
                    let (_, status) = view.ask(&mut view.connect());
                    assert_eq!(status == 204, number % 2 == 0, "round {n}: {status}");
                }
            }
            n += 1;
        }
        view.ended.store(true, Ordering::SeqCst);
        let settled = asking.into_iter().map(|it| it.join().unwrap()).sum();
        drop(making.join().unwrap());
        settled
    });
    assert!(
        settled > count,
        "hardly any request fell between two changes: {settled}"
    );
    let unanswered = view.unanswered.into_inner();
    assert!(
        trouble == Trouble::Restart || unanswered == 0,
        "{unanswered} connections were closed"
    );
    home.done(&["store", "check"]);
    let times = times.into_inner();
    println!("{trouble:?}: {times} times, {settled} verdicts between two changes");
}

/// Ends what goes on beside a test.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn no_request_that_begins_after_a_change_sees_the_old_state() {
    rounds(Trouble::Nothing, 60, 8);
}

#[test]
fn nor_while_the_server_is_reloaded() {
    rounds(Trouble::Reload, 30, 8);
}

#[test]
fn nor_while_it_is_restarted_on_its_socket() {
    rounds(Trouble::Restart, 30, 8);
}

#[test]
fn nor_while_the_store_is_backed_up() {
    rounds(Trouble::Backup, 30, 8);
}

/// `cargo test --release --test serve full_no_request -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn full_no_request_that_begins_after_a_change_sees_the_old_state() {
    for trouble in [
        Trouble::Nothing,
        Trouble::Reload,
        Trouble::Restart,
        Trouble::Backup,
    ] {
        rounds(trouble, 2_500, 64);
    }
}
