//! `hallpass connection`.

use super::{FORMATS, hostile};
use crate::support::test_home::TestHome;

#[test]
fn a_connection_is_made_with_everything() {
    let stage = TestHome::new();
    let guide = stage.write("guide.md", "# Steps\n\n1. Type it in\n");
    let made = stage.json(&[
        "connection",
        "add",
        "ci",
        "--description",
        "Builds",
        "--group",
        "builders",
        "--token-lifetime",
        "90d",
        "--allow-ip",
        "192.0.2.0/24",
        "--deny-ip",
        "192.0.2.7",
        "--guide-file",
        guide.to_str().unwrap(),
    ]);
    assert_eq!(made["api_key"].as_str().unwrap().len(), 32);
    let mut made = made;
    let fields = made.as_object_mut().unwrap();
    fields.remove("api_key");
    fields.remove("created_at");
    let expected = serde_json::json!({
        "name": "ci", "description": "Builds", "group": "builders", "token_lifetime": "90d",
        "allow_ip": ["192.0.2.0/24"], "deny_ip": ["192.0.2.7/32"], "state": "active",
        "has_guide": true, "blocked": null,
    });
    assert_eq!(made, expected);
    let table = stage.done(&["connection", "show", "ci"]).out;
    for line in ["allow ip        192.0.2.0/24\n", "has guide       yes\n"] {
        assert!(table.contains(line), "{table}");
    }
}

#[test]
fn an_edit_says_what_it_did_not_find_and_what_was_so_already() {
    let stage = TestHome::new();
    stage.done(&[
        "connection",
        "add",
        "ci",
        "--group",
        "g",
        "--token-lifetime",
        "1y",
    ]);
    let edit = |flags: &[&str]| stage.done(&[&["connection", "edit", "ci"], flags].concat());
    let absent = edit(&[
        "--remove-allow-ip",
        "10.0.0.0/8",
        "--add-deny-ip",
        "10.0.0.1",
    ]);
    assert_eq!(
        absent.err,
        "`10.0.0.0/8` was not in the list, so it was not removed\n"
    );
    let again = edit(&["--add-deny-ip", "10.0.0.1"]);
    assert_eq!(
        again.err,
        "connection `ci` is already up to date; nothing was changed\n"
    );
    edit(&["--group", "", "--token-lifetime", "", "--rename", "builds"]);
    let now = stage.json(&["connection", "show", "builds"]);
    assert!(
        now["group"].is_null() && now["token_lifetime"].is_null(),
        "{now}"
    );
    let both = [
        "--add-allow-ip",
        "10.0.0.1",
        "--remove-allow-ip",
        "10.0.0.1",
    ];
    stage.fails(2, &[&["connection", "edit", "builds"], &both[..]].concat());
}

#[test]
fn lists_come_in_four_formats_and_an_empty_one_is_said() {
    let stage = TestHome::new();
    let empty = FORMATS.map(|format| stage.done(&["connection", "list", "-o", format]));
    assert_eq!(
        (empty[0].out.as_str(), empty[0].err.as_str()),
        ("", "no connections\n")
    );
    assert_eq!(empty[1].out, "[]\n");
    assert_eq!(empty[2].out, "");
    assert!(
        empty[3]
            .out
            .starts_with("name,description,api_key,group,token_lifetime,allow_ip,")
    );
    assert!(empty[1..].iter().all(|answer| answer.err.is_empty()));
    stage.done(&["connection", "add", "ci"]);
    let table = stage.done(&["connection", "list"]).out;
    assert_eq!(
        table,
        "NAME  DESCRIPTION  GROUP  TOKEN LIFETIME  STATE\nci                                        active\n"
    );
}

#[test]
fn if_absent_names_each_difference() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    let add = ["connection", "add", "ci", "--if-absent"];
    assert!(stage.done(&add).err.ends_with("nothing was changed\n"));
    let flags = [
        "--group",
        "g",
        "--token-lifetime",
        "1d",
        "--allow-ip",
        "10.0.0.1",
    ];
    let answer = stage.done(&[&add[..], &flags].concat());
    assert_eq!(answer.out, "");
    let expected = "it differs in: group, token lifetime, allowed addresses\n";
    assert!(answer.err.ends_with(expected), "{answer:?}");
    assert!(stage.json(&["connection", "show", "ci"])["group"].is_null());
}

#[test]
fn a_block_says_what_stops_and_is_lifted() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    stage.done(&[
        "profile",
        "add",
        "bound",
        "--connection",
        "ci",
        "--token",
        "one",
    ]);
    stage.done(&["profile", "add", "open", "--token", "two"]);
    let block = ["connection", "block", "ci", "--reason", "leaked log"];
    stage.asks_first(
        &block,
        "blocking connection `ci`:\n  1 valid token stops working: bound/one\n  \
         1 valid token stays valid, but for fewer connections: open/two\n",
    );
    let done = stage.done(&[&block[..], &["--yes"]].concat());
    assert!(
        done.err.ends_with("connection `ci` is blocked\n"),
        "{done:?}"
    );
    let shown = stage.json(&["connection", "show", "ci"]);
    assert_eq!(
        (&shown["state"], &shown["blocked"]["reason"]),
        (&"blocked".into(), &"leaked log".into())
    );
    let again = stage.done(&[&block[..], &["--yes"]].concat());
    assert!(
        again
            .err
            .ends_with("is blocked already; nothing was changed\n"),
        "{again:?}"
    );
    assert_eq!(
        stage.json(&["connection", "unblock", "ci"])["state"],
        "active"
    );
    let again = stage.done(&["connection", "unblock", "ci"]);
    assert_eq!(
        again.err,
        "connection `ci` is active already; nothing was changed\n"
    );
}

