//! What this machine remembers of a store: by which path, and without its anchor.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;

use crate::support::test_home::{Answer, TestHome};

/// Runs a command in a folder of the home.
fn within(home: &TestHome, folder: &str, arguments: &[&str]) -> Answer {
    let mut command = home.command(arguments);
    Answer::of(&command.current_dir(home.file(folder)).output().unwrap())
}

/// Two stores of one bare name, each in a folder of its own.
fn two() -> TestHome {
    let home = TestHome::empty();
    for folder in ["a", "b"] {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(home.file(folder))
            .unwrap();
        let key = format!("../keys/{folder}.key");
        let made = within(
            &home,
            folder,
            &[
                "init",
                "--store",
                "s.db",
                "--new-key-file",
                &key,
                "--no-recovery",
            ],
        );
        assert_eq!(made.code, 0, "{made:?}");
    }
    home
}

fn status(home: &TestHome, folder: &str, store: &str, key: &str) -> Answer {
    let key = home.file("keys").join(key).display().to_string();
    within(
        home,
        folder,
        &["status", "--store", store, "--key-file", &key],
    )
}

#[test]
fn stores_of_one_bare_name_in_two_folders_are_not_taken_for_each_other() {
    let home = two();
    for folder in ["a", "b", "a"] {
        let status = status(&home, folder, "s.db", &format!("{folder}.key"));
        assert_eq!(status.code, 0, "{status:?}");
    }
    assert_eq!(
        fs::read_dir(home.file("state/hallpass/known"))
            .unwrap()
            .count(),
        2
    );
}

#[test]
fn a_store_that_was_put_there_is_noticed_however_its_path_is_spelled() {
    let home = two();
    fs::copy(home.file("b/s.db"), home.file("a/s.db")).unwrap();
    let whole = home.file("a/s.db").display().to_string();
    for (folder, store) in [
        ("a", "s.db"),
        ("a", "./s.db"),
        ("b", "../a/s.db"),
        ("b", &*whole),
    ] {
        let status = status(&home, folder, store, "b.key");
        assert_eq!(status.code, 33, "{store} in {folder}: {status:?}");
    }
}

#[test]
fn a_store_is_made_where_another_was_removed_with_its_folder_whatever_leads_there() {
    let home = TestHome::empty();
    fs::DirBuilder::new()
        .mode(0o700)
        .create(home.file("real"))
        .unwrap();
    std::os::unix::fs::symlink("real", home.file("link")).unwrap();
    for round in ["1", "2"] {
        let key = format!("keys/{round}.key");
        let store = "link/folder/s.db";
        home.done(&[
            "init",
            "--store",
            store,
            "--new-key-file",
            &key,
            "--no-recovery",
        ]);
        home.done(&["status", "--store", "real/folder/s.db", "--key-file", &key]);
        fs::remove_dir_all(home.file("real/folder")).unwrap();
    }
}

#[test]
fn a_store_without_its_anchor_is_refused_until_that_is_accepted() {
    let home = TestHome::new();
    fs::remove_dir_all(home.file("state/hallpass/anchors")).unwrap();
    let said = home.fails(32, &["status"]);
    assert!(said.contains("its anchor is missing"), "{said}");
    assert!(
        said.contains("hint: hallpass store accept --fork --dry-run"),
        "{said}"
    );
    home.fails(32, &["store", "accept", "--rollback", "--yes"]);
    home.fails(32, &["status", "--require-anchor"]);
    home.done(&["store", "accept", "--fork", "--dry-run"]);
    home.fails(32, &["status"]);
    home.done(&["store", "accept", "--fork", "--yes"]);
    home.done(&["status"]);
    fs::remove_dir_all(home.file("state")).unwrap();
    home.fails(31, &["status", "--require-anchor"]);
    let first = home.done(&["status"]);
    assert!(
        first.err.contains("had not seen the store before"),
        "{first:?}"
    );
}
