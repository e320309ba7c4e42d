//! What each property is without a value, of new things and of those that are there (T48): the page,
//! the schema and the program say the same.

use serde_json::{Map, Value, json};

use super::schema::Schema;
use crate::promises::document;
use crate::support::test_home::TestHome;

mod absent;

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
