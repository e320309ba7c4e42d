//! A verdict is never older than the last commit, and never made of a store that is not as it was
//! seen.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Running;
use crate::support::test_home::TestHome;

/// A home with a token, a server, and once its memory is full.
pub(super) fn served() -> (TestHome, String, Running) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
    (home, token, server)
}

#[test]
fn every_change_counts_for_the_next_request() {
    let (home, token, server) = served();
    let changes: [(&[&str], u16); 9] = [
        (&["token", "suspend", "github/laptop"], 401),
        (&["token", "resume", "github/laptop"], 204),
        (&["profile", "suspend", "github"], 401),
        (&["profile", "resume", "github"], 204),
        (&["connection", "block", "ci"], 403),
        (&["connection", "unblock", "ci"], 204),
        (
            &[
                "profile",
                "edit",
                "github",
                "--add-connection",
                "hr",
                "--remove-connection",
                "ci",
            ],
            403,
        ),
        (
            &[
                "profile",
                "edit",
                "github",
                "--add-connection",
                "ci",
                "--remove-connection",
                "hr",
            ],
            204,
        ),
        (&["token", "revoke", "github/laptop"], 401),
    ];
    for (change, status) in changes {
        home.done(&[change, &["--yes"]].concat());
        // Several times: each thread has its own connection to the store.
        for _ in 0..8 {
            assert_eq!(server.verify(&token).status, status, "{change:?}");
        }
    }
}

#[test]
fn a_token_made_while_it_runs_is_valid_at_once() {
    let (home, _, server) = served();
    for name in ["github/a", "github/b"] {
        let token = home.token(&[name]);
        assert_eq!(server.verify(&token).status, 204);
    }
}

#[test]
fn the_last_use_is_recorded() {
    let (home, token, server) = served();
    assert_eq!(server.verify(&token).status, 204);
    server.signal(rustix::process::Signal::TERM);
    assert!(server.end().success());
    let shown = home.json(&["token", "show", "github/laptop"]);
    assert!(shown["last_used_at"].is_string(), "{shown}");
}

/// Changes the store behind the server's back; it has to refuse within a second, and say why.
#[track_caller]
fn refuses_after(
    home: &TestHome,
    token: &str,
    server: &Running,
    change: impl FnOnce(),
    kinds: &[&str],
) {
    assert_eq!(server.verify(token).status, 204);
    change();
    let changed = Instant::now();
    while server.verify(token).status != 503 {
        assert!(
            changed.elapsed() < Duration::from_secs(20),
            "{kinds:?}: it still answers"
        );
    }
    let line = server.line(|line| line["event"] == "closed");
    let kind = line["kind"].as_str().unwrap();
    assert!(kinds.contains(&kind), "{line}");
    assert!(home.store().parent().unwrap().exists());
}

#[test]
fn a_removed_store_closes_every_door_until_it_is_back() {
    let (home, token, server) = served();
    let aside = home.file("aside");
    refuses_after(
        &home,
        &token,
        &server,
        || fs::rename(home.store(), &aside).unwrap(),
        &["storage"],
    );
    fs::rename(&aside, home.store()).unwrap();
    server.line(|line| line["event"] == "open");
    assert_eq!(server.verify(&token).status, 204);
}

#[test]
fn a_store_that_was_rolled_back_in_place_is_refused() {
    let (home, token, server) = served();
    let old = fs::read(home.store()).unwrap();
    home.done(&["profile", "add", "other"]);
    refuses_after(
        &home,
        &token,
        &server,
        || {
            // As a backup tool does that writes over the file, and takes the log away.
            fs::write(home.store(), &old).unwrap();
            for sidecar in ["-wal", "-shm"] {
                let mut path = home.store().into_os_string();
                path.push(sidecar);
                let _ = fs::remove_file(path);
            }
        },
        // It may be seen half written.
        &["rollback", "corrupt", "integrity"],
    );
}

