//! C20: what only a shell would have expanded is no path.

use std::process::Stdio;

use crate::support::test_home::{Answer, TestHome};

fn refuses(answer: &Answer, sign: char, what: &str) {
    assert_eq!(answer.code, 2, "{what}: {answer:?}");
    assert!(
        answer
            .err
            .contains(&format!("a leading `{sign}` is not expanded here")),
        "{what}: {answer:?}"
    );
    let hint = format!("hint: write the full path, or `./{sign}name` if that is the name\n");
    assert!(answer.err.ends_with(&hint), "{what}: {answer:?}");
}

#[test]
fn a_path_that_begins_as_a_shell_expands_it_is_refused_wherever_one_is_named() {
    let stage = TestHome::with_sample_data();
    for sign in ['~', '$'] {
        for name in ["x", "/x", "HOME/x"] {
            let path = format!("{sign}{name}");
            let (file, env) = (format!("file:{path}"), format!("env:{path}#T"));
            for line in [
                &["token", "add", "github/a", "--to", &file][..],
                &["token", "add", "github/a", "--to", &env],
                &["profile", "list", "--store", &path],
                &["profile", "list", "--state-dir", &path],
                &["profile", "list", "--config", &path],
                &["profile", "list", "--key-file", &path],
                &["profile", "list", "--passphrase-file", &path],
                &["store", "key", "add", "--recovery-file", &path],
                &["store", "key", "add", "--new-key-file", &path],
                &["store", "backup", &path],
                &["review", "--html", &path],
                &["apply", &path],
            ] {
                refuses(&stage.run(line), sign, &format!("{line:?}"));
            }
            for variable in [
                "STORE",
                "STATE_DIR",
                "CONFIG",
                "KEY_FILE",
                "PASSPHRASE_FILE",
            ] {
                let variable = format!("HALLPASS_{variable}");
                let mut command = stage.command(&["profile", "list"]);
                command.env(&variable, &path).stdin(Stdio::null());
                let answer = Answer::of(&command.output().unwrap());
                refuses(&answer, sign, &variable);
                assert!(answer.err.contains(&format!("`{variable}`")), "{answer:?}");
            }
            for declared in [
                format!("[profiles.github.tokens.a]\nto = {file:?}\n"),
                format!("[profiles.github.tokens.a]\nto = {env:?}\n"),
                format!("[profiles.github.tokens.a]\nvalue_file = {path:?}\n"),
                format!("[connections.ci]\nguide_file = {path:?}\n"),
            ] {
                stage.write("declared.toml", &declared);
                refuses(&stage.run(&["apply", "declared.toml"]), sign, &declared);
            }
        }
    }
    assert_eq!(
        stage.json(&["token", "list", "--all"]),
        serde_json::json!([])
    );
    assert!(!stage.file("~").exists() && !stage.file("$HOME").exists());
}

#[test]
fn one_that_is_meant_is_taken() {
    let stage = TestHome::with_sample_data();
    for name in ["~x", "$x", "a~", "a$b"] {
        let path = format!("./{name}");
        stage.done(&[
            "token",
            "add",
            &format!("github/{}", name.len()),
            "--to",
            &format!("file:{path}"),
        ]);
        stage.done(&[
            "token",
            "revoke",
            &format!("github/{}", name.len()),
            "--yes",
        ]);
        assert!(stage.file(name).exists());
        stage.done(&["store", "backup", &format!("{path}.db")]);
    }
}
