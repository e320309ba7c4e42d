//! `demo`: the tour ends well, touches nothing of one's own, and leaves what it is told to leave.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::Home;

#[test]
fn the_tour_does_the_main_job_and_leaves_nothing() {
    let home = Home::new();
    let temporary = home.file("tmp");
    fs::create_dir(&temporary).unwrap();
    let output = home
        .hallpass(&["demo"])
        .env("TMPDIR", &temporary)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = String::from_utf8(output.stdout).unwrap();
    for part in [
        "$ hallpass init",
        "valid: acme/laptop",
        "(exit 16)",
        "(exit 12)",
        "store check",
    ] {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    assert!(
        !shown.contains("(a whole token)"),
        "a shell keeps it in a variable:\n{shown}"
    );
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    assert!(!home.store().exists() && !home.config().exists());
}

#[test]
fn no_tour_is_made_where_others_could_exchange_its_files() {
    let home = Home::new();
    let open = home.file("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    home.hallpass(&["demo"])
        .env("TMPDIR", &open)
        .assert()
        .code(43);
    home.hallpass(&["demo", "--keep", "open/tour"])
        .assert()
        .code(43);
    assert_eq!(fs::read_dir(&open).unwrap().count(), 0);
}

#[test]
fn the_tour_is_a_list_for_programs() {
    let home = Home::new();
    let output = home.hallpass(&["demo", "-o", "json"]).output().unwrap();
    let steps: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = steps.as_array().unwrap();
    assert!(steps.len() > 10 && steps.iter().all(|step| step["exit"].is_i64()));
}

#[test]
fn the_tours_store_can_be_kept_in_a_new_folder() {
    let home = Home::new();
    home.hallpass(&["demo", "--keep", "tour"])
        .assert()
        .success();
    let kept = |arguments: &[&str]| {
        let mut command = home.hallpass(arguments);
        command.env("HALLPASS_STORE", home.file("tour/store/store.db"));
        command.env("HALLPASS_STATE_DIR", home.file("tour/state"));
        command.env("HALLPASS_CONFIG", home.file("tour/config.toml"));
        command
    };
    kept(&["store", "check"]).assert().success();
    kept(&["token", "list", "acme", "--all"]).assert().success();
    home.hallpass(&["demo", "--keep", "tour"]).assert().code(4);
    home.hallpass(&["demo", "--keep", "no/such/folder"])
        .assert()
        .failure();
}
