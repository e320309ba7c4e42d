//! `hallpass review`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::Value;

use super::FORMATS;
use crate::support::test_home::{Answer, TestHome};

/// The document of a review that finds something.
#[track_caller]
fn review(stage: &TestHome) -> Value {
    let answer = stage.run(&["review", "-o", "json"]);
    assert_eq!(answer.code, 7, "{answer:?}");
    serde_json::from_str(&answer.out).unwrap()
}

/// The command of a finding, if it is there.
fn command(stage: &TestHome, id: &str) -> Option<String> {
    let document = review(stage);
    let found = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == id)?;
    Some(found["command"].as_str().unwrap().to_owned())
}

/// Types a command as it was told, with what only an operator knows filled in.
#[track_caller]
fn paste(stage: &TestHome, command: &str) {
    let filled = command
        .replace("CIDR", "192.0.2.0/24")
        .replace(
            "smtp://USER@HOST",
            &format!("outbox:{}", stage.file("mails").display()),
        )
        .replace("ADDRESS", "hallpass@example.com");
    let words: Vec<_> = filled.split(' ').skip(1).chain(["--yes"]).collect();
    stage.done(&words);
}

/// A store on which everything is found that can be found on the first day.
fn neglected() -> TestHome {
    let stage = TestHome::new();
    stage.write("password", "correct horse battery staple 42\n");
    for line in [
        "connection add ci",
        "connection add hr --group staff",
        "connection add spare",
        "profile add anyone",
        "profile add both --connection ci --connection hr --group staff",
        "profile add second --connection hr --group staff --email s@example.com",
        "password set second --password-file password",
        "token add anyone/forever --connection ci --expires never",
        "token add both/soon --connection ci --expires 7d",
    ] {
        stage.done(&line.split(' ').collect::<Vec<_>>());
    }
    stage
}

#[test]
fn each_command_mends_what_it_was_told_for() {
    let stage = neglected();
    let mended = [
        "profile-unrestricted",
        "token-without-expiry",
        "profile-several-connections",
        "password-unused",
        "mail-not-set",
        "connection-group-shared",
        "token-expiring",
        "connection-without-token",
        "connection-several-tokens",
        "token-without-address",
        "store-without-recovery",
        "token-never-used",
    ];
    let there: BTreeSet<_> = review(&stage)["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(there, mended.map(str::to_owned).into());
    for id in mended {
        let mut pasted = Vec::new();
        while let Some(command) = command(&stage, id) {
            assert!(!pasted.contains(&command), "{id}: {command} did not help");
            paste(&stage, &command);
            pasted.push(command);
        }
        assert!(!pasted.is_empty(), "{id} was gone before");
    }
}

#[test]
fn a_verified_token_of_a_narrow_profile_is_all_right() {
    let stage = TestHome::new();
    stage.done(&["store", "key", "add", "--recovery-file", "recovery"]);
    stage.done(&["connection", "add", "ci", "--allow-ip", "192.0.2.0/24"]);
    stage.done(&["profile", "add", "github", "--connection", "ci"]);
    let token = stage.token(&["github/laptop"]);
    assert_eq!(stage.verdict(&token, &[]).0, 0);
    for format in FORMATS {
        let answer = stage.done(&["review", "-o", format, "--html", &format!("{format}.html")]);
        match format {
            "table" => {
                assert_eq!(answer.out, "");
                assert_eq!(answer.err, "no findings\nwrote table.html\n");
            }
            "json" => {
                let document: Value = serde_json::from_str(&answer.out).unwrap();
                assert_eq!(document["findings"], serde_json::json!([]));
            }
            "jsonl" => assert_eq!(answer.out, ""),
            _ => assert_eq!(answer.out, "severity,subject,message,command,id\n"),
        }
        let page = fs::read_to_string(stage.file(&format!("{format}.html"))).unwrap();
        assert!(page.contains("No findings."), "{page}");
    }
}

#[test]
fn findings_come_in_all_formats_one_a_line() {
    let stage = neglected();
    let document = review(&stage);
    let findings = document["findings"].as_array().unwrap();
    let counts = ["high", "medium", "low"].map(|word| {
        let count = findings.iter().filter(|it| it["severity"] == word).count();
        assert_eq!(document["counts"][word], count);
        count
    });
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    let lines = stage.run(&["review", "-o", "jsonl"]);
    let lines: Vec<Value> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, *findings);
    let table = stage.run(&["review"]);
    assert_eq!(
        (table.code, table.out.lines().count()),
        (7, findings.len() + 1)
    );
    for (line, finding) in table.out.lines().skip(1).zip(findings) {
        let (kind, name) = (&finding["subject"]["kind"], &finding["subject"]["name"]);
        let subject = format!("{} {}", kind.as_str().unwrap(), name.as_str().unwrap());
        assert!(
            line.starts_with(finding["severity"].as_str().unwrap()),
            "{line}"
        );
        assert!(line.contains(&subject), "{line}");
        assert!(
            line.ends_with(finding["command"].as_str().unwrap()),
            "{line}"
        );
    }
    assert_eq!(
        stage.run(&["review", "-o", "csv"]).out.lines().count(),
        findings.len() + 1
    );
}

