//! Delivered, or not valid (T12b): standard output fails in every way it can.

use std::fs::File;
use std::io::{Read as _, pipe};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::ioctl_fionread;
use serde_json::Value;

use crate::support::test_home::TestHome;

/// Why a token was revoked that nobody saw.
const UNDELIVERED: &str = "could not be delivered";

/// Runs `command` with an output that does not work; returns its code.
fn undelivered(mut command: Command, out: impl Into<Stdio>) -> i32 {
    let status = command.stdout(out).stderr(Stdio::null()).status();
    status.unwrap().code().unwrap()
}

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

/// No token may be valid: whatever is there was taken back.
#[track_caller]
fn none_is_valid(stage: &TestHome) {
    let all = stage.json(&["token", "list", "--all"]);
    for token in all.as_array().unwrap() {
        assert_eq!(token["effective"], "revoked", "{token}");
        assert_eq!(token["reason"], UNDELIVERED);
    }
    assert_eq!(stage.json(&["token", "list"]), Value::Array(Vec::new()));
}

#[test]
fn an_output_that_cannot_be_written_leaves_no_valid_token() {
    let stage = TestHome::with_sample_data();
    for format in ["table", "json", "jsonl", "csv"] {
        let add = ["token", "add", "github/a", "-o", format];
        assert_eq!(undelivered(stage.command(&add), full()), 51, "{format}");
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        assert_eq!(undelivered(stage.command(&add), writer), 51, "{format}");
        assert_eq!(stage.redirected(">&-", &add).code, 51, "{format}");
    }
    none_is_valid(&stage);
    // Once somebody reads, the name is free and the token is good.
    let token = stage.token(&["github/a"]);
    assert_eq!(stage.verdict(&token, &[]).0, 0);
}

/// The program trusts a reader that neither reads nor goes for 0.6 s.
const TRUSTED: Duration = Duration::from_millis(600);

/// Runs `command` for a reader that goes away after `stay`, or as soon as there is something to
/// read, without having read it. Returns the code, or none if this test was not quick enough for
/// the program, which then may have trusted the reader.
fn unread(mut command: Command, stay: Duration) -> Option<i32> {
    let (reader, writer) = pipe().unwrap();
    let mut child = command
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(command);
    let start = now();
    let mut empty = start;
    loop {
        let look = now();
        if look - start >= stay || ioctl_fionread(&reader).unwrap() > 0 {
            break;
        }
        empty = look;
        sleep(Duration::from_millis(1));
    }
    drop(reader);
    let quick = empty.elapsed() < TRUSTED / 2;
    let code = child.wait().unwrap().code().unwrap();
    (quick || code != 0).then_some(code)
}

#[expect(clippy::disallowed_methods, reason = "the program lives in real time")]
fn now() -> Instant {
    Instant::now()
}

/// A reader that goes away at some moment, or at the worst one: when everything is written.
#[test]
fn a_reader_that_goes_away_unread_leaves_no_valid_token() {
    let stage = TestHome::with_sample_data();
    let some = (0..40).map(Duration::from_millis);
    for (n, stay) in some.chain([Duration::MAX; 20]).enumerate() {
        let address = format!("github/t{n}");
        match unread(stage.command(&["token", "add", &address]), stay) {
            Some(code) => assert_eq!(code, 51, "after {stay:?}"),
            // It is as good as read: taken out of what is looked at below.
            None => {
                stage.done(&[
                    "token",
                    "revoke",
                    &address,
                    "--reason",
                    UNDELIVERED,
                    "--yes",
                ]);
            }
        }
    }
    none_is_valid(&stage);
}

/// One that holds the pipe and does not read may read later: the program waits for it no longer.
#[test]
fn a_token_in_a_pipe_that_is_held_unread_is_valid() {
    let stage = TestHome::with_sample_data();
    let (mut reader, writer) = pipe().unwrap();
    let mut command = stage.command(&["token", "add", "github/a"]);
    let mut child = command
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(command);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut token = String::new();
    reader.read_to_string(&mut token).unwrap();
    assert_eq!(stage.verdict(token.trim_end(), &[]).0, 0);
}

