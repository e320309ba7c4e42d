//! `status`: never asks, and tells with its code.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, symlink};

use serde_json::Value;

use crate::support::Home;
use crate::support::test_home::TestHome;

fn json(home: &Home, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = home.hallpass(arguments).output().unwrap();
    (
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        output.status.code(),
    )
}

#[test]
fn there_is_none_or_it_is_locked_or_open() {
    let home = Home::new();
    let (missing, code) = json(&home, &["status", "-o", "json"]);
    assert_eq!((&missing["state"], code), (&"missing".into(), Some(3)));
    let home = TestHome::new();
    let (open, code) = json(&home, &["status", "-o", "json"]);
    assert_eq!(
        (&open["state"], &open["epoch"], code),
        (&"open".into(), &1.into(), Some(0))
    );
    let (off, _) = json(&home, &["status", "-o", "json", "--no-anchor"]);
    assert_eq!(off["anchor"], "off");
    fs::remove_file(home.config()).unwrap();
    let (locked, code) = json(&home, &["status", "-o", "json"]);
    assert_eq!(
        (&locked["state"], &locked["key"], code),
        (&"locked".into(), &Value::Null, Some(21))
    );
}

#[test]
fn what_is_wrong_with_the_file_is_an_error() {
    let home = TestHome::new();
    let store = home.store();
    let whole = fs::read(&store).unwrap();
    let code = |expected: i32, why: &str| {
        let output = home.hallpass(&["status"]).output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{why}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    fs::set_permissions(&store, Permissions::from_mode(0o644)).unwrap();
    let said = code(43, "readable by others");
    assert!(
        said.contains(&format!(
            "chmod 600 {}",
            store.canonicalize().unwrap().display()
        )),
        "{said}"
    );
    fs::set_permissions(&store, Permissions::from_mode(0o600)).unwrap();
    fs::write(&store, &whole[..whole.len() / 2]).unwrap();
    code(34, "cut");
    fs::write(&store, b"").unwrap();
    code(34, "empty");
    fs::write(
        &store,
        b"something else altogether, and longer than a header",
    )
    .unwrap();
    code(34, "foreign");
    fs::rename(&store, home.file("elsewhere")).unwrap();
    symlink(home.file("elsewhere"), &store).unwrap();
    code(43, "a link");
    fs::remove_file(&store).unwrap();
    fs::create_dir(&store).unwrap();
    code(43, "a folder");
}

#[test]
fn a_wrong_key_is_told_from_none_and_from_damage() {
    let home = TestHome::new();
    let other = TestHome::new();
    let key = other.file("keys/store.key").display().to_string();
    home.hallpass(&["status", "--key-file", &key])
        .assert()
        .code(20);
    let cut = fs::read_to_string(home.file("keys/store.key")).unwrap();
    home.write("cut", &cut[..80]);
    home.hallpass(&["status", "--key-file", "cut"])
        .assert()
        .code(20);
    home.hallpass(&["status", "--key-file", "absent"])
        .assert()
        .code(21);
    home.write("open", &cut);
    fs::set_permissions(home.file("open"), Permissions::from_mode(0o644)).unwrap();
    home.hallpass(&["status", "--key-file", "open"])
        .assert()
        .code(43);
    home.hallpass(&[
        "status",
        "--key-file",
        "keys/store.key",
        "--passphrase-file",
        "x",
    ])
    .assert()
    .code(2);
    home.write("empty", "");
    let nobody = home
        .hallpass(&["profile", "list", "--config", "empty"])
        .output()
        .unwrap();
    assert_eq!(nobody.status.code(), Some(21));
    let said = format!("cannot ask for passphrase of {}: ", home.store().display());
    assert!(String::from_utf8(nobody.stderr).unwrap().contains(&said));
    home.hallpass(&["status", "--passphrase-command", "exit 3"])
        .assert()
        .code(21);
    home.hallpass(&["status", "--passphrase-command", "echo wrong"])
        .assert()
        .code(20);
}

#[test]
fn an_older_store_is_a_rollback() {
    let home = TestHome::new();
    let old = fs::read(home.store()).unwrap();
    home.hallpass(&["store", "key", "add", "--recovery-file", "r"])
        .assert()
        .success();
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", home.store().display()));
    }
    fs::write(home.store(), old).unwrap();
    let output = home.hallpass(&["status", "-o", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(31));
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["error"]["kind"], "rollback");
    assert!(
        error["error"]["hint"]
            .as_str()
            .unwrap()
            .starts_with("hallpass store accept --rollback")
    );
    home.hallpass(&["store", "accept", "--rollback"])
        .assert()
        .code(5);
    home.hallpass(&["store", "accept", "--fork", "--yes"])
        .assert()
        .code(31);
    home.hallpass(&["store", "accept", "--rollback", "--dry-run"])
        .assert()
        .code(0);
    home.hallpass(&["status"]).assert().code(31);
    home.hallpass(&["store", "accept", "--rollback", "--yes"])
        .assert()
        .code(0);
    home.hallpass(&["status"]).assert().code(0);
    home.hallpass(&["store", "accept", "--rollback", "--yes"])
        .assert()
        .code(6);
}

#[test]
fn another_machine_sees_the_store_for_the_first_time_or_refuses_it() {
    let home = TestHome::new();
    for folder in ["other", "third"] {
        DirBuilder::new()
            .mode(0o700)
            .create(home.file(folder))
            .unwrap();
    }
    let (first, code) = json(&home, &["status", "-o", "json", "--state-dir", "other"]);
    assert_eq!((&first["anchor"], code), (&"first".into(), Some(0)));
    let (second, _) = json(&home, &["status", "-o", "json", "--state-dir", "other"]);
    assert_eq!(second["anchor"], "ok");
    home.hallpass(&["status", "--state-dir", "third", "--require-anchor"])
        .assert()
        .code(31);
}
