//! From `SQLite`'s codes to [`Fault`]. Its messages are not handed on: they may quote what is stored.

use rusqlite::ErrorCode;

use crate::backend::Fault;

/// `SQLITE_IOERR_SHORT_READ`: the file ends where a page should be.
const SHORT_READ: i32 = 522;
/// `SQLITE_READONLY_DBMOVED`: another file stands at the path by now.
const MOVED: i32 = 1032;

/// What an error of `SQLite` means for a store.
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
        // Nothing but the reading of a schema is ever cut short.
        (ErrorCode::OperationInterrupted, _) => corrupt("its tables are not those of a store"),
        (ErrorCode::TooBig, _) => too_long(),
        (ErrorCode::ConstraintViolation, _) => corrupt("a row exists already or breaks a rule"),
        (_, code) => Fault::Corrupt(format!("SQLite code {code}")),
    }
}

/// The file at the path is no longer the one that was opened.
pub(super) fn moved() -> Fault {
    Fault::Storage("the file was moved or replaced while it was open".into())
}

/// A value that no store holds.
pub(super) fn too_long() -> Fault {
    Fault::Damaged("a row is longer than allowed".into())
}

pub(super) fn corrupt(why: &str) -> Fault {
    Fault::Corrupt(why.into())
}
