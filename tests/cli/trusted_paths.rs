//! A5: every file that is written or trusted is judged with the whole way to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

use crate::support::alone::SOMEBODY;
use crate::support::test_home::TestHome;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn folder(stage: &TestHome, name: &str, mode: u32) {
    fs::create_dir(stage.file(name)).unwrap();
    set_mode(&stage.file(name), mode);
}

/// A home with `open/inner`, the first of which is opened to others later, and files in it.
fn stage() -> TestHome {
    let stage = TestHome::with_sample_data();
    folder(&stage, "open", 0o700);
    folder(&stage, "open/inner", 0o700);
    symlink("open/inner", stage.file("way")).unwrap();
    fs::copy(stage.file("keys/store.key"), stage.file("open/inner/key")).unwrap();
    stage.write("passphrase", "cobalt lantern quiet otter");
    stage.done(&["store", "key", "add", "--new-passphrase-file", "passphrase"]);
    stage.write("open/inner/passphrase", "cobalt lantern quiet otter");
    stage.write("open/inner/password", "correct horse battery staple 42\n");
    let token = stage.token(&["github/there"]);
    stage.write("open/inner/token", &token);
    stage.write(
        "open/inner/value",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    );
    stage.write("open/inner/guide", "# Guide\n");
    stage.write("open/inner/config.toml", "output = \"json\"\n");
    stage.write("open/inner/declared.toml", "[environments.new]\n");
    stage.write(
        "guided.toml",
        "[connections.ci]\nguide_file = \"open/inner/guide\"\n",
    );
    stage.write(
        "valued.toml",
        "[profiles.github.tokens.v]\nvalue_file = \"open/inner/value\"\n",
    );
    stage.write(
        "sent.toml",
        "[profiles.github.tokens.s]\nto = \"file:open/inner/out\"\n",
    );
    stage.done(&["store", "backup", "open/inner/old.db"]);
    stage
}

/// Commands that read or write a file in `DIR`.
const LINES: &[&[&str]] = &[
    &["token", "add", "github/a", "--to", "file:DIR/out"],
    &["token", "add", "github/b", "--to", "env:DIR/env#T"],
    &["profile", "list", "--key-file", "DIR/key"],
    &["profile", "list", "--passphrase-file", "DIR/passphrase"],
    &[
        "profile",
        "list",
        "--config",
        "DIR/config.toml",
        "--key-file",
        "keys/store.key",
    ],
    &["store", "key", "add", "--new-key-file", "DIR/new.key"],
    &["store", "key", "add", "--new-key-file", "DIR/made/new.key"],
    &["store", "key", "add", "--recovery-file", "DIR/recovery"],
    &[
        "store",
        "key",
        "add",
        "--new-passphrase-file",
        "DIR/passphrase",
    ],
    &["store", "backup", "DIR/new.db"],
    &["review", "--html", "DIR/page.html", "--fail-on", "high"],
    &["apply", "DIR/declared.toml"],
    &["apply", "guided.toml"],
    &["token", "add", "github/v", "--value-file", "DIR/value"],
    &["apply", "valued.toml"],
    &["apply", "sent.toml"],
    &["verify", "--token-file", "DIR/token"],
    &[
        "password",
        "set",
        "github",
        "--password-file",
        "DIR/password",
    ],
    &["connection", "edit", "ci", "--guide-file", "DIR/guide"],
    &[
        "mail",
        "set",
        "smtp://u@127.0.0.1",
        "--from",
        "a@b.nl",
        "--password-file",
        "DIR/password",
    ],
    &[
        "mail",
        "set",
        "smtp://127.0.0.1",
        "--from",
        "a@b.nl",
        "--ca-file",
        "DIR/guide",
    ],
    &[
        "init",
        "--store",
        "DIR/new/store.db",
        "--new-key-file",
        "k",
        "--no-recovery",
    ],
    &[
        "init",
        "--store",
        "n/s.db",
        "--new-key-file",
        "DIR/k",
        "--no-recovery",
    ],
    &[
        "init",
        "--store",
        "n/s.db",
        "--new-key-file",
        "k",
        "--recovery-file",
        "DIR/r",
    ],
];

#[test]
fn a_folder_on_the_way_that_others_can_change_is_refused_wherever_a_file_is_named() {
    let stage = stage();
    for line in LINES {
        for way in ["open/inner", "way"] {
            let words: Vec<_> = line.iter().map(|word| word.replace("DIR", way)).collect();
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            for mode in [0o770, 0o707, 0o777] {
                set_mode(&stage.file("open"), mode);
                let before = stage.json(&["store", "info"])["epoch"].clone();
                let ran = stage.run(&words);
                assert_eq!(
                    (ran.code, ran.out.as_str()),
                    (43, ""),
                    "{words:?} {mode:o}: {ran:?}"
                );
                assert!(
                    ran.err.contains("open` is writable by others"),
                    "{words:?}: {ran:?}"
                );
                let fix = ran
                    .err
                    .lines()
                    .find_map(|line| line.strip_prefix("hint: chmod go-w "));
                let named = stage.path().join(fix.unwrap());
                assert_eq!(named.canonicalize().unwrap(), stage.file("open"), "{ran:?}");
                let after = stage.json(&["store", "info"])["epoch"].clone();
                assert_eq!(before, after, "{words:?}");
            }
        }
    }
    let names = |name: &str| fs::read_dir(stage.file(name)).unwrap().count();
    assert_eq!(
        (names("open"), names("open/inner")),
        (1, 9),
        "nothing came or went"
    );
    assert!(!stage.file("n/s.db").exists() && !stage.file("k").exists());
}

