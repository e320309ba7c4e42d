//! The kernel's user keyring (keyrings(7)): small secrets in memory that is never swapped, each
//! with an expiry that the kernel enforces.

use std::ffi::CStr;
use std::io;
use std::ptr::null;

use zeroize::{Zeroize as _, Zeroizing};

/// The longest payload in bytes; a longer one was not written by this program.
const LONGEST: usize = 256;

/// The serial number of a key, or a special value of the kernel.
type Serial = libc::c_long;

// <linux/keyctl.h>
const PROCESS_KEYRING: Serial = -2;
const USER_KEYRING: Serial = -4;
const SETPERM: libc::c_long = 5;
const LINK: libc::c_long = 8;
const UNLINK: libc::c_long = 9;
const SEARCH: libc::c_long = 10;
const READ: libc::c_long = 11;
const SET_TIMEOUT: libc::c_long = 15;
const INVALIDATE: libc::c_long = 21;

/// Everything but write for the user, in any session (terminal, cron, ssh, service); nothing for
/// group and others. Nothing for possessors either: a program that has dropped its user's
/// privileges still possesses its session's keys.
const PERMISSIONS: libc::c_long = 0x003b_0000;

const KIND: &CStr = c"user";

/// Stores `payload` under `name` for `seconds` seconds, replacing any previous payload.
///
/// The key is created in a keyring that only this process sees, and is linked into the user's
/// keyring once its expiry and permissions are set: a kill in between leaves nothing behind.
///
/// # Errors
///
/// Those of the kernel: no keyring support, the quota, or permissions.
pub fn keep(name: &CStr, payload: &[u8], seconds: u32) -> io::Result<()> {
    // SAFETY: type and name end with a zero byte, and the payload has the length passed; the
    // kernel only reads them.
    let made = unsafe {
        libc::syscall(
            libc::SYS_add_key,
            KIND.as_ptr(),
            name.as_ptr(),
            payload.as_ptr(),
            payload.len(),
            PROCESS_KEYRING,
        )
    };
    let key = done(made)?;
    let kept = control(SET_TIMEOUT, key, libc::c_long::from(seconds))
        .and_then(|_| control(SETPERM, key, PERMISSIONS))
        .and_then(|_| control(LINK, key, USER_KEYRING));
    // The key in the process's own keyring expires with the process at the latest.
    let _ = control(UNLINK, key, PROCESS_KEYRING);
    kept.map(drop)
}

/// Reads the payload under `name`; `None` if there is none or it has expired.
///
/// # Errors
///
/// Those of the kernel.
pub fn find(name: &CStr) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(key) = search(name)? else {
        return Ok(None);
    };
    let mut payload = Zeroizing::new(vec![0_u8; LONGEST]);
    // SAFETY: the kernel writes at most as many bytes as the buffer has, and returns the full
    // length.
    let read = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            READ,
            key,
            payload.as_mut_ptr(),
            payload.len(),
            0,
        )
    };
    let Some(length) = present(done(read))? else {
        return Ok(None);
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > LONGEST {
        payload.zeroize();
        return Ok(None);
    }
    payload.truncate(length);
    Ok(Some(payload))
}

/// Revokes the key `name` at once; returns whether there was one.
///
/// # Errors
///
/// Those of the kernel.
pub fn forget(name: &CStr) -> io::Result<bool> {
    let Some(key) = search(name)? else {
        return Ok(false);
    };
    Ok(present(control(INVALIDATE, key, 0))?.is_some())
}

fn search(name: &CStr) -> io::Result<Option<Serial>> {
    // SAFETY: type and name end with a zero byte; the kernel only reads them. The last argument
    // requests that the result is linked to no keyring.
    let found = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            SEARCH,
            USER_KEYRING,
            KIND.as_ptr(),
            name.as_ptr(),
            null::<libc::c_void>(),
        )
    };
    present(done(found))
}

/// Runs an operation whose arguments are all numbers.
fn control(operation: libc::c_long, key: Serial, argument: libc::c_long) -> io::Result<Serial> {
    // SAFETY: none of the operations used here takes a pointer.
    done(unsafe { libc::syscall(libc::SYS_keyctl, operation, key, argument, 0, 0) })
}

fn done(answer: libc::c_long) -> io::Result<libc::c_long> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(answer)
    }
}

/// Maps a key that does not exist or has expired to `None`; other errors are returned.
fn present(answer: io::Result<Serial>) -> io::Result<Option<Serial>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.raw_os_error() {
            Some(libc::ENOKEY | libc::EKEYEXPIRED | libc::EKEYREVOKED) => Ok(None),
            _ => Err(error),
        },
    }
}
