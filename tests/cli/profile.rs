//! `hallpass profile`.

use std::fs::File;

use super::{FORMATS, hostile};
use crate::support::test_home::TestHome;

mod asked;

const PASSWORD: &str = "dapper heron climbs quartz";

#[test]
fn a_profile_is_made_shown_and_changed() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    stage.done(&["connection", "add", "cd"]);
    let made = stage.json(&[
        "profile",
        "add",
        "github",
        "--email",
        "builds@example.com",
        "--description",
        "Builds",
        "--connection",
        "ci",
        "--group",
        "builders",
    ]);
    assert_eq!(made["connections"], serde_json::json!(["ci"]));
    assert_eq!(made["groups"], serde_json::json!(["builders"]));
    assert_eq!(
        (&made["state"], &made["tokens"]),
        (&"active".into(), &0.into())
    );
    assert!(
        made["suspended"].is_null() && made["last_used_at"].is_null(),
        "{made}"
    );
    let edit = |flags: &[&str]| stage.json(&[&["profile", "edit", "github"], flags].concat());
    let edited = edit(&[
        "--add-connection",
        "cd",
        "--remove-group",
        "builders",
        "--email",
        "",
    ]);
    assert_eq!(edited["connections"], serde_json::json!(["cd", "ci"]));
    assert!(edited["email"].is_null() && edited["groups"].as_array().unwrap().is_empty());
    let any = edit(&["--any-connection", "--rename", "gitlab"]);
    assert!(any["connections"].is_null());
    let table = stage.done(&["profile", "show", "gitlab"]).out;
    assert!(table.contains("connections   (any)\n"), "{table}");
}

#[test]
fn the_last_connection_is_not_removed_and_the_first_is_warned_of() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    stage.done(&["profile", "add", "one"]);
    let narrowed = stage.done(&["profile", "edit", "one", "--add-connection", "ci"]);
    assert!(
        narrowed
            .err
            .contains("could use any connection; it is now restricted")
    );
    let again = stage.done(&["profile", "edit", "one", "--add-connection", "ci"]);
    assert_eq!(
        again.err,
        "profile `one` is already up to date; nothing was changed\n"
    );
    let told = stage.fails(6, &["profile", "edit", "one", "--remove-connection", "ci"]);
    assert!(
        told.ends_with("hint: hallpass profile edit one --any-connection\n"),
        "{told}"
    );
    let told = stage.fails(
        3,
        &["profile", "edit", "one", "--add-connection", "nowhere"],
    );
    assert!(
        told.ends_with("hint: hallpass connection add nowhere\n"),
        "{told}"
    );
}

#[test]
fn lists_come_in_four_formats_and_an_empty_one_is_said() {
    let stage = TestHome::new();
    let empty = stage.done(&["profile", "list"]);
    assert_eq!(
        (empty.out.as_str(), empty.err.as_str()),
        ("", "no profiles\n")
    );
    assert_eq!(stage.done(&["profile", "list", "-q"]).err, "");
    stage.done(&["profile", "add", "one"]);
    let lists = FORMATS.map(|format| stage.done(&["profile", "list", "-o", format]).out);
    let heading = "NAME  DESCRIPTION  GROUPS  CONNECTIONS  STATE   TOKENS  LAST USED AT\n";
    assert!(lists[0].starts_with(heading), "{}", lists[0]);
    assert!(
        lists[1].starts_with("[\n {\"name\":\"one\",\"email\":null,"),
        "{}",
        lists[1]
    );
    assert!(
        lists[2].starts_with("{\"name\":\"one\",\"email\":null,"),
        "{}",
        lists[2]
    );
    assert!(lists[3].starts_with("name,email,description,groups,connections,state,suspended_at,"));
}

