//! Exit codes (T42): each that the program can end with from outside is the end of some test.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::pipe;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{PermissionsExt as _, lchown};
use std::path::Path;
use std::process::{Command, Stdio};

use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::barrier::State;
use hallpass::clock::FixedClock;
use hallpass::model::time::Time;

use super::verify::now;
use crate::support::test_home::{Answer, TestHome};
use crate::support::{alone, core};

/// The codes, and for each a test in which a command ends so.
const PROVED: [(u8, &str); 32] = [
    (0, "cli::verify::every_reason_has_its_code"),
    (1, "cli::codes::a_list_is_not_taken_for_printed"),
    (2, "cli::init::off_a_terminal_a_recovery_code_needs_a_place"),
    (3, "cli::status::there_is_none_or_it_is_locked_or_open"),
    (
        4,
        "cli::init::a_store_or_key_file_that_is_there_is_never_overwritten",
    ),
    (5, "cli::password::clearing_is_confirmed"),
    (6, "cli::store::keys_come_and_go_but_never_the_last"),
    (
        7,
        "cli::identify::a_text_is_searched_and_its_tokens_are_named",
    ),
    (
        10,
        "cli::verify::what_is_no_token_of_the_store_tells_nothing",
    ),
    (
        11,
        "cli::verify::what_is_no_token_of_the_store_tells_nothing",
    ),
    (12, "cli::verify::every_reason_has_its_code"),
    (
        13,
        "cli::verify::a_token_is_good_until_its_end_and_then_expired",
    ),
    (14, "cli::verify::every_reason_has_its_code"),
    (15, "cli::verify::every_reason_has_its_code"),
    (16, "cli::verify::every_reason_has_its_code"),
    (17, "cli::verify::every_reason_has_its_code"),
    (
        20,
        "cli::status::a_wrong_key_is_told_from_none_and_from_damage",
    ),
    (
        21,
        "cli::status::a_wrong_key_is_told_from_none_and_from_damage",
    ),
    (
        22,
        "cli::password::too_many_tries_are_refused_until_a_time_that_is_said",
    ),
    (30, "cli::store::damage_is_found"),
    (31, "cli::status::an_older_store_is_a_rollback"),
    (32, "cli::codes::another_history_is_a_fork"),
    (33, "cli::store::a_bad_backup_changes_nothing"),
    (34, "cli::status::what_is_wrong_with_the_file_is_an_error"),
    (40, "cli::codes::a_store_that_somebody_else_writes_is_busy"),
    (41, "cli::codes::what_cannot_be_written_is_read_only"),
    (42, "cli::codes::a_list_is_not_taken_for_printed"),
    (
        43,
        "promises::files::a_store_that_others_can_read_is_refused_with_the_command_that_mends_it",
    ),
    (44, "cli::codes::what_a_newer_hallpass_wrote_is_left_alone"),
    (
        45,
        "cli::codes::a_token_is_not_made_by_a_clock_that_is_behind",
    ),
    (
        51,
        "cli::delivery::an_output_that_cannot_be_written_leaves_no_valid_token",
    ),
    (
        130,
        "cli::verify::an_interrupted_question_leaves_the_terminal_as_it_was",
    ),
];

/// Those that nothing from outside brings about: between two system calls
/// of one command (50, `tests/interop/faults.py`), a database that goes away while it commits (52,
/// `tests/interop/losing.py`); a kernel without random bytes (60), a build with
/// an old `SQLite` (61), a bug (70).
const UNREACHED: [u8; 5] = [50, 52, 60, 61, 70];

