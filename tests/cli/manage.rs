//! `profile manage`: a menu that does what the commands do, and leaves the terminal as it was.

use std::fs;

use hallpass::barrier::recovery::RecoveryCode;
use hallpass::entropy::OsEntropy;

use crate::support::pty::Terminal;
use crate::support::test_home::TestHome;

/// The places of the main menu, where the profile has no password.
const TOKENS: usize = 0;
const EDIT: usize = 1;
const SUSPEND: usize = 4;
const DELETE: usize = 5;

const DOWN: &str = "j";
const ENTER: &str = "\r";
const ESCAPE: &str = "\u{1b}";

fn manage(stage: &TestHome) -> Terminal {
    stage.terminal(&["profile", "manage", "github"])
}

/// Chooses the item at that place, counted from 0.
fn choose(terminal: &mut Terminal, question: &str, place: usize) {
    terminal.press(question, &(DOWN.repeat(place) + ENTER));
}

fn answer(terminal: &mut Terminal, question: &str, text: &str) {
    terminal.press(question, &format!("{text}{ENTER}"));
}

#[test]
fn a_token_is_added_suspended_and_revoked() {
    let stage = TestHome::with_sample_data();
    let mut terminal = manage(&stage);
    choose(
        &mut terminal,
        "Profile github: active, 0 live tokens, ci",
        TOKENS,
    );
    choose(&mut terminal, "Tokens of github", 0);
    answer(&mut terminal, "Name of the token", "laptop");
    answer(&mut terminal, "Connection (Enter", "");
    answer(&mut terminal, "Environment (Enter", "");
    answer(&mut terminal, "Device (Enter", "");
    answer(&mut terminal, "Expiry: ", "90d");
    choose(&mut terminal, "copy it now: it is not shown again", 0);
    choose(&mut terminal, "Token laptop (hpass_", 1);
    answer(&mut terminal, "Reason (Enter", "a trip");
    answer(&mut terminal, "Until: ", "");
    choose(&mut terminal, "token github/laptop is suspended", 0);
    let token = stage.json(&["token", "show", "github/laptop"]);
    assert_eq!(
        (&token["state"], &token["reason"]),
        (&"suspended".into(), &"a trip".into())
    );
    assert_eq!(token["connection"], "ci");
    choose(&mut terminal, "Token laptop (hpass_", 3);
    answer(&mut terminal, "Reason (Enter", "lost");
    // The question of the command itself.
    terminal.press("Revoke it?", &format!("y{ENTER}"));
    terminal.press("is revoked", ESCAPE);
    terminal.press("Profile github: active, 0 live tokens", ESCAPE);
    let (status, shown, echo) = terminal.finish();
    assert!(status.success() && echo, "{shown}");
    let tokens = stage.json(&["token", "list", "github", "--all"]);
    assert_eq!(
        (&tokens[0]["state"], &tokens[0]["reason"]),
        (&"revoked".into(), &"lost".into())
    );
}

#[test]
fn what_is_refused_or_declined_is_told_and_the_menu_goes_on() {
    let stage = TestHome::with_sample_data();
    let before = stage.all();
    let mut terminal = manage(&stage);
    choose(&mut terminal, "Profile github", EDIT);
    choose(&mut terminal, "Edit what?", 0);
    answer(&mut terminal, "New e-mail address", "nobody");
    choose(&mut terminal, "not an e-mail address", EDIT);
    choose(&mut terminal, "Edit what?", 5);
    terminal.press("New name", "\u{4}");
    choose(&mut terminal, "nothing was changed", EDIT);
    choose(&mut terminal, "Edit what?", 1);
    // A secret that is typed where it would be stored and shown.
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap().encode();
    answer(&mut terminal, "New description", code.expose());
    choose(
        &mut terminal,
        "what was typed holds a recovery code",
        DELETE,
    );
    terminal.press("Delete it?", &format!("n{ENTER}"));
    choose(&mut terminal, "declined; nothing was changed", EDIT);
    choose(&mut terminal, "Edit what?", 2);
    // Takes its only connection away, which would lift the restriction.
    terminal.press("Allowed connections", &format!(" {ENTER}"));
    terminal.press("this would leave profile `github` unrestricted", ESCAPE);
    let (status, shown, echo) = terminal.finish();
    assert!(status.success() && echo, "{shown}");
    assert_eq!(stage.all(), before);
}