#[test]
fn if_absent_names_each_difference() {
    let stage = TestHome::new();
    stage.done(&["profile", "add", "one"]);
    let add = ["profile", "add", "ONE", "--if-absent"];
    let answer = stage.done(&add);
    assert_eq!(answer.out, "");
    assert_eq!(
        answer.err,
        "profile `ONE` exists already; nothing was changed\n"
    );
    let file = stage.write("password", PASSWORD);
    let flags = ["--group", "g", "--password-file", file.to_str().unwrap()];
    let answer = stage.done(&[&add[..], &flags].concat());
    assert!(
        answer.err.ends_with("it differs in: groups, password\n"),
        "{answer:?}"
    );
    // Nobody is asked for a password that would not be used.
    let answer = stage.done(&[&add[..], &["--password"]].concat());
    assert!(
        answer.err.ends_with("it differs in: password\n"),
        "{answer:?}"
    );
    stage.fails(3, &[&add[..], &["--connection", "nowhere"]].concat());
    stage.fails(2, &[&add[..], &["--token", "one"]].concat());
    assert_eq!(
        stage.json(&["profile", "show", "one"])["groups"],
        serde_json::json!([])
    );
}

#[test]
fn a_token_comes_with_the_profile_alone_on_standard_output() {
    let stage = TestHome::new();
    let answer = stage.done(&["profile", "add", "one", "--token", "laptop"]);
    assert!(
        answer.out.starts_with("hpass_") && answer.out.len() == 57,
        "{answer:?}"
    );
    for said in [
        "added profile `one`\n",
        "token one/laptop (hpass_",
        "not shown again",
    ] {
        assert!(answer.err.contains(said), "{answer:?}");
    }
    assert!(!answer.err.contains(answer.out.trim_end()));
    let quiet = stage.done(&["profile", "add", "two", "--token", "laptop", "-q"]);
    assert_eq!(quiet.err, "");
    let document = stage.json(&["profile", "add", "three", "--token", "laptop"]);
    assert_eq!(
        (&document["profile"], &document["name"]),
        (&"three".into(), &"laptop".into())
    );
    assert!(document["token"].as_str().unwrap().starts_with("hpass_"));
}

#[test]
fn without_a_reader_there_is_neither_profile_nor_token() {
    let stage = TestHome::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = stage.command(&["profile", "add", "one", "--token", "laptop"]);
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(51), "{output:?}");
    stage.fails(3, &["profile", "show", "one"]);
    // A refused token takes its profile with it.
    stage.done(&["connection", "add", "ci", "--group", "builders"]);
    let both = [
        "profile",
        "add",
        "one",
        "--connection",
        "ci",
        "--token",
        "laptop",
    ];
    stage.fails(6, &both);
    stage.fails(3, &["profile", "show", "one"]);
}

#[test]
fn a_suspension_says_what_stops_and_when_it_ends() {
    let stage = TestHome::new();
    let file = stage.write("password", PASSWORD);
    let add = [
        "profile",
        "add",
        "one",
        "--token",
        "laptop",
        "--password-file",
    ];
    stage.done(&[&add[..], &[file.to_str().unwrap()]].concat());
    let suspend = [
        "profile",
        "suspend",
        "one",
        "--until",
        "2999-01-01",
        "--reason",
        "audit",
    ];
    stage.asks_first(
        &suspend,
        "suspending profile `one` until 2999-01-01T00:00:00Z:\n  \
         1 valid token stops working: one/laptop\n  the password is no longer accepted\n",
    );
    let done = stage.done(&[&suspend[..], &["--yes"]].concat());
    assert_eq!(done.out, "");
    let said = "profile `one` is suspended until 2999-01-01T00:00:00Z\n";
    assert!(done.err.ends_with(said), "{done:?}");
    let shown = stage.json(&["profile", "show", "one"]);
    assert_eq!(
        (&shown["state"], &shown["suspended"]["reason"]),
        (&"suspended".into(), &"audit".into())
    );
    assert_eq!(shown["suspended"]["until"], "2999-01-01T00:00:00Z");
    let again = stage.done(&[&suspend[..], &["--yes"]].concat());
    assert!(
        again.err.contains("no valid token stops working\n"),
        "{again:?}"
    );
    assert!(
        again.err.ends_with("already; nothing was changed\n"),
        "{again:?}"
    );
    assert_eq!(stage.json(&["profile", "resume", "one"])["state"], "active");
    let again = stage.done(&["profile", "resume", "one"]);
    assert_eq!(
        again.err,
        "profile `one` is active already; nothing was changed\n"
    );
    let past = stage.fails(6, &["profile", "suspend", "one", "--until", "2001-01-01"]);
    assert!(
        past.contains("2001-01-01T00:00:00Z is in the past"),
        "{past}"
    );
}

