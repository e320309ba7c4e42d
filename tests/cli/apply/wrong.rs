//! What is wrong with a declaration, and what it does not lift.

use serde_json::Value;

use crate::support::test_home::TestHome;

#[test]
fn everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file() {
    let stage = TestHome::new();
    let text = "[profiles.a]\nconnections = ['none']\n[profiles.a.tokens.t]\nto = 'file:t'\n\
                [profiles.b]\nemail = 'x'\ngroops = []\n[profiles.b.tokens.t]\n\
                to = 'file:nowhere/t'\n[connections.c]\nallow_ip = []\nreason = 'r'\n\
                [environments.production]\ndefault = false\n";
    stage.write("a.toml", text);
    let said = stage.fails(3, &["apply", "a.toml"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "error: profile `a`: no connection `none`");
    assert!(
        lines[1].starts_with("error: `a.toml`, line 6: not an e-mail address: "),
        "{said}"
    );
    assert!(lines[2].starts_with("error: `a.toml`, line 7: unknown field `groops`, expected one"));
    assert!(lines[3].starts_with("error: token `b/t`: "), "{said}");
    assert_eq!(
        lines[4],
        "error: connection `c`: `reason` needs `state = \"blocked\"`"
    );
    assert!(lines[5].starts_with("error: `a.toml`, line 11: the list is empty; use `any` if"));
    assert!(lines[6].starts_with("error: environment `production`: environment `production` is"));
    assert_eq!(lines[7], "hint: declare it, too, or add it first");
    assert_eq!(lines.len(), 8, "{said}");
    let error = stage.run(&["apply", "a.toml", "-o", "json"]).error();
    let errors = error["errors"].as_array().unwrap();
    let all: Vec<_> = errors
        .iter()
        .map(|it| (it["at"].as_str().unwrap(), &it["line"]))
        .collect();
    let lines = [1, 6, 7, 8, 10, 11, 13].map(Value::from);
    let paths = [
        "profiles.a",
        "profiles.b.email",
        "profiles.b.groops",
        "profiles.b.tokens.t",
        "connections.c",
        "connections.c.allow_ip",
        "environments.production",
    ];
    assert_eq!(all, paths.into_iter().zip(&lines).collect::<Vec<_>>());
    assert_eq!(
        (&error["message"], &error["exit"]),
        (&errors[0]["message"], &3.into())
    );
    // Without a key only what the file says can be wrong, and that needs none.
    let closed = stage
        .run(&["apply", "a.toml", "--key-file", "nowhere", "-o", "json"])
        .error();
    assert_eq!(
        (closed["errors"].as_array().unwrap().len(), &closed["exit"]),
        (5, &2.into())
    );
    assert_eq!(stage.json(&["profile", "list"]), Value::Array(Vec::new()));
}

#[test]
fn what_a_removal_is_refused_for_is_said_of_each_thing() {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "edit", "github", "--add-connection", "hr"]);
    stage.write("a.toml", "profiles.github = {}");
    let error = stage
        .run(&["apply", "a.toml", "--prune", "-o", "json"])
        .error();
    let errors = error["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &error["exit"]), (2, &6.into()), "{error}");
    assert!(errors.iter().all(|it| it["line"].is_null()), "{error}");
    assert!(
        errors[0]["message"]
            .as_str()
            .unwrap()
            .ends_with("is still used by profile github")
    );
}

#[test]
fn a_plan_shows_a_command_as_a_whole() {
    let stage = TestHome::new();
    let command = format!("cat > /dev/null; echo {}; exit 3", "x".repeat(300));
    stage.write(
        "a.toml",
        &format!("profiles.x.tokens.t.to = 'command:{command}'"),
    );
    let planned = stage.run(&["apply", "a.toml", "--plan"]);
    assert!(
        planned.out.contains(&format!("to: command:{command}\n")),
        "{planned:?}"
    );
    let details = &stage.plan(7, &["a.toml"])["changes"][1]["details"];
    assert_eq!(details["to"], format!("command:{command}"));
}

#[test]
fn what_yaml_leaves_empty_lifts_nothing() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a", "--allow-ip", "192.0.2.0/24", "--device", "desk"]);
    for text in [
        "profiles:\n  github:\n    connections:\n",
        "profiles:\n  github:\n    connections: []\n",
        "profiles:\n  github:\n    tokens:\n      a:\n        allow_ip:\n",
    ] {
        stage.write("a.yaml", text);
        let said = stage.fails(2, &["apply", "a.yaml", "--yes"]);
        assert!(said.contains("use `any` if that is intended"), "{said}");
    }
    stage.write(
        "a.yaml",
        "profiles:\n  github:\n    tokens:\n      a: {device: , allow_ip: any}\n",
    );
    stage.fails(6, &["apply", "a.yaml", "--yes"]);
    stage.write("a.yaml", "profiles:\n  github:\n    tokens:\n      a:\n");
    assert_eq!(stage.done(&["apply", "a.yaml"]).out, "");
    assert_eq!(stage.verdict(&token, &["--ip", "198.51.100.1"]).0, 17);
    assert_eq!(
        stage.json(&["profile", "show", "github"])["connections"][0],
        "ci"
    );
    // Only the word opens, in any case, and somebody has to agree.
    stage.write("a.yaml", "profiles:\n  github:\n    connections: Any\n");
    let said = stage.fails(5, &["apply", "a.yaml"]);
    let opens = "profile `github` may use any connection, including those added later\n";
    assert!(said.contains(opens), "{said}");
    let planned = stage.run(&["apply", "a.yaml", "--plan"]);
    assert!(
        planned.out.contains("connections: ci -> any"),
        "{planned:?}"
    );
    stage.done(&["apply", "a.yaml", "--yes"]);
    assert!(stage.json(&["profile", "show", "github"])["connections"].is_null());
}
