//! `store`: copies, restoring, keys.

use std::fs;

use crate::support::test_home::TestHome;

#[test]
fn a_check_says_what_it_went_through() {
    let home = TestHome::new();
    let report = home.json(&["store", "check"]);
    assert_eq!(
        (&report["epoch"], &report["records"]),
        (&1.into(), &1.into())
    );
    let info = home.json(&["store", "info"]);
    assert_eq!(
        (&info["format"], &info["environments"]),
        (&1.into(), &1.into())
    );
    assert_eq!(info["keys"][0]["kind"], "key_file");
    for format in ["table", "csv", "jsonl"] {
        home.hallpass(&["store", "info", "-o", format])
            .assert()
            .success();
    }
}

#[test]
fn damage_is_found() {
    let home = TestHome::new();
    let mut bytes = fs::read(home.store()).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[last] ^= 1;
    fs::write(home.store(), bytes).unwrap();
    let output = home.hallpass(&["store", "check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(30), "{output:?}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_backup_is_written_once_and_restored_when_confirmed() {
    let home = TestHome::new();
    home.json(&["store", "backup", "b.db"]);
    let again = home
        .hallpass(&["store", "backup", "b.db"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(4));
    assert!(!String::from_utf8_lossy(&again.stderr).contains("hallpass status"));
    home.hallpass(&["store", "key", "add", "--recovery-file", "r"])
        .assert()
        .success();
    let keys = home.json(&["store", "key", "list"]);
    assert_eq!(keys.as_array().unwrap().len(), 2);
    home.hallpass(&["store", "restore", "b.db"])
        .assert()
        .code(5);
    let shown = home
        .hallpass(&["store", "restore", "b.db", "--dry-run"])
        .output()
        .unwrap();
    assert_eq!(shown.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&shown.stderr).contains("every change after epoch 1 is lost"));
    assert_eq!(
        home.json(&["store", "key", "list"]),
        keys,
        "nothing changed yet"
    );
    home.json(&["store", "restore", "b.db", "--yes"]);
    assert_eq!(
        home.json(&["store", "key", "list"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(home.json(&["status"])["anchor"], "ok");
    home.hallpass(&["store", "check"]).assert().success();
}

#[test]
fn a_backup_brings_back_a_store_that_was_lost_or_ruined() {
    let home = TestHome::new();
    home.json(&["store", "backup", "b.db"]);
    fs::write(home.store(), b"ruined").unwrap();
    home.hallpass(&["status"]).assert().code(34);
    home.json(&["store", "restore", "b.db", "--yes"]);
    home.json(&["store", "check"]);
    fs::remove_dir_all(home.store().parent().unwrap()).unwrap();
    home.hallpass(&["status"]).assert().code(3);
    home.json(&["store", "restore", "b.db", "--yes"]);
    home.json(&["store", "check"]);
}

#[test]
fn a_bad_backup_changes_nothing() {
    let home = TestHome::new();
    home.json(&["store", "backup", "b.db"]);
    let before = home.json(&["status"]);
    let mut bytes = fs::read(home.file("b.db")).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[last] ^= 1;
    home.write("bad.db", "");
    fs::write(home.file("bad.db"), bytes).unwrap();
    home.hallpass(&["store", "restore", "bad.db", "--yes"])
        .assert()
        .code(30);
    let absent = home
        .hallpass(&["store", "restore", "absent.db", "--yes"])
        .output()
        .unwrap();
    assert_eq!(absent.status.code(), Some(3));
    let said = format!(
        "error: no file or folder `{}`\n",
        home.file("absent.db").display()
    );
    assert_eq!(
        String::from_utf8(absent.stderr).unwrap(),
        said,
        "and no hint to make a store"
    );
    home.write("text.db", "hello");
    home.hallpass(&["store", "restore", "text.db", "--yes"])
        .assert()
        .code(34);
    let other = TestHome::new();
    other.json(&["store", "backup", "o.db"]);
    fs::copy(other.file("o.db"), home.file("o.db")).unwrap();
    let key = other.file("keys/store.key").display().to_string();
    let foreign = ["store", "restore", "o.db", "--yes", "--key-file", &key];
    home.hallpass(&foreign).assert().code(33);
    assert_eq!(home.json(&["status"]), before);
}

#[test]
fn keys_come_and_go_but_never_the_last() {
    let home = TestHome::new();
    let first = home.json(&["store", "key", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    home.hallpass(&["store", "key", "remove", &first, "--yes"])
        .assert()
        .code(6);
    // A part of an id names a key that begins so, and `00` may be how this one begins.
    let other = if first.starts_with('0') { "1" } else { "0" };
    home.hallpass(&["store", "key", "remove", other, "--yes"])
        .assert()
        .code(3);
    let added = home.json(&["store", "key", "add", "--new-key-file", "k/two"]);
    let second = added["id"].as_str().unwrap();
    home.hallpass(&["store", "key", "add", "--new-key-file", "k/two"])
        .assert()
        .code(4);
    home.hallpass(&["status", "--key-file", "k/two"])
        .assert()
        .code(0);
    home.hallpass(&["store", "key", "remove", second])
        .assert()
        .code(5);
    home.hallpass(&["store", "key", "remove", second, "--dry-run"])
        .assert()
        .code(0);
    home.hallpass(&["status", "--key-file", "k/two"])
        .assert()
        .code(0);
    // With the other key in hand, the first one goes.
    home.hallpass(&[
        "--key-file",
        "k/two",
        "store",
        "key",
        "remove",
        &first,
        "--yes",
    ])
    .assert()
    .code(0);
    home.hallpass(&["status"]).assert().code(20);
    home.hallpass(&["status", "--key-file", "k/two"])
        .assert()
        .code(0);
}

#[test]
fn a_passphrase_is_added_at_a_terminal() {
    let home = TestHome::new();
    let mut terminal = home.terminal(&["store", "key", "add"]);
    terminal.answer("New passphrase: ", "cobalt lantern quiet otter");
    terminal.answer("New passphrase again: ", "cobalt lantern quiet otter");
    let (status, shown, echo) = terminal.finish();
    assert!(status.success() && echo, "{shown}");
    assert!(!shown.contains("lantern"));
    home.write("pass", "cobalt lantern quiet otter\n");
    home.hallpass(&["status", "--passphrase-file", "pass"])
        .assert()
        .code(0);
    let mut terminal = home.terminal(&["--passphrase-file", "pass", "store", "info"]);
    assert!(terminal.screen().is_empty() || !terminal.screen().contains("lantern"));
    assert!(terminal.finish().0.success());
}

#[test]
fn a_backup_makes_no_folder() {
    let stage = TestHome::new();
    let said = stage.fails(3, &["store", "backup", "unmounted/monday.db"]);
    assert!(said.contains("unmounted"), "{said}");
    assert!(!stage.file("unmounted").exists());
}

/// `SQLite` may remove the file that such a journal names.
#[test]
fn a_journal_that_names_a_file_is_refused() {
    let stage = TestHome::new();
    stage.json(&["store", "backup", "b.db"]);
    let magic = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let own = stage.store().with_file_name("store.db-journal");
    for journal in [own, stage.file("b.db-journal")] {
        stage.write("journal", "");
        fs::write(stage.file("journal"), [&[1; 600][..], &magic].concat()).unwrap();
        fs::rename(stage.file("journal"), &journal).unwrap();
        let arguments: &[&str] = match journal.file_name() {
            Some(name) if name == "store.db-journal" => &["profile", "list"],
            _ => &["store", "restore", "b.db", "--yes"],
        };
        let said = stage.fails(34, arguments);
        assert!(
            said.contains("the journal next to it names another file"),
            "{said}"
        );
        assert!(journal.exists());
        fs::remove_file(journal).unwrap();
    }
    stage.json(&["store", "check"]);
}
