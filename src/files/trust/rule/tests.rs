//! Which files and folders pass which rules.

use rustix::fs::{Stat, fstat};
use std::fs::File;

use super::*;
use crate::files::trust::Problem;

const ME: u32 = 1000;
const ANOTHER: u32 = 1001;

/// The `stat` of such a file or folder.
fn said(folder: bool, owner: u32, mode: u32) -> Stat {
    let file = if folder {
        File::open("/")
    } else {
        tempfile::tempfile()
    };
    let mut stat = fstat(file.unwrap()).unwrap();
    stat.st_mode = stat.st_mode & !0o7777 | mode;
    (stat.st_uid, stat.st_nlink) = (owner, 1);
    stat
}

#[test]
fn a_folder_on_the_way_is_the_callers_or_roots_and_nobody_can_exchange_what_is_in_it() {
    let judge = |rule: FolderRule, owner, mode| rule.judge_for(&said(true, owner, mode), ME).err();
    for (owner, mode, way, own, private) in [
        (ME, 0o700, None, None, None),
        (0, 0o700, None, Some(Problem::Foreign(0)), None),
        (ME, 0o755, None, None, Some(Problem::Open)),
        (
            ME,
            0o775,
            Some(Problem::Changeable),
            Some(Problem::Changeable),
            Some(Problem::Open),
        ),
        (
            0,
            0o1777,
            None,
            Some(Problem::Foreign(0)),
            Some(Problem::Shared),
        ),
        (
            ME,
            0o1777,
            None,
            Some(Problem::Changeable),
            Some(Problem::Shared),
        ),
        (
            ME,
            0o777,
            Some(Problem::Changeable),
            Some(Problem::Changeable),
            Some(Problem::Shared),
        ),
        (ME, 0o710, None, None, Some(Problem::Open)),
    ] {
        let found = [PARENT, OWN, PRIVATE].map(|rule| judge(rule, owner, mode));
        assert_eq!(found, [way, own, private], "{owner} {mode:o}");
    }
    for mode in [0o700, 0o755, 0o1777] {
        let found = judge(PARENT, ANOTHER, mode);
        assert_eq!(found, Some(Problem::Foreign(ANOTHER)), "{mode:o}");
    }
    assert_eq!(
        PARENT.judge_for(&said(false, ME, 0o700), ME),
        Err(Problem::NotAFolder)
    );
}

#[test]
fn a_file_is_judged_by_what_it_is_for() {
    let none = None;
    let open = Some(Problem::Open);
    let changeable = Some(Problem::Changeable);
    let foreign = Some(Problem::Foreign(0));
    for (owner, mode, key, secret, orders, sink, store) in [
        (ME, 0o600, none, none, none, none, none),
        (ME, 0o400, none, none, none, none, none),
        (ME, 0o640, open, none, none, none, open),
        (ME, 0o604, open, none, none, none, open),
        (ME, 0o620, open, changeable, changeable, changeable, open),
        (ME, 0o602, open, changeable, changeable, changeable, open),
        (ME, 0o610, open, none, none, none, open),
        (0, 0o640, open, none, none, foreign, foreign),
        (0, 0o600, none, none, none, foreign, foreign),
    ] {
        let stat = said(false, owner, mode);
        let found =
            [KEY, SECRET, INSTRUCTIONS, SINK, STORE].map(|it| it.judge_for(&stat, ME).err());
        assert_eq!(
            found,
            [key, secret, orders, sink, store],
            "{owner} {mode:o}"
        );
    }
    let rules = [
        KEY,
        PASSPHRASE,
        SECRET,
        INSTRUCTIONS,
        SETTINGS,
        PROGRAM,
        MEMORY,
        SINK,
        STORE,
    ];
    for rule in rules {
        let foreign = said(false, ANOTHER, 0o600);
        assert_eq!(
            rule.judge_for(&foreign, ME),
            Err(Problem::Foreign(ANOTHER)),
            "{rule:?}"
        );
        assert_eq!(
            rule.judge_for(&said(true, ME, 0o700), ME),
            Err(Problem::Folder),
            "{rule:?}"
        );
    }
    let mut twice = said(false, ME, 0o600);
    twice.st_nlink = 2;
    assert_eq!(STORE.judge_for(&twice, ME), Err(Problem::SecondName));
    assert_eq!(KEY.judge_for(&twice, ME), Ok(Readers::Expected));
}

#[test]
fn a_secret_that_others_can_read_is_told_apart() {
    let readers = |rule: Rule, mode| rule.judge_for(&said(false, ME, mode), ME).unwrap();
    assert_eq!(readers(SECRET, 0o600), Readers::Expected);
    assert_eq!(readers(SECRET, 0o611), Readers::Expected);
    assert_eq!(readers(SECRET, 0o640), Readers::Others);
    assert_eq!(readers(SECRET, 0o604), Readers::Others);
    assert_eq!(readers(INSTRUCTIONS, 0o644), Readers::Expected);
}
