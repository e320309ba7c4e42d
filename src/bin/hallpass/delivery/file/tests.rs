//! What a file sink replaces, and what it leaves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hallpass::ops::delivery::DeferredSink as _;
use tempfile::TempDir;

use super::*;
use crate::cli::sink::Destination;
use crate::protected::Protected;

fn home() -> (TempDir, PathBuf) {
    let mode = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .permissions(mode)
        .tempdir()
        .unwrap();
    let file = folder.path().join("out");
    (folder, file)
}

fn sink(path: &Path) -> WholeFile {
    let patience = "1s".parse().unwrap();
    let place = SinkFile::open(path, patience, &Protected::default()).unwrap();
    let named = Destination::File(path.to_owned());
    WholeFile::open(place, Terms::new(&named, patience, false)).unwrap()
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

#[test]
fn what_was_given_is_taken_back_and_what_was_there_is_back() {
    let (_home, file) = home();
    let mut out = sink(&file);
    out.deliver(&secret("new"), None).unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"new\n");
    out.restore().unwrap();
    assert!(!file.exists());
    fs::write(&file, "old").unwrap();
    out.deliver(&secret("new"), Some(b"old")).unwrap();
    out.restore().unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"old");
}

#[test]
fn what_somebody_wrote_meanwhile_stays_and_is_no_failure() {
    for before in [None, Some("old")] {
        let (_home, file) = home();
        let mut out = sink(&file);
        if let Some(text) = before {
            fs::write(&file, text).unwrap();
        }
        out.deliver(&secret("new"), before.map(str::as_bytes))
            .unwrap();
        fs::write(&file, "somebody else's").unwrap();
        out.restore().unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"somebody else's");
        fs::remove_file(&file).unwrap();
        out.restore().unwrap();
        assert!(!file.exists());
    }
}

#[test]
fn what_came_to_be_there_since_it_was_looked_at_stays_and_is_a_failure() {
    let (_home, file) = home();
    let mut out = sink(&file);
    let held = out.content().unwrap();
    assert!(held.is_none());
    fs::write(&file, "somebody else's").unwrap();
    let failed = out.deliver(&secret("new"), None).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::AlreadyExists);
    let failed = out
        .deliver(&secret("new"), Some(b"what was seen"))
        .unwrap_err();
    assert_eq!(
        failed.to_string(),
        "it was changed by another program meanwhile"
    );
    assert_eq!(fs::read(&file).unwrap(), b"somebody else's");
    fs::remove_file(&file).unwrap();
    out.deliver(&secret("new"), Some(b"what was seen"))
        .unwrap_err();
    assert!(!file.exists());
}

#[test]
fn what_is_no_file_is_not_ready() {
    let (_home, file) = home();
    let mut out = sink(&file);
    out.ready().unwrap();
    assert_eq!(out.timeout_seconds(), 1);
    assert!(
        out.display_name().contains("/out"),
        "{}",
        out.display_name()
    );
    fs::create_dir(&file).unwrap();
    out.ready().unwrap_err();
}

#[test]
fn the_line_with_a_secret_is_written_in_one_piece() {
    for text in ["", "x", &"x".repeat(5000)] {
        let line = line(&secret(text));
        assert_eq!(*line, format!("{text}\n").into_bytes());
        assert_eq!(line.capacity(), line.len(), "no copy was left behind");
    }
}
