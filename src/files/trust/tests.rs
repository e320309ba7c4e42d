//! Permissions along a path, symbolic links, and files that are replaced during the check.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};
use rustix::process::geteuid;
use tempfile::TempDir;

use super::*;

/// A private temporary folder, and paths in it.
struct Ground(TempDir);

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o700);
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn folder(&self, name: &str, mode: u32) -> PathBuf {
        fs::create_dir(self.at(name)).unwrap();
        set_mode(&self.at(name), mode);
        self.at(name)
    }

    fn file(&self, name: &str, mode: u32) -> PathBuf {
        fs::write(self.at(name), name).unwrap();
        set_mode(&self.at(name), mode);
        self.at(name)
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The problem with a path, and the part of it that is reported.
fn wrong(path: &Path, rule: Rule) -> Option<(Problem, PathBuf)> {
    match open(path, rule).err()? {
        Distrust::Unsafe { problem, path, .. } => Some((problem, path)),
        failed => panic!("{failed:?}"),
    }
}

fn content(path: &Path, rule: Rule) -> String {
    let mut text = String::new();
    open(path, rule)
        .unwrap()
        .file
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn every_folder_above_is_judged_and_the_first_that_is_open_is_named() {
    let ground = Ground::new();
    ground.folder("a", 0o700);
    ground.folder("a/b", 0o700);
    let file = ground.file("a/b/file", 0o600);
    assert_eq!(content(&file, KEY), "a/b/file");
    for name in ["a", "a/b"] {
        let folder = ground.at(name);
        for mode in [0o720, 0o702, 0o777] {
            set_mode(&folder, mode);
            assert_eq!(
                wrong(&file, KEY),
                Some((Problem::Changeable, folder.clone()))
            );
            let Distrust::Unsafe { fix, .. } = Folder::of(&file).unwrap_err() else {
                panic!()
            };
            assert_eq!(fix, Some(format!("chmod go-w {}", folder.display())));
        }
        set_mode(&folder, 0o1777);
        assert_eq!(wrong(&file, KEY), None, "a sticky folder is passed");
        set_mode(&folder, 0o755);
    }
}

#[test]
fn a_link_on_the_way_leads_through_what_is_judged_as_well() {
    let ground = Ground::new();
    ground.folder("good", 0o700);
    ground.folder("open", 0o777);
    ground.folder("open/inner", 0o700);
    ground.file("good/file", 0o600);
    ground.file("open/inner/file", 0o600);
    symlink("good", ground.at("to-good")).unwrap();
    symlink(ground.at("open/inner"), ground.at("to-inner")).unwrap();
    symlink("../open/inner", ground.at("good/round")).unwrap();
    assert_eq!(content(&ground.at("to-good/file"), KEY), "good/file");
    assert_eq!(
        content(&ground.at("to-good/../good/./file"), KEY),
        "good/file"
    );
    let open = Some((Problem::Changeable, ground.at("open")));
    for path in ["to-inner/file", "good/round/file", "to-good/round/file"] {
        assert_eq!(wrong(&ground.at(path), KEY), open, "{path}");
    }
    // A link in a folder that others can write may be replaced at any time.
    symlink(ground.at("good"), ground.at("open/back")).unwrap();
    assert_eq!(wrong(&ground.at("open/back/file"), KEY), open);
    symlink("loop", ground.at("loop")).unwrap();
    assert!(matches!(open_loop(&ground), Distrust::Failed { .. }));
}

fn open_loop(ground: &Ground) -> Distrust {
    Folder::open(&ground.at("loop/x")).unwrap_err()
}

#[test]
fn a_link_at_the_end_is_followed_only_where_that_is_meant() {
    let ground = Ground::new();
    let file = ground.file("file", 0o600);
    symlink("file", ground.at("link")).unwrap();
    symlink("nothing", ground.at("dangling")).unwrap();
    for rule in [SECRET, INSTRUCTIONS, SETTINGS, PROGRAM] {
        assert_eq!(content(&ground.at("link"), rule), "file");
        assert!(open(&ground.at("dangling"), rule).unwrap_err().is_absence());
    }
    for rule in [KEY, PASSPHRASE, MEMORY] {
        let link = ground.at("link");
        assert_eq!(wrong(&link, rule), Some((Problem::Link, link)));
    }
    set_mode(&file, 0o622);
    assert_eq!(
        wrong(&ground.at("link"), INSTRUCTIONS).unwrap().0,
        Problem::Changeable
    );
}

#[test]
fn a_link_of_somebody_else_is_not_followed() {
    if !geteuid().is_root() {
        return;
    }
    let ground = Ground::new();
    ground.folder("good", 0o700);
    ground.file("good/file", 0o600);
    ground.folder("sticky", 0o1777);
    for (link, target, path) in [
        ("sticky/way", "../good", "sticky/way/file"),
        ("sticky/end", "../good/file", "sticky/end"),
    ] {
        symlink(target, ground.at(link)).unwrap();
        assert_eq!(wrong(&ground.at(path), INSTRUCTIONS), None);
        lchown(ground.at(link), Some(65534), None).unwrap();
        let found = wrong(&ground.at(path), INSTRUCTIONS);
        assert_eq!(found, Some((Problem::Foreign(65534), ground.at(link))));
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting_for_it() {
    let ground = Ground::new();
    ground.folder("folder", 0o700);
    mkfifoat(CWD, ground.at("fifo"), Mode::from_raw_mode(0o600)).unwrap();
    for rule in [KEY, SETTINGS, MEMORY] {
        assert_eq!(
            wrong(&ground.at("fifo"), rule).unwrap().0,
            Problem::NotAFile
        );
        assert_eq!(
            wrong(&ground.at("folder"), rule).unwrap().0,
            Problem::Folder
        );
        assert_eq!(
            wrong(Path::new("/dev/null"), rule).unwrap().0,
            Problem::NotAFile
        );
        assert_eq!(wrong(Path::new("/"), rule).unwrap().0, Problem::Folder);
    }
    assert!(open(&ground.at("none/file"), KEY).unwrap_err().is_absence());
    assert!(open(&ground.at("none"), KEY).unwrap_err().is_absence());
    assert!(matches!(
        Folder::of(Path::new("..")).unwrap_err(),
        Distrust::Failed { .. }
    ));
    let file = ground.file("file", 0o600);
    for path in [&file, &file.join("x")] {
        let Distrust::Failed { path, source } = Folder::open(path).unwrap_err() else {
            panic!()
        };
        assert_eq!(
            (path, source.kind()),
            (file.clone(), io::ErrorKind::NotADirectory)
        );
    }
}

#[test]
fn what_the_caller_holds_is_read_where_a_pipe_may_be() {
    let (reader, mut writer) = io::pipe().unwrap();
    writer.write_all(b"told").unwrap();
    drop(writer);
    let path = PathBuf::from(format!("/dev/fd/{}", reader.as_raw_fd()));
    assert_eq!(wrong(&path, SETTINGS).unwrap().0, Problem::NotAFile);
    assert_eq!(content(&path, KEY), "told");
    // A file behind a descriptor is checked like a file.
    let ground = Ground::new();
    let held = File::open(ground.file("file", 0o600)).unwrap();
    let path = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
    assert_eq!(content(&path, KEY), "file");
    set_mode(&ground.at("file"), 0o644);
    assert_eq!(wrong(&path, KEY).unwrap().0, Problem::Open);
}

#[test]
fn folders_that_are_missing_are_made_for_their_owner_alone_below_what_is_judged() {
    let ground = Ground::new();
    let made = Folder::make(&ground.at("a/b/c")).unwrap();
    assert_eq!(made.path(), ground.at("a/b/c").canonicalize().unwrap());
    for name in ["a", "a/b", "a/b/c"] {
        assert_eq!(
            fs::metadata(ground.at(name)).unwrap().mode() & 0o7777,
            0o700
        );
    }
    ground.folder("open", 0o777);
    assert!(Folder::make(&ground.at("open/x")).is_err());
    assert!(!ground.at("open/x").exists());
    symlink("nowhere", ground.at("dangling")).unwrap();
    Folder::make(&ground.at("dangling/x")).unwrap();
    assert!(ground.at("nowhere/x").is_dir());
}

/// The folders of a relative path are also checked from the root on.
#[test]
fn a_relative_path_begins_where_the_caller_is() {
    let here = Folder::open(Path::new("")).unwrap();
    assert_eq!(
        here.path(),
        std::env::current_dir().unwrap().canonicalize().unwrap()
    );
    assert_eq!(here.shown(OsStr::new("x")), Path::new("x"));
    let (above, name) = Folder::of(Path::new("src/lib.rs")).unwrap();
    assert_eq!(
        (above.path(), name.as_os_str()),
        (&*here.path().join("src"), OsStr::new("lib.rs"))
    );
    assert_eq!(above.shown(&name), Path::new("src/lib.rs"));
}

/// As Kubernetes, Docker and systemd mount them.
#[test]
fn a_mounted_secret_is_taken_with_its_links_from_a_file_system_in_memory() {
    if !geteuid().is_root() {
        return;
    }
    let mounted = tempfile::tempdir_in("/dev/shm").unwrap();
    let at = |name: &str| mounted.path().join(name);
    set_mode(mounted.path(), 0o1777);
    fs::create_dir(at("..2026")).unwrap();
    symlink("..2026", at("..data")).unwrap();
    symlink("..data/key", at("key")).unwrap();
    fs::write(at("..2026/key"), "mounted").unwrap();
    for mode in [0o400, 0o440, 0o444] {
        set_mode(&at("..2026/key"), mode);
        for rule in [KEY, PASSPHRASE, SECRET] {
            let Opened { readers, .. } = open(&at("key"), rule).unwrap();
            assert_eq!(readers, Readers::Expected);
        }
    }
    for mode in [0o644, 0o640, 0o600, 0o4444] {
        set_mode(&at("..2026/key"), mode);
        assert_eq!(wrong(&at("key"), KEY).unwrap().0, Problem::Link, "{mode:o}");
    }
    set_mode(&at("..2026/key"), 0o444);
    // Outside its folder, on a disk, or with another owner, it is a file like any other.
    fs::create_dir(at("other")).unwrap();
    symlink("../key", at("other/key")).unwrap();
    assert_eq!(wrong(&at("other/key"), KEY).unwrap().0, Problem::Link);
    let ground = Ground::new();
    assert_eq!(
        wrong(&ground.file("key", 0o444), KEY).unwrap().0,
        Problem::Open
    );
    lchown(at("..2026/key"), Some(65534), None).unwrap();
    assert_eq!(wrong(&at("key"), KEY).unwrap().0, Problem::Link);
}

/// T25: two folders, one of them open to others, are swapped continuously.
#[test]
fn a_folder_that_is_exchanged_meanwhile_never_leads_astray() {
    let ground = Ground::new();
    ground.folder("way", 0o700);
    ground.file("way/file", 0o600);
    fs::write(ground.at("way/file"), "good").unwrap();
    ground.folder("elsewhere", 0o777);
    fs::write(ground.at("elsewhere/file"), "bad").unwrap();
    set_mode(&ground.at("elsewhere/file"), 0o600);
    symlink("elsewhere", ground.at("other")).unwrap();
    let done = AtomicBool::new(false);
    let mut taken = 0;
    let mut refused = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let one = ground.at("way");
                let other = ground.at("other");
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
            }
        });
        while taken == 0 || refused == 0 || taken + refused < 1000 {
            match open(&ground.at("way/file"), KEY) {
                Ok(mut opened) => {
                    let mut text = String::new();
                    opened.file.read_to_string(&mut text).unwrap();
                    assert_eq!(text, "good");
                    taken += 1;
                }
                Err(Distrust::Unsafe {
                    problem: Problem::Changeable,
                    ..
                }) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

/// T25: a file and a link to another file are swapped continuously.
#[test]
fn a_file_that_is_exchanged_meanwhile_is_the_one_that_was_judged_or_none() {
    let ground = Ground::new();
    ground.file("file", 0o600);
    fs::write(ground.at("file"), "good").unwrap();
    ground.file("bad", 0o644);
    symlink("bad", ground.at("other")).unwrap();
    let done = AtomicBool::new(false);
    let mut taken = 0;
    let mut refused = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let one = ground.at("file");
                let other = ground.at("other");
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
            }
        });
        while taken == 0 || refused == 0 || taken + refused < 1000 {
            match open(&ground.at("file"), PASSPHRASE) {
                Ok(mut opened) => {
                    let mut text = String::new();
                    opened.file.read_to_string(&mut text).unwrap();
                    assert_eq!(text, "good");
                    taken += 1;
                }
                Err(_) => refused += 1,
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_path_is_quoted_when_a_shell_would_split_it() {
    let word = |text: &str| quoted(Path::new(text)).unwrap();
    assert_eq!(word("/srv/hallpass-1/store.db"), "/srv/hallpass-1/store.db");
    assert_eq!(word("/a b/$(x)"), "'/a b/$(x)'");
    assert_eq!(word("/it's"), r"'/it'\''s'");
    assert_eq!(word(""), "''");
}
