//! The folder of the anchors (`--state-dir`), and `--state`, which is a filter of lists.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

const READERS: [&[&str]; 12] = [
    &["status"],
    &["environment", "list"],
    &["connection", "show", "ci"],
    &["profile", "list"],
    &["token", "list"],
    &["verify"],
    &["otp", "list"],
    &["mail", "show"],
    &["export"],
    &["audit", "list"],
    &["store", "check"],
    &["profile", "suspend", "github", "--dry-run"],
];

/// Runs a command with a variable set.
fn with(stage: &TestHome, variable: &str, value: &str, arguments: &[&str]) -> Answer {
    let mut command = stage.hallpass(arguments);
    command.env(variable, value).write_stdin("x".repeat(30));
    Answer::of(&command.output().unwrap())
}

fn names(listed: &Value) -> Vec<&str> {
    listed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

#[test]
fn the_old_names_of_the_state_folder_are_errors_that_name_the_new_one() {
    let stage = TestHome::with_sample_data();
    let old = with(&stage, "HALLPASS_STATE", "other", &["profile", "list"]);
    assert_eq!((old.code, old.out.as_str()), (2, ""), "{old:?}");
    assert!(
        old.err
            .contains("`HALLPASS_STATE` is called `HALLPASS_STATE_DIR` now"),
        "{old:?}"
    );
    for line in [
        &["--state", "other", "profile", "list"][..],
        &["profile", "show", "github", "--state", "other"],
        &["environment", "list", "--state=other"],
        &["profile", "list", "--state", "other"],
        &["token", "list", "--state", "/other"],
    ] {
        let said = stage.fails(2, line);
        assert!(
            said.contains("hint: `--state-dir DIR` is the folder"),
            "{line:?}: {said}"
        );
    }
    let settings = fs::read_to_string(stage.config()).unwrap();
    fs::write(stage.config(), format!("{settings}state = \"/other\"\n")).unwrap();
    let said = stage.fails(2, &["profile", "list"]);
    assert!(
        said.contains("line 2: `state` is called `state_dir` now"),
        "{said}"
    );
    assert!(!stage.file("other").exists());
}

#[test]
fn a_named_state_folder_that_is_missing_is_an_error_for_what_only_reads() {
    let stage = TestHome::with_sample_data();
    let named = stage.file("other");
    for line in READERS {
        let option = [line, &["--state-dir", "other"]].concat();
        let answer = stage.piped(&option, "x".repeat(30));
        assert_eq!(
            (answer.code, answer.out.as_str()),
            (3, ""),
            "{line:?}: {answer:?}"
        );
        assert!(
            answer.err.contains("error: no state folder `other`"),
            "{line:?}: {answer:?}"
        );
        assert!(
            answer.err.contains("mkdir -m 700 other"),
            "{line:?}: {answer:?}"
        );
        let variable = with(&stage, "HALLPASS_STATE_DIR", "other", line);
        assert_eq!(variable.code, 3, "{line:?}: {variable:?}");
        assert!(!named.exists(), "{line:?}");
        // Without an anchor there is nothing to keep in it.
        let answer = stage.piped(&[&option[..], &["--no-anchor"]].concat(), "x".repeat(30));
        assert_ne!(answer.code, 3, "{line:?}: {answer:?}");
    }
    let settings = fs::read_to_string(stage.config()).unwrap();
    fs::write(stage.config(), format!("{settings}state_dir = {named:?}\n")).unwrap();
    assert!(
        stage
            .fails(3, &["profile", "list"])
            .contains("error: no state folder")
    );
    assert!(!named.exists());
}

#[test]
fn a_named_state_folder_that_is_missing_is_made_by_what_writes_and_the_usual_one_by_anyone() {
    let stage = TestHome::with_sample_data();
    stage.done(&["connection", "add", "new", "--state-dir", "deep/other"]);
    for folder in ["deep", "deep/other"] {
        let mode = stage.file(folder).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
    let status = stage.json(&["status", "--state-dir", "deep/other"]);
    assert_eq!(status["anchor"], "ok");
    fs::remove_dir_all(stage.file("state")).unwrap();
    assert_eq!(stage.json(&["status"])["anchor"], "first");
    assert!(stage.file("state/hallpass").is_dir());
}

#[test]
fn a_list_shows_what_is_in_a_state() {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "add", "web"]);
    stage.done(&["profile", "suspend", "web", "--yes"]);
    stage.done(&["connection", "block", "hr", "--yes"]);
    for (noun, state, there) in [
        ("profile", "active", ["github"]),
        ("profile", "suspended", ["web"]),
        ("connection", "active", ["ci"]),
        ("connection", "blocked", ["hr"]),
    ] {
        let listed = stage.json(&[noun, "list", "--state", state]);
        assert_eq!(names(&listed), there, "{noun} {state}");
    }
    for name in ["live", "quiet", "gone"] {
        stage.token(&[&format!("github/{name}")]);
    }
    stage.done(&["token", "suspend", "github/quiet"]);
    stage.done(&["token", "revoke", "github/gone", "--yes"]);
    for (state, there) in [
        ("active", vec!["live"]),
        ("suspended", vec!["quiet"]),
        ("revoked", vec!["gone"]),
    ] {
        assert_eq!(
            names(&stage.json(&["token", "list", "--state", state])),
            there,
            "{state}"
        );
        let of = stage.json(&["token", "list", "--profile", "github", "--state", state]);
        assert_eq!(names(&of), there, "{state}");
    }
    for (state, there) in [("expired", "[]\n"), ("pending", "[]\n")] {
        let none = stage.done(&["token", "list", "--state", state, "-o", "json"]);
        assert_eq!(none.out, there);
    }
    for contradiction in ["--all", "--expired"] {
        stage.fails(2, &["token", "list", "--state", "revoked", contradiction]);
    }
}

#[test]
fn codes_are_listed_by_their_state() {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "edit", "github", "--email", "g@example.com"]);
    let folder = format!("outbox:{}", stage.file("mails").display());
    stage.done(&["mail", "set", &folder, "--from", "noreply@example.com"]);
    stage.done(&["otp", "request", "github", "--connection", "ci"]);
    let count = |state| {
        stage
            .json(&["otp", "list", "--state", state])
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((count("pending"), count("cancelled")), (1, 0));
    stage.done(&["otp", "cancel", "github", "--connection", "ci"]);
    assert_eq!((count("pending"), count("cancelled")), (0, 1));
    stage.fails(2, &["otp", "list", "--state", "gone"]);
}

#[test]
fn tokens_are_listed_by_profile_however_it_is_said() {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "add", "web"]);
    stage.token(&["github/one"]);
    stage.token(&["web/two"]);
    let by_option = stage.json(&["token", "list", "--profile", "github"]);
    assert_eq!(names(&by_option), ["one"]);
    assert_eq!(by_option, stage.json(&["token", "list", "github"]));
    stage.fails(3, &["token", "list", "--profile", "nobody"]);
    stage.fails(2, &["token", "list", "github", "--profile", "github"]);
}
