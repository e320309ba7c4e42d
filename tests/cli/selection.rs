//! `hallpass token revoke|suspend|resume|prune` of tokens that are not named.

use serde_json::Value;

use super::FORMATS;
use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

/// Tokens of two profiles, `a` and `b` each.
fn stage() -> TestHome {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "add", "web"]);
    for token in ["github/a", "github/b", "web/a", "web/b"] {
        stage.token(&[token]);
    }
    stage
}

fn live(stage: &TestHome) -> Vec<String> {
    let list = stage.json(&["token", "list"]);
    let address = |it: &Value| {
        format!(
            "{}/{}",
            it["profile"].as_str().unwrap(),
            it["name"].as_str().unwrap()
        )
    };
    list.as_array().unwrap().iter().map(address).collect()
}

#[test]
fn without_a_token_or_a_selector_it_is_wrong_usage() {
    let stage = stage();
    for verb in ["revoke", "suspend", "resume"] {
        let told = stage.fails(2, &["token", verb, "--yes"]);
        assert!(told.contains("--profile"), "{told}");
    }
    assert!(
        stage
            .fails(2, &["token", "prune", "--yes"])
            .contains("--older-than")
    );
    assert_eq!(
        stage
            .run(&["token", "revoke", "--reason", "x", "--yes"])
            .code,
        2
    );
    for (flag, value) in [
        ("--issued-before", "2026"),
        ("--issued-after", "3"),
        ("--unused-for", "5M"),
        ("--unused-for", "0d"),
    ] {
        let told = stage.fails(2, &["token", "revoke", flag, value, "--yes"]);
        assert!(told.contains(": use a "), "{told}");
    }
    for selector in ["--profile", "--connection", "--environment"] {
        stage.fails(3, &["token", "revoke", selector, "nope", "--yes"]);
    }
    assert_eq!(live(&stage).len(), 4);
}

#[test]
fn a_dry_run_lists_what_would_go_as_a_list_does() {
    let stage = stage();
    for format in FORMATS {
        let listed = stage.done(&["token", "list", "web", "-o", format]).out;
        for verb in ["revoke", "suspend"] {
            let dry = stage.done(&["token", verb, "--profile", "web", "--dry-run", "-o", format]);
            assert_eq!(dry.out, listed, "{verb} {format}");
            assert!(
                dry.err
                    .contains("2 valid tokens stop working: web/a, web/b"),
                "{}",
                dry.err
            );
            assert!(dry.err.ends_with("nothing was changed\n"), "{}", dry.err);
        }
    }
    assert_eq!(live(&stage).len(), 4);
}

#[test]
fn what_was_shown_is_what_goes_and_only_with_yes() {
    let stage = stage();
    let revoke = [
        "token",
        "revoke",
        "--profile",
        "web",
        "--issued-after",
        "1h",
    ];
    let refused = stage.fails(5, &revoke);
    assert!(
        refused.contains("revoking 2 tokens:\n  2 valid tokens stop working"),
        "{refused}"
    );
    let object = stage.run(&[&revoke[..], &["-o", "json"]].concat()).error();
    assert_eq!(object["kind"], "not_confirmed");
    assert_eq!(live(&stage).len(), 4);
    let done = stage.done(&[&revoke[..], &["--yes", "-o", "json", "--reason", "x"]].concat());
    let gone: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(gone.as_array().unwrap().len(), 2);
    assert_eq!(
        (&gone[1]["state"], &gone[1]["reason"]),
        (&"revoked".into(), &"x".into())
    );
    assert_eq!(live(&stage), ["github/a", "github/b"]);
    stage.done(&["store", "check"]);
}

