//! A trial shows what would be done, and changes nothing.

use std::fs;

use serde_json::Value;

use super::stage;

/// Every command that edits, stops or removes, and what it needs.
const WITH_A_TRIAL: [&[&str]; 24] = [
    &["environment", "edit", "test", "--default"],
    &["environment", "delete", "test"],
    &["environment", "rotate-key", "test"],
    &["connection", "edit", "ci", "--group", "staff"],
    &["connection", "block", "ci"],
    &["connection", "unblock", "blocked"],
    &["connection", "delete", "blocked"],
    &["connection", "rotate-key", "ci"],
    &["profile", "edit", "open", "--add-connection", "ci"],
    &["profile", "suspend", "open"],
    &["profile", "resume", "stopped"],
    &["profile", "delete", "open"],
    &["token", "revoke", "open/a"],
    &["token", "suspend", "open/a"],
    &["token", "resume", "bound/a"],
    &["token", "prune", "--older-than", "1d", "--profile", "open"],
    &["token", "ensure", "open/new", "--to", "file:new"],
    &["password", "clear", "open"],
    &["otp", "cancel", "open", "--connection", "ci"],
    &[
        "mail",
        "set",
        "outbox:/tmp/nowhere",
        "--from",
        "a@example.com",
    ],
    &["mail", "clear"],
    &["store", "restore", "backup.db"],
    &["store", "key", "remove", "KEY"],
    &["apply", "a.toml"],
];

#[test]
fn plan_and_dry_run_are_one_option_that_changes_nothing() {
    let stage = stage();
    stage.done(&["environment", "add", "test"]);
    stage.done(&["connection", "add", "blocked"]);
    stage.done(&["connection", "block", "blocked", "--yes"]);
    stage.done(&["profile", "add", "stopped"]);
    stage.done(&["profile", "suspend", "stopped", "--yes"]);
    stage.done(&["token", "suspend", "bound/a"]);
    stage.write("a.toml", "[connections.new]\n");
    stage.done(&["store", "backup", "backup.db"]);
    let key = stage.json(&["store", "key", "add", "--new-key-file", "keys/other.key"]);
    let before = fs::read(stage.store()).unwrap();
    for command in WITH_A_TRIAL {
        let id = key["id"].as_str().unwrap();
        let command: Vec<_> = command
            .iter()
            .map(|word| if *word == "KEY" { id } else { word })
            .collect();
        let expected = if command[0] == "apply" { 7 } else { 0 };
        let answers = ["--dry-run", "--plan"].map(|option| {
            let answer = stage.run(&[&command[..], &[option]].concat());
            assert_eq!(answer.code, expected, "{command:?}: {answer:?}");
            let said = answer.err.contains("nothing was changed") || command[1] == "restore";
            assert!(said, "{command:?}: {answer:?}");
            answer.out
        });
        if command[0] != "token" || command[1] != "ensure" {
            assert_eq!(answers[0], answers[1], "{command:?}");
        }
        assert!(
            fs::read(stage.store()).unwrap() == before,
            "{command:?} changed the store"
        );
    }
    assert!(!stage.file("new").exists());
}

#[test]
fn a_token_that_would_be_ensured_is_shown_and_not_made() {
    let stage = stage();
    let ensure = [
        "token",
        "ensure",
        "open/new",
        "--to",
        "file:new",
        "--expires",
        "90d",
    ];
    let trial = |more: &[&str]| stage.run(&[&ensure[..], &["--dry-run"], more].concat());
    let made = trial(&[]);
    assert!(
        made.err.starts_with(
            "token open/new would be created and delivered to `new`; it would expire 2"
        )
    );
    assert!(
        made.err.ends_with("\nnothing was changed\n") && made.out.is_empty(),
        "{made:?}"
    );
    let shown: Value = serde_json::from_str(&trial(&["-o", "json"]).out).unwrap();
    assert_eq!(
        (&shown["name"], &shown["token"]),
        (&"new".into(), &Value::Null)
    );
    assert!(!stage.file("new").exists());
    stage.fails(3, &["token", "show", "open/new"]);
    assert_eq!(
        trial(&["--min-life", "91d"]).code,
        6,
        "what would be refused is"
    );
    stage.done(&ensure);
    let held = fs::read(stage.file("new")).unwrap();
    let kept = trial(&[]);
    assert!(
        kept.err.starts_with("`new` holds token open/new (hpass_"),
        "{kept:?}"
    );
    let longer = [
        "token",
        "ensure",
        "open/new",
        "--to",
        "file:new",
        "--expires",
        "100d",
    ];
    let replaced = stage.done(&[&longer[..], &["--min-life", "95d", "--dry-run"]].concat());
    assert!(
        replaced
            .err
            .contains(") would be replaced, and the new one delivered to `new`")
    );
    assert_eq!(fs::read(stage.file("new")).unwrap(), held);
    assert_eq!(
        stage.json(&["token", "show", "open/new"])["successor"],
        Value::Null
    );
}

#[test]
fn what_prints_a_new_secret_has_no_trial() {
    let stage = stage();
    for command in [
        &["token", "add", "open/x"][..],
        &["token", "rotate", "open/a"],
        &["login", "open"],
        &["otp", "validate", "open", "--connection", "ci"],
        &["profile", "add", "x", "--token", "t"],
    ] {
        for option in ["--dry-run", "--plan"] {
            stage.fails(2, &[command, &[option]].concat());
        }
    }
}
