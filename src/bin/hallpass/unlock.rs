//! The sources of the store's key.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hallpass::backend::location::Location;
use hallpass::barrier::Unlock;
use hallpass::error::Refusal;
use hallpass::files::trust::{self, Distrust};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use crate::cli::global::KeyFlags;
use crate::cli::input::{Input, ShellCommand};
use crate::failure::Failure;
use crate::secrets::{self, Secrets};
use crate::settings::Environment;

/// The limit of a key file, in bytes: it is one line, many times shorter.
const KEY_FILE_LIMIT: usize = 4096;
/// The name of the key in systemd's `$CREDENTIALS_DIRECTORY`.
const CREDENTIAL: &str = "hallpass.key";
/// The name of a passphrase in messages.
pub(crate) const PASSPHRASE: &str = "the passphrase";

/// What to do without a key.
pub(crate) const OPTIONS: &str = "give one of `--key-file FILE`, `--passphrase-file FILE`, \
     `--passphrase-fd N`, `--passphrase-command CMD`";

/// A source of the key, not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A key file.
    KeyFile(PathBuf),
    /// A passphrase in a file or on standard input.
    PassphraseFile(Input),
    /// A passphrase on an open descriptor.
    PassphraseFd(u32),
    /// A passphrase that a command prints.
    PassphraseCommand(ShellCommand),
    /// A key file that systemd passed.
    Credential(PathBuf),
}

impl KeySource {
    /// Chooses the first source that is given: options, then the environment, then the settings,
    /// then systemd.
    pub(crate) fn choose(
        flags: &KeyFlags,
        environment: &Environment,
        settings: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        let mut named = Self::named(flags);
        if named.len() > 1 {
            return Err(Failure::usage("the key is given more than once").advice(OPTIONS));
        }
        let source = named.pop().or_else(|| Self::from_environment(environment));
        let source = source.or_else(|| settings.map(|path| Self::KeyFile(path.to_owned())));
        Ok(source.or_else(|| Self::credential(environment)))
    }

    fn named(flags: &KeyFlags) -> Vec<Self> {
        let KeyFlags {
            key_file,
            passphrase_file,
            passphrase_fd,
            passphrase_command,
            ..
        } = flags;
        let sources = [
            key_file.clone().map(Self::KeyFile),
            passphrase_file.clone().map(Self::PassphraseFile),
            passphrase_fd.map(Self::PassphraseFd),
            passphrase_command.clone().map(Self::PassphraseCommand),
        ];
        sources.into_iter().flatten().collect()
    }

    fn from_environment(environment: &Environment) -> Option<Self> {
        let command = || {
            environment
                .passphrase_command
                .clone()
                .map(OsString::into_string)
        };
        let file = environment.passphrase_file.as_deref().map(Input::from_path);
        (environment.key_file.clone().map(Self::KeyFile))
            .or_else(|| file.map(Self::PassphraseFile))
            .or_else(|| Some(Self::PassphraseCommand(ShellCommand(command()?.ok()?))))
    }

    fn credential(environment: &Environment) -> Option<Self> {
        let path = environment.credentials.as_ref()?.join(CREDENTIAL);
        // Others have no key among their credentials. If it cannot be told, reading it says why.
        let is_absent = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
        let found = fs::symlink_metadata(&path);
        (!found.is_err_and(is_absent)).then_some(Self::Credential(path))
    }

    /// Describes the source for `status`, never its content.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::KeyFile(path) => format!("key file {}", path.display()),
            Self::PassphraseFile(Input::Stdin) => "passphrase on standard input".to_owned(),
            Self::PassphraseFile(Input::File(path)) => {
                format!("passphrase file {}", path.display())
            }
            Self::PassphraseFd(fd) => format!("passphrase on descriptor {fd}"),
            Self::PassphraseCommand(_) => "passphrase command".to_owned(),
            Self::Credential(_) => "systemd credential".to_owned(),
        }
    }

    /// Whether the key is available at once: it takes reading a file, and no prompt, program or key
    /// derivation.
    pub(crate) fn is_at_hand(&self) -> bool {
        matches!(self, Self::KeyFile(_) | Self::Credential(_))
    }

    /// Reads the key that opens the store at `store`.
    pub(crate) fn fetch(
        &self,
        secrets: &mut Secrets,
        store: &Location,
        colocated: Colocated,
    ) -> Result<Unlock, Failure> {
        match self {
            Self::KeyFile(path) => {
                ensure_not_colocated(path, store, colocated)?;
                key_file(path).map(Unlock::KeyFile)
            }
            Self::Credential(path) => key_file(path).map(Unlock::KeyFile),
            Self::PassphraseFile(input) => {
                if let Input::File(path) = input {
                    ensure_not_colocated(path, store, colocated)?;
                }
                secrets
                    .text(input, PASSPHRASE, trust::PASSPHRASE)
                    .map(Unlock::Passphrase)
            }
            Self::PassphraseFd(fd) => secrets.descriptor(*fd, PASSPHRASE).map(Unlock::Passphrase),
            Self::PassphraseCommand(command) => {
                secrets.command(command, PASSPHRASE).map(Unlock::Passphrase)
            }
        }
    }
}

/// Whether the key may be in the store's own folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colocated {
    /// `--allow-colocated-key`.
    Allowed,
    /// Anyone who copies the folder would have both.
    Refused,
}

/// Refuses a key file in the store's folder. A database is in none.
pub(crate) fn ensure_not_colocated(
    key: &Path,
    store: &Location,
    colocated: Colocated,
) -> Result<(), Failure> {
    let is_beside = store.file().is_some_and(|store| in_one_folder(key, store));
    if colocated == Colocated::Refused && is_beside {
        return Err(Error::from(Refusal::ColocatedKey).into());
    }
    Ok(())
}

fn in_one_folder(a: &Path, b: &Path) -> bool {
    match (folder(a).metadata(), folder(b).metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        // A file that does not exist yet can only be compared by path.
        _ => folder(a) == folder(b),
    }
}

/// Returns the folder of the file that a path leads to.
fn folder(path: &Path) -> PathBuf {
    let linked = path
        .is_symlink()
        .then(|| fs::canonicalize(path).ok())
        .flatten();
    match linked.as_deref().unwrap_or(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads a key file that nobody else could have read or written.
fn key_file(path: &Path) -> Result<SecretText, Failure> {
    let key = trust::open(path, trust::KEY).map_err(|distrust| refused(path, distrust))?;
    secrets::key_file(key.file, path, KEY_FILE_LIMIT)
}

fn refused(path: &Path, distrust: Distrust) -> Failure {
    match distrust {
        Distrust::Failed { source, .. } if is_absence(&source) => {
            Failure::new(Kind::NoKey, format!("no key file `{}`", path.display())).advice(OPTIONS)
        }
        // Only of a key file does the message include the mode.
        Distrust::Unsafe {
            path: part,
            problem,
            fix: Some(_),
        } if part == path && !File::open(path).is_ok_and(|file| secrets::is_key_file(&file)) => {
            Error::from(Distrust::Unsafe {
                path: part,
                problem,
                fix: None,
            })
            .into()
        }
        distrust => Error::from(distrust.left_to_its_owner()).into(),
    }
}

fn is_absence(source: &io::Error) -> bool {
    matches!(
        source.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests;
