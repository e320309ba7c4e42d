//! A folder that receives one file per message: for tests, and for programs that collect them.

use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Access, AtFlags, Mode, OFlags, accessat, fstat, mkdirat, openat};
use rustix::io::Errno;

use super::words::plain;
use crate::files::atomic::{Folder, Overwrite};
use crate::files::trust::{self, Distrust, Problem};
use crate::mail::compose::safe;
use crate::model::mail::Message;
use crate::model::mail::SendFailure;

/// How long another process may hold the lock of the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes a message to the folder, completely or not at all; returns the file's path. A message
/// that is sent again replaces itself.
pub(super) fn put(path: &str, message: &Message, bytes: &[u8]) -> Result<String, SendFailure> {
    let folder = open(path)?;
    let id = safe(&message.id);
    let date = message.date.to_string().replace(['-', ':'], "");
    let name = format!("{date}-{id}.eml");
    let owner_alone = Mode::RUSR | Mode::WUSR;
    folder
        .lock(PATIENCE)
        .and_then(|folder| folder.put(name.as_ref(), bytes, owner_alone, Overwrite::Always))
        .map_err(|source| {
            SendFailure::transient(format!(
                "the message cannot be written to `{path}`: {source}"
            ))
        })?;
    Ok(plain(&format!(
        "written to {}",
        Path::new(path).join(name).display()
    )))
}

/// Checks that messages can be written there. Creates the folder if it is missing.
pub(super) fn ready(path: &str) -> Result<(), SendFailure> {
    let folder = open(path)?;
    accessat(
        &folder,
        ".",
        Access::WRITE_OK | Access::EXEC_OK,
        AtFlags::empty(),
    )
    .map_err(|errno| unusable(path, &errno.into()))
}

/// Opens the folder, and creates it if it is missing. It must belong to the caller, and nobody else
/// may write to it or exchange it: messages contain codes.
fn open(path: &str) -> Result<Folder, SendFailure> {
    let way = |distrust| match distrust {
        Distrust::Failed { source, .. } => unusable(path, &source),
        distrust => {
            SendFailure::permanent(format!("the folder `{path}` cannot be used: {distrust}"))
        }
    };
    let (above, name) = trust::Folder::of(Path::new(path)).map_err(way)?;
    match mkdirat(&above, &name, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(unusable(path, &errno.into())),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(&above, &name, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::NOTDIR | Errno::LOOP => {
            SendFailure::permanent(format!("`{path}` is not a folder (links are not followed)"))
        }
        other => unusable(path, &other.into()),
    })?;
    let found = fstat(&folder).map_err(|errno| unusable(path, &errno.into()))?;
    trust::OWN.judge(&found).map_err(|problem| {
        SendFailure::permanent(match problem {
            Problem::Foreign(_) => format!("the folder `{path}` belongs to another user"),
            _ => format!("the folder `{path}` is writable by others: `chmod go-w '{path}'`"),
        })
    })?;
    let folder = Folder::from(folder);
    folder.tidy();
    Ok(folder)
}

fn unusable(path: &str, source: &io::Error) -> SendFailure {
    SendFailure::permanent(format!("the folder `{path}` cannot be used: {source}"))
}
