//! Stores of every released format open, say what they said, and can be written.
//!
//! `tests/data/stores/v1` was made by `cargo test --test all format::make -- --ignored` when format 1 was
//! settled, and is never made again: a program that no longer reads it has changed the format.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::seal::attack_store::AttackStore;

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stores/v1")
}

fn text(name: &str) -> String {
    fs::read_to_string(place().join(name)).unwrap()
}

fn kept() -> AttackStore {
    let store = fs::read(place().join("store.db")).unwrap();
    AttackStore::with(&store, &text("store.key"), &text("tokens.txt"))
}

#[test]
fn format_1_says_what_it_said() {
    let lab = kept();
    lab.check().unwrap();
    let (says, said) = (lab.answer().unwrap(), text("answers.jsonl"));
    assert_eq!(says.lines().count(), said.lines().count());
    for (says, said) in says.lines().zip(said.lines()) {
        let read = |line: &str| serde_json::from_str(line).ok();
        match (read(says), read(said)) {
            (Some(says), Some(said)) => assert!(holds(&says, &said), "{says} was {said}"),
            _ => assert_eq!(says, said),
        }
    }
}

/// Whether an answer says all that an older program said: fields may have been added.
fn holds(answer: &Value, old: &Value) -> bool {
    match (answer, old) {
        (Value::Object(answer), Value::Object(old)) => old
            .iter()
            .all(|(name, old)| answer.get(name).is_some_and(|it| holds(it, old))),
        (Value::Array(answer), Value::Array(old)) => {
            answer.len() == old.len() && answer.iter().zip(old).all(|(it, old)| holds(it, old))
        }
        _ => answer == old,
    }
}

#[test]
fn format_1_can_be_written() {
    let mut lab = kept();
    let mut core = lab.open().unwrap();
    lab.issue(&mut core, "sync", "new");
    drop(core);
    lab.check().unwrap();
}

#[test]
#[ignore = "makes the store of a format, once"]
fn make() {
    assert!(!place().exists(), "a released format is never made again");
    let lab = AttackStore::new();
    fs::create_dir_all(place()).unwrap();
    let tokens: Vec<_> = lab
        .tokens
        .iter()
        .map(|token| token.expose().to_owned())
        .collect();
    fs::write(place().join("store.db"), lab.bytes()).unwrap();
    fs::write(place().join("store.key"), lab.key()).unwrap();
    fs::write(
        place().join("tokens.txt"),
        format!("{}\n", tokens.join("\n")),
    )
    .unwrap();
    fs::write(
        place().join("answers.jsonl"),
        format!("{}\n", lab.answer().unwrap()),
    )
    .unwrap();
}
