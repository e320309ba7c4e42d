//! Files and `.env` files that get a secret: whose they are, who may read them, and what stays in them.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Stdio;

use super::{OLD, add, count, mode, shell, text};
use crate::support::test_home::TestHome;

#[test]
fn a_file_gets_the_token_for_its_owner_alone() {
    let stage = TestHome::with_sample_data();
    fs::write(stage.file("out"), "").unwrap();
    fs::set_permissions(stage.file("out"), Permissions::from_mode(0o644)).unwrap();
    let done = add(&stage, "a", "file:out");
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    assert!(done.err.ends_with("delivered to `out`\n"), "{done:?}");
    let token = text(&stage, "out");
    assert_eq!((token.len(), mode(&stage.file("out"))), (57, 0o600));
    assert!(!done.err.contains(&token[17..]), "{done:?}");
    assert_eq!(stage.verdict(&token, &[]).0, 0);
    let names: Vec<_> = fs::read_dir(stage.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|it| it.to_str().unwrap().contains("hallpass-new")),
        "{names:?}"
    );
}

#[test]
fn one_key_of_an_env_file_is_replaced_and_the_rest_kept() {
    let stage = TestHome::with_sample_data();
    let old = stage.token(&["github/old"]);
    stage.write(
        ".env",
        &format!("A=1\r\nexport T=\"{old}\" # why\r\nB='x\nT=no'\n\nC=3"),
    );
    assert_eq!(add(&stage, "a", "env:.env#T").code, 0);
    let after = text(&stage, ".env");
    let token = after.split_once("T=").unwrap().1.split_once(' ').unwrap().0;
    assert_eq!(
        after,
        format!("A=1\r\nexport T={token} # why\r\nB='x\nT=no'\n\nC=3")
    );
    assert_eq!(stage.verdict(token, &[]).0, 0);
    assert_eq!(add(&stage, "b", "env:.env#NEW").code, 0);
    let more = text(&stage, ".env");
    let added = more
        .strip_prefix(&after)
        .unwrap()
        .strip_prefix("\r\nNEW=")
        .unwrap();
    assert_eq!(stage.verdict(added, &[]).0, 0);
    assert_eq!(add(&stage, "c", "env:fresh#T").code, 0);
    assert_eq!(mode(&stage.file("fresh")), 0o600);
    // A shell reads every form of it.
    stage.done(&[
        "token",
        "add",
        "github/d",
        "--form",
        "header",
        "--to",
        "env:fresh#H",
    ]);
    let read = shell(&stage, ". ./fresh; printf %s \"$H\" | \"$HALLPASS\" verify");
    assert_eq!(read.code, 0, "{read:?}");
}

#[test]
fn an_env_file_keeps_a_mode_that_is_closed_and_is_refused_with_one_that_is_open() {
    let stage = TestHome::with_sample_data();
    let path = stage.write(".env", "A=1\n");
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert_eq!(add(&stage, "a", "env:.env#T").code, 0);
    assert_eq!(mode(&path), 0o400);
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let before = text(&stage, ".env");
    let refused = add(&stage, "b", "env:.env#T");
    assert_eq!(refused.code, 43);
    assert!(refused.err.contains("hint: chmod 600 .env"), "{refused:?}");
    assert_eq!((text(&stage, ".env"), count(&stage)), (before, 1));
}

#[test]
fn a_file_that_could_be_anothers_is_refused_before_anything_is_made() {
    let stage = TestHome::with_sample_data();
    let mine = stage.write("mine", "precious");
    symlink(&mine, stage.file("link")).unwrap();
    symlink("nothing", stage.file("dangling")).unwrap();
    fs::create_dir(stage.file("folder")).unwrap();
    let open = stage.file("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
    stage.write("twice", "T=1\nT=2\n");
    stage.write("quote", "A=\"1\nT=2\n");
    for (to, code, said) in [
        ("file:link", 43, "symbolic link"),
        ("file:dangling", 43, "symbolic link"),
        ("env:link#T", 43, "symbolic link"),
        ("file:folder", 43, "not a regular file"),
        ("file:/dev/null", 43, "not a regular file"),
        ("file:open/out", 43, "hint: chmod go-w "),
        ("file:none/out", 3, "`none`"),
        ("file:..", 43, "is not a file name"),
        ("env:twice#T", 43, "has `T` more than once"),
        ("env:quote#T", 43, "line 1 has an unclosed quote"),
        ("fd:77", 2, "descriptor 77 is not open"),
    ] {
        let refused = add(&stage, "a", to);
        assert_eq!(
            (refused.code, refused.out.as_str()),
            (code, ""),
            "{to}: {refused:?}"
        );
        assert!(refused.err.contains(said), "{to}: {refused:?}");
    }
    assert_eq!(
        (count(&stage), text(&stage, "mine").as_str()),
        (0, "precious")
    );
    assert!(!stage.file("nothing").exists());
    // Nobody touches what is not his in a folder with a sticky bit.
    fs::set_permissions(&open, Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(add(&stage, "a", "file:open/out").code, 0);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(open.join("out"), Some(65534), None).unwrap();
        assert!(
            add(&stage, "b", "file:open/out")
                .err
                .contains("belongs to another user")
        );
        std::os::unix::fs::chown(&open, Some(65534), None).unwrap();
        assert_eq!(add(&stage, "b", "file:open/new").code, 43);
    }
}

#[test]
fn a_file_that_could_not_be_written_leaves_no_token() {
    let stage = TestHome::with_sample_data();
    stage.write("out", OLD);
    // Files may not grow beyond one block of the shell's: the store fits, as it is there already.
    let full = shell(
        &stage,
        "ulimit -f 0; \"$HALLPASS\" token add github/a --to file:out",
    );
    assert!(matches!(full.code, 42 | 51), "{full:?}");
    assert_eq!((text(&stage, "out").as_str(), count(&stage)), (OLD, 0));
}

#[test]
fn a_full_disk_leaves_no_token_and_the_file_as_it_was() {
    let stage = TestHome::with_sample_data();
    // A folder in the place of the new file: it cannot be made.
    fs::create_dir(stage.file(".hallpass-new")).unwrap();
    stage.write("out", OLD);
    let failed = add(&stage, "a", "file:out");
    assert_eq!(failed.code, 51, "{failed:?}");
    assert_eq!((text(&stage, "out").as_str(), count(&stage)), (OLD, 0));
}

#[test]
fn a_folder_that_another_program_holds_is_waited_for_and_given_up() {
    let stage = TestHome::with_sample_data();
    let folder = File::open(stage.path()).unwrap();
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let line = [
        "token",
        "add",
        "github/a",
        "--to",
        "env:.env#T",
        "--sink-timeout",
        "1s",
    ];
    let failed = stage.run(&line);
    assert_eq!(failed.code, 51, "{failed:?}");
    assert!(
        failed.err.contains("locked by another program"),
        "{failed:?}"
    );
    drop(folder);
    assert_eq!(count(&stage), 0);
    stage.done(&line);
}

#[test]
fn many_calls_at_once_each_put_their_key_into_one_file() {
    let stage = TestHome::with_sample_data();
    let calls: Vec<_> = (0..6)
        .map(|n| {
            let to = format!("env:.env#T{n}");
            let mut command =
                stage.command(&["token", "add", &format!("github/t{n}"), "--to", &to]);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut call in calls {
        assert_eq!(call.wait().unwrap().code(), Some(0));
    }
    let held = text(&stage, ".env");
    assert_eq!(held.lines().count(), 6, "{held}");
    for line in held.lines() {
        assert_eq!(stage.verdict(line.split_once('=').unwrap().1, &[]).0, 0);
    }
}