#[test]
fn at_a_terminal_a_command_stands_on_a_line_of_its_own() {
    let stage = TestHome::with_sample_data();
    let (status, shown, _) = stage.terminal(&["review"]).finish();
    assert_eq!(status.code(), Some(7));
    let command = "\r\n        hallpass store key add --recovery-file recovery.txt\r\n";
    assert!(
        shown.starts_with("medium  store ") && shown.contains(command),
        "{shown:?}"
    );
}

#[test]
fn it_fails_on_what_it_is_told_to_fail_on() {
    let stage = TestHome::with_sample_data();
    let with =
        |stage: &TestHome, severity: &str| stage.run(&["review", "--fail-on", severity]).code;
    // No token yet, and no recovery code.
    assert_eq!(
        ["low", "medium", "high"].map(|it| with(&stage, it)),
        [7, 7, 0]
    );
    assert_eq!(stage.run(&["review"]).code, 7, "as with `low`");
    stage.done(&["store", "key", "add", "--recovery-file", "recovery"]);
    assert_eq!(
        ["low", "medium", "high"].map(|it| with(&stage, it)),
        [7, 0, 0]
    );
    stage.done(&["token", "add", "github/a", "--expires", "never"]);
    assert_eq!(
        ["low", "medium", "high"].map(|it| with(&stage, it)),
        [7, 7, 7]
    );
    let error = stage.fails(2, &["review", "--fail-on", "worst"]);
    assert!(error.contains("low") && error.contains("high"), "{error}");
}

#[test]
fn commands_speak_of_the_store_that_was_reviewed() {
    let stage = TestHome::new();
    let place = ["--store", "data/hallpass/store.db"];
    let answer = stage.run(&[&["review", "-o", "json"][..], &place].concat());
    let document: Value = serde_json::from_str(&answer.out).unwrap();
    let command = document["findings"][0]["command"].as_str().unwrap();
    assert!(
        command.starts_with("hallpass --store data/hallpass/store.db store key add "),
        "{command}"
    );
}

fn page(stage: &TestHome, name: &str) -> Answer {
    stage.run(&["review", "--html", name])
}

/// All files in the home, but those of the store.
fn files(stage: &TestHome) -> Vec<String> {
    let entries = fs::read_dir(stage.path()).unwrap();
    let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| name.contains("page") || name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[test]
fn a_page_is_new_and_its_owners_alone() {
    let stage = neglected();
    let answer = page(&stage, "page.html");
    assert_eq!(answer.code, 7, "{answer:?}");
    assert!(answer.err.ends_with("wrote page.html\n"), "{answer:?}");
    let path = stage.file("page.html");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let text = fs::read_to_string(&path).unwrap();
    for finding in review(&stage)["findings"].as_array().unwrap() {
        for field in ["id", "command"] {
            assert!(text.contains(finding[field].as_str().unwrap()), "{finding}");
        }
    }
    for part in [
        "anyone",
        "both",
        "second",
        "forever",
        "soon",
        "never used, never expires",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert_eq!(files(&stage), ["page.html"], "no draft is left");
    // Never over anything, and never through a link, wherever that leads.
    let again = stage.run(&["review", "--html", "page.html", "-o", "json"]);
    assert_eq!(
        (again.code, again.error()["kind"].as_str()),
        (4, Some("exists")),
        "{again:?}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    symlink("elsewhere", stage.file("page-link")).unwrap();
    assert_eq!(page(&stage, "page-link").code, 4);
    assert!(!stage.file("elsewhere").exists());
    assert_eq!(page(&stage, "missing/page.html").code, 3);
    assert_eq!(page(&stage, "page.html/page.html").code, 42);
    assert_eq!(page(&stage, "..").code, 2);
}

#[test]
fn hostile_texts_are_shown_as_they_are() {
    let stage = TestHome::with_sample_data();
    let hostile = "</p><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;";
    stage.done(&["profile", "edit", "github", "--description", hostile]);
    stage.done(&["token", "add", "github/a", "--device", "<b onload='x'>\"&"]);
    assert_eq!(page(&stage, "page.html").code, 7);
    let text = fs::read_to_string(stage.file("page.html")).unwrap();
    let escaped = "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x \
                   onerror=alert(1)&gt;&quot;&#39;&amp;amp;";
    assert!(text.contains(escaped));
    assert!(text.contains("&lt;b onload=&#39;x&#39;&gt;&quot;&amp;"));
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("<b onload"));
}

#[test]
fn a_damaged_row_leaves_no_page() {
    let stage = neglected();
    let connection = rusqlite::Connection::open(stage.store()).unwrap();
    let changed = connection.execute(
        "UPDATE obj SET ct = CAST(substr(ct, 1, 40) || x'ff00ff00' || substr(ct, 45) AS BLOB) \
         WHERE id = (SELECT max(id) FROM obj)",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    drop(connection);
    let answer = page(&stage, "page.html");
    assert_eq!((answer.code, answer.out.as_str()), (30, ""), "{answer:?}");
    assert_eq!(files(&stage), [""; 0]);
}
