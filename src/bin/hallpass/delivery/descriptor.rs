//! Standard output, or a descriptor that the caller has opened.
//!
//! A reader that does not read is found out before the change is made; what was written without its
//! last newline is not yet taken by a reader that waits for the line or for the end.
//!
//! Nothing waits for a reader while a transaction is open. That something can be written is seen
//! beforehand, and may be wrong by then: others may write to the same pipe. So a pipe is opened once
//! more, in a way that never waits, and a socket is told not to.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::thread::sleep;
use std::time::Duration;

use hallpass::sys::stdout_was_closed;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, open};
use rustix::io::{Errno, ioctl_fionread};
use rustix::net::{SendFlags, send};

use crate::failure::Failure;
use crate::output::secret::LONGEST;

/// How long a reader may take before a secret is made for it, and to let the end of it in.
const PATIENCE: Timespec = Timespec {
    tv_sec: 5,
    tv_nsec: 0,
};
/// How often the end of a secret is offered in that time: others may be faster when there is room.
const OFFERS: u32 = 5;
const A_SECOND: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};
const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};
/// How often it is looked whether the reader of a pipe has taken the secret, and how soon again,
/// which doubles each time: 0.6 s in all.
const LOOKS: u32 = 15;
const SOON: Duration = Duration::from_micros(20);

/// An open descriptor that secrets are written to.
pub(crate) struct Descriptor {
    which: Channel,
    kind: FileType,
    /// The same pipe, opened so that it never waits.
    ready: Option<OwnedFd>,
}

enum Channel {
    Stdout,
    Claimed(OwnedFd),
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.which {
            Channel::Stdout => rustix::stdio::stdout(),
            Channel::Claimed(fd) => fd.as_fd(),
        }
    }
}

impl Descriptor {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self::new(Channel::Stdout)
    }

    /// The caller's descriptor of that number, as it was claimed; it must be open for writing.
    pub(super) fn of(number: i32, claimed: Option<OwnedFd>) -> Result<Self, Failure> {
        let hint = format!("open it for the command, in a shell with `{number}>FILE`");
        let refused =
            |why: &str| Failure::usage(format!("descriptor {number} {why}")).advice(hint.clone());
        let fd = claimed.ok_or_else(|| refused("is not open"))?;
        let mode = fcntl_getfl(&fd).map_err(|_| refused("cannot be used"))? & OFlags::RWMODE;
        if mode == OFlags::RDONLY {
            return Err(refused("is not open for writing"));
        }
        Ok(Self::new(Channel::Claimed(fd)))
    }

    fn new(which: Channel) -> Self {
        let mut new = Self {
            which,
            kind: FileType::Unknown,
            ready: None,
        };
        new.kind = fstat(&new).map_or(FileType::Unknown, |it| FileType::from_raw_mode(it.st_mode));
        if new.kind == FileType::Fifo {
            let path = format!("/proc/self/fd/{}", new.as_fd().as_raw_fd());
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
            // Where that is not allowed, what is seen beforehand has to do.
            new.ready = open(path, flags, Mode::empty()).ok();
        }
        new
    }

    /// Waits until it can take a secret, for a few seconds at most.
    pub(super) fn await_reader(&self) -> io::Result<()> {
        if matches!(self.which, Channel::Stdout) && stdout_was_closed() {
            return Err(closed());
        }
        self.writable(&PATIENCE)
    }

    /// Writes without waiting.
    pub(super) fn write(&self, text: &[u8]) -> io::Result<()> {
        if text.len() >= LONGEST {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "it is longer than the 4,096 bytes that a pipe accepts at once",
            ));
        }
        let mut rest = text;
        while !rest.is_empty() {
            let count = self.write_now(rest)?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes the last newline, which makes the line complete, and makes sure of the reader.
    pub(super) fn end(&self) -> io::Result<()> {
        let mut written = Ok(0);
        for _ in 0..OFFERS {
            written = self
                .writable(&A_SECOND)
                .and_then(|()| self.write_now(b"\n"));
            match &written {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                Ok(0) => {}
                _ => break,
            }
        }
        match written? {
            0 => Err(self.unread()),
            _ => self.taken(),
        }
    }

    /// Writes as much as there is room for; that there is none is an error.
    fn write_now(&self, text: &[u8]) -> io::Result<usize> {
        let written = match (&self.ready, self.kind) {
            (Some(pipe), _) => rustix::io::write(pipe, text),
            (None, FileType::Socket) => send(self, text, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
            (None, _) => {
                self.writable(&AT_ONCE)?;
                rustix::io::write(self, text)
            }
        };
        match written {
            Err(Errno::AGAIN) => Err(self.unread()),
            done => Ok(done?),
        }
    }

    /// Fails if the reader of a pipe has gone and left in it what was written: a pipe takes a
    /// secret whether or not anybody ever reads it. One that is only slow is trusted after a moment.
    fn taken(&self) -> io::Result<()> {
        for look in 0..if self.kind == FileType::Fifo {
            LOOKS
        } else {
            0
        } {
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
        Err(self.unread())
    }

    fn unread(&self) -> io::Error {
        let place = match self.which {
            Channel::Stdout => "standard output",
            Channel::Claimed(_) => "the descriptor",
        };
        io::Error::new(
            io::ErrorKind::TimedOut,
            format!("nothing is reading {place}"),
        )
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "standard output is closed")
}

#[cfg(test)]
mod tests;
