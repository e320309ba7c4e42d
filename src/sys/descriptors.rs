//! What the caller has open, by number.

use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the process was started.
///
/// By the time of `main` nobody can tell: the standard library opens `/dev/null` in its place.
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Run by the C library before the standard library comes to run.
// SAFETY: the section holds pointers to such functions (ELF gABI, initialization functions); C
// calls them with arguments that one without parameters may ignore.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = look_at_stdout;

extern "C" fn look_at_stdout() {
    // SAFETY: takes no pointers and changes nothing; nothing of the standard library is needed.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    STDOUT_WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}

/// Descriptors of our own for what the caller has open under these numbers. All of them are looked at
/// before any is made, since a new one may get the number of one that is not open.
pub fn duplicate(numbers: &[i32]) -> Vec<io::Result<OwnedFd>> {
    let open: Vec<_> = numbers.iter().map(|number| ensure_open(*number)).collect();
    let both = numbers.iter().zip(open);
    both.map(|(number, open)| open.and_then(|()| duplicate_one(*number)))
        .collect()
}

fn ensure_open(number: i32) -> io::Result<()> {
    // SAFETY: takes no pointers and changes nothing.
    match unsafe { libc::fcntl(number, libc::F_GETFD) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn duplicate_one(number: i32) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers; a number that is not open is an error.
    match unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 3) } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: it was made just now, and nobody else has it.
        fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
    }
}
