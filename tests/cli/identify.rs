//! `hallpass token identify`.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};
use serde_json::Value;

use super::{FORMATS, fields};
use crate::support::test_home::TestHome;

const FIELDS: [&str; 7] = ["path", "line", "column", "form", "id", "known", "token"];

fn foreign() -> String {
    Token::generate(&mut OsEntropy)
        .unwrap()
        .encode(Encoding::Native)
        .expose()
        .to_owned()
}

#[test]
fn a_text_is_searched_and_its_tokens_are_named() {
    let stage = TestHome::with_sample_data();
    let (ours, theirs) = (stage.token(&["github/a"]), foreign());
    let text = format!("x\n  {ours}\nand {theirs}\n");
    for format in FORMATS {
        let ran = stage.piped(&["token", "identify", "-o", format], &text);
        assert_eq!(ran.code, 7, "{ran:?}");
        assert!(
            ran.out.contains(&ours[..17]) && ran.out.contains(&theirs[..17]),
            "{ran:?}"
        );
        for whole in [&ours, &theirs] {
            assert!(!ran.out.contains(&whole[..30]) && !ran.err.contains(&whole[..30]));
        }
    }
    let table = stage.piped(&["token", "identify"], &text).out;
    let ours_line = table.lines().nth(1).unwrap();
    for word in ["<stdin>:2:3", "native", "yes", "github", "ci", "active"] {
        assert!(ours_line.contains(word), "{ours_line}");
    }
    let lines = stage
        .piped(&["token", "identify", "-o", "jsonl"], &text)
        .out;
    let rows: Vec<Value> = lines
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(fields(lines.lines().nth(1).unwrap()), FIELDS);
    assert_eq!(
        (&rows[0]["known"], &rows[1]["known"]),
        (&true.into(), &false.into())
    );
    assert_eq!(rows[0]["token"], stage.json(&["token", "show", "github/a"]));
    assert_eq!(
        (&rows[1]["token"], &rows[1]["path"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&rows[1]["line"], &rows[1]["column"]),
        (&3.into(), &5.into())
    );
}

#[test]
fn nothing_found_is_good_and_said() {
    let stage = TestHome::empty();
    stage.write("notes", "the id hpass_00000000000 is no secret\n");
    let ran = stage.done(&["token", "identify", "--path", "notes"]);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", "no token was found in 1 text\n")
    );
    let json = stage.done(&["token", "identify", "--path", "notes", "-o", "json"]);
    assert_eq!(json.out, "[]\n");
    let piped = stage.piped(&["token", "identify", "-o", "jsonl"], "nothing\n");
    assert_eq!((piped.code, piped.out.as_str()), (0, ""), "{piped:?}");
}

