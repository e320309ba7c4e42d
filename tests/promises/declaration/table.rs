//! What each property is without a value, of new things and of those that are there (T48): the page,
//! the schema and the program say the same.

use std::fs;

use serde_json::{Map, Value, json};

use super::schema::Schema;
use crate::promises::document;
use crate::support::test_home::TestHome;

/// A property, and what it needs beside itself.
struct Property {
    /// As the page has it.
    path: &'static str,
    /// A value that is none of the words.
    value: Value,
    /// What has to be said, too.
    context: Value,
    /// What the plan calls it, if that shows its value.
    shown: Option<(&'static str, &'static str)>,
}

fn property(path: &'static str, value: Value) -> Property {
    Property {
        path,
        value,
        context: json!({}),
        shown: None,
    }
}

impl Property {
    fn shown(self, value: &'static str) -> Self {
        let name = self.path.rsplit('.').next().unwrap();
        Self {
            shown: Some((name, value)),
            ..self
        }
    }

    fn with(self, context: Value) -> Self {
        Self { context, ..self }
    }
}

const RANGE: &str = "198.51.100.0/24";

/// All of them, in the order of the page.
fn properties() -> Vec<Property> {
    let until = "2999-01-01";
    let blocked = || json!({"state": "blocked"});
    let suspended = || json!({"state": "suspended"});
    let to = || json!({"to": "file:out/FILE"});
    let token = |name: &'static str, value: Value| property(name, value).with(to());
    let at = |name: &str| -> &'static str { format!("profiles.NAME.tokens.NAME.{name}").leak() };
    vec![
        property("version", json!(1)),
        property("environments.NAME.description", json!("T")).shown("T"),
        property("environments.NAME.default", json!(true)),
        property("connections.NAME.description", json!("T")).shown("T"),
        property("connections.NAME.group", json!("builders")).shown("builders"),
        property("connections.NAME.token_lifetime", json!("60d")).shown("60d"),
        property("connections.NAME.allow_ip", json!([RANGE])).shown(RANGE),
        property("connections.NAME.deny_ip", json!([RANGE])).shown(RANGE),
        property("connections.NAME.guide", json!("# T")),
        property("connections.NAME.guide_file", json!("guide.md")),
        property("connections.NAME.state", json!("blocked")),
        property("connections.NAME.reason", json!("T")).with(blocked()),
        property("groups.NAME", json!(["bot"])),
        property("profiles.NAME.email", json!("t@example.com")).shown("t@example.com"),
        property("profiles.NAME.description", json!("T")).shown("T"),
        property("profiles.NAME.connections", json!(["crm", "hr"])).shown("crm, hr"),
        property("profiles.NAME.groups", json!(["builders", "staff"])).shown("builders, staff"),
        property("profiles.NAME.state", json!("suspended")),
        property("profiles.NAME.reason", json!("T")).with(suspended()),
        property("profiles.NAME.until", json!(until)).with(suspended()),
        token(at("connection"), json!("crm")).shown("crm"),
        token(at("environment"), json!("production")).shown("production"),
        token(at("device"), json!("phone")).shown("phone"),
        token(at("expires"), json!("60d")),
        token(at("allow_ip"), json!([RANGE])).shown(RANGE),
        token(at("form"), json!("xml")),
        property(at("to"), json!("file:out/other")),
        token(at("min_life"), json!("1d")),
        token(at("overlap"), json!("1h")),
        property(at("value_file"), json!("value")),
        property(at("sha256"), json!("ab".repeat(32))),
    ]
}

/// The words of the page for `null`, empty and `any`.
fn page() -> Vec<(String, [String; 3])> {
    let page = document("docs/apply.md");
    let (_, table) = page.split_once("| Property | `null` |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| {
        row.trim_matches('|')
            .split('|')
            .map(|it| it.trim().to_owned())
    });
    cells
        .map(|mut row| {
            let path = row.next().unwrap().trim_matches('`').to_owned();
            (
                path,
                [
                    row.next().unwrap(),
                    row.next().unwrap(),
                    row.next().unwrap(),
                ],
            )
        })
        .collect()
}

/// What is there already.
fn existing() -> Value {
    json!({
        "environments": {"old": {"description": "O"}},
        "connections": {
            "old": {
                "description": "O", "group": "staff", "token_lifetime": "90d", "guide": "# O",
                "allow_ip": ["192.0.2.0/24"], "deny_ip": ["192.0.2.7"],
            },
            "hr": {}, "crm": {},
        },
        "groups": {"old": ["bot"]},
        "profiles": {
            "old": {
                "email": "o@example.com", "description": "O", "connections": ["hr"],
                "groups": ["staff"],
            },
            "bot": {
                "connections": ["hr", "crm"], "tokens": {
                    "old": {
                        "connection": "hr", "environment": "old", "device": "desk",
                        "allow_ip": ["192.0.2.0/24"], "expires": "30d", "to": "file:out/old",
                    },
                },
            },
        },
    })
}

fn stage() -> TestHome {
    let stage = TestHome::new();
    super::folder(&stage, "out");
    stage.write("guide.md", "# T\n");
    stage.write("value", "kD83jf0sLq92mvNx71Bz6cYp4Wt5Re\n");
    stage.write("old.json", &existing().to_string());
    stage.done(&["apply", "old.json"]);
    stage
}

