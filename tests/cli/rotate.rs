//! `hallpass token rotate`.

use std::fs;

use serde_json::Value;

use crate::support::test_home::TestHome;

fn held(stage: &TestHome, name: &str) -> String {
    fs::read_to_string(stage.file(name)).unwrap()
}

#[test]
fn the_new_token_is_printed_and_the_old_ones_end_is_said() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/a"]);
    let ran = stage.done(&["token", "rotate", "github/a"]);
    let new = ran.out.strip_suffix('\n').unwrap();
    assert_eq!(
        (
            new.len(),
            stage.verdict(new, &[]).0,
            stage.verdict(&old, &[]).0
        ),
        (56, 0, 0)
    );
    let shown = stage.json(&["token", "show", "github/a"]);
    let (id, end) = (
        &old[..17],
        shown["predecessor_expires_at"].as_str().unwrap(),
    );
    assert!(
        ran.err
            .starts_with(&format!("the old token, {id}, is valid until {end}\n")),
        "{ran:?}"
    );
    assert!(
        ran.err.ends_with("copy it now: it is not shown again\n"),
        "{ran:?}"
    );
    assert_eq!(shown["predecessor"], id);
    // The first use of it by `verify` above is what is told.
    let told = stage.done(&["token", "show", "github/a"]).err;
    assert!(
        told.starts_with(&format!(
            "it replaced {id}, which is valid until {end} at most and was last used "
        )),
        "{told}"
    );
    let told = stage.done(&["token", "show", id]).err;
    assert!(
        told.starts_with(&format!(
            "it was replaced by {}, which was last used ",
            &new[..17]
        )),
        "{told}"
    );
}

#[test]
fn without_an_overlap_the_old_one_is_not_valid_any_more() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/a"]);
    let ran = stage.piped(
        &["token", "rotate", "--token-file", "-", "--overlap", "0"],
        &old,
    );
    assert_eq!((ran.code, stage.verdict(&ran.out, &[]).0), (0, 0));
    assert!(
        ran.err.contains(&format!(
            "the old token, {}, is no longer valid",
            &old[..17]
        )),
        "{ran:?}"
    );
    assert_eq!(stage.verdict(&old, &[]), (13, "expired".to_owned()));
    let live = stage.json(&["token", "list"]);
    assert_eq!(live.as_array().unwrap().len(), 1);
    for overlap in ["", "0d", "24", "1M", "-1d"] {
        assert_eq!(
            stage
                .run(&["token", "rotate", "github/a", "--overlap", overlap])
                .code,
            2
        );
    }
}

#[test]
fn a_document_of_a_rotation_is_that_of_a_new_token() {
    let stage = TestHome::with_sample_data();
    stage.token(&["github/a"]);
    let mut made = stage.json(&["token", "rotate", "github/a", "--form", "hex"]);
    let secret = made.as_object_mut().unwrap().remove("token").unwrap();
    assert_eq!(secret.as_str().unwrap().len(), 64);
    assert_eq!(made, stage.json(&["token", "show", "github/a"]));
}

#[test]
fn a_repeated_request_says_what_it_was_answered_with() {
    let stage = TestHome::with_sample_data();
    stage.token(&["github/a"]);
    let rotate = ["token", "rotate", "github/a", "--request-id", "r1"];
    let new = stage.done(&rotate).out;
    let refused = stage.run(&[&rotate[..], &["-o", "json"]].concat());
    assert_eq!((refused.code, refused.out.as_str()), (4, ""));
    assert_eq!(
        refused.error()["hint"],
        format!("hallpass token show {}", &new[..17])
    );
    let to_file = [
        "token",
        "rotate",
        "github/a",
        "--request-id",
        "r2",
        "--to",
        "file:out",
    ];
    stage.done(&to_file);
    let token = held(&stage, "out");
    let again = stage.done(&to_file);
    assert!(
        again
            .err
            .contains("which the sink holds; nothing was changed"),
        "{again:?}"
    );
    assert_eq!((held(&stage, "out"), again.out.as_str()), (token, ""));
    assert_eq!(stage.json(&to_file)["token"], Value::Null);
    assert_eq!(
        stage
            .json(&["token", "list", "--all"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_rotation_that_was_not_delivered_changes_nothing() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/a"]);
    let before = stage.json(&["token", "list", "--all"]);
    for to in ["command:exit 1", "command:kill $$"] {
        let rotate = ["token", "rotate", "github/a", "--overlap", "0", "--to", to];
        assert_eq!(stage.run(&rotate).code, 51);
    }
    assert_eq!(stage.json(&["token", "list", "--all"]), before);
    assert_eq!(stage.verdict(&old, &[]).0, 0);
}

/// The command kills the program that waits for it, when the token is in its place or before.
#[test]
fn a_killed_call_is_repeated_to_one_live_successor() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/a"]);
    let to = "command:cat >out; kill -9 $PPID";
    let mut command = stage.command(&["token", "rotate", "github/a", "--to", to]);
    assert_eq!(
        command.output().unwrap().status.code(),
        None,
        "a signal ended it"
    );
    assert_eq!(stage.verdict(&held(&stage, "out"), &[]).0, 11);
    assert_eq!(stage.verdict(&old, &[]).0, 0);
    let elsewhere = stage.run(&["token", "rotate", "github/a", "--to", "file:other"]);
    assert_eq!(elsewhere.code, 40, "{elsewhere:?}");
    let again = stage.done(&[
        "token",
        "rotate",
        "github/a",
        "--overlap",
        "0",
        "--to",
        "file:out",
    ]);
    assert!(again.err.contains("it is valid now"), "{again:?}");
    assert_eq!(stage.verdict(&held(&stage, "out"), &[]).0, 0);
    assert_eq!(stage.verdict(&old, &[]).0, 13);
    assert_eq!(
        stage
            .json(&["token", "list", "--all"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
