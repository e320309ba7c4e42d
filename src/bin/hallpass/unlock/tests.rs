//! The order of the sources, and which key files are trusted.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn key_in(folder: &Path, mode: u32) -> PathBuf {
    let path = folder.join("store.key");
    fs::write(&path, "the content").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn environment(set: impl FnOnce(&mut Environment)) -> Environment {
    let mut environment = Environment::default();
    set(&mut environment);
    environment
}

fn kind(path: &Path) -> Option<Kind> {
    key_file(path).err().map(|failure| failure.kind())
}

#[test]
fn options_come_before_the_environment_and_that_before_the_settings() {
    let environment = environment(|it| it.key_file = Some("/environment".into()));
    let settings = Some(Path::new("/settings"));
    let none = KeyFlags::default();
    let flag = KeyFlags {
        passphrase_fd: Some(3),
        ..KeyFlags::default()
    };
    let choose = |flags, environment| {
        KeySource::choose(flags, environment, settings)
            .unwrap()
            .unwrap()
    };
    assert_eq!(choose(&flag, &environment), KeySource::PassphraseFd(3));
    assert_eq!(
        choose(&none, &environment),
        KeySource::KeyFile("/environment".into())
    );
    assert_eq!(
        choose(&none, &Environment::default()),
        KeySource::KeyFile("/settings".into())
    );
    assert_eq!(
        KeySource::choose(&none, &Environment::default(), None).unwrap(),
        None
    );
}

#[test]
fn two_options_are_refused() {
    let flags = KeyFlags {
        passphrase_fd: Some(3),
        key_file: Some("/key".into()),
        ..KeyFlags::default()
    };
    let failure = KeySource::choose(&flags, &Environment::default(), None).unwrap_err();
    assert_eq!(failure.kind(), Kind::Usage);
}

#[test]
fn a_systemd_credential_is_taken_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment(|it| it.credentials = Some(folder.path().to_owned()));
    let none = KeyFlags::default();
    assert_eq!(KeySource::choose(&none, &environment, None).unwrap(), None);
    fs::write(folder.path().join("hallpass.key"), "").unwrap();
    let chosen = KeySource::choose(&none, &environment, None)
        .unwrap()
        .unwrap();
    assert_eq!(
        chosen,
        KeySource::Credential(folder.path().join("hallpass.key"))
    );
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(kind(&key_in(folder.path(), 0o600)), None);
    assert_eq!(kind(&key_in(folder.path(), 0o400)), None);
    assert_eq!(kind(&key_in(folder.path(), 0o640)), Some(Kind::UnsafeFile));
    assert_eq!(kind(&key_in(folder.path(), 0o604)), Some(Kind::UnsafeFile));
}

#[test]
fn a_link_a_folder_and_nothing_are_no_key_files() {
    let folder = tempfile::tempdir().unwrap();
    let key = key_in(folder.path(), 0o600);
    let link = folder.path().join("link");
    symlink(&key, &link).unwrap();
    assert_eq!(kind(&link), Some(Kind::UnsafeFile));
    assert_eq!(kind(folder.path()), Some(Kind::UnsafeFile));
    assert_eq!(kind(&folder.path().join("absent")), Some(Kind::NoKey));
}

#[test]
fn a_key_file_is_not_longer_than_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let key = key_in(folder.path(), 0o600);
    fs::write(&key, vec![b'x'; KEY_FILE_LIMIT + 1]).unwrap();
    assert_eq!(kind(&key), Some(Kind::Usage));
}

#[test]
fn a_key_beside_the_store_is_refused_by_any_path_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let key = key_in(folder.path(), 0o600);
    let store = folder.path().join("store.db");
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let way_round = other.join("../store.key");
    let located = Location::File(store);
    for path in [&key, &way_round] {
        let failure = ensure_not_colocated(path, &located, Colocated::Refused).unwrap_err();
        assert_eq!(failure.kind(), Kind::Refused);
        assert!(ensure_not_colocated(path, &located, Colocated::Allowed).is_ok());
    }
    assert!(ensure_not_colocated(&other.join("store.key"), &located, Colocated::Refused).is_ok());
}