#[test]
fn what_is_named_is_not_deleted() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    stage.done(&["connection", "add", "cd"]);
    stage.done(&["profile", "add", "one", "--connection", "ci"]);
    let told = stage.fails(6, &["connection", "delete", "ci", "--yes"]);
    let hint = "hint: hallpass profile edit one --remove-connection ci\n";
    assert!(
        told.contains("`ci` is still used by profile one\n") && told.ends_with(hint),
        "{told}"
    );
    let delete = ["connection", "delete", "cd"];
    stage.asks_first(
        &delete,
        "deleting connection `cd`:\n  no valid token stops working\n",
    );
    let gone = stage.json(&[&delete[..], &["--yes"]].concat());
    assert_eq!(gone["name"], "cd");
    stage.fails(3, &delete);
}

#[test]
fn an_api_key_is_replaced_when_that_is_confirmed() {
    let stage = TestHome::new();
    let old = stage.json(&["connection", "add", "ci"])["api_key"].clone();
    let rotate = ["connection", "rotate-key", "ci"];
    stage.asks_first(
        &rotate,
        &format!("{} is no longer accepted", old.as_str().unwrap()),
    );
    let new = stage.json(&[&rotate[..], &["--yes"]].concat())["api_key"].clone();
    assert_ne!(new, old);
    assert_eq!(stage.json(&["connection", "show", "ci"])["api_key"], new);
}

#[test]
fn bad_input_is_told_apart() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    stage.fails(4, &["connection", "add", "CI"]);
    for verb in ["show", "block", "unblock", "delete", "rotate-key"] {
        let told = stage.fails(3, &["connection", verb, "nowhere"]);
        assert!(
            told.starts_with("error: no connection `nowhere`\nhint: hallpass conn"),
            "{told}"
        );
    }
    for value in hostile() {
        for arguments in [
            ["add", &value, "--group", "g"],
            ["add", "x", "--group", &value],
        ] {
            let told = stage.fails(2, &[&["connection"], &arguments[..]].concat());
            assert!(value.is_empty() || !told.contains(&value), "{told}");
        }
    }
    for (flag, value) in [
        ("--token-lifetime", "90"),
        ("--token-lifetime", "3mo"),
        ("--allow-ip", "10.0.0.1/8"),
        ("--allow-ip", "example.com"),
    ] {
        stage.fails(2, &["connection", "add", "x", flag, value]);
    }
}

#[test]
fn a_guide_is_text_and_bounded() {
    let stage = TestHome::new();
    let add = |name: &str, text: &str| {
        let file = stage.write("guide.md", text);
        stage.run(&[
            "connection",
            "add",
            name,
            "--guide-file",
            file.to_str().unwrap(),
        ])
    };
    for bad in [
        "",
        "\n",
        "a\u{1b}[2J",
        "a\u{202e}",
        &"x".repeat(64 * 1024 + 2),
    ] {
        let answer = add("ci", bad);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(
            !answer.err.contains('\u{1b}') && answer.err.len() < 500,
            "{answer:?}"
        );
    }
    assert_eq!(add("ci", "# Fine\r\n").code, 0);
    let missing = stage.fails(3, &["connection", "add", "x", "--guide-file", "nowhere.md"]);
    assert!(
        missing.contains("no file or folder `nowhere.md`"),
        "{missing}"
    );
    let cleared = stage.json(&["connection", "edit", "ci", "--guide-file", ""]);
    assert_eq!(cleared["has_guide"], false);
}

#[test]
fn a_question_is_answered_at_the_terminal() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "ci"]);
    let mut declined = stage.terminal(&["connection", "block", "ci"]);
    declined.press("Block it?", "n\n");
    let (status, screen, _) = declined.finish();
    assert_eq!(status.code(), Some(5));
    assert!(screen.contains("declined; nothing was changed"), "{screen}");
    assert_eq!(stage.json(&["connection", "show", "ci"])["state"], "active");

    let mut accepted = stage.terminal(&["connection", "block", "ci"]);
    accepted.press("Block it?", "y\n");
    let (status, screen, _) = accepted.finish();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert_eq!(
        stage.json(&["connection", "show", "ci"])["state"],
        "blocked"
    );
}

#[test]
fn taking_ranges_away_never_ends_in_anywhere() {
    let stage = TestHome::new();
    stage.done(&["connection", "add", "hr", "--allow-ip", "192.0.2.0/24"]);
    let told = stage.fails(
        6,
        &[
            "connection",
            "edit",
            "hr",
            "--remove-allow-ip",
            "192.0.2.0/24",
        ],
    );
    assert!(told.contains("--any-ip"), "{told}");
    stage.done(&["connection", "edit", "hr", "--any-ip"]);
    assert_eq!(
        stage.json(&["connection", "show", "hr"])["allow_ip"],
        serde_json::json!([])
    );
}
