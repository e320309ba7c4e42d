//! The forms of values.

use super::*;

fn set(name: &str, value: &str) -> Result<Parameters, String> {
    let mut parameters = Parameters::default();
    let done = parameters.set(&Place::Url, name, value);
    done.map(|()| parameters).map_err(|bad| bad.to_string())
}

/// One more character than the name of a schema may have.
const LONG: &str = "a234567890123456789012345678901234567890123456789012345678901234";

/// Options, and values that are theirs or not.
const FORMS: &[(&str, &[&str], &[&str])] = &[
    (
        "host",
        &[
            "db",
            "DB.example",
            "10.0.0.1",
            "::1",
            "/run/p",
            "a,b",
            "a_b",
        ],
        &[
            "",
            "a,",
            "a b",
            "@abstract",
            "-a",
            "a/b",
            "a:1",
            "[::1]",
            "ä",
            "/a\n",
        ],
    ),
    (
        "port",
        &["1", "65535", "", "1,2", ",2"],
        &["0", "65536", "+1", "x", " 1", "1 "],
    ),
    ("user", &["ann", "Ann B", "ä@b"], &["", "a\0", "a\n"]),
    ("dbname", &["a", "a/b"], &["", "a\u{1b}"]),
    (
        "schema",
        &["hallpass", "_a1", "public"],
        &["", "A", "1a", "a-b", "a\"", "pg_temp", "ä", LONG],
    ),
    (
        "sslmode",
        &["verify-full", "disable"],
        &["", "allow", "VERIFY-FULL"],
    ),
    ("sslrootcert", &["system", "/a"], &["", "a", "~/a"]),
    ("sslcert", &["/a"], &["", "a", "~/a", "$HOME/a"]),
    ("sslkey", &["/a"], &["a"]),
    ("passfile", &["/a"], &["a"]),
    ("service", &["a b"], &["", "\t"]),
    (
        "channel_binding",
        &["require", "prefer", "disable"],
        &["", "yes"],
    ),
    (
        "connect_timeout",
        &["1", "300"],
        &["0", "301", "-1", "", "5s"],
    ),
    (
        "target_session_attrs",
        &["read-write", "primary"],
        &["any", "standby", ""],
    ),
];

#[test]
fn values_have_their_forms() {
    assert_eq!(LONG.len(), LONGEST_NAME + 1);
    for (name, good, bad) in FORMS {
        for value in *good {
            assert!(set(name, value).is_ok(), "{name}={value:?}");
        }
        for value in *bad {
            let said = set(name, value).unwrap_err();
            let start = format!("the URL of the database: `{name}` must be ");
            assert!(said.starts_with(&start), "{name}={value:?}: {said}");
        }
    }
}

#[test]
fn one_name_is_one_host_and_one_port() {
    assert_eq!(set("host", "DB.Example"), set("host", "db.example"));
    assert_eq!(set("host", "0:0::1"), set("host", "::1"));
}

#[test]
fn an_option_that_is_not_known_is_named_if_it_is_a_word() {
    let unknown = "the URL of the database has an unknown option";
    assert_eq!(
        set("options", "x").unwrap_err(),
        format!("{unknown} `options`")
    );
    for name in ["", "A", "a-b", "s3cret", "a b", &"a".repeat(33)] {
        assert_eq!(set(name, "x").unwrap_err(), unknown, "{name}");
    }
    for name in ["password", "sslpassword"] {
        let said = set(name, "canary").unwrap_err();
        assert_eq!(
            said,
            "the URL of the database holds a password; a password must not be there"
        );
    }
}

#[test]
fn what_is_given_wins_over_what_fills() {
    let mut given = set("host", "a").unwrap();
    given.set(&Place::Url, "user", "ann").unwrap();
    let filled = given.clone().or(set("host", "b").unwrap());
    assert_eq!(filled, given);
    let filled = given.clone().or(set("port", "7").unwrap());
    assert_eq!(
        (filled.hosts, filled.ports),
        (given.hosts, Some(vec![Some(7)]))
    );
    let twice = set("user", "a").unwrap().set(&Place::Url, "user", "a");
    let said = twice.unwrap_err().to_string();
    assert_eq!(said, "the URL of the database gives `user` twice");
}
