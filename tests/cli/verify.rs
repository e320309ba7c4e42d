//! Every verdict, end to end.

use std::thread::sleep;
use std::time::Duration;

use hallpass::entropy::OsEntropy;
use hallpass::model::time::Time;
use hallpass::model::token::{Encoding, Token};

use super::fields;
use crate::support::Home;
use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

const FIELDS: [&str; 9] = [
    "valid",
    "reason",
    "exit",
    "token",
    "profile",
    "connection",
    "environment",
    "device",
    "expires_at",
];

fn yes(stage: &TestHome, arguments: &[&str]) {
    stage.done(&[arguments, &["--yes"]].concat());
}

#[test]
fn every_reason_has_its_code() {
    let stage = TestHome::with_sample_data();
    stage.done(&["environment", "add", "test"]);
    let device = ["--device", "Laptop", "--allow-ip", "192.0.2.0/24"];
    let token = stage.token(&[&["github/laptop"][..], &device].concat());
    let is = |asked: &[&str], code: i32, reason: &str| {
        assert_eq!(
            stage.verdict(&token, asked),
            (code, reason.to_owned()),
            "{asked:?}"
        );
    };
    is(&[], 0, "valid");
    let here = [
        "--connection",
        "CI",
        "--environment",
        "production",
        "--ip",
        "192.0.2.7",
    ];
    is(&[&here[..], &["--device", "LAPTOP"]].concat(), 0, "valid");
    is(&["--connection", "hr"], 16, "wrong_connection");
    is(&["--environment", "test"], 16, "wrong_environment");
    is(&["--device", "phone"], 16, "wrong_device");
    is(&["--ip", "198.51.100.1"], 17, "address_not_allowed");
    yes(&stage, &["connection", "block", "ci"]);
    is(&[], 15, "connection_blocked");
    stage.done(&["connection", "unblock", "ci"]);
    stage.done(&["connection", "edit", "ci", "--group", "builders", "--yes"]);
    is(&[], 16, "not_a_member");
    stage.done(&["connection", "edit", "ci", "--group", ""]);
    stage.done(&["token", "suspend", "github/laptop"]);
    is(&[], 14, "token_suspended");
    yes(&stage, &["profile", "suspend", "github"]);
    stage.done(&["token", "resume", "github/laptop"]);
    is(&[], 14, "profile_suspended");
    stage.done(&["profile", "resume", "github"]);
    is(&[], 0, "valid");
    yes(&stage, &["token", "revoke", "github/laptop"]);
    is(&[], 12, "revoked");
}

#[test]
fn what_is_no_token_of_the_store_tells_nothing() {
    let stage = TestHome::with_sample_data();
    let stranger = Token::generate(&mut OsEntropy)
        .unwrap()
        .encode(Encoding::Native);
    for (token, code, reason) in [
        (stranger.expose(), 11, "unknown"),
        ("hello", 10, "malformed"),
    ] {
        let ran = stage.piped(&["verify", "-o", "json"], token);
        assert_eq!((ran.code, ran.err.as_str()), (code, ""));
        assert_eq!(
            ran.out,
            format!(
                "{{\"valid\":false,\"reason\":\"{reason}\",\"exit\":{code},\"token\":null,\
                 \"profile\":null,\"connection\":null,\"environment\":null,\"device\":null,\
                 \"expires_at\":null}}\n"
            )
        );
    }
}

/// Seconds of the clock that the program has, too.
pub(super) fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the program lives in real time")]
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

#[test]
fn a_token_is_good_until_its_end_and_then_expired() {
    let stage = TestHome::with_sample_data();
    let end = Time::from_seconds(now() + 5);
    let token = stage.token(&["github/brief", "--expires", &end.to_string()]);
    let before = stage.verdict(&token, &[]);
    // On a busy machine it may be too late for this one.
    assert!(before.0 == 0 || now() >= end.seconds(), "{before:?}");
    while now() < end.seconds() {
        sleep(Duration::from_millis(100));
    }
    assert_eq!(stage.verdict(&token, &[]), (13, "expired".to_owned()));
    let said = stage.piped(&["verify"], &token);
    assert!(
        said.out.contains(&format!(" expired {end}\n")),
        "{}",
        said.out
    );
}

