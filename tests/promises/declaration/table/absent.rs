//! What a declaration does to what it does not mention, or mentions with nothing in it.

use std::fs;

use serde_json::{Value, json};

use super::{RANGE, declared, plan, properties, stage};
use crate::support::test_home::TestHome;

#[test]
fn a_declaration_without_a_property_changes_none_of_it() {
    let stage = stage();
    for property in properties() {
        let planned = plan(&stage, &declared(&property, "old", None));
        let is_state = matches!(&property.context["state"], Value::String(_));
        if !is_state && property.path != "version" {
            // A token without a sink has nowhere to go, and stays where it is.
            let changes = planned.unwrap()["changes"].clone();
            assert_eq!(changes, json!([]), "{}", property.path);
        }
    }
}

#[test]
fn emptying_a_group_is_asked_about() {
    let stage = stage();
    stage.write(
        "a.json",
        &json!({"groups": {"old": []}, "profiles": {"bot": {}}}).to_string(),
    );
    stage.fails(5, &["apply", "a.json"]);
    stage.write(
        "a.json",
        &json!({"profiles": {"old": {"groups": []}}}).to_string(),
    );
    stage.fails(5, &["apply", "a.json"]);
    stage.done(&["apply", "a.json", "--yes"]);
    assert_eq!(stage.json(&["profile", "show", "old"])["groups"], json!([]));
}

#[test]
fn what_opens_by_another_value_is_a_warning_and_a_deny_rule_that_goes_is_asked_about() {
    let stage = stage();
    for (whole, warning) in [
        (
            json!({"profiles": {"old": {"connections": ["hr", "crm"]}}}),
            "may use connection `crm`",
        ),
        (
            json!({"connections": {"old": {"allow_ip": ["192.0.2.0/24", RANGE]}}}),
            "may be used from 198.51.100.0/24",
        ),
    ] {
        stage.write("a.json", &whole.to_string());
        let done = stage.done(&["apply", "a.json", "-q"]);
        assert!(done.err.contains(warning), "{done:?}");
    }
    let whole = json!({"connections": {"old": {"deny_ip": ["192.0.2.9"]}}});
    stage.write("a.json", &whole.to_string());
    let refused = stage.fails(5, &["apply", "a.json"]);
    assert!(
        refused.contains("connection `old` is no longer denied to 192.0.2.7/32\n"),
        "{refused}"
    );
}

#[test]
fn a_token_that_is_declared_without_its_uses_keeps_them_and_its_lifetime() {
    let stage = stage();
    // Its sink has lost it, so another one is made.
    fs::remove_file(stage.file("out/old")).unwrap();
    stage.write(
        "a.json",
        r#"{"profiles": {"bot": {"tokens": {"old": {"to": "file:out/old"}}}}}"#,
    );
    stage.done(&["apply", "a.json"]);
    let token = stage.json(&["token", "show", "bot/old"]);
    assert_eq!(
        (&token["connection"], &token["device"]),
        (&json!("hr"), &json!("desk"))
    );
    assert_eq!(
        (&token["environment"], &token["allow_ip"]),
        (&json!("old"), &json!(["192.0.2.0/24"]))
    );
    let seconds = |field: &str| {
        let time: hallpass::model::time::Time = token[field].as_str().unwrap().parse().unwrap();
        time.seconds()
    };
    assert_eq!(seconds("expires_at") - seconds("created_at"), 30 * 86_400);
}

#[test]
fn what_is_exported_changes_nothing_there_and_makes_the_same_elsewhere() {
    let stage = stage();
    // A token that its profile may not use any more is there all the same.
    stage.done(&[
        "profile",
        "edit",
        "bot",
        "--remove-connection",
        "hr",
        "--yes",
    ]);
    stage.done(&[
        "profile",
        "suspend",
        "old",
        "--until",
        "2999-01-01",
        "--yes",
    ]);
    stage.done(&["connection", "block", "crm", "--yes"]);
    for (format, name) in [("table", "all.toml"), ("json", "all.json")] {
        let text = stage.done(&["export", "-o", format]).out;
        assert!(
            !text.contains("deny_ip = []") && !text.contains("null"),
            "{text}"
        );
        stage.write(name, &text);
        assert_eq!(
            stage.done(&["apply", name, "--plan", "--prune"]).out,
            "",
            "{name}"
        );
    }
    let exported: Value =
        serde_json::from_str(&fs::read_to_string(stage.file("all.json")).unwrap()).unwrap();
    let hr = &exported["connections"]["hr"];
    let open = json!({"group": "any", "token_lifetime": "any", "allow_ip": "any"});
    assert_eq!(*hr, open);
    let mut without_tokens = exported.clone();
    without_tokens["profiles"]["bot"]
        .as_object_mut()
        .unwrap()
        .remove("tokens");
    let other = TestHome::new();
    other.write("all.json", &without_tokens.to_string());
    other.done(&["apply", "all.json", "--yes"]);
    let again: Value = serde_json::from_str(&other.done(&["export", "-o", "json"]).out).unwrap();
    assert_eq!(again, without_tokens);
}
