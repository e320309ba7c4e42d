//! An ignored test in a process of its own: for what cannot be undone, or only another user sees.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Somebody who is not root: `nobody`, wherever it exists.
pub(crate) const SOMEBODY: u32 = 65534;

/// The command that runs the ignored test `name` of the module `module` (`module_path!()`).
///
/// Its program is not named by its path, which may lead through folders that only root enters.
pub(crate) fn test(module: &str, name: &str) -> Command {
    let (_, module) = module.split_once("::").unwrap();
    let mut command = Command::new("/proc/self/exe");
    command.args(["--ignored", "--exact", &format!("{module}::{name}")]);
    command
}

/// Makes `command` run as [`SOMEBODY`] where that can be chosen, and as the caller elsewhere.
pub(crate) fn as_somebody(command: &mut Command) {
    if rustix::process::geteuid().is_root() {
        command.uid(SOMEBODY).gid(SOMEBODY).current_dir("/");
    }
}

/// Runs the test, which must be there, and pass.
#[track_caller]
pub(crate) fn passes(mut command: Command, what: &str) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that no test has any more runs none, and is a success to the harness.
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{what}: {said}"
    );
}
