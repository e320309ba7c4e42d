//! `hallpass environment`.

use super::{FORMATS, hostile};
use crate::support::test_home::TestHome;

#[test]
fn an_environment_is_made_shown_and_changed() {
    let stage = TestHome::new();
    let made = stage.done(&["environment", "add", "test", "--description", "Nightly"]);
    assert!(
        made.out
            .starts_with("name         test\ndescription  Nightly\nkey          ")
    );
    assert_eq!(made.err, "added environment `test`\n");
    let quiet = stage.done(&["environment", "add", "other", "-q"]);
    assert_eq!(quiet.err, "");

    let shown = stage.json(&["environment", "show", "TEST"]);
    assert_eq!(
        (&shown["name"], &shown["default"]),
        (&"test".into(), &false.into())
    );
    assert_eq!(shown["key"].as_str().unwrap().len(), 32);

    let edit = ["environment", "edit", "test"];
    let changed = stage.json(&[&edit[..], &["--rename", "qa", "--default"]].concat());
    assert_eq!(
        (&changed["name"], &changed["default"]),
        (&"qa".into(), &true.into())
    );
    let again = stage.done(&["environment", "edit", "qa", "--default"]);
    assert_eq!(
        again.err,
        "environment `qa` is already up to date; nothing was changed\n"
    );
    let cleared = stage.json(&["environment", "edit", "qa", "--description", ""]);
    assert!(cleared["description"].is_null());

    let names: Vec<_> = stage
        .json(&["environment", "list"])
        .as_array()
        .unwrap()
        .clone();
    let names: Vec<_> = names
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["other", "production", "qa"]);
}

#[test]
fn a_list_comes_in_four_formats() {
    let stage = TestHome::new();
    let lists = FORMATS.map(|format| stage.done(&["environment", "list", "-o", format]).out);
    assert!(
        lists[0].starts_with("NAME        DESCRIPTION  DEFAULT\n"),
        "{}",
        lists[0]
    );
    assert!(
        lists[1].starts_with("[\n {\"name\":\"production\","),
        "{}",
        lists[1]
    );
    assert!(
        lists[2].starts_with("{\"name\":\"production\","),
        "{}",
        lists[2]
    );
    assert!(
        lists[3].starts_with("name,description,key,default,created_at\n"),
        "{}",
        lists[3]
    );
}

#[test]
fn if_absent_changes_nothing_and_says_what_differs() {
    let stage = TestHome::new();
    let add = ["environment", "add", "production", "--if-absent"];
    let there = stage.done(&add);
    assert_eq!(there.out, "");
    assert_eq!(
        there.err,
        "environment `production` exists already; nothing was changed\n"
    );
    let before = stage.all();
    let differs = stage.done(&[&add[..], &["--description", "x"]].concat());
    assert_eq!(differs.out, "");
    assert!(
        differs
            .err
            .ends_with("was not changed; it differs in: description\n"),
        "{differs:?}"
    );
    assert_eq!(stage.all(), before);
}

#[test]
fn bad_input_is_told_apart() {
    let stage = TestHome::new();
    let taken = stage.fails(4, &["environment", "add", "PRODUCTION"]);
    assert!(
        taken.contains("hint: hallpass environment show PRODUCTION\n"),
        "{taken}"
    );
    for verb in ["show", "delete", "rotate-key"] {
        let missing = stage.fails(3, &["environment", verb, "nowhere"]);
        assert!(missing.contains("hint: hallpass environment "), "{missing}");
    }
    let nothing = stage.fails(2, &["environment", "edit", "production"]);
    let expected = "error: missing: at least one of --description, --rename, --default\n";
    assert!(nothing.starts_with(expected), "{nothing}");
    for value in hostile() {
        let told = stage.fails(2, &["environment", "add", &value]);
        assert!(value.is_empty() || !told.contains(&value), "{told}");
        if !value.is_empty() {
            let told = stage.fails(
                2,
                &["environment", "edit", "production", "--description", &value],
            );
            assert!(!told.contains(&value), "{told}");
        }
    }
}

#[test]
fn a_key_is_replaced_when_that_is_confirmed() {
    let stage = TestHome::new();
    let key = || stage.json(&["environment", "show", "production"])["key"].clone();
    let old = key();
    let rotate = ["environment", "rotate-key", "production"];
    stage.asks_first(
        &rotate,
        &format!("{} is no longer accepted", old.as_str().unwrap()),
    );
    let done = stage.done(&[&rotate[..], &["--yes"]].concat());
    assert!(
        done.err.contains("no valid token stops working"),
        "{done:?}"
    );
    assert_ne!(key(), old);
    assert!(done.out.contains(key().as_str().unwrap()), "{done:?}");
}

#[test]
fn what_is_in_use_is_not_deleted() {
    let stage = TestHome::new();
    let told = stage.fails(6, &["environment", "delete", "production", "--dry-run"]);
    assert!(
        told.contains("hint: hallpass environment edit OTHER --default\n"),
        "{told}"
    );
    stage.done(&["environment", "add", "test"]);
    stage.done(&["profile", "add", "ci", "--token", "one"]);
    stage.done(&["environment", "edit", "test", "--default"]);
    let told = stage.fails(6, &["environment", "delete", "production", "--yes"]);
    assert!(
        told.contains("still used by ci/one\nhint: hallpass token revoke ci/one --dry-run\n"),
        "{told}"
    );
    stage.done(&["profile", "delete", "ci", "--yes"]);
    let delete = ["environment", "delete", "production"];
    stage.asks_first(
        &delete,
        "deleting environment `production`:\n  no valid token stops working\n",
    );
    let done = stage.done(&[&delete[..], &["--yes"]].concat());
    assert_eq!(done.out, "");
    assert!(
        done.err.ends_with("environment `production` is deleted\n"),
        "{done:?}"
    );
    stage.fails(3, &["environment", "show", "production"]);
}
