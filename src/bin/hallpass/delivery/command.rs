//! `command:CMD`: a shell command that reads a secret from its standard input.

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use hallpass::ops::delivery::DeferredSink;
use hallpass::process::{self, End, Group, Limit, Running};
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::file::line;
use super::terms::Terms;
use crate::cli::input::ShellCommand;
use crate::terminal::Interrupt;

/// How long a command that exceeded its time limit may take to clean up.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A shell command that is started for each secret.
pub(super) struct Program {
    command: ShellCommand,
    terms: Terms,
    umask: Mode,
}

impl Program {
    /// Describes the command; `umask` is the caller's.
    pub(super) fn new(command: &ShellCommand, terms: Terms, umask: Mode) -> Self {
        Self {
            command: command.clone(),
            terms,
            umask,
        }
    }

    /// Starts the command in a process group of its own, so that it can be ended together with its
    /// children. Its output goes to standard error: standard output is for results.
    fn start(&self) -> io::Result<Running> {
        let talk = io::stderr().as_fd().try_clone_to_owned()?;
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(&self.command.0)
            .stdin(Stdio::piped())
            .stdout(talk);
        hallpass::sys::child_defaults(&mut shell, self.umask);
        process::start(&mut shell, Group::Own)
    }
}

impl DeferredSink for Program {
    fn timeout_seconds(&self) -> u32 {
        self.terms.patience.seconds()
    }

    fn display_name(&self) -> String {
        self.terms.called.clone()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(None)
    }

    fn is_readable(&self) -> bool {
        false
    }

    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn deliver(&mut self, secret: &SecretText, _: Option<&[u8]>) -> io::Result<()> {
        // Before the start: an interrupt must not leave the command behind with a secret.
        let interrupt = Interrupt::watch();
        let mut command = self.start()?;
        // A pipe accepts a line even without a reader, and refuses it to a command that needs no
        // more. Whether the command used it, only its exit code shows.
        if let Some(mut input) = command.stdin() {
            let _ = input.write_all(&line(secret));
        }
        let limit = Limit {
            time: self.terms.patience.into(),
            grace: LAST_WORDS,
        };
        let status = match command.wait(limit, &|| interrupt.came())? {
            End::Exited(status) => status,
            End::Stopped => return Err(Interrupt::error()),
            End::Late => {
                let late = format!("the command took longer than {}s", self.timeout_seconds());
                return Err(io::Error::new(io::ErrorKind::TimedOut, late));
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("the command failed: {status}")))
    }

    fn restore(&mut self) -> io::Result<()> {
        // What the command did with the secret is unknown here; the core makes the secret invalid.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sink::Destination;

    fn program(command: &str, patience: &str) -> Program {
        let command = ShellCommand(command.to_owned());
        let named = Destination::Command(command.clone());
        let terms = Terms::new(&named, patience.parse().unwrap(), false);
        Program::new(&command, terms, Mode::from_raw_mode(0o077))
    }

    fn secret() -> SecretText {
        SecretText::new("hidden".to_owned())
    }

    #[test]
    fn a_command_gets_the_secret_as_one_line_and_its_exit_code_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut keeps = program(&format!("cat > '{}'", path.display()), "9s");
        assert_eq!(keeps.timeout_seconds(), 9);
        assert_eq!(keeps.display_name(), "the command");
        keeps.deliver(&secret(), None).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "hidden\n");
        program("exec <&-; exit 0", "9s")
            .deliver(&secret(), None)
            .unwrap();
        let failed = program("cat > /dev/null; exit 3", "9s").deliver(&secret(), None);
        assert!(
            failed
                .unwrap_err()
                .to_string()
                .contains("the command failed")
        );
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let late = program("sleep 30", "1s").deliver(&secret(), None);
        let late = late.unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        assert_eq!(late.to_string(), "the command took longer than 1s");
    }
}
