//! `hallpass token revoke|suspend|prune` by every selector: the rows that a dry run lists are those
//! that go, once that is confirmed, and in one transaction.

use std::fs;

use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::barrier::State;
use hallpass::clock::FixedClock;
use hallpass::model::time::Time;
use hallpass::model::token::TokenAddress;
use hallpass::ops::edit::IfThere;
use hallpass::ops::token::{self, Draft, Filter};
use hallpass::ops::{Core, connection, environment, profile};
use serde_json::Value;

use super::verify::now;
use crate::support::core;
use crate::support::test_home::{Answer, TestHome};

/// Tokens of two profiles, connections, environments and ages, made 100 and 80 days ago.
fn furnish(core: &mut Core) {
    for name in ["ci", "hr"] {
        let draft = connection::Draft::new(name.parse().unwrap());
        connection::add(core, &draft, IfThere::Refuse).unwrap();
    }
    let test = environment::Draft {
        name: "test".parse().unwrap(),
        description: None,
    };
    environment::add(core, &test, IfThere::Refuse).unwrap();
    for name in ["github", "web"] {
        let draft = profile::Draft::new(name.parse().unwrap());
        profile::add(core, &draft, IfThere::Refuse).unwrap();
    }
    let [mut old, mut hr, mut test, mut short] = [
        ("github", "old"),
        ("web", "hr"),
        ("web", "test"),
        ("web", "short"),
    ]
    .map(draft);
    old.connection = Some("ci".parse().unwrap());
    hr.connection = Some("hr".parse().unwrap());
    test.environment = Some("test".parse().unwrap());
    short.expires = Some("1d".parse().unwrap());
    token::issue_many(core, &[old, hr, test, short]).unwrap();
    turn(core, 80);
    token::issue_many(core, &[("github", "new"), ("web", "new")].map(draft)).unwrap();
}

fn draft((profile, name): (&str, &str)) -> Draft {
    Draft::new(profile.parse().unwrap(), name.parse().unwrap())
}

/// Lets it be so many days ago.
fn turn(core: &mut Core, days: i64) {
    core.clock = Box::new(ago(days));
}

fn ago(days: i64) -> FixedClock {
    FixedClock::new(Time::from_seconds(now() - days * core::DAY))
}

/// A home with these tokens, whose clock is right. For `prune` they were revoked 60 days ago, and there are others: one
/// that is live, and one that was revoked ten days ago.
fn stage(verb: &str) -> TestHome {
    let stage = TestHome::empty();
    let sealed = SqliteBackend::create(&stage.store(), &OpenOptions::default()).unwrap();
    let context = core::context(ago(100));
    let (mut core, key) = core::found(Box::new(sealed), &State::off(), context);
    furnish(&mut core);
    if verb == "prune" {
        turn(&mut core, 60);
        token::revoke(&mut core, &Filter::default(), None).unwrap();
        turn(&mut core, 10);
        token::issue_many(
            &mut core,
            &[("github", "live"), ("github", "late")].map(draft),
        )
        .unwrap();
        let late: token::Target = "github/late".parse::<TokenAddress>().unwrap().into();
        token::revoke(&mut core, &[late], None).unwrap();
    }
    drop(core);
    let key = stage.write("key", key.expose());
    fs::create_dir_all(stage.config().parent().unwrap()).unwrap();
    fs::write(stage.config(), format!("key_file = '{}'\n", key.display())).unwrap();
    stage
}

/// Each selector, and whom it picks of the tokens that are live, and of those that have ended.
const CASES: [(&[&str], &[&str], &[&str]); 9] = [
    (
        &["--profile", "github"],
        &["github/new", "github/old"],
        &["github/new", "github/old"],
    ),
    (&["--connection", "hr"], &["web/hr"], &["web/hr"]),
    (&["--environment", "test"], &["web/test"], &["web/test"]),
    (
        &["--issued-before", "90d"],
        &["github/old", "web/hr", "web/test"],
        &["github/old", "web/hr", "web/short", "web/test"],
    ),
    (
        &["--issued-after", "90d"],
        &["github/new", "web/new"],
        &["github/new", "web/new"],
    ),
    (
        &["--unused-for", "90d"],
        &["github/old", "web/hr", "web/test"],
        &["github/old", "web/hr", "web/short", "web/test"],
    ),
    (&["--expired"], &["web/short"], &["web/short"]),
    (
        &["--profile", "web", "--issued-after", "90d"],
        &["web/new"],
        &["web/new"],
    ),
    // The ids of those that are not `new` are on standard input.
    (
        &["-", "--connection", "ci"],
        &["github/old"],
        &["github/old"],
    ),
];

