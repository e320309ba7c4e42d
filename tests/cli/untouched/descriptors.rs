//! No descriptor leads to a file of a store, whatever its number and whatever is said to it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::Ground;
use crate::cli::matrix::{MAKERS, Maker};
use crate::promises::files_below;
use crate::support::test_home::{Answer, TestHome};

/// Runs a command with nothing open but the three that every program has: the tests may have inherited
/// more.
fn closed(stage: &TestHome, words: &[&str]) -> Answer {
    let command = stage.command(words);
    let mut shell = Command::new("/bin/bash");
    let close = "for n in {3..12}; do eval \"exec $n>&-\"; done; exec \"$@\"";
    shell.args(["-c", close, "bash"]);
    shell
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(stage.path());
    shell.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    Answer::of(&shell.stdin(Stdio::null()).output().unwrap())
}

/// A number that the caller does not have open is none of ours.
#[test]
fn no_number_of_a_descriptor_leads_to_a_file_of_the_store() {
    let ground = Ground::new();
    let before = ground.files();
    for number in 3..=12 {
        let to = format!("fd:{number}");
        for maker in MAKERS
            .into_iter()
            .filter(|it| !matches!(it, Maker::Apply | Maker::Ensure))
        {
            let refused = closed(&ground.stage, &ground.words(maker, &to));
            assert_eq!(refused.code, 2, "{maker:?} {to}: {refused:?}");
            let said = format!("error: descriptor {number} is not open\n");
            assert!(
                refused.err.starts_with(&said),
                "{maker:?} {to}: {refused:?}"
            );
        }
        let (option, number) = ("--passphrase-fd", number.to_string());
        // One of two must not become the other.
        let both = ["token", "add", "github/x", "--to", "fd:3", option, &number];
        for words in [&["profile", "list", option, &number][..], &both] {
            let refused = closed(&ground.stage, words);
            assert_eq!(refused.code, 2, "{words:?}: {refused:?}");
            assert!(
                refused.err.contains("is not open\n"),
                "{words:?}: {refused:?}"
            );
        }
    }
    assert!(ground.files() == before);
    // Nor is the number of what was claimed just before.
    let both = [
        "token",
        "add",
        "github/x",
        "--to",
        "fd:5",
        "--passphrase-fd",
        "3",
    ];
    let refused = ground.stage.redirected("5<>notes 3<&-", &both);
    assert!(
        refused.err.starts_with("error: descriptor 3 is not open\n"),
        "{refused:?}"
    );
}

#[test]
fn a_descriptor_that_is_a_file_of_the_store_is_refused_whatever_its_number() {
    let ground = Ground::new();
    let Ground { stage, .. } = &ground;
    let lock = stage.store().with_file_name(".store.db.lock");
    stage.write("two.toml", "[environments.two]\n");
    stage.done(&["apply", "two.toml"]);
    assert!(lock.exists(), "or this proves nothing");
    let anchors = files_below(&stage.file("state"));
    let files = [
        stage.store(),
        lock,
        stage.config(),
        stage.file("keys/store.key"),
    ];
    for path in files.into_iter().chain(anchors) {
        let before = ground.files();
        let shown = path.display();
        let add = ["token", "add", "github/x"];
        let to_five = [&add[..], &["--to", "fd:5"]].concat();
        let from_five = ["profile", "list", "--passphrase-fd", "5"];
        for (redirection, words) in [
            (format!("5>>{shown}"), &to_five[..]),
            (format!("5<>{shown}"), &to_five),
            (format!("5<{shown}"), &from_five),
            (format!("1<>{shown}"), &add),
            (format!("1<>{shown}"), &["profile", "list"]),
            (format!("2>>{shown}"), &["profile", "list"]),
            (format!("2<>{shown}"), &["status"]),
        ] {
            let refused = stage.redirected(&redirection, words);
            assert_eq!(refused.code, 43, "{redirection}: {refused:?}");
        }
        let after = ground.files();
        let changed: Vec<_> = after
            .iter()
            .filter(|it| before.get(it.0) != Some(it.1))
            .collect();
        assert!(changed.is_empty(), "{changed:?}");
    }
    stage.done(&["store", "check"]);
}

/// The files of the store, of a backup, and of another store.
fn files_of_stores(stage: &TestHome) -> Vec<PathBuf> {
    for suffix in ["-wal", "-shm", "-journal"] {
        stage.write(&format!("backup.db{suffix}"), "");
    }
    fs::copy(stage.file("keys/store.key"), stage.file("other.key")).unwrap();
    fs::write(
        stage.file("other.anchor"),
        fs::read(&files_below(&stage.file("state"))[0]).unwrap(),
    )
    .unwrap();
    let mut files = vec![stage.store(), stage.config(), stage.file("keys/store.key")];
    files.extend(files_below(&stage.file("state")));
    files.extend(
        [
            "backup.db",
            "backup.db-wal",
            "backup.db-shm",
            "backup.db-journal",
        ]
        .map(|name| stage.file(name)),
    );
    files.extend(["other.key", "other.anchor"].map(|name| stage.file(name)));
    files
}

/// Before arguments and settings are known to be right, too, and of whichever store.
#[test]
fn nothing_is_said_to_a_file_of_a_store_whatever_is_wrong() {
    let ground = Ground::new();
    let Ground { stage, .. } = &ground;
    let files = files_of_stores(stage);
    let before = ground.files();
    for path in files {
        let shown = path.display();
        for to in [
            format!("2<>{shown}"),
            format!("2>>{shown}"),
            format!("1<>{shown} 2>&1"),
        ] {
            for words in [
                &["status"][..],
                &["--help"],
                &["-V"],
                &[],
                &["nonsense"],
                &["status", "--nonsense"],
                &["status", "-o", "json", "--config", "missing"],
                &["token", "add", "github/x", "--to", "fd:9"],
            ] {
                let refused = stage.redirected(&to, words);
                assert_eq!(refused.code, 43, "{to} {words:?}: {refused:?}");
                let told = refused
                    .out
                    .contains("standard error is a file that belongs to a store");
                assert_eq!(told, to.starts_with('2'), "{to} {words:?}: {refused:?}");
            }
        }
        for words in [&["--help"][..], &["-V"], &["completions", "bash"]] {
            let refused = stage.redirected(&format!("1<>{shown}"), words);
            assert_eq!(refused.code, 43, "{words:?}: {refused:?}");
            let told = "error: standard output is a file that belongs to a store\n";
            assert_eq!((refused.out.as_str(), refused.err.as_str()), ("", told));
        }
    }
    assert!(ground.files() == before);
    // Any other file takes what is said.
    assert_eq!(stage.redirected("2>>notes", &["nonsense"]).code, 2);
    assert_eq!(stage.redirected("1>>notes", &["--help"]).code, 0);
    assert!(
        fs::read_to_string(stage.file("notes"))
            .unwrap()
            .contains("no command `nonsense`")
    );
}
