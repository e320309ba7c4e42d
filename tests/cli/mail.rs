//! `hallpass mail`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;

use super::{FORMATS, fields};
use crate::support::test_home::TestHome;

/// A store whose mail goes into a folder.
fn with_outbox() -> (TestHome, String) {
    let stage = TestHome::new();
    let url = format!("outbox:{}", stage.file("mails").display());
    stage.done(&[
        "mail",
        "set",
        &url,
        "--from",
        "Example <noreply@example.com>",
    ]);
    (stage, url)
}

/// A program that is called as sendmail is.
fn program(stage: &TestHome, script: &str) -> PathBuf {
    let path = stage.write("sendmail", &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn what_is_set_is_shown_tried_and_taken_away() {
    let (stage, url) = with_outbox();
    stage.done(&["environment", "add", "test"]);
    let sendmail = format!("sendmail:{}", program(&stage, "").display());
    let own = ["mail", "set", &sendmail, "--from", "a@b.nl"];
    let ran = stage.done(&[&own[..], &["--environment", "test"]].concat());
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        (
            "",
            &*format!(
                "mail for environment `test` is sent by {sendmail}\n\
                 test it: hallpass mail test --environment test\n"
            )
        )
    );
    let shown = stage.json(&["mail", "show"]);
    assert_eq!(shown[0]["environment"], Value::Null);
    assert_eq!(shown[0]["transport"], url);
    assert_eq!(shown[0]["from"], "Example <noreply@example.com>");
    assert_eq!(shown[1]["environment"], "test");
    assert_eq!(shown.as_array().unwrap().len(), 2);
    for format in FORMATS {
        assert!(
            stage
                .done(&["mail", "show", "-o", format])
                .out
                .contains("sendmail")
        );
        assert!(
            stage
                .done(&["mail", "test", "-o", format])
                .out
                .contains("noreply@example.com")
        );
    }
    let ran = stage.done(&["mail", "test", "anna@example.org", "-o", "json"]);
    assert_eq!(
        fields(&ran.out),
        ["to", "environment", "transport", "answer"]
    );
    assert_eq!(ran.err, "sent to anna@example.org\n");
    assert_eq!(
        fs::read_dir(stage.file("mails")).unwrap().count(),
        FORMATS.len() + 1
    );
    stage.done(&["mail", "clear", "--yes"]);
    let shown = stage.json(&["mail", "show"]);
    assert_eq!(shown.as_array().unwrap().len(), 1, "{shown}");
}

#[test]
fn taking_it_away_is_confirmed_and_says_what_follows() {
    let (stage, url) = with_outbox();
    stage.asks_first(
        &["mail", "clear"],
        "verification codes can no longer be mailed",
    );
    stage.done(&["environment", "add", "test"]);
    let set = [
        "mail",
        "set",
        &url,
        "--from",
        "a@b.nl",
        "--environment",
        "test",
    ];
    stage.done(&set);
    let consequence = format!("its mail is sent by the general configuration: {url}");
    stage.asks_first(&["mail", "clear", "--environment", "test"], &consequence);
    stage.asks_first(
        &["environment", "delete", "test"],
        "its mail configuration is removed, too",
    );
    assert_eq!(stage.json(&["mail", "show"]).as_array().unwrap().len(), 2);
    let gone = stage.json(&["mail", "clear", "--environment", "test", "--yes"]);
    assert_eq!(gone[0]["environment"], "test");
    let again = stage.done(&["mail", "clear", "--environment", "test"]);
    assert!(
        again.err.ends_with("already; nothing was changed\n"),
        "{}",
        again.err
    );
    assert_eq!(
        stage.json(&["mail", "clear", "--environment", "test"]),
        serde_json::json!([])
    );
}

#[test]
fn without_settings_nothing_can_be_tried() {
    let stage = TestHome::new();
    let said = stage.fails(6, &["mail", "test"]);
    assert!(said.contains("hint: hallpass mail set smtp://"), "{said}");
    assert!(
        stage
            .fails(3, &["mail", "test", "--environment", "x"])
            .contains("environment `x`")
    );
    assert_eq!(
        stage.done(&["mail", "show"]).err,
        "mail is not configured\n"
    );
    stage.fails(3, &["mail", "clear", "--environment", "x"]);
    stage.fails(
        3,
        &[
            "mail",
            "set",
            "outbox:/m",
            "--from",
            "a@b.nl",
            "--environment",
            "x",
        ],
    );
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_asked() {
    let stage = TestHome::new();
    let from = ["--from", "a@b.nl"];
    for (url, code) in [
        ("smtp://u:hunter2@h.example", 2),
        ("mail.example.com", 2),
        ("outbox:relative", 2),
        ("smtp://u@h.example", 2),
        ("smtp://h.example --insecure-plain", 2),
    ] {
        let words: Vec<_> = url.split(' ').collect();
        let said = stage.fails(code, &[&["mail", "set"], &words[..], &from].concat());
        assert!(!said.contains("hunter2"), "{said}");
    }
    let file = stage.write("p", "hunter2\n");
    let file = ["--password-file", file.to_str().unwrap()];
    let said = stage.fails(
        6,
        &[&["mail", "set", "outbox:/m"], &from[..], &file].concat(),
    );
    assert!(
        said.contains("a password needs a user name in the URL"),
        "{said}"
    );
    let ca = stage.write("ca.pem", "hunter2\n");
    let ca = ["--ca-file", ca.to_str().unwrap()];
    let said = stage.fails(
        2,
        &[&["mail", "set", "smtps://h.example"], &from[..], &ca].concat(),
    );
    assert!(
        said.contains("not a file of certificates") && !said.contains("hunter2"),
        "{said}"
    );
    stage.fails(2, &["mail", "set", "outbox:/m"]);
    stage.fails(
        2,
        &["mail", "set", "outbox:/m", "--from", "a@b.nl\nBcc: c@d.nl"],
    );
    stage.fails(2, &["mail", "test", "a@b.nl\r\nRCPT TO:<c@d.nl>"]);
    assert_eq!(stage.json(&["mail", "show"]), serde_json::json!([]));
}

#[test]
fn what_goes_wrong_is_said_in_plain_words() {
    let (stage, _) = with_outbox();
    fs::remove_dir(stage.file("mails")).unwrap();
    stage.write("mails", "");
    let said = stage.fails(1, &["mail", "test"]);
    assert!(
        said.starts_with("error: the message was not sent\n  because: `"),
        "{said}"
    );
    let ran = stage.run(&["mail", "test", "-o", "json"]);
    let error = ran.error();
    assert_eq!((error["kind"].as_str(), ran.code), (Some("failed"), 1));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("is not a folder"),
        "{error}"
    );
}

#[test]
fn what_could_not_be_used_cannot_be_set() {
    let (stage, url) = with_outbox();
    let program = program(&stage, "");
    fs::create_dir(stage.file("open")).unwrap();
    fs::set_permissions(stage.file("open"), fs::Permissions::from_mode(0o777)).unwrap();
    let set = |way: &str, file: &str| {
        let url = format!("{way}:{}", stage.file(file).display());
        stage.run(&["mail", "set", &url, "--from", "a@b.nl"])
    };
    for (way, file, why) in [
        ("outbox", "sendmail", "is not a folder"),
        ("outbox", "open", "is writable by others"),
        (
            "outbox",
            "missing/mails",
            "cannot be used: No such file or directory",
        ),
        ("sendmail", "mails", "is not called `sendmail`"),
        ("sendmail", "mails/sendmail", "no program"),
    ] {
        let refused = set(way, file);
        assert_eq!(refused.code, 6, "{way}:{file}: {refused:?}");
        assert!(refused.err.contains(why), "{way}:{file}: {refused:?}");
    }
    for (mode, why) in [
        (0o600, "is not a program that you may run"),
        (0o722, "writable by others"),
    ] {
        fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
        let refused = set("sendmail", "sendmail");
        assert!(
            refused.code == 6 && refused.err.contains(why),
            "{refused:?}"
        );
    }
    assert_eq!(stage.json(&["mail", "show"])[0]["transport"], url);
    // A folder that is missing is made, in one that is there; not for nothing.
    let made = format!("outbox:{}", stage.file("made").display());
    stage.fails(
        3,
        &[
            "mail",
            "set",
            &made,
            "--from",
            "a@b.nl",
            "--environment",
            "x",
        ],
    );
    assert!(!stage.file("made").exists());
    assert_eq!(set("outbox", "made").code, 0);
    assert_eq!(
        fs::metadata(stage.file("made"))
            .unwrap()
            .permissions()
            .mode()
            & 0o7777,
        0o700
    );
}

#[test]
fn sendmail_may_gain_the_privileges_that_it_needs() {
    let stage = TestHome::new();
    let path = program(
        &stage,
        "grep NoNewPrivs /proc/self/status >seen\numask >>seen",
    );
    let url = format!("sendmail:{}", path.display());
    stage.done(&["mail", "set", &url, "--from", "a@b.nl"]);
    stage.done(&["mail", "test"]);
    assert_eq!(
        fs::read_to_string(stage.file("seen")).unwrap(),
        "NoNewPrivs:\t0\n0022\n"
    );
}

#[cfg(feature = "smtp")]
mod servers {
    use super::*;
    use crate::support::smtp::{Plan, Speaks};

    const PASSWORD: &str = "canary-hunter2-canary";

    #[test]
    fn a_password_is_typed_once_never_shown_and_serves() {
        let server = Plan::new(Speaks::StartTls)
            .with_login("me@example.com", PASSWORD)
            .serve();
        let stage = TestHome::new();
        stage.write("ca.pem", &server.authority);
        let url = format!("smtp://me%40example.com@localhost:{}", server.port());
        let mut terminal = stage.terminal(&[
            "mail",
            "set",
            &url,
            "--from",
            "me@example.com",
            "--ca-file",
            "ca.pem",
        ]);
        terminal.answer("Password of me@example.com on the mail server: ", PASSWORD);
        let (status, screen, echo) = terminal.finish();
        assert_eq!((status.code(), echo), (Some(0), true), "{screen}");
        assert!(!screen.contains(PASSWORD), "{screen}");
        let shown = stage.json(&["mail", "show"]);
        assert_eq!(shown[0]["transport"], url);
        assert_eq!(shown[0]["security"], "starttls");
        assert_eq!(shown[0]["has_password"], true);
        assert_eq!(shown[0]["authorities"], 1);
        let tested = stage.json(&["mail", "test", "anna@example.org"]);
        assert_eq!(tested["answer"], "250 OK");
        let mail = server.mail();
        assert_eq!(mail.to, ["anna@example.org"]);
        let text = String::from_utf8(mail.bytes).unwrap();
        assert!(
            text.contains("\r\nSubject: Test mail from hallpass\r\n"),
            "{text}"
        );
        assert!(
            !text.contains(PASSWORD) && !text.contains("localhost"),
            "{text}"
        );
    }

    #[test]
    fn a_refusal_comes_with_what_would_help() {
        let server = Plan::new(Speaks::Tls).with_login("u", "another").serve();
        let stage = TestHome::new();
        stage.write("ca.pem", &server.authority);
        stage.write("p", PASSWORD);
        let url = format!("smtps://u@localhost:{}", server.port());
        let set = [
            "mail",
            "set",
            &url,
            "--from",
            "a@b.nl",
            "--password-file",
            "p",
        ];
        stage.done(&set);
        let said = stage.fails(1, &["mail", "test"]);
        assert!(
            said.contains("is not from an authority trusted here"),
            "{said}"
        );
        assert!(
            said.contains("hint: ") && said.contains("--ca-file FILE"),
            "{said}"
        );
        stage.done(&[&set[..], &["--ca-file", "ca.pem"]].concat());
        let said = stage.fails(1, &["mail", "test"]);
        assert!(
            said.contains("535") && said.contains("right user and password"),
            "{said}"
        );
        assert!(!said.contains(PASSWORD), "{said}");
    }
}
