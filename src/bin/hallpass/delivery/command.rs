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
