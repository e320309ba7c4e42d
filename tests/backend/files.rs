//! Owners, modes, kinds and places of files (T24, T25).

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use hallpass::backend::Fault;
use hallpass::backend::sqlite::{FolderPolicy, Journal, OpenOptions, SqliteBackend};
use rustix::fs::{CWD, FileType, Mode};

use super::{Fixture, filled, folder, options, put};
use crate::support::alone::{self, SOMEBODY};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// The problem and the fix of an unsafe file.
fn unsafe_file(result: Result<SqliteBackend, Fault>) -> (String, Option<String>) {
    match result.map(drop) {
        Err(Fault::Unsafe { problem, fix, .. }) => (problem, fix),
        other => panic!("taken for safe: {other:?}"),
    }
}

#[test]
fn what_is_made_is_for_the_owner_only() {
    let dir = folder();
    let path = dir.path().join("new/folder/store.db");
    let mut store = filled(&path, &options());
    put(store.as_mut(), 1, b"so that the sidecars exist").unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    let files: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));
}

#[test]
fn a_store_that_is_not_there_is_missing() {
    let store = Fixture::new();
    let gone = |path: &Path| SqliteBackend::open(path, &options()).map(drop);
    assert!(matches!(
        gone(&store.dir.path().join("other.db")),
        Err(Fault::Missing(_))
    ));
    assert!(matches!(
        gone(&store.dir.path().join("no/store.db")),
        Err(Fault::Missing(_))
    ));
    let under_a_file = gone(&store.path.join("store.db"));
    assert!(matches!(
        under_a_file,
        Err(Fault::Unsafe { .. } | Fault::Io { .. })
    ));
}

#[test]
fn links_and_what_is_no_file_are_refused() {
    let store = Fixture::new();
    let at = |name: &str| store.dir.path().join(name);
    symlink(&store.path, at("link.db")).unwrap();
    symlink("/dev/null", at("device.db")).unwrap();
    rustix::fs::mkfifoat(CWD, at("fifo.db"), Mode::from_raw_mode(0o600)).unwrap();
    fs::create_dir(at("folder.db")).unwrap();
    for name in ["link.db", "device.db", "fifo.db", "folder.db"] {
        unsafe_file(SqliteBackend::open(&at(name), &options()));
    }
    fs::hard_link(&store.path, at("second.db")).unwrap();
    assert!(unsafe_file(store.open()).0.contains("hard link"));
    fs::remove_file(at("second.db")).unwrap();
    store.check().unwrap();
}

#[test]
fn a_device_is_refused() {
    let store = Fixture::new();
    let path = store.dir.path().join("zero.db");
    let zero = rustix::fs::makedev(1, 5);
    let owner = Mode::from_raw_mode(0o600);
    if rustix::fs::mknodat(CWD, &path, FileType::CharacterDevice, owner, zero).is_ok() {
        unsafe_file(SqliteBackend::open(&path, &options()));
    }
}

#[test]
fn a_link_in_the_path_of_the_folder_is_followed() {
    let store = Fixture::new();
    let outside = folder();
    symlink(store.dir.path(), outside.path().join("home")).unwrap();
    SqliteBackend::open(&outside.path().join("home/store.db"), &options()).unwrap();
}

#[test]
fn a_file_that_others_can_reach_is_refused_with_the_command_that_mends_it() {
    let store = Fixture::new();
    for open_to in [0o644, 0o640, 0o604, 0o620, 0o602, 0o601] {
        set_mode(&store.path, open_to);
        let (problem, fix) = unsafe_file(store.open());
        assert_eq!(problem, "is accessible to other users");
        assert_eq!(fix.unwrap(), format!("chmod 600 {}", store.path.display()));
    }
}

#[test]
fn a_folder_that_others_can_reach_is_refused_with_the_command_that_mends_it() {
    let store = Fixture::new();
    let parent = store.path.parent().unwrap();
    set_mode(parent, 0o750);
    let (_, fix) = unsafe_file(store.open());
    assert_eq!(fix.unwrap(), format!("chmod 700 {}", parent.display()));
    unsafe_file(SqliteBackend::create(&parent.join("new.db"), &options()));
    let any = OpenOptions {
        folder: FolderPolicy::Any,
        ..options()
    };
    SqliteBackend::open(&store.path, &any).unwrap();
}

#[test]
fn a_shared_folder_is_refused_with_a_folder_inside_it() {
    let store = Fixture::new();
    let parent = store.path.parent().unwrap();
    for shared in [0o1777, 0o777, 0o1700] {
        set_mode(parent, shared);
        let (problem, fix) = unsafe_file(store.open());
        assert!(problem.contains("a folder of its own inside it"));
        assert_eq!(
            fix.unwrap(),
            format!("mkdir -m 700 {}/hallpass", parent.display())
        );
    }
}

