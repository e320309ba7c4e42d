//! The command that prints the passphrase.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use hallpass::Kind;
use hallpass::bounded;
use hallpass::process::{self, End, Group, Limit};
use rustix::fs::Mode;
use zeroize::Zeroizing;

use crate::cli::input::ShellCommand;
use crate::failure::Failure;
use crate::terminal::Restored;

/// The time limit of the command: long enough for a person to find a security key or to type a
/// passphrase, short enough that an unattended script ends on the same day.
pub(crate) const LIMIT: Limit = Limit {
    time: Duration::from_mins(5),
    grace: Duration::from_secs(1),
};

/// Runs the command and returns its output, at most `most` bytes. The command has no standard
/// input; its messages go to standard error.
///
/// It stays in the caller's process group, so that it can ask at the terminal. It is ended if it
/// has not closed its standard output at the limit, or does not exit after closing it. Errors:
/// `NoKey`.
pub(crate) fn run(
    command: &ShellCommand,
    umask: Mode,
    limit: Limit,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(&command.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    hallpass::sys::child_defaults(&mut shell, umask);
    // A command that is ended while it asks leaves the terminal in its own mode, usually without
    // echo.
    let terminal = Restored::new();
    let mut running = process::start(&mut shell, Group::Callers).map_err(|it| failed(&it))?;
    let Some(out) = running.stdout() else {
        return Ok(Zeroizing::default());
    };
    // The read end is dropped right after the read, so that a command that writes more gets
    // `EPIPE`.
    let printed = process::aside(move || bounded::read(out, most)).map_err(|it| failed(&it))?;
    let Ok(printed) = printed.recv_timeout(limit.time) else {
        running.end(limit.grace).map_err(|it| failed(&it))?;
        drop(terminal);
        return Err(late(limit));
    };
    let end = running.wait(limit, &|| false).map_err(|it| failed(&it))?;
    let printed = printed.map_err(|it| failed(&it))?;
    match end {
        End::Exited(status) if status.success() => {
            terminal.leave();
            Ok(printed)
        }
        End::Exited(status) => {
            terminal.leave();
            let message = format!("the passphrase command failed: {status}");
            Err(Failure::new(Kind::NoKey, message))
        }
        End::Late | End::Stopped => Err(late(limit)),
    }
}

fn failed(source: &io::Error) -> Failure {
    Failure::new(Kind::NoKey, "the passphrase command failed").because(source)
}

fn late(limit: Limit) -> Failure {
    let message = format!("the passphrase command took longer than {:?}", limit.time);
    Failure::new(Kind::NoKey, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Limit = Limit {
        time: Duration::from_millis(50),
        grace: Duration::ZERO,
    };

    fn run(command: &str, limit: Limit) -> Result<Zeroizing<Vec<u8>>, Failure> {
        super::run(
            &ShellCommand(command.into()),
            Mode::from_raw_mode(0o077),
            limit,
            16,
        )
    }

    #[test]
    fn what_it_prints_is_the_passphrase() {
        assert_eq!(
            run("printf %s secret", LIMIT).unwrap().as_slice(),
            b"secret"
        );
        assert_eq!(run("exit 3", LIMIT).unwrap_err().kind(), Kind::NoKey);
        assert_eq!(
            run("printf 12345678901234567", LIMIT).unwrap_err().kind(),
            Kind::NoKey
        );
    }

    #[test]
    fn one_that_never_ends_is_ended() {
        for command in ["exec sleep 1000", "exec >&-; exec sleep 1000"] {
            let failure = run(command, SHORT).unwrap_err();
            assert_eq!(failure.kind(), Kind::NoKey);
            assert_eq!(
                failure.message(),
                "the passphrase command took longer than 50ms"
            );
        }
    }
}
