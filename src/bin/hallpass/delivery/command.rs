//! `command:CMD`: a shell command that takes a secret on its standard input.

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use hallpass::ops::delivery::DeferredSink;
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use zeroize::Zeroizing;

use super::file::line;
use super::terms::Terms;
use crate::cli::input::ShellCommand;
use crate::cli::sink::Patience;
use crate::terminal::Interrupt;

/// How often a second it is looked whether anybody still waits for the command.
const LOOKS: u32 = 10;
/// How long a command that is late may take to clear up after itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A command that is started for a secret.
pub(super) struct Program {
    command: ShellCommand,
    terms: Terms,
    umask: Mode,
}

impl Program {
    /// The command; `umask` is the caller's.
    pub(super) fn new(command: &ShellCommand, terms: Terms, umask: Mode) -> Self {
        Self { command: command.clone(), terms, umask }
    }

    /// Starts it in a process group of its own, so that it can be ended with what it started. What
    /// it has to say goes to standard error: standard output is for results.
    fn start(&self) -> io::Result<Child> {
        let talk = io::stderr().as_fd().try_clone_to_owned()?;
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(&self.command.0).stdin(Stdio::piped()).stdout(talk).process_group(0);
        hallpass::sys::child_defaults(&mut shell, self.umask);
        shell.spawn()
    }
}

impl DeferredSink for Program {
    fn patience(&self) -> u32 {
        self.terms.patience.seconds()
    }

    fn called(&self) -> String {
        self.terms.called.clone()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(None)
    }

    fn can_be_read(&self) -> bool {
        false
    }

    fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn deliver(&mut self, secret: &SecretText, _: Option<&[u8]>) -> io::Result<()> {
        // Before it starts: whoever ends the program must not leave it behind with a secret.
        let interrupt = Interrupt::watch();
        let mut child = self.start()?;
        // A pipe takes a line without a reader. Whether the command wants it, its end tells.
        let taken = child.stdin.take().map(|mut input| input.write_all(&line(secret)));
        let status = end_in_time(&mut child, self.terms.patience, &interrupt)?;
        match (status.success(), taken) {
            (true, Some(Err(error))) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            (true, _) => Ok(()),
            (false, _) => Err(io::Error::other(format!("the command failed: {status}"))),
        }
    }

    fn put_back(&mut self) -> io::Result<()> {
        // What it did with the secret, it alone knows; the secret is good for nothing.
        Ok(())
    }
}

/// Waits for the end of the command, and brings it about if it is late or nobody waits any more.
fn end_in_time(
    child: &mut Child,
    patience: Patience,
    interrupt: &Interrupt,
) -> io::Result<ExitStatus> {
    let group = Pid::from_child(child);
    let ended = watch(group);
    for _ in 0..patience.seconds() * LOOKS {
        if ended.recv_timeout(Duration::from_secs(1) / LOOKS).is_ok() {
            return child.wait();
        }
        if interrupt.came() {
            break;
        }
    }
    // It is not waited for yet, so that its number is still its own.
    let _ = kill_process_group(group, Signal::TERM);
    let _ = ended.recv_timeout(LAST_WORDS);
    let _ = kill_process_group(group, Signal::KILL);
    child.wait()?;
    interrupt.ensure_none()?;
    let late = format!("the command took longer than {}s", patience.seconds());
    Err(io::Error::new(io::ErrorKind::TimedOut, late))
}

/// Tells when a child has ended, without taking its status.
fn watch(child: Pid) -> Receiver<()> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let _ = waitid(WaitId::Pid(child), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
        // Nobody listens any more once it was ended for being late.
        let _ = tell.send(());
    });
    told
}
