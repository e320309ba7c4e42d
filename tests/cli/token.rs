//! `hallpass token`.

use serde_json::Value;

use super::fields;
use crate::support::test_home::TestHome;

mod stopped;

const FIELDS: [&str; 15] = [
    "id",
    "name",
    "profile",
    "connection",
    "environment",
    "device",
    "state",
    "effective",
    "reason",
    "allow_ip",
    "created_at",
    "expires_at",
    "last_used_at",
    "predecessor",
    "successor",
];

#[test]
fn a_new_token_stands_alone_on_stdout_and_the_rest_is_said() {
    let stage = TestHome::with_sample_data();
    let ran = stage.run(&["token", "add", "github/laptop"]);
    let token = ran.out.strip_suffix('\n').unwrap();
    assert_eq!((token.len(), token.starts_with("hpass_")), (56, true));
    let shown = stage.json(&["token", "show", "github/laptop"]);
    let (id, end) = (
        shown["id"].as_str().unwrap(),
        shown["expires_at"].as_str().unwrap(),
    );
    assert!(token.starts_with(id));
    assert_eq!(
        ran.err,
        format!(
            "token github/laptop ({id}) expires {end}\n\
             defaults used: environment production (the default), connection ci (the profile's only \
             one), lifetime 1y (from setting `token_lifetime`)\n\
             copy it now: it is not shown again\n"
        )
    );
    let all = [
        "--connection",
        "ci",
        "--environment",
        "production",
        "--expires",
        "never",
    ];
    let ran = stage.run(&[&["token", "add", "github/b"], &all[..]].concat());
    assert!(
        !ran.err.contains("defaults used") && ran.err.contains(" never expires\n"),
        "{}",
        ran.err
    );
    let quiet = stage.run(&["token", "add", "github/c", "-q"]);
    assert_eq!(quiet.err, "");
}

#[test]
fn a_new_token_in_documents_is_the_token_and_its_secret() {
    let stage = TestHome::with_sample_data();
    let ran = stage.run(&["token", "add", "github/a", "-o", "json"]);
    let issued = fields(&ran.out);
    assert_eq!(issued[..15], FIELDS);
    assert_eq!(issued.last().unwrap(), "token");
    assert_eq!(ran.out.matches('\n').count(), 1);
    let shown = stage.done(&["token", "show", "github/a", "-o", "json"]).out;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let mut whole: Value = serde_json::from_str(&ran.out).unwrap();
    let secret = whole.as_object_mut().unwrap().remove("token").unwrap();
    assert_eq!(whole, shown);
    assert_eq!(stage.verdict(secret.as_str().unwrap(), &[]).0, 0);
    let csv = stage.done(&["token", "add", "github/b", "-o", "csv"]).out;
    assert!(csv.lines().next().unwrap().ends_with(",token"));
    let secret = csv.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    assert_eq!(stage.verdict(secret.trim_matches('"'), &[]).0, 0);
}

#[test]
fn every_form_is_spelt_as_it_is_asked_for() {
    let stage = TestHome::with_sample_data();
    let xml = stage.token(&["github/x", "--form", "xml"]);
    assert!(
        xml.starts_with("<token><version>1</version><data>"),
        "{xml}"
    );
    assert!(
        stage
            .token(&["github/h", "--form", "header"])
            .starts_with("AfasToken ")
    );
    let hex = stage.token(&["github/e", "--form", "hex"]);
    assert!(hex.len() == 64 && hex.bytes().all(|c| c.is_ascii_hexdigit()));
    assert_eq!(
        stage
            .run(&["token", "add", "github/o", "--form", "other"])
            .code,
        2
    );
}

