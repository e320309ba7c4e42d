//! Standard output, or a descriptor that the caller has opened, as a sink.
//!
//! A reader that does not read is detected before the store changes. The secret is then written
//! without its newline, so that a reader that waits for a whole line or for the end does not use it
//! before the commit.
//!
//! Nothing waits for a reader while a transaction is open. `poll` shows beforehand that a write is
//! possible, but another writer of the same pipe can fill it in between. So a pipe is opened a
//! second time as non-blocking (the flag of the caller's own descriptor is shared with other
//! processes and stays as it is), and a socket is written with `MSG_DONTWAIT`.

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

/// How long a reader may take to make the descriptor writable, before the secret is made and before
/// its newline.
const PATIENCE: Timespec = Timespec {
    tv_sec: 5,
    tv_nsec: 0,
};
/// How often within that time the newline is offered: another writer of the pipe may fill it first.
const OFFERS: u32 = 5;
const A_SECOND: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};
const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};
/// How often to check whether the reader of a pipe has read the secret, and the first pause between
/// two checks. The pause doubles each time: 0.6 s in all.
const LOOKS: u32 = 15;
const SOON: Duration = Duration::from_micros(20);

/// An open descriptor that secrets are written to.
pub(crate) struct Descriptor {
    which: Channel,
    kind: FileType,
    /// The same pipe, opened again as non-blocking.
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
    /// Returns standard output as a sink.
    pub(super) fn stdout() -> Self {
        Self::new(Channel::Stdout)
    }

    /// Returns the caller's descriptor `number`, as it was claimed; it must be open for writing.
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
            // Another user's pipe cannot be reopened. Then `write_now` relies on `poll` alone.
            new.ready = open(path, flags, Mode::empty()).ok();
        }
        new
    }

    /// Waits until the descriptor is writable, for five seconds at most.
    pub(super) fn await_reader(&self) -> io::Result<()> {
        if matches!(self.which, Channel::Stdout) && stdout_was_closed() {
            return Err(closed());
        }
        self.writable(&PATIENCE)
    }

    /// Writes without blocking; fails if the descriptor does not accept all of `text`.
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

    /// Writes the newline, which makes the line complete, and checks that it was read.
    pub(super) fn end(&self) -> io::Result<()> {
        let mut written = Ok(());
        for _ in 0..OFFERS {
            written = self.writable(&A_SECOND).and_then(|()| self.write(b"\n"));
            match &written {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                _ => break,
            }
        }
        written?;
        self.taken()
    }

    /// Writes as much as fits; fails if nothing does.
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
            Ok(0) | Err(Errno::AGAIN) => Err(self.unread()),
            done => Ok(done?),
        }
    }

    /// Fails if the reader of a pipe has gone and left the secret unread: a pipe accepts a write
    /// whether or not anybody ever reads it. A reader that is only slow is trusted after 0.6 s.
    fn taken(&self) -> io::Result<()> {
        for look in 0..if self.kind == FileType::Fifo {
            LOOKS
        } else {
            0
        } {
            // Before the unread bytes are counted: a reader that has gone reads no more, so bytes
            // that are then left stay unread.
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

    /// Waits at most `patience` until the descriptor is writable.
    fn writable(&self, patience: &Timespec) -> io::Result<()> {
        let mut watched = [PollFd::new(self, PollFlags::OUT)];
        poll(&mut watched, Some(patience))?;
        let [state] = watched.map(|watched| watched.revents());
        if state.intersects(PollFlags::ERR | PollFlags::HUP) {
            return Err(io::ErrorKind::BrokenPipe.into());
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
