//! `hallpass password`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::fields;
use crate::support::pty::Terminal;
use crate::support::test_home::{Answer, TestHome};

const GOOD: &str = "umbrella-vortex-lantern-88";

fn has_password(stage: &TestHome) -> bool {
    stage.json(&["profile", "show", "github"])["has_password"] == true
}

/// `password verify`, with the password on standard input.
fn verify(stage: &TestHome, arguments: &[&str], password: &str) -> Answer {
    let verify = ["password", "verify", "--password-file", "-"];
    stage.piped(&[&verify[..], arguments].concat(), password)
}

#[test]
fn a_password_is_set_and_verified() {
    let stage = TestHome::with_sample_data();
    let ran = stage.piped(
        &["password", "set", "github", "--password-file", "-"],
        format!("{GOOD}\n"),
    );
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let file = stage.write("p", GOOD);
    let set = [
        "password",
        "set",
        "github",
        "--yes",
        "--password-file",
        file.to_str().unwrap(),
    ];
    let json = stage.done(&[&set[..], &["-o", "json"]].concat()).out;
    assert_eq!(json, "{\"profile\":\"github\",\"password\":null}\n");

    let right = verify(&stage, &["github", "-o", "json"], GOOD);
    assert_eq!((right.code, right.err.as_str()), (0, ""));
    assert_eq!(fields(&right.out), ["valid", "reason", "exit", "profile"]);
    let wrong = verify(&stage, &["github", "-o", "json"], "wrong");
    let verdict: Value = serde_json::from_str(&wrong.out).unwrap();
    assert_eq!((wrong.code, wrong.err.as_str()), (11, ""));
    assert_eq!(verdict["reason"], "wrong_password");
    stage.done(&["profile", "suspend", "github", "--yes"]);
    let suspended = verify(&stage, &["github"], GOOD);
    assert_eq!(suspended.code, 14);
    assert!(
        suspended.out.starts_with("profile_suspended: "),
        "{}",
        suspended.out
    );
}

#[test]
fn an_operator_is_told_why_there_is_nothing_to_match() {
    let stage = TestHome::with_sample_data();
    for (profile, why) in [
        ("github", "has no password"),
        ("nobody", "there is no profile"),
    ] {
        let ran = verify(&stage, &[profile], GOOD);
        assert_eq!((ran.code, ran.err.as_str()), (11, ""));
        assert!(ran.out.contains(why), "{}", ran.out);
    }
}

#[test]
fn a_weak_password_is_refused_and_told_why() {
    let stage = TestHome::with_sample_data();
    for weak in ["short", "passwordpassword", "github-github-github"] {
        let ran = stage.piped(
            &[
                "password",
                "set",
                "github",
                "--password-file",
                "-",
                "-o",
                "json",
            ],
            weak,
        );
        assert_eq!((ran.code, ran.out.as_str()), (6, ""));
        assert_eq!(ran.error()["kind"], "refused");
        assert!(!ran.err.contains(weak), "{}", ran.err);
    }
    assert!(!has_password(&stage));
    let empty = stage.piped(&["password", "set", "github", "--password-file", "-"], "\n");
    assert_eq!(empty.code, 2);
    assert_eq!(
        stage.run(&["password", "set", "nobody", "--generate"]).code,
        3
    );
    let nobody_to_ask = stage.run(&["password", "set", "github"]);
    assert_eq!(nobody_to_ask.code, 2);
    assert!(
        nobody_to_ask
            .err
            .contains("`--password-file FILE` or `--generate`")
    );
}

