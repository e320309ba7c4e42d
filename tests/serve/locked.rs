//! A store that another process has locked while it is served.

use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Running;
use crate::support::test_home::TestHome;

/// How long the other process holds the store: longer than anybody waits for it (5 seconds).
const HELD: Duration = Duration::from_secs(8);

/// How long a verdict may take: it only reads.
const VERDICT: Duration = Duration::from_secs(2);

/// How long what writes may take, before it gives up.
const WRITE: Duration = Duration::from_secs(9);

/// Asks until `until`; returns how often each status came.
fn ask(server: &Running, token: &str, refused: &str, until: Instant) -> [u32; 2] {
    let mut came = [0; 2];
    while Instant::now() < until {
        for (token, right) in [(token, 204), (refused, 401)] {
            let asked = Instant::now();
            let status = server.verify(token).status;
            assert!(asked.elapsed() < VERDICT, "it waited for the lock");
            assert!(status == right || status == 503, "{right} became {status}");
            came[usize::from(status == 503)] += 1;
        }
        thread::sleep(Duration::from_millis(5));
    }
    came
}

fn held_by(begin: &str) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let revoked = home.token(&["github/phone"]);
    home.done(&["token", "revoke", "github/phone", "--yes"]);
    let server = Running::start(&home, &["--doors", "verify,token"]);
    server.line(|line| line["event"] == "loaded");
    let other = Connection::open(home.store()).unwrap();
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    other.execute_batch(begin).unwrap();
    let until = Instant::now() + HELD;
    // Its first use: it cannot be recorded now.
    let came = thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let asked = Instant::now();
            let refused = home.run(&["token", "revoke", "github/laptop", "--yes"]);
            assert_eq!(refused.code, 40, "{refused:?}");
            asked.elapsed()
        });
        let came = ask(&server, &token, &revoked, until);
        assert!(writing.join().unwrap() < WRITE);
        came
    });
    let asked = Instant::now();
    let session = server.session(&token, "");
    assert_eq!(session.status, 503, "nothing can be written: {session:?}");
    assert!(asked.elapsed() < WRITE);
    assert!(came[0] > 20, "verdicts went on: {came:?}");
    let shown = home.json(&["token", "show", "github/laptop"]);
    assert!(shown["last_used_at"].is_null(), "the premise: {shown}");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    let freed = Instant::now();
    let soon = || assert!(freed.elapsed() < Duration::from_secs(20));
    while home.json(&["token", "show", "github/laptop"])["last_used_at"].is_null() {
        soon();
        thread::sleep(Duration::from_millis(100));
    }
    while server.session(&token, "").status != 200 {
        soon();
    }
    assert_eq!(server.verify(&token).status, 204);
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    assert_eq!(server.verify(&token).status, 401);
    home.done(&["store", "check"]);
}

#[test]
fn while_another_process_writes_verdicts_go_on_and_no_use_is_lost() {
    held_by("BEGIN IMMEDIATE");
}

#[test]
fn nor_where_it_writes_alone() {
    held_by("BEGIN EXCLUSIVE");
}
