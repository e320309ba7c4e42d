//! `hallpass login`.

use std::process::Stdio;

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

const GOOD: &str = "umbrella-vortex-lantern-88";

/// Profile `github`, restricted to `ci`, with a password.
fn stage() -> TestHome {
    let stage = TestHome::with_sample_data();
    let set = ["password", "set", "github", "--password-file", "-"];
    assert_eq!(stage.piped(&set, GOOD).code, 0);
    stage
}

fn login(stage: &TestHome, arguments: &[&str], password: &str) -> Answer {
    let given = arguments.contains(&"--password-file");
    let from: &[&str] = if given {
        &[]
    } else {
        &["--password-file", "-"]
    };
    stage.piped(&[&["login"], from, arguments].concat(), password)
}

#[test]
fn a_password_is_exchanged_for_a_token_that_stands_alone() {
    let stage = stage();
    let ran = login(&stage, &["github"], GOOD);
    assert_eq!(ran.code, 0, "{ran:?}");
    let token = ran.out.strip_suffix('\n').unwrap();
    assert_eq!(stage.verdict(token, &["--connection", "ci"]).0, 0);
    assert!(
        ran.err.starts_with("token github/login (hpass_"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("connection ci (the profile's only one)"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("lifetime"), "{}", ran.err);
    assert!(
        ran.err.ends_with("copy it now: it is not shown again\n"),
        "{}",
        ran.err
    );
    let file = stage.write("p", GOOD);
    let from = [
        "github",
        "--password-file",
        file.to_str().unwrap(),
        "--form",
        "hex",
    ];
    let hex = login(&stage, &from, "").out;
    assert_eq!((hex.trim_end().len(), stage.verdict(&hex, &[]).0), (64, 0));
}

#[test]
fn every_format_shows_what_token_add_shows() {
    let stage = stage();
    let json = |ran: Answer| -> Value { serde_json::from_str(&ran.out).unwrap() };
    let made = json(login(
        &stage,
        &["github", "--for", "2h", "-o", "json"],
        GOOD,
    ));
    let added = stage.json(&["token", "add", "github/laptop"]);
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&made), names(&added));
    assert_eq!(
        (&made["name"], &made["profile"]),
        (&"login".into(), &"github".into())
    );
    assert_eq!(stage.verdict(made["token"].as_str().unwrap(), &[]).0, 0);
    let lines = json(login(
        &stage,
        &["github", "-o", "jsonl", "--device", "My desk"],
        GOOD,
    ));
    assert_eq!(
        (&lines["name"], &lines["device"]),
        (&"My-desk".into(), &"My desk".into())
    );
    let csv = login(&stage, &["github", "-o", "csv"], GOOD).out;
    assert!(csv.lines().next().unwrap().ends_with(",token"), "{csv}");
    let secret = csv.trim_end().rsplit(',').next().unwrap();
    assert_eq!(stage.verdict(secret.trim_matches('"'), &[]).0, 0);
}

/// A password that is not the one of a profile, if there is such a profile, is refused, with a hint.
fn is_no_password_of(stage: &TestHome, profile: &str, password: &str, hint: &str) {
    let ran = login(stage, &[profile, "-o", "json"], password);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (11, ""),
        "a verdict is a result"
    );
    let verdict: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&verdict["valid"], &verdict["reason"]),
        (&false.into(), &"wrong_password".into())
    );
    let ran = login(stage, &[profile], password);
    assert_eq!((ran.code, ran.out.as_str()), (11, ""), "{ran:?}");
    let message = format!("error: wrong password of profile `{profile}`\n");
    let hint = if hint.is_empty() {
        String::new()
    } else {
        format!("hint: {hint}\n")
    };
    assert_eq!(ran.err, message + &hint);
}

/// What goes wrong leaves standard output empty: an error is never taken for a token.
#[test]
fn what_is_refused_says_why_and_prints_nothing() {
    let stage = stage();
    stage.done(&["profile", "add", "bare"]);
    for (profile, password, hint) in [
        ("github", "wrong", ""),
        ("bare", GOOD, "hallpass password set bare"),
        ("nobody", GOOD, "hallpass profile list"),
    ] {
        is_no_password_of(&stage, profile, password, hint);
    }
    for (code, arguments) in [
        (2, &["github", "--for", "1"][..]),
        (2, &["github", "--for", "never"]),
        (2, &["hpass_x"]),
        (2, &["github", "--device", ""]),
        (3, &["github", "--connection", "none"]),
        (3, &["github", "--environment", "none"]),
        (6, &["github", "--connection", "hr"]),
        (6, &["github", "--for", "13h"]),
    ] {
        let ran = login(&stage, arguments, GOOD);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (code, ""),
            "{arguments:?}: {ran:?}"
        );
    }
    let too_long = login(&stage, &["github", "--for", "13h"], GOOD).err;
    assert!(
        too_long.contains("at most 12h") && too_long.contains("hint: --for 12h"),
        "{too_long}"
    );
    stage.done(&["connection", "edit", "ci", "--token-lifetime", "30m"]);
    let too_long = login(&stage, &["github", "--for", "1h"], GOOD).err;
    assert!(too_long.contains("hint: --for 30m"), "{too_long}");
    let shorter = login(&stage, &["github"], GOOD);
    assert!(
        shorter.err.contains("lifetime 30m (from connection ci)"),
        "{shorter:?}"
    );
    stage.done(&["connection", "block", "ci", "--yes"]);
    assert_eq!(login(&stage, &["github"], GOOD).code, 6);
    stage.done(&["profile", "suspend", "github", "--yes"]);
    let suspended = login(&stage, &["github"], GOOD);
    assert_eq!((suspended.code, suspended.out.as_str()), (14, ""));
    assert!(
        suspended
            .err
            .contains("hint: hallpass profile resume github"),
        "{suspended:?}"
    );
    assert_eq!(login(&stage, &["github"], "wrong").code, 11);
}