#[test]
fn a_generated_password_is_seen_once() {
    let stage = TestHome::with_sample_data();
    let ran = stage.run(&["password", "set", "github", "--generate"]);
    let password = ran.out.strip_suffix('\n').unwrap();
    assert!(
        ran.err.ends_with("copy it now: it is not shown again\n"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains(password));
    assert_eq!(verify(&stage, &["github"], password).code, 0);
    let again = [
        "password",
        "set",
        "github",
        "--generate",
        "--yes",
        "-o",
        "json",
    ];
    let json = stage.done(&again).out;
    assert_eq!(fields(&json), ["profile", "password"]);
    assert_eq!(verify(&stage, &["github"], password).code, 11);
}

#[test]
fn replacing_is_confirmed() {
    let stage = TestHome::with_sample_data();
    let file = stage.write("p", GOOD);
    let set = [
        "password",
        "set",
        "github",
        "--password-file",
        file.to_str().unwrap(),
    ];
    let previewed = stage.json(&[&set[..], &["--dry-run"]].concat());
    assert_eq!(
        (&previewed["password"], has_password(&stage)),
        (&false.into(), false)
    );
    stage.done(&set);
    let verified = |password: &str| verify(&stage, &["github"], password).code;
    assert_eq!(verified(GOOD), 0);
    let newer = stage.write("newer", "turbine-saffron-otter-51");
    let newer = [
        "password",
        "set",
        "github",
        "--password-file",
        newer.to_str().unwrap(),
    ];
    stage.asks_first(&newer, "the password is no longer accepted");
    let generate = ["password", "set", "github", "--generate"];
    for more in [&[][..], &["--to", "file:password"]] {
        let refused = stage.run(&[&generate[..], more].concat());
        assert_eq!((refused.code, refused.out.as_str()), (5, ""), "{refused:?}");
        assert!(
            refused.err.contains("the password is no longer accepted"),
            "{refused:?}"
        );
        assert!(
            refused.err.contains("`--dry-run` shows the same"),
            "{refused:?}"
        );
        let previewed = stage.done(&[&generate[..], more, &["--dry-run"]].concat());
        assert!(
            previewed.out.contains("the password is no longer accepted"),
            "{previewed:?}"
        );
    }
    assert!(!stage.file("password").exists());
    assert!(!stage.file("password").exists());
    assert_eq!(verified(GOOD), 0);
    let new = stage.done(&[&generate[..], &["--yes"]].concat()).out;
    assert_eq!((verified(new.trim()), verified(GOOD)), (0, 11));
}

/// What the change would refuse, its trial does.
#[test]
fn a_trial_judges_the_file_and_the_place_as_the_change_does() {
    let stage = TestHome::with_sample_data();
    let before = stage.all();
    let open = stage.write("open", GOOD);
    fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).unwrap();
    stage.write("weak", "password");
    stage.write("notes", "notes\n");
    let set = ["password", "set", "github"];
    for (more, code) in [
        (&["--password-file", "open"][..], 43),
        (&["--password-file", "missing"], 3),
        (&["--password-file", "weak"], 6),
        (&["--generate", "--to", "file:notes"], 43),
        (&["--generate", "--to", "fd:9"], 2),
    ] {
        for trial in [&["--yes"][..], &["--dry-run"]] {
            let refused = stage.run(&[&set[..], more, trial].concat());
            assert_eq!(refused.code, code, "{more:?} {trial:?}: {refused:?}");
        }
    }
    let generate = [
        &set[..],
        &["--generate", "--to", "file:notes", "--overwrite"],
    ]
    .concat();
    let previewed = stage.done(&[&generate[..], &["--dry-run"]].concat());
    assert!(
        previewed
            .out
            .ends_with("notes`, replacing what was there\n"),
        "{previewed:?}"
    );
    assert_eq!(fs::read_to_string(stage.file("notes")).unwrap(), "notes\n");
    assert_eq!(stage.all(), before);
}

#[test]
fn replacing_is_asked_about_at_a_terminal() {
    let stage = TestHome::with_sample_data();
    stage.done(&["password", "set", "github", "--generate"]);
    for (says, code) in [("n", 5), ("y", 0)] {
        let mut terminal = Terminal::spawn(stage.command(&["password", "set", "github"]));
        terminal.press("Replace it?", &format!("{says}\r"));
        if code == 0 {
            terminal.answer("New password: ", GOOD);
            terminal.answer("New password again: ", GOOD);
        }
        let (status, screen, _) = terminal.finish();
        assert_eq!(status.code(), Some(code), "{screen}");
    }
    assert_eq!(verify(&stage, &["github"], GOOD).code, 0);
}

#[test]
fn clearing_is_confirmed() {
    let stage = TestHome::with_sample_data();
    stage.done(&["password", "set", "github", "--generate"]);
    let refused = stage.run(&["password", "clear", "github"]);
    assert_eq!(refused.code, 5);
    assert!(
        refused.err.contains("the password is no longer accepted"),
        "{}",
        refused.err
    );
    assert_eq!(
        stage.json(&["password", "clear", "github", "--dry-run"])["password"],
        true
    );
    assert!(has_password(&stage));
    stage.done(&["password", "clear", "github", "--yes"]);
    assert!(!has_password(&stage));
    let again = stage.run(&["password", "clear", "github"]);
    assert!(
        again.code == 0 && again.err.contains("nothing was changed"),
        "{}",
        again.err
    );
}

#[test]
fn too_many_tries_are_refused_until_a_time_that_is_said() {
    let stage = TestHome::with_sample_data();
    stage.done(&["password", "set", "github", "--generate"]);
    let tries = (0..12).map(|_| verify(&stage, &["github", "-o", "json"], "no"));
    let throttled = tries.into_iter().find(|ran| ran.code != 11).unwrap();
    assert_eq!((throttled.code, throttled.out.as_str()), (22, ""));
    let error = throttled.error();
    assert_eq!(error["kind"], "throttled");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("try again after 20"),
        "{error}"
    );
}

#[test]
fn a_password_is_typed_twice_and_never_shown() {
    let stage = TestHome::with_sample_data();
    let mut terminal = Terminal::spawn(stage.command(&["password", "set", "github"]));
    terminal.answer("New password: ", GOOD);
    terminal.answer("New password again: ", "something else");
    terminal.answer("New password: ", GOOD);
    terminal.answer("New password again: ", GOOD);
    let (status, screen, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(0), true), "{screen}");
    assert!(
        screen.contains("is set") && !screen.contains(GOOD),
        "{screen}"
    );
    let mut terminal = Terminal::spawn(stage.command(&["password", "verify", "github"]));
    terminal.answer("Password: ", GOOD);
    let (status, screen, _) = terminal.finish();
    assert_eq!(status.code(), Some(0));
    assert!(
        screen.contains("valid: ") && !screen.contains(GOOD),
        "{screen}"
    );
}

#[test]
fn an_interrupted_question_sets_nothing() {
    let stage = TestHome::with_sample_data();
    let mut terminal = Terminal::spawn(stage.command(&["password", "set", "github"]));
    terminal.answer("New password: ", GOOD);
    terminal.wait_for_hidden("New password again: ");
    terminal.interrupt();
    let (status, _, echo) = terminal.finish();
    assert_eq!(
        (status.code(), echo, has_password(&stage)),
        (Some(130), true, false)
    );
}