#[test]
fn every_spelling_is_taken() {
    let stage = TestHome::with_sample_data();
    for form in ["native", "xml", "hex", "header"] {
        let token = stage.token(&[&format!("github/{form}"), "--form", form]);
        for spelt in [token.clone(), format!("{token}\n"), format!(" {token}\r\n")] {
            assert_eq!(stage.verdict(&spelt, &[]).0, 0, "{form}");
        }
        let file = stage.write("t", &token);
        let ran = stage.run(&["verify", "--token-file", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn what_is_malformed_is_refused_before_any_store_is_looked_for() {
    let home = Home::new();
    let good = Token::generate(&mut OsEntropy)
        .unwrap()
        .encode(Encoding::Native);
    let mut mistyped = good.expose().to_owned();
    mistyped.replace_range(20..21, "!");
    let long = "a".repeat(100_000);
    let hostile = [
        "\u{1b}[31mhpass_",
        "\u{202e}",
        "../../etc/passwd",
        "\0",
        &mistyped,
        &long,
    ];
    let bytes = hostile
        .iter()
        .map(|text| text.as_bytes())
        .chain([&b"\xff\xfe\0"[..], b"caf\xe9"]);
    for token in bytes {
        let output = home
            .hallpass(&["verify"])
            .write_stdin(token)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(10));
        assert_eq!(output.stdout, b"malformed: not a token, or mistyped\n");
        assert!(output.stderr.is_empty());
    }
    // One that could be a token needs the store.
    let output = home
        .hallpass(&["verify"])
        .write_stdin(good.expose())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_person_is_told_in_a_line() {
    let stage = TestHome::with_sample_data();
    let json = stage.json(&["token", "add", "github/laptop"]);
    let (token, id) = (
        json["token"].as_str().unwrap(),
        json["id"].as_str().unwrap(),
    );
    let end = json["expires_at"].as_str().unwrap();
    let ran = stage.piped(&["verify"], token);
    assert_eq!(
        ran.out,
        format!("valid: github/laptop ({id}) expires {end}\n")
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = stage.piped(&["verify", "--connection", "hr"], token);
    assert_eq!(
        ran.out,
        format!("wrong_connection: github/laptop ({id}) is bound to connection `ci`\n")
    );
    let ran = stage.piped(&["verify", "-o", "csv"], token);
    let row = format!(r#""true","valid","0","{id}","laptop","github","ci","production",,"{end}""#);
    assert_eq!(ran.out.lines().nth(1), Some(row.as_str()));
    let ran = stage.piped(&["verify", "-o", "jsonl"], token);
    assert_eq!(fields(&ran.out), FIELDS);
}

#[test]
fn names_that_are_not_there_are_errors() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    for asked in [["--connection", "nope"], ["--environment", "nope"]] {
        let ran = stage.piped(&[&["verify", "-o", "json"], &asked[..]].concat(), &token);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""));
        assert_eq!(ran.error()["kind"], "not_found");
    }
    for bad in [
        ["--ip", "300.1.1.1"],
        ["--device", ""],
        ["--connection", "a b"],
    ] {
        assert_eq!(
            stage.piped(&[&["verify"], &bad[..]].concat(), &token).code,
            2,
            "{bad:?}"
        );
    }
    assert_eq!(stage.run(&["verify", "--token-file", "nope"]).code, 3);
    assert_eq!(stage.run(&["verify", "--token-file", "keys"]).code, 2);
}

#[test]
fn a_use_is_noted_and_a_refusal_is_not() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    let used = || stage.json(&["token", "show", "github/laptop"])["last_used_at"].clone();
    assert!(stage.verdict(&token, &["--connection", "hr"]).0 == 16 && used().is_null());
    assert!(stage.verdict(&token, &[]).0 == 0 && used().is_string());
}

#[test]
fn a_token_that_is_typed_is_not_shown() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    let mut terminal = Terminal::spawn(stage.command(&["verify"]));
    terminal.answer("Token: ", &token);
    let (status, screen, echo) = terminal.finish();
    assert_eq!(status.code(), Some(0));
    assert!(screen.contains("valid: github/laptop"), "{screen}");
    assert!(!screen.contains(&token) && echo);
}

#[test]
fn an_interrupted_question_leaves_the_terminal_as_it_was() {
    let stage = TestHome::with_sample_data();
    let mut terminal = Terminal::spawn(stage.command(&["verify"]));
    terminal.wait_for_hidden("Token: ");
    terminal.interrupt();
    let (status, _, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(130), true));
}

#[test]
fn nobody_is_asked_when_that_is_forbidden() {
    let stage = TestHome::with_sample_data();
    let terminal = Terminal::spawn(stage.command(&["verify", "--no-input"]));
    let (status, screen, _) = terminal.finish();
    assert_eq!(status.code(), Some(2));
    assert!(screen.contains("pipe it in"), "{screen}");
}
