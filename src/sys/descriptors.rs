//! File descriptors inherited from the caller.

use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the process started.
///
/// It cannot be detected in `main`: the standard library opens `/dev/null` instead.
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Run by the C library before the standard library starts.
// SAFETY: the section holds pointers to such functions (ELF gABI, initialization functions); C
// calls them with arguments, which a function without parameters may ignore.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = look_at_stdout;

extern "C" fn look_at_stdout() {
    // SAFETY: takes no pointers and changes nothing; uses nothing of the standard library.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    STDOUT_WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}

/// Duplicates inherited descriptors by number. Checks that all of them are open before duplicating
/// any, because a duplicate may get the number of one that is not open.
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
    // SAFETY: takes no pointers; a number that is not open returns an error.
    match unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 3) } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the descriptor was just created, and has no other owner.
        fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
    }
}