/// A thing with this in the place of a property, or without it.
fn declared(property: &Property, name: &str, value: Option<Value>) -> Value {
    let mut steps: Vec<_> = property.path.split('.').collect();
    let mut table = Map::new();
    let last = steps.pop().unwrap();
    if steps.is_empty() || last == "NAME" {
        // A property of the file itself, or a list in a table of such.
        let key = if last == "NAME" { name } else { last };
        table.extend(value.map(|value| (key.to_owned(), value)));
    } else {
        let context = property.context.to_string().replace("FILE", name);
        table = serde_json::from_str(&context).unwrap();
        table.extend(value.map(|value| (last.to_owned(), value)));
    }
    let mut whole = Value::Object(table);
    let mut owner = true;
    for step in steps.iter().rev() {
        let key = match *step {
            // A token is one of profile `bot`.
            "NAME" if property.path.contains(".tokens.") && !owner => "bot",
            "NAME" => {
                owner = false;
                name
            }
            other => other,
        };
        whole = json!({ key: whole });
    }
    if last == "NAME" {
        // Whoever is in a group is declared, too.
        whole["profiles"] = json!({"bot": {}});
    }
    whole
}

/// What a plan says, but for what differs each time.
fn plan(stage: &TestHome, whole: &Value) -> Result<Value, Value> {
    stage.write("a.json", &whole.to_string());
    let answer = stage.run(&["apply", "a.json", "--plan", "-o", "json"]);
    if !matches!(answer.code, 0 | 7) {
        return Err(answer.error());
    }
    let mut plan: Value = serde_json::from_str(&answer.out).unwrap();
    for change in plan["changes"].as_array_mut().unwrap() {
        let details = change["details"].as_object_mut().unwrap();
        details.retain(|name, _| name != "expires_at" && name != "replaces");
    }
    Ok(plan)
}

/// How the plan shows the property: of a new thing its value, of another both sides.
fn shown(plan: &Value, property: &str, is_new: bool) -> Option<String> {
    let changes = plan["changes"].as_array().unwrap();
    let name = if is_new {
        property.to_owned()
    } else {
        format!("{property}.after")
    };
    let found = changes
        .iter()
        .find_map(|change| change["details"].get(&name));
    found.map(|value| value.as_str().unwrap().to_owned())
}

#[test]
fn every_property_is_what_the_table_says_without_a_value_for_new_things_and_old_ones() {
    let (stage, schema, page) = (stage(), Schema::read(), page());
    let properties = properties();
    let listed: Vec<_> = page.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        listed,
        properties.iter().map(|it| it.path).collect::<Vec<_>>()
    );
    for (property, (_, words)) in properties.iter().zip(&page) {
        let empty = if property.value.is_array() {
            json!([])
        } else {
            json!("")
        };
        for (is_new, name) in [(true, "new"), (false, "old")] {
            let tried = |value: Option<Value>| {
                let whole = declared(property, name, value);
                let planned = plan(&stage, &whole);
                let fits = schema.takes(&whole);
                let code = planned.as_ref().err().map(|error| error["exit"].clone());
                assert_eq!(
                    fits,
                    code != Some(json!(2)),
                    "the schema disagrees: {whole}: {planned:?}"
                );
                (whole, planned)
            };
            let absent = tried(None).1;
            for (value, word) in [json!(null), empty.clone(), json!("any")]
                .into_iter()
                .zip(words)
            {
                let (whole, planned) = tried(Some(value));
                let at = format!("{} ({name}): {whole}", property.path);
                judge(&stage, property, is_new, &at, word, &absent, planned);
            }
            let (whole, planned) = tried(Some(property.value.clone()));
            if let Some((detail, value)) = property.shown {
                let planned = planned.unwrap_or_else(|error| panic!("{whole}: {error}"));
                assert_eq!(
                    shown(&planned, detail, is_new).as_deref(),
                    Some(value),
                    "{whole}"
                );
            }
        }
    }
}

/// Compares what came of a property with the word of the page for it.
fn judge(
    stage: &TestHome,
    property: &Property,
    is_new: bool,
    at: &str,
    word: &str,
    absent: &Result<Value, Value>,
    planned: Result<Value, Value>,
) {
    let (detail, _) = property.shown.unwrap_or_default();
    match word {
        "as absent" => assert_eq!(&planned, absent, "{at}"),
        "refused" => {
            let error = planned.unwrap_err();
            assert_eq!(error["exit"], 2, "{at}: {error}");
            let path = error["errors"][0]["at"].as_str().unwrap();
            let end = property.path.rsplit('.').next().unwrap();
            assert!(end == "NAME" || path.ends_with(end), "{at}: {error}");
        }
        "cleared" | "none" | "nobody" => {
            let planned = planned.unwrap();
            if is_new {
                assert_eq!(Ok(planned), *absent, "{at}");
            } else if !detail.is_empty() {
                assert_eq!(shown(&planned, detail, false).as_deref(), Some(""), "{at}");
            }
        }
        "lifted" => {
            assert_eq!(
                shown(&planned.unwrap(), detail, is_new).as_deref(),
                Some("any"),
                "{at}"
            );
            // What is there is opened only if somebody agrees.
            if !is_new {
                stage.fails(5, &["apply", "a.json"]);
            }
        }
        // What is called so may not be there; it is no wrong usage.
        "a text" => assert_ne!(
            planned.err().map(|it| it["exit"].clone()),
            Some(json!(2)),
            "{at}"
        ),
        other => panic!("{at}: the page says `{other}`"),
    }
}

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
