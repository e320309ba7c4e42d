//! Many processes on one store: killed, crowded, and kept waiting.
//!
//! Short forms of T10 and T15; `tests/interop/run` kills at every system call instead of by chance.

use std::process::Command;

use serde_json::Value;

use crate::support::Home;

mod busy;
mod crowd;
mod ensured;
mod killed;

/// A store that opens with a key file, and a profile in it.
struct SharedStore(Home);

impl SharedStore {
    fn new() -> Self {
        let home = Home::new();
        let init = ["init", "--new-key-file", "keys/store.key", "--no-recovery"];
        home.hallpass(&init).assert().success();
        home.hallpass(&["profile", "add", "github"])
            .assert()
            .success();
        Self(home)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.0.command(arguments)
    }

    fn code(&self, arguments: &[&str]) -> Option<i32> {
        self.command(arguments).output().unwrap().status.code()
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self
            .0
            .hallpass(arguments)
            .args(["-o", "json"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The full check of one state of the store: its epoch, and its number of records.
    #[track_caller]
    fn check(&self) -> (u64, u64) {
        let report = self.json(&["store", "check"]);
        (
            report["epoch"].as_u64().unwrap(),
            report["records"].as_u64().unwrap(),
        )
    }

    fn is_valid(&self, token: &str) -> bool {
        let output = self
            .0
            .hallpass(&["verify"])
            .write_stdin(token)
            .output()
            .unwrap();
        output.status.success()
    }
}
