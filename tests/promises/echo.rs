//! T49: no secret of ours is echoed, wherever it was put by mistake.

use std::fs;

use hallpass::barrier::recovery::RecoveryCode;
use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};

use crate::support::test_home::{Answer, TestHome};

mod files;
mod place;
mod secret;

use place::places;
use secret::Secret;

fn token() -> Token {
    Token::generate(&mut OsEntropy).unwrap()
}

/// One of each kind that a checksum or its own shape proves; the key is the store's own.
fn proven(stage: &TestHome) -> Vec<Secret> {
    let token = token();
    let spelled = |form| token.encode(form).expose().to_owned();
    let code = RecoveryCode::generate(&mut OsEntropy)
        .unwrap()
        .encode()
        .expose()
        .to_owned();
    let key = fs::read_to_string(stage.file("keys/store.key")).unwrap();
    let base64 = spelled(Encoding::Header)
        .split_once(' ')
        .unwrap()
        .1
        .to_owned();
    vec![
        Secret::new("native", spelled(Encoding::Native)),
        Secret::new("xml", spelled(Encoding::Xml)),
        Secret::new("header", spelled(Encoding::Header)),
        Secret::new("base64", base64),
        Secret::new("key", key.trim_end().to_owned()),
        Secret::new("undashed", code.replace('-', "")),
        Secret::new("typed", code.to_lowercase().replace('-', " ")),
        Secret::new("recovery", code),
    ]
}

/// A token in bare hex, which nothing tells from a hash.
fn hex() -> Secret {
    Secret::new("hex", token().encode(Encoding::Hex).expose().to_owned())
}

fn run(stage: &TestHome, words: &[String], more: &[&str]) -> Answer {
    let words: Vec<_> = words
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    stage.run(&words)
}

#[test]
fn no_place_of_a_command_line_repeats_a_secret() {
    let stage = TestHome::with_sample_data();
    let (secrets, places) = (proven(&stage), places());
    assert!(places.len() > 150, "{}", places.len());
    for (number, place) in places.iter().enumerate() {
        for secret in &secrets {
            for line in place.lines(&secret.text) {
                // Errors in words and as JSON, in turn.
                let format = if number % 2 == 0 {
                    ["-o", "json"]
                } else {
                    ["-o", "table"]
                };
                let answer = run(&stage, &line, &format);
                secret.is_refused(
                    &answer,
                    &format!("{} {}", place.words.join(" "), place.value),
                );
            }
        }
    }
}

/// With everything else as it should be: only the secret keeps the command from being done.
#[test]
fn a_command_that_would_be_done_is_refused_for_a_secret_alone() {
    let stage = TestHome::with_sample_data();
    let before = stage.json(&["audit", "head"]);
    let away = stage.file("away").display().to_string();
    for secret in proven(&stage) {
        let text = secret.text.as_str();
        let to = format!("command:printf %s '{text}' > /dev/null; cat");
        for line in [
            &["store", "backup", text][..],
            &["store", "backup", &format!("{away}/{text}/copy")],
            &["status", "--store", text],
            &["status", "--state-dir", text],
            &["status", "--passphrase-command", &format!("echo {text}")],
            &[
                "connection",
                "add",
                "new",
                "--description",
                &format!("with {text} in it"),
            ],
            &["connection", "add", "new", "--guide-file", text],
            &["profile", "add", "new", "--description", text],
            &["token", "add", "github/new", "--device", text],
            &[
                "token",
                "add",
                "github/new",
                "--to",
                &format!("file:{text}"),
            ],
            &["token", "add", "github/new", "--to", &to],
            &["token", "identify", "--path", text],
            &["profile", "suspend", "github", "--yes", "--reason", text],
            &[
                "mail",
                "set",
                &format!("outbox:{away}/{text}"),
                "--from",
                "a@example.com",
            ],
            &["apply", text],
            &["review", "--html", text],
            &["verify", "--token-file", text],
            &["demo", "--keep", text],
        ] {
            secret.is_refused(&stage.run(line), &line[..2].join(" "));
        }
    }
    assert_eq!(stage.json(&["audit", "head"]), before);
}

