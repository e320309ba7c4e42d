//! Mistakes in a declaration: each is named with its line, and nothing of it is repeated.

use std::fs;

use serde_json::Value;

use crate::support::test_home::TestHome;

/// The name of a declaration, what stands in it, and what is said of it.
const MISTAKES: [(&str, &str, &str); 24] = [
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
        "is given twice",
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
        "it is a second default, in addition to `",
    ),
    (
        "a.toml",
        "groups.g = ['hunter']",
        "is not a profile of this declaration",
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
        "a descriptor cannot be the sink",
    ),
    (
        "a.toml",
        "profiles.x.tokens.t = {to = 'hunter2'}",
        "line 1: not a sink",
    ),
    (
        "a.toml",
        "profiles.x.tokens.t = {min_life = '1d'}",
        "need `to`",
    ),
    (
        "a.toml",
        "profiles.x.tokens = {a = {to = 'file:x'}, b = {to = 'file:x'}}",
        "is the sink of another token, or",
    ),
    (
        "a.toml",
        "profiles.x.tokens.t = {to = 'file:x', value_file = 'y'}",
        "more than one of",
    ),
];

#[test]
fn what_is_wrong_is_named_with_its_line_and_never_repeated() {
    let stage = TestHome::new();
    for (name, text, line) in MISTAKES {
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
