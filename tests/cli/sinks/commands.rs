//! Commands that get a secret: they fail, hang, are killed, and use the store itself.

use std::fs;
use std::io::{Read as _, pipe};
use std::process::Stdio;

use super::{add, count, shell, text};
use crate::support::test_home::TestHome;

#[test]
fn a_command_gets_the_token_on_its_standard_input_and_nowhere_else() {
    let stage = TestHome::with_sample_data();
    let done = add(
        &stage,
        "a",
        "command:cat > got; tr '\\0' '\\n' </proc/$$/environ >seen; \
                    tr '\\0' '\\n' </proc/$PPID/cmdline >>seen; echo talk; umask >mask",
    );
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    assert!(done.err.starts_with("talk\n"), "{done:?}");
    let token = text(&stage, "got");
    assert_eq!((token.len(), stage.verdict(&token, &[]).0), (57, 0));
    assert!(!text(&stage, "seen").contains(token.trim()));
    assert_eq!(
        text(&stage, "mask").trim(),
        umask(&stage),
        "the caller's umask"
    );
}

fn umask(stage: &TestHome) -> String {
    shell(stage, "umask").out.trim().to_owned()
}

#[test]
fn a_command_that_fails_leaves_no_token() {
    let stage = TestHome::with_sample_data();
    for command in [
        "command:cat; exit 3",
        "command:kill -9 $$",
        "command:/no/such/program",
    ] {
        let failed = add(&stage, "a", command);
        assert_eq!(failed.code, 51, "{command}: {failed:?}");
        assert!(
            failed.err.contains("because: the command failed"),
            "{failed:?}"
        );
    }
    // One that does not want it, but ends well, has it all the same.
    assert_eq!(add(&stage, "b", "command:true").code, 0);
    assert_eq!(count(&stage), 1);
}

#[test]
fn a_command_that_hangs_is_ended_with_what_it_started() {
    let stage = TestHome::with_sample_data();
    let (mut reader, writer) = pipe().unwrap();
    // Whatever is left of it holds the pipe open.
    let hang = "command:trap '' TERM; (trap '' TERM; sleep 600) & sleep 600";
    let line = [
        "token",
        "add",
        "github/a",
        "--to",
        hang,
        "--sink-timeout",
        "1s",
    ];
    let mut command = stage.command(&line);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(writer)
        .spawn()
        .unwrap();
    drop(command);
    assert_eq!(child.wait().unwrap().code(), Some(51));
    let mut said = String::new();
    reader.read_to_string(&mut said).unwrap();
    assert!(
        said.contains("because: the command took longer than 1s"),
        "{said}"
    );
    assert_eq!(count(&stage), 0);
}

#[test]
fn a_command_may_use_the_store_that_its_token_is_in() {
    let stage = TestHome::with_sample_data();
    let itself = "command:\"$HALLPASS\" verify >verdict; echo $? >code; \
                  \"$HALLPASS\" connection add made -q >/dev/null && \
                  \"$HALLPASS\" token add github/inner --to file:inner -q";
    let done = add(&stage, "outer", itself);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        text(&stage, "code"),
        "11\n",
        "it is not good before it is delivered"
    );
    stage.done(&["connection", "show", "made"]);
    assert_eq!(stage.verdict(&text(&stage, "inner"), &[]).0, 0);
    assert_eq!(
        stage.json(&["token", "show", "github/outer"])["effective"],
        "valid"
    );
}

/// The command kills the program that waits for it.
#[test]
fn a_killed_call_leaves_a_token_that_is_not_good_and_holds_its_name_for_a_while() {
    let stage = TestHome::with_sample_data();
    let kill = "command:cat >got; kill -9 $PPID";
    let mut command = stage.command(&["token", "add", "github/a", "--to", kill]);
    let killed = command.args(["--sink-timeout", "1s"]).output().unwrap();
    assert_eq!(killed.status.code(), None, "a signal ended it");
    assert_eq!(
        stage.verdict(&text(&stage, "got"), &[]),
        (11, "unknown".to_owned())
    );
    assert_eq!(
        stage.json(&["token", "show", "github/a"])["state"],
        "pending"
    );
    assert_eq!(add(&stage, "a", "file:out").code, 40);
    assert!(!stage.file("out").exists());
    // With the same token in its file, the call is finished.
    fs::rename(stage.file("got"), stage.file("out")).unwrap();
    let done = add(&stage, "a", "file:out");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.err.contains("it is valid now"), "{done:?}");
    assert_eq!(stage.verdict(&text(&stage, "out"), &[]).0, 0);
}