/// The names in a document, in order.
fn names(list: &Value) -> Vec<String> {
    let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let list = list.as_array().unwrap().iter();
    let mut names: Vec<_> = list
        .map(|it| format!("{}/{}", text(it, "profile"), text(it, "name")))
        .collect();
    names.sort();
    names
}

fn document(answer: &Answer) -> Value {
    assert_eq!(answer.code, 0, "{answer:?}");
    serde_json::from_str(&answer.out).unwrap()
}

/// The ids of those that are not called `new`, one a line.
fn ids_of_all_but_new(tokens: &Value) -> String {
    let ids = tokens
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["name"] != "new");
    ids.map(|it| it["id"].as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

/// One verb with one selector, in a home of its own.
fn goes(verb: &str, selector: &[&str], expected: &[&str]) {
    let stage = stage(verb);
    let all = || stage.json(&["token", "list", "--all"]);
    let epoch = || stage.json(&["store", "info"])["epoch"].as_u64().unwrap();
    let (before, begun) = (all(), epoch());
    let ids = ids_of_all_but_new(&before);
    let older: &[&str] = if verb == "prune" {
        &["--older-than", "30d"]
    } else {
        &[]
    };
    let act = |more: &[&str]| {
        stage.piped(
            &[&["token", verb], older, selector, more].concat(),
            ids.as_bytes(),
        )
    };
    let previewed = document(&act(&["--dry-run", "-o", "json"]));
    assert_eq!(names(&previewed), expected, "{verb} {selector:?}");
    let table = act(&["--dry-run"]);
    let rows: Vec<_> = table
        .out
        .lines()
        .skip(1)
        .map(|it| it.split(' ').next().unwrap())
        .collect();
    let listed: Vec<_> = previewed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(rows, listed, "{table:?}");
    let refused = act(&[]);
    assert_eq!(
        (refused.code, refused.out.as_str()),
        (5, ""),
        "{verb} {selector:?}: {refused:?}"
    );
    assert_eq!(
        (all(), epoch()),
        (before.clone(), begun),
        "nothing was changed"
    );
    let done = document(&act(&["--yes", "-o", "json"]));
    assert_eq!(names(&done), expected, "{verb} {selector:?}");
    assert_eq!(epoch(), begun + 1, "one transaction");
    let after = all();
    is_done_to_those_alone(verb, selector, expected.len(), &listed, &before, &after);
}

/// Those that were listed have the state that the verb gives them, and the others are as they were.
fn is_done_to_those_alone(
    verb: &str,
    selector: &[&str],
    many: usize,
    listed: &[&Value],
    before: &Value,
    after: &Value,
) {
    let left = |token: &&Value| !listed.contains(&&token["id"]);
    let rest = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .filter(left)
            .cloned()
            .collect()
    };
    let (rest_before, rest_after): (Vec<Value>, Vec<Value>) = (rest(before), rest(after));
    assert_eq!(
        rest_before, rest_after,
        "{verb} {selector:?}: the others are as they were"
    );
    let changed = after.as_array().unwrap().iter().filter(|it| !left(it));
    let states: Vec<_> = changed.map(|it| it["state"].as_str().unwrap()).collect();
    let expected = match verb {
        "revoke" => vec!["revoked"; many],
        "suspend" => vec!["suspended"; many],
        _ => Vec::new(),
    };
    assert_eq!(states, expected, "{verb} {selector:?}");
}

#[test]
fn what_a_selector_picks_is_revoked() {
    for (selector, live, _) in CASES {
        goes("revoke", selector, live);
    }
}

#[test]
fn what_a_selector_picks_is_suspended_and_what_has_ended_cannot_be() {
    for (selector, live, _) in CASES.iter().filter(|case| case.0 != ["--expired"]) {
        goes("suspend", selector, live);
    }
    let stage = stage("suspend");
    let said = stage.fails(2, &["token", "suspend", "--expired", "--yes"]);
    assert!(said.contains("`--expired`"), "{said}");
    stage.fails(6, &["token", "suspend", "web/short", "web/new", "--yes"]);
    assert_eq!(
        stage.json(&["token", "show", "web/new"])["state"],
        "active",
        "all or none"
    );
}

#[test]
fn what_a_selector_picks_of_what_ended_long_ago_is_removed() {
    for (selector, _, ended) in CASES {
        goes("prune", selector, ended);
    }
    goes(
        "prune",
        &[],
        &[
            "github/new",
            "github/old",
            "web/hr",
            "web/new",
            "web/short",
            "web/test",
        ],
    );
}