#[test]
fn every_code_is_the_end_of_some_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (code, test) in PROVED {
        let (module, name) = test.rsplit_once("::").unwrap();
        let file = root
            .join("tests")
            .join(module.replace("::", "/"))
            .with_extension("rs");
        let text = fs::read_to_string(file).unwrap();
        let from = text
            .find(&format!("\nfn {name}()"))
            .unwrap_or_else(|| panic!("no {test}"));
        let body = text[from..].split("\n}\n").next().unwrap();
        let mut numbers = body.split(|c: char| !c.is_ascii_digit());
        assert!(
            numbers.any(|number| number == code.to_string()),
            "{test} says nothing of {code}"
        );
    }
    let listed: BTreeSet<u8> = PROVED
        .iter()
        .map(|(code, _)| *code)
        .chain(UNREACHED)
        .collect();
    let document = fs::read_to_string(root.join("docs/json.md")).unwrap();
    let cells = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").nth(1));
    let known: BTreeSet<u8> = cells.filter_map(|cell| cell.parse().ok()).collect();
    assert!(
        known.len() > 30,
        "only {known:?} were found, so the search for them is wrong"
    );
    let verdict_of_a_good_token = BTreeSet::from([0]);
    assert_eq!(&known | &verdict_of_a_good_token, listed);
}

#[test]
fn a_list_is_not_taken_for_printed() {
    let stage = TestHome::with_sample_data();
    for format in super::FORMATS {
        let printed = |out: Stdio| {
            let mut command = stage.command(&["profile", "list", "-o", format]);
            Answer::of(
                &command
                    .stdout(out)
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
                    .wait_with_output()
                    .unwrap(),
            )
        };
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let left = printed(writer.into());
        assert_eq!(left.code, 1, "{format}: {left:?}");
        let full = printed(
            File::options()
                .write(true)
                .open("/dev/full")
                .unwrap()
                .into(),
        );
        assert_eq!(full.code, 42, "{format}: {full:?}");
        assert!(
            full.err.contains("standard output cannot be written"),
            "{full:?}"
        );
    }
}

#[test]
fn another_history_is_a_fork() {
    let stage = TestHome::new();
    let common = fs::read(stage.store()).unwrap();
    stage.done(&["connection", "add", "ours"]);
    sweep(&stage);
    fs::write(stage.store(), common).unwrap();
    stage.done(&["connection", "add", "theirs", "--state-dir", "elsewhere"]);
    let said = stage.fails(32, &["profile", "list"]);
    assert!(
        said.contains("hint: hallpass store accept --fork --dry-run"),
        "{said}"
    );
    stage.done(&["store", "accept", "--fork", "--yes"]);
    stage.done(&["connection", "show", "theirs"]);
}

