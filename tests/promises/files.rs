//! Files: their modes (T24), paths that a first user may stumble over (T25), and that no secret is
//! in any of them, nor anywhere else where it must not be (T21).

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode};

use super::files_below;
use crate::support::Home;
use crate::support::test_home::TestHome;

mod canary;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command under a umask, as a shell has it.
fn under(umask: &str, home: &Home, arguments: &[&str]) {
    let hallpass = home.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
    shell
        .arg(hallpass.get_program())
        .args(hallpass.get_args())
        .current_dir(home.path());
    shell.env_clear();
    for (name, value) in hallpass.get_envs() {
        shell.env(name, value.unwrap());
    }
    let output = shell.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
}

/// Every file of a home, and every folder above one, is for its owner alone.
fn are_for_their_owner_alone(home: &Home, files: &[PathBuf], umask: &str) {
    for file in files {
        assert_eq!(mode(file), 0o600, "{} under umask {umask}", file.display());
        for folder in file.ancestors().skip(1).take_while(|it| *it != home.path()) {
            assert_eq!(
                mode(folder),
                0o700,
                "{} under umask {umask}",
                folder.display()
            );
        }
    }
}

/// T24. 177 is what a careful user has, and would keep folders from being entered.
#[test]
fn every_file_is_for_its_owner_alone_whatever_the_umask() {
    for umask in ["000", "022", "077", "177"] {
        let home = Home::new();
        let run = |arguments: &[&str]| under(umask, &home, arguments);
        let recovery = ["--recovery-file", "papers/recovery"];
        run(&[&["init", "--new-key-file", "keys/a"][..], &recovery].concat());
        run(&["connection", "add", "ci"]);
        run(&["profile", "add", "github", "--connection", "ci"]);
        run(&["token", "add", "github/laptop"]);
        run(&["token", "revoke", "github/laptop", "--yes"]);
        run(&["token", "add", "github/file", "--to", "file:sinks-file"]);
        run(&["token", "add", "github/env", "--to", "env:sinks-env#T"]);
        run(&["store", "key", "add", "--new-key-file", "more/b"]);
        run(&["store", "key", "add", "--recovery-file", "more/c"]);
        run(&["store", "backup", "backup.db"]);
        run(&["store", "restore", "backup.db", "--yes"]);
        run(&["store", "check"]);
        run(&["review", "--fail-on", "high", "--html", "review-page"]);
        run(&["demo", "--keep", "tour"]);
        let files = files_below(home.path());
        let made = |end: &str| {
            files
                .iter()
                .any(|path| path.to_str().unwrap().contains(end))
        };
        for end in [
            "keys/a",
            "papers/recovery",
            "more/b",
            "more/c",
            "backup.db",
            "tour/",
        ] {
            assert!(made(end), "no {end}, so this proves nothing");
        }
        for end in [
            "sinks-file",
            "sinks-env",
            "review-page",
            "store.db",
            "config.toml",
            "state/hallpass/anchors/",
            ".revoked",
            "/known/",
        ] {
            assert!(made(end), "no {end}, so this proves nothing");
        }
        are_for_their_owner_alone(&home, &files, umask);
    }
}

/// The mode of an open store's sidecars: they are there while somebody has it open.
#[test]
fn what_sqlite_puts_beside_the_store_is_for_its_owner_alone() {
    let home = TestHome::new();
    let reader = rusqlite::Connection::open(home.store()).unwrap();
    let count: i64 = reader
        .query_row("SELECT count(*) FROM obj", [], |row| row.get(0))
        .unwrap();
    assert!(count > 0, "the store is open while the command below runs");
    under("000", &home, &["connection", "add", "ci"]);
    let beside = files_below(home.store().parent().unwrap());
    assert!(
        beside
            .iter()
            .any(|path| path.to_str().unwrap().ends_with("-wal")),
        "{beside:?}"
    );
    for path in &beside {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_store_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let home = TestHome::new();
    let store = home.store();
    set_mode(&store, 0o644);
    let said = home.fails(43, &["profile", "list"]);
    let fix = said.split("hint: ").nth(1).unwrap().trim();
    assert_eq!(fix, format!("chmod 600 {}", store.display()));
    let mended = Command::new("sh").args(["-c", fix]).status().unwrap();
    assert!(mended.success());
    home.done(&["profile", "list"]);
}

#[test]
fn a_key_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let home = TestHome::new();
    let key = home.file("keys/store.key");
    for open in [0o644, 0o640, 0o604, 0o620] {
        set_mode(&key, open);
        let said = home.fails(43, &["profile", "list"]);
        assert!(
            said.contains(&format!("hint: chmod 600 {}", key.display())),
            "{said}"
        );
    }
    set_mode(&key, 0o400);
    home.done(&["profile", "list"]);
}