#[test]
fn deleting_says_what_ends_for_good() {
    let stage = TestHome::new();
    stage.done(&["profile", "add", "one", "--token", "laptop"]);
    let delete = ["profile", "delete", "one"];
    stage.asks_first(
        &delete,
        "deleting profile `one`:\n  1 valid token stops working: one/laptop\n",
    );
    stage.done(&["profile", "suspend", "one", "--yes"]);
    let tried = stage.done(&[&delete[..], &["--dry-run"]].concat());
    assert!(
        tried
            .out
            .contains("1 live token that is not valid now will never be valid again\n"),
        "{tried:?}"
    );
    let done = stage.done(&[&delete[..], &["--yes"]].concat());
    assert_eq!(done.out, "");
    assert!(done.err.ends_with("profile `one` is deleted\n"), "{done:?}");
    stage.fails(3, &delete);
    let new = stage.json(&["profile", "add", "one"]);
    assert_eq!(
        (&new["state"], &new["tokens"]),
        (&"active".into(), &0.into())
    );
}

#[test]
fn bad_input_is_told_apart() {
    let stage = TestHome::new();
    stage.done(&["profile", "add", "one"]);
    let taken = stage.fails(4, &["profile", "add", "One"]);
    assert!(
        taken.ends_with("hint: hallpass profile show One\n"),
        "{taken}"
    );
    let nobody = stage.fails(3, &["profile", "add", "two", "--connection", "nowhere"]);
    assert!(
        nobody.ends_with("hint: hallpass connection add nowhere\n"),
        "{nobody}"
    );
    for verb in ["show", "suspend", "resume", "delete"] {
        let told = stage.fails(3, &["profile", verb, "nobody"]);
        assert_eq!(
            told,
            "error: no profile `nobody`\nhint: hallpass profile list\n"
        );
    }
    for value in hostile() {
        for arguments in [
            vec!["profile", "add", &value],
            vec!["profile", "add", "two", "--email", &value],
            vec!["profile", "suspend", "one", "--reason", &value],
        ] {
            let told = stage.fails(2, &arguments);
            assert!(value.is_empty() || !told.contains(&value), "{told}");
            assert!(told.len() < 500, "{told}");
        }
    }
    for name in ["../../etc/passwd", "-x", "hpass_x", ".hidden", "é"] {
        stage.fails(2, &["profile", "add", "--", name]);
    }
    for until in ["8", "3mo", "yesterday", "2027-13-01"] {
        stage.fails(2, &["profile", "suspend", "one", "--until", until]);
    }
}

#[test]
fn a_weak_password_makes_no_profile() {
    let stage = TestHome::new();
    let file = stage.write("password", "correct horse");
    let told = stage.fails(
        6,
        &[
            "profile",
            "add",
            "one",
            "--password-file",
            file.to_str().unwrap(),
        ],
    );
    assert!(
        told.contains("`hallpass password set one --generate`"),
        "{told}"
    );
    assert!(!told.contains("correct horse"));
    stage.fails(3, &["profile", "show", "one"]);
    let told = stage.fails(2, &["profile", "add", "one", "--password"]);
    assert!(told.ends_with("hint: `--password-file FILE`\n"), "{told}");
    stage.fails(3, &["profile", "add", "one", "--password-file", "nowhere"]);
}
