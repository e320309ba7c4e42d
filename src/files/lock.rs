//! Locks on files and folders between calls of this program (flock(2)). The kernel releases them on
//! exit.

use std::io;
use std::os::fd::AsFd;
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// How often per second to attempt a lock that another call holds.
const ATTEMPTS_A_SECOND: u32 = 50;

/// Locks an open file or folder if it is free; returns whether it is locked now.
///
/// # Errors
///
/// The file system does not support locks, or failed.
pub fn lock_now(file: impl AsFd) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// Locks an open file or folder, waiting for up to `patience` (whole seconds); returns whether it
/// is locked now.
///
/// # Errors
///
/// The file system does not support locks, or failed.
pub fn lock(file: impl AsFd, patience: Duration) -> io::Result<bool> {
    let pause = Duration::from_secs(1) / ATTEMPTS_A_SECOND;
    for _ in 0..patience.as_secs() * u64::from(ATTEMPTS_A_SECOND) {
        if lock_now(&file)? {
            return Ok(true);
        }
        sleep(pause);
    }
    lock_now(&file)
}

/// Releases a lock before its file is closed.
pub fn unlock(file: impl AsFd) {
    // The lock ends with the descriptor anyway.
    let _ = flock(file, FlockOperation::Unlock);
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn one_at_a_time_holds_a_lock_and_the_other_gives_up() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = [(); 2].map(|()| File::open(folder.path()).unwrap());
        assert!(lock_now(&first).unwrap());
        assert!(!lock_now(&second).unwrap());
        assert!(!lock(&second, Duration::ZERO).unwrap());
        unlock(&first);
        assert!(lock(&second, Duration::ZERO).unwrap());
    }

    #[test]
    fn a_lock_ends_with_its_descriptor() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = [(); 2].map(|()| File::open(folder.path()).unwrap());
        assert!(lock_now(&first).unwrap());
        drop(first);
        assert!(lock_now(&second).unwrap());
    }
}