/// The one test that waits as long as the program does.
#[test]
fn a_store_that_somebody_else_writes_is_busy() {
    let stage = TestHome::new();
    let other = rusqlite::Connection::open(stage.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    stage.done(&["connection", "list"]);
    let busy = stage.run(&["connection", "add", "ci", "-o", "json"]);
    assert_eq!((busy.code, busy.out.as_str()), (40, ""), "{busy:?}");
    assert_eq!(busy.error()["kind"], "busy");
    assert_eq!(
        busy.error()["hint"],
        "another hallpass is writing; try again"
    );
    other.execute_batch("ROLLBACK").unwrap();
    stage.done(&["connection", "add", "ci"]);
}

/// Run as somebody who is not root, whom modes do not stop.
#[test]
fn what_cannot_be_written_is_read_only() {
    let stage = TestHome::with_sample_data();
    sweep(&stage);
    give_away(stage.path());
    let add = ["connection", "add", "new"];
    let refused = |hint: &str| {
        let answer = as_somebody(&stage, &add);
        assert_eq!((answer.code, answer.out.as_str()), (41, ""), "{answer:?}");
        assert!(answer.err.contains(hint), "{answer:?}");
        let list = as_somebody(&stage, &["connection", "list"]);
        assert_eq!((list.code, list.out.lines().count()), (0, 3), "{list:?}");
    };
    mode(&stage.store(), 0o400);
    refused("hint: reading still works");
    mode(&stage.store(), 0o600);
    // `SQLite` gave its empty log the mode that the store had.
    sweep(&stage);
    let anchors = stage.file("state/hallpass/anchors");
    let anchor = fs::read_dir(&anchors)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    mode(&anchor, 0o400);
    mode(&anchors, 0o500);
    refused("hint: use a writable folder with `--state-dir DIR`");
    mode(&anchors, 0o700);
    mode(&anchor, 0o600);
    let done = as_somebody(&stage, &add);
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
fn what_a_newer_hallpass_wrote_is_left_alone() {
    let stage = TestHome::new();
    let other = rusqlite::Connection::open(stage.store()).unwrap();
    let header =
        "UPDATE hdr SET v = CAST(substr(v, 1, 8) || x'0200' || substr(v, 11) AS BLOB) WHERE k = 1";
    assert_eq!(other.execute(header, []).unwrap(), 1);
    other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(other);
    sweep(&stage);
    let before = fs::read(stage.store()).unwrap();
    for arguments in [
        &["profile", "list"][..],
        &["connection", "add", "ci"],
        &["store", "check"],
    ] {
        let said = stage.fails(44, arguments);
        assert!(
            said.contains("hint: install the hallpass version that wrote it"),
            "{said}"
        );
    }
    assert_eq!(fs::read(stage.store()).unwrap(), before);
}

/// The store's last change is of a time that is yet to come, by which the token has ended.
#[test]
fn a_token_is_not_made_by_a_clock_that_is_behind() {
    let stage = TestHome::empty();
    let draft = SqliteBackend::create(&stage.store(), &OpenOptions::default()).unwrap();
    let later = FixedClock::new(Time::from_seconds(now() + 10 * core::DAY));
    let (made, key) = core::found(Box::new(draft), &State::off(), core::context(later));
    drop(made);
    let key = stage.write("key", key.expose()).display().to_string();
    stage.done(&["--key-file", &key, "profile", "add", "github"]);
    let add = [
        "--key-file",
        &key,
        "token",
        "add",
        "github/laptop",
        "--expires",
        "1d",
    ];
    let said = stage.fails(45, &add);
    let hint = format!("hint: hallpass --key-file {key} store accept --clock --dry-run");
    assert!(
        said.contains(&hint),
        "a command to paste speaks of the same store: {said}"
    );
    assert_eq!(
        stage
            .done(&["--key-file", &key, "token", "list", "--all"])
            .out,
        ""
    );
    stage.done(&["--key-file", &key, "store", "accept", "--clock", "--yes"]);
    stage.done(&add);
}

/// Removes what `SQLite` may have left beside the store.
fn sweep(stage: &TestHome) {
    for suffix in ["-wal", "-shm"] {
        let beside = format!("{}{suffix}", stage.store().display());
        let left =
            fs::metadata(&beside).map_or(0, |it| if suffix == "-wal" { it.len() } else { 0 });
        assert_eq!(left, 0, "nothing may be lost with {beside}");
        let _ = fs::remove_file(beside);
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Makes everything below `path` somebody's who is not root.
pub(super) fn give_away(path: &Path) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    lchown(path, Some(alone::SOMEBODY), Some(alone::SOMEBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path());
        }
    }
}

pub(super) fn as_somebody(stage: &TestHome, arguments: &[&str]) -> Answer {
    as_somebody_with(stage, arguments, &[])
}

/// As [`as_somebody`], with variables of the environment.
pub(super) fn as_somebody_with(
    stage: &TestHome,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Answer {
    // Not by its path: that may lead through folders that only root enters.
    let program = File::open(env!("CARGO_BIN_EXE_hallpass")).unwrap();
    let hallpass = stage.command(arguments);
    let mut command = Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()));
    command.args(hallpass.get_args()).env_clear();
    command.envs(
        hallpass
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.envs(variables.iter().copied());
    alone::as_somebody(&mut command);
    Answer::of(&command.output().unwrap())
}
