//! `connection guide`: the names filled in, and commands that run as they stand there.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

const TEMPLATES: [&str; 4] = ["http", "proxy", "ci", "profit"];

#[test]
fn its_own_guide_is_shown_with_its_names() {
    let stage = TestHome::with_sample_data();
    let text =
        "# {{connection}}\n\n\tkey={{api_key}} {{environment_key}}\n{{ x }} {{url}} {{unknown}} {{";
    stage.write("guide.md", text);
    stage.done(&["connection", "edit", "ci", "--guide-file", "guide.md"]);
    let api_key = stage.json(&["connection", "show", "ci"])["api_key"].clone();
    let key = stage.json(&["environment", "show", "production"])["key"].clone();
    let shown = stage.done(&[
        "connection",
        "guide",
        "CI",
        "--url",
        "http://localhost:8080/",
    ]);
    let filled = format!(
        "# ci\n\n\tkey={} {}\n{{{{ x }}}} http://localhost:8080 {{{{unknown}}}} {{{{\n",
        api_key.as_str().unwrap(),
        key.as_str().unwrap()
    );
    assert_eq!(
        (shown.out.as_str(), shown.err.as_str()),
        (filled.as_str(), "")
    );
    let object = stage.json(&[
        "connection",
        "guide",
        "ci",
        "--url",
        "http://localhost:8080",
    ]);
    assert_eq!(
        object["guide"].as_str().unwrap(),
        filled.trim_end_matches('\n')
    );
    assert_eq!(
        (&object["connection"], &object["template"]),
        (&"ci".into(), &Value::Null)
    );
    let raw = stage.done(&["connection", "guide", "ci", "--raw"]);
    assert_eq!(raw.out, format!("{text}\n"));
}

#[test]
fn one_without_a_guide_gets_the_general_one_and_is_told_so() {
    let stage = TestHome::with_sample_data();
    let shown = stage.done(&["connection", "guide", "hr"]);
    assert!(shown.out.starts_with("# Using hr over HTTP\n"), "{shown:?}");
    assert!(
        shown.err.contains("`hr` has no guide of its own"),
        "{shown:?}"
    );
    let chosen = stage.done(&["connection", "guide", "hr", "--template", "http"]);
    assert_eq!((chosen.out, chosen.err.as_str()), (shown.out, ""));
    stage.done(&["connection", "edit", "hr", "--guide", "proxy"]);
    let own = stage.done(&["connection", "guide", "hr"]);
    assert!(
        own.out.starts_with("# hr behind nginx or Caddy\n") && own.err.is_empty(),
        "{own:?}"
    );
    assert_eq!(stage.json(&["connection", "show", "hr"])["has_guide"], true);
    stage.done(&["connection", "add", "third", "--guide", "profit"]);
    assert!(
        stage
            .done(&["connection", "guide", "third"])
            .out
            .contains("Profit flow")
    );
    let list = stage.json(&["connection", "guide", "--list"]);
    let names: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["template"])
        .collect();
    assert_eq!(names, TEMPLATES);
}

#[test]
fn what_does_not_fit_is_refused() {
    let stage = TestHome::with_sample_data();
    stage.fails(3, &["connection", "guide", "nobody"]);
    stage.fails(
        3,
        &["connection", "guide", "ci", "--environment", "nowhere"],
    );
    stage.fails(3, &["connection", "guide", "ci", "--profile", "nobody"]);
    for wrong in [
        &["connection", "guide"][..],
        &["connection", "guide", "ci", "--list"],
        &["connection", "guide", "ci", "--template", "soap"],
        &["connection", "guide", "ci", "--url", "https://a;id"],
        &["connection", "guide", "ci", "--raw", "--url", "https://a"],
        &[
            "connection",
            "add",
            "x",
            "--guide",
            "ci",
            "--guide-file",
            "y",
        ],
    ] {
        stage.fails(2, wrong);
    }
}

#[test]
fn at_a_terminal_it_is_laid_out_and_stored_text_does_not_drive_it() {
    let stage = TestHome::with_sample_data();
    stage.write(
        "guide.md",
        "# One\n\nsome *text* &#27;[2J&#x202e;\n\n```sh\nrun it\n```\n",
    );
    stage.done(&["connection", "edit", "ci", "--guide-file", "guide.md"]);
    let (status, shown, _) = stage.terminal(&["connection", "guide", "ci"]).finish();
    assert!(status.success(), "{shown}");
    assert!(
        shown.contains("\u{1b}[1mOne\u{1b}[0m\r\n===\r\n"),
        "{shown:?}"
    );
    assert!(
        shown.contains("\u{1b}[3mtext\u{1b}[0m \\u{1b}[2J\\u{202e}"),
        "{shown:?}"
    );
    assert!(shown.contains("    \u{1b}[36mrun it\u{1b}[0m"), "{shown:?}");
    let (_, plain, _) = stage
        .terminal(&["connection", "guide", "ci", "--color", "never"])
        .finish();
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
}

/// The blocks of `sh` in a guide.
fn blocks(guide: &str) -> Vec<String> {
    let parts = guide.split("```sh\n").skip(1);
    parts
        .map(|part| part.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// A program that takes a token from standard input, and fails unless it is good for `connection`.
fn taker(folder: &Path, name: &str, connection: &str) {
    let script = format!(
        "#!/bin/sh\nexec sed 's/^Authorization: Bearer //' | hallpass verify --connection {connection}\n"
    );
    let path = folder.join(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
}

/// Runs lines as a script that ends at the first that fails.
fn script(stage: &TestHome, text: &str) -> Answer {
    let bin = stage.file("bin");
    let command = stage.command(&[]);
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c", text])
        .current_dir(stage.path());
    shell.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    Answer::of(&shell.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn the_commands_of_each_ready_made_guide_run_as_they_stand_there() {
    for template in TEMPLATES {
        let stage = TestHome::new();
        fs::create_dir(stage.file("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_hallpass"), stage.file("bin/hallpass"))
            .unwrap();
        for name in ["curl", "gh", "glab"] {
            taker(&stage.file("bin"), name, "build-1");
        }
        let outbox = format!("outbox:{}", stage.file("outbox").display());
        stage.done(&["mail", "set", &outbox, "--from", "a@example.com"]);
        stage.done(&["environment", "add", "test"]);
        stage.done(&[
            "connection",
            "add",
            "build-1",
            "--group",
            "g",
            "--token-lifetime",
            "30d",
        ]);
        let guide = ["connection", "guide", "build-1", "--environment", "test"];
        let guide = stage
            .done(&[&guide[..], &["--template", template]].concat())
            .out;
        let left = guide.replace("${{ secrets.API_TOKEN }}", "");
        assert!(
            !left.contains("{{") && left.contains("build-1"),
            "{template}: {left}"
        );
        let blocks = blocks(&guide);
        assert!(blocks.len() >= 3, "{template}: {} blocks", blocks.len());
        let ran = script(&stage, &blocks.join("\n"));
        assert_eq!(ran.code, 0, "{template}: {ran:?}");
        let valid = ran.out.matches("valid: ").count();
        assert!(
            valid >= 1,
            "{template}: no token was shown to anybody: {ran:?}"
        );
        assert!(
            !ran.out.contains("hpass_0") || !ran.err.contains("error"),
            "{template}: {ran:?}"
        );
        assert_eq!(
            stage.json(&["profile", "list"]).as_array().unwrap().len(),
            1,
            "{template}"
        );
    }
}
