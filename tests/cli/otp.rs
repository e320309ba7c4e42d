//! `hallpass otp`, with an outbox folder for the mails.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;

use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

#[cfg(feature = "smtp")]
mod servers;

/// Profile `anna`, restricted to `hr`, and an outbox folder.
fn stage() -> TestHome {
    let stage = TestHome::new();
    let folder = stage.file("mails");
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let url = format!("outbox:{}", folder.display());
    stage.done(&[
        "mail",
        "set",
        &url,
        "--from",
        "Hallpass <noreply@example.com>",
    ]);
    stage.done(&[
        "connection",
        "add",
        "hr",
        "--description",
        "Personnel records",
    ]);
    let add = [
        "profile",
        "add",
        "anna",
        "--connection",
        "hr",
        "--email",
        "anna@example.com",
    ];
    stage.done(&add);
    stage
}

/// The mails that arrived, in no order.
fn mails(stage: &TestHome) -> Vec<String> {
    let files = fs::read_dir(stage.file("mails")).unwrap();
    files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

/// The code in a mail: a line of eight digits.
fn code(mail: &str) -> String {
    let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|c| c.is_ascii_digit());
    mail.lines().find(is_code).unwrap().to_owned()
}

const VALIDATE: [&str; 5] = ["otp", "validate", "anna", "--connection", "hr"];
const REQUEST: [&str; 5] = ["otp", "request", "anna", "--connection", "hr"];

fn verdict(ran: &Answer) -> String {
    let verdict: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (verdict["exit"].as_i64(), ran.err.as_str()),
        (Some(ran.code.into()), "")
    );
    verdict["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_code_is_mailed_and_exchanged_once_for_a_token() {
    let stage = stage();
    let asked = stage.done(&[&REQUEST[..], &["--device", "Anna's phone"]].concat());
    assert_eq!(asked.out, "");
    assert!(
        asked
            .err
            .contains("the message to anna@example.com is in the outbox folder"),
        "{asked:?}"
    );
    let mail = mails(&stage).remove(0);
    assert!(mail.contains("To: <anna@example.com>"), "{mail}");
    assert!(mail.contains("Personnel records"), "{mail}");
    let code = code(&mail);
    assert!(!asked.err.contains(&code), "only the mail has it");
    let spelled = format!("  {} {}\r\n", &code[..4], &code[4..]);
    let ran = stage.piped(&VALIDATE, spelled);
    assert_eq!(ran.code, 0, "{ran:?}");
    let token = ran.out.strip_suffix('\n').unwrap();
    let here = [
        "--connection",
        "hr",
        "--environment",
        "production",
        "--device",
        "ANNA'S PHONE",
    ];
    assert_eq!(stage.verdict(token, &here).0, 0);
    assert!(
        ran.err.starts_with("token anna/Anna-s-phone (hpass_"),
        "{ran:?}"
    );
    let again = stage.piped(&VALIDATE, &code);
    assert_eq!((again.code, again.out.as_str()), (12, ""));
    assert!(again.err.starts_with("error: used: "), "{again:?}");
    assert!(
        again
            .err
            .contains("hint: hallpass otp request anna --connection hr"),
        "{again:?}"
    );
}

#[test]
fn a_code_is_printed_when_that_is_asked_for() {
    let stage = stage();
    let ran = stage.done(&[&REQUEST[..], &["--print-code"]].concat());
    assert_eq!(ran.out.trim_end(), code(&mails(&stage)[0]));
    let given = [&VALIDATE[..], &[ran.out.trim_end(), "--form", "xml"]].concat();
    let token = stage.done(&given).out;
    assert!(
        token.starts_with("<token><version>1</version><data>"),
        "{token}"
    );
    assert_eq!(stage.verdict(&token, &[]).0, 0);
    let throttled = stage.run(&[&REQUEST[..], &["-o", "json"]].concat());
    assert_eq!((throttled.code, throttled.out.as_str()), (22, ""));
    assert_eq!(throttled.error()["kind"], "throttled");
}

#[test]
fn a_mailbox_is_not_flooded_by_asking_for_other_uses() {
    let stage = stage();
    stage.done(&["connection", "add", "crm"]);
    stage.done(&["profile", "edit", "anna", "--any-connection"]);
    stage.done(&REQUEST);
    let other = [
        "otp",
        "request",
        "anna",
        "--connection",
        "crm",
        "-o",
        "json",
    ];
    let refused = stage.run(&other);
    let error = refused.error();
    assert_eq!(
        (refused.code, error["kind"].as_str()),
        (22, Some("throttled")),
        "{refused:?}"
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("request another after 20"),
        "{error}"
    );
    assert_eq!(mails(&stage).len(), 1);
}

