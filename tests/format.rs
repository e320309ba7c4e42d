//! Stores of every released format open, say what they said, and can be written.
//!
//! `tests/data/stores/v1` was made by `cargo test --test all format::make -- --ignored` when format 1 was
//! settled, and is never made again: a program that no longer reads it has changed the format.

use std::fs;
use std::path::{Path, PathBuf};

use crate::seal::lab::Lab;

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stores/v1")
}

fn text(name: &str) -> String {
    fs::read_to_string(place().join(name)).unwrap()
}

fn kept() -> Lab {
    let store = fs::read(place().join("store.db")).unwrap();
    Lab::with(&store, &text("store.key"), &text("tokens.txt"))
}

#[test]
fn format_1_says_what_it_said() {
    let lab = kept();
    lab.check().unwrap();
    assert_eq!(format!("{}\n", lab.answer().unwrap()), text("answers.jsonl"));
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
    let lab = Lab::new();
    fs::create_dir_all(place()).unwrap();
    let tokens: Vec<_> = lab.tokens.iter().map(|token| token.expose().to_owned()).collect();
    fs::write(place().join("store.db"), lab.bytes()).unwrap();
    fs::write(place().join("store.key"), lab.key()).unwrap();
    fs::write(place().join("tokens.txt"), format!("{}\n", tokens.join("\n"))).unwrap();
    fs::write(place().join("answers.jsonl"), format!("{}\n", lab.answer().unwrap())).unwrap();
}