#[test]
fn a_sticky_folder_on_the_way_and_a_link_of_ones_own_are_passed() {
    let stage = stage();
    set_mode(&stage.file("open"), 0o1777);
    for line in LINES
        .iter()
        .filter(|line| !line.contains(&"init") && !line.contains(&"mail"))
    {
        let words: Vec<_> = line.iter().map(|word| word.replace("DIR", "way")).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let ran = stage.run(&words);
        assert!(matches!(ran.code, 0 | 7), "{words:?}: {ran:?}");
    }
}

#[test]
fn the_store_and_an_outbox_are_judged_with_all_that_leads_there() {
    let stage = stage();
    let moved = stage.file("open/inner/data");
    fs::rename(stage.file("data"), &moved).unwrap();
    let store = moved.join("hallpass/store.db");
    let look = [
        "profile",
        "list",
        "--store",
        store.to_str().unwrap(),
        "--no-anchor",
    ];
    stage.done(&look);
    let mails = format!("outbox:{}", stage.file("way/mails").display());
    let mail = [&["mail", "set", &mails, "--from", "a@b.nl"][..], &look[2..]].concat();
    stage.done(&mail);
    set_mode(&stage.file("open"), 0o770);
    let refused = stage.fails(43, &look);
    assert!(refused.contains("open` is writable by others"), "{refused}");
    fs::rename(&moved, stage.file("data")).unwrap();
    let refused = stage.fails(6, &mail[..5]);
    assert!(refused.contains("open` is writable by others"), "{refused}");
}

/// Root who is at somebody's home by mistake is told so, whatever of it comes first.
#[test]
fn what_belongs_to_a_store_of_somebody_else_is_refused_to_root_with_the_user_it_is_for() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let stage = TestHome::with_sample_data();
    let look = ["profile", "list", "--output", "json"];
    for foreign in [
        "",
        "config",
        "config/hallpass",
        "config/hallpass/config.toml",
        "keys",
        "keys/store.key",
        "state",
        "state/hallpass",
        "state/hallpass/anchors",
        "state/hallpass/known",
        "data",
        "data/hallpass",
        "data/hallpass/store.db",
    ] {
        let foreign = stage.file(foreign);
        chown(&foreign, Some(SOMEBODY), None).unwrap();
        let refused = stage.run(&look);
        assert_eq!(refused.code, 43, "{foreign:?}: {refused:?}");
        let error = refused.error();
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("belongs to another user (uid 65534)"),
            "{message}"
        );
        let named = foreign.display().to_string();
        assert!(message.contains(named.trim_end_matches('/')), "{message}");
        assert_eq!(error["hint"], "sudo -u '#65534' hallpass …", "{message}");
        chown(&foreign, Some(0), None).unwrap();
    }
    for folder in ["state/hallpass/anchors", "state/hallpass/known"] {
        for remembered in fs::read_dir(stage.file(folder)).unwrap() {
            let remembered = remembered.unwrap().path();
            chown(&remembered, Some(SOMEBODY), None).unwrap();
            assert_eq!(
                stage.run(&look).error()["hint"],
                "sudo -u '#65534' hallpass …"
            );
            chown(&remembered, Some(0), None).unwrap();
        }
    }
    stage.done(&look);
}

/// Whoever may write the folder of the settings switches the anchor off.
#[test]
fn settings_that_others_could_have_written_are_refused_also_where_there_are_none() {
    let stage = TestHome::with_sample_data();
    let folder = stage.config().parent().unwrap().to_owned();
    let look = ["profile", "list", "--key-file", "keys/store.key"];
    for there in [true, false] {
        for mode in [0o770, 0o707] {
            set_mode(&folder, mode);
            let refused = stage.fails(43, &look);
            assert!(refused.contains("hint: chmod go-w "), "{refused}");
        }
        set_mode(&folder, 0o755);
        stage.done(&look);
        if there {
            for mode in [0o620, 0o602, 0o666] {
                set_mode(&stage.config(), mode);
                let refused = stage.fails(43, &look);
                let fix = format!("hint: chmod go-w {}", stage.config().display());
                assert!(refused.contains(&fix), "{refused}");
            }
            set_mode(&stage.config(), 0o644);
            stage.done(&look);
            if rustix::process::geteuid().is_root() {
                chown(stage.config(), Some(SOMEBODY), None).unwrap();
                let refused = stage.fails(43, &look);
                assert!(refused.contains("belongs to another user"), "{refused}");
            }
            fs::remove_file(stage.config()).unwrap();
        }
    }
}
