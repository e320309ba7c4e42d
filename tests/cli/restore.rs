//! `store restore`: what it says before it asks, on a trial, and afterwards.

use std::fs;

use serde_json::{Value, json};

use crate::support::test_home::TestHome;

/// A home with a backup, and what was done since.
fn changed() -> (TestHome, String) {
    let home = TestHome::with_sample_data();
    home.write("old", "cobalt lantern quiet otter\n");
    home.write("new", "velvet harbour seven maple\n");
    for profile in ["anna", "ben"] {
        home.done(&["profile", "add", profile]);
        home.done(&["password", "set", profile, "--password-file", "old"]);
    }
    let token = home.token(&["github/laptop"]);
    home.done(&["store", "backup", "b.db"]);
    home.done(&["token", "rotate", "github/laptop", "--overlap", "0"]);
    home.done(&["connection", "block", "ci", "--yes"]);
    home.done(&["password", "set", "anna", "--password-file", "new", "--yes"]);
    home.done(&["profile", "suspend", "ben", "--yes"]);
    (home, token)
}

const COUNTED: &str = "as far as it is known, what has ended since stays so: revoked or deleted: 0; \
    suspended, blocked, replaced or restricted: 3; passwords cleared: 1";
const DOUBTED: &str = "profiles whose password may have been changed: ben";

fn carried(document: &Value) -> Value {
    let fields = [
        "revoked_again",
        "ended_again",
        "passwords_cleared",
        "may_revive",
    ];
    fields
        .iter()
        .map(|field| ((*field).to_owned(), document[field].clone()))
        .collect()
}

#[test]
fn what_stays_ended_is_counted_before_and_after() {
    let (home, token) = changed();
    let asked = home.fails(5, &["store", "restore", "b.db"]);
    assert!(
        asked.contains(COUNTED) && !asked.contains("may be valid again"),
        "{asked}"
    );
    let expected = json!({
        "revoked_again": 0, "ended_again": 3, "passwords_cleared": 1, "may_revive": [],
    });
    let trial = home.json(&["store", "restore", "b.db", "--dry-run"]);
    assert_eq!(carried(&trial), expected);
    assert_eq!(
        carried(&home.json(&["store", "restore", "b.db", "--yes"])),
        expected
    );
    assert_eq!(home.verdict(&token, &[]).1, "expired");
    assert_eq!(home.json(&["connection", "show", "ci"])["state"], "blocked");
    assert_eq!(home.json(&["profile", "show", "ben"])["state"], "suspended");
    assert_eq!(
        home.json(&["profile", "show", "anna"])["has_password"],
        false
    );
    let trail = home.json(&["audit", "list"]);
    let actions: Vec<_> = trail
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    for action in [
        "token.restrict",
        "connection.restrict",
        "password.clear",
        "profile.restrict",
    ] {
        assert!(actions.contains(&&json!(action)), "{action}: {actions:?}");
    }
}

#[test]
fn what_nobody_knows_is_named_before_and_after() {
    let (home, token) = changed();
    fs::write(home.store(), b"ruined").unwrap();
    let asked = home.fails(5, &["store", "restore", "b.db"]);
    assert!(
        asked.contains(COUNTED) && asked.contains(DOUBTED),
        "{asked}"
    );
    let shown = home.done(&["store", "restore", "b.db", "--dry-run"]);
    assert!(
        shown.err.contains(COUNTED) && shown.err.contains(DOUBTED),
        "{shown:?}"
    );
    assert!(
        shown.out.contains("store rules, profile ben password"),
        "{shown:?}"
    );
    let expected = json!({
        "revoked_again": 0, "ended_again": 3, "passwords_cleared": 1, "may_revive": [
            {"kind": "store", "name": "", "what": "rules"},
            {"kind": "profile", "name": "ben", "what": "password"},
        ],
    });
    let trial = home.json(&["store", "restore", "b.db", "--dry-run"]);
    assert_eq!(carried(&trial), expected);
    assert_eq!(
        fs::read(home.store()).unwrap(),
        b"ruined",
        "nothing changed yet"
    );
    assert_eq!(
        carried(&home.json(&["store", "restore", "b.db", "--yes"])),
        expected
    );
    assert_eq!(home.verdict(&token, &[]).1, "expired");
    assert_eq!(home.json(&["status"])["anchor"], "ok");
}

#[test]
fn a_store_that_was_deleted_is_restored_by_what_this_machine_remembers() {
    let (home, token) = changed();
    fs::remove_dir_all(home.store().parent().unwrap()).unwrap();
    let trial = home.json(&["store", "restore", "b.db", "--dry-run"]);
    assert!(
        !home.store().parent().unwrap().exists(),
        "a trial makes no folder"
    );
    assert_eq!(
        carried(&trial),
        carried(&home.json(&["store", "restore", "b.db", "--yes"]))
    );
    assert_eq!(home.verdict(&token, &[]).1, "expired");
}

#[test]
fn an_older_store_that_is_accepted_says_the_same() {
    let (home, token) = changed();
    for sidecar in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{sidecar}", home.store().display()));
    }
    fs::copy(home.file("b.db"), home.store()).unwrap();
    assert_eq!(home.run(&["status"]).code, 31);
    let asked = home.fails(5, &["store", "accept", "--rollback"]);
    assert!(
        asked.contains(COUNTED) && asked.contains(DOUBTED),
        "{asked}"
    );
    let trial = home.json(&["store", "accept", "--rollback", "--dry-run"]);
    assert_eq!(home.run(&["status"]).code, 31);
    let done = home.json(&["store", "accept", "--rollback", "--yes"]);
    assert_eq!(carried(&trial), carried(&done));
    assert_eq!(done["ended_again"], 3);
    assert_eq!(home.verdict(&token, &[]).1, "expired");
}

#[test]
fn a_trial_says_that_the_backup_is_of_another_store() {
    let (home, other) = (TestHome::new(), TestHome::new());
    other.done(&["store", "backup", "o.db"]);
    fs::copy(other.file("o.db"), home.file("o.db")).unwrap();
    let key = other.file("keys/store.key").display().to_string();
    home.fails(
        33,
        &["store", "restore", "o.db", "--dry-run", "--key-file", &key],
    );
}