#[test]
fn it_is_edited_suspended_and_deleted() {
    let stage = TestHome::with_sample_data();
    let mut terminal = manage(&stage);
    choose(&mut terminal, "Profile github", EDIT);
    choose(&mut terminal, "Edit what?", 2);
    terminal.press("Allowed connections", &format!("{DOWN} {ENTER}"));
    choose(
        &mut terminal,
        "Profile github: active, 0 live tokens, ci, hr",
        EDIT,
    );
    choose(&mut terminal, "Edit what?", 4);
    answer(
        &mut terminal,
        "Groups, separated by spaces",
        "builders staff",
    );
    choose(&mut terminal, "Profile github", EDIT);
    choose(&mut terminal, "Edit what?", 5);
    answer(&mut terminal, "New name", "gitlab");
    choose(&mut terminal, "Profile gitlab", SUSPEND);
    answer(&mut terminal, "Reason (Enter", "audit");
    answer(&mut terminal, "Until: ", "8w");
    terminal.press("Suspend it?", &format!("y{ENTER}"));
    terminal.press("Profile gitlab: suspended", "");
    let profile = stage.json(&["profile", "show", "gitlab"]);
    assert_eq!(profile["groups"], serde_json::json!(["builders", "staff"]));
    assert_eq!(profile["suspended"]["reason"], "audit");
    choose(&mut terminal, "", DELETE);
    terminal.press("Delete it?", &format!("y{ENTER}"));
    let (status, shown, echo) = terminal.finish();
    assert!(status.success() && echo, "{shown}");
    stage.fails(3, &["profile", "show", "gitlab"]);
}

#[test]
fn a_password_is_set_without_being_shown() {
    let stage = TestHome::with_sample_data();
    let mut terminal = manage(&stage);
    choose(&mut terminal, "Profile github", 2);
    terminal.answer("New password: ", "cobalt lantern quiet otter");
    terminal.answer("New password again: ", "cobalt lantern quiet otter");
    // The next menu has it among its items. Another one in its place is asked about.
    choose(&mut terminal, "Remove the password", 3);
    terminal.press("Replace it?", &format!("n{ENTER}"));
    terminal.press("declined; nothing was changed", ESCAPE);
    let (status, shown, echo) = terminal.finish();
    assert!(
        status.success() && echo && !shown.contains("cobalt"),
        "{shown}"
    );
    stage.write("password", "cobalt lantern quiet otter");
    stage.done(&[
        "password",
        "verify",
        "github",
        "--password-file",
        "password",
    ]);
}

#[test]
fn ctrl_c_leaves_with_the_cursor_shown_and_the_modes_as_they_were() {
    let stage = TestHome::with_sample_data();
    for (place, question) in [(None, ""), (Some(EDIT), "Edit what?")] {
        let mut terminal = manage(&stage);
        match place {
            None => terminal.press("Quit", "\u{3}"),
            Some(place) => {
                choose(&mut terminal, "Profile github", place);
                terminal.press(question, "\u{3}");
            }
        }
        let (status, shown, echo) = terminal.finish();
        assert_eq!(status.code(), Some(130), "{shown}");
        assert!(echo, "{shown}");
        assert!(shown.contains("\u{1b}[?25h"), "the cursor: {shown:?}");
    }
}

#[test]
fn off_a_terminal_it_is_wrong_usage_and_names_the_commands() {
    let stage = TestHome::with_sample_data();
    let said = stage.fails(2, &["profile", "manage", "github"]);
    assert!(
        said.contains("hint: hallpass profile show github"),
        "{said}"
    );
    let (status, shown, _) = stage
        .terminal(&["profile", "manage", "github", "-o", "json"])
        .finish();
    assert_eq!(status.code(), Some(2), "{shown}");
    let (status, shown, _) = stage.terminal(&["profile", "manage", "nobody"]).finish();
    assert_eq!(status.code(), Some(3), "{shown}");
    let (status, _, _) = stage
        .terminal(&["profile", "manage", "github", "--no-input"])
        .finish();
    assert_eq!(status.code(), Some(2));
    assert!(fs::metadata(stage.store()).is_ok());
}