#[test]
fn a_token_in_hex_is_refused_where_a_name_or_a_path_is_expected_and_not_repeated() {
    const NAMES: [&str; 11] = [
        "PATH",
        "FILE",
        "DIR",
        "PROFILE",
        "CONNECTION",
        "ENVIRONMENT",
        "TOKEN",
        "NAME",
        "GROUP",
        "PROFILE/NAME",
        "ID",
    ];
    let (stage, secret) = (TestHome::with_sample_data(), hex());
    let mut count = 0;
    for place in places()
        .iter()
        .filter(|place| NAMES.contains(&place.value.as_str()))
    {
        for line in place.lines(&secret.text) {
            secret.is_refused(&run(&stage, &line, &[]), &line[..2].join(" "));
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
    // A hash is one where a hash is expected.
    let add = ["token", "add", "github/legacy", "--sha256", &secret.text];
    assert_eq!(stage.run(&add).code, 0);
}

#[test]
fn no_variable_of_the_environment_is_repeated() {
    let stage = TestHome::with_sample_data();
    let with = |name: &str, value: &str, line: &[&str]| {
        let mut command = stage.hallpass(line);
        Answer::of(&command.env(name, value).output().unwrap())
    };
    for secret in proven(&stage).iter().chain([&hex()]) {
        for name in [
            "STORE",
            "STATE_DIR",
            "CONFIG",
            "OUTPUT",
            "KEY_FILE",
            "PASSPHRASE_FILE",
            "PASSPHRASE_COMMAND",
            "STATE",
        ] {
            let name = format!("HALLPASS_{name}");
            for format in ["table", "json"] {
                let answer = with(&name, &secret.text, &["status", "-o", format]);
                secret.is_refused(&answer, &name);
            }
        }
        for name in [
            "HOME",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "TMPDIR",
            "TERM",
            "CREDENTIALS_DIRECTORY",
            "SUDO_USER",
            "NO_COLOR",
            "HALLPASS_COMPLETE",
            "PATH",
        ] {
            let value = if name.ends_with("HOME") || name.ends_with("DIRECTORY") {
                // Where a folder may be made: nothing is left outside the test's own.
                stage.file("away").join(&secret.text).display().to_string()
            } else {
                secret.text.clone()
            };
            for line in [&["status"][..], &["status", "-o", "json"], &["demo"]] {
                let answer = with(name, &value, line);
                // A path is shown, and no part of one is known to be a token in hex.
                if secret.name != "hex" {
                    secret.is_not_in(&answer, name);
                }
            }
        }
        with(
            "SUDO_USER",
            &secret.text,
            &["profile", "edit", "github", "--description", "x"],
        );
    }
    for secret in proven(&stage) {
        secret.is_not_in(&stage.done(&["audit", "list", "-o", "json"]), "the log");
    }
}

#[test]
fn a_recovery_code_within_a_longer_word_is_not_repeated() {
    let stage = TestHome::with_sample_data();
    let code = RecoveryCode::generate(&mut OsEntropy)
        .unwrap()
        .encode()
        .expose()
        .to_owned();
    let secret = Secret::new("recovery", code.clone());
    for code in [code.clone(), code.replace('-', ""), code.to_lowercase()] {
        for word in [
            format!("x{code}"),
            format!("{code}x"),
            format!("0{code}Z"),
            format!("ab{code}"),
        ] {
            for line in [
                &["store", "backup", &word][..],
                &["status", "--config", &word],
                &["token", "add", &format!("github/{word}")],
                &[
                    "profile",
                    "add",
                    "new",
                    "--description",
                    &format!("with {word} in it"),
                ],
            ] {
                for format in ["table", "json"] {
                    let answer = stage.run(&[line, &["-o", format]].concat());
                    secret.is_refused(&answer, &word);
                    assert!(answer.err.contains("holds a recovery code"), "{answer:?}");
                }
            }
        }
    }
}

#[test]
fn a_secret_that_was_stored_before_is_masked_where_it_is_shown() {
    let stage = TestHome::with_sample_data();
    let secrets = proven(&stage);
    let parts = secrets
        .iter()
        .flat_map(|it| ["use `", &it.text, "` here\n\n"]);
    let text: String = parts.collect();
    let guide = stage.write("guide", &text);
    stage.done(&[
        "connection",
        "edit",
        "ci",
        "--guide-file",
        guide.to_str().unwrap(),
    ]);
    for more in [&[][..], &["--raw"], &["-o", "json"]] {
        let answer = stage.done(&[&["connection", "guide", "ci"], more].concat());
        for secret in &secrets {
            secret.is_not_in(&answer, "a guide");
        }
        assert!(answer.out.contains("(a whole token)"), "{answer:?}");
    }
    // At a terminal it is laid out, and lines are broken.
    let (_, screen, _) = stage.terminal(&["connection", "guide", "ci"]).finish();
    for secret in &secrets {
        assert!(
            secret
                .traces
                .iter()
                .all(|trace| !screen.contains(trace.as_str())),
            "{screen}"
        );
    }
}
