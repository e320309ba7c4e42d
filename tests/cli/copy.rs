//! `store copy`: a store is moved, or copied beside itself, and machines that follow.

use std::fs::{self, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::test_home::TestHome;

/// A home with a token in its store, and where the store is copied to.
fn home() -> (TestHome, String, PathBuf) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let to = home.file("new.db");
    (home, token, to)
}

fn at<'a>(to: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--store", to]].concat()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn verify(home: &TestHome, store: &str, token: &str) -> i32 {
    home.piped(&["verify", "--store", store], token).code
}

/// A folder for what another machine remembers.
fn state_folder(home: &TestHome, name: &str) {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(home.file(name)).unwrap();
}

#[test]
fn a_store_is_moved_with_all_that_is_in_it() {
    let (home, token, to) = home();
    let (old, new) = (home.store(), text(&to).to_owned());
    let exported = home.done(&["export"]).out;
    let trial = home.json(&["store", "copy", "--to", &new, "--dry-run"]);
    assert!(!to.exists());
    let asked = home.fails(5, &["store", "copy", "--to", &new]);
    assert!(asked.contains("will then be refused and name"), "{asked}");
    assert!(!to.exists());
    let copied = home.json(&["store", "copy", "--to", &new, "--yes"]);
    assert_eq!(copied, trial);
    assert_eq!(copied["from"], text(&old));
    assert_eq!(copied["to"], new);
    assert_eq!(
        (&copied["source"], &copied["begun"]),
        (&json!("moved"), &json!("anew"))
    );
    assert_eq!(home.done(&at(&new, &["export"])).out, exported);
    assert_eq!(verify(&home, &new, &token), 0);
    home.done(&at(&new, &["store", "check"]));
    home.done(&at(&new, &["audit", "verify"]));
    // What is left names the copy, to everything but what shows its past.
    let refused = home.fails(33, &["profile", "list"]);
    assert!(refused.contains(&format!("moved to {new}")), "{refused}");
    for command in [
        &["export"][..],
        &["status"],
        &["store", "check"],
        &["store", "backup", "b.db"],
        &["profile", "add", "more"],
        &["store", "accept", "--fork", "--yes"],
        &["store", "copy", "--to", "third.db", "--yes"],
    ] {
        home.fails(33, command);
    }
    assert_eq!(verify(&home, text(&old), &token), 33);
    assert_eq!(home.json(&["store", "info"])["moved_to"], new);
    for command in [
        &["audit", "list"][..],
        &["audit", "verify"],
        &["audit", "head"],
        &["audit", "export"],
    ] {
        home.done(command);
    }
    // And it disturbs nothing.
    home.done(&at(&new, &["profile", "add", "more"]));
    assert!(home.fails(33, &["status"]).contains("moved to"));
}

#[test]
fn a_copy_that_is_repeated_says_that_it_is_done() {
    let (home, _, to) = home();
    let new = text(&to);
    home.done(&["store", "copy", "--to", new, "--yes"]);
    let again = home.fails(33, &["store", "copy", "--to", new, "--yes"]);
    assert!(again.contains(&format!("moved to {new}")), "{again}");
}

#[test]
fn what_is_there_is_not_replaced() {
    let (home, _, to) = home();
    let old = home.store();
    let same = home.fails(2, &["store", "copy", "--to", text(&old), "--yes"]);
    assert!(same.contains("the store itself"), "{same}");
    home.done(&["store", "backup", "backup.db"]);
    let there = fs::read(home.file("backup.db")).unwrap();
    home.fails(4, &["store", "copy", "--to", "backup.db", "--yes"]);
    assert_eq!(fs::read(home.file("backup.db")).unwrap(), there);
    home.write("notes", "these are notes\n");
    fs::set_permissions(home.file("notes"), Permissions::from_mode(0o600)).unwrap();
    home.fails(34, &["store", "copy", "--to", "notes", "--yes"]);
    assert_eq!(
        fs::read_to_string(home.file("notes")).unwrap(),
        "these are notes\n"
    );
    assert!(!to.exists());
    home.done(&["profile", "list"]);
}

#[test]
fn two_stores_with_the_same_tokens_need_a_state_folder_each() {
    let (home, token, to) = home();
    let new = text(&to);
    // Nothing is stopped, so nothing is asked.
    home.done(&["store", "copy", "--to", new, "--keep-source"]);
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    home.fails(32, &at(new, &["profile", "list"]));
    state_folder(&home, "other");
    let apart = home.piped(&["verify", "--store", new, "--state-dir", "other"], &token);
    assert_eq!(apart.code, 0, "nobody told the copy");
    assert_eq!(verify(&home, text(&home.store()), &token), 12);
}

#[test]
fn what_was_left_can_be_used_again() {
    let (home, token, to) = home();
    let new = text(&to);
    home.fails(6, &["store", "accept", "--moved", "--yes"]);
    home.done(&["store", "copy", "--to", new, "--yes"]);
    home.done(&at(new, &["token", "revoke", "github/laptop", "--yes"]));
    let trial = home.json(&["store", "accept", "--moved", "--dry-run"]);
    assert_eq!(trial["accepted"], "moved");
    assert_eq!(trial["revoked_again"], 1);
    let accepted = home.json(&["store", "accept", "--moved", "--yes"]);
    assert_eq!(accepted, trial);
    assert_eq!(verify(&home, text(&home.store()), &token), 12);
    home.fails(32, &at(new, &["profile", "list"]));
}

/// Another machine, with a state folder of its own.
fn elsewhere(home: &TestHome, arguments: &[&str]) -> (i32, String, String) {
    state_folder(home, "elsewhere");
    let mut command = home.command(arguments);
    let output = command.args(["--state-dir", "elsewhere"]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn an_accepted_rollback_is_followed_on_another_machine_unless_the_settings_say_otherwise() {
    let (home, _, _) = home();
    assert_eq!(elsewhere(&home, &["profile", "list"]).0, 0);
    let old = fs::read(home.store()).unwrap();
    home.done(&["profile", "add", "lost"]);
    assert_eq!(elsewhere(&home, &["profile", "list"]).0, 0);
    let status: Value = home.json(&["status"]);
    let (seen, epoch) = (status["anchored_epoch"].clone(), status["epoch"].clone());
    assert_eq!(seen, epoch);
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", home.store().display()));
    }
    fs::write(home.store(), old).unwrap();
    // A person looks where the most was seen.
    let refused = home.command(&["status", "-o", "json"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(31));
    let shown: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(
        (&shown["state"], &shown["anchored_epoch"]),
        (&json!("refused"), &seen)
    );
    assert_eq!(shown["epoch"], Value::Null);
    home.done(&["store", "accept", "--rollback", "--yes"]);
    home.write("own.toml", "anchor_adopt = false\n");
    let own = [
        "profile",
        "list",
        "--config",
        "own.toml",
        "--key-file",
        "keys/store.key",
    ];
    let (code, _, said) = elsewhere(&home, &own);
    assert_eq!(code, 32, "{said}");
    assert!(said.contains("another machine accepted it"), "{said}");
    let (code, _, said) = elsewhere(&home, &["profile", "list"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("this machine follows"), "{said}");
    let (code, _, said) = elsewhere(&home, &own);
    assert_eq!((code, said.contains("follows")), (0, false), "{said}");
}