#[test]
fn folders_are_searched_with_what_is_hidden_and_without_what_is_no_text() {
    let stage = TestHome::empty();
    let token = foreign();
    let file = |name: &str, text: &str| {
        let path = stage.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    file("tree/b/two", &format!("\n\n{token}"));
    file("tree/a/one", &token);
    file("tree/.hidden/.env", &format!("T={token}"));
    file("tree/.git/config", &format!("url = https://x:{token}@host"));
    file("tree/.git/HEAD", "ref: refs/heads/main");
    file("tree/.git/refs/heads/main", "0");
    file("tree/.git/objects/ab/cd", &token);
    file("tree/objects/kept", &token);
    file("tree/binary", &format!("\0{token}"));
    file("outside/secret", &token);
    symlink(stage.file("outside"), stage.file("tree/link")).unwrap();
    symlink(stage.file("outside/secret"), stage.file("tree/linked")).unwrap();
    symlink(stage.file("tree"), stage.file("tree/a/loop")).unwrap();
    let made = Command::new("mkfifo")
        .arg(stage.file("tree/fifo"))
        .status()
        .unwrap();
    assert!(made.success(), "the premise: something to wait on for ever");
    let places = |paths: &[&str]| {
        let paths = paths.iter().flat_map(|path| ["--path", *path]);
        let arguments: Vec<_> = ["token", "identify", "-o", "json"]
            .into_iter()
            .chain(paths)
            .collect();
        let ran = stage.run(&arguments);
        assert_eq!(ran.code, 7, "{ran:?}");
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let place = |row: &Value| format!("{}:{}", row["path"].as_str().unwrap(), row["line"]);
        assert!(
            rows.iter().all(|row| row["known"].is_null()),
            "nobody was asked"
        );
        rows.iter().map(place).collect::<Vec<_>>()
    };
    let all = [
        "tree/.git/config:1",
        "tree/.hidden/.env:1",
        "tree/a/one:1",
        "tree/b/two:3",
        "tree/objects/kept:1",
    ];
    assert_eq!(places(&["tree"]), all);
    assert_eq!(
        places(&["tree/linked", "tree/binary"]),
        ["tree/binary:1", "tree/linked:1"]
    );
    assert_eq!(
        places(&["outside/secret", "tree/a"]),
        ["outside/secret:1", "tree/a/one:1"]
    );
}

#[test]
fn what_cannot_be_read_is_not_taken_for_clean() {
    let stage = TestHome::empty();
    stage.fails(3, &["token", "identify", "--path", "nowhere"]);
    // Nobody reads the first page of a process, whoever he is.
    let memory = "/proc/self/mem";
    let told = stage.fails(1, &["token", "identify", "--path", memory]);
    assert!(told.contains("`/proc/self/mem` cannot be read"), "{told}");
    assert!(told.contains("1 files or folders were not read"), "{told}");
    // Whether there is such a file cannot be told.
    symlink("circle", stage.file("circle")).unwrap();
    let told = stage.fails(1, &["token", "identify", "--path", "circle/one"]);
    assert!(told.contains("circle/one` cannot be read"), "{told}");
    stage.write("leak", &foreign());
    let ran = stage.run(&["token", "identify", "--path", "leak", "--path", memory]);
    assert!(
        ran.code == 7 && ran.err.contains("cannot be read"),
        "{ran:?}"
    );
}

#[test]
fn a_key_is_never_asked_for_and_a_store_that_does_not_open_hides_nothing() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    let file = stage.write("leak", &token);
    let leak = file.to_str().unwrap();
    fs::rename(stage.config(), stage.file("moved.toml")).unwrap();
    let terminal = stage.terminal(&["token", "identify", "--path", leak]);
    assert!(terminal.echo());
    let (status, screen, _) = terminal.finish();
    assert_eq!(status.code(), Some(7), "{screen}");
    assert!(
        screen.contains("no key available") && screen.contains(&token[..17]),
        "{screen}"
    );
    assert!(!screen.contains("Passphrase"), "{screen}");
    let wrong = ["token", "identify", "--path", leak, "--key-file", leak];
    let ran = stage.run(&wrong);
    assert_eq!(ran.code, 7, "{ran:?}");
    assert!(
        ran.err.contains("could not be looked up in the store") && ran.out.contains(&token[..17]),
        "{ran:?}"
    );
    let revoking = stage.run(&[&wrong[..], &["--revoke", "--yes"]].concat());
    assert_eq!(revoking.code, 20, "{revoking:?}");
    let without = stage.run(&["token", "identify", "--path", leak, "--revoke", "--yes"]);
    assert_eq!(without.code, 21, "{without:?}");
}

