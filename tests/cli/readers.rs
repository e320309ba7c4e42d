//! A6: who else may read or write a file with a secret, and what is said of it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use crate::support::test_home::{Answer, TestHome};

const PASSPHRASE: &str = "cobalt lantern quiet otter\n";
const PASSWORD: &str = "correct horse battery staple 42\n";

/// A home whose store opens by a passphrase, too, with files of each kind of secret.
fn stage() -> TestHome {
    let stage = TestHome::with_sample_data();
    stage.write("passphrase", PASSPHRASE);
    stage.done(&["store", "key", "add", "--new-passphrase-file", "passphrase"]);
    stage.done(&["store", "key", "add", "--recovery-file", "recovery"]);
    stage.write("password", PASSWORD);
    stage.done(&["password", "set", "github", "--password-file", "password"]);
    let token = stage.token(&["github/there"]);
    stage.write("token", &token);
    stage.write("value", "ghp_16C7e42F292c6912E7710c838347Ae178B4a");
    stage
}

fn set_mode(stage: &TestHome, name: &str, mode: u32) {
    fs::set_permissions(stage.file(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_opens_the_store_or_a_server_is_for_its_owner_alone() {
    let stage = stage();
    for (file, line) in [
        (
            "keys/store.key",
            &["profile", "list", "--key-file", "keys/store.key"][..],
        ),
        (
            "passphrase",
            &["profile", "list", "--passphrase-file", "passphrase"],
        ),
        (
            "recovery",
            &["profile", "list", "--passphrase-file", "recovery"],
        ),
        (
            "passphrase",
            &["store", "key", "add", "--new-passphrase-file", "passphrase"],
        ),
        (
            "password",
            &[
                "mail",
                "set",
                "smtp://u@127.0.0.1",
                "--from",
                "a@b.nl",
                "--password-file",
                "password",
            ],
        ),
    ] {
        for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610] {
            set_mode(&stage, file, mode);
            let said = stage.fails(43, line);
            assert!(
                said.contains(&format!("`{file}` is accessible to other users")),
                "{said}"
            );
            assert!(
                said.contains(&format!("hint: chmod 600 {file}\n")),
                "{said}"
            );
        }
        for mode in [0o400, 0o600] {
            set_mode(&stage, file, mode);
            stage.done(line);
        }
        symlink(stage.file(file), stage.file("link")).unwrap();
        let last = *line.last().unwrap();
        let linked: Vec<_> = line
            .iter()
            .map(|word| if *word == last { "link" } else { word })
            .collect();
        let said = stage.fails(43, &linked);
        assert!(said.contains("`link` is a symbolic link"), "{said}");
        fs::remove_file(stage.file("link")).unwrap();
    }
    let said = stage.fails(43, &["profile", "list", "--passphrase-file", "/dev/null"]);
    assert!(said.contains("is not a regular file"), "{said}");
}

#[test]
fn the_environment_is_held_to_the_same() {
    let stage = stage();
    set_mode(&stage, "passphrase", 0o644);
    let look = |name: &str, value: &str| {
        let mut command = stage.command(&["profile", "list"]);
        Answer::of(
            &command
                .env(name, value)
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    };
    assert_eq!(look("HALLPASS_PASSPHRASE_FILE", "passphrase").code, 43);
    set_mode(&stage, "passphrase", 0o600);
    assert_eq!(look("HALLPASS_PASSPHRASE_FILE", "passphrase").code, 0);
}

#[test]
fn a_secret_that_others_can_read_is_a_warning_and_one_that_they_can_write_is_refused() {
    let stage = stage();
    for (file, line) in [
        (
            "password",
            &[
                "password",
                "verify",
                "github",
                "--password-file",
                "password",
            ][..],
        ),
        (
            "password",
            &["login", "github", "--password-file", "password"],
        ),
        ("token", &["verify", "--token-file", "token"]),
        ("token", &["token", "show", "--token-file", "token"]),
        (
            "value",
            &["token", "add", "github/legacy", "--value-file", "value"],
        ),
    ] {
        set_mode(&stage, file, 0o600);
        let quiet = if line.contains(&"add") {
            None
        } else {
            Some(stage.done(line))
        };
        assert!(
            quiet.is_none_or(|it| !it.err.contains("other users")),
            "{line:?}"
        );
        for mode in [0o620, 0o602, 0o666] {
            set_mode(&stage, file, mode);
            let said = stage.fails(43, line);
            assert!(said.contains("is writable by others"), "{said}");
            assert!(
                said.contains(&format!("hint: chmod go-w {file}\n")),
                "{said}"
            );
        }
        set_mode(&stage, file, 0o644);
        let read = stage.done(line);
        let warned = format!("warning: other users can read `{file}`: `chmod 600 {file}`\n");
        assert!(read.err.contains(&warned), "{line:?}: {read:?}");
    }
    set_mode(&stage, "password", 0o644);
    let made = stage.done(&["profile", "add", "web", "--password-file", "password"]);
    assert!(
        made.err.contains("warning: other users can read"),
        "{made:?}"
    );
}

#[test]
fn a_pipe_is_as_good_as_a_file() {
    let stage = stage();
    let shell = |line: &str| {
        let hallpass = stage.command(&[]);
        let mut shell = Command::new("/bin/bash");
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
        Answer::of(&shell.output().unwrap())
    };
    for line in [
        "\"$HALLPASS\" profile list --passphrase-file <(cat passphrase)",
        "cat passphrase | \"$HALLPASS\" profile list --passphrase-file /dev/stdin",
        "\"$HALLPASS\" profile list --key-file <(cat keys/store.key)",
        "\"$HALLPASS\" verify --token-file <(cat token)",
        "\"$HALLPASS\" apply <(echo '[environments.production]') --format toml",
        "mkfifo -m 600 fifo; cat passphrase >fifo & \"$HALLPASS\" profile list --passphrase-file fifo",
        "exec 3<passphrase; for n in 1 2; do \"$HALLPASS\" profile list --passphrase-fd 3 || exit; done",
        "cat passphrase | \"$HALLPASS\" profile list --passphrase-fd 3 3<&0",
    ] {
        let ran = shell(line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
    }
    // What is behind a descriptor is judged as the file that it is.
    set_mode(&stage, "passphrase", 0o644);
    let ran = shell("\"$HALLPASS\" profile list --passphrase-file /dev/stdin <passphrase");
    assert_eq!(ran.code, 43, "{ran:?}");
}

#[test]
fn what_opens_the_store_is_not_kept_in_its_folder() {
    let stage = stage();
    let folder = stage.store().parent().unwrap().to_owned();
    let beside = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (recovery, pass) = (beside("recovery"), beside("passphrase"));
    fs::copy(stage.file("passphrase"), &pass).unwrap();
    fs::set_permissions(&pass, Permissions::from_mode(0o600)).unwrap();
    for line in [
        &["store", "key", "add", "--recovery-file", &recovery][..],
        &["store", "key", "add", "--new-passphrase-file", &pass],
        &["profile", "list", "--passphrase-file", &pass],
    ] {
        let names = || fs::read_dir(&folder).unwrap().count();
        let before = names();
        let said = stage.fails(6, line);
        assert_eq!(names(), before);
        assert!(said.contains("would be copied along with it"), "{said}");
        assert!(said.contains("`--allow-colocated-key`"), "{said}");
        stage.done(&[line, &["--allow-colocated-key"]].concat());
    }
    let empty = TestHome::empty();
    let store = empty.store().parent().unwrap().to_owned();
    let recovery = store.join("recovery").to_str().unwrap().to_owned();
    let init = [
        "init",
        "--new-key-file",
        "keys/k",
        "--recovery-file",
        &recovery,
    ];
    empty.fails(6, &init);
    assert!(!empty.store().exists() && !empty.file("keys/k").exists());
    empty.done(&[&init[..], &["--allow-colocated-key"]].concat());
}
