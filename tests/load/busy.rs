//! A store that another process does not let go of.

use std::time::{Duration, Instant};

use super::SharedStore;

#[expect(clippy::disallowed_methods, reason = "a program waits in real time")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn a_locked_store_can_be_read_and_a_writer_gives_up_after_its_patience() {
    let lab = SharedStore::new();
    let token = lab.json(&["token", "add", "github/a"])["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = rusqlite::Connection::open(lab.0.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = now();
    assert!(
        lab.is_valid(&token),
        "its use is not noted then, and nobody waits for that"
    );
    assert_eq!(lab.code(&["profile", "list"]), Some(0));
    let (read, start) = (start.elapsed(), now());
    assert_eq!(lab.code(&["environment", "add", "test"]), Some(40));
    let waited = start.elapsed();
    assert!(
        waited >= Duration::from_secs(5),
        "{waited:?}: it gave up early"
    );
    assert!(read < waited, "{read:?}: reading waits as writing does");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!(lab.code(&["environment", "add", "test"]), Some(0));
}
