//! What the whole process is made to do.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use hallpass::sys;

use crate::support::alone;
use crate::support::test_home::TestHome;

/// Run by the test below in a process of its own: what it does cannot be undone.
#[test]
#[ignore = "changes the whole process"]
fn hardened_process() {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    let caller = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o027));
    assert_ne!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    sys::harden(false).unwrap();
    let mask = sys::umask_077();

    assert_eq!(
        mask.as_raw_mode(),
        0o027,
        "instead of the caller's, which was {caller:?}"
    );
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let core = getrlimit(Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    assert!(
        status.lines().any(|line| line == "NoNewPrivs:\t1"),
        "{status}"
    );
    assert_eq!(ignored(&status) & FATAL, FATAL, "{status}");
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("made");
    File::create(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let mut child = Command::new("sh");
    child.args(["-c", "umask; cat /proc/self/status"]);
    sys::child_defaults(&mut child, mask);
    let output = String::from_utf8(child.output().unwrap().stdout).unwrap();
    assert!(output.starts_with("0027\n"), "{output}");
    assert_eq!(ignored(&output) & FATAL, 0, "{output}");
}

/// SIGPIPE (13) and SIGXFSZ (25), as bits.
const FATAL: u64 = 1 << 12 | 1 << 24;

fn ignored(status: &str) -> u64 {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:\t"))
        .unwrap();
    u64::from_str_radix(line, 16).unwrap()
}

#[test]
fn a_hardened_process_leaves_nothing_open() {
    alone::passes(alone::test(module_path!(), "hardened_process"), "hardened");
}

/// The program does so, too: seen on a command that waits and starts nothing.
#[test]
fn a_command_that_starts_no_program_gives_up_privileges_cores_and_an_open_umask() {
    let stage = TestHome::with_sample_data();
    let follow = ["audit", "list", "--follow", "-o", "jsonl"];
    let mut command = stage.command(&follow);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    assert!(
        out.read_line(&mut String::new()).unwrap() > 0,
        "it has begun"
    );
    let of = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap();
    let (status, limits) = (of("status"), of("limits"));
    child.kill().unwrap();
    child.wait().unwrap();
    for line in ["NoNewPrivs:\t1", "Umask:\t0077"] {
        assert!(status.lines().any(|it| it == line), "{line}: {status}");
    }
    assert_eq!(ignored(&status) & FATAL, FATAL, "{status}");
    let core = limits
        .lines()
        .find_map(|it| it.strip_prefix("Max core file size"))
        .unwrap();
    assert_eq!(
        core.split_whitespace().collect::<Vec<_>>(),
        ["0", "0", "bytes"],
        "{limits}"
    );
}