#[test]
fn what_cannot_be_made_is_refused_with_its_code() {
    let stage = TestHome::with_sample_data();
    stage.done(&["connection", "edit", "ci", "--token-lifetime", "30d"]);
    stage.token(&["github/laptop"]);
    for (code, arguments) in [
        (3, &["nobody/laptop"][..]),
        (3, &["github/x", "--connection", "nope"]),
        (3, &["github/x", "--environment", "nope"]),
        (4, &["github/LAPTOP"]),
        (6, &["github/x", "--connection", "hr"]),
        (6, &["github/x", "--expires", "31d"]),
        (6, &["github/x", "--expires", "never"]),
        (6, &["github/x", "--expires", "2020-01-01"]),
        (2, &["github/x", "--expires", "90"]),
        (2, &["github/x", "--expires", "3mo"]),
        (2, &["github/x", "--allow-ip", "10.0.0.0/33"]),
        (2, &["github"]),
        (2, &["github/"]),
        (2, &["github/a/b"]),
        (2, &["github/../x"]),
        (2, &["github/a\u{202e}b"]),
        (2, &["hpass_00000000000"]),
        (2, &["github/x", "--device", "a\u{1b}[31m"]),
        (2, &["github/x", "--if-absent"]),
    ] {
        let ran = stage.run(&[&["token", "add", "-o", "json"], arguments].concat());
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (code, ""),
            "{arguments:?}: {}",
            ran.err
        );
        assert!(!ran.error()["message"].as_str().unwrap().is_empty());
        assert!(!ran.err.contains(['\u{202e}', '\u{1b}']));
    }
    assert_eq!(
        stage
            .json(&["token", "list", "--all"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    stage.done(&["profile", "suspend", "github", "--yes"]);
    assert_eq!(stage.run(&["token", "add", "github/x"]).code, 6);
}

#[test]
fn a_list_is_what_the_filters_say_in_every_format() {
    let stage = TestHome::with_sample_data();
    assert_eq!(stage.run(&["token", "list"]).err, "no tokens\n");
    assert_eq!(stage.done(&["token", "list", "-o", "json"]).out, "[]\n");
    stage.done(&["profile", "add", "open"]);
    for token in [
        &["github/b"][..],
        &["github/a", "--expires", "7d"],
        &["open/c"],
    ] {
        stage.token(token);
    }
    stage.done(&["token", "revoke", "github/b", "--yes"]);
    let names = |arguments: &[&str]| -> Vec<String> {
        let list = stage.json(&[&["token", "list"], arguments].concat());
        let list = list.as_array().unwrap().iter();
        list.map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&[]), ["a", "c"]);
    assert_eq!(names(&["--all"]), ["a", "b", "c"]);
    assert_eq!(names(&["GitHub", "--all"]), ["a", "b"]);
    assert_eq!(names(&["--connection", "ci"]), ["a"]);
    assert_eq!(names(&["--expiring-in", "14d"]), ["a"]);
    assert!(names(&["--unused-for", "30m"]).is_empty());
    assert_eq!(stage.run(&["token", "list", "nobody"]).code, 3);
    assert_eq!(
        stage.run(&["token", "list", "--connection", "nope"]).code,
        3
    );
    let table = stage.done(&["token", "list"]).out;
    assert_eq!(table.lines().count(), 3);
    let headings = table
        .lines()
        .next()
        .unwrap()
        .split("  ")
        .filter(|it| !it.is_empty());
    assert_eq!(headings.map(str::trim).count(), 6, "{table}");
    let lines = stage.done(&["token", "list", "-o", "jsonl"]).out;
    assert!(lines.lines().all(|line| fields(line)[..15] == FIELDS));
    let csv = stage.done(&["token", "list", "--all", "-o", "csv"]).out;
    assert!(
        csv.starts_with("id,profile,name,") && csv.lines().count() == 4,
        "{csv}"
    );
}

#[test]
fn a_token_is_reached_by_name_by_id_and_by_itself() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/laptop"]);
    let id = &token[..17];
    let shown = stage.json(&["token", "show", "GITHUB/Laptop"]);
    assert_eq!(stage.json(&["token", "show", id]), shown);
    let whole = stage.piped(
        &["token", "show", "--token-file", "-", "-o", "json"],
        &token,
    );
    assert_eq!(serde_json::from_str::<Value>(&whole.out).unwrap(), shown);
    for verb in ["suspend", "resume"] {
        let ran = stage.piped(&["token", verb, "--token-file", "-"], &token);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    }
    let ran = stage.piped(&["token", "revoke", "--token-file", "-", "--yes"], &token);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        stage.run(&["token", "show", "github/laptop"]).code,
        3,
        "a tombstone has no name"
    );
    assert_eq!(stage.json(&["token", "show", id])["state"], "revoked");
    let malformed = stage.piped(&["token", "show", "--token-file", "-"], "hpass_oops");
    assert_eq!((malformed.code, malformed.out.as_str()), (2, ""));
    let none = stage.run(&["token", "show", "hpass_00000000000"]);
    assert_eq!(none.code, 3);
}

#[test]
fn a_whole_token_as_an_argument_is_not_repeated() {
    let stage = TestHome::with_sample_data();
    for form in ["native", "xml", "hex", "header"] {
        let token = stage.token(&[&format!("github/{form}"), "--form", form]);
        let id = stage.json(&["token", "show", &format!("github/{form}")])["id"].clone();
        for verb in ["show", "suspend", "resume", "revoke"] {
            let ran = stage.run(&["token", verb, &token, "-o", "json"]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{verb} {form}");
            let hint = ran.error()["hint"].as_str().unwrap().to_owned();
            assert!(!ran.err.contains(&token), "{}", ran.err);
            assert!(hint.contains(id.as_str().unwrap()), "{hint}");
            assert!(hint.contains("--token-file -"), "{hint}");
        }
        for arguments in [
            &["token", "add", &token][..],
            &["verify", &token],
            &["verify", "--token-file", &token],
            &["verify", "--device", &token, "--ip", "x"],
            &["token", "revoke", "-", "--reason", "x", &token],
            &[&token],
        ] {
            let ran = stage.run(arguments);
            assert_eq!(ran.code, 2, "{arguments:?}");
            assert!(
                !ran.err.contains(&token) && ran.out.is_empty(),
                "{}",
                ran.err
            );
        }
        for words in [["token", "list"], ["password", "set"], ["profile", "show"]] {
            let ran = stage.run(&[&words[..], &[&token]].concat());
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?} {form}");
            assert!(!ran.err.contains(&token), "{}", ran.err);
        }
        let listed = stage.piped(
            &["token", "revoke", "-", "--yes"],
            format!("github/x\n{token}\n"),
        );
        assert!(
            listed.code == 2 && !listed.err.contains(&token),
            "{}",
            listed.err
        );
        assert!(listed.err.contains("line 2"), "{}", listed.err);
    }
}

#[test]
fn a_token_is_no_text_and_no_device() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a", "--connection", "ci"]);
    let about = format!("it is {token}, is it");
    for arguments in [
        &["profile", "edit", "github", "--description", &about][..],
        &["token", "revoke", "github/a", "--yes", "--reason", &token],
        &["token", "add", "github/b", "--device", &token],
    ] {
        let said = stage.fails(2, arguments);
        assert!(!said.contains(&token[18..]), "{said}");
    }
    assert_eq!(stage.verdict(&token, &[]).0, 0);
}
