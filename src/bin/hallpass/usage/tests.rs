//! Messages about arguments that do not parse.

use super::*;
use crate::cli;

fn refusal(line: &str) -> Failure {
    let words = std::iter::once("hallpass")
        .chain(line.split_whitespace())
        .map(OsString::from);
    explain(&cli::parse(words.collect()).unwrap_err())
}

#[test]
fn a_message_names_the_argument_and_a_hint_can_be_pasted() {
    let unknown = refusal("profil list");
    assert_eq!(unknown.message(), "no command `profil`");
    assert_eq!(unknown.next(), Some(&Hint::command("profile")));
    let missing = refusal("profile add");
    assert_eq!(missing.message(), "missing: <PROFILE>");
    assert_eq!(missing.next(), Some(&Hint::command("profile add --help")));
    let value = refusal("token add github/ci --expires 90");
    assert!(
        value.message().starts_with("`--expires <WHEN>`: "),
        "{value:?}"
    );
    let choice = refusal("profile list -o xml");
    assert_eq!(
        choice.message(),
        "`--output <FORMAT>` is not one of table, json, jsonl, csv"
    );
    let both = refusal("password set github --generate --password-file x");
    assert!(both.message().contains("cannot be used with"), "{both:?}");
}

#[test]
fn a_token_that_was_typed_is_not_repeated() {
    let native = format!("hpass_{}", "0".repeat(50));
    let hex = "ab".repeat(32);
    for secret in [&native, &hex] {
        for before in [
            "verify ",
            "",
            "verify --token-file ",
            "verify --token-file=",
            "verify --",
        ] {
            is_not_repeated(&format!("{before}{secret}"), secret);
        }
        is_not_repeated(&format!("token show {secret}"), secret);
        is_not_repeated(&format!("profile list -o {secret}"), secret);
    }
    for before in [
        "token show github/",
        "token revoke x/y ",
        "profile add ",
        "token add x/",
    ] {
        is_not_repeated(&format!("{before}{native}"), &native);
    }
}

fn is_not_repeated(line: &str, secret: &str) {
    let failure = format!("{:?}", refusal(line));
    assert!(!failure.contains(secret), "{line}: {failure}");
}

#[test]
fn the_format_of_errors_is_found_in_arguments_that_do_not_parse() {
    let found = |line: &str| format(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
    assert_eq!(found("x -o json"), Some(Format::Json));
    assert_eq!(found("x -ojsonl y"), Some(Format::Jsonl));
    assert_eq!(found("x --output=csv"), Some(Format::Csv));
    assert_eq!(found("x --output xml"), None);
    assert_eq!(found("x --other"), None);
}
