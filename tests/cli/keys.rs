//! Where the key of the store comes from, end to end.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::test_home::{Answer, TestHome};

const PASSPHRASE: &str = "cobalt lantern quiet otter";

/// A store that `PASSPHRASE` opens, too, and whose settings name no key.
fn without_settings() -> TestHome {
    let stage = TestHome::new();
    stage.write("pass", PASSPHRASE);
    stage.done(&["store", "key", "add", "--new-passphrase-file", "pass"]);
    fs::remove_file(stage.config()).unwrap();
    stage.fails(21, &["profile", "list"]);
    stage
}

/// Runs `status -o json` with descriptor 3 as `redirection` says.
fn with_descriptor(stage: &TestHome, redirection: &str) -> Answer {
    let hallpass = stage.command(&["status", "-o", "json", "--passphrase-fd", "3"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$@\" {redirection}"), "sh"]);
    shell
        .arg(hallpass.get_program())
        .args(hallpass.get_args())
        .current_dir(stage.path());
    shell.env_clear().envs(
        hallpass
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    Answer::of(&shell.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn a_passphrase_comes_from_a_descriptor() {
    let stage = without_settings();
    stage.write("wrong", "cobalt lantern quiet heron");
    let opened = with_descriptor(&stage, "3<pass");
    assert_eq!(opened.code, 0, "{opened:?}");
    let status: serde_json::Value = serde_json::from_str(&opened.out).unwrap();
    assert_eq!(
        (&status["state"], &status["key"]),
        (&"open".into(), &"passphrase on descriptor 3".into())
    );
    let piped = with_descriptor(&stage, "3<<END\n$(cat pass)\nEND");
    assert_eq!(piped.code, 0, "{piped:?}");
    for (redirection, code) in [("3<wrong", 20), ("3</dev/null", 2), ("3<&-", 2)] {
        let refused = with_descriptor(&stage, redirection);
        assert_eq!(refused.code, code, "{redirection}: {refused:?}");
        assert!(!refused.err.contains("cobalt"), "{refused:?}");
    }
}

/// As `LoadCredential=hallpass.key:…` of a unit hands it over.
#[test]
fn a_key_comes_from_systemd() {
    let stage = without_settings();
    let credentials = stage.file("credentials");
    fs::create_dir(&credentials).unwrap();
    let key = credentials.join("hallpass.key");
    let status = |credentials: &Path, code: i32| {
        let mut command = stage.hallpass(&["status", "-o", "json"]);
        let answer = Answer::of(
            &command
                .env("CREDENTIALS_DIRECTORY", credentials)
                .output()
                .unwrap(),
        );
        assert_eq!(answer.code, code, "{answer:?}");
        answer
    };
    status(&credentials, 21);
    fs::copy(stage.file("keys/store.key"), &key).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o400)).unwrap();
    let opened: serde_json::Value = serde_json::from_str(&status(&credentials, 0).out).unwrap();
    assert_eq!(
        (&opened["state"], &opened["key"]),
        (&"open".into(), &"systemd credential".into())
    );
    fs::set_permissions(&key, Permissions::from_mode(0o444)).unwrap();
    status(&credentials, 43);
    fs::remove_file(&key).unwrap();
    drop(File::create(&key).unwrap());
    fs::set_permissions(&key, Permissions::from_mode(0o400)).unwrap();
    status(&credentials, 2);
    // Whether there is one cannot be told: that is no store without a key.
    let circle = stage.file("circle");
    std::os::unix::fs::symlink(&circle, &circle).unwrap();
    let refused = status(&circle, 42);
    assert!(refused.err.contains("/circle`"), "{refused:?}");
}
