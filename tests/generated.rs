//! `completions/`, `man/` and `tests/generated/help/` are what the definitions say, and every example in
//! the help parses.
//!
//! `HALLPASS_BLESS=1 cargo test generated` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use clap_complete::{Generator as _, Shell};

pub(crate) use bin::cli;

mod examples;
mod manual;
mod screens;

/// The definitions of the program, which is no library.
#[path = "../src/bin/hallpass"]
#[allow(dead_code, reason = "only the definitions are looked at")]
mod bin {
    #[allow(unused_imports, reason = "the program uses all of them")]
    pub(crate) mod cli;
}

#[test]
fn completions_are_what_the_definitions_say() {
    for shell in Shell::value_variants() {
        let script = cli::completion::script(*shell);
        assert!(!script.is_empty(), "{shell}");
        same(
            &Path::new("completions").join(shell.file_name("hallpass")),
            &script,
        );
    }
}

#[test]
fn there_is_a_manual_page_for_each_command_and_no_other() {
    let pages = manual::pages(cli::command::definitions());
    assert!(pages.len() > 40, "{}", pages.len());
    for (name, page) in &pages {
        same(&Path::new("man").join(name), page);
    }
    for entry in fs::read_dir(root().join("man")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            pages.iter().any(|(page, _)| *page == name),
            "man/{name} belongs to no command"
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Compares a file of the repository with what it should be, or writes it if told to.
fn same(file: &Path, wanted: &[u8]) {
    let path = root().join(file);
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
    let bless = std::env::var_os("HALLPASS_BLESS").is_some();
    if bless {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read(&path).unwrap_or_default();
    let file = file.display();
    assert!(
        found == wanted,
        "{file} is out of date: HALLPASS_BLESS=1 cargo test generated"
    );
}