#[test]
fn what_was_found_is_revoked_after_a_confirmation() {
    let stage = TestHome::with_sample_data();
    let tokens = ["a", "b"].map(|name| stage.token(&[&format!("github/{name}")]));
    stage.write(
        "leak",
        &format!("{}\n{}\n{}\n", tokens[0], tokens[0], foreign()),
    );
    let base = ["token", "identify", "--path", "leak"];
    let with = |more: &[&str]| stage.run(&[&base, more].concat());
    let live = || stage.json(&["token", "list"]).as_array().unwrap().len();
    let refused = with(&["--revoke"]);
    assert!(
        refused.code == 5
            && refused
                .err
                .contains("1 valid token stops working: github/a"),
        "{refused:?}"
    );
    let dry = with(&["--revoke", "--dry-run"]);
    assert!(
        dry.code == 7 && dry.out.contains("1 valid token stops working: github/a"),
        "{dry:?}"
    );
    assert_eq!(with(&["--yes"]).code, 7);
    assert_eq!(
        (
            with(&["--reason", "x"]).code,
            with(&["--dry-run"]).code,
            live()
        ),
        (2, 2, 2)
    );
    let done = with(&["--revoke", "--yes", "--reason", "leaked", "-o", "json"]);
    assert_eq!(done.code, 7, "{done:?}");
    let rows: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&rows[0]["token"]["state"], &rows[1]["token"]["reason"]),
        (&"revoked".into(), &"leaked".into())
    );
    assert_eq!((&rows[2]["known"], live()), (&false.into(), 1));
    let again = with(&["--revoke", "--yes"]);
    assert!(
        again.code == 7 && again.err.contains("none of the tokens is live"),
        "{again:?}"
    );
}

#[test]
fn a_person_is_asked_only_about_what_was_to_be_revoked() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    stage.write("leak", &token);
    let found = stage.terminal(&["token", "identify", "--path", "leak"]);
    let (status, screen, _) = found.finish();
    assert_eq!(status.code(), Some(7), "{screen}");
    assert!(
        screen.contains("`--revoke` revokes the live ones"),
        "{screen}"
    );
    for (key, code, state) in [("n\n", 5, "active"), ("y\n", 7, "revoked")] {
        let revoke = ["token", "identify", "--path", "leak", "--revoke"];
        let mut terminal = stage.terminal(&revoke);
        terminal.press("Revoke them?", key);
        let (status, screen, _) = terminal.finish();
        assert_eq!(status.code(), Some(code), "{screen}");
        assert_eq!(stage.json(&["token", "list", "--all"])[0]["state"], state);
    }
}

/// What is left of a paste, the shell would run.
#[test]
fn all_of_a_paste_is_read_and_none_of_it_is_shown() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    let mut terminal = stage.terminal(&["token", "identify"]);
    terminal.wait_for_hidden("Token, or text with tokens, ended by Ctrl-D:");
    terminal.type_line("touch pasted");
    terminal.type_line(&format!("export TOKEN={token}"));
    terminal.type_line("touch pasted");
    terminal.type_end();
    let (status, screen, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(7), true), "{screen}");
    assert!(
        screen.contains("<stdin>:2:14") && screen.contains("github"),
        "{screen}"
    );
    assert!(
        !screen.contains(&token) && !screen.contains("pasted"),
        "{screen}"
    );
    let mut terminal = stage.terminal(&["token", "identify"]);
    terminal.wait_for_hidden("ended by Ctrl-D:");
    terminal.type_end();
    let (status, screen, _) = terminal.finish();
    assert!(
        status.code() == Some(2) && screen.contains("standard input is empty"),
        "{screen}"
    );
}

#[test]
fn a_whole_token_is_neither_an_argument_nor_shown_as_a_path() {
    let stage = TestHome::with_sample_data();
    let token = stage.token(&["github/a"]);
    for arguments in [
        &[token.as_str()][..],
        &["--path", &token],
        &["--reason", &token],
    ] {
        let ran = stage.run(&[&["token", "identify"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(!ran.err.contains(&token), "{}", ran.err);
    }
    fs::create_dir(stage.file("tree")).unwrap();
    stage.write(&format!("tree/{token}"), &token);
    for format in FORMATS {
        let ran = stage.run(&["token", "identify", "--path", "tree", "-o", format]);
        assert!(ran.code == 7 && !ran.out.contains(&token), "{ran:?}");
    }
    let both = ["token", "identify", "--passphrase-file", "-"];
    let both = stage.piped(&both, &token);
    assert!(
        both.code == 2 && both.err.contains("the passphrase and the text"),
        "{both:?}"
    );
}
