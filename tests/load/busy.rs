//! A store that another process does not let go of.

use std::time::{Duration, Instant};

use super::Lab;

#[test]
fn a_locked_store_can_be_read_and_a_writer_gives_up_after_its_patience() {
    let lab = Lab::new();
    let token = lab.json(&["token", "add", "github/a"])["token"].as_str().unwrap().to_owned();
    let other = rusqlite::Connection::open(lab.0.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
    let start = Instant::now();
    assert!(lab.is_valid(&token), "its use is not noted then, and nobody waits for that");
    assert_eq!(lab.code(&["profile", "list"]), Some(0));
    assert!(start.elapsed() < Duration::from_secs(4), "reading does not wait");
    assert_eq!(lab.code(&["environment", "add", "test"]), Some(40));
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(5), "{waited:?}: it gave up early");
    assert!(waited < Duration::from_secs(15), "{waited:?}: it waited too long");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!(lab.code(&["environment", "add", "test"]), Some(0));
}
