//! What the program says, on which stream, and with which code, where no store is needed.

use std::fs::File;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Home;

#[test]
fn help_and_version_are_results() {
    let home = Home::new();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["token", "add", "--help"],
    ] {
        let output = home.hallpass(arguments).output().unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{arguments:?}"
        );
        assert!(!output.stdout.is_empty(), "{arguments:?}");
        assert!(
            !output.stdout.contains(&b'\x1b'),
            "no colour off a terminal"
        );
    }
}

#[test]
fn help_names_only_what_is_there() {
    let home = Home::new();
    let output = home.hallpass(&["--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for command in ["serve", "health"] {
        let is_named = help.contains(&format!("\n  {command} "));
        assert_eq!(is_named, cfg!(feature = "server"), "{command}: {help}");
    }
}

#[test]
fn an_error_is_text_or_one_object() {
    let home = Home::new();
    let text = home.hallpass(&["profile", "add"]).output().unwrap();
    assert_eq!(text.status.code(), Some(2));
    assert!(text.stdout.is_empty());
    let said = String::from_utf8(text.stderr).unwrap();
    assert_eq!(
        said,
        "error: missing: <PROFILE>\nhint: hallpass profile add --help\n"
    );

    let json = home
        .hallpass(&["profile", "add", "-o", "json"])
        .output()
        .unwrap();
    assert_eq!(json.status.code(), Some(2));
    let object: Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!(object["error"]["kind"], "usage");
    assert_eq!(object["error"]["exit"], 2);
    assert_eq!(object["error"]["hint"], "hallpass profile add --help");

    let mut by_environment = home.hallpass(&["profile", "add"]);
    let output = by_environment
        .env("HALLPASS_OUTPUT", "jsonl")
        .output()
        .unwrap();
    assert_eq!(output.stderr, json.stderr);
}

#[test]
fn a_whole_token_is_never_repeated() {
    let home = Home::new();
    let token = format!("hpass_{}", "A1b2".repeat(12) + "zz");
    for arguments in [
        &["verify", &token][..],
        &["token", "show", &token],
        &[&token],
        &["profile", "add", &token],
    ] {
        for format in ["table", "json"] {
            let output = home
                .hallpass(arguments)
                .args(["-o", format])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!said.contains(&token), "{said}");
        }
    }
}

#[test]
fn what_was_typed_does_not_drive_the_terminal() {
    let home = Home::new();
    let output = home.hallpass(&["\u{1b}[31m\u{202e}evil"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("\\u{1b}[31m\\u{202e}evil"), "{said}");
}

#[test]
fn an_unknown_setting_is_an_error() {
    let home = Home::new();
    std::fs::create_dir_all(home.config().parent().unwrap()).unwrap();
    std::fs::write(home.config(), "encrypt = false\n").unwrap();
    let output = home.hallpass(&["completions", "bash"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("unknown field `encrypt`")
    );
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let home = Home::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = home
        .command(&["completions", "bash"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(42));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("standard output")
    );

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = home
        .command(&["completions", "bash"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        output.stderr.is_empty(),
        "a reader that has seen enough is told nothing"
    );

    let unwritable = Stdio::from(File::open("/dev/null").unwrap());
    let output = home
        .command(&["completions", "bash"])
        .stdout(unwritable)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(42));
}
