//! The folder of a file that receives a secret: checked with all folders above it, opened once,
//! locked while the file is replaced, and cleaned of what a killed call left behind.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::backend::location::is_store_sidecar;
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::bounded;
use hallpass::files::atomic::{Folder, Locked, Overwrite};
use hallpass::files::trust::{self, Distrust, SINK};
use rustix::fs::{Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::cli::sink::Patience;
use crate::failure::Failure;
use crate::output::sanitize::shell;
use crate::protected::Protected;
use crate::secrets;

/// The longest file that is read: longer than any that holds secrets for a program.
const LIMIT: usize = 1024 * 1024;

/// An open folder in which others cannot exchange files, and the name of one file in it.
pub(super) struct SinkFile {
    folder: Folder,
    name: OsString,
    path: PathBuf,
    patience: Patience,
    protected: Protected,
}

/// The content of a file before it was replaced.
pub(super) struct Former {
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) mode: Mode,
}

impl SinkFile {
    /// Opens the folder of the file at `path`. Links on the way to it are followed now and never
    /// again.
    pub(super) fn open(
        path: &Path,
        patience: Patience,
        protected: &Protected,
    ) -> Result<Self, Failure> {
        if path.file_name().is_none() {
            return Err(Error::from(bad(path, &"is not a file name", None)).into());
        }
        let (above, name) = trust::Folder::of(path).map_err(Error::from)?;
        protected.refuse_name(path, &above, &name)?;
        let folder = Folder::from(above.reopen().map_err(Error::from)?);
        if is_store_sidecar(&folder, &name) {
            return Err(Error::from(bad(path, &format!("is next to a store{KEPT}"), None)).into());
        }
        folder.tidy();
        Ok(Self {
            folder,
            name,
            path: path.to_owned(),
            patience,
            protected: protected.clone(),
        })
    }

    /// Reads the file, if it exists; never follows a link.
    pub(super) fn read(&self) -> Result<Option<Former>, Error> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = openat(&self.folder, &self.name, flags, Mode::empty());
        let file = match opened {
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(bad(&self.path, &trust::Problem::Link, None).into()),
            other => other.map_err(|errno| failed(&self.path, errno.into()))?,
        };
        let stat = fstat(&file).map_err(|errno| failed(&self.path, errno.into()))?;
        SINK.judge(&stat)
            .map_err(|problem| Distrust::of(&self.path, problem, &stat))?;
        self.protected.refuse_file(&self.path, &stat)?;
        let content =
            bounded::read(File::from(file), LIMIT).map_err(|source| failed(&self.path, source))?;
        if let Some(why) = protected_kind(&content) {
            return Err(bad(&self.path, &format!("{why}{KEPT}"), None).into());
        }
        Ok(Some(Former {
            content,
            mode: Mode::from_raw_mode(stat.st_mode & 0o7777),
        }))
    }

    /// Waits for other calls that change a file in this folder.
    pub(super) fn lock(&self) -> io::Result<Locked<'_>> {
        self.folder.lock(self.patience.into())
    }

    /// Replaces the file with `content`, if it still holds what is expected, or does not exist
    /// where nothing is expected.
    pub(super) fn replace(
        &self,
        content: &[u8],
        mode: Mode,
        held: Option<&[u8]>,
        folder: &Locked<'_>,
    ) -> io::Result<()> {
        folder.put(
            &self.name,
            content,
            mode,
            held.map_or(Overwrite::Never, Overwrite::IfContent),
        )
    }

    /// Removes the file, if it still holds `content`.
    pub(super) fn remove(&self, content: &[u8], folder: &Locked<'_>) -> io::Result<()> {
        folder.remove(&self.name, content)
    }

    /// Builds the error for a file that cannot take a secret.
    pub(super) fn unfit(&self, problem: &dyn fmt::Display, fix: Option<String>) -> Error {
        bad(&self.path, problem, fix).into()
    }

    /// Returns the command that makes the file private.
    pub(super) fn closing(&self) -> String {
        format!("chmod 600 {}", shell(&self.path))
    }
}

/// How the refusal of a protected file ends.
const KEPT: &str = ", and is not overwritten";

/// Returns what kind of protected file this is, if it is one: a mistyped path must not cost a store
/// or its key. No file of secrets for a program contains a zero byte, and each file of a store
/// does.
fn protected_kind(content: &[u8]) -> Option<&'static str> {
    if content.starts_with(secrets::KEY_FILE) {
        return Some("is a key file of a store");
    }
    let text = std::str::from_utf8(content).map(str::trim_ascii);
    if text.is_ok_and(|text| RecoveryCode::parse(text).is_ok()) {
        return Some("is the recovery code of a store");
    }
    content.contains(&0).then_some("is not text")
}

fn bad(path: &Path, problem: &dyn fmt::Display, fix: Option<String>) -> Fault {
    Fault::Unsafe {
        what: path.display().to_string(),
        problem: problem.to_string(),
        fix,
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::PermissionDenied => bad(path, &trust::Problem::OutOfReach, None).into(),
        io::ErrorKind::FileTooLarge => bad(path, &"is longer than 1 MiB", None).into(),
        _ => Error::File {
            path: path.to_owned(),
            source,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_store_is_not_a_file_for_a_secret() {
        let key = format!("{}-1:…", String::from_utf8_lossy(secrets::KEY_FILE));
        assert_eq!(
            protected_kind(key.as_bytes()),
            Some("is a key file of a store")
        );
        let code = " 0000-0000-0000-0000-0000-0000-0000-0000-VS3W\n";
        assert_eq!(
            protected_kind(code.as_bytes()),
            Some("is the recovery code of a store")
        );
        assert_eq!(protected_kind(b"a\0b"), Some("is not text"));
        for text in ["", "TOKEN=x\n", "0000-0000-0000-0000"] {
            assert_eq!(protected_kind(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_reached_is_told_from_what_is_broken() {
        let said = |kind: io::ErrorKind| {
            let error = failed(Path::new("/somewhere/out"), kind.into());
            (matches!(error, Error::File { .. }), error.to_string())
        };
        for (kind, expected) in [
            (
                io::ErrorKind::PermissionDenied,
                trust::Problem::OutOfReach.to_string(),
            ),
            (
                io::ErrorKind::FileTooLarge,
                "is longer than 1 MiB".to_owned(),
            ),
        ] {
            let (is_broken, text) = said(kind);
            assert!(!is_broken && text.contains(&expected), "{text}");
        }
        assert!(said(io::ErrorKind::TimedOut).0);
    }
}
