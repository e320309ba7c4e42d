//! The tests of the mutated tree: which there are, and running some of them.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::{Outcome, Places};

/// A test, and the program that it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Test {
    pub(crate) binary: String,
    pub(crate) name: String,
}

impl Test {
    /// As the table speaks of it: tests beside the code are below `unit`.
    pub(crate) fn full_name(&self) -> String {
        let program = self.binary.rsplit('/').next().unwrap_or_default();
        let beside = !["all-", "serve-"].iter().any(|name| program.starts_with(name));
        if beside { format!("unit::{}", self.name) } else { self.name.clone() }
    }
}

/// How a run of tests ended.
pub(crate) enum End {
    Passed,
    /// By which test, if that is known.
    Failed(Option<String>),
    Late,
}

/// All tests of the tree that are not ignored.
pub(crate) fn list(places: &Places) -> Outcome<Vec<Test>> {
    let binaries: Vec<String> =
        serde_json::from_slice(&fs::read(places.work.join("binaries.json"))?)?;
    let mut tests = Vec::new();
    for binary in binaries {
        let listed = |more: &[&str]| -> Outcome<Vec<String>> {
            let output = Command::new(&binary)
                .args(["--list", "--format", "terse"])
                .args(more)
                .current_dir(places.tree())
                .output()?;
            let text = String::from_utf8(output.stdout)?;
            Ok(text
                .lines()
                .filter_map(|line| line.strip_suffix(": test"))
                .map(Into::into)
                .collect())
        };
        let ignored = listed(&["--ignored"])?;
        for name in listed(&[])? {
            if !ignored.contains(&name) {
                tests.push(Test { binary: binary.clone(), name });
            }
        }
    }
    Ok(tests)
}

/// Runs tests of one program, one after the other, until one fails or the time is over.
pub(crate) fn run(tree: &Path, binary: &str, names: &[&str], limit: Duration) -> Outcome<End> {
    let log = std::env::temp_dir().join(format!("hallpass-mutant-{}", std::process::id()));
    let mut child = Command::new(binary)
        .args(names)
        .args(["--exact", "--test-threads=1"])
        .current_dir(tree)
        .env("CARGO_MANIFEST_DIR", tree)
        .stdin(Stdio::null())
        .stdout(fs::File::create(&log)?)
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(2);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if started.elapsed() > limit {
            let group = format!("-{}", child.id());
            Command::new("kill").args(["-KILL", "--", &group]).status()?;
            child.wait()?;
            break None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(40));
    };
    let text = fs::read_to_string(&log).unwrap_or_default();
    fs::remove_file(&log)?;
    Ok(match status {
        None => End::Late,
        Some(status) if status.success() => End::Passed,
        Some(_) => End::Failed(failed(&text)),
    })
}

/// The first test that the output calls failed.
fn failed(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.ends_with("... FAILED"))?;
    Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned())
}
