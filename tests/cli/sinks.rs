//! `--to`: files, `.env` files, descriptors and commands, each of which fails, hangs, and uses the
//! store itself.

use std::fs::{self, File, Permissions};
use std::io::{Read as _, pipe};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

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
fn a_file_gets_the_token_for_its_owner_alone() {
    let stage = TestHome::with_sample_data();
    fs::write(stage.file("out"), "").unwrap();
    fs::set_permissions(stage.file("out"), Permissions::from_mode(0o644)).unwrap();
    let done = add(&stage, "a", "file:out");
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    assert!(done.err.ends_with("it went to `out`\n"), "{done:?}");
    let token = text(&stage, "out");
    assert_eq!((token.len(), mode(&stage.file("out"))), (57, 0o600));
    assert!(!done.err.contains(&token[17..]), "{done:?}");
    assert_eq!(stage.verdict(&token, &[]).0, 0);
    let names: Vec<_> = fs::read_dir(stage.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|it| it.to_str().unwrap().contains("hallpass-new")),
        "{names:?}"
    );
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
fn one_key_of_an_env_file_is_replaced_and_the_rest_kept() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/old"]);
    stage.write(
        ".env",
        &format!("A=1\r\nexport T=\"{old}\" # why\r\nB='x\nT=no'\n\nC=3"),
    );
    assert_eq!(add(&stage, "a", "env:.env#T").code, 0);
    let after = text(&stage, ".env");
    let token = after.split_once("T=").unwrap().1.split_once(' ').unwrap().0;
    assert_eq!(
        after,
        format!("A=1\r\nexport T={token} # why\r\nB='x\nT=no'\n\nC=3")
    );
    assert_eq!(stage.verdict(token, &[]).0, 0);
    assert_eq!(add(&stage, "b", "env:.env#NEW").code, 0);
    let more = text(&stage, ".env");
    let added = more
        .strip_prefix(&after)
        .unwrap()
        .strip_prefix("\r\nNEW=")
        .unwrap();
    assert_eq!(stage.verdict(added, &[]).0, 0);
    assert_eq!(add(&stage, "c", "env:fresh#T").code, 0);
    assert_eq!(mode(&stage.file("fresh")), 0o600);
    // A shell reads every form of it.
    stage.done(&[
        "token",
        "add",
        "github/d",
        "--form",
        "header",
        "--to",
        "env:fresh#H",
    ]);
    let read = shell(&stage, ". ./fresh; printf %s \"$H\" | \"$HALLPASS\" verify");
    assert_eq!(read.code, 0, "{read:?}");
}

#[test]
fn an_env_file_keeps_a_mode_that_is_closed_and_is_refused_with_one_that_is_open() {
    let stage = TestHome::with_sample_data();
    let path = stage.write(".env", "A=1\n");
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert_eq!(add(&stage, "a", "env:.env#T").code, 0);
    assert_eq!(mode(&path), 0o400);
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let before = text(&stage, ".env");
    let refused = add(&stage, "b", "env:.env#T");
    assert_eq!(refused.code, 43);
    assert!(refused.err.contains("hint: chmod 600 .env"), "{refused:?}");
    assert_eq!((text(&stage, ".env"), count(&stage)), (before, 1));
}

