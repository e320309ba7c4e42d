//! The shell that commands are given to: the system's, whatever `PATH` says.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};

use crate::support::test_home::{Answer, TestHome};

/// Runs the program where `PATH` begins with a folder in which something else is called `sh`.
fn run(stage: &TestHome, arguments: &[&str]) -> Answer {
    let folder = stage.file("bin");
    if !folder.exists() {
        DirBuilder::new().mode(0o700).create(&folder).unwrap();
        let script = format!(
            "#!/bin/sh\n: >{}\nexit 1\n",
            stage.file("started").display()
        );
        fs::write(folder.join("sh"), script).unwrap();
        fs::set_permissions(folder.join("sh"), Permissions::from_mode(0o700)).unwrap();
    }
    let mut command = stage.command(arguments);
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    // The premise: by its name it would be this one.
    let found = std::process::Command::new("sh")
        .env("PATH", &folder)
        .output()
        .unwrap();
    assert!(!found.status.success() && stage.file("started").exists());
    fs::remove_file(stage.file("started")).unwrap();
    Answer::of(&command.output().unwrap())
}

#[test]
fn a_command_is_given_to_the_systems_shell() {
    let stage = TestHome::with_sample_data();
    let done = run(
        &stage,
        &["token", "add", "github/a", "--to", "command:cat >token"],
    );
    assert_eq!(
        (done.code, stage.file("started").exists()),
        (0, false),
        "{done:?}"
    );
    let token = fs::read_to_string(stage.file("token")).unwrap();
    assert_eq!(stage.verdict(&token, &[]).0, 0);

    let ask = ["status", "--passphrase-command", "touch asked; echo wrong"];
    let wrong = run(&stage, &ask);
    assert_eq!(
        (wrong.code, stage.file("started").exists()),
        (20, false),
        "{wrong:?}"
    );
    assert!(stage.file("asked").exists());
}
