//! A folder that gets one file for each mail: for tests and trials, and for whoever collects them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::process::geteuid;

use super::Setback;
use super::message::safe;
use super::words::plain;
use crate::model::mail::Letter;

/// Puts a mail into the folder, whole or not at all; returns the file's path. A letter that comes
/// again replaces itself.
///
/// The folder is made where it is missing. It must belong to the caller, and nobody else may write
/// it: mails hold codes.
pub(super) fn put(folder: &str, letter: &Letter, message: &[u8]) -> Result<String, Setback> {
    let path = Path::new(folder);
    check(path)?;
    let id = safe(&letter.id);
    let date = letter.date.to_string().replace(['-', ':'], "");
    let (draft, mail) = (path.join(format!(".{id}.draft")), path.join(format!("{date}-{id}.eml")));
    write(path, &draft, &mail, message).map_err(|source| {
        // What could not be finished is not left behind; that it may not be there is fine.
        let _ = fs::remove_file(&draft);
        Setback::later(format!("the mail cannot be written into `{folder}`: {source}"))
    })?;
    Ok(plain(&format!("written to {}", mail.display())))
}

fn write(folder: &Path, draft: &Path, mail: &Path, message: &[u8]) -> io::Result<()> {
    // One that a crash left.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(message)?;
    file.sync_all()?;
    fs::rename(draft, mail)?;
    File::open(folder)?.sync_all()
}

fn check(folder: &Path) -> Result<(), Setback> {
    let shown = folder.display();
    let unreadable = |source: &io::Error| {
        Setback::never(format!("the folder `{shown}` cannot be used: {source}"))
    };
    let found = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().mode(0o700).create(folder).map_err(|source| unreadable(&source))?;
            fs::symlink_metadata(folder)
        }
        found => found,
    };
    let found = found.map_err(|source| unreadable(&source))?;
    if !found.is_dir() {
        return Err(Setback::never(format!(
            "`{shown}` is not a folder, and a link is not followed"
        )));
    }
    if found.uid() != geteuid().as_raw() {
        return Err(Setback::never(format!("the folder `{shown}` belongs to another user")));
    }
    if found.mode() & 0o022 != 0 {
        let why = format!("others may write into the folder `{shown}`: `chmod go-w '{shown}'`");
        return Err(Setback::never(why));
    }
    Ok(())
}