#[test]
fn a_selector_that_matches_nothing_changes_nothing_and_says_so() {
    let stage = stage();
    let epoch = || stage.json(&["store", "info"])["epoch"].clone();
    let before = epoch();
    for verb in [
        &["revoke"][..],
        &["suspend"],
        &["resume"],
        &["prune", "--older-than", "30d"],
    ] {
        let none = [&["token"], verb, &["--issued-before", "2001-01-01"]].concat();
        let done = stage.done(&none);
        assert_eq!(
            done.err, "no token matches; nothing was changed\n",
            "no --yes is needed"
        );
        assert_eq!(stage.json(&none), Value::Array(Vec::new()));
        let dry = stage.done(&[&none[..], &["--dry-run"]].concat());
        assert!(
            dry.out.is_empty() && dry.err.contains("no tokens\n"),
            "{dry:?}"
        );
    }
    assert_eq!(epoch(), before);
}

#[test]
fn several_are_suspended_and_resumed_once_confirmed() {
    let stage = stage();
    let suspend = ["token", "suspend", "github/a", "web/a"];
    assert!(stage.fails(5, &suspend).contains("suspending 2 tokens:"));
    let done = stage.done(&[&suspend[..], &["--yes"]].concat());
    assert!(
        done.err.ends_with("2 tokens are suspended\n"),
        "{}",
        done.err
    );
    // Of all tokens, those that are suspended: no others are resumed, or told of.
    let resume = ["token", "resume", "--issued-after", "1h"];
    let refused = stage.fails(5, &resume);
    assert!(
        refused.contains("resuming 2 tokens:\n  tokens that nothing else invalidates"),
        "{refused}"
    );
    let done = stage.json(&[&resume[..], &["--yes"]].concat());
    assert_eq!(done.as_array().unwrap().len(), 2);
    // One that is named is not asked about, and is an object.
    assert_eq!(
        stage.json(&["token", "suspend", "web/b"])["state"],
        "suspended"
    );
    let ids = stage.done(&["token", "list", "-o", "csv"]).out;
    let ids: Vec<_> = ids
        .lines()
        .skip(1)
        .map(|line| line.split('"').nth(1).unwrap())
        .collect();
    let list = stage.piped(&["token", "suspend", "-", "--yes"], ids.join("\n"));
    assert_eq!(list.code, 0, "{}", list.err);
    assert!(
        list.err
            .contains("4 tokens are suspended, 1 of them unchanged"),
        "{}",
        list.err
    );
}

#[test]
fn a_person_sees_what_is_chosen_and_is_asked() {
    let stage = stage();
    for (key, code, left) in [("n\n", 5, 4), ("y\n", 0, 2)] {
        let arguments = ["token", "revoke", "--profile", "web"];
        let mut terminal = Terminal::spawn(stage.command(&arguments));
        terminal.press("Revoke them?", key);
        let (status, screen, _) = terminal.finish();
        assert_eq!(status.code(), Some(code), "{screen}");
        assert_eq!(live(&stage).len(), left);
    }
}

#[test]
fn pruning_asks_and_leaves_what_ended_lately() {
    let stage = stage();
    let token = stage.token(&["github/c"]);
    stage.done(&["token", "revoke", "github/c", "--yes"]);
    let done = stage.done(&["token", "prune", "--older-than", "30d", "--yes"]);
    assert_eq!(done.err, "no token matches; nothing was changed\n");
    assert_eq!(stage.verdict(&token, &[]), (12, "revoked".to_owned()));
    for wrong in ["0d", "30", "soon"] {
        stage.fails(2, &["token", "prune", "--older-than", wrong, "--yes"]);
    }
    stage.fails(
        3,
        &["token", "prune", "--older-than", "1d", "github/c", "--yes"],
    );
}

#[test]
fn lists_know_the_same_selectors() {
    let stage = stage();
    stage.done(&["environment", "add", "test"]);
    stage.token(&["web/c", "--environment", "test"]);
    let names = |selector: &[&str]| {
        let list = stage.json(&[&["token", "list"], selector].concat());
        list.as_array().unwrap().len()
    };
    assert_eq!(names(&["--environment", "test"]), 1);
    assert_eq!(names(&["--issued-before", "1h"]), 0);
    assert_eq!(names(&["--issued-after", "1h", "web"]), 3);
    assert_eq!(names(&["--expired"]), 0);
    assert_eq!(stage.run(&["token", "list", "--expired", "--all"]).code, 2);
}
