//! What a front end hands over about databases.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::backend::fault::Fault;
use crate::bounded;
use crate::files::trust::{self, PASSPHRASE};

/// Longer than any password.
const LONGEST: usize = 64 * 1024;

/// What a front end knows about databases besides their URL: the adapter reads neither the
/// environment nor the home folder, and opens only the files that are named here or in the URL. The
/// default knows nothing and allows nothing.
#[derive(Debug, Clone, Default)]
pub struct DatabaseOptions {
    /// The variables of the environment that fill what a URL leaves open.
    pub variables: Variables,
    /// The name of the operating system's user: the role, unless another is named.
    pub os_user: Option<String>,
    /// Passwords by host, as libpq has them: `~/.pgpass`, or what `PGPASSFILE` names. Nothing is
    /// wrong if it does not exist.
    pub passfile: Option<PathBuf>,
    /// Services, as libpq has them: `~/.pg_service.conf`, or what `PGSERVICEFILE` names.
    pub service_file: Option<PathBuf>,
    /// The password, before any other place.
    pub password_file: Option<PasswordFile>,
    /// Whether a connection over TCP may be weaker than `sslmode=verify-full`.
    pub weak_encryption: Leniency,
    /// Whether the server may have settings with which it loses or corrupts what it has
    /// acknowledged, and may be another engine.
    pub unsafe_engine: Leniency,
}

/// The variables of libpq that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// `PGHOST`.
    pub host: Option<OsString>,
    /// `PGPORT`.
    pub port: Option<OsString>,
    /// `PGUSER`.
    pub user: Option<OsString>,
    /// `PGDATABASE`.
    pub database: Option<OsString>,
    /// `PGSSLROOTCERT`.
    pub roots: Option<OsString>,
    /// `PGSERVICE`.
    pub service: Option<OsString>,
    /// `PGPASSWORD`, of which only this is known.
    pub password: Presence,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// It is not.
    #[default]
    Absent,
    /// It is.
    Present,
}

/// Whether something risky is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leniency {
    /// It is refused.
    #[default]
    Refused,
    /// An operator has allowed it.
    Allowed,
}

/// A file with the password of a database, which is read for each connection. What a pipe gives can be
/// read only once: it is kept, and shared by all clones.
#[derive(Clone)]
pub struct PasswordFile {
    path: PathBuf,
    of_pipe: Arc<Mutex<Option<Zeroizing<Vec<u8>>>>>,
}

impl PasswordFile {
    /// The file at `path`. It is not read yet.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            of_pipe: Arc::default(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the password: all of the file but one line end.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others can read or change the file, or if it holds no password;
    /// [`Fault::Io`] if it cannot be read.
    pub fn read(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let mut of_pipe = self.of_pipe.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(password) = &*of_pipe {
            return Ok(password.clone());
        }
        let failed = |source: io::Error| Fault::Io {
            what: self.path.display().to_string(),
            source,
        };
        let file = trust::open(&self.path, PASSPHRASE)?.file;
        let is_pipe = file.metadata().map_err(failed)?.file_type().is_fifo();
        let bytes = bounded::read(file, LONGEST).map_err(failed)?;
        let password = self.checked(bytes)?;
        if is_pipe {
            *of_pipe = Some(password.clone());
        }
        Ok(password)
    }

    fn checked(&self, mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        let problem = if bytes.is_empty() {
            "holds no password"
        } else if bytes.iter().any(|byte| matches!(byte, 0 | b'\n')) {
            "holds more than a password"
        } else {
            return Ok(bytes);
        };
        Err(Fault::Unsafe {
            what: self.path.display().to_string(),
            problem: problem.to_owned(),
            fix: None,
        })
    }
}

impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PasswordFile").field(&self.path).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::Write as _;
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::kind::Kind;

    const CANARY: &[u8] = b"canary-of-the-database";

    fn file(content: &[u8], mode: u32) -> (tempfile::TempDir, PasswordFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (folder, PasswordFile::new(path))
    }

    #[test]
    fn one_line_end_is_no_part_of_the_password() {
        for (content, password) in [
            (&b"a b"[..], &b"a b"[..]),
            (b"a\n", b"a"),
            (b"a\r\n", b"a"),
            (b"a\r", b"a\r"),
            (b" \n", b" "),
        ] {
            assert_eq!(&*file(content, 0o600).1.read().unwrap(), password);
        }
        for content in [&b""[..], b"\n", b"a\n\n", b"a\nb", b"a\0"] {
            let fault = file(content, 0o600).1.read().unwrap_err();
            assert_eq!(fault.kind(), Kind::UnsafeFile, "{content:?}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_and_nothing_of_it_is_shown() {
        for mode in [0o640, 0o604, 0o620] {
            let (_folder, file) = file(CANARY, mode);
            let fault = file.read().unwrap_err();
            assert_eq!(fault.kind(), Kind::UnsafeFile, "{mode:o}");
            let said = format!("{fault} {fault:?} {file:?}");
            assert!(!said.contains("canary"), "{said}");
            assert!(said.contains("chmod 600"), "{said}");
        }
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_pipe_once() {
        let (_folder, file) = file(b"old", 0o600);
        assert_eq!(&*file.read().unwrap(), b"old");
        fs::write(file.path(), "new").unwrap();
        assert_eq!(&*file.read().unwrap(), b"new");

        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(CANARY).unwrap();
        drop(writer);
        let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
        let piped = PasswordFile::new(path.into());
        let other = piped.clone();
        assert_eq!(&*piped.read().unwrap(), CANARY);
        assert_eq!(&*other.read().unwrap(), CANARY);
        assert_eq!(&*piped.read().unwrap(), CANARY);
        assert!(!format!("{piped:?}").contains("canary"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let fault = PasswordFile::new("/no/such/password".into())
            .read()
            .unwrap_err();
        assert_eq!(fault.kind(), Kind::Storage);
        assert!(fault.to_string().contains("/no"), "{fault}");
    }
}
