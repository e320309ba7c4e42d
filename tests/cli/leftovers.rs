//! What a killed call leaves in a folder that it was to put a file into.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::test_home::TestHome;

/// Where a file stands for a moment that is to replace another.
const DRAFT: &str = ".hallpass-new";

#[test]
fn what_a_killed_call_left_is_gone_with_the_next_one_for_the_folder() {
    let stage = TestHome::with_sample_data();
    let ensure = ["token", "ensure", "github/a", "--to", "file:out"];
    stage.done(&ensure);
    for (code, call) in [
        // Nothing has to be changed.
        (0, &ensure[..]),
        (0, &["token", "add", "github/b", "--to", "env:.env#T"]),
        (
            0,
            &[
                "password",
                "set",
                "github",
                "--generate",
                "--to",
                "file:new",
            ],
        ),
        (7, &["review", "--html", "page.html", "--fail-on", "low"]),
        // The name is taken.
        (4, &["token", "add", "github/a", "--to", "file:out"]),
    ] {
        let left = stage.write(DRAFT, "what was to be a secret");
        let done = stage.run(call);
        assert_eq!(done.code, code, "{call:?}: {done:?}");
        assert!(!left.exists(), "{call:?}");
    }
}

#[test]
fn what_is_nobodys_leftover_stays() {
    let stage = TestHome::with_sample_data();
    let precious = stage.write("precious", "mine");
    symlink(&precious, stage.file(DRAFT)).unwrap();
    // A new file needs no other name.
    stage.done(&["token", "add", "github/a", "--to", "file:out"]);
    let old = fs::read(stage.file("out")).unwrap();
    let refused = stage.fails(51, &["token", "add", "github/b", "--to", "file:out"]);
    assert!(
        refused.contains("because: `.hallpass-new` next to it is in the way"),
        "{refused}"
    );
    assert_eq!(fs::read(stage.file("out")).unwrap(), old);
    assert_eq!(fs::read(&precious).unwrap(), b"mine");
    assert!(stage.file(DRAFT).is_symlink());
}