#[test]
fn a_second_device_has_a_token_of_its_own() {
    let stage = stage();
    let on = |device: &str| login(&stage, &["github", "--device", device], GOOD);
    let (desk, phone) = (on("desk").out, on("phone").out);
    let again = on("DESK");
    assert_eq!((again.code, again.out.as_str()), (4, ""));
    let said = "token `github/desk` is bound to device `DESK` already, on the same connection";
    assert!(again.err.contains(said), "{again:?}");
    assert!(
        again
            .err
            .contains("hint: hallpass token revoke github/desk"),
        "{again:?}"
    );
    let added = stage.fails(4, &["token", "add", "github/other", "--device", "Desk"]);
    assert!(
        added.contains("hint: hallpass token revoke github/desk"),
        "{added}"
    );
    stage.done(&["token", "revoke", "github/desk", "--yes"]);
    assert_eq!(stage.verdict(&desk, &[]).0, 12);
    assert_eq!(stage.verdict(&phone, &["--device", "Phone"]).0, 0);
    assert_eq!(on("desk").code, 0);
}

#[test]
fn too_many_tries_are_shown_and_lifted() {
    let stage = stage();
    let tries = (0..12).map(|_| login(&stage, &["github", "-o", "json"], "wrong"));
    let throttled = tries.into_iter().find(|ran| ran.code != 11).unwrap();
    assert_eq!((throttled.code, throttled.out.as_str()), (22, ""));
    let message = throttled.error()["message"].to_string();
    assert!(message.contains("try again after 20"), "{message}");
    let shown = stage.json(&["profile", "show", "github"]);
    assert_eq!(shown["password_lock"]["failures"], shown["failures"]);
    assert_eq!(shown["password_lock"]["locked"], false);
    let table = stage.done(&["profile", "show", "github"]).out;
    assert!(table.contains("\npassword locked"), "{table}");
    let lifted = stage.json(&["profile", "edit", "github", "--unlock"]);
    assert_eq!(
        (&lifted["failures"], &lifted["password_lock"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(login(&stage, &["github"], GOOD).code, 0);
    let table = stage.done(&["profile", "show", "github"]).out;
    assert!(!table.contains("password locked"), "{table}");
}

/// Each try that is compared was debited first, however many come at once.
#[test]
fn tries_at_once_are_counted_one_by_one() {
    let stage = stage();
    let file = stage.write("wrong", "wrong");
    let from = ["login", "github", "--password-file", file.to_str().unwrap()];
    let all: Vec<_> = (0..8)
        .map(|_| stage.command(&from).stderr(Stdio::null()).spawn())
        .collect();
    let codes = all
        .into_iter()
        .map(|it| it.unwrap().wait().unwrap().code().unwrap());
    let (compared, early): (Vec<_>, Vec<_>) = codes.partition(|code| *code == 11);
    assert!(early.iter().all(|code| *code == 22), "{early:?}");
    assert!(
        compared.len() >= 5,
        "there is no delay before the fifth failure"
    );
    assert_eq!(
        stage.json(&["profile", "show", "github"])["failures"],
        compared.len()
    );
}

#[test]
fn a_token_that_cannot_be_printed_is_not_valid() {
    let stage = stage();
    let file = stage.write("p", GOOD);
    let login = ["login", "github", "--password-file", file.to_str().unwrap()];
    for redirection in [">&-", ">/dev/full"] {
        assert_eq!(
            stage.redirected(redirection, &login).code,
            51,
            "{redirection}"
        );
    }
    assert_eq!(stage.json(&["token", "list"]), Value::Array(Vec::new()));
}

#[test]
fn the_password_is_asked_for_and_not_shown() {
    let stage = stage();
    let mut terminal = stage.terminal(&["login", "github"]);
    terminal.answer("Password: ", GOOD);
    let (status, screen, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(0), true), "{screen}");
    assert!(
        screen.contains("token github/login") && !screen.contains(GOOD),
        "{screen}"
    );
    let mut terminal = stage.terminal(&["login", "nobody"]);
    terminal.answer("Password: ", GOOD);
    let (status, screen, _) = terminal.finish();
    assert_eq!(status.code(), Some(11), "{screen}");
    assert!(screen.contains("hallpass profile list"), "{screen}");
    let mut terminal = stage.terminal(&["login", "github"]);
    terminal.wait_for_hidden("Password: ");
    terminal.interrupt();
    let (status, _, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(130), true));
}

#[test]
fn a_token_goes_where_it_is_needed() {
    let stage = stage();
    let ran = login(&stage, &["github", "--to", "file:token"], GOOD);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    let held = std::fs::read_to_string(stage.file("token")).unwrap();
    assert_eq!(stage.verdict(&held, &["--connection", "ci"]).0, 0);
    let failed = login(&stage, &["github", "--to", "command:exit 1"], GOOD);
    assert_eq!((failed.code, failed.out.as_str()), (51, ""), "{failed:?}");
    assert_eq!(stage.json(&["token", "list"]).as_array().unwrap().len(), 1);
}
