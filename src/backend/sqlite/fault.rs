//! Mapping of `SQLite` errors to [`Fault`]. `SQLite`'s messages are dropped: they may quote
//! content.

use rusqlite::ErrorCode;

use crate::backend::Fault;

/// `SQLITE_IOERR_SHORT_READ`: the file ends where a page should be.
const SHORT_READ: i32 = 522;
/// `SQLITE_READONLY_DBMOVED`: the path now leads to another file.
const MOVED: i32 = 1032;

/// Maps an error of `SQLite`.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(super) fn sqlite(error: rusqlite::Error) -> Fault {
    let Some(failure) = error.sqlite_error() else {
        return corrupt("a column has the wrong type");
    };
    match (failure.code, failure.extended_code) {
        (_, SHORT_READ) => corrupt("the file is truncated"),
        (_, MOVED) => moved(),
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Fault::Busy,
        (ErrorCode::ReadOnly, code) => Fault::ReadOnly(format!("SQLite code {code}")),
        (ErrorCode::DiskFull, _) => Fault::Storage("no space is left".into()),
        (ErrorCode::OutOfMemory, _) => Fault::Storage("out of memory".into()),
        (ErrorCode::SystemIoFailure, code) => {
            Fault::Storage(format!("I/O error, SQLite code {code}"))
        }
        (ErrorCode::CannotOpen, code) => {
            Fault::Storage(format!("a file could not be opened, SQLite code {code}"))
        }
        (ErrorCode::FileLockingProtocolFailed | ErrorCode::PermissionDenied, code) => {
            Fault::Storage(format!("locking failed, SQLite code {code}"))
        }
        (ErrorCode::NotADatabase, _) => corrupt("this is not an SQLite file"),
        // Only reading a schema is ever interrupted.
        (ErrorCode::OperationInterrupted, _) => corrupt("its tables are not those of a store"),
        (ErrorCode::TooBig, _) => too_long(),
        (ErrorCode::ConstraintViolation, _) => corrupt("a row exists already or breaks a rule"),
        (_, code) => Fault::Corrupt(format!("SQLite code {code}")),
    }
}

/// The path no longer leads to the file that was opened.
pub(super) fn moved() -> Fault {
    Fault::Storage("the file was moved or replaced while it was open".into())
}

/// A value longer than a store can hold.
pub(super) fn too_long() -> Fault {
    Fault::Damaged("a row is longer than allowed".into())
}

pub(super) fn corrupt(why: &str) -> Fault {
    Fault::Corrupt(why.into())
}