/// What a reader has read to the end of the line is valid, however early it goes then.
#[test]
fn a_reader_of_one_line_has_a_valid_token() {
    let stage = TestHome::with_sample_data();
    for n in 0..10 {
        let mut command = stage.command(&["token", "add", &format!("github/t{n}")]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = [0; 57];
        child.stdout.take().unwrap().read_exact(&mut line).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert_eq!(stage.verdict(std::str::from_utf8(&line).unwrap(), &[]).0, 0);
    }
}

#[test]
fn a_full_pipe_that_nobody_reads_leaves_no_valid_token() {
    let stage = TestHome::with_sample_data();
    let (reader, writer) = pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
    fcntl_setfl(&writer, OFlags::empty()).unwrap();
    assert_eq!(
        undelivered(stage.command(&["token", "add", "github/a"]), writer),
        51
    );
    drop(reader);
    none_is_valid(&stage);
    assert_eq!(
        stage.json(&["token", "list", "--all"]),
        Value::Array(Vec::new())
    );
}

#[test]
fn a_profile_is_not_left_with_a_token_that_nobody_saw() {
    let stage = TestHome::with_sample_data();
    let add = ["profile", "add", "gitlab", "--token", "first"];
    assert_eq!(undelivered(stage.command(&add), full()), 51);
    assert_eq!(
        stage.run(&["profile", "show", "gitlab"]).code,
        3,
        "it is as if nothing was done"
    );
    none_is_valid(&stage);
}

#[test]
fn a_generated_password_that_nobody_saw_is_not_set() {
    let stage = TestHome::with_sample_data();
    let old = stage.done(&["password", "set", "github", "--generate"]).out;
    let set = ["password", "set", "github", "--generate", "--yes"];
    assert_eq!(undelivered(stage.command(&set), full()), 51);
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    assert_eq!(undelivered(stage.command(&set), writer), 51);
    let some = [0, 20, 60, 120, 180, 240].map(Duration::from_millis);
    for stay in some.into_iter().chain([Duration::MAX; 3]) {
        // One that was too late may have set its password, and there is no more to be said.
        let Some(code) = unread(stage.command(&set), stay) else {
            return;
        };
        assert_eq!(code, 51, "after {stay:?}");
    }
    assert_eq!(
        stage
            .piped(
                &["password", "verify", "github", "--password-file", "-"],
                old
            )
            .code,
        0
    );
}

/// The standard library opens `/dev/null` in the place of a closed descriptor, for reading and
/// writing, as Python's `subprocess.DEVNULL` does on purpose.
#[test]
fn a_closed_output_is_told_from_one_that_nobody_wants() {
    let stage = TestHome::with_sample_data();
    for format in super::FORMATS {
        let list = ["profile", "list", "-o", format];
        let closed = stage.redirected(">&-", &list);
        assert_eq!(closed.code, 42, "{format}: {closed:?}");
        assert!(
            closed.err.contains("standard output cannot be written"),
            "{closed:?}"
        );
        for unwanted in [">/dev/null", "1<>/dev/null"] {
            let ran = stage.redirected(unwanted, &list);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{format} {unwanted}");
            let add = ["token", "add", "github/a", "-q", "-o", format];
            assert_eq!(
                stage.redirected(unwanted, &add).code,
                0,
                "{format} {unwanted}"
            );
            stage.done(&["token", "revoke", "github/a", "--yes", "-q"]);
        }
    }
    assert_eq!(stage.redirected(">&-", &["--help"]).code, 42);
    assert_eq!(stage.redirected(">&-", &["completions", "bash"]).code, 42);
}

/// `hallpass token list | head -1`: whoever reads has seen enough, and nobody is told, in no format.
#[test]
fn a_list_whose_reader_left_ends_without_a_word() {
    let stage = TestHome::with_sample_data();
    // More than is held back, so that the reader is missed in the middle of the list.
    let note = "語".repeat(1000);
    for n in 0..30 {
        stage.done(&[
            "connection",
            "add",
            &format!("c{n}"),
            "--description",
            &note,
            "-q",
        ]);
    }
    for format in super::FORMATS {
        for list in [
            ["connection", "list", "-o", format],
            ["profile", "list", "-o", format],
        ] {
            let (reader, writer) = pipe().unwrap();
            drop(reader);
            let ran = stage.command(&list).stdout(writer).output().unwrap();
            let said = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(
                (ran.status.code(), said.as_str()),
                (Some(1), ""),
                "{list:?}"
            );
        }
    }
}

#[test]
fn a_change_that_is_made_says_so_though_its_output_is_closed() {
    let stage = TestHome::with_sample_data();
    let ran = stage.redirected(">&-", &["connection", "add", "crm"]);
    assert_eq!(ran.code, 42, "{ran:?}");
    assert!(
        ran.err
            .contains("cannot be written, but the operation was completed"),
        "{ran:?}"
    );
    stage.done(&["connection", "show", "crm"]);
    let ran = stage.redirected(">&-", &["connection", "add", "crm", "-o", "json"]);
    assert_eq!(ran.code, 4, "what was refused is refused first: {ran:?}");
    let old = stage.done(&["password", "set", "github", "--generate"]).out;
    let set = stage.redirected(">&-", &["password", "set", "github", "--generate", "--yes"]);
    assert_eq!(set.code, 51, "{set:?}");
    assert_eq!(
        stage
            .piped(
                &["password", "verify", "github", "--password-file", "-"],
                old
            )
            .code,
        0
    );
}

#[test]
fn what_is_longer_than_a_pipe_takes_at_once_makes_no_token_and_says_where_it_could_go() {
    let stage = TestHome::with_sample_data();
    let ranges = (0..99).map(|n| format!("--allow-ip=2001:db8:1111:2222:3333:4444:5555:{n}"));
    let words: Vec<_> = ["token", "add", "github/big", "-o", "json"]
        .map(String::from)
        .to_vec();
    let words: Vec<_> = words.into_iter().chain(ranges).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let said = stage.fails(51, &words);
    assert!(said.contains("--to file:PATH"), "{said}");
    assert_eq!(
        stage.json(&["token", "list", "--all"]),
        serde_json::json!([])
    );
    let shown = stage.json(&[&words[..3], &words[5..], &["--to", "file:big"]].concat());
    assert_eq!(shown["allow_ip"].as_array().unwrap().len(), 99);
}
