//! What a person at a terminal is asked about a profile.

use super::PASSWORD;
use crate::support::Home;
use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

#[test]
fn a_password_is_asked_twice_and_not_shown() {
    let stage = TestHome::new();
    let mut terminal = stage.terminal(&["profile", "add", "one", "--password"]);
    terminal.answer("New password: ", PASSWORD);
    terminal.answer("New password again: ", PASSWORD);
    let (status, screen, echo) = terminal.finish();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(!screen.contains("heron") && echo, "{screen}");
    assert_eq!(
        stage.json(&["profile", "show", "one"])["has_password"],
        true
    );
    // A name that is taken is told before anybody types.
    let (status, screen, _) = stage
        .terminal(&["profile", "add", "one", "--password"])
        .finish();
    assert_eq!(status.code(), Some(4), "{screen}");
    assert!(!screen.contains("New password"), "{screen}");
}

#[test]
fn a_deletion_is_confirmed_or_declined() {
    let stage = TestHome::new();
    stage.done(&["profile", "add", "one", "--token", "laptop"]);
    for no in [
        "n",
        "no",
        "",
        "no way",
        "nay",
        "not really",
        "yy",
        "yes, no, I mean n",
    ] {
        let mut declined = stage.terminal(&["profile", "delete", "one"]);
        declined.press("Delete it? [y/N]", &format!("{no}\r"));
        assert_eq!(declined.finish().0.code(), Some(5), "{no:?}");
    }
    // Ctrl-D; what it cuts off is no answer either.
    for end in ["\u{4}", "y\u{4}\u{4}"] {
        let mut declined = stage.terminal(&["profile", "delete", "one"]);
        declined.press("Delete it? [y/N]", end);
        let (status, shown, echo) = declined.finish();
        assert_eq!((status.code(), echo), (Some(5), true), "{shown}");
        assert!(
            shown.contains("\n\u{1b}[1;31merror"),
            "on a line of its own: {shown:?}"
        );
    }
    stage.done(&["profile", "show", "one"]);
    let mut accepted = stage.terminal(&["profile", "delete", "one"]);
    accepted.press("Delete it? [y/N]", "Yes\r");
    assert_eq!(accepted.finish().0.code(), Some(0));
    stage.fails(3, &["profile", "show", "one"]);
    let forbidden = stage.terminal(&["profile", "delete", "one", "--no-input"]);
    assert_eq!(forbidden.finish().0.code(), Some(3));
}

#[test]
fn the_first_profile_offers_to_make_the_store() {
    let home = Home::new();
    let off = home.hallpass(&["profile", "add", "one"]).output().unwrap();
    assert_eq!(off.status.code(), Some(3));
    assert!(
        String::from_utf8(off.stderr)
            .unwrap()
            .ends_with("hint: hallpass init\n")
    );

    let mut declined = Terminal::spawn(home.command(&["profile", "add", "one"]));
    declined.press("Create it?", "n\n");
    assert_eq!(declined.finish().0.code(), Some(5));
    assert!(!home.store().exists());

    let mut accepted = Terminal::spawn(home.command(&["profile", "add", "one"]));
    accepted.press("Create it?", "y\n");
    accepted.wait_for_hidden("New passphrase: ");
    accepted.interrupt();
    assert_eq!(accepted.finish().0.code(), Some(130));
    assert!(!home.store().exists());
}
