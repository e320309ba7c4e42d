//! `hallpass store restore`.

use hallpass::error::Subject;
use std::path::{Path, PathBuf};

use hallpass::backend::location::Location;
use hallpass::backend::options::{FolderPolicy, OpenOptions};
use hallpass::backend::{Backend, Fault, Placement, Target};
use hallpass::barrier::peek;
use hallpass::model::time::Time;
use hallpass::ops::store::{Backup, Restored, preview, restore};
use hallpass::{Error, Kind};

use super::carried;

use crate::cli::store::Restore;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Replaces the store by a backup, after showing what that loses.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Restore) -> Result<(), Failure> {
    let Restore { file, dry_run } = args;
    let path = file_of(session)?;
    let anywhere = OpenOptions {
        folder: FolderPolicy::Any,
        ..session.options()
    };
    if file
        .canonicalize()
        .is_ok_and(|file| path.canonicalize().is_ok_and(|path| path == file))
    {
        return Err(Failure::usage("the backup is the store itself"));
    }
    let mut backup = open(file, &anywhere)?;
    let secret = session.unlock_copy(ui, file, &mut *backup)?;
    let limits = session.kdf_limits();
    let backup = Backup {
        backend: backup,
        secret: &secret,
        limits,
    };
    let there = present(session)?;
    let previewed = preview(backup, there, &session.state()?, Time::now(&SystemClock))
        .map_err(not_restorable)?;
    let mut consequence = consequence(&path, file, &previewed);
    if elsewhere(&anywhere, session, file)? {
        consequence.push_str(ELSEWHERE);
    }
    if *dry_run {
        ui.note(consequence);
        return ui.show(&previewed);
    }
    ui.confirm(&consequence, "Replace the store by the backup?")?;
    let backend = open(file, &anywhere)?;
    let backup = Backup {
        backend,
        secret: &secret,
        limits,
    };
    let restored = put_in_place(ui, session, backup, &path)?;
    ui.show(&restored)?;
    ui.note(format!(
        "restored {} from {}",
        path.display(),
        file.display()
    ));
    Ok(())
}

/// The file of the store. A database is no file that could be replaced.
fn file_of(session: &Session) -> Result<PathBuf, Failure> {
    let location = session.location()?;
    let no_file = || {
        let message = format!("`{location}` is a database, which no backup replaces");
        Failure::usage(message)
            .advice("restore the database itself, or name a store that is a file: `--store PATH`")
    };
    location.file().map(Path::to_owned).ok_or_else(no_file)
}

/// A file that holds no store is most likely not the one that was meant.
fn not_restorable(error: Error) -> Failure {
    let not_one = Failure::from(error);
    match not_one.kind() {
        Kind::Corrupt => not_one.advice("use a file that `hallpass store backup` wrote"),
        _ => not_one,
    }
}

/// Puts a backup at the store's path, and goes on with it.
fn put_in_place(
    ui: &mut Ui,
    session: &mut Session,
    backup: Backup<'_>,
    path: &Path,
) -> Result<Restored, Failure> {
    let present = present(session)?;
    let options = session.options();
    let target = Target {
        path,
        placement: Placement::Replace,
        options: &options,
    };
    let bar = ui.progress("restoring");
    let (core, restored) = restore(
        backup,
        present,
        &target,
        &session.state()?,
        session.context(),
        &mut |at| {
            bar.at(at.done, at.total);
        },
    )?;
    drop(bar);
    session.adopt(core);
    Ok(restored)
}

const ELSEWHERE: &str = "\nthis machine has seen this store at another path, where it will be refused as a fork (32) from \
    now on; to rehearse a restore, give the copy its own `--state-dir DIR`";

/// Whether this machine knows the backup's store at another path: after the restore it would refuse
/// the store there as a fork.
fn elsewhere(options: &OpenOptions, session: &Session, file: &Path) -> Result<bool, Failure> {
    let state = session.state()?;
    let id = peek(&mut *open(file, options)?);
    let here = session
        .location()?
        .open(&session.options())
        .ok()
        .and_then(|mut it| peek(&mut *it));
    Ok(id.is_some_and(|id| here != Some(id) && state.knows_elsewhere(&id)))
}

/// Opens the backup. A missing file is an error: no store is created in its stead.
fn open(file: &Path, options: &OpenOptions) -> Result<Box<dyn Backend>, Failure> {
    match Location::File(file.to_owned()).open(options) {
        Err(Fault::Missing(path)) => Err(Error::NotFound(Subject::File(path.into())).into()),
        opened => Ok(opened?),
    }
}

fn consequence(path: &Path, file: &Path, previewed: &Restored) -> String {
    let Restored {
        report,
        carried,
        replaced,
    } = previewed;
    let epoch = report.epoch;
    let path = path.display();
    let file = file.display();
    let lost = match replaced {
        Some(newer) if *newer > epoch => {
            format!("every change after epoch {epoch} is lost; the store is at epoch {newer}")
        }
        Some(_) => "the current store is not newer than the backup".to_owned(),
        None => {
            "there is no current store that this key opens, so nothing is known about it".to_owned()
        }
    };
    format!(
        "{path} will be replaced by {file}: {lost}\n{}",
        carried::words(carried)
    )
}

/// Opens the store that would be replaced, if it can be read at all: a damaged one is what
/// restoring is for.
fn present(session: &Session) -> Result<Option<Box<dyn Backend>>, Failure> {
    match session.location()?.open(&session.options()) {
        Ok(backend) => Ok(Some(backend)),
        Err(Fault::Missing(_) | Fault::Corrupt(_)) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}
