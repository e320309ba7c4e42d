//! `verify --explain`: every check, in every format.

use hallpass::entropy::OsEntropy;
use hallpass::model::time::Time;
use hallpass::model::token::{Encoding, Token};
use hallpass::model::verdict::Reason;
use serde_json::Value;

use super::fields;
use super::verify::now;
use crate::support::Home;
use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

/// The checks of a token; the first that fails is the reason, and the exit code is the usual one.
#[track_caller]
fn checks(stage: &TestHome, token: &str, asked: &[&str], reason: &str) -> Vec<Value> {
    let plain = stage.piped(&[&["verify", "-o", "json"], asked].concat(), token);
    let ran = stage.piped(
        &[&["verify", "--explain", "-o", "json"], asked].concat(),
        token,
    );
    assert_eq!((ran.code, ran.err.as_str()), (plain.code, ""), "{reason}");
    let explained: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(explained["reason"], reason);
    let mut verdict = explained.clone();
    verdict.as_object_mut().unwrap().remove("checks");
    let plain: Value = serde_json::from_str(&plain.out).unwrap();
    assert_eq!(verdict, plain, "the verdict is the usual one");
    let checks = explained["checks"].as_array().unwrap().clone();
    let order: Vec<_> = checks
        .iter()
        .map(|it| it["check"].as_str().unwrap())
        .collect();
    assert_eq!(order, Reason::ALL.map(Reason::word));
    let failed = checks.iter().find(|it| it["result"] == "fail");
    let first = failed.map_or("valid", |it| it["check"].as_str().unwrap());
    assert_eq!(first, reason, "{ran:?}");
    assert!(!ran.out.contains(token));
    checks
}

#[test]
fn each_reason_is_the_first_check_that_fails() {
    let stage = TestHome::with_sample_data();
    stage.done(&["environment", "add", "test"]);
    let device = ["--device", "Laptop", "--allow-ip", "192.0.2.0/24"];
    let token = stage.token(&[&["github/laptop"][..], &device].concat());
    let is = |asked: &[&str], reason: &str| checks(&stage, &token, asked, reason);
    let all = is(&[], "valid");
    let skipped: Vec<_> = all
        .iter()
        .filter(|it| it["result"] == "not_checked")
        .collect();
    assert_eq!(skipped.len(), 3, "what was not passed: {skipped:?}");
    assert!(
        skipped
            .iter()
            .all(|it| it["found"].is_null() && it["expected"].is_string())
    );
    is(&["--connection", "hr"], "wrong_connection");
    is(&["--environment", "test"], "wrong_environment");
    is(&["--device", "phone"], "wrong_device");
    is(&["--ip", "198.51.100.1"], "address_not_allowed");
    stage.done(&["connection", "block", "ci", "--yes"]);
    is(&[], "connection_blocked");
    stage.done(&["connection", "edit", "ci", "--group", "builders", "--yes"]);
    is(&[], "not_a_member");
    stage.done(&["profile", "suspend", "github", "--reason", "audit", "--yes"]);
    let all = is(&[], "profile_suspended");
    let why = all[5]["found"].as_str().unwrap();
    assert!(why.ends_with(", until it is resumed: audit"), "{why}");
    stage.done(&["token", "suspend", "github/laptop"]);
    is(&[], "token_suspended");
    stage.done(&["token", "revoke", "github/laptop", "--yes"]);
    let all = is(&[], "revoked");
    assert_eq!(all.iter().filter(|it| it["result"] == "fail").count(), 6);

    stage.done(&["profile", "resume", "github"]);
    stage.done(&["connection", "edit", "ci", "--group", ""]);
    stage.done(&["connection", "unblock", "ci"]);
    let end = Time::from_seconds(now() + 2);
    let brief = stage.token(&["github/brief", "--expires", &end.to_string()]);
    while now() < end.seconds() {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let all = checks(&stage, &brief, &[], "expired");
    assert_eq!(all[3]["found"], end.to_string());
    let stranger = Token::generate(&mut OsEntropy).unwrap();
    checks(
        &stage,
        stranger.encode(Encoding::Native).expose(),
        &[],
        "unknown",
    );
    checks(&stage, "hello", &[], "malformed");
}

#[test]
fn what_is_malformed_is_explained_without_a_store() {
    let home = Home::new();
    let mut command = home.hallpass(&["verify", "--explain", "-o", "jsonl"]);
    let output = command.write_stdin("hello").output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(10), 0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(fields(&text).last().map(String::as_str), Some("checks"));
    let explained: Value = serde_json::from_str(&text).unwrap();
    let first = serde_json::json!({
        "check": "malformed",
        "result": "fail",
        "expected": "a whole token",
        "found": "not a token, or mistyped",
    });
    assert_eq!(explained["checks"][0], first);
}

#[test]
fn a_person_reads_the_verdict_and_a_table() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    let verdict = stage.piped(&["verify"], &token).out;
    let ran = stage.piped(&["verify", "--explain"], &token);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (first, table) = ran.out.split_once("\n\n").unwrap();
    assert_eq!(format!("{first}\n"), verdict);
    let mut lines = table.lines();
    let heading: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["CHECK", "RESULT", "EXPECTED", "FOUND"]);
    let lines: Vec<_> = lines.collect();
    let first = lines.iter().map(|line| line.split(' ').next().unwrap());
    assert_eq!(first.collect::<Vec<_>>(), Reason::ALL.map(Reason::word));
    assert!(lines[6].ends_with("none named, so `ci`"), "{}", lines[6]);

    let csv = stage.piped(&["verify", "--explain", "-o", "csv"], &token);
    let (header, cells) = csv.out.split_once('\n').unwrap();
    assert_eq!((csv.code, header), (0, "check,result,expected,found"));
    assert_eq!(cells.lines().count(), 13);
    let row = r#""wrong_environment","not_checked","`production`","#;
    assert_eq!(cells.lines().nth(8), Some(row));
}

#[test]
fn at_a_terminal_of_80_columns_nothing_is_wider() {
    let stage = TestHome::with_sample_data();
    let long = "x".repeat(60);
    let token = stage.token(&["github/laptop", "--device", &long]);
    let lists = [
        "--add-allow-ip",
        "2001:db8:1234:5678::/64",
        "--add-deny-ip",
        "192.0.2.7",
        "--group",
        &long,
    ];
    stage.done(&[&["connection", "edit", "ci", "--yes"], &lists[..]].concat());
    let file = stage.write("token", &token);
    let file = file.to_str().unwrap();
    let asked = [
        "--ip",
        "192.0.2.7",
        "--device",
        "phone",
        "--connection",
        "hr",
    ];
    let command = [&["verify", "--explain", "--token-file", file], &asked[..]].concat();
    let terminal = Terminal::spawn_in(80, stage.command(&command));
    let (status, screen, _) = terminal.finish();
    assert_eq!(status.code(), Some(16));
    let (_, table) = screen.split_once("CHECK").unwrap();
    let widest = table
        .lines()
        .map(|line| line.trim_end().chars().count())
        .max();
    assert!(widest > Some(60) && widest <= Some(80), "{screen}");
    assert!(
        Reason::ALL
            .iter()
            .all(|it| table.contains(&format!("\n{}", it.word()))),
        "{screen}"
    );
}

#[test]
fn a_use_is_recorded_as_by_any_verification() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    let used = || stage.json(&["token", "show", "github/laptop"])["last_used_at"].clone();
    assert!(used().is_null());
    checks(&stage, &token, &["--connection", "hr"], "wrong_connection");
    assert!(used().is_null());
    stage.piped(&["verify", "--explain"], &token);
    assert!(used().is_string());
}
