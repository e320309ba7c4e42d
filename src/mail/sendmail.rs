//! A local program with the command line of sendmail.
//!
//! Its path comes from the store, so it is only a preference: anyone who can write to the store
//! must not be able to run any program. The program is started only if it is called `sendmail`, and
//! only if it and every folder above it belong to root or to the caller and nobody else can change
//! them. Its arguments are fixed, except for the two addresses; the message is on standard input.

use std::io::{self, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::fs::{Access, AtFlags, CWD, Mode, accessat};
use zeroize::Zeroizing;

use super::Commit;
use super::words::plain;
use crate::files::trust::{self, Distrust, Problem};
use crate::model::email::EmailAddress;
use crate::model::mail::{SendError, SendFailure};
use crate::process::{self, End, Group, Limit, Running};

/// The only accepted name of the program.
const NAME: &str = "sendmail";
/// How many bytes of its messages are kept.
const MESSAGES_LIMIT: u64 = 4096;
/// How long to wait for its messages after it ended: a child of it may keep standard error open.
const LINGER: Duration = Duration::from_millis(200);
/// Exit codes (sysexits.h) of transient errors: unavailable, system error, cannot create, I/O
/// error, temporary failure.
const TRANSIENT: [i32; 5] = [69, 71, 73, 74, 75];

/// The program, and how it is called.
pub(super) struct Sendmail<'a> {
    pub(super) path: &'a str,
    pub(super) umask: Mode,
    pub(super) patience: Duration,
}

impl Sendmail<'_> {
    /// Sends a message; the program has accepted it if it exits with 0. `commit` is called before
    /// the program gets any byte: if hallpass ends after that, the end of the pipe may complete the
    /// message.
    pub(super) fn send(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
        commit: Commit<'_>,
    ) -> Result<(), SendFailure> {
        let program = trusted(self.path)?;
        // Such programs expect lines that end in LF. The capacity is fixed, because a buffer that
        // grows leaves copies behind.
        let mut lines = Zeroizing::new(Vec::with_capacity(bytes.len()));
        lines.extend(bytes.iter().copied().filter(|c| *c != b'\r'));
        // The resolved path, so that no link can be changed after the check; `argv[0]` is the path
        // as it was configured, because such programs look at it.
        let mut command = Command::new(program);
        command
            .arg0(self.path)
            .args(["-i", "-f", from.as_str(), "--", to.as_str()]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        crate::sys::child_defaults(&mut command, self.umask);
        let failed = |source: &io::Error| {
            SendFailure::transient(format!("`{}` cannot be started: {source}", self.path))
        };
        let mut running =
            process::start(&mut command, Group::Own).map_err(|source| failed(&source))?;
        let messages = collect_messages(&mut running).map_err(|source| failed(&source))?;
        if let Err(error) = commit() {
            running
                .end(Duration::ZERO)
                .map_err(|source| failed(&source))?;
            return Err(error.into());
        }
        let written = write(&mut running, lines).map_err(|source| failed(&source))?;
        let limit = Limit {
            time: self.patience,
            grace: Duration::ZERO,
        };
        let end = running
            .wait(limit, &|| false)
            .map_err(|source| failed(&source))?;
        // A program that is killed, or ends by a signal, may have accepted a message that it had
        // read to the end.
        let unsaid = |why: String| match written.try_recv() {
            Ok(()) => {
                SendError::Uncertain(format!("{why}; it may have accepted the message")).into()
            }
            Err(_) => SendFailure::transient(why),
        };
        let End::Exited(status) = end else {
            let seconds = self.patience.as_secs_f32();
            return Err(unsaid(format!(
                "`{}` was killed: it took more than {seconds} s",
                self.path
            )));
        };
        let said = messages.recv_timeout(LINGER).unwrap_or_default();
        match status.code() {
            Some(0) => Ok(()),
            Some(code) => Err(self.refusal(code, &said)),
            None => {
                let signal = status.signal().unwrap_or_default();
                Err(unsaid(
                    self.words(&format!("was killed by signal {signal}"), &said),
                ))
            }
        }
    }

    fn refusal(&self, code: i32, said: &str) -> SendFailure {
        let why = self.words(&format!("exited with {code}"), said);
        // 64 to 78 are codes of sysexits.h; others have no agreed meaning, so they are transient.
        let is_final = (64..=78).contains(&code) && !TRANSIENT.contains(&code);
        if is_final {
            SendFailure::permanent(why)
        } else {
            SendFailure::transient(why)
        }
    }

    fn words(&self, how: &str, said: &str) -> String {
        let said = plain(said);
        let colon = if said.is_empty() { "" } else { ": " };
        format!("`{}` {how}{colon}{said}", self.path)
    }
}

/// Checks that the program may be started.
pub(super) fn ready(path: &str) -> Result<(), SendFailure> {
    trusted(path).map(drop)
}

/// Writes the message on a thread of its own: a program may fill the pipe of its messages before it
/// has read all. The receiver is notified when all of it is written.
fn write(running: &mut Running, bytes: Zeroizing<Vec<u8>>) -> io::Result<mpsc::Receiver<()>> {
    let (notify, written) = mpsc::channel();
    let stdin = running.stdin();
    process::aside(move || {
        let Some(mut stdin) = stdin else { return };
        // A program that stops reading reports why by its exit code.
        if stdin.write_all(&bytes).is_ok() {
            // Before the pipe is closed: the program sees the end of the message only after that,
            // so it cannot exit successfully before this is known.
            let _ = notify.send(());
        }
    })?;
    Ok(written)
}

/// Collects the program's messages, on a thread of its own.
fn collect_messages(running: &mut Running) -> io::Result<mpsc::Receiver<String>> {
    let (sender, messages) = mpsc::channel();
    let stderr = running.stderr();
    process::aside(move || {
        let Some(mut stderr) = stderr else { return };
        let mut text = Vec::new();
        let _ = (&mut stderr).take(MESSAGES_LIMIT).read_to_end(&mut text);
        let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
        // The rest must be read as well, or the program would block on a full pipe.
        let _ = io::copy(&mut stderr, &mut io::sink());
    })?;
    Ok(messages)
}

/// Resolves the program's path, and checks that it may be started.
fn trusted(shown: &str) -> Result<PathBuf, SendFailure> {
    let path = Path::new(shown);
    if path.file_name().is_none_or(|name| name != NAME) {
        return Err(SendFailure::permanent(format!(
            "`{shown}` is not called `{NAME}`"
        )));
    }
    let not_startable =
        || SendFailure::permanent(format!("`{shown}` is not a program that you may run"));
    let real = trust::find(path, trust::PROGRAM).map_err(|distrust| match distrust {
        Distrust::Unsafe {
            problem: Problem::Folder | Problem::NotAFile,
            ..
        } => not_startable(),
        Distrust::Failed { source, .. } => match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                SendFailure::permanent(format!("no program `{shown}`: {source}"))
            }
            // Usually a loop of links.
            _ => not_startable(),
        },
        distrust => SendFailure::permanent(format!("`{shown}` is not run: {distrust}")),
    })?;
    if accessat(CWD, &real, Access::EXEC_OK, AtFlags::empty()).is_err() {
        return Err(not_startable());
    }
    Ok(real)
}
