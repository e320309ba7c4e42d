//! The keyring that the kernel keeps for each user (keyrings(7)): small secrets in memory that is
//! never swapped, each with an end that the kernel itself watches.

use std::ffi::CStr;
use std::io;
use std::ptr::null;

use zeroize::{Zeroize as _, Zeroizing};

/// A payload longer than this is none of ours.
const LONGEST: usize = 256;

/// The serial number of a key, or one that the kernel gives a meaning of its own.
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

/// All but writing for the user, by whichever door he came (a terminal, cron, ssh, a service);
/// nothing for group and others; and nothing for possessors, as a program that has put off its
/// user still possesses what its session does.
const PERMISSIONS: libc::c_long = 0x003b_0000;

const KIND: &CStr = c"user";

/// Keeps `payload` under `name` for that many seconds, instead of whatever was kept there.
///
/// The key is made where this process alone sees it, and comes into the user's keyring only once
/// it has its end and its permissions: a kill in between leaves nothing behind.
pub fn keep(name: &CStr, payload: &[u8], seconds: u32) -> io::Result<()> {
    // SAFETY: type and name end with a zero, and the payload is as long as is said; the kernel
    // only reads them.
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
    // What is left in the process's own keyring ends with the process at the latest.
    let _ = control(UNLINK, key, PROCESS_KEYRING);
    kept.map(drop)
}

/// What is kept under `name`; `None` if nothing is, or its time is over.
pub fn find(name: &CStr) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(key) = search(name)? else {
        return Ok(None);
    };
    let mut payload = Zeroizing::new(vec![0_u8; LONGEST]);
    // SAFETY: the kernel writes at most as many bytes as the buffer has, and says how many there
    // are in all.
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

/// Ends what is kept under `name` at once; whether anything was.
pub fn forget(name: &CStr) -> io::Result<bool> {
    let Some(key) = search(name)? else {
        return Ok(false);
    };
    Ok(present(control(INVALIDATE, key, 0))?.is_some())
}

fn search(name: &CStr) -> io::Result<Option<Serial>> {
    // SAFETY: type and name end with a zero; the kernel only reads them. The last argument says
    // that what is found is linked nowhere.
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

/// An operation whose arguments are all numbers.
fn control(operation: libc::c_long, key: Serial, argument: libc::c_long) -> io::Result<Serial> {
    // SAFETY: none of the operations that are asked for here takes a pointer.
    done(unsafe { libc::syscall(libc::SYS_keyctl, operation, key, argument, 0, 0) })
}

fn done(answer: libc::c_long) -> io::Result<libc::c_long> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(answer)
    }
}

/// Tells a key that is not there, or no longer, from a kernel that refuses.
fn present(answer: io::Result<Serial>) -> io::Result<Option<Serial>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.raw_os_error() {
            Some(libc::ENOKEY | libc::EKEYEXPIRED | libc::EKEYREVOKED) => Ok(None),
            _ => Err(error),
        },
    }
}