#[test]
fn sidecars_are_checked_like_the_file() {
    for suffix in ["-wal", "-shm", "-journal"] {
        let store = Fixture::new();
        let sidecar = store.beside(suffix);
        let _ = fs::remove_file(&sidecar);
        symlink("/etc/passwd", &sidecar).unwrap();
        unsafe_file(store.open());
        fs::remove_file(&sidecar).unwrap();
        fs::write(&sidecar, b"").unwrap();
        set_mode(&sidecar, 0o644);
        unsafe_file(store.open());
        set_mode(&sidecar, 0o600);
        store.open().unwrap();
    }
}

#[test]
#[ignore = "run by the test below, as somebody who is not root"]
fn what_belongs_to_root_is_refused() {
    assert!(!rustix::process::geteuid().is_root());
    let any = OpenOptions {
        folder: FolderPolicy::Any,
        allow_network_fs: true,
        ..options()
    };
    let (problem, fix) = unsafe_file(SqliteBackend::open(Path::new("/etc/passwd"), &any));
    assert_eq!(problem, "belongs to another user (uid 0)");
    assert_eq!(fix.unwrap(), "sudo -u '#0' hallpass …");
}

/// Each of the two that a test can be: root has files of others, the others have root's.
#[test]
fn what_belongs_to_somebody_else_is_refused_also_to_root() {
    let mut others = alone::test(module_path!(), "what_belongs_to_root_is_refused");
    alone::as_somebody(&mut others);
    alone::passes(others, "a file of root's");
    if rustix::process::geteuid().is_root() {
        let store = Fixture::new();
        chown(&store.path, Some(SOMEBODY), None).unwrap();
        let (problem, fix) = unsafe_file(store.open());
        assert_eq!(problem, "belongs to another user (uid 65534)");
        assert_eq!(fix.unwrap(), "sudo -u '#65534' hallpass …");
        chown(&store.path, Some(0), None).unwrap();
        store.check().unwrap();
    }
}

/// Whoever owns the folder of a store, or a part of the way there, is the one who can use it.
#[test]
fn the_folder_of_somebody_else_is_refused_to_root_with_the_user_it_is_for() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let dir = folder();
    let way = dir.path().join("way");
    let home = way.join("home");
    drop(filled(&home.join("store.db"), &options()));
    for foreign in [&home, &way] {
        chown(foreign, Some(SOMEBODY), None).unwrap();
        let opened = SqliteBackend::open(&home.join("store.db"), &options());
        let made = SqliteBackend::create(&home.join("new.db"), &options());
        for refused in [opened, made].map(|it| it.map(drop)) {
            let Err(Fault::Unsafe { what, problem, fix }) = refused else {
                panic!("taken for safe: {refused:?}")
            };
            assert_eq!(what, foreign.display().to_string());
            assert_eq!(problem, "belongs to another user (uid 65534)");
            assert_eq!(fix.unwrap(), "sudo -u '#65534' hallpass …");
        }
        chown(foreign, Some(0), None).unwrap();
    }
    SqliteBackend::open(&home.join("store.db"), &options()).unwrap();
}

#[test]
fn a_file_that_is_swapped_under_an_open_store_is_noticed() {
    let store = Fixture::new();
    let mut open = store.open().unwrap();
    fs::rename(&store.path, store.dir.path().join("away.db")).unwrap();
    assert!(matches!(open.begin_read(), Err(Fault::Storage(_))));
    fs::copy(store.dir.path().join("away.db"), &store.path).unwrap();
    assert!(matches!(open.begin_read(), Err(Fault::Storage(_))));
}

trait BeginRead {
    fn begin_read(&mut self) -> Result<(), Fault>;
}

impl BeginRead for SqliteBackend {
    fn begin_read(&mut self) -> Result<(), Fault> {
        use hallpass::backend::{Backend, Mode};
        self.begin(Mode::Read).map(drop)
    }
}

/// T25: a link and the file change places as fast as they can; nothing but the file is opened.
#[test]
fn a_swap_during_the_opening_is_never_followed() {
    let store = Fixture::new();
    let decoy = Fixture::with(Journal::Portable);
    decoy.sql("PRAGMA user_version=7");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let spare = store.dir.path().join("spare.db");
    symlink(&decoy.path, &spare).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let flags = rustix::fs::RenameFlags::EXCHANGE;
                rustix::fs::renameat_with(CWD, &store.path, CWD, &spare, flags).unwrap();
            }
        });
        let (mut opened, mut refused) = (0, 0);
        while opened + refused < 1000 || opened == 0 || refused == 0 {
            *(if store.open().is_ok() {
                &mut opened
            } else {
                &mut refused
            }) += 1;
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let decoy_sidecars = fs::read_dir(decoy.dir.path()).unwrap().count();
    assert_eq!(decoy_sidecars, 1, "nothing was made beside the decoy");
}
