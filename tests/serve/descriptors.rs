//! A server that the system gives no more descriptors.

use std::fs;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::newest::served;
use super::{Conversation, Running};
use crate::support::test_home::TestHome;

/// Takes all descriptors of the server away but those that it has, and gives them back.
struct Descriptors {
    server: Pid,
    before: Rlimit,
}

impl Descriptors {
    fn take_from(server: &Running) -> Self {
        let server = Pid::from_raw(server.pid().try_into().unwrap()).unwrap();
        let none = Rlimit {
            current: Some(0),
            maximum: getrlimit(Resource::Nofile).maximum,
        };
        let before = prlimit(Some(server), Resource::Nofile, none).unwrap();
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

/// It is no fault of the store: only what needs one is not answered.
#[test]
fn a_lack_of_descriptors_closes_no_door() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let mut settings = fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\ntable_limit = 0\n");
    fs::write(home.config(), settings).unwrap();
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
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
    assert_eq!(kept.ask("GET /verify", &fields).status, 204);
    let log = server.end_quietly();
    assert!(!log.contains("\"closed\""), "{log}");
}
