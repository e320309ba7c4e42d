//! Opening a file whose path was checked: what was checked is what is open.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{
    FileType, Mode, OFlags, Stat, StatVfsMountFlags, fstat, fstatfs, fstatvfs, openat,
};
use rustix::io::Errno;

use super::distrust::{Distrust, Problem, kind};
use super::rule::{Links, Pipes, Readers, Rule};
use super::walk::{Folder, Last, Walk};

/// `f_type` of in-memory file systems.
const IN_MEMORY: [i64; 2] = [0x0102_1994, 0x8584_58F6];

/// An open file that passed its rule.
#[derive(Debug)]
pub struct Opened {
    /// The file, for reading.
    pub file: File,
    /// Who else can read it.
    pub readers: Readers,
}

/// Opens the file at `path`, if the file and everything on its path pass.
///
/// # Errors
///
/// [`Distrust`] for the first part of the path that does not pass.
pub fn open(path: &Path, rule: Rule) -> Result<Opened, Distrust> {
    let (folder, name, stat, own) = match arrive(path, rule)? {
        Arrival::Held(folder, name) => return held(&folder, &name, path, rule),
        Arrival::Name {
            folder,
            name,
            stat,
            own,
        } => (folder, name, stat, own),
    };
    let inside = own
        .as_ref()
        .is_none_or(|own| folder.path().starts_with(own));
    let file = enter(&folder, &name, &stat, (path, rule))?;
    let stat = same(&file, &stat, path)?;
    if rule.links != Links::Refused && inside && is_mounted_secret(&file, &stat, path)? {
        return Ok(Opened {
            file,
            readers: Readers::Expected,
        });
    }
    if own.is_some() && rule.links != Links::Followed {
        return Err(link(path));
    }
    let readers = rule
        .judge(&stat)
        .map_err(|problem| Distrust::of(path, problem, &stat))?;
    Ok(Opened { file, readers })
}

/// Resolves `path` to the real path of its file, if the file and everything on its path pass. The
/// file is not opened: a program may be executable but not readable.
///
/// # Errors
///
/// [`Distrust`] for the first part of the path that does not pass.
pub fn find(path: &Path, rule: Rule) -> Result<PathBuf, Distrust> {
    match arrive(path, rule)? {
        Arrival::Held(..) => Err(link(path)),
        Arrival::Name {
            folder, name, stat, ..
        } => {
            rule.judge(&stat)
                .map_err(|problem| Distrust::of(path, problem, &stat))?;
            Ok(folder.path().join(name))
        }
    }
}

/// The last part of a path.
enum Arrival {
    /// A descriptor of a process, in `/proc`.
    Held(Folder, OsString),
    /// A name in a folder, which is not a link.
    Name {
        folder: Folder,
        name: OsString,
        stat: Stat,
        /// The folder that the path named, if a link led to another one.
        own: Option<PathBuf>,
    },
}

/// Walks to the last part of a path, following links there if the rule allows them.
fn arrive(path: &Path, rule: Rule) -> Result<Arrival, Distrust> {
    let mut walk = Walk::to(path)?;
    let mut own = None;
    loop {
        match walk.last()? {
            Last::Held(name) => return Ok(Arrival::Held(walk.here, name)),
            Last::Name(_, None) => return Err(Distrust::failed(path, Errno::NOENT)),
            Last::Name(name, Some(stat)) => {
                return Ok(Arrival::Name {
                    folder: walk.here,
                    name,
                    stat,
                    own,
                });
            }
            Last::Link if rule.links == Links::Refused => return Err(link(path)),
            Last::Link => {
                own.get_or_insert_with(|| walk.here.path().to_owned());
                walk.follow_last()?;
            }
        }
    }
}

/// Opens a descriptor in `/proc`. Nobody can replace it; a file is checked like any other.
fn held(folder: &Folder, name: &OsString, path: &Path, rule: Rule) -> Result<Opened, Distrust> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
    let opened = openat(folder, name, flags, Mode::empty());
    let file = File::from(opened.map_err(|errno| Distrust::failed(path, errno))?);
    let stat = fstat(&file).map_err(|errno| Distrust::failed(path, errno))?;
    let readers = match kind(&stat) {
        FileType::Fifo | FileType::CharacterDevice if rule.pipes != Pipes::Refused => {
            Readers::Expected
        }
        _ => rule
            .judge(&stat)
            .map_err(|problem| Distrust::of(path, problem, &stat))?,
    };
    Ok(Opened { file, readers })
}

/// Opens a file whose type is known, so that nothing but a pipe can block, and no device is
/// accessed.
fn enter(
    folder: &Folder,
    name: &OsStr,
    stat: &Stat,
    (path, rule): (&Path, Rule),
) -> Result<File, Distrust> {
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NOCTTY;
    match kind(stat) {
        FileType::Fifo if rule.pipes == Pipes::Named => {}
        FileType::RegularFile => flags |= OFlags::NONBLOCK,
        FileType::Directory => return Err(Distrust::of(path, Problem::Folder, stat)),
        _ => return Err(Distrust::of(path, Problem::NotAFile, stat)),
    }
    match openat(folder, name, flags, Mode::empty()) {
        Ok(file) => Ok(File::from(file)),
        // A link has replaced it.
        Err(Errno::LOOP) => Err(link(path)),
        Err(errno) => Err(Distrust::failed(path, errno)),
    }
}

/// Inspects the open file, which must be the one that was checked.
fn same(file: &File, seen: &Stat, path: &Path) -> Result<Stat, Distrust> {
    let stat = fstat(file).map_err(|errno| Distrust::failed(path, errno))?;
    if (stat.st_dev, stat.st_ino) == (seen.st_dev, seen.st_ino) {
        return Ok(stat);
    }
    Err(Distrust::failed(
        path,
        io::Error::other("it was replaced by another file meanwhile"),
    ))
}

/// Whether a file looks like a secret mounted by an orchestrator: owned by root, read-only, and not
/// on a disk that others write.
fn is_mounted_secret(file: &File, stat: &Stat, path: &Path) -> Result<bool, Distrust> {
    let mode = stat.st_mode & 0o7777;
    let plain = kind(stat) == FileType::RegularFile && stat.st_uid == 0;
    if !plain || ![0o400, 0o440, 0o444].contains(&mode) {
        return Ok(false);
    }
    let failed = |errno: Errno| Distrust::failed(path, errno);
    if IN_MEMORY.contains(&fstatfs(file).map_err(failed)?.f_type) {
        return Ok(true);
    }
    let flags = fstatvfs(file).map_err(failed)?.f_flag;
    Ok(flags.contains(StatVfsMountFlags::RDONLY))
}

fn link(path: &Path) -> Distrust {
    Distrust::Unsafe {
        path: path.to_owned(),
        problem: Problem::Link,
        fix: None,
    }
}
