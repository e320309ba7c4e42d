//! Where the key of the store comes from.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hallpass::backend::Fault;
use hallpass::barrier::Unlock;
use hallpass::error::Refusal;
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::cli::global::KeyFlags;
use crate::cli::input::{Input, ShellCommand};
use crate::failure::Failure;
use crate::output::sanitize::shell;
use crate::secrets::{self, Secrets};
use crate::settings::Environment;

/// A key file is one line; this is many times that.
const KEY_FILE_LIMIT: usize = 4096;
/// What systemd calls the key in `$CREDENTIALS_DIRECTORY`.
const CREDENTIAL: &str = "hallpass.key";
/// What a passphrase is called in messages.
pub(crate) const PASSPHRASE: &str = "the passphrase";

/// What to do without a key.
pub(crate) const OPTIONS: &str = "give one of `--key-file FILE`, `--passphrase-file FILE`, \
     `--passphrase-fd N`, `--passphrase-command CMD`";

/// A way to the key, not yet gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A key file.
    KeyFile(PathBuf),
    /// A passphrase in a file or on standard input.
    PassphraseFile(Input),
    /// A passphrase on an open descriptor.
    PassphraseFd(u32),
    /// A passphrase that a command prints.
    PassphraseCommand(ShellCommand),
    /// A key file that systemd handed over.
    Credential(PathBuf),
}

impl Source {
    /// The first that is given: options, then the environment, then the settings, then systemd.
    pub(crate) fn choose(
        flags: &KeyFlags,
        environment: &Environment,
        settings: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        let mut named = Self::named(flags);
        if named.len() > 1 {
            return Err(Failure::usage("the key is given in more than one way").hint(OPTIONS));
        }
        let source = named.pop().or_else(|| Self::from_environment(environment));
        let source = source.or_else(|| settings.map(|path| Self::KeyFile(path.to_owned())));
        Ok(source.or_else(|| Self::credential(environment)))
    }

    fn named(flags: &KeyFlags) -> Vec<Self> {
        let KeyFlags { key_file, passphrase_file, passphrase_fd, passphrase_command, .. } = flags;
        let sources = [
            key_file.clone().map(Self::KeyFile),
            passphrase_file.clone().map(Self::PassphraseFile),
            passphrase_fd.map(Self::PassphraseFd),
            passphrase_command.clone().map(Self::PassphraseCommand),
        ];
        sources.into_iter().flatten().collect()
    }

    fn from_environment(environment: &Environment) -> Option<Self> {
        let command = || environment.passphrase_command.clone().map(OsString::into_string);
        let file = environment.passphrase_file.as_deref().map(Input::from_path);
        (environment.key_file.clone().map(Self::KeyFile))
            .or_else(|| file.map(Self::PassphraseFile))
            .or_else(|| Some(Self::PassphraseCommand(ShellCommand(command()?.ok()?))))
    }

    fn credential(environment: &Environment) -> Option<Self> {
        let path = environment.credentials.as_ref()?.join(CREDENTIAL);
        fs::symlink_metadata(&path).is_ok().then_some(Self::Credential(path))
    }

    /// What it is, for `status`: never what is in it.
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

    /// Whether it takes neither work, nor another program, nor an input: reading a file is all.
    pub(crate) fn is_at_hand(&self) -> bool {
        matches!(self, Self::KeyFile(_) | Self::Credential(_))
    }

    /// Fetches what opens the store that lies at `store`.
    pub(crate) fn fetch(
        &self,
        secrets: &mut Secrets,
        store: &Path,
        colocated: Colocated,
    ) -> Result<Unlock, Failure> {
        match self {
            Self::KeyFile(path) => {
                not_beside(path, store, colocated)?;
                key_file(path).map(Unlock::KeyFile)
            }
            Self::Credential(path) => key_file(path).map(Unlock::KeyFile),
            Self::PassphraseFile(input) => secrets.text(input, PASSPHRASE).map(Unlock::Passphrase),
            Self::PassphraseFd(fd) => Secrets::descriptor(*fd, PASSPHRASE).map(Unlock::Passphrase),
            Self::PassphraseCommand(command) => {
                secrets.command(command, PASSPHRASE).map(Unlock::Passphrase)
            }
        }
    }
}

/// Whether a key file may lie in the store's own folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colocated {
    /// `--allow-colocated-key`.
    Allowed,
    /// A copied folder would carry both.
    Refused,
}

/// Refuses a key file in the store's folder.
pub(crate) fn not_beside(key: &Path, store: &Path, colocated: Colocated) -> Result<(), Failure> {
    if colocated == Colocated::Refused && in_one_folder(key, store) {
        return Err(Error::from(Refusal::ColocatedKey).into());
    }
    Ok(())
}

fn in_one_folder(a: &Path, b: &Path) -> bool {
    match (folder(a).metadata(), folder(b).metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        // What is not there yet can only be compared by name.
        _ => folder(a) == folder(b),
    }
}

/// The folder of the file that a path leads to.
fn folder(path: &Path) -> PathBuf {
    let linked = path.is_symlink().then(|| fs::canonicalize(path).ok()).flatten();
    match linked.as_deref().unwrap_or(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads a key file that nobody else could have read or put there.
///
/// A symbolic link is followed only to a file of root's that its reader cannot change: mounted
/// secrets look like that.
fn key_file(path: &Path) -> Result<SecretText, Failure> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let (opened, linked) = match open(path, flags | OFlags::NOFOLLOW, Mode::empty()) {
        Err(Errno::LOOP) => (open(path, flags, Mode::empty()), true),
        opened => (opened, false),
    };
    let file = File::from(opened.map_err(|errno| absent(path, errno))?);
    let stat = fstat(&file).map_err(|errno| absent(path, errno))?;
    trusted(&stat, linked).map_err(|(problem, fix)| {
        // Only a key file's mode is ours to speak of.
        let fix = fix.filter(|_| secrets::is_key_file(&file));
        let fix = fix.map(|command| format!("{command} {}", shell(path)));
        let fault = Fault::UnsafeFile { path: path.to_owned(), problem: problem.to_owned(), fix };
        Failure::from(Error::from(fault))
    })?;
    secrets::key_file(file, path, KEY_FILE_LIMIT)
}

/// What is wrong with a key file, and the command that mends it.
type Fixable = (&'static str, Option<&'static str>);

fn trusted(stat: &rustix::fs::Stat, linked: bool) -> Result<(), Fixable> {
    let mode = Mode::from_raw_mode(stat.st_mode);
    let me = geteuid().as_raw();
    if rustix::fs::FileType::from_raw_mode(stat.st_mode) != rustix::fs::FileType::RegularFile {
        return Err(("is not a regular file", None));
    }
    if stat.st_uid == 0 && me != 0 && !mode.intersects(Mode::WGRP | Mode::WOTH) {
        return Ok(());
    }
    if stat.st_uid != me {
        return Err(("belongs to another user", None));
    }
    if linked {
        return Err(("is a symbolic link", None));
    }
    if mode.intersects(Mode::RWXG | Mode::RWXO) {
        return Err(("can be read or written by others", Some("chmod 600")));
    }
    Ok(())
}

fn absent(path: &Path, errno: Errno) -> Failure {
    match errno {
        Errno::NOENT | Errno::NOTDIR => {
            Failure::new(Kind::NoKey, format!("no key file `{}`", path.display())).hint(OPTIONS)
        }
        _ => Error::File { path: path.to_owned(), source: errno.into() }.into(),
    }
}

#[cfg(test)]
mod tests;
