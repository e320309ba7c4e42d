//! A server that the system gives no more descriptors.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::newest::served;
use super::{Conversation, Running};
use crate::support::test_home::TestHome;

/// Limits the descriptors of a server that runs, and gives them back.
struct Descriptors {
    server: Pid,
    before: Rlimit,
}

impl Descriptors {
    /// Takes all away but those that it has.
    fn take_from(server: &Running) -> Self {
        Self::limit(server, 0)
    }

    /// Leaves a few more than it has.
    fn leave_few(server: &Running) -> Self {
        let used = fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
        Self::limit(server, used.count() + 3)
    }

    fn limit(server: &Running, count: usize) -> Self {
        let server = Pid::from_raw(server.pid().try_into().unwrap()).unwrap();
        let limit = Rlimit {
            current: Some(count.try_into().unwrap()),
            maximum: getrlimit(Resource::Nofile).maximum,
        };
        let before = prlimit(Some(server), Resource::Nofile, limit).unwrap();
        Self { server, before }
    }

    fn give_back(self) {
        prlimit(Some(self.server), Resource::Nofile, self.before).unwrap();
    }
}

#[test]
fn the_doors_open_again_once_there_are_descriptors_again() {
    let (home, token, server) = served();
    let credential = format!("Bearer {token}");
    let fields = [("Authorization", credential.as_str())];
    let mut kept = Conversation::with(&server);
    let mut ask = || kept.ask("GET /verify", &fields).status;
    assert_eq!(ask(), 204);
    for _ in 0..2 {
        let descriptors = Descriptors::take_from(&server);
        // It looks at a store that has changed on a new connection, for which it has no descriptor.
        home.done(&["profile", "edit", "github", "--description", "changed"]);
        let closed = server.line(|line| line["event"] == "closed");
        assert_eq!(closed["kind"], "storage", "{closed}");
        assert_eq!(ask(), 503);
        descriptors.give_back();
        server.line(|line| line["event"] == "open");
        assert_eq!(ask(), 204);
    }
}

/// It is no fault of the store: only what needs one is not answered. The watch does close the doors if
/// it looks at the store in this very moment, until it looks again. So it may have looked in one round,
/// but not in each.
#[test]
fn a_lack_of_descriptors_that_requests_meet_closes_no_door() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let mut settings = fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\ntable_limit = 0\n");
    fs::write(home.config(), settings).unwrap();
    let logs: Vec<_> = (0..6).map(|_| log_of_a_lack(&home, &token)).collect();
    let is_open = |log: &String| !log.contains("\"closed\"");
    assert!(logs.iter().any(is_open), "{logs:?}");
}

/// The log of a server that has no descriptors while it is asked, and has them again afterwards.
fn log_of_a_lack(home: &TestHome, token: &str) -> String {
    let server = Running::start(home, &[]);
    // The first check and the first look open files too.
    server.until_checked();
    let credential = format!("Bearer {token}");
    let fields = [("Authorization", credential.as_str())];
    let mut kept = Conversation::with(&server);
    assert_eq!(kept.ask("GET /verify", &[]).status, 401);
    // No connection to the store has answered a request yet, and each opens files for its first.
    let descriptors = Descriptors::take_from(&server);
    for _ in 0..4 {
        assert_eq!(kept.ask("GET /verify", &fields).status, 503);
    }
    descriptors.give_back();
    while kept.ask("GET /verify", &fields).status != 204 {
        server.line(|line| line["event"] == "open");
    }
    server.end_quietly()
}

/// So long an idle connection is kept if nobody needs its descriptor.
const KEPT: Duration = Duration::from_secs(75);

/// Where the system gives no more before the limit of the server is reached.
#[test]
fn the_idlest_connection_is_closed_for_a_new_one() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--trust-proxy", "127.0.0.1"]);
    server.line(|line| line["event"] == "loaded");
    let _few = Descriptors::leave_few(&server);
    let begun = Instant::now();
    // Idle once it is answered. One that is cut tries again.
    let ask = || -> Option<TcpStream> {
        let left = KEPT.saturating_sub(begun.elapsed());
        assert!(
            !left.is_zero(),
            "one had to wait until others were idle for too long"
        );
        let mut stream = TcpStream::connect(server.address()).ok()?;
        stream.set_read_timeout(Some(left)).ok()?;
        let head = "GET /verify HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(head.as_bytes()).ok()?;
        stream.read_exact(&mut [0]).ok()?;
        Some(stream)
    };
    let answered = (0..10).map(|_| (0..10).find_map(|_| ask()).unwrap());
    let answered: Vec<_> = answered.collect();
    drop(answered);
    server.line(|line| line["event"] == "accept_failed");
}