#[test]
fn a_store_or_key_behind_a_link_is_refused() {
    let home = TestHome::new();
    let link = home.store().with_file_name("link.db");
    symlink(home.store(), &link).unwrap();
    let said = home.fails(43, &["profile", "list", "--store", link.to_str().unwrap()]);
    assert!(said.contains("link"), "{said}");
    let key = home.file("key.link");
    symlink(home.file("keys/store.key"), &key).unwrap();
    let said = home.fails(
        43,
        &["profile", "list", "--key-file", key.to_str().unwrap()],
    );
    assert!(said.contains("symbolic link"), "{said}");
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let home = TestHome::new();
    let folder = home.store().parent().unwrap().to_owned();
    rustix::fs::mkfifoat(CWD, folder.join("fifo.db"), Mode::from_raw_mode(0o600)).unwrap();
    fs::create_dir(folder.join("folder.db")).unwrap();
    for name in ["fifo.db", "folder.db"] {
        let path = folder.join(name);
        home.fails(43, &["profile", "list", "--store", path.to_str().unwrap()]);
    }
    // The same where the key is looked for; a FIFO would be waited for.
    for name in ["fifo.db", "folder.db"] {
        let path = folder.join(name);
        let (option, value) = ("--key-file", path.to_str().unwrap());
        home.fails(
            43,
            &["profile", "list", option, value, "--allow-colocated-key"],
        );
    }
}

#[test]
fn a_store_in_a_shared_folder_is_refused_with_a_folder_of_its_own() {
    let home = TestHome::empty();
    let shared = home.file("shared");
    fs::create_dir(&shared).unwrap();
    set_mode(&shared, 0o1777);
    let init = |store: &Path| {
        let store = store.to_str().unwrap().to_owned();
        [
            "init",
            "--store",
            &store,
            "--new-key-file",
            "keys/k",
            "--no-recovery",
        ]
        .map(String::from)
    };
    let arguments = init(&shared.join("store.db"));
    let said = home.fails(43, &arguments.each_ref().map(String::as_str));
    assert!(
        said.contains(&format!("{}/hallpass", shared.display())),
        "{said}"
    );
    assert!(files_below(&shared).is_empty());
    assert!(!home.file("keys/k").exists(), "no key without a store");
    let arguments = init(&shared.join("hallpass/store.db"));
    home.done(&arguments.each_ref().map(String::as_str));
    assert_eq!(mode(&shared.join("hallpass")), 0o700);
}

#[test]
fn a_file_to_be_written_is_never_written_through_a_link() {
    let home = TestHome::new();
    let mine = home.write("mine", "precious");
    for (link, target) in [
        ("to-mine", mine.as_path()),
        ("to-nothing", Path::new("nothing")),
    ] {
        symlink(target, home.file(link)).unwrap();
        home.fails(4, &["store", "backup", link]);
        home.fails(4, &["store", "key", "add", "--recovery-file", link]);
        home.fails(4, &["store", "key", "add", "--new-key-file", link]);
        home.fails(4, &["demo", "--keep", link]);
    }
    assert_eq!(fs::read_to_string(&mine).unwrap(), "precious");
    assert!(!home.file("nothing").exists());
    let keys = home.done(&["store", "key", "list", "-o", "jsonl"]).out;
    assert_eq!(keys.lines().count(), 1, "no key without its file");
}

#[test]
fn no_name_becomes_a_path() {
    let home = TestHome::new();
    let before = files_below(home.path());
    for name in ["../x", "a/b", "/etc/passwd", "..", ".", "a\0b", "-x", "~/x"] {
        if name.contains('\0') {
            continue;
        }
        for noun in ["profile", "connection", "environment"] {
            home.fails(2, &[noun, "add", "--", name]);
        }
        home.fails(2, &["token", "add", "--", &format!("{name}/../x")]);
    }
    assert_eq!(files_below(home.path()), before);
}
