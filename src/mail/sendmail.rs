//! A program of this machine that is called as sendmail is.
//!
//! Its path stands in the store, so it is held to be no more than a preference: only a program
//! called `sendmail` is started, and only if it and every folder above it belong to root or to the
//! caller and nobody else can change them. It gets fixed arguments and the mail on standard input.

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

/// What such a program is called.
const NAME: &str = "sendmail";
/// How much of what it says is kept.
const SAID: u64 = 4096;
/// How long it may keep standard error open after its end, by way of something it has started.
const LINGER: Duration = Duration::from_millis(200);
/// Exit codes (sysexits.h) that mean: not now. Unavailable, system error, cannot create, I/O error,
/// temporary failure.
const PASSING: [i32; 5] = [69, 71, 73, 74, 75];

/// The program, and how it is called.
pub(super) struct Sendmail<'a> {
    pub(super) path: &'a str,
    pub(super) umask: Mode,
    pub(super) patience: Duration,
}

impl Sendmail<'_> {
    /// Hands a mail over; the program has taken it when it ends with 0. `commit` is called before it is
    /// given anything: whatever ends hallpass from then on ends the mail for it, too.
    pub(super) fn send(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
        commit: Commit<'_>,
    ) -> Result<(), SendFailure> {
        let program = trusted(self.path)?;
        // Such programs want the line ends of files. A buffer that grew would leave copies behind.
        let mut lines = Zeroizing::new(Vec::with_capacity(bytes.len()));
        lines.extend(bytes.iter().copied().filter(|c| *c != b'\r'));
        // As it really is, so that no link is changed in between; it learns by which name it goes.
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
        let said = listen(&mut running).map_err(|source| failed(&source))?;
        if let Err(error) = commit() {
            running
                .end(Duration::ZERO)
                .map_err(|source| failed(&source))?;
            return Err(error.into());
        }
        let given = give(&mut running, lines).map_err(|source| failed(&source))?;
        let limit = Limit {
            time: self.patience,
            grace: Duration::ZERO,
        };
        let end = running
            .wait(limit, &|| false)
            .map_err(|source| failed(&source))?;
        // One that ends without a word, or is ended, may have taken a mail that it was given whole.
        let unsaid = |why: String| match given.try_recv() {
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
        let said = said.recv_timeout(LINGER).unwrap_or_default();
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
        // 64 to 78 are words of sysexits.h; of other codes nobody knows what they mean.
        let is_final = (64..=78).contains(&code) && !PASSING.contains(&code);
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

/// Whether the program may be started.
pub(super) fn ready(path: &str) -> Result<(), SendFailure> {
    trusted(path).map(drop)
}

/// Gives the mail, on a thread of its own: a program may say much before it has read all. Tells when
/// it has been given all of it.
fn give(running: &mut Running, bytes: Zeroizing<Vec<u8>>) -> io::Result<mpsc::Receiver<()>> {
    let (tell, given) = mpsc::channel();
    let stdin = running.stdin();
    process::aside(move || {
        let Some(mut stdin) = stdin else { return };
        // One that reads no further says why by its exit code.
        if stdin.write_all(&bytes).is_ok() {
            // Before the pipe is closed: the program sees the end of the mail only after that, so that
            // it cannot have ended well before this is known.
            let _ = tell.send(());
        }
    })?;
    Ok(given)
}

/// Listens to what the program says.
fn listen(running: &mut Running) -> io::Result<mpsc::Receiver<String>> {
    let (tell, said) = mpsc::channel();
    let stderr = running.stderr();
    process::aside(move || {
        let Some(mut stderr) = stderr else { return };
        let mut text = Vec::new();
        let _ = (&mut stderr).take(SAID).read_to_end(&mut text);
        let _ = tell.send(String::from_utf8_lossy(&text).into_owned());
        // What more there is must be read, or the program would wait.
        let _ = io::copy(&mut stderr, &mut io::sink());
    })?;
    Ok(said)
}

/// The program's file, if it may be started: `Err` says why not.
fn trusted(shown: &str) -> Result<PathBuf, SendFailure> {
    let path = Path::new(shown);
    if path.file_name().is_none_or(|name| name != NAME) {
        return Err(SendFailure::permanent(format!(
            "`{shown}` is not called `{NAME}`"
        )));
    }
    let not_one = || SendFailure::permanent(format!("`{shown}` is not a program that you may run"));
    let real = trust::find(path, trust::PROGRAM).map_err(|distrust| match distrust {
        Distrust::Unsafe {
            problem: Problem::Folder | Problem::NotAFile,
            ..
        } => not_one(),
        Distrust::Failed { source, .. } => match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                SendFailure::permanent(format!("no program `{shown}`: {source}"))
            }
            // Links that lead to one another, mostly.
            _ => not_one(),
        },
        distrust => SendFailure::permanent(format!("`{shown}` is not run: {distrust}")),
    })?;
    if accessat(CWD, &real, Access::EXEC_OK, AtFlags::empty()).is_err() {
        return Err(not_one());
    }
    Ok(real)
}
