//! `docs/apply.md`, `docs/apply.schema.json` and `docs/provision.sh` say what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{document, root};
use crate::support::Home;
use crate::support::test_home::TestHome;

mod schema;
mod table;

/// A folder for secrets.
fn folder(stage: &TestHome, name: &str) {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .mode(0o700)
        .create(stage.file(name))
        .unwrap();
}

/// What may stand in each part of a declaration, by its place in the schema.
const PARTS: [(&str, &str); 5] = [
    ("", "{field} = 1"),
    ("environment", "environments.x.{field} = 1"),
    ("connection", "connections.x.{field} = 1"),
    ("profile", "profiles.x.{field} = 1"),
    ("token", "profiles.x.tokens.x.{field} = 1"),
];

/// The fields that the program knows: it names them to whoever gives another one.
fn known(stage: &TestHome, pattern: &str) -> BTreeSet<String> {
    stage.write("a.toml", &pattern.replace("{field}", "nonsense"));
    let said = stage.fails(2, &["apply", "a.toml"]);
    let (_, list) = said
        .split_once("expected one of ")
        .or(said.split_once("expected "))
        .unwrap();
    list.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_schema_and_the_page_have_every_field_and_no_other() {
    let (stage, page) = (TestHome::new(), document("docs/apply.md"));
    let schema: Value = serde_json::from_str(&document("docs/apply.schema.json")).unwrap();
    for (part, pattern) in PARTS {
        let place = if part.is_empty() {
            &schema
        } else {
            &schema["$defs"][part]
        };
        let listed: BTreeSet<_> = place["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        let known = known(&stage, pattern);
        assert!(known.len() > 1, "{part}: {known:?}");
        assert_eq!(listed, known, "{part}");
        assert_eq!(place["additionalProperties"], false, "{part}");
        for field in known {
            let named = format!("`{field}`");
            assert!(
                page.contains(&named) || page.contains(&format!("`{field}.")),
                "no {named}"
            );
        }
    }
}

/// The first block of `language`.
fn block(page: &str, language: &str) -> String {
    let (_, after) = page.split_once(&format!("```{language}\n")).unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_examples_of_the_page_are_the_same_and_can_be_applied() {
    let page = document("docs/apply.md");
    let plans = [("toml", "a.toml"), ("yaml", "a.yaml")].map(|(language, name)| {
        let stage = TestHome::new();
        stage.write(name, &block(&page, language));
        let planned = stage.run(&["apply", name, "--plan"]);
        assert_eq!(planned.code, 7, "{planned:?}");
        stage.done(&["apply", name]);
        assert!(stage.file("nightly-token").exists());
        assert_eq!(stage.done(&["apply", name]).out, "");
        // The ends of tokens differ by the seconds in between.
        planned
            .out
            .split(char::is_whitespace)
            .filter(|it| !it.starts_with("20"))
            .collect::<String>()
    });
    assert_eq!(plans[0], plans[1]);
}

#[test]
fn the_script_sets_everything_up_and_the_second_time_changes_nothing() {
    let home = Home::new();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_hallpass"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        binary.parent().unwrap().display()
    );
    let run = || {
        let mut script = Command::new("bash");
        script
            .arg(root().join("docs/provision.sh"))
            .current_dir(home.path());
        let output = script
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let state = || {
        let files = super::files_below(home.path());
        files
            .into_iter()
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect::<Vec<_>>()
    };
    let lines = document("docs/provision.sh");
    assert!(lines.lines().count() <= 20 && lines.contains("\nset -euo pipefail\n"));
    let (first, _) = run();
    assert_eq!(
        first
            .lines()
            .filter(|line| line.contains("  valid "))
            .count(),
        2,
        "{first}"
    );
    let before = state();
    assert!(before.len() > 5);
    let (_, said) = run();
    assert!(said.contains("nothing was changed"), "{said}");
    assert!(state() == before, "{said}");
}
