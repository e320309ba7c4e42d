//! The shared index of `SQLite`'s write-ahead log, as far as it tells whether anything was committed.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, ffi};

/// The size of the first part of the index, which holds the header.
const PART: i32 = 32 * 1024;

/// The words of the header that a commit changes: the counter of commits, the number of frames, the
/// checksum of the last frame, and the salts of the log ("The WAL-Index File Format", section 2.1).
const WORDS: [usize; 6] = [2, 4, 6, 7, 8, 9];

/// What the index says about the newest commit: 24 bytes that differ after each commit of any
/// connection to the file. `SQLite` itself finds out in the same way whether its cache is outdated.
///
/// `None` if the index is not in memory. Only for a connection with a write-ahead log that has read
/// before: `SQLite` would make an index for another one.
pub(crate) fn newest_commit(connection: &Connection) -> Option<[u8; 24]> {
    let mut file: *mut ffi::sqlite3_file = null_mut();
    // SAFETY: the connection is open while it is borrowed, and not used for anything else meanwhile.
    // The call stores a pointer into `file`, which is what this operation is documented to expect.
    let found = unsafe {
        ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_FILE_POINTER,
            (&raw mut file).cast(),
        )
    };
    if found != ffi::SQLITE_OK {
        return None;
    }
    // SAFETY: `SQLite` returned the file of an open connection, whose methods are constant.
    let methods = unsafe { file.as_ref()?.pMethods.as_ref()? };
    // Older versions of the methods have no shared memory.
    let map = (methods.iVersion >= 2).then_some(methods.xShmMap)??;
    let mut part: *mut c_void = null_mut();
    // SAFETY: the methods are those of this file. Nothing is extended (the fourth argument): the
    // call returns the existing mapping, or null.
    if unsafe { map(file, 0, PART, 0, &raw mut part) } != ffi::SQLITE_OK {
        return None;
    }
    let header: *const AtomicU32 = part.cast_const().cast();
    if header.is_null() {
        return None;
    }
    let mut state = [0; 24];
    for (bytes, word) in state.as_chunks_mut::<4>().0.iter_mut().zip(WORDS) {
        // SAFETY: the part is mapped with 32 KiB until the connection is closed, and page-aligned.
        // Other processes change it at any time, so it is read atomically.
        let word = unsafe { (*header.add(word)).load(Ordering::Acquire) };
        *bytes = word.to_ne_bytes();
    }
    Some(state)
}
