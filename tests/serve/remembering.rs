//! What a server remembers of what others do, and a store that moves while it is served.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::time::{Duration, Instant};

use super::newest::served;
use crate::support::test_home::TestHome;

/// A command on another machine, which remembers in a folder of its own.
fn elsewhere(home: &TestHome, arguments: &[&str]) {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(home.file("elsewhere")).unwrap();
    home.done(&[arguments, &["--state-dir", "elsewhere"]].concat());
}

/// How many bytes of tombstones this machine has.
fn remembered(home: &TestHome) -> u64 {
    let entries = fs::read_dir(home.file("state/hallpass/anchors")).unwrap();
    let lengths = entries.map(|entry| {
        let path = entry.unwrap().path();
        let is_one = path.extension().is_some_and(|it| it == "revoked");
        if is_one {
            fs::metadata(path).unwrap().len()
        } else {
            0
        }
    });
    lengths.sum()
}

#[test]
fn what_others_revoke_is_remembered_by_the_server() {
    let (home, token, server) = served();
    home.token(&["github/other"]);
    // As the store is now, without what the server holds of it.
    home.done(&["store", "backup", "old.db"]);
    let before = remembered(&home);
    elsewhere(&home, &["token", "revoke", "github/laptop", "--yes"]);
    let begun = Instant::now();
    while remembered(&home) == before {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it was not remembered"
        );
    }
    assert_eq!(server.verify(&token).status, 401);
    server.signal(rustix::process::Signal::TERM);
    assert!(server.end().success());
    let old = fs::read(home.file("old.db")).unwrap();
    fs::write(home.store(), old).unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", home.store().display()));
    }
    home.fails(31, &["profile", "list"]);
    let accepted = home.json(&["store", "accept", "--rollback", "--yes"]);
    assert_eq!(accepted["revoked_again"], 1);
}

#[test]
fn a_store_that_is_moved_while_it_is_served_closes_every_door() {
    let (home, token, server) = served();
    assert_eq!(server.verify(&token).status, 204);
    home.done(&["store", "copy", "--to", "new.db", "--yes"]);
    assert_eq!(server.verify(&token).status, 503);
    let line = server.line(|line| line["event"] == "closed");
    assert_eq!(line["kind"], "substituted", "{line}");
    assert!(line["why"].as_str().unwrap().contains("new.db"), "{line}");
    home.done(&["store", "accept", "--moved", "--yes"]);
    server.line(|line| line["event"] == "open");
    assert_eq!(server.verify(&token).status, 204);
}
