//! Standard output, or a descriptor that the caller has opened.
//!
//! A reader that does not read is found out before the change is made; what was written without its
//! last newline is not yet taken by a reader that waits for the line or for the end.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread::sleep;
use std::time::Duration;

use hallpass::sys::stdout_was_closed;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat};
use rustix::io::ioctl_fionread;

use crate::failure::Failure;
use crate::output::secret::LONGEST;
use crate::stdio::write_waiting;

/// How long a reader may take before a secret is made for it.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
/// How often it is looked whether the reader of a pipe has taken the secret, and how soon again,
/// which doubles each time: 0.6 s in all.
const LOOKS: u32 = 15;
const SOON: Duration = Duration::from_micros(20);

/// An open descriptor that secrets are written to.
pub(crate) struct Descriptor(Which);

enum Which {
    Stdout,
    Claimed(OwnedFd),
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.0 {
            Which::Stdout => rustix::stdio::stdout(),
            Which::Claimed(fd) => fd.as_fd(),
        }
    }
}

impl Descriptor {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self(Which::Stdout)
    }

    /// The caller's descriptor of that number, which must be open for writing.
    pub(super) fn claim(number: i32) -> Result<Self, Failure> {
        let hint = format!("open it for the command, as a shell does with `{number}>FILE`");
        let refused =
            |why: &str| Failure::usage(format!("descriptor {number} {why}")).hint(hint.clone());
        let fd = hallpass::sys::duplicate(number).map_err(|_| refused("is not open"))?;
        let mode = fcntl_getfl(&fd).map_err(|_| refused("cannot be used"))? & OFlags::RWMODE;
        if mode == OFlags::RDONLY {
            return Err(refused("is not open for writing"));
        }
        Ok(Self(Which::Claimed(fd)))
    }

    /// Waits until it can take a secret, for a few seconds at most.
    pub(super) fn await_reader(&self) -> io::Result<()> {
        if matches!(self.0, Which::Stdout) && stdout_was_closed() {
            return Err(closed());
        }
        self.writable(&PATIENCE)
    }

    /// Writes without waiting.
    pub(super) fn write(&self, text: &[u8]) -> io::Result<()> {
        if text.len() >= LONGEST {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "this is more than the 4,096 bytes that a pipe takes at once",
            ));
        }
        let mut rest = text;
        while !rest.is_empty() {
            self.writable(&AT_ONCE)?;
            let count = write_waiting(self.as_fd(), rest)?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes the last newline, which makes the line complete, and makes sure of the reader.
    pub(super) fn end(&self) -> io::Result<()> {
        while write_waiting(self.as_fd(), b"\n")? == 0 {}
        self.taken()
    }

    /// Fails if the reader of a pipe has gone and left in it what was written: a pipe takes a
    /// secret whether or not anybody ever reads it. One that is only slow is trusted after a moment.
    fn taken(&self) -> io::Result<()> {
        let kind = fstat(self).map(|stat| FileType::from_raw_mode(stat.st_mode));
        let pipe = kind.is_ok_and(|kind| kind == FileType::Fifo);
        for look in 0..if pipe { LOOKS } else { 0 } {
            // First: whoever has gone by now cannot take more, so that what is left then stays.
            let gone = self
                .writable(&AT_ONCE)
                .is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
            match (ioctl_fionread(self)?, gone) {
                (0, _) => return Ok(()),
                (_, true) => return Err(io::ErrorKind::BrokenPipe.into()),
                (_, false) => sleep(SOON * 2_u32.pow(look)),
            }
        }
        Ok(())
    }

    /// Waits at most `patience` for it to take something.
    fn writable(&self, patience: &Timespec) -> io::Result<()> {
        let mut watched = [PollFd::new(self, PollFlags::OUT)];
        poll(&mut watched, Some(patience))?;
        let [state] = watched.map(|watched| watched.revents());
        if state.intersects(PollFlags::ERR | PollFlags::HUP) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if state.contains(PollFlags::NVAL) {
            return Err(closed());
        }
        if state.contains(PollFlags::OUT) {
            return Ok(());
        }
        let place = match self.0 {
            Which::Stdout => "standard output",
            Which::Claimed(_) => "the descriptor",
        };
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("nothing reads from {place}")))
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "standard output is closed")
}
