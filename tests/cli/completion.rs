//! What a shell is told at Tab: names if the store opens by itself, and otherwise nothing, at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use crate::promises::files_below;
use crate::support::test_home::{Answer, TestHome};

/// What could follow `line`, the last word of which is begun.
fn follows(stage: &TestHome, line: &str) -> Vec<String> {
    let answer = ask(stage, "fish", line);
    assert_eq!(
        (answer.code, answer.err.as_str()),
        (0, ""),
        "{line}: {answer:?}"
    );
    let words = answer
        .out
        .lines()
        .map(|line| line.split('\t').next().unwrap());
    // Options can follow anywhere; they are looked at where one is begun.
    let option = line.split(' ').next_back().unwrap().starts_with('-');
    words
        .filter(|word| option || !word.starts_with('-'))
        .map(str::to_owned)
        .collect()
}

fn ask(stage: &TestHome, shell: &str, line: &str) -> Answer {
    let words: Vec<_> = ["--"].into_iter().chain(line.split(' ')).collect();
    let mut command = stage.command(&words);
    command.env("HALLPASS_COMPLETE", shell).stdin(Stdio::null());
    Answer::of(&command.output().unwrap())
}

fn with_sample_data() -> TestHome {
    let stage = TestHome::with_sample_data();
    stage.done(&["environment", "add", "test"]);
    stage.done(&["profile", "add", "gitlab"]);
    stage.token(&["github/laptop"]);
    stage.token(&["github/phone"]);
    stage.done(&["token", "revoke", "github/phone", "--yes"]);
    stage
}

#[test]
fn names_of_what_there_is_follow() {
    let stage = with_sample_data();
    for (line, names) in [
        ("hallpass profile show ", &["github", "gitlab"][..]),
        ("hallpass profile show GITH", &["github"]),
        ("hallpass profile add github --connection ", &["ci", "hr"]),
        (
            "hallpass profile add github --connection=h",
            &["--connection=hr"],
        ),
        ("hallpass connection show c", &["ci"]),
        (
            "hallpass token add github/x --environment ",
            &["production", "test"],
        ),
        ("hallpass token show g", &["github/", "gitlab/"]),
        ("hallpass token show github/", &["github/laptop"]),
        ("hallpass token show gitlab/", &[]),
        ("hallpass token add gith", &["github/"]),
        ("hallpass otp request gitl", &["gitlab"]),
        ("hallpass login githu", &["github"]),
        // What is made has a name of its own.
        ("hallpass profile add gith", &[]),
        ("hallpass connection add c", &[]),
        (
            "hallpass connection guide ci --template p",
            &["proxy", "profit"],
        ),
    ] {
        assert_eq!(follows(&stage, line), names, "{line}");
    }
    assert!(follows(&stage, "hallpass pro").contains(&"profile".to_owned()));
    assert!(follows(&stage, "hallpass profile show --out").contains(&"--output".to_owned()));
}

#[test]
fn nothing_follows_where_the_store_does_not_open_by_itself() {
    let stage = with_sample_data();
    let line = "hallpass profile show ";
    fs::remove_file(stage.config()).unwrap();
    assert_eq!(follows(&stage, line), [""; 0]);
    assert_eq!(
        follows(&stage, "hallpass --key-file keys/store.key profile show ").len(),
        2
    );
    assert_eq!(
        follows(&stage, "hallpass --key-file=keys/store.key profile show ").len(),
        2
    );
    assert_eq!(
        follows(
            &stage,
            "hallpass --store none --key-file keys/store.key profile show "
        )
        .len(),
        0
    );
    // The commands are known all the same.
    assert!(follows(&stage, "hallpass pro").contains(&"profile".to_owned()));
    stage.write("pass", "cobalt lantern quiet otter");
    let key = ["--key-file", "keys/store.key"];
    let add = ["store", "key", "add", "--new-passphrase-file", "pass"];
    stage.done(&[&add[..], &key].concat());
    // A passphrase takes work, and a command may do anything.
    for (variable, value) in [
        ("HALLPASS_PASSPHRASE_FILE", "pass".to_owned()),
        ("HALLPASS_PASSPHRASE_FILE", "-".to_owned()),
        (
            "HALLPASS_PASSPHRASE_COMMAND",
            "touch ran; cat pass".to_owned(),
        ),
        ("HALLPASS_KEY_FILE", "absent".to_owned()),
    ] {
        let mut command = stage.command(&["--", "hallpass", "profile", "show", "g"]);
        command
            .env("HALLPASS_COMPLETE", "fish")
            .env(variable, &value)
            .stdin(Stdio::null());
        let answer = Answer::of(&command.output().unwrap());
        assert_eq!(
            (answer.code, answer.out.as_str(), answer.err.as_str()),
            (0, "", ""),
            "{value}"
        );
    }
    assert!(!stage.file("ran").exists());
    let unlocked = stage.run(&["unlock", "--passphrase-file", "pass"]);
    if unlocked.code == 0 {
        assert_eq!(follows(&stage, line).len(), 2);
        stage.done(&["lock"]);
        assert_eq!(follows(&stage, line).len(), 0);
    }
    fs::write(stage.store(), "no store").unwrap();
    assert_eq!(
        follows(&stage, "hallpass --key-file keys/store.key profile show "),
        [""; 0]
    );
}

/// Every file of the home, and what is in it.
fn contents(stage: &TestHome) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(stage.path()).into_iter();
    let kept = files.filter(|path| !path.to_str().unwrap().ends_with("-shm"));
    kept.map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn nothing_is_written_and_no_machine_remembers() {
    let stage = with_sample_data();
    stage.done(&["store", "check"]);
    let before = contents(&stage);
    for line in [
        "profile show ",
        "token show github/",
        "--state-dir other connection show ",
    ] {
        assert!(
            !follows(&stage, &format!("hallpass {line}")).is_empty(),
            "{line}"
        );
    }
    assert_eq!(contents(&stage), before);
}

#[test]
fn whatever_asks_gets_no_error() {
    let stage = with_sample_data();
    for shell in ["bash", "zsh", "elvish", "powershell"] {
        let answer = ask(&stage, shell, "hallpass profile show ");
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{shell}");
    }
    for (shell, line) in [
        ("tcsh", "hallpass "),
        ("fish", "other words here "),
        ("fish", "hallpass --nonsense x "),
    ] {
        let answer = ask(&stage, shell, line);
        assert_eq!(
            (answer.code, answer.err.as_str()),
            (0, ""),
            "{shell} {line}"
        );
    }
    // A variable that stays set does not change what commands do.
    let mut command = stage.hallpass(&["profile", "list", "-o", "json"]);
    let listed = Answer::of(&command.env("HALLPASS_COMPLETE", "bash").output().unwrap());
    assert!(listed.out.starts_with('['), "{listed:?}");
}
