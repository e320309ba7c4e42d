use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::*;

const NO_TIME: Duration = Duration::ZERO;

fn open(path: &Path) -> Folder {
    Folder::from(OwnedFd::from(File::open(path).unwrap()))
}

fn names(path: &Path) -> Vec<String> {
    let names = fs::read_dir(path)
        .unwrap()
        .map(|it| it.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn put(folder: &Folder, content: &[u8], over: Overwrite) -> io::Result<()> {
    folder
        .lock(NO_TIME)
        .unwrap()
        .put(OsStr::new("file"), content, OWNER_ALONE, over)
}

/// Writes as on a file system without unnamed files.
fn put_via_draft(folder: &Folder, content: &[u8], over: Overwrite) -> io::Result<()> {
    let locked = folder.lock(NO_TIME).unwrap();
    locked.tidy();
    locked.write_draft(content, OWNER_ALONE)?;
    let done = locked.rename(OsStr::new("file"), over);
    if done.is_err() {
        locked.tidy();
    }
    done
}

#[test]
fn before_it_has_its_name_a_file_has_none() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let locked = folder.lock(NO_TIME).unwrap();
    let file = locked
        .nameless()
        .expect("the file system of the tests has nameless files");
    fill(&file, b"secret", OWNER_ALONE).unwrap();
    // If it were killed now, nothing would be left.
    assert_eq!(names(home.path()), [""; 0]);
    locked
        .name(&file, OsStr::new("file"), Overwrite::Never)
        .unwrap();
    assert_eq!(names(home.path()), ["file"]);
    assert_eq!(fs::read(home.path().join("file")).unwrap(), b"secret");
}

#[test]
fn what_is_there_stays_or_is_replaced_as_was_asked() {
    for put in [put, put_via_draft] {
        let home = TempDir::new().unwrap();
        let folder = open(home.path());
        let file = home.path().join("file");
        put(&folder, b"first", Overwrite::Never).unwrap();
        let refused = put(&folder, b"second", Overwrite::Never).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        put(&folder, b"third", Overwrite::Always).unwrap();
        assert_eq!(
            (fs::read(&file).unwrap(), names(home.path()).len()),
            (b"third".to_vec(), 1)
        );
    }
}

#[test]
fn a_link_is_replaced_and_not_followed() {
    for put in [put, put_via_draft] {
        let home = TempDir::new().unwrap();
        let victim = home.path().join("victim");
        fs::write(&victim, "mine").unwrap();
        symlink(&victim, home.path().join("file")).unwrap();
        put(&open(home.path()), b"new", Overwrite::Never).unwrap_err();
        put(&open(home.path()), b"new", Overwrite::Always).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        assert!(
            fs::symlink_metadata(home.path().join("file"))
                .unwrap()
                .is_file()
        );
    }
}

#[test]
fn what_a_killed_call_left_is_gone_with_the_next_one() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let left = home.path().join(DRAFT);
    let leave = |mode| {
        fs::write(&left, "secret").unwrap();
        fs::set_permissions(&left, fs::Permissions::from_mode(mode)).unwrap();
    };
    leave(0o600);
    put(&folder, b"new", Overwrite::Never).unwrap();
    assert_eq!(names(home.path()), ["file"]);
    leave(0o440);
    put(&folder, b"newer", Overwrite::Always).unwrap();
    assert_eq!(names(home.path()), ["file"]);
    leave(0o600);
    // Another call may be active.
    let other = open(home.path());
    let locked = other.lock(NO_TIME).unwrap();
    folder.tidy();
    assert!(left.exists());
    drop(locked);
    folder.tidy();
    assert!(!left.exists());
}

#[test]
fn what_is_not_ours_is_let_alone_and_said_to_be_in_the_way() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let left = home.path().join(DRAFT);
    symlink("/nowhere", &left).unwrap();
    put(&folder, b"new", Overwrite::Never).unwrap();
    let refused = put(&folder, b"newer", Overwrite::Always).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`.hallpass-new` next to it is in the way"
    );
    assert_eq!(
        put_via_draft(&folder, b"", Overwrite::Always)
            .unwrap_err()
            .to_string(),
        refused.to_string()
    );
    assert!(left.is_symlink());
    fs::remove_file(&left).unwrap();
    DirBuilder::new().mode(0o700).create(&left).unwrap();
    put(&folder, b"newer", Overwrite::Always).unwrap_err();
    assert_eq!(fs::read(home.path().join("file")).unwrap(), b"new");
}

