//! A folder that gets one file for each mail.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use hallpass::mail::Mailer as _;
use hallpass::mail::compose;
use hallpass::model::mail::SendError;

use super::{post, saying, settings};
use crate::support::private_folder;

fn put(folder: &Path) -> Result<Option<String>, SendError> {
    let settings = settings(&format!("outbox:{}", folder.display()));
    post()
        .attempt(&settings, &saying("12345678\n"))
        .map_err(|failure| failure.error)
}

/// Asserts that nothing is put into `folder`, for a reason.
#[track_caller]
fn refused(folder: &Path, says: &str) {
    let error = put(folder).unwrap_err();
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn a_mail_is_a_file_of_its_owner_alone() {
    let home = private_folder();
    let folder = home.path().join("mails");
    let answer = put(&folder).unwrap().unwrap();
    let file = folder.join("20261124T120000Z-0123abcd.eml");
    assert_eq!(answer, format!("written to {}", file.display()));
    let settings = settings(&format!("outbox:{}", folder.display()));
    assert_eq!(
        fs::read(&file).unwrap(),
        compose(&settings, &saying("12345678\n")).to_vec()
    );
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o7777, 0o700);
    // Once more is the same once more.
    put(&folder).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let home = private_folder();
    for mode in [0o770, 0o707, 0o1777] {
        let folder = home.path().join(format!("{mode:o}"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        refused(&folder, "is writable by others");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}

#[test]
fn links_and_files_are_no_folders() {
    let home = private_folder();
    fs::create_dir(home.path().join("real")).unwrap();
    symlink(home.path().join("real"), home.path().join("link")).unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    refused(&home.path().join("link"), "is not a folder");
    refused(&home.path().join("file"), "is not a folder");
    refused(&home.path().join("missing/folder"), "cannot be used");
    assert_eq!(fs::read_dir(home.path().join("real")).unwrap().count(), 0);
}

#[test]
fn what_lies_in_wait_is_not_written_through() {
    let home = private_folder();
    let folder = home.path().join("mails");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let victim = home.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    symlink(&victim, folder.join("20261124T120000Z-0123abcd.eml")).unwrap();
    put(&folder).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn what_a_killed_call_left_is_gone_with_the_next_mail() {
    let home = private_folder();
    put(home.path()).unwrap();
    fs::write(home.path().join(".hallpass-new"), "12345678").unwrap();
    put(home.path()).unwrap();
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_finished_is_for_later_and_leaves_nothing() {
    let home = private_folder();
    let folder = home.path().join("mails");
    fs::create_dir_all(folder.join("20261124T120000Z-0123abcd.eml")).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let error = put(&folder).unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(why) if why.contains("cannot be written")),
        "{error}"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "the draft is gone"
    );
}
