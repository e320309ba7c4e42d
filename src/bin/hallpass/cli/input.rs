//! Values that several commands take.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use hallpass::model::invalid::Invalid;
use hallpass::model::token::looks_like_token;
use hallpass::ops::edit;

use super::path::ensure_literal;

/// Where a text is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// The input that a path from the environment or the settings means.
    pub(crate) fn from_path(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(path.to_owned())
        }
    }
}

impl FromStr for Input {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new(
                "a file",
                "it is empty; use `-` for standard input",
            ));
        }
        if looks_like_token(text) {
            let why =
                "this is a token, which is a secret; put it into a file, or use `-` and pipe it in";
            return Err(Invalid::new("a file", why));
        }
        ensure_literal(Path::new(text))?;
        Ok(Self::from_path(Path::new(text)))
    }
}

/// The words for something that has a few of them, and nothing else.
pub(super) fn one_of<T, const N: usize>(
    all: [T; N],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(word)).try_map(move |typed| {
        let found = all.into_iter().find(|it| word(*it) == typed);
        found.ok_or_else(|| Invalid::new("a word", "it is not one of the possible values"))
    })
}

/// What an `edit` does to something optional: the empty text takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<T> {
    /// `--X ''`.
    Clear,
    /// `--X VALUE`.
    Set(T),
}

impl<T> Change<T> {
    /// What the option, given or not, does to the property.
    pub(crate) fn wanted(given: Option<Self>) -> edit::Change<T> {
        match given {
            None => edit::Change::Keep,
            Some(Self::Clear) => edit::Change::Clear,
            Some(Self::Set(value)) => edit::Change::Set(value),
        }
    }
}

impl<T: FromStr> FromStr for Change<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text.is_empty() {
            Ok(Self::Clear)
        } else {
            text.parse().map(Self::Set)
        }
    }
}

/// A shell command. Whether it can be run, the shell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShellCommand(pub(crate) String);

impl FromStr for ShellCommand {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}
