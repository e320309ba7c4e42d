//! Signals while a command takes a secret.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::test_home::TestHome;

/// Takes the secret, says so, and goes on for ever, with another program.
const SLOW: &str = "command:trap 'echo cleared >cleared; exit' TERM; cat >got; echo started >&2; \
                    sleep 600 & wait";

#[test]
fn whoever_ends_the_call_ends_the_command_and_the_token() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let stage = TestHome::with_sample_data();
        let mut command = stage.command(&["token", "add", "github/a", "--to", SLOW]);
        let mut child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
        kill_process(Pid::from_child(&child), signal).unwrap();
        // To the end: nothing that the command has started holds it open.
        said.read_to_string(&mut line).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(51), "{line}");
        assert!(line.contains("because: it was interrupted"), "{line}");
        assert_eq!(
            fs::read_to_string(stage.file("cleared")).unwrap(),
            "cleared\n"
        );
        let token = fs::read_to_string(stage.file("got")).unwrap();
        assert_eq!(stage.verdict(&token, &[]).1, "unknown");
        assert_eq!(
            stage.json(&["token", "list", "--all"]),
            serde_json::json!([])
        );
    }
}

#[test]
fn it_does_so_after_a_question_too() {
    let stage = TestHome::with_sample_data();
    let passphrase = "cobalt lantern quiet otter";
    stage.write("pass", passphrase);
    stage.done(&["store", "key", "add", "--new-passphrase-file", "pass"]);
    fs::remove_file(stage.config()).unwrap();
    let mut terminal = stage.terminal(&["token", "add", "github/a", "--to", SLOW]);
    terminal.answer("Passphrase of ", passphrase);
    terminal.press("started", "");
    terminal.interrupt();
    let (status, shown, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(51), true), "{shown}");
    assert_eq!(
        fs::read_to_string(stage.file("cleared")).unwrap(),
        "cleared\n"
    );
}
