//! Who did it, as the log has it.

use std::fs;

use serde_json::Value;

use super::codes::{as_somebody_with, give_away};
use crate::support::test_home::{Answer, TestHome};

/// The actor of the newest entry.
fn actor(stage: &TestHome, list: impl Fn(&TestHome, &[&str]) -> Answer) -> Value {
    let listed = list(stage, &["audit", "list", "--limit", "1", "-o", "json"]);
    let entries: Value = serde_json::from_str(&listed.out).unwrap();
    entries[0]["actor"].clone()
}

/// The user who signed in, as the kernel says it, if anybody did.
fn signed_in() -> Option<u32> {
    let kept = fs::read_to_string("/proc/self/loginuid").ok()?;
    kept.trim()
        .parse()
        .ok()
        .filter(|number| *number != u32::MAX)
}

#[test]
fn root_is_who_sudo_says_it_is() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let stage = TestHome::with_sample_data();
    let mut command = stage.hallpass(&["profile", "edit", "github", "--description", "x"]);
    assert!(
        command
            .env("SUDO_USER", "ann")
            .output()
            .unwrap()
            .status
            .success()
    );
    let actor = actor(&stage, TestHome::run);
    assert_eq!(
        (&actor["sudo_user"], &actor["login"]),
        (&"ann".into(), &"root".into())
    );
}

#[test]
fn nobody_else_says_who_he_is_by_a_variable() {
    let stage = TestHome::with_sample_data();
    give_away(stage.path());
    let edit = ["profile", "edit", "github", "--description", "x"];
    let edited = as_somebody_with(&stage, &edit, &[("SUDO_USER", "ann")]);
    assert_eq!(edited.code, 0, "{edited:?}");
    let actor = actor(&stage, |stage, line| as_somebody_with(stage, line, &[]));
    assert_eq!(actor["sudo_user"], Value::Null);
    // Without a sign-in, as in a container, it is the user of the process.
    let number = signed_in().unwrap_or(actor["uid"].as_u64().unwrap().try_into().unwrap());
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users
        .lines()
        .find(|line| line.split(':').nth(2) == Some(&number.to_string()));
    let name = line.map(|line| line.split(':').next().unwrap().to_owned());
    let unnamed = signed_in().map(|number| number.to_string());
    assert_eq!(actor["login"].as_str().map(str::to_owned), name.or(unnamed));
}
