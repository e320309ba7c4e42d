//! `unlock` and `lock`: the passphrase is typed once, and what is kept is of one store and has an end.
//!
//! Where the kernel keeps no keys (a container that forbids it), the same commands are run and must
//! say so; `tests/interop/keyring.py` fails there unless it is told that this is known.

use std::fs;

use serde_json::Value;

use crate::support::pty::Terminal;
use crate::support::test_home::{Answer, TestHome};

const PASSPHRASE: &str = "cobalt lantern quiet otter";

/// A store that a passphrase opens, and a key file that nobody names.
struct Kept(TestHome);

impl Kept {
    fn new() -> Self {
        let stage = TestHome::new();
        stage.write("pass", PASSPHRASE);
        stage.done(&["store", "key", "add", "--new-passphrase-file", "pass"]);
        fs::remove_file(stage.config()).unwrap();
        stage.fails(21, &["profile", "list"]);
        Self(stage)
    }

    /// Unlocks with the passphrase file. `None` where the kernel refuses, which must be said well.
    fn unlocked(&self, arguments: &[&str]) -> Option<Answer> {
        let given = ["unlock", "--passphrase-file", "pass"];
        let answer = self.0.run(&[&given[..], arguments].concat());
        if answer.code == 0 {
            return Some(answer);
        }
        assert_eq!(answer.code, 1, "{answer:?}");
        assert!(
            answer.err.contains("the kernel cannot keep a key here"),
            "{answer:?}"
        );
        assert!(
            answer
                .err
                .contains("hint: a sandbox or container may forbid it"),
            "{answer:?}"
        );
        self.0.done(&["lock"]);
        assert_eq!(self.status().1, 21);
        None
    }

    fn status(&self) -> (Value, i32) {
        let answer = self.0.run(&["status", "-o", "json"]);
        (serde_json::from_str(&answer.out).unwrap(), answer.code)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.run(&["lock"]);
    }
}

#[test]
fn a_passphrase_that_was_given_once_opens_the_store_until_it_is_locked() {
    let kept = Kept::new();
    let stage = &kept.0;
    let Some(answer) = kept.unlocked(&["-o", "json"]) else {
        return;
    };
    let unlocked: Value = serde_json::from_str(&answer.out).unwrap();
    assert!(
        answer.err.contains("unlocked for 15m, until 20"),
        "{answer:?}"
    );
    stage.done(&["profile", "add", "github"]);
    stage.done(&["token", "add", "github/laptop"]);
    let (status, code) = kept.status();
    assert_eq!(
        (&status["state"], &status["key"], code),
        (&"open".into(), &"keyring".into(), 0)
    );
    assert_eq!(status["unlocked_until"], unlocked["unlocked_until"]);
    let locked = stage.json(&["lock"]);
    assert_eq!(locked["was_unlocked"], true);
    let said = stage.fails(21, &["profile", "list"]);
    assert!(
        said.contains("hint: give one of `--key-file FILE`"),
        "{said}"
    );
    let (status, code) = kept.status();
    assert_eq!((&status["state"], code), (&"locked".into(), 21));
    assert_eq!(
        (&status["key"], &status["unlocked_until"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(stage.json(&["lock"])["was_unlocked"], false);
}

#[test]
fn at_a_terminal_it_is_typed_once() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    stage.done(&["lock"]);
    let mut terminal = stage.terminal(&["unlock", "--for", "1h"]);
    terminal.answer("Passphrase of ", PASSPHRASE);
    let (status, shown, echo) = terminal.finish();
    assert!(status.success() && echo, "{shown}");
    assert!(shown.contains("unlocked for 1h, until 20"), "{shown}");
    assert!(!shown.contains("cobalt"), "{shown}");
    // Nobody answers a question here.
    let (status, shown, _) = stage.terminal(&["profile", "list"]).finish();
    assert!(status.success() && shown.contains("no profiles"), "{shown}");
    stage.done(&["lock"]);
    let mut asked: Terminal = stage.terminal(&["profile", "list"]);
    asked.wait_for_hidden("Passphrase of ");
    asked.interrupt();
    assert_eq!(asked.finish().0.code(), Some(130));
}

#[test]
fn what_is_given_comes_before_what_is_kept() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    stage.write("wrong", "cobalt lantern quiet heron");
    stage.fails(20, &["profile", "list", "--passphrase-file", "wrong"]);
    let status = stage.json(&["status", "--key-file", "keys/store.key"]);
    assert!(
        status["key"].as_str().unwrap().starts_with("key file "),
        "{status}"
    );
    assert!(
        status["unlocked_until"].is_string(),
        "it is kept all the same: {status}"
    );
    // It does not renew itself: that takes the key.
    stage.fails(21, &["unlock"]);
    stage.fails(20, &["unlock", "--passphrase-file", "wrong"]);
    assert_eq!(kept.status().1, 0, "what was kept is still kept");
}

#[test]
fn a_key_file_can_be_kept_too_and_is_not_needed_twice() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    stage.done(&["lock"]);
    let first = stage.done(&["unlock", "--key-file", "keys/store.key"]);
    assert!(!first.err.contains("this was not needed"), "{first:?}");
    fs::rename(stage.file("keys/store.key"), stage.file("keys/away")).unwrap();
    stage.done(&["profile", "list"]);
    let mut command = stage.hallpass(&["unlock"]);
    let named = command
        .env("HALLPASS_KEY_FILE", stage.file("keys/away"))
        .output()
        .unwrap();
    let named = Answer::of(&named);
    assert_eq!(named.code, 0, "{named:?}");
    assert!(
        named.err.contains("this was not needed: key file "),
        "{named:?}"
    );
}