#[test]
fn a_store_that_was_overwritten_is_refused() {
    let (home, token, server) = served();
    let length = fs::metadata(home.store()).unwrap().len();
    refuses_after(
        &home,
        &token,
        &server,
        || fs::write(home.store(), vec![7; usize::try_from(length).unwrap()]).unwrap(),
        &["corrupt"],
    );
}

/// A byte of every page that is not the first is changed: all rows there are damaged, the root is not
/// read from the file as long as its page is in memory.
fn damage(home: &TestHome) {
    let mut bytes = fs::read(home.store()).unwrap();
    let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    for at in (page..bytes.len()).step_by(page) {
        bytes[at + page - 40] ^= 0x40;
    }
    fs::write(home.store(), bytes).unwrap();
}

#[test]
fn damage_that_a_request_meets_closes_every_door_until_it_is_repaired() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let mut settings = fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\ntable_limit = 0\n");
    fs::write(home.config(), settings).unwrap();
    // Merged into the file, so that it can be damaged there.
    home.done(&["store", "check"]);
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
    assert_eq!(server.verify(&token).status, 204);
    // Nothing is to be written while it is damaged: a damaged page would be written too.
    while !home.json(&["token", "show", "github/laptop"])["last_used_at"].is_string() {
        std::thread::sleep(Duration::from_millis(100));
    }
    let whole = fs::read(home.store()).unwrap();
    damage(&home);
    let damaged = Instant::now();
    while server.verify(&token).status != 503 {
        assert!(damaged.elapsed() < Duration::from_secs(20));
    }
    let line = server.line(|line| line["event"] == "closed");
    assert!(["integrity", "corrupt"].contains(&line["kind"].as_str().unwrap()));
    // It does not open between two looks at the root.
    for _ in 0..30 {
        assert_eq!(server.verify(&token).status, 503);
        std::thread::sleep(Duration::from_millis(50));
    }
    fs::write(home.store(), whole).unwrap();
    server.line(|line| line["event"] == "open");
    // A thread may still have a damaged page in memory, until something is committed.
    home.done(&["profile", "add", "other"]);
    let repaired = Instant::now();
    while server.verify(&token).status != 204 {
        assert!(repaired.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn damage_that_no_request_meets_is_found_too() {
    let (home, token, server) = served();
    // Its pages are in the memory of every connection.
    assert_eq!(server.verify(&token).status, 204);
    damage(&home);
    let line = server.line(|line| line["event"] == "closed");
    assert!(["integrity", "corrupt"].contains(&line["kind"].as_str().unwrap()));
    assert_eq!(server.verify(&token).status, 503);
}

/// Changes a bit of the oldest row of the log in the file itself: no look at the newest state, and no
/// request, reads that row.
fn damage_oldest_row(home: &TestHome, sealed: &[u8]) {
    let bytes = fs::read(home.store()).unwrap();
    let at = bytes.windows(sealed.len()).position(|part| part == sealed);
    let at = at.unwrap() + sealed.len() / 2;
    let file = File::options().write(true).open(home.store()).unwrap();
    let at_byte = u64::try_from(at).unwrap();
    file.write_all_at(&[bytes[at] ^ 1], at_byte).unwrap();
}

/// A check that read the pages which an earlier one left in memory would find the row as it was.
#[test]
fn a_check_reads_the_file_again() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    // Merged into the file, so that it can be damaged there.
    home.done(&["store", "check"]);
    let oldest = "SELECT ct FROM log ORDER BY seq LIMIT 1";
    let sealed: Vec<u8> = {
        let store = Connection::open(home.store()).unwrap();
        store.query_row(oldest, [], |row| row.get(0)).unwrap()
    };
    let server = Running::start(&home, &[]);
    server.until_checked();
    // Nothing is committed meanwhile, no last use either: that would clear the pages in memory.
    damage_oldest_row(&home, &sealed);
    let line = server.line(|line| line["event"] == "closed");
    assert!(["integrity", "corrupt"].contains(&line["kind"].as_str().unwrap()));
    assert_eq!(server.verify(&token).status, 503);
}
