//! `--to`: files, `.env` files, descriptors and commands, each of which fails, hangs, and uses the
//! store itself.

use std::fs;
use std::io::pipe;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

mod commands;
mod files;

/// A line of shell with `$HALLPASS`, in the home.
fn shell_command(stage: &TestHome, line: &str) -> Command {
    let hallpass = stage.command(&[]);
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", line])
        .env_clear()
        .current_dir(stage.path())
        .stdin(Stdio::null());
    shell.envs(
        hallpass
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell.env("HALLPASS", hallpass.get_program());
    shell
}

fn shell(stage: &TestHome, line: &str) -> Answer {
    Answer::of(&shell_command(stage, line).output().unwrap())
}

/// The same, where the program itself is started with `--to`.
fn add(stage: &TestHome, name: &str, to: &str) -> Answer {
    let mut command = stage.command(&["token", "add", &format!("github/{name}"), "--to", to]);
    command.env("HALLPASS", env!("CARGO_BIN_EXE_hallpass"));
    Answer::of(&command.stdin(Stdio::null()).output().unwrap())
}

/// A token of another store.
const OLD: &str = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez\n";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// How many tokens there are, in any state.
fn count(stage: &TestHome) -> usize {
    stage
        .json(&["token", "list", "--all"])
        .as_array()
        .unwrap()
        .len()
}

fn text(stage: &TestHome, name: &str) -> String {
    fs::read_to_string(stage.file(name)).unwrap()
}

#[test]
fn documents_of_a_token_that_went_elsewhere_have_no_secret() {
    let stage = TestHome::with_sample_data();
    let made = stage.json(&["token", "add", "github/a", "--to", "file:out"]);
    assert_eq!(made["token"], Value::Null);
    let mut shown = stage.json(&["token", "show", "github/a"]);
    shown["token"] = Value::Null;
    assert_eq!(made, shown, "it is active by now");
    let csv = stage
        .done(&["token", "add", "github/b", "--to", "env:e#T", "-o", "csv"])
        .out;
    assert!(csv.lines().next().unwrap().ends_with(",token"));
    assert!(csv.lines().nth(1).unwrap().ends_with(','), "{csv}");
    let set = ["password", "set", "github", "--generate", "--to", "file:pw"];
    assert_eq!(stage.json(&set)["password"], Value::Null);
    stage.done(&["password", "verify", "github", "--password-file", "pw"]);
}

#[test]
fn what_is_no_place_is_wrong_usage() {
    let stage = TestHome::with_sample_data();
    for to in [
        "",
        "file:",
        "out",
        "fd:1",
        "fd:x",
        "env:.env",
        "env:#T",
        "env:.env#1T",
        "env:e#T-X",
    ] {
        assert_eq!(add(&stage, "a", to).code, 2, "{to}");
    }
    for time in ["0s", "60", "1h", "61m", "5"] {
        let line = [
            "token",
            "add",
            "github/a",
            "--to",
            "file:x",
            "--sink-timeout",
            time,
        ];
        assert_eq!(stage.run(&line).code, 2, "{time}");
    }
    for line in [
        &["profile", "add", "web", "--to", "file:x"][..],
        &["password", "set", "github", "--to", "file:x"],
    ] {
        let refused = stage.fails(2, line);
        assert!(refused.contains("hint: add `--"), "{refused}");
    }
    assert!(!stage.file("x").exists());
}

#[test]
fn a_descriptor_gets_the_token_as_standard_output_would() {
    let stage = TestHome::with_sample_data();
    let done = shell(
        &stage,
        "\"$HALLPASS\" token add github/a --to fd:5 -o json 5>>out",
    );
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.ends_with("\"token\":null}\n"), "{done:?}");
    assert_eq!(stage.verdict(&text(&stage, "out"), &[]).0, 0);
    let read = shell(&stage, "\"$HALLPASS\" token add github/x --to fd:5 5<out");
    assert!(
        read.code == 2 && read.err.contains("not open for writing"),
        "{read:?}"
    );
    assert_eq!(
        shell(
            &stage,
            "\"$HALLPASS\" token add github/b --to fd:5 5>/dev/full"
        )
        .code,
        51
    );
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let line = "\"$HALLPASS\" token add github/b --to fd:5 5>&2";
    assert_eq!(
        shell_command(&stage, line)
            .stderr(writer)
            .status()
            .unwrap()
            .code(),
        Some(51)
    );
    // Only what was taken is valid.
    let live = stage.json(&["token", "list"]);
    assert_eq!(live.as_array().unwrap().len(), 1, "{live}");
}

#[test]
fn a_full_pipe_behind_a_descriptor_costs_nothing() {
    let stage = TestHome::with_sample_data();
    let (reader, writer) = pipe().unwrap();
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).unwrap();
    while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
    let place = format!("/proc/{}/fd/{}", std::process::id(), writer.as_raw_fd());
    let line = format!("\"$HALLPASS\" token add github/a --to fd:5 5>{place}");
    assert_eq!(shell(&stage, &line).code, 51);
    drop(reader);
    assert_eq!(count(&stage), 0);
}

#[test]
fn a_profile_is_made_with_a_token_in_its_place() {
    let stage = TestHome::with_sample_data();
    let line = [
        "profile",
        "add",
        "web",
        "--token",
        "first",
        "--to",
        "command:exit 1",
    ];
    assert_eq!(stage.run(&line).code, 51);
    assert_eq!(stage.run(&["profile", "show", "web"]).code, 3);
    stage.done(&[
        "profile", "add", "web", "--token", "first", "--to", "file:out",
    ]);
    assert_eq!(stage.verdict(&text(&stage, "out"), &[]).0, 0);
}

#[test]
fn a_password_that_was_not_delivered_is_not_set() {
    let stage = TestHome::with_sample_data();
    let set = ["password", "set", "github", "--generate", "--yes", "--to"];
    let to = |to: &'static str| [&set[..], &[to]].concat();
    stage.done(&to("file:pw"));
    let old = text(&stage, "pw");
    assert_eq!(stage.run(&to("command:cat >new; exit 1")).code, 51);
    fs::create_dir(stage.file(".hallpass-new")).unwrap();
    assert_eq!(stage.run(&to("file:pw")).code, 51);
    assert_eq!(
        stage
            .piped(
                &["password", "verify", "github", "--password-file", "-"],
                &old
            )
            .code,
        0
    );
    assert_eq!(
        (stage.run(&to("env:e#P")).code, text(&stage, "pw")),
        (0, old)
    );
    let new = text(&stage, "e");
    let new = new.trim_end().split_once('=').unwrap().1;
    assert_eq!(
        stage
            .piped(
                &["password", "verify", "github", "--password-file", "-"],
                new
            )
            .code,
        0
    );
}
