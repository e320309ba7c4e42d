//! `config.toml`.

use hallpass::error::Subject;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use hallpass::Error;
use hallpass::backend::location::is_database;
use hallpass::bounded;
use hallpass::files::trust::{self, Distrust, SETTINGS};
use hallpass::model::time::Span;
use serde::{Deserialize, Deserializer, de};

#[cfg(feature = "server")]
use super::serve::ServeSettings;
use crate::cli::global::{Color, Format};
use crate::decoding::{self, Encoding};
use crate::failure::Failure;
use crate::misplaced;

/// The contents of a settings file. Unknown keys are errors, so that a typo does not silently
/// switch something off.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    pub(super) store: Option<PathBuf>,
    pub(super) state_dir: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) output: Option<Format>,
    pub(super) color: Option<Color>,
    #[serde(default, deserialize_with = "span")]
    pub(super) token_lifetime: Option<Span>,
    pub(super) anchor: Option<AnchorPolicy>,
    pub(super) database_password_file: Option<PathBuf>,
    pub(super) anchor_adopt: Option<bool>,
    #[serde(default)]
    #[cfg_attr(
        not(feature = "server"),
        expect(dead_code, reason = "this program has no server")
    )]
    pub(super) serve: ServeTable,
}

/// The options of the server.
#[cfg(feature = "server")]
type ServeTable = ServeSettings;

/// The options of the server, which this program does not have.
#[cfg(not(feature = "server"))]
type ServeTable = Option<de::IgnoredAny>;

/// How the anchor is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AnchorPolicy {
    /// It is checked where it exists, and kept up to date.
    #[default]
    On,
    /// It must exist.
    Require,
    /// It is neither read nor written.
    Off,
}

impl Contents {
    /// Reads the file; a missing one is empty, unless it `must_exist`.
    pub(super) fn read(path: Option<&Path>, must_exist: bool) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        // The settings name the key and can switch the anchor off, so nobody else may write them.
        match trust::open(path, SETTINGS) {
            Ok(settings) => {
                let text = read(settings.file).map_err(|source| unreadable(path, source))?;
                Self::parse(path, &text)
            }
            Err(distrust) if distrust.is_absence() && !must_exist => Ok(Self::default()),
            Err(Distrust::Failed { source, .. }) => Err(unreadable(path, source)),
            Err(distrust) => Err(Error::from(distrust.left_to_its_owner()).into()),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        misplaced::refuse_in_file(&format!("`{}`", path.display()), text)?;
        let contents: Self = toml::from_str(text).map_err(|error| malformed(path, text, &error))?;
        if let Some(named) = contents.paths().find(|named| named.is_relative()) {
            return Err(relative(path, named));
        }
        #[cfg(feature = "server")]
        if let Some(named) = contents.serve.paths().find(|named| named.is_relative()) {
            return Err(relative(path, named));
        }
        Ok(contents)
    }

    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        // The URL of a database is no path, and is not repeated: it could hold a password.
        let store = self.store.as_ref().filter(|store| !is_database(store));
        let others = [
            &self.state_dir,
            &self.key_file,
            &self.database_password_file,
        ];
        store.into_iter().chain(others.into_iter().flatten())
    }
}

/// Reads the file, which must be small.
fn read(file: fs::File) -> io::Result<String> {
    const LONGEST: usize = 64 * 1024;
    let bytes = bounded::read(file, LONGEST).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => io::Error::new(error.kind(), "it is longer than 64 KiB"),
        _ => error,
    })?;
    // A line is added to the file later, so it must not be in another encoding.
    if matches!(
        Encoding::of(&bytes),
        Encoding::Utf16Low | Encoding::Utf16High
    ) {
        return Err(no_text("starts like UTF-16; save it as UTF-8"));
    }
    decoding::text(bytes)
        .map(|text| text.expose().to_owned())
        .map_err(no_text)
}

fn no_text(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Reports the line and the problem, but does not quote it: a passphrase that was put there must
/// not appear in a log as well.
fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let start = error.span().map_or(0, |span| span.start);
    let line = 1 + text
        .bytes()
        .take(start)
        .filter(|byte| *byte == b'\n')
        .count();
    // The name of `state_dir` before this release.
    let renamed = error.message().starts_with("unknown field `state`,");
    let why = if renamed {
        "`state` is called `state_dir` now"
    } else {
        error.message()
    };
    Failure::usage(format!("`{}`, line {line}: {why}", path.display()))
}

/// Refuses a relative path: a path in the settings must not depend on the current folder.
fn relative(path: &Path, named: &Path) -> Failure {
    let path = path.display();
    let named = named.display();
    Failure::usage(format!(
        "`{path}` has `{named}`, which is not an absolute path"
    ))
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    if source.kind() == io::ErrorKind::NotFound {
        return Error::NotFound(Subject::File(path.to_owned())).into();
    }
    if source.kind() == io::ErrorKind::InvalidData {
        return Failure::usage(format!("`{}` {source}", path.display()));
    }
    Error::File {
        path: path.to_owned(),
        source,
    }
    .into()
}

fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    let text = String::deserialize(from)?;
    Span::from_str(&text).map(Some).map_err(de::Error::custom)
}
