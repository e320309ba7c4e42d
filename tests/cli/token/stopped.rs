//! Tokens that are revoked, suspended and resumed.

use serde_json::Value;

use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

#[test]
fn several_are_revoked_at_once_or_none() {
    let stage = TestHome::with_sample_data();
    let tokens: Vec<_> = ["a", "b", "c", "d"]
        .map(|it| stage.token(&[&format!("github/{it}")]))
        .into();
    let live = || stage.json(&["token", "list"]).as_array().unwrap().len();
    assert_eq!(
        stage
            .run(&["token", "revoke", "github/a", "github/nope", "--yes"])
            .code,
        3
    );
    assert_eq!(live(), 4);
    let refused = stage.run(&["token", "revoke", "github/a", "github/b"]);
    assert_eq!((refused.code, refused.out.as_str()), (5, ""));
    assert!(
        refused
            .err
            .contains("2 valid tokens stop working: github/a, github/b"),
        "{}",
        refused.err
    );
    let dry = stage.run(&["token", "revoke", "github/a", "--dry-run"]);
    assert!(
        dry.code == 0 && dry.err.contains("1 valid token stops working: github/a"),
        "{dry:?}"
    );
    let listed = stage.done(&["token", "list"]).out;
    assert!(dry.out.lines().eq(listed.lines().take(2)), "{dry:?}");
    assert_eq!(live(), 4);
    let list = format!("{}\n\n  github/b  \r\ngithub/b\n", &tokens[0][..17]);
    let ran = stage.piped(
        &[
            "token", "revoke", "-", "--yes", "--reason", "lost", "-o", "json",
        ],
        list,
    );
    let revoked: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(revoked.as_array().unwrap().len(), 2, "each once");
    assert_eq!(
        (&revoked[0]["state"], &revoked[0]["reason"]),
        (&"revoked".into(), &"lost".into())
    );
    assert_eq!(live(), 2);
    let again = stage.run(&["token", "revoke", &tokens[0][..17], "--yes"]);
    assert!(
        again.code == 0 && again.err.contains("already; nothing was changed"),
        "{}",
        again.err
    );
    let nothing = stage.run(&["token", "revoke", "-", "--yes"]);
    assert!(
        nothing.code == 2 && nothing.err.contains("list of tokens is empty"),
        "{nothing:?}"
    );
    assert_eq!(stage.run(&["token", "revoke"]).code, 2);
}

#[test]
fn suspending_and_resuming_say_so_once() {
    let stage = TestHome::with_sample_data();
    stage.token(&["github/a"]);
    let ran = stage.run(&[
        "token",
        "suspend",
        "github/a",
        "--reason",
        "on holiday",
        "--until",
        "8w",
    ]);
    let shown = stage.json(&["token", "show", "github/a"]);
    let until = shown["suspended_until"].as_str().unwrap();
    assert_eq!(
        (shown["state"].as_str(), shown["reason"].as_str()),
        (Some("suspended"), Some("on holiday"))
    );
    assert_eq!(
        ran.err,
        format!("token github/a is suspended until {until}\n")
    );
    let resumed = stage.json(&["token", "resume", "github/a"]);
    assert_eq!(resumed["state"], "active");
    let again = stage.run(&["token", "resume", "github/a"]);
    assert!(
        again.code == 0 && again.err.contains("nothing was changed"),
        "{}",
        again.err
    );
    assert_eq!(
        stage
            .run(&["token", "suspend", "github/a", "--until", "2020-01-01"])
            .code,
        6
    );
    stage.done(&["token", "revoke", "github/a", "--yes"]);
    assert_eq!(stage.run(&["token", "suspend", "github/a"]).code, 3);
}

#[test]
fn a_person_is_asked_before_a_token_is_revoked() {
    let stage = TestHome::with_sample_data();
    stage.token(&["github/a"]);
    for (key, code, state) in [("n\n", 5, "active"), ("y\n", 0, "revoked")] {
        let mut terminal = Terminal::spawn(stage.command(&["token", "revoke", "github/a"]));
        terminal.press("Revoke it?", key);
        let (status, screen, _) = terminal.finish();
        assert_eq!(status.code(), Some(code), "{screen}");
        assert_eq!(stage.json(&["token", "list", "--all"])[0]["state"], state);
    }
}

#[test]
fn a_token_taken_back_by_name_takes_the_one_it_replaced_with_it() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/lost", "--connection", "ci"]);
    let new = stage.done(&["token", "rotate", "github/lost"]).out;
    let ran = stage.done(&["token", "revoke", "github/lost", "--yes"]);
    assert!(ran.err.contains("2 valid tokens stop working"), "{ran:?}");
    for token in [&old, &new] {
        assert_eq!(stage.verdict(token, &[]).0, 12);
    }
    // By its id, a token is meant alone.
    let old = stage.token(&["github/kept", "--connection", "ci"]);
    let new = stage.done(&["token", "rotate", "github/kept"]).out;
    stage.done(&["token", "revoke", &new[..17], "--yes"]);
    assert_eq!(
        (stage.verdict(&new, &[]).0, stage.verdict(&old, &[]).0),
        (12, 0)
    );
}