#[test]
fn a_code_that_cannot_be_printed_is_not_good() {
    let stage = stage();
    for (redirection, next) in [
        (">&-", "anna@example.net"),
        (">/dev/full", "anna@example.org"),
    ] {
        let ran = stage.redirected(redirection, &[&REQUEST[..], &["--print-code"]].concat());
        assert_eq!(ran.code, 51, "{ran:?}");
        let code = code(&mails(&stage).pop().unwrap());
        let ran = stage.piped(&[&VALIDATE[..], &["-o", "json"]].concat(), &code);
        assert_eq!((ran.code, verdict(&ran).as_str()), (12, "cancelled"));
        stage.done(&["profile", "delete", "anna", "--yes"]);
        // What was mailed to the address counts, whoever has it.
        stage.done(&[
            "profile",
            "add",
            "anna",
            "--connection",
            "hr",
            "--email",
            next,
        ]);
        fs::remove_dir_all(stage.file("mails")).unwrap();
        DirBuilder::new()
            .mode(0o700)
            .create(stage.file("mails"))
            .unwrap();
    }
}

#[test]
fn a_token_that_cannot_be_printed_leaves_the_code_good() {
    let stage = stage();
    stage.done(&REQUEST);
    let code = code(&mails(&stage)[0]);
    for redirection in [">&-", ">/dev/full"] {
        let ran = stage.redirected(redirection, &[&VALIDATE[..], &[&code]].concat());
        assert_eq!(ran.code, 51, "{ran:?}");
    }
    assert_eq!(stage.piped(&VALIDATE, &code).code, 0);
}

#[test]
fn every_bad_code_has_its_answer() {
    let stage = stage();
    let json = [&VALIDATE[..], &["-o", "json"]].concat();
    let none = stage.piped(&json, "12345678");
    assert_eq!((none.code, verdict(&none).as_str()), (11, "no_code"));
    stage.done(&REQUEST);
    let code = code(&mails(&stage)[0]);
    for malformed in [
        "1234567",
        "123456789",
        "1234567x",
        "１２３４５６７８",
        "\u{1b}[2J",
        "-",
    ] {
        let ran = stage.piped(&json, malformed);
        assert_eq!(
            (ran.code, verdict(&ran).as_str()),
            (10, "malformed"),
            "{malformed:?}"
        );
    }
    let other = format!("{:08}", (code.parse::<u32>().unwrap() + 1) % 100_000_000);
    for _ in 0..5 {
        let ran = stage.piped(&json, &other);
        assert_eq!((ran.code, verdict(&ran).as_str()), (11, "wrong_code"));
    }
    let ran = stage.piped(&json, &code);
    assert_eq!((ran.code, verdict(&ran).as_str()), (12, "exhausted"));
    let listed = stage.json(&["otp", "list", "anna", "--all"]);
    assert_eq!(
        (&listed[0]["tries"], &listed[0]["state"]),
        (&5.into(), &"exhausted".into())
    );
}

#[test]
fn what_is_not_met_is_said_with_the_way_out() {
    let stage = stage();
    stage.done(&["connection", "add", "crm"]);
    let said = |code: i32, arguments: &[&str]| stage.fails(code, arguments);
    let restricted = said(6, &["otp", "request", "anna", "--connection", "crm"]);
    assert!(
        restricted.contains("hallpass profile edit anna --add-connection crm"),
        "{restricted}"
    );
    said(3, &["otp", "request", "nobody", "--connection", "hr"]);
    said(3, &["otp", "request", "anna", "--connection", "none"]);
    said(
        3,
        &[
            "otp",
            "request",
            "anna",
            "--connection",
            "hr",
            "--environment",
            "none",
        ],
    );
    said(3, &["otp", "cancel", "nobody", "--connection", "hr"]);
    said(3, &["otp", "list", "nobody"]);
    said(2, &["otp", "request", "anna"]);
    stage.done(&["profile", "edit", "anna", "--email", ""]);
    let unmailed = said(6, &REQUEST);
    assert!(
        unmailed.contains("hint: hallpass profile edit anna --email"),
        "{unmailed}"
    );
    stage.done(&["profile", "edit", "anna", "--email", "anna@example.com"]);
    stage.done(&["mail", "clear", "--yes"]);
    let unset = said(6, &REQUEST);
    assert!(unset.contains("hint: hallpass mail set"), "{unset}");
}

