//! `hallpass apply` and `hallpass export`.

use std::fs;

use serde_json::Value;

use super::matrix::OLD;
use crate::support::test_home::TestHome;

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
    assert_eq!(done.err, "these 5 changes were made\n");
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
        ("", "everything is as it was declared\n")
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
fn what_is_wrong_is_named_with_its_line_and_never_repeated() {
    let stage = TestHome::new();
    for (name, text, line) in [
        (
            "a.toml",
            "[profiles.ci]\npassword = 'hunter2'",
            "line 2: unknown field `password`",
        ),
        (
            "a.toml",
            "[profiles.ci]\nemail = 'hunter2'",
            "line 2: not an e-mail address",
        ),
        (
            "a.toml",
            "[profiles.ci]\nemail = ['hunter2']",
            "line 2: invalid type: sequence",
        ),
        (
            "a.toml",
            "[profiles.ci]\nconnections = 'hunter2'",
            "line 2: use a list, or `any`",
        ),
        (
            "a.toml",
            "[profiles.ci]\nconnections = []",
            "line 2: the list is empty",
        ),
        ("a.toml", "[profiles.ci]\nhunter2", "line 2: "),
        (
            "a.toml",
            "profiles.ci = {}\nprofiles.CI = {}",
            "stands there twice",
        ),
        ("a.toml", "version = 2", "of version 2"),
        (
            "a.yaml",
            "profiles:\n  ci:\n    password: hunter2",
            "line 3: unknown field `password`",
        ),
        ("a.yaml", "profiles:\n  ci: hunter2", "line 2: "),
        (
            "a.yaml",
            "profiles:\n  ci: {}\n  ci: {}",
            "line 3: duplicate mapping key `ci`",
        ),
        ("a.yaml", "profiles: 'hunter2", "line 1: unclosed quote"),
        (
            "a.yaml",
            "profiles: *hunter",
            "line 1: reference to unknown value",
        ),
        (
            "a.yaml",
            "profiles: {}\n---\nprofiles: {}",
            "only single YAML document expected",
        ),
        (
            "a.toml",
            "environments = {a = {default = true}, b = {default = true}}",
            "and so is `",
        ),
        (
            "a.toml",
            "groups.g = ['hunter']",
            "is not among the profiles",
        ),
        (
            "a.toml",
            "groups.g = []\nprofiles.x.groups = ['G']",
            "whose list of members does not",
        ),
        (
            "a.toml",
            "profiles.x.reason = 'r'",
            "need `state = \"suspended\"`",
        ),
        (
            "a.toml",
            "connections.x.reason = 'r'",
            "needs `state = \"blocked\"`",
        ),
        (
            "a.toml",
            "profiles.x.tokens.t = {to = 'fd:3'}",
            "a descriptor is no place",
        ),
        (
            "a.toml",
            "profiles.x.tokens.t = {to = 'hunter2'}",
            "line 1: not a place",
        ),
        (
            "a.toml",
            "profiles.x.tokens.t = {min_life = '1d'}",
            "need `to`",
        ),
        (
            "a.toml",
            "profiles.x.tokens = {a = {to = 'file:x'}, b = {to = 'file:x'}}",
            "is the place of another token, or",
        ),
        (
            "a.toml",
            "profiles.x.tokens.t = {to = 'file:x', value_file = 'y'}",
            "more than one of",
        ),
    ] {
        stage.write(name, text);
        let said = stage.fails(2, &["apply", name]);
        assert!(said.contains(line), "{text}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    assert_eq!(stage.json(&["profile", "list"]), Value::Array(Vec::new()));
    stage.fails(3, &["apply", "nothing.toml"]);
    stage.write("a.toml", "profiles.x.connections = ['none']");
    let said = stage.fails(3, &["apply", "a.toml"]);
    assert!(
        said.starts_with("error: profile `x`: no connection `none`\n"),
        "{said}"
    );
    stage.write("a.toml", "profiles.x.tokens.t = {to = 'file:none/t'}");
    stage.fails(3, &["apply", "a.toml"]);
    fs::write(stage.file("a.toml"), [0xff, 0xfe, b'a']).unwrap();
    stage.fails(2, &["apply", "a.toml"]);
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
        refused.contains("  2 valid tokens stop: bot/deploy, bot/nightly\n"),
        "{refused}"
    );
    assert!(
        refused.contains("  - delete profile bot  tokens: 2\n"),
        "{refused}"
    );
    assert!(
        refused.ends_with("`--plan` shows the same and changes nothing\n"),
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
    terminal.press("Go on? [y/N]", "n\r");
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
fn a_command_that_fails_hangs_or_uses_hallpass_itself_holds_no_lock() {
    let stage = TestHome::new();
    let hallpass = env!("CARGO_BIN_EXE_hallpass");
    let before = fs::read(stage.store()).unwrap();
    for command in ["exit 3", "sleep 100"] {
        stage.write(
            "a.toml",
            &format!("[profiles.x.tokens.t]\nto = 'command:{command}'"),
        );
        let said = stage.fails(51, &["apply", "a.toml", "--sink-timeout", "1s"]);
        assert!(
            said.starts_with("error: token `x/t`: the secret could not be delivered"),
            "{said}"
        );
        assert_eq!(fs::read(stage.store()).unwrap(), before);
    }
    let own = format!("{hallpass} environment add made-meanwhile -o json; cat > taken");
    stage.write(
        "a.toml",
        &format!("[profiles.x.tokens.t]\nto = 'command:{own}'"),
    );
    stage.done(&["apply", "a.toml"]);
    assert_eq!(
        stage
            .json(&["environment", "list"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(stage.verdict(stage.held("taken").trim_end(), &[]).0, 0);
    // It is not run again: that the token is still there cannot be seen, and it is good.
    stage.write("taken", "");
    stage.done(&["apply", "a.toml"]);
    assert_eq!(stage.held("taken"), "");
}

#[test]
fn relative_paths_start_where_the_declaration_is() {
    let stage = TestHome::new();
    stage.folder("etc");
    stage.write("etc/guide.md", "# Hello\n");
    stage.write("etc/old", "kD83jf0sLq92mvNx71Bz6cYp4Wt5Re\n");
    let text = "connections.c.guide_file = 'guide.md'\n\
                profiles.x.tokens = {new = {to = 'file:new'}, old = {value_file = 'old'}}\n";
    stage.write("etc/hallpass.toml", text);
    stage.done(&["apply", "etc/hallpass.toml"]);
    assert!(stage.file("etc/new").exists());
    assert_eq!(stage.verdict("kD83jf0sLq92mvNx71Bz6cYp4Wt5Re", &[]).0, 0);
    assert_eq!(stage.json(&["connection", "show", "c"])["has_guide"], true);
    assert!(stage.done(&["apply", "etc/hallpass.toml"]).out.is_empty());
}

#[test]
fn more_places_than_files_may_be_open_are_no_hindrance() {
    let stage = TestHome::new();
    stage.folder("out");
    let tokens = (0..80).map(|n| format!("[profiles.x.tokens.t{n}]\nto = 'file:out/{n}'\n"));
    stage.write("a.toml", &tokens.collect::<String>());
    let command = stage.command(&["apply", "a.toml", "-q"]);
    let script = format!(
        "ulimit -Sn 40; exec {} apply a.toml -q",
        env!("CARGO_BIN_EXE_hallpass")
    );
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", &script])
        .current_dir(stage.path())
        .env_clear();
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_dir(stage.file("out")).unwrap().count(), 80);
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
        exported
            .err
            .starts_with("a token without `to` is not made anew"),
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
fn two_ways_to_one_file_are_one_place() {
    let stage = TestHome::new();
    stage.folder("a");
    std::os::unix::fs::symlink("a", stage.file("link")).unwrap();
    let here = stage.file("x").display().to_string();
    for (one, other) in [
        ("file:x", "file:./x"),
        ("file:x", "file:a/../x"),
        ("file:x", &*format!("file:{here}")),
        ("file:a/y", "file:link/y"),
        ("env:e#A", "env:./e#A"),
        ("env:e#A", "file:./e"),
        ("file:e", "env:a/../e#A"),
        ("file:y", "file:a.toml"),
    ] {
        let text = format!("profiles.x.tokens = {{a = {{to = '{one}'}}, b = {{to = '{other}'}}}}");
        stage.write("a.toml", &text);
        let said = stage.fails(2, &["apply", "a.toml"]);
        assert!(
            said.contains("is the place of another token, or the declaration"),
            "{said}"
        );
    }
    stage.write(
        "a.toml",
        "profiles.x.tokens = {a = {to = 'env:e#A'}, b = {to = 'env:./e#B'}}",
    );
    stage.done(&["apply", "a.toml"]);
    assert_eq!(stage.held("e").lines().count(), 2);
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
            .starts_with("error: another `apply`, or a restore, is at work")
    );
}

#[test]
fn a_token_in_the_name_of_a_place_is_not_repeated() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    for to in [
        format!("file:{token}"),
        format!("env:{token}#A"),
        format!("env:x#T{token}"),
    ] {
        stage.write("a.toml", &format!("profiles.x.tokens.t.to = '{to}'"));
        let said = stage.fails(2, &["apply", "a.toml"]);
        assert!(!said.contains(&token[18..]), "{said}");
    }
}
