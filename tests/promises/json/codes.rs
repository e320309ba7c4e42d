//! Every kind of error, every verdict and every exit code is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use hallpass::model::verdict::Reason;

use super::super::{document, root};
use super::{rows, section};
use crate::support::Home;

/// The kinds of error as the code has them: `(word, exit)` by variant, read from the library's table
/// of words and the program's of exit codes.
fn kinds() -> BTreeSet<(String, u8)> {
    let words = arms("src/kind.rs", "fn word(self) -> &'static str {", "Self::");
    let exits = arms(
        "src/bin/hallpass/exit.rs",
        "fn from(kind: Kind) -> Self {",
        "Kind::",
    );
    assert!(
        exits.len() > 25 && exits.keys().eq(words.keys()),
        "the search for kinds is wrong"
    );
    let exits = exits.into_values().map(|exit| exit.parse().unwrap());
    words.into_values().zip(exits).collect()
}

/// The arms of the table in a function: value by variant.
fn arms(file: &str, function: &str, before: &str) -> BTreeMap<String, String> {
    let source = fs::read_to_string(root().join(file)).unwrap();
    let body = source
        .split_once(function)
        .unwrap()
        .1
        .split("\n    }\n")
        .next()
        .unwrap();
    let arms = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix(before));
    let pairs = arms.map(|arm| {
        let (variant, value) = arm.split_once(" => ").unwrap();
        (
            variant.to_owned(),
            value.trim_matches(['"', ',']).to_owned(),
        )
    });
    pairs.collect()
}

#[test]
fn every_kind_of_error_is_listed_with_its_exit_code() {
    let document = document("docs/json.md");
    let rows = rows(section(&document, "## Errors"));
    let listed = rows
        .iter()
        .map(|row| (row[0].trim_matches('`').into(), row[1].parse().unwrap()));
    assert_eq!(listed.collect::<BTreeSet<_>>(), kinds());
    let word = hallpass::Kind::WrongKey.word().to_owned();
    let exit = Home::new()
        .hallpass(&["--no-such-option"])
        .output()
        .unwrap()
        .status
        .code();
    assert!(
        kinds().iter().any(|(known, _)| *known == word),
        "the words are the library's"
    );
    assert_eq!(exit, Some(2), "the codes are the program's");
    assert!(kinds().contains(&("usage".to_owned(), 2)));
}

#[test]
fn every_verdict_is_listed_in_order_with_its_exit_code() {
    let document = document("docs/json.md");
    let listed: Vec<_> = rows(section(&document, "## Verdicts"))
        .iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].parse().unwrap()))
        .collect();
    let all = Reason::ALL.map(|reason| (reason.word().to_owned(), reason.exit()));
    assert_eq!(listed, all);
}

#[test]
fn the_help_knows_every_exit_code() {
    let home = Home::new();
    let help = home.hallpass(&["--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let table = help
        .split_once("Exit codes:\n")
        .unwrap()
        .1
        .split_once("\n\n")
        .unwrap()
        .0;
    let numbers: BTreeSet<u8> = table
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let verdicts = Reason::ALL.map(Reason::exit);
    let kinds = kinds().into_iter().map(|(_, exit)| exit);
    for exit in kinds.chain(verdicts) {
        assert!(numbers.contains(&exit), "{exit} is not in the help");
    }
}
