//! `hallpass token ensure`.

use std::fs;

use serde_json::Value;

use crate::support::test_home::TestHome;

#[test]
fn run_twice_it_changes_nothing_the_second_time() {
    let stage = TestHome::with_sample_data();
    let ensure = ["token", "ensure", "github/ci", "--to", "env:.env#T"];
    let first = stage.done(&ensure);
    assert_eq!(first.out, "");
    assert!(
        first.err.ends_with("delivered to `T` of `.env`\n"),
        "{first:?}"
    );
    let read = || fs::read(stage.file(".env")).unwrap();
    let (held, store) = (read(), fs::read(stage.store()).unwrap());
    let again = stage.done(&ensure);
    assert!(
        again
            .err
            .starts_with("`T` of `.env` holds token github/ci (hpass_"),
        "{again:?}"
    );
    assert!(again.err.ends_with("; nothing was changed\n"), "{again:?}");
    assert!(read() == held && fs::read(stage.store()).unwrap() == store);
    let shown = stage.json(&ensure);
    assert_eq!(
        (&shown["name"], &shown["token"]),
        (&Value::from("ci"), &Value::Null)
    );
    fs::remove_file(stage.file(".env")).unwrap();
    let lost = stage.done(&[&ensure[..], &["--overlap", "0"]].concat());
    assert!(lost.err.starts_with("the old token, hpass_"), "{lost:?}");
    assert_eq!(stage.json(&["token", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_place_that_cannot_be_read_again_is_wrong_usage() {
    let stage = TestHome::with_sample_data();
    let ensure = ["token", "ensure", "github/ci"];
    for to in [&[][..], &["--to", "fd:3"], &["--to", "command:cat"]] {
        let refused = stage.fails(2, &[&ensure[..], to].concat());
        assert!(
            refused.contains("hint: `--to file:PATH` or `--to env:PATH#KEY`"),
            "{refused}"
        );
    }
    let short = ["--to", "file:x", "--expires", "7d"];
    let refused = stage.fails(6, &[&ensure[..], &short].concat());
    assert!(
        refused.contains("hint: use a shorter `--min-life`"),
        "{refused}"
    );
    assert_eq!(
        stage
            .fails(3, &["token", "ensure", "who/ci", "--to", "file:x"])
            .lines()
            .count(),
        2
    );
    assert!(!stage.file("x").exists());
}

#[test]
fn a_store_that_is_read_only_is_enough_to_find_that_nothing_is_needed() {
    let stage = TestHome::with_sample_data();
    let ensure = ["token", "ensure", "github/ci", "--to", "file:token"];
    stage.done(&ensure);
    let other = rusqlite::Connection::open(stage.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Somebody else writes, and for as long as he likes.
    assert!(stage.done(&ensure).err.contains("nothing was changed"));
    other.execute_batch("ROLLBACK").unwrap();
}