#[test]
fn a_key_that_was_removed_opens_nothing_though_it_is_kept() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    let keys = stage.json(&["store", "key", "list"]);
    let mut slots = keys.as_array().unwrap().iter();
    let slot = slots.find(|slot| slot["kind"] == "passphrase").unwrap();
    assert_eq!(slot["in_use"], true, "the store was opened by what is kept");
    let key = ["--key-file", "keys/store.key", "--yes"];
    let remove = ["store", "key", "remove", slot["id"].as_str().unwrap()];
    stage.done(&[&remove[..], &key].concat());
    let said = stage.fails(21, &["profile", "list"]);
    assert!(
        said.starts_with("the key that `unlock` kept no longer opens the store"),
        "{said}"
    );
    let said = stage.fails(21, &["profile", "list"]);
    assert!(!said.contains("kept"), "it was forgotten: {said}");
}

#[test]
fn a_store_made_anew_finds_nothing_kept() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    let away = stage.file("away");
    fs::create_dir(&away).unwrap();
    fs::rename(stage.store(), away.join("store.db")).unwrap();
    for sidecar in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{sidecar}", stage.store().display()));
    }
    stage.fails(3, &["lock"]);
    stage.done(&["init", "--passphrase-file", "pass", "--no-recovery"]);
    let (status, code) = kept.status();
    assert_eq!((code, &status["unlocked_until"]), (21, &Value::Null));
    assert_eq!(stage.json(&["lock"])["was_unlocked"], false);
    // The first one is open still, wherever it lies.
    fs::remove_file(stage.store()).unwrap();
    fs::rename(away.join("store.db"), stage.store()).unwrap();
    let opened = stage.done(&["profile", "list", "--no-anchor"]);
    assert_eq!(opened.code, 0);
}

#[test]
fn a_backup_is_restored_with_what_is_kept() {
    let kept = Kept::new();
    let stage = &kept.0;
    if kept.unlocked(&[]).is_none() {
        return;
    }
    stage.done(&["store", "backup", "backup.db"]);
    stage.done(&["profile", "add", "later"]);
    stage.done(&["store", "restore", "backup.db", "--yes"]);
    assert_eq!(stage.json(&["profile", "list"]), Value::Array(Vec::new()));
    // One whose slots are others is not opened by it, and does not make it forgotten.
    let other = TestHome::new();
    other.done(&["store", "backup", stage.file("other.db").to_str().unwrap()]);
    stage.fails(21, &["store", "restore", "other.db", "--yes"]);
    assert_eq!(kept.status().1, 0);
}

#[test]
fn it_is_refused_before_anybody_is_asked() {
    let stage = TestHome::new();
    let said = stage.fails(6, &["unlock", "--for", "13h"]);
    assert!(said.contains("the key is kept for at most 12h\nhint: hallpass unlock --for 12h"));
    for lasts in ["0m", "30s", "15", "-5m", ""] {
        stage.fails(2, &["unlock", "--for", lasts]);
    }
    let empty = TestHome::empty();
    empty.fails(3, &["unlock"]);
    empty.fails(3, &["lock"]);
    fs::write(stage.store(), b"no store").unwrap();
    stage.fails(34, &["unlock"]);
    stage.fails(34, &["lock"]);
}