#[test]
fn a_file_that_is_put_back_gets_its_mode_whatever_the_umask() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let mode = Mode::from_raw_mode(0o664);
    let locked = folder.lock(NO_TIME).unwrap();
    locked
        .put(OsStr::new("file"), b"", mode, Overwrite::Always)
        .unwrap();
    let found = fs::metadata(home.path().join("file"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(found & 0o7777, 0o664);
}

#[test]
fn what_was_seen_is_replaced_and_nothing_else() {
    for put in [put, put_via_draft] {
        let home = TempDir::new().unwrap();
        let folder = open(home.path());
        let file = home.path().join("file");
        let refused = put(&folder, b"new", Overwrite::IfContent(b"seen")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "it was changed by another program meanwhile"
        );
        assert_eq!(names(home.path()), [""; 0], "nothing is left");
        for other in ["", "see", "seen\n", "another"] {
            fs::write(&file, other).unwrap();
            let touched = || fs::metadata(&file).unwrap().ctime_nsec();
            let before = touched();
            put(&folder, b"new", Overwrite::IfContent(b"seen")).unwrap_err();
            assert_eq!(touched(), before, "it was not even out of its place");
            assert_eq!(
                (fs::read_to_string(&file).unwrap(), names(home.path())),
                (other.to_owned(), vec!["file".to_owned()])
            );
        }
        fs::write(&file, "seen").unwrap();
        put(&folder, b"new", Overwrite::IfContent(b"seen")).unwrap();
        assert_eq!(
            (fs::read(&file).unwrap(), names(home.path()).len()),
            (b"new".to_vec(), 1)
        );
        fs::remove_file(&file).unwrap();
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, "seen").unwrap();
        symlink(&elsewhere, &file).unwrap();
        put(&folder, b"new", Overwrite::IfContent(b"seen")).unwrap_err();
        assert!(file.is_symlink() && fs::read(&elsewhere).unwrap() == b"seen");
    }
}

/// As when another process writes between the comparison and the swap.
#[test]
fn what_was_replaced_by_mistake_is_back() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let file = home.path().join("file");
    let locked = folder.lock(NO_TIME).unwrap();
    let name = OsStr::new("file");
    locked.write_draft(b"new", OWNER_ALONE).unwrap();
    assert_eq!(
        locked.swap(name, b"seen").unwrap_err().kind(),
        io::ErrorKind::Other
    );
    fs::write(&file, "notes").unwrap();
    assert_eq!(
        locked.swap(name, b"seen").unwrap_err().kind(),
        io::ErrorKind::Other
    );
    assert_eq!(fs::read(&file).unwrap(), b"notes");
    assert_eq!(fs::read(home.path().join(DRAFT)).unwrap(), b"new");
    fs::write(&file, "seen").unwrap();
    locked.swap(name, b"seen").unwrap();
    assert_eq!(
        (fs::read(&file).unwrap(), names(home.path()).len()),
        (b"new".to_vec(), 1)
    );
}

/// T47: what is compared is what is replaced or removed, even with concurrent writers.
#[test]
fn what_comes_into_its_place_at_the_last_moment_stays() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let file = home.path().join("file");
    let notes = home.path().join("notes");
    for round in 0..200 {
        fs::write(&file, "seen").unwrap();
        fs::write(&notes, "notes").unwrap();
        let locked = folder.lock(NO_TIME).unwrap();
        std::thread::scope(|scope| {
            // An editor saves its own file under the name.
            let other = scope.spawn(|| fs::rename(&notes, &file).unwrap());
            let name = OsStr::new("file");
            // Either may come too late, or in time.
            let _ = match round % 2 {
                0 => locked.put(name, b"new", OWNER_ALONE, Overwrite::IfContent(b"seen")),
                _ => locked.remove(name, b"seen"),
            };
            other.join().unwrap();
        });
        // Whether it came first or last, the file is there.
        assert_eq!(fs::read(&file).unwrap(), b"notes", "{round}");
        assert_eq!(names(home.path()), ["file"]);
    }
}

#[test]
fn a_file_is_removed_if_it_is_the_one_that_was_meant() {
    let home = TempDir::new().unwrap();
    let folder = open(home.path());
    let file = home.path().join("file");
    let locked = folder.lock(NO_TIME).unwrap();
    let remove = |content: &[u8]| locked.remove(OsStr::new("file"), content);
    assert_eq!(remove(b"mine").unwrap_err().kind(), io::ErrorKind::NotFound);
    fs::write(&file, "another's").unwrap();
    remove(b"mine").unwrap_err();
    assert_eq!(
        (fs::read(&file).unwrap(), names(home.path())),
        (b"another's".to_vec(), vec!["file".to_owned()])
    );
    fs::write(&file, "mine").unwrap();
    remove(b"mine").unwrap();
    assert_eq!(names(home.path()), [""; 0]);
}