#[test]
fn a_file_that_could_be_anothers_is_refused_before_anything_is_made() {
    let stage = TestHome::with_sample_data();
    let mine = stage.write("mine", "precious");
    symlink(&mine, stage.file("link")).unwrap();
    symlink("nothing", stage.file("dangling")).unwrap();
    fs::create_dir(stage.file("folder")).unwrap();
    let open = stage.file("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
    stage.write("twice", "T=1\nT=2\n");
    stage.write("quote", "A=\"1\nT=2\n");
    for (to, code, said) in [
        ("file:link", 43, "symbolic link"),
        ("file:dangling", 43, "symbolic link"),
        ("env:link#T", 43, "symbolic link"),
        ("file:folder", 43, "not a regular file"),
        ("file:/dev/null", 43, "not a regular file"),
        ("file:open/out", 43, "hint: chmod go-w "),
        ("file:none/out", 3, "`none`"),
        ("file:..", 43, "no name of a file"),
        ("env:twice#T", 43, "has `T` more than once"),
        ("env:quote#T", 43, "line 1 opens a quote that does not end"),
        ("fd:77", 2, "descriptor 77 is not open"),
    ] {
        let refused = add(&stage, "a", to);
        assert_eq!(
            (refused.code, refused.out.as_str()),
            (code, ""),
            "{to}: {refused:?}"
        );
        assert!(refused.err.contains(said), "{to}: {refused:?}");
    }
    assert_eq!(
        (count(&stage), text(&stage, "mine").as_str()),
        (0, "precious")
    );
    assert!(!stage.file("nothing").exists());
    // Nobody touches what is not his in a folder with a sticky bit.
    fs::set_permissions(&open, Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(add(&stage, "a", "file:open/out").code, 0);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(open.join("out"), Some(65534), None).unwrap();
        assert!(
            add(&stage, "b", "file:open/out")
                .err
                .contains("belongs to another user")
        );
        std::os::unix::fs::chown(&open, Some(65534), None).unwrap();
        assert_eq!(add(&stage, "b", "file:open/new").code, 43);
    }
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
    assert!(done.err.contains("it is good now"), "{done:?}");
    assert_eq!(stage.verdict(&text(&stage, "out"), &[]).0, 0);
}

#[test]
fn a_file_that_could_not_be_written_leaves_no_token() {
    let stage = TestHome::with_sample_data();
    stage.write("out", OLD);
    // Files may not grow beyond one block of the shell's: the store fits, as it is there already.
    let full = shell(
        &stage,
        "ulimit -f 0; \"$HALLPASS\" token add github/a --to file:out",
    );
    assert!(matches!(full.code, 42 | 51), "{full:?}");
    assert_eq!((text(&stage, "out").as_str(), count(&stage)), (OLD, 0));
}

#[test]
fn a_full_disk_leaves_no_token_and_the_file_as_it_was() {
    let stage = TestHome::with_sample_data();
    // A folder in the place of the new file: it cannot be made.
    fs::create_dir(stage.file(".hallpass-new")).unwrap();
    stage.write("out", OLD);
    let failed = add(&stage, "a", "file:out");
    assert_eq!(failed.code, 51, "{failed:?}");
    assert_eq!((text(&stage, "out").as_str(), count(&stage)), (OLD, 0));
}

#[test]
fn a_folder_that_another_program_holds_is_waited_for_and_given_up() {
    let stage = TestHome::with_sample_data();
    let folder = File::open(stage.path()).unwrap();
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let line = [
        "token",
        "add",
        "github/a",
        "--to",
        "env:.env#T",
        "--sink-timeout",
        "1s",
    ];
    let failed = stage.run(&line);
    assert_eq!(failed.code, 51, "{failed:?}");
    assert!(
        failed.err.contains("locked by another program"),
        "{failed:?}"
    );
    drop(folder);
    assert_eq!(count(&stage), 0);
    stage.done(&line);
}

#[test]
fn many_calls_at_once_each_put_their_key_into_one_file() {
    let stage = TestHome::with_sample_data();
    let calls: Vec<_> = (0..6)
        .map(|n| {
            let to = format!("env:.env#T{n}");
            let mut command =
                stage.command(&["token", "add", &format!("github/t{n}"), "--to", &to]);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut call in calls {
        assert_eq!(call.wait().unwrap().code(), Some(0));
    }
    let held = text(&stage, ".env");
    assert_eq!(held.lines().count(), 6, "{held}");
    for line in held.lines() {
        assert_eq!(stage.verdict(line.split_once('=').unwrap().1, &[]).0, 0);
    }
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
