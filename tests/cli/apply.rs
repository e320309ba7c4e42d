//! `hallpass apply` and `hallpass export`.

use std::fs;

use serde_json::Value;

use super::matrix::OLD;
use crate::support::test_home::TestHome;

mod mistakes;
mod places;
mod wrong;

const DECLARED: &str = r#"
[environments.staging]

[connections.source]
description = "Source code"
token_lifetime = "90d"

[groups]
builders = ["bot"]

[profiles.bot]
connections = ["source"]

[profiles.bot.tokens.deploy]
to = "env:out/.env#T"

[profiles.bot.tokens.nightly]
environment = "staging"
expires = "30d"
to = "file:out/nightly"
"#;

/// A home with a declaration, `hallpass.toml`, and a folder for its secrets.
fn declared(text: &str) -> TestHome {
    let stage = TestHome::new();
    stage.folder("out");
    stage.write("hallpass.toml", text);
    stage
}

impl TestHome {
    fn folder(&self, name: &str) {
        use std::os::unix::fs::DirBuilderExt as _;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(self.file(name))
            .unwrap();
    }

    fn held(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// What programs are told of a plan.
    #[track_caller]
    fn plan(&self, code: i32, arguments: &[&str]) -> Value {
        let answer = self.run(&[&["apply", "--plan", "-o", "json"], arguments].concat());
        assert_eq!(answer.code, code, "{answer:?}");
        serde_json::from_str(&answer.out).unwrap()
    }
}

#[test]
fn a_file_is_planned_applied_and_found_to_be_so() {
    let stage = declared(DECLARED);
    let planned = stage.run(&["apply", "hallpass.toml", "--plan"]);
    assert_eq!(
        (planned.code, &*planned.err),
        (7, "nothing was changed\n"),
        "{planned:?}"
    );
    let rows: Vec<_> = planned.out.lines().collect();
    assert!(
        rows[0].starts_with("ACTION  KIND         NAME"),
        "{planned:?}"
    );
    assert!(rows[5].ends_with("; to: file:out/nightly"), "{planned:?}");
    assert_eq!(fs::read_dir(stage.file("out")).unwrap().count(), 0);
    let done = stage.done(&["apply", "hallpass.toml"]);
    assert_eq!(done.err, "5 changes were made\n");
    assert_eq!(done.out.lines().count(), rows.len());
    let nightly = stage.held("out/nightly");
    assert_eq!(
        stage
            .verdict(nightly.trim_end(), &["--environment", "staging"])
            .0,
        0
    );
    let store = fs::read(stage.store()).unwrap();
    let again = stage.done(&["apply", "hallpass.toml"]);
    assert_eq!(
        (&*again.out, &*again.err),
        ("", "everything is as declared\n")
    );
    assert_eq!(fs::read(stage.store()).unwrap(), store);
    let nothing = stage.plan(0, &["hallpass.toml"]);
    assert_eq!(nothing["changes"], Value::Array(Vec::new()));
    let profile = stage.json(&["profile", "show", "bot"]);
    assert_eq!(profile["groups"][0], "builders");
}

#[test]
fn toml_yaml_and_json_are_read_from_files_and_standard_input() {
    let yaml = "profiles:\n  bot:\n    email: null\n    connections: any\n    tokens:\n";
    let json = r#"{"profiles": {"bot": {"description": "J"}}}"#;
    for (name, text, more) in [
        ("a.toml", "profiles.bot.description = 'T'", &[][..]),
        ("a.yaml", yaml, &[]),
        ("a.yml", yaml, &[]),
        ("a.json", json, &[]),
        ("a.txt", "profiles.bot.description = 'T'", &[]),
        ("a.txt", yaml, &["--format", "yaml"]),
    ] {
        let stage = TestHome::new();
        stage.write(name, text);
        stage.done(&[&["apply", name], more].concat());
        assert_eq!(stage.json(&["profile", "list"])[0]["name"], "bot", "{name}");
        let piped = [&["apply", "-", "--plan"], more].concat();
        let known = name != "a.yaml" && name != "a.yml";
        let answer = stage.piped(&piped, text);
        assert_eq!(answer.code, if known { 0 } else { 2 }, "{name}: {answer:?}");
        if !known {
            assert!(
                answer.err.ends_with("`--format yaml` reads YAML\n"),
                "{answer:?}"
            );
        }
    }
}

#[test]
fn what_stops_is_shown_and_has_to_be_confirmed() {
    let stage = declared(DECLARED);
    stage.done(&["apply", "hallpass.toml"]);
    let token = stage.held("out/nightly");
    stage.write("none.toml", "");
    let nothing = stage.fails(2, &["apply", "none.toml", "--prune", "--yes"]);
    assert!(nothing.contains("would remove everything"), "{nothing}");
    stage.write("none.toml", "[environments.production]");
    let prune = ["apply", "none.toml", "--prune"];
    let refused = stage.fails(5, &prune);
    assert!(
        refused.contains("  2 valid tokens stop working: bot/deploy, bot/nightly\n"),
        "{refused}"
    );
    assert!(
        refused.contains("  - delete profile bot  tokens: 2\n"),
        "{refused}"
    );
    assert!(
        refused.ends_with("`--plan` shows the same without changing anything\n"),
        "{refused}"
    );
    let planned = stage.plan(7, &prune[1..]);
    assert_eq!(
        (
            &planned["stops"]["tokens"],
            planned["changes"].as_array().unwrap().len()
        ),
        (&2.into(), 3)
    );
    assert_eq!(stage.verdict(token.trim_end(), &[]).0, 0);
    let mut terminal = stage.terminal(&prune);
    terminal.press("Apply? [y/N]", "n\r");
    assert_eq!(terminal.finish().0.code(), Some(5));
    stage.done(&[&prune[..], &["--yes"]].concat());
    assert_eq!(stage.verdict(token.trim_end(), &[]).0, 12);
    assert_eq!(
        stage
            .json(&["environment", "list"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn what_is_exported_says_what_is_there_and_nothing_secret() {
    let stage = declared(DECLARED);
    stage.done(&["apply", "hallpass.toml"]);
    stage.write("guide.md", "# Hello\n\n\"\"\"\nC:\\temp\n");
    stage.done(&["connection", "edit", "source", "--guide-file", "guide.md"]);
    let old = [
        "token",
        "add",
        "bot/old",
        "--sha256",
        &"ab".repeat(32),
        "--expires",
        "60d",
    ];
    stage.done(&old);
    stage.done(&[
        "connection",
        "block",
        "source",
        "--reason",
        "a \"quoted\" reason",
        "--yes",
    ]);
    stage.done(&[
        "profile",
        "suspend",
        "bot",
        "--until",
        "2099-01-01",
        "--yes",
    ]);
    let exported = stage.done(&["export"]);
    assert!(
        exported.err.starts_with("tokens are exported without `to`"),
        "{exported:?}"
    );
    assert!(exported.out.contains("expires = \"30d\"") && exported.out.contains("until = \"2099"));
    assert!(!exported.out.contains("hpass_") && !exported.out.contains("abab"));
    stage.write("again.toml", &exported.out);
    stage.write("again.json", &stage.done(&["export", "-o", "json"]).out);
    for name in ["again.toml", "again.json"] {
        assert_eq!(
            stage.plan(0, &[name, "--prune"])["changes"],
            Value::Array(Vec::new())
        );
    }
    // On another machine all of it can be made but the tokens, whose places nobody knows.
    let other = TestHome::new();
    let text: String = exported
        .out
        .split("[profiles.bot.tokens")
        .next()
        .unwrap()
        .to_owned();
    other.write("again.toml", &text);
    other.done(&["apply", "again.toml", "--yes"]);
    let blocked = other.json(&["connection", "show", "source"]);
    assert_eq!(blocked["blocked"]["reason"], "a \"quoted\" reason");
    stage.fails(2, &["export", "-o", "csv"]);
}

#[test]
fn whoever_ends_the_call_leaves_everything_as_it_was() {
    let stage = TestHome::new();
    stage.write("old", OLD);
    let text = "profiles.x.tokens = {a = {to = 'file:old'}, \
                b = {to = 'command:cat > /dev/null; kill -TERM $PPID; sleep 600'}}";
    stage.write("a.toml", text);
    let said = stage.fails(51, &["apply", "a.toml"]);
    assert!(said.contains("it was interrupted"), "{said}");
    assert_eq!(stage.held("old"), OLD);
    assert_eq!(stage.json(&["profile", "list"]), Value::Array(Vec::new()));
}

#[test]
fn a_declaration_that_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = declared(DECLARED);
    let path = stage.file("hallpass.toml");
    for mode in [0o666, 0o664, 0o646] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let said = stage.fails(43, &["apply", "hallpass.toml", "--plan"]);
        assert!(said.ends_with("hint: chmod go-w hallpass.toml\n"), "{said}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
        let said = stage.fails(43, &["apply", "hallpass.toml"]);
        assert!(
            said.contains("belongs to another user (uid 65534)"),
            "{said}"
        );
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
    }
    stage.done(&["apply", "hallpass.toml"]);
}

#[test]
fn a_command_that_applies_its_own_declaration_is_told_that_somebody_is_at_it() {
    let stage = TestHome::new();
    let command = format!(
        "{} apply a.toml 2> said; exit $?",
        env!("CARGO_BIN_EXE_hallpass")
    );
    stage.write(
        "a.toml",
        &format!("profiles.x.tokens.t.to = 'command:{command}'"),
    );
    let said = stage.fails(51, &["apply", "a.toml"]);
    assert!(
        said.contains("the command failed: exit status: 40"),
        "{said}"
    );
    assert!(
        stage
            .held("said")
            .starts_with("error: another `apply`, or a restore, is running")
    );
}
