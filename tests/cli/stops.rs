//! Whatever stops something that is valid now is shown and asked about, by whichever command; what
//! opens is a warning.

use crate::support::test_home::TestHome;

mod trials;

/// Profile `bound` with a token for `ci`, `several` with one for each of two, `open` with an open one.
fn stage() -> TestHome {
    let stage = TestHome::new();
    for connection in ["ci", "hr"] {
        stage.done(&["connection", "add", connection]);
    }
    stage.done(&[
        "profile",
        "add",
        "bound",
        "--connection",
        "ci",
        "--group",
        "staff",
    ]);
    stage.done(&[
        "profile",
        "add",
        "several",
        "--connection",
        "ci",
        "--connection",
        "hr",
    ]);
    stage.done(&["profile", "add", "open"]);
    stage.token(&["bound/a"]);
    stage.token(&["several/a", "--connection", "ci"]);
    stage.token(&["several/b"]);
    stage.token(&["open/a"]);
    stage
}

/// Commands of `edit` that stop something, and what they say of it.
const STOPS: [(&[&str], &str); 8] = [
    (
        &["connection", "edit", "ci", "--group", "staff"],
        "changing connection `ci`:\n  1 valid token stops working: several/a\n  \
         2 valid tokens stay valid, but for fewer connections: open/a, several/b\n",
    ),
    (
        &["connection", "edit", "ci", "--add-deny-ip", "192.0.2.0/24"],
        "no valid token stops working\n  4 valid tokens stay valid, but from fewer addresses: \
         bound/a, open/a, several/a, several/b\n",
    ),
    (
        &["connection", "edit", "ci", "--add-allow-ip", "192.0.2.0/24"],
        "4 valid tokens stay valid, but from fewer addresses: bound/a, ",
    ),
    (
        &[
            "connection",
            "edit",
            "ci",
            "--add-deny-ip",
            "0.0.0.0/0",
            "--add-deny-ip",
            "::/0",
        ],
        "2 valid tokens stop working: bound/a, several/a\n  \
         2 valid tokens stay valid, but for fewer connections: open/a, several/b\n",
    ),
    (
        &["profile", "edit", "several", "--remove-connection", "ci"],
        "changing profile `several`:\n  1 valid token stops working: several/a\n  \
         1 valid token stays valid, but for fewer connections: several/b\n",
    ),
    (
        &["profile", "edit", "open", "--add-connection", "ci"],
        "1 valid token stays valid, but for fewer connections: open/a\n  \
         profile `open` could use any connection; it is now restricted\n",
    ),
    (
        &["connection", "block", "ci"],
        "2 valid tokens stop working: bound/a, several/a\n",
    ),
    (
        &["profile", "suspend", "several"],
        "2 valid tokens stop working: several/a, several/b\n",
    ),
];

#[test]
fn every_command_that_stops_something_asks_first_and_shows_it_on_a_trial() {
    for (command, consequence) in STOPS {
        let stage = stage();
        stage.asks_first(command, consequence);
        let plan = stage.done(&[command, &["--plan"]].concat());
        assert_eq!(
            plan.out,
            stage.done(&[command, &["--dry-run"]].concat()).out
        );
        stage.done(&[command, &["--yes"]].concat());
        // The same once more stops nothing that is still valid.
        let again = stage.json(&[command, &["--dry-run"]].concat());
        assert_eq!(
            (&again["tokens"], &again["partly"]),
            (&0.into(), &0.into()),
            "{command:?}"
        );
    }
}

#[test]
fn a_group_that_is_left_stops_what_it_let_in() {
    let stage = stage();
    stage.done(&["connection", "edit", "ci", "--group", "staff", "--yes"]);
    let leave = ["profile", "edit", "bound", "--remove-group", "staff"];
    stage.asks_first(
        &leave,
        "changing profile `bound`:\n  1 valid token stops working: bound/a\n",
    );
    let impact = stage.json(&[&leave[..], &["--dry-run"]].concat());
    assert_eq!(impact["examples"], serde_json::json!(["bound/a"]));
    let mut declined = stage.terminal(&leave);
    declined.press("Change it? [y/N]", "n\r");
    assert_eq!(declined.finish().0.code(), Some(5));
    let mut accepted = stage.terminal(&leave);
    accepted.press("Change it? [y/N]", "y\r");
    assert_eq!(accepted.finish().0.code(), Some(0));
    assert_eq!(
        stage.json(&["profile", "show", "bound"])["groups"],
        serde_json::json!([])
    );
}

#[test]
fn what_stops_nothing_is_not_asked_about() {
    let stage = stage();
    for command in [
        &["connection", "edit", "ci", "--description", "Builds"][..],
        &["connection", "edit", "ci", "--token-lifetime", "1d"],
        &["connection", "edit", "ci", "--rename", "builds"],
        &[
            "connection",
            "edit",
            "hr",
            "--remove-deny-ip",
            "192.0.2.0/24",
        ],
        &["profile", "edit", "bound", "--email", "a@example.com"],
        &["profile", "edit", "bound", "--remove-group", "staff"],
        &["profile", "edit", "bound", "--unlock"],
        &["environment", "edit", "production", "--description", "Live"],
    ] {
        let impact = stage.json(&[command, &["--dry-run"]].concat());
        assert_eq!(
            (&impact["tokens"], &impact["partly"]),
            (&0.into(), &0.into()),
            "{command:?}"
        );
        stage.done(command);
    }
}

