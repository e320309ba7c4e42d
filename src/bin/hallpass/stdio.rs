//! Standard input, output and error, unbuffered.
//!
//! The standard library's handles keep the data in buffers of their own, which nobody wipes, and
//! treat a write to a descriptor that is not open for writing as a success.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hallpass::Kind;

use hallpass::sys::stdout_was_closed;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::fs::{FileType, fstat};
use rustix::io::Errno;
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{isatty, tcgetwinsize};

use crate::failure::Failure;
use crate::output::mask;

/// Whether writing to standard output, and to standard error, is blocked.
static OUT_IS_KEPT: AtomicBool = AtomicBool::new(false);
static ERR_IS_KEPT: AtomicBool = AtomicBool::new(false);

/// Checks standard output and standard error before the first byte is written to either. One that
/// is a file which `is_kept` is never written to from then on; messages for standard error go to
/// standard output instead. Errors: one of them is such a file.
pub(crate) fn refuse_protected(is_kept: &dyn Fn(BorrowedFd<'_>) -> bool) -> Result<(), Failure> {
    let mut found = Ok(());
    for (fd, kept, called) in [
        (stderr(), &ERR_IS_KEPT, "standard error"),
        (stdout(), &OUT_IS_KEPT, "standard output"),
    ] {
        // Usually it is not a regular file, and then nothing needs to be looked up.
        let is_file = |mode| FileType::from_raw_mode(mode) == FileType::RegularFile;
        if fstat(fd).is_ok_and(|it| is_file(it.st_mode)) && is_kept(fd) {
            kept.store(true, Ordering::Relaxed);
            let message = format!("{called} is a file that belongs to a store");
            found = Err(Failure::new(Kind::UnsafeFile, message));
        }
    }
    found
}

/// Returns the stream for messages, if there is one.
fn message_stream() -> Option<BorrowedFd<'static>> {
    match (
        ERR_IS_KEPT.load(Ordering::Relaxed),
        OUT_IS_KEPT.load(Ordering::Relaxed),
    ) {
        (false, _) => Some(stderr()),
        (true, false) if !stdout_was_closed() => Some(stdout()),
        _ => None,
    }
}

/// Standard input, unbuffered.
pub(crate) struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(stdin(), buffer)?)
    }
}

/// Standard output, unbuffered and not masked, for a new secret. If it was closed when the program
/// started, a write fails, whatever descriptor the standard library has opened in its stead.
pub(crate) struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if stdout_was_closed() || OUT_IS_KEPT.load(Ordering::Relaxed) {
            return Err(Errno::BADF.into());
        }
        write_waiting(stdout(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard error, unbuffered, with our secrets masked: each write is a complete text.
pub(crate) struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(to) = message_stream() else {
            return Ok(bytes.len());
        };
        let text = String::from_utf8_lossy(bytes);
        let masked = mask::text(&text);
        let mut left = masked.as_bytes();
        while !left.is_empty() {
            let written = write_waiting(to, left)?;
            left = left.get(written..).unwrap_or_default();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to a descriptor that another process may have made non-blocking.
fn write_waiting(to: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match rustix::io::write(to, bytes) {
            Err(Errno::AGAIN) => poll(&mut [PollFd::new(&to, PollFlags::OUT)], None)?,
            done => return Ok(done?),
        };
    }
}

/// Waits at most `within` for the reader of standard output to go away; returns whether it did.
pub(crate) fn reader_leaves(within: Duration) -> io::Result<bool> {
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: within.subsec_nanos().into(),
    };
    let out = stdout();
    // With no events requested, `poll` reports only errors and hang-ups.
    let mut watched = [PollFd::new(&out, PollFlags::empty())];
    match poll(&mut watched, Some(&patience)) {
        Err(Errno::INTR) => Ok(false),
        Err(errno) => Err(errno.into()),
        Ok(_) => Ok(watched.iter().any(|it| !it.revents().is_empty())),
    }
}

/// Whether standard input is a terminal.
pub(crate) fn stdin_is_terminal() -> bool {
    isatty(stdin())
}

/// Whether standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    isatty(stdout())
}

/// Whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    isatty(stderr())
}

/// Returns the width of the terminal of standard output, if it is one and reports it.
pub(crate) fn width() -> Option<u16> {
    let columns = tcgetwinsize(stdout()).ok()?.ws_col;
    (columns > 0).then_some(columns)
}
