use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::cli::sink::Destination;
use crate::protected::Protected;

fn set(text: &str, key: &str, secret: &str) -> String {
    let value = quoted(secret);
    let whole = assign(
        text.as_bytes(),
        find(text.as_bytes(), key).unwrap(),
        key,
        &value,
    );
    String::from_utf8(whole.to_vec()).unwrap()
}

#[test]
fn one_value_is_replaced_and_nothing_else() {
    for (before, after) in [
        ("T=old\n", "T=new\n"),
        ("T=\n", "T=new\n"),
        ("T=", "T=new"),
        ("A=1\r\nT=old\r\nB=2\r\n", "A=1\r\nT=new\r\nB=2\r\n"),
        (
            "  export  T = old  # why\nTT=1\nXT=2\n",
            "  export  T = new  # why\nTT=1\nXT=2\n",
        ),
        ("T=a#b\n", "T=new\n"),
        ("T=# none\n", "T=new # none\n"),
        ("A=b\\\nB=c\nT=old\n", "A=b\\\nB=c\nT=new\n"),
        ("A=b\\\\\nT=old\n", "A=b\\\\\nT=new\n"),
        ("# b\\\nT=old\n", "# b\\\nT=new\n"),
        ("T='old one' # why\n", "T=new # why\n"),
        ("T=\"old \\\" one\nT=two\"\nB=1", "T=new\nB=1"),
        ("T='a'b\n", "T=new\n"),
        ("# T=old\nT=`old`\n\n\n", "# T=old\nT=new\n\n\n"),
        (
            "A=\"\nT=not this\n\"\nT=old\n",
            "A=\"\nT=not this\n\"\nT=new\n",
        ),
        (
            "\u{feff}T=old\nno assignment\n",
            "\u{feff}T=new\nno assignment\n",
        ),
    ] {
        assert_eq!(set(before, "T", "new"), after, "{before:?}");
    }
}

#[test]
fn a_key_that_is_not_there_is_added_at_the_end() {
    for (before, after) in [
        ("", "T=new\n"),
        ("A=1", "A=1\nT=new\n"),
        ("A=1\n", "A=1\nT=new\n"),
        ("A=1\r\n", "A=1\r\nT=new\r\n"),
        ("#T=1\n", "#T=1\nT=new\n"),
        ("export=1\n", "export=1\nT=new\n"),
        ("t=1\n", "t=1\nT=new\n"),
    ] {
        assert_eq!(set(before, "T", "new"), after, "{before:?}");
    }
}

#[test]
fn what_a_shell_would_split_is_quoted_and_read_back() {
    assert_eq!(
        set("T=old # why\n", "T", "AfasToken PHR+/=="),
        "T='AfasToken PHR+/==' # why\n"
    );
    assert_eq!(set("", "T", "<token>"), "T='<token>'\n");
    for (value, inner) in [
        ("'a b'", "a b"),
        ("\"a\"", "a"),
        ("a", "a"),
        ("'", "'"),
        ("", ""),
    ] {
        assert_eq!(unquoted(value.as_bytes()), inner.as_bytes());
    }
}

#[test]
fn what_can_be_taken_in_two_ways_is_refused() {
    assert_eq!(
        find(b"T=1\nA=2\nT=3\n", "T").unwrap_err(),
        "has `T` more than once"
    );
    let open = find(b"A=1\nB='2\nT=3\n", "T").unwrap_err();
    assert_eq!(open, "line 2 has an unclosed quote");
    for text in [
        "A=b\nB=c\\\nT=old\n",
        "A=b\nB=c\\\r\n",
        "A=b\nB='c' \\",
        "A=b\nT=c\\\nd\n",
        "A=b\nc\\\n",
    ] {
        let open = find(text.as_bytes(), "T").unwrap_err();
        assert_eq!(
            open, "line 2 ends in a backslash, so it may continue on the next line",
            "{text:?}"
        );
    }
}

#[test]
fn a_name_is_letters_digits_and_a_few_signs_behind_an_export() {
    for (text, key) in [
        ("A_B.c-1=x\n", "A_B.c-1"),
        ("export T=x\n", "T"),
        ("exported=x\n", "exported"),
    ] {
        let found = find(text.as_bytes(), key).unwrap().unwrap();
        assert_eq!(text.get(found.value), Some("x"), "{text:?}");
        assert_eq!(found.line, 0..text.len());
    }
    assert_eq!(find(b"exported=x\n", "ed"), Ok(None));
    // No assignments: their quotes need not be closed.
    for text in ["=\"x\nT=y\n", "not a name=\"x\nT=y\n"] {
        assert!(find(text.as_bytes(), "T").unwrap().is_some(), "{text:?}");
    }
    assert!(find(b"T=x\nA=y\\", "T").unwrap().is_some(), "found before");
}

#[test]
fn a_quoted_value_ends_with_its_own_quote() {
    for (text, expected) in [
        ("\"ab \" c", "\"ab \""),
        ("\"a\"", "\"a\""),
        ("\"a\\\\\" b", "\"a\\\\\""),
        ("'a\\' b", "'a\\'"),
        ("\"a\\\" b\" c", "\"a\\\" b\""),
    ] {
        let range = value(text.as_bytes(), 0).unwrap();
        assert_eq!(text.get(range), Some(expected), "{text:?}");
    }
    assert_eq!(unquoted(b"\"a'"), b"\"a'");
}

fn home(text: &str) -> (TempDir, PathBuf) {
    let mode = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .permissions(mode)
        .tempdir()
        .unwrap();
    let file = folder.path().join(".env");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    (folder, file)
}

fn sink(path: &Path) -> Variable {
    let patience = "7s".parse().unwrap();
    let place = SinkFile::open(path, patience, &Protected::default()).unwrap();
    let named = Destination::File(path.to_owned());
    Variable::open(place, "T", Terms::new(&named, patience, false)).unwrap()
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

#[test]
fn a_value_that_was_changed_meanwhile_stays() {
    let (_home, file) = home("A=1\nT=old\n");
    let mut out = sink(&file);
    assert_eq!(out.content().unwrap().unwrap().as_slice(), b"old");
    out.deliver(&secret("new"), Some(b"older")).unwrap_err();
    out.deliver(&secret("new"), None).unwrap_err();
    assert_eq!(fs::read(&file).unwrap(), b"A=1\nT=old\n");
    out.deliver(&secret("new"), Some(b"old")).unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"A=1\nT=new\n");
}

#[test]
fn a_value_is_taken_back_and_other_keys_stay() {
    for (before, delivered, meanwhile, after) in [
        ("A=1\n", "A=1\nT=new\n", "A=2\nT=new\nB=3\n", "A=2\nB=3\n"),
        ("T=old\n", "T=new\n", "T=new\nB=3\n", "T=old\nB=3\n"),
        ("T=old\n", "T=new\n", "T=theirs\n", "T=theirs\n"),
        ("T=old\n", "T=new\n", "T=new\n", "T=old\n"),
    ] {
        let (_home, file) = home(before);
        let mut out = sink(&file);
        let held = out.content().unwrap();
        let held = held.as_ref().map(|held| held.as_slice());
        out.deliver(&secret("new"), held).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), delivered);
        fs::write(&file, meanwhile).unwrap();
        out.restore().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), after);
    }
}

#[test]
fn a_file_that_others_can_read_is_not_ready() {
    let (_home, file) = home("A=1\n");
    let mut out = sink(&file);
    out.ready().unwrap();
    assert_eq!(out.timeout_seconds(), 7);
    assert!(
        out.display_name().contains(".env"),
        "{}",
        out.display_name()
    );
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    out.ready().unwrap_err();
}