#[test]
fn what_opens_is_a_warning_that_says_what() {
    let stage = stage();
    let restrict = [
        "connection",
        "edit",
        "ci",
        "--group",
        "staff",
        "--add-deny-ip",
        "10.0.0.1",
    ];
    stage.done(&[&restrict[..], &["--add-allow-ip", "10.0.0.0/8", "--yes"]].concat());
    for (command, warning) in [
        (
            &["connection", "edit", "ci", "--remove-deny-ip", "10.0.0.1"][..],
            "connection `ci` is no longer denied to 10.0.0.1/32\n\
             warning: 1 token is valid for more: bound/a\n",
        ),
        (
            &["connection", "edit", "ci", "--add-allow-ip", "192.0.2.0/24"],
            "connection `ci` may be used from 192.0.2.0/24\n\
             warning: 1 token is valid for more: bound/a\n",
        ),
        (
            &["connection", "edit", "ci", "--any-ip"],
            "connection `ci` may be used from any address that is not denied\n\
             warning: 1 token is valid for more: bound/a\n",
        ),
        (
            &["profile", "edit", "several", "--add-group", "staff"],
            "profile `several` may use connection `ci` as a member of `staff`\n\
             warning: 2 tokens are valid for more: several/a, several/b\n",
        ),
        (
            &["connection", "edit", "ci", "--group", ""],
            "connection `ci` may be used by profiles that are not in group `staff`\n\
             warning: 1 token is valid for more: open/a\n",
        ),
        (
            &["profile", "edit", "bound", "--add-connection", "hr"],
            "profile `bound` may use connection `hr`\n",
        ),
        (
            &["profile", "edit", "bound", "--any-connection"],
            "profile `bound` may use any connection, including those added later\n",
        ),
    ] {
        let impact = stage.json(&[command, &["--dry-run"]].concat());
        assert!(
            !impact["opens"].as_array().unwrap().is_empty(),
            "{command:?}: {impact}"
        );
        let done = stage.done(&[command, &["-q"]].concat());
        assert_eq!(done.err, format!("warning: {warning}"), "{command:?}");
    }
}

#[test]
fn another_name_and_another_default_are_warned_of_with_what_refers_to_the_old_one() {
    let stage = stage();
    let renamed = stage.done(&["connection", "edit", "ci", "--rename", "builds"]);
    let said = "warning: connection `ci` is renamed to `builds`: the old name no longer works; \
                it is used by bound/a, profile bound, profile several, several/a\n";
    assert_eq!(renamed.err, said);
    let spelled = stage.done(&["connection", "edit", "builds", "--rename", "Builds"]);
    assert_eq!(spelled.err, "", "another spelling is the same name");
    let renamed = stage.done(&["environment", "edit", "production", "--rename", "live"]);
    let said = "warning: environment `production` is renamed to `live`: the old name no longer \
                works; it is used by bound/a, open/a, several/a, several/b\n";
    assert_eq!(renamed.err, said);
    let renamed = stage.done(&["profile", "edit", "open", "--rename", "wide"]);
    assert!(
        renamed
            .err
            .ends_with("the old name no longer works; it is used by open/a\n")
    );
    stage.done(&["environment", "add", "test"]);
    let tried = stage.done(&["environment", "edit", "test", "--default", "--dry-run"]);
    let said = "from now on, `test` is the default instead of `live`; \
                bound/a, several/a, several/b, wide/a stay bound to `live`\n";
    assert!(tried.out.ends_with(said), "{tried:?}");
    let moved = stage.done(&["environment", "edit", "test", "--default"]);
    assert_eq!(moved.err, format!("warning: {said}"));
    let again = stage.done(&["environment", "edit", "test", "--default"]);
    assert!(!again.err.contains("warning"), "{again:?}");
}

#[test]
fn a_suspension_keeps_its_end_and_says_it_until_it_is_to_have_none() {
    let stage = stage();
    let suspend = |options: &[&str]| {
        let command = [&["profile", "suspend", "bound", "--yes"], options].concat();
        stage.done(&command).err
    };
    let until = " until 2999-01-01T00:00:00Z";
    suspend(&["--until", "2999-01-01"]);
    let kept = suspend(&["--reason", "audit"]);
    assert!(
        kept.contains(&format!("suspending profile `bound`{until}:\n")),
        "{kept}"
    );
    assert!(
        kept.ends_with(&format!("profile `bound` is suspended{until}\n")),
        "{kept}"
    );
    let open = suspend(&["--until", "never"]);
    assert!(open.ends_with("profile `bound` is suspended\n"), "{open}");
    let token = |options: &[&str]| {
        stage
            .done(&[&["token", "suspend", "open/a"], options].concat())
            .err
    };
    token(&["--until", "2999-01-01"]);
    assert_eq!(
        token(&["--reason", "audit"]),
        format!("token open/a is suspended{until}\n")
    );
    let again = format!("token open/a is suspended{until} already; nothing was changed\n");
    assert_eq!(token(&[]), again);
    assert_eq!(token(&["--until", "never"]), "token open/a is suspended\n");
}
