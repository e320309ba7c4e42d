//! `init`: what is asked, what is written, and that nothing is made by halves.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::support::Home;
use crate::support::pty::Terminal;

const PASSPHRASE: &str = "cobalt lantern quiet otter";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn with_a_key_file_nothing_is_asked() {
    let home = Home::new();
    let made = home.hallpass(&["init", "--new-key-file", "keys/store.key", "--no-recovery"]);
    let output = { made }.output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stdout.is_empty());
    let key = home.file("keys/store.key");
    assert_eq!(
        (mode(&key), mode(&home.file("keys")), mode(&home.store())),
        (0o600, 0o700, 0o600)
    );
    let line = fs::read_to_string(&key).unwrap();
    assert!(line.starts_with("HALLPASS-KEY-1:") && line.ends_with('\n'));
    let settings = fs::read_to_string(home.config()).unwrap();
    assert_eq!(
        settings,
        format!("key_file = \"{}\"\n", key.canonicalize().unwrap().display())
    );
    let status = home.hallpass(&["status", "-o", "json"]).output().unwrap();
    assert_eq!(status.status.code(), Some(0));
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(
        (&status["state"], &status["anchor"]),
        (&"open".into(), &"ok".into())
    );
}

/// In the first slot of the header (`docs/file-format.md`): memory in KiB, passes, lanes.
#[test]
fn a_passphrase_costs_256_mib_and_three_passes_a_try() {
    let home = Home::new();
    home.write("passphrase", PASSPHRASE);
    let init = ["init", "--passphrase-file", "passphrase", "--no-recovery"];
    assert_eq!(
        home.hallpass(&init).output().unwrap().status.code(),
        Some(0)
    );
    let store = rusqlite::Connection::open(home.store()).unwrap();
    let header: Vec<u8> = store
        .query_row("SELECT v FROM hdr WHERE k = 1", [], |row| row.get(0))
        .unwrap();
    let number = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
    assert_eq!(header[80], 1, "a passphrase");
    let head = 80 + 4 + 8 + 8 + 8;
    assert_eq!(
        [number(head), number(head + 4), number(head + 8)],
        [256 * 1024, 3, 1]
    );
}

#[test]
fn off_a_terminal_a_recovery_code_needs_a_place() {
    let home = Home::new();
    let refused = home
        .hallpass(&["init", "--new-key-file", "k/key"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--no-recovery"));
    assert!(
        !home.file("k").exists() && !home.store().exists(),
        "nothing was made"
    );
    let nothing = home.hallpass(&["init", "--no-recovery"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(!home.store().exists());
}

#[test]
fn a_store_or_key_file_that_is_there_is_never_overwritten() {
    let home = Home::new();
    home.write("taken", "precious");
    let refused = home
        .hallpass(&["init", "--new-key-file", "taken", "--no-recovery"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(4));
    assert_eq!(fs::read_to_string(home.file("taken")).unwrap(), "precious");
    assert!(!home.store().exists());
    let made = [
        "init",
        "--new-key-file",
        "k/key",
        "--recovery-file",
        "r.txt",
    ];
    home.hallpass(&made).assert().success();
    let before = fs::read(home.store()).unwrap();
    let again = [
        "init",
        "--new-key-file",
        "k/other",
        "--recovery-file",
        "r2.txt",
    ];
    home.hallpass(&again).assert().code(4);
    assert_eq!(fs::read(home.store()).unwrap(), before);
    assert!(!home.file("k/other").exists() && !home.file("r2.txt").exists());
}

#[test]
fn a_key_file_beside_the_store_is_refused() {
    let home = Home::new();
    let beside = home.store().with_file_name("key").display().to_string();
    home.hallpass(&["init", "--new-key-file", &beside, "--no-recovery"])
        .assert()
        .code(6);
    assert!(!home.store().exists());
}

#[test]
fn a_recovery_file_opens_the_store() {
    let home = Home::new();
    let made = [
        "init",
        "--new-key-file",
        "k/key",
        "--recovery-file",
        "r.txt",
    ];
    home.hallpass(&made).assert().success();
    assert_eq!(mode(&home.file("r.txt")), 0o600);
    home.hallpass(&["status", "--passphrase-file", "r.txt"])
        .assert()
        .code(0);
    home.write("wrong", "4H45-BZCR-GKQM-E5KP-M9EE-4P0K-AQMK-R0GS-BZ0Y\n");
    home.hallpass(&["status", "--passphrase-file", "wrong"])
        .assert()
        .code(20);
}

#[test]
fn a_passphrase_that_anybody_guesses_makes_no_store() {
    let home = Home::new();
    home.write("weak", "a\n");
    let weak = ["init", "--passphrase-file", "weak", "--no-recovery"];
    home.hallpass(&weak).assert().code(6);
    assert!(!home.store().exists());
}

#[test]
fn at_a_terminal_it_asks_for_a_passphrase_and_shows_a_recovery_code() {
    let home = Home::new();
    let mut terminal = Terminal::spawn(home.command(&["init"]));
    terminal.answer("New passphrase: ", PASSPHRASE);
    terminal.answer("New passphrase again: ", PASSPHRASE);
    let mut code = String::new();
    for n in 0..2 {
        let shown = terminal.wait_for_hidden_and_look("of the recovery code: ");
        if n == 0 {
            let line = shown
                .lines()
                .find(|line| line.len() == 44 && line.matches('-').count() == 8);
            code = line.unwrap().to_owned();
            assert!(!shown.contains(PASSPHRASE), "the passphrase was echoed");
        }
        let group = shown
            .rsplit("Group ")
            .next()
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        let group: usize = group.parse().unwrap();
        terminal.type_line(code.split('-').nth(group - 1).unwrap());
    }
    let (status, rest, echo) = terminal.finish();
    assert!(status.success() && echo, "{rest}");
    let pass = home.write("pass", PASSPHRASE);
    home.hallpass(&["status", "--passphrase-file", pass.to_str().unwrap()])
        .assert()
        .code(0);
    let paper = home.write("paper", &code.to_lowercase());
    home.hallpass(&["status", "--passphrase-file", paper.to_str().unwrap()])
        .assert()
        .code(0);
    home.hallpass(&["status"]).assert().code(21);
    home.hallpass(&["store", "info"]).assert().code(21);
}

#[test]
fn whoever_did_not_copy_the_code_gets_no_store() {
    let home = Home::new();
    let mut terminal = Terminal::spawn(home.command(&["init", "--new-key-file", "k/key"]));
    for _ in 0..3 {
        terminal.answer("of the recovery code: ", "nope");
    }
    let (status, _, echo) = terminal.finish();
    assert_eq!(status.code(), Some(2));
    assert!(echo && !home.store().exists() && !home.file("k/key").exists());
}

#[test]
fn an_interrupt_leaves_nothing_behind_and_the_terminal_as_it_was() {
    let home = Home::new();
    let mut terminal = Terminal::spawn(home.command(&["init", "--no-recovery"]));
    terminal.wait_for_hidden("New passphrase: ");
    terminal.interrupt();
    let (status, _, echo) = terminal.finish();
    assert_eq!((status.code(), echo), (Some(130), true));
    let left = home.store().parent().unwrap().read_dir().unwrap().count();
    assert_eq!(left, 0, "no hidden file either");
    home.hallpass(&["init", "--new-key-file", "k/key", "--no-recovery"])
        .assert()
        .success();
}
