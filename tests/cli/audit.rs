//! `hallpass audit`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{FORMATS, fields};
use crate::support::test_home::TestHome;

const FIELDS: [&str; 8] = [
    "seq", "at", "epoch", "actor", "action", "object", "outcome", "details",
];

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_list_says_who_did_what_in_four_formats() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    stage.done(&["profile", "edit", "github", "--email", "a@example.com"]);
    let table = stage.done(&["audit", "list"]);
    let heading = table.out.lines().next().unwrap();
    let headings: Vec<_> = heading.split_whitespace().collect();
    assert_eq!(
        headings,
        ["AT", "ACTOR", "ACTION", "OBJECT", "OUTCOME", "SUMMARY"]
    );
    let newest = table.out.lines().last().unwrap();
    assert!(newest.contains("profile.edit") && newest.contains("email: none -> a@example.com"));
    assert_eq!(
        (table.out.lines().count(), table.err.as_str()),
        (8, ""),
        "{table:?}"
    );
    let json = stage.json(&["audit", "list", "--profile", "github"]);
    let actions: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    assert_eq!(actions, ["profile.add", "token.add", "profile.edit"]);
    let jsonl = stage
        .done(&["audit", "list", "--token", &token[..17], "-o", "jsonl"])
        .out;
    assert_eq!(fields(&jsonl)[..3], FIELDS[..3]);
    assert_eq!(lines(&jsonl)[0]["object"]["name"], "a");
    let csv = stage
        .done(&["audit", "list", "--limit", "2", "-o", "csv"])
        .out;
    assert!(
        csv.starts_with("seq,at,actor,") && csv.lines().count() == 3,
        "{csv}"
    );
    let none = stage.done(&["audit", "list", "--until", "2020-01-01"]);
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "no entries\n"));
}

#[test]
fn what_is_not_there_or_not_meant_is_an_error() {
    let stage = TestHome::with_sample_data();
    let gone = stage.fails(3, &["audit", "list", "--profile", "nobody"]);
    assert!(
        gone.contains("hint: hallpass audit list --action profile.delete"),
        "{gone}"
    );
    stage.fails(3, &["audit", "list", "--connection", "nobody"]);
    stage.fails(3, &["audit", "list", "--token", "github/none"]);
    let token = stage.token(&["github/a"]);
    for arguments in [
        &["--token", &token][..],
        &["--profile", &token],
        &["--since", "8"],
        &["--since", "tomorrow"],
        &["--limit", "0"],
        &["--limit", "5", "--all"],
        &["--follow", "--until", "1h"],
        &["--action", "Token"],
        &["surplus"],
    ] {
        let told = stage.fails(2, &[&["audit", "list"], arguments].concat());
        assert!(!told.contains(&token), "{told}");
    }
    for head in ["1", "1:ab", "x:00"] {
        stage.fails(2, &["audit", "verify", "--head", head]);
    }
    let bare = stage.run(&["audit"]);
    assert_eq!(bare.code, 2);
}

#[test]
fn a_terminal_is_shown_the_last_fifty_and_told_of_the_rest() {
    let stage = TestHome::with_sample_data();
    for n in 0..51 {
        stage.done(&[
            "profile",
            "edit",
            "github",
            "--description",
            &format!("round {n}"),
        ]);
    }
    let (status, screen, _) = stage.terminal(&["audit", "list"]).finish();
    assert!(status.success() && screen.contains("round 50"), "{screen}");
    assert!(
        !screen.contains("none -> round 0") && screen.contains("the last 50; `--all`"),
        "{screen}"
    );
    let (_, all, _) = stage.terminal(&["audit", "list", "--all"]).finish();
    assert!(
        all.contains("store.init") && !all.contains("the last"),
        "{all}"
    );
    let (_, since, _) = stage.terminal(&["audit", "list", "--since", "1h"]).finish();
    assert!(
        since.contains("store.init") && !since.contains("the last"),
        "{since}"
    );
    assert_eq!(stage.json(&["audit", "list"]).as_array().unwrap().len(), 56);
}

#[test]
fn a_head_is_a_witness_and_the_log_is_proven() {
    let stage = TestHome::with_sample_data();
    let head = stage.done(&["audit", "head"]).out;
    let head = head.trim_end();
    assert_eq!(stage.json(&["audit", "head"])["head"], head);
    let common = fs::read(stage.store()).unwrap();
    stage.done(&["connection", "add", "later"]);
    let proof = stage.json(&["audit", "verify", "--head", head]);
    assert_eq!(
        (&proof["rows"], &proof["anchor"]),
        (&6.into(), &"ok".into())
    );
    assert_eq!(proof["witnesses"], 1);
    let later = stage.done(&["audit", "head"]).out;
    let forged = format!("5:{}", "0".repeat(64));
    let differs = stage.fails(32, &["audit", "verify", "--head", &forged]);
    assert!(differs.contains("entry 5 of the log"), "{differs}");
    // An older store, of which this machine remembers nothing.
    fs::write(stage.store(), common).unwrap();
    let cut = ["audit", "verify", "--no-anchor", "--head", later.trim_end()];
    assert!(stage.fails(31, &cut).contains("the log ends at entry 5"));
    for format in FORMATS {
        let ran = stage.done(&["audit", "verify", "--no-anchor", "-o", format]);
        assert!(ran.out.contains("off"), "{ran:?}");
    }
}

#[test]
fn an_export_is_lines_of_json_and_proven_on_the_way() {
    let stage = TestHome::with_sample_data();
    let export = stage.done(&["audit", "export"]);
    let entries = lines(&export.out);
    assert_eq!(entries.len(), 5);
    assert_eq!(entries[4]["seq"], 5);
    let head = stage.done(&["audit", "head"]).out;
    assert_eq!(export.err, format!("5 entries; the head is {head}"));
    assert_eq!(
        stage.done(&["audit", "export", "-o", "jsonl"]).out,
        export.out
    );
    assert_eq!(stage.json(&["audit", "export"]), Value::Array(entries));
    let csv = stage.done(&["audit", "export", "-o", "csv"]).out;
    assert!(csv.starts_with("seq,") && csv.lines().count() == 6, "{csv}");
}

#[test]
fn following_shows_what_comes_and_ends_when_it_is_told_to() {
    let stage = TestHome::with_sample_data();
    for format in FORMATS {
        let arguments = [
            "audit",
            "list",
            "--follow",
            "--action",
            "connection",
            "-o",
            format,
        ];
        let mut command = stage.command(&arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut seen = String::new();
        // An array's last item has no line end yet.
        let mut wait_for = |name: &str, seen: &mut String| {
            let mut chunk = [0; 4096];
            while !seen.contains(name) {
                let count = out.read(&mut chunk).unwrap();
                assert_ne!(count, 0, "{seen}");
                seen.push_str(str::from_utf8(&chunk[..count]).unwrap());
            }
        };
        wait_for("hr", &mut seen);
        let name = format!("new-{format}");
        stage.done(&["connection", "add", &name]);
        wait_for(&name, &mut seen);
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        out.read_to_string(&mut seen).unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), said.as_str()),
            (Some(130), ""),
            "{seen}"
        );
        if format == "json" {
            assert!(serde_json::from_str::<Value>(&seen).unwrap().is_array());
        }
    }
}

#[test]
fn following_ends_when_nobody_reads_any_more() {
    let stage = TestHome::with_sample_data();
    let mut command = stage.command(&["audit", "list", "--follow", "-o", "csv"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    assert!(out.read_line(&mut String::new()).unwrap() > 0);
    drop(out);
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(1), ""));
}