#[test]
fn a_code_is_listed_and_taken_back() {
    let stage = stage();
    assert!(
        stage
            .done(&["otp", "list"])
            .err
            .contains("no codes are pending")
    );
    assert!(
        stage
            .done(&["otp", "cancel", "anna", "--connection", "hr"])
            .err
            .contains("no code")
    );
    stage.done(&[&REQUEST[..], &["--device", "phone"]].concat());
    let code = code(&mails(&stage)[0]);
    let listed = stage.done(&["otp", "list"]).out;
    assert!(
        listed.contains("anna@example.com") && listed.contains("pending"),
        "{listed}"
    );
    assert!(!listed.contains(&code));
    let cancelled = stage.done(&["otp", "cancel", "anna", "--connection", "hr"]);
    assert_eq!(cancelled.out, "");
    assert_eq!(stage.piped(&VALIDATE, &code).code, 12);
    assert_eq!(stage.json(&["otp", "list"]), Value::Array(Vec::new()));
}

#[test]
fn a_code_that_was_exchanged_stays_used_and_that_is_said() {
    let stage = stage();
    stage.done(&REQUEST);
    let code = code(&mails(&stage)[0]);
    assert_eq!(stage.piped(&VALIDATE, &code).code, 0);
    let cancel = ["otp", "cancel", "anna", "--connection", "hr"];
    let first = stage.done(&cancel).err;
    assert!(
        first.contains("stays used, even if its token is not delivered"),
        "{first}"
    );
    assert!(!first.contains("nothing was changed"), "{first}");
    let second = stage.done(&cancel).err;
    assert!(
        second.contains("is invalid already; nothing was changed"),
        "{second}"
    );
}

#[test]
fn a_mail_that_cannot_leave_says_why_and_its_code_has_ended() {
    let stage = stage();
    fs::remove_dir(stage.file("mails")).unwrap();
    stage.write("mails", "a file where the folder was");
    let ran = stage.run(&REQUEST);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(
        ran.err.contains("cannot be sent, so there is no code"),
        "{ran:?}"
    );
    assert!(ran.err.contains("hint: hallpass mail test"), "{ran:?}");
    let listed = stage.json(&["otp", "list"]);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["delivery"]),
        (&"undelivered".into(), &"failed".into())
    );
    assert!(
        listed[0]["cause"].as_str().unwrap().contains("mails"),
        "{listed}"
    );
}

#[test]
fn a_code_is_asked_for_at_a_terminal_without_being_shown() {
    let stage = stage();
    stage.done(&REQUEST);
    let code = code(&mails(&stage)[0]);
    let mut terminal = stage.terminal(&VALIDATE);
    terminal.answer("Verification code: ", &code);
    let (status, screen, echo) = terminal.finish();
    assert!(status.success() && echo, "{screen}");
    assert!(!screen.contains(&code), "{screen}");
    assert!(screen.contains("hpass_"), "{screen}");
}

#[test]
fn a_token_goes_where_it_is_needed_and_a_delivery_that_fails_leaves_the_code_good() {
    let stage = stage();
    stage.done(&REQUEST);
    let code = code(&mails(&stage)[0]);
    let to = |sink: &str| stage.piped(&[&VALIDATE[..], &["--to", sink]].concat(), &code);
    let failed = to("command:cat >/dev/null; exit 3");
    assert_eq!((failed.code, failed.out.as_str()), (51, ""), "{failed:?}");
    assert_eq!(stage.json(&["token", "list"]), Value::Array(Vec::new()));
    let listed = stage.json(&["otp", "list"]);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["tries"]),
        (&"pending".into(), &0.into())
    );
    let done = to("env:.env#API_TOKEN");
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    let held = fs::read_to_string(stage.file(".env")).unwrap();
    let token = held
        .trim()
        .trim_start_matches("API_TOKEN=")
        .trim_matches(['"', '\'']);
    assert_eq!(stage.verdict(token, &["--connection", "hr"]).0, 0, "{held}");
    assert_eq!(to("file:again").code, 12);
}
