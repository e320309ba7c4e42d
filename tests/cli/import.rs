//! `hallpass token add` of a token that another system made.

use serde_json::Value;

use super::FORMATS;
use crate::support::Home;
use crate::support::test_home::TestHome;

const OLD: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
/// SHA-256 of a token that is elsewhere.
const SUM: &str = "ef8ddf4ff8a3e95d4f4d0cbd8a2da0cf2d3bb4ed5d0e5b8d6b2ad13d5b3c5f0a";

#[test]
fn its_text_is_read_and_never_shown() {
    let stage = TestHome::with_sample_data();
    let file = stage.write("old", &format!("{OLD}\n"));
    let add = [
        "token",
        "add",
        "github/legacy",
        "--value-file",
        file.to_str().unwrap(),
    ];
    let ran = stage.done(&add);
    assert_eq!(ran.out, "");
    assert!(
        ran.err.starts_with("token github/legacy (hpass_"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("another system issued it"), "{}", ran.err);
    assert_eq!(
        stage.verdict(OLD, &["--connection", "ci"]),
        (0, "valid".to_owned())
    );
    for format in FORMATS {
        let shown = stage.done(&["token", "show", "github/legacy", "-o", format]);
        assert!(
            !shown.out.contains(OLD) && shown.out.contains("imported"),
            "{shown:?}"
        );
    }
    assert!(
        stage
            .done(&["token", "show", "github/legacy"])
            .out
            .contains("imported")
    );
    let shown = stage.piped(&["token", "show", "--token-file", "-", "-o", "json"], OLD);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(
        (&shown["imported"], &shown["used"]),
        (&true.into(), &"known".into())
    );
    let again = stage.fails(
        4,
        &[
            "token",
            "add",
            "github/b",
            "--value-file",
            file.to_str().unwrap(),
        ],
    );
    assert!(
        again.contains("hint: hallpass token show hpass_") && !again.contains(OLD),
        "{again}"
    );
    let revoked = stage.piped(&["token", "revoke", "--token-file", "-", "--yes"], OLD);
    assert_eq!(revoked.code, 0, "{}", revoked.err);
    assert_eq!(stage.verdict(OLD, &[]), (12, "revoked".to_owned()));
    stage.done(&["store", "check"]);
}

#[test]
fn programs_get_what_was_made_without_a_secret() {
    let stage = TestHome::with_sample_data();
    let add = [
        "token",
        "add",
        "github/legacy",
        "--value-file",
        "-",
        "-o",
        "json",
    ];
    let ran = stage.piped(&add, OLD);
    let added: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(
        added["token"].is_null() && added["imported"] == true,
        "{added}"
    );
    assert_eq!(
        (&added["used"], &added["last_used_at"]),
        (&"unknown".into(), &Value::Null)
    );
}

#[test]
fn a_sum_does_and_nothing_else_that_is_typed() {
    let stage = TestHome::with_sample_data();
    stage.done(&["token", "add", "github/a", "--sha256", &SUM.to_uppercase()]);
    stage.fails(4, &["token", "add", "github/b", "--sha256", SUM]);
    for wrong in ["", "abc", OLD, &SUM[1..], &format!("{SUM}0")] {
        let told = stage.fails(2, &["token", "add", "github/c", "--sha256", wrong]);
        assert!(wrong.len() < 30 || !told.contains(wrong), "{told}");
    }
    for also in [["--to", "file:x"], ["--form", "hex"], ["--value-file", "-"]] {
        stage.fails(
            2,
            &[&["token", "add", "github/c", "--sha256", SUM], &also[..]].concat(),
        );
    }
}

#[test]
fn what_is_weak_or_ours_is_refused_with_what_to_do() {
    let stage = TestHome::with_sample_data();
    let own = stage.token(&["github/own"]);
    for text in [
        "hunter2",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        &own,
    ] {
        let ran = stage.piped(&["token", "add", "github/a", "--value-file", "-"], text);
        assert_eq!((ran.code, ran.out.as_str()), (6, ""), "{text}");
        assert!(
            ran.err.contains("hint: ") && !ran.err.contains(text),
            "{}",
            ran.err
        );
    }
    let ran = stage.piped(&["token", "add", "github/a", "--value-file", "-"], "a b\nc");
    assert!(ran.code == 6 || ran.code == 2, "{ran:?}");
    assert_eq!(
        stage
            .run(&["token", "add", "github/a", "--value-file", "nope"])
            .code,
        3
    );
    assert_eq!(stage.run(&["token", "show", "github/a"]).code, 3);
}

#[test]
fn a_foreign_text_needs_the_store_and_is_malformed_where_there_are_no_imports() {
    let stage = TestHome::with_sample_data();
    assert_eq!(stage.verdict(OLD, &[]), (10, "malformed".to_owned()));
    let home = Home::new();
    let output = home
        .hallpass(&["verify"])
        .write_stdin(OLD)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(3),
        "there may be imports in the store that is missing"
    );
    stage.done(&["token", "add", "github/a", "--sha256", SUM]);
    assert_eq!(stage.verdict(OLD, &[]), (11, "unknown".to_owned()));
}
